"""What only a server can do to a catalog: go away, hang, run full, say no, and serve several at once."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.catalog import documents, intake, work
from archive.catalog.postgresql import open_postgresql
from archive.errors import Rejected, Unavailable
from archive.ledger import Ledger
from deploy.certificates import Authority
from schemas.work import Job, Stage
from tests.builders.catalogs import as_api, document, empty_database, postgresql_place

pytestmark = pytest.mark.service

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
JOB, OTHER = Job(Stage.READ, "D-1", 1), Job(Stage.READ, "D-1", 2)


@pytest.fixture
def place(tmp_path):
    with postgresql_place(tmp_path) as made:
        yield made


@pytest.fixture
def own_place():
    """A database of the test's own, whose settings it may change."""
    with empty_database() as made:
        yield made


@pytest.fixture
def catalog(place):
    opened = place.open()
    yield opened
    opened.close()


def open_batch(catalog, batch_id):
    with catalog.write() as connection:
        intake.open_batch(connection, batch_id, "2026", b"")


def batch_ids(catalog):
    with catalog.read() as connection:
        return intake.batch_ids(connection)


def owner_says(place, statement):
    with place.connect() as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(place.database)))


def end_all_connections(place):
    with place.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )


# The server goes away.


def break_off(catalog, place):
    with catalog.write() as connection:
        intake.open_batch(connection, "B-1", "2026", b"")
        end_all_connections(place)
        intake.open_batch(connection, "B-2", "2026", b"")


def test_a_connection_cut_in_a_transaction_leaves_nothing_and_the_next_one_works(catalog, place):
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        break_off(catalog, place)
    assert batch_ids(catalog) == []
    open_batch(catalog, "B-3")
    assert batch_ids(catalog) == ["B-3"]


def commit_cut_off(catalog, place):
    with catalog.write() as connection:
        intake.open_batch(connection, "B-1", "2026", b"")
        end_all_connections(place)


def test_a_commit_that_is_cut_off_is_told(catalog, place):
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        commit_cut_off(catalog, place)
    assert batch_ids(catalog) == []


def test_after_every_connection_was_closed_as_by_a_restart_the_next_call_works(catalog, place):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_batch, [catalog] * 4, "ABCD"))
    end_all_connections(place)
    open_batch(catalog, "E")
    assert batch_ids(catalog) == list("ABCDE")


def test_a_server_that_is_not_there_is_unavailable(place):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        place.open(port=port)


class Line:
    """Passes bytes on to a server, until it is cut: then it swallows them, and neither side is told."""

    def __init__(self, host, port):
        self._server = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.passes = threading.Event()
        self.passes.set()
        self._open = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._open += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source, sink):
        try:
            while data := source.recv(65536):
                if self.passes.is_set():
                    sink.sendall(data)
        except OSError:
            pass  # a side has ended
        finally:
            sink.close()

    def close(self):
        for each in self._open:
            each.close()


def test_a_server_that_falls_silent_is_given_up_and_taken_up_again(place):
    line = Line(place.host, place.port)
    catalog = place.open(timeout_seconds=2, port=line.port)
    catalog.check()
    line.passes.clear()
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        catalog.check()
    assert time.monotonic() - begun < 8  # the silence, and one try to connect anew
    line.passes.set()
    catalog.check()
    catalog.close()
    line.close()


# Transactions beside each other.


def test_waiting_for_a_writer_has_its_limit(place, catalog):
    hasty = place.open(timeout_seconds=0.5)
    with catalog.write():
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="57014"):
            open_batch(hasty, "B-1")
        assert 0.4 < time.monotonic() - begun < 5
    open_batch(hasty, "B-1")
    hasty.close()


def write_slowly(catalog, seconds):
    with catalog.write() as connection:
        intake.open_batch(connection, "B-1", "2026", b"")
        time.sleep(seconds)
        intake.open_batch(connection, "B-2", "2026", b"")


def test_a_writer_that_does_nothing_loses_the_lock(place, catalog):
    idle = place.open(timeout_seconds=0.5)
    with pytest.raises(Unavailable):
        write_slowly(idle, 2)
    idle.close()
    assert batch_ids(catalog) == []
    open_batch(catalog, "B-3")


def put(catalog, *jobs):
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        work.put(connection, jobs, NOW)


def take(connection, owner):
    lease = work.take(connection, owner, NOW, lambda stage: 60.0)
    return lease and lease.job


def take_job(catalog, owner):
    with catalog.leasing() as connection:
        return work.take_job(connection, owner, JOB, NOW, lambda stage: 60.0)


def test_leases_are_taken_while_somebody_writes(catalog):
    put(catalog, JOB)
    with catalog.write(), catalog.leasing() as connection:
        assert take(connection, "one") == JOB


def test_two_that_take_at_the_same_moment_pass_each_other_by(catalog):
    put(catalog, JOB, OTHER)
    with catalog.leasing() as one, catalog.leasing() as two, catalog.leasing() as three:
        assert [take(one, "1"), take(two, "2"), take(three, "3")] == [JOB, OTHER, None]


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "given back"])
def test_a_job_that_is_asked_for_by_name_is_told_of_truly(catalog, kept):
    """Whoever asks waits until it is certain whether the other has it."""
    put(catalog, JOB)
    with ThreadPoolExecutor(1) as pool:
        with catalog.leasing() as connection:
            take(connection, "first")
            asked = pool.submit(take_job, catalog, "second")
            time.sleep(0.3)
            assert not asked.done()
            if not kept:
                connection.rollback()
        assert (asked.result(timeout=10) is None) is kept


# The server says no.


def test_more_connections_than_are_allowed_is_unavailable(own_place):
    first = own_place.open()
    owner_says(own_place, "ALTER DATABASE {} CONNECTION LIMIT 1")
    with first.read() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(Unavailable, match="catalog_unavailable"):
            own_place.open()
    first.close()


def test_more_transactions_than_connections_is_unavailable(place):
    catalog = place.open(timeout_seconds=0.5)
    held = [catalog.read() for _ in range(16)]
    for each in held:
        each.__enter__()
    with pytest.raises(Unavailable, match="in use"):
        catalog.check()
    for each in held:
        each.__exit__(None, None, None)
    catalog.check()
    catalog.close()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("53100", "catalog_full"),
        ("25006", "catalog_unavailable"),  # a server that only reads
        ("53200", "catalog_unavailable"),  # out of memory
        ("58030", "catalog_unavailable"),  # its disk fails
        ("40P01", "catalog_unavailable"),  # deadlock
        ("XX001", "catalog_unavailable"),  # damaged
    ],
)
def test_what_the_server_suffers_from_is_told(own_place, state, reason):
    catalog = own_place.open()
    with own_place.connect() as connection:
        connection.execute(
            "CREATE FUNCTION suffer() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN RAISE EXCEPTION ''it suffers'' USING ERRCODE = ''{state}''; END'"
        )
        connection.execute("CREATE TRIGGER suffer BEFORE INSERT ON batches EXECUTE FUNCTION suffer()")
    with pytest.raises(Unavailable, match=reason):
        open_batch(catalog, "B-1")
    catalog.close()


# Settings.


def test_another_machine_is_spoken_to_over_tls_only():
    with pytest.raises(Rejected, match="bad_settings"):
        open_postgresql("db.example", 5432, "d", "u", "p", tls=False, ca_file=None, timeout_seconds=1)


def test_a_server_that_nobody_vouches_for_is_not_spoken_to(place, tmp_path):
    other = tmp_path / "other.pem"
    other.write_bytes(Authority.make(datetime.now(UTC)).own.certificate)  # noqa: TID251 - certificates go by the real clock
    with pytest.raises(Unavailable):
        place.open(ca_file=other)
    with pytest.raises(Unavailable):
        place.open(ca_file=None)


def test_a_wrong_password_is_unavailable_and_told_nowhere(place):
    with pytest.raises(Unavailable, match="catalog_unavailable") as unavailable:
        place.open(password="quite-secret")
    told: list[BaseException | None] = [unavailable.value]
    while (error := told[-1]) is not None:
        assert "quite-secret" not in f"{error!r} {error} {vars(error)}"
        told.append(error.__cause__ or error.__context__)
    assert len(told) > 2


def test_the_password_is_shown_nowhere(place, catalog):
    engine = catalog._engine
    shown = f"{catalog!r} {engine!r} {engine.url!r} {engine.url.render_as_string(hide_password=False)} {engine.pool!r}"
    assert place.password not in shown


@pytest.mark.parametrize("options", ["ENCODING 'UTF8' LOCALE 'C.UTF-8'", "ENCODING 'SQL_ASCII' LOCALE 'C'"])
def test_a_database_that_sorts_or_writes_otherwise_is_rejected_with_what_to_do(options):
    with empty_database(options) as place, pytest.raises(Rejected, match=r"bad_settings.*CREATE DATABASE"):
        place.open()


def test_an_account_that_may_not_make_the_tables_is_told_so(own_place):
    with pytest.raises(Rejected, match=r"bad_settings.*may not make"):
        as_api(own_place).open()


def test_an_account_may_append_to_the_ledger_without_being_able_to_change_it(own_place):
    own_place.open().close()
    account = sql.Identifier(as_api(own_place).user)
    with own_place.connect() as connection:
        for grant in (
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT INSERT ON events TO {}",
            "GRANT INSERT, UPDATE ON ledger_head TO {}",
        ):
            connection.execute(sql.SQL(grant).format(account))
    catalog, ledger = as_api(own_place).open(), Ledger(b"k" * 32, lambda: NOW)
    for _ in range(3):
        with catalog.write() as connection:
            ledger.append(connection, "page.read", page=1)
    with catalog.read() as connection:
        assert ledger.verify(connection).entries == 3
    for statement in ("DELETE FROM events", "UPDATE events SET body = ''"):
        with pytest.raises(Unavailable, match="42501"), catalog.write() as connection:
            connection.execute(text(statement))
    with catalog.read() as connection:
        assert ledger.verify(connection).intact
    catalog.close()


# Values.


@pytest.mark.parametrize("value", ["B-\x00", "B" * 17], ids=["zero", "too long"])
def test_text_that_does_not_fit_is_refused_without_being_told(catalog, value):
    with pytest.raises(Rejected, match="invalid_request") as refused:
        open_batch(catalog, value)
    assert value not in str(refused.value)


def test_a_statement_that_fails_shows_no_values(catalog):
    open_batch(catalog, "B-1")
    with catalog.write() as connection, pytest.raises(IntegrityError) as failed:
        intake.open_batch(connection, "B-1", "2026", b"sealed-value")
    assert "sealed-value" not in f"{failed.value} {failed.value.orig}"


def test_a_walk_over_the_ledger_brings_it_in_parts(catalog, monkeypatch):
    """The driver would otherwise hold all of it at once: what is walked is a cursor on the server."""
    ledger, cursors = Ledger(b"k" * 32, lambda: NOW), []
    with catalog.write() as connection:
        ledger.append(connection, "page.read", page=1)
    with catalog.read() as connection:
        query = text("SELECT count(*) FROM pg_cursors WHERE statement LIKE '%FROM events%'")
        monkeypatch.setattr(Ledger, "_fault", lambda *_: cursors.append(connection.execute(query).scalar_one()))
        assert ledger.verify(connection).intact
        assert connection.execute(query).scalar_one() == 0
    assert cursors == [1]
