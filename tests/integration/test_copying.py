"""An archive that moves while it works: all of it arrives, and nothing is written in the old place any more."""

import io
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from archive.catalog import documents, work
from archive.catalog.tables import events
from archive.certificates.checking import check
from archive.certificates.kept import kept_certificate, signer
from archive.copy_commands import copy
from archive.copying import moving, places
from archive.custody import Custody, open_batch
from archive.errors import FixityMismatch, Refused
from archive.finding import find
from archive.review import deciding, editing, unmasking
from archive.review.editing import Asked, PageFor
from archive.review.queue import standing_of
from archive.wiring import open_archive
from ingest.intake import take
from schemas.geometry import Box
from schemas.query import Query
from schemas.review import EditAction
from tests.builders.archives import make_archive
from tests.builders.kept_documents import picture
from tests.builders.read_documents import ingest, scan, work_off
from tests.builders.reviewed_documents import version_of
from tests.fakes import two_engines
from workers.anew.rebuild import rebuild
from workers.running.pool import Pool

ROOT = Path(__file__).resolve().parents[2]
CUSTODY = Custody("旧扫描仪", "箱 7", "程守拙")


class Silent:
    def objects(self, done: int, total: int) -> None:
        """Nobody watches."""

    def rows(self, done: int, total: int) -> None:
        """Nobody watches."""


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    return home


def another_home(home: Path) -> Path:
    """A folder with the same keys and settings; gives the file of settings."""
    other = home.parent / "other"
    shutil.copytree(home / "keys", other / "keys")
    shutil.copy(home / "claimkeep.toml", other)
    return other / "claimkeep.toml"


@contextmanager
def embedded(home):
    yield another_home(home)


@contextmanager
def on_servers(home):
    """PostgreSQL, S3 and Elasticsearch; the queue stays on this machine."""
    from deploy.accounts import Role
    from deploy.native.stack import Stack
    from tests.builders.catalogs import empty_database
    from tests.builders.object_stores import a_bucket, s3_server

    stack = Stack()
    stack.up("minio", "postgresql", "elasticsearch")
    with a_bucket(s3_server("minio")) as bucket, empty_database() as database:
        (home / "database").write_text(database.password)
        (home / "store").write_text(bucket.server.secret_key)
        (home / "new.toml").write_text(f"""
[store]
backend = "s3"
endpoint = "{bucket.server.endpoint}"
bucket = "{bucket.name}"
access_key = "{bucket.server.access_key}"
secret_key_file = "store"
ca_file = "{bucket.server.ca_file}"

[catalog]
backend = "postgresql"
host = "{database.host}"
port = {database.port}
database = "{database.database}"
user = "{database.user}"
password_file = "database"
ca_file = "{database.ca_file}"

[index]
backend = "elasticsearch"
url = "https://127.0.0.1:{stack.port("elasticsearch")}"
name = "claimkeep-copy-{secrets.token_hex(4)}"
user = "{stack.account(Role.ADMIN)}"
password_file = "{stack.password_file(Role.ADMIN, "elasticsearch")}"
ca_file = "{stack.ca_file()}"
""")
        yield home / "new.toml"


@pytest.fixture(params=[embedded, pytest.param(on_servers, marks=pytest.mark.service)], ids=["embedded", "servers"])
def settings(request, home):
    with request.param(home) as path:
        yield path


def new_home(home: Path, settings: Path) -> Path:
    """Where the archive is opened after the move."""
    return settings.parent


def move(home: Path, settings: Path) -> moving.Moved:
    with places.alone(home), places.opened(home, settings) as both:
        return moving.finish(both, Silent())


def difference(home: Path, settings: Path) -> moving.Difference:
    with places.opened(home, settings) as both:
        return moving.compare(both, Silent())


def take_in(archive, count: int, first: int = 0) -> list[str]:
    batch = open_batch(archive, CUSTODY)
    return [
        receipt.document_id
        for number in range(first, first + count)
        for receipt in take(archive, batch, f"{number}.png", io.BytesIO(picture(number) + number.to_bytes(4, "big")))
    ]


def fill(archive, count: int) -> list[str]:
    """Documents that wait to be opened, each with some objects beside its original."""
    found = take_in(archive, count)
    for document_id in found:
        for number in range(3):
            archive.holding(document_id).add("derived", io.BytesIO(bytes([number]) * 2000))
    return found


def kinds(archive) -> list[str]:
    with archive.catalog.read() as connection:
        return list(connection.execute(select(events.c.kind).order_by(events.c.sequence)).scalars())


def test_a_move_takes_everything_along_and_searches_give_the_same(home, settings):
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(two_engines.POOR, two_engines.GOOD))
        work_off(archive, two_engines.load())
        query = Query(name=two_engines.NAME)
        before = find(archive.index, archive.search_key, query)
        original = archive.holding(document_id).open_original().read()
        objects = list(archive.store.keys())
    assert before.total == 1
    moved = move(home, settings)
    assert moved.proof.objects == len(objects)
    assert moved.proof.rows["pages"] == 2
    with open_archive(new_home(home, settings)) as archive:
        assert kinds(archive)[-2:] == ["archive.closed", "archive.copied"]
        assert list(archive.store.keys()) == objects
        assert archive.holding(document_id).open_original().read() == original
        assert rebuild(archive).documents == 1
        assert find(archive.index, archive.search_key, query) == before
        with archive.catalog.read() as connection:
            assert archive.ledger.verify(connection).intact


def test_certificates_come_along_and_hold_in_the_new_place(home, settings):
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(two_engines.GOOD))
        work_off(archive, two_engines.load())
        before = kept_certificate(archive, document_id, "handler")
    move(home, settings)
    with open_archive(new_home(home, settings)) as archive:
        kept = kept_certificate(archive, document_id, "handler")
        assert kept == before
        with archive.holding(document_id).open("derivative", kept.derivative.object_key) as file:
            assert check(kept.data, signer(archive).public, file).is_valid


def test_reviews_come_along_and_hold_in_the_new_place(home, settings):
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(two_engines.GOOD))
        work_off(archive, two_engines.load())
        asked = Asked(EditAction.ADD, Box(8, 400, 80, 440), "a signature", kind="OTHER")
        editing.edit_mask(archive, "lin", PageFor(document_id, "handler", 1), asked)
        editing.submit(archive, "lin", document_id, "handler")
        work_off(archive, two_engines.load())
        deciding.approve(archive, "zhao", version_of(archive, document_id, "handler"), "looked at it")
        request = unmasking.ask(archive, "lin", document_id, 1, "why").request_id
        before = standing_of(archive, document_id, "handler")
        kept = kept_certificate(archive, document_id, "handler")
    moved = move(home, settings)
    assert [moved.proof.rows[table] for table in ("change_sets", "mask_edits", "decisions", "unmaskings")] == [1, 1, 1, 1]
    with open_archive(new_home(home, settings)) as archive:
        assert standing_of(archive, document_id, "handler") == before
        assert [each.decision.decided_by for each in before.decisions] == ["zhao"]
        assert kept_certificate(archive, document_id, "handler") == kept
        with pytest.raises(Refused, match="same_person"):
            unmasking.grant(archive, "lin", request)
        editing.edit_mask(archive, "zhao", PageFor(document_id, "handler", 1), asked)  # rows are counted on from there


def test_the_ledger_of_the_new_place_tells_what_was_copied(home, settings):
    with open_archive(home) as archive:
        fill(archive, 3)
    proof = move(home, settings).proof
    with open_archive(new_home(home, settings)) as archive, archive.catalog.read() as connection:
        last = connection.execute(select(events).order_by(events.c.sequence.desc()).limit(1)).one()
    told = json.loads(last.body)
    assert last.previous == told["head"] == proof.head
    assert told["objects"] == proof.objects == 12
    assert told["rows"]["documents"] == 3
    assert told["objects_digest"] == proof.objects_digest
    assert told["rows_digest"] == proof.rows_digest


def test_the_archive_goes_on_in_the_new_place(home, settings):
    with open_archive(home) as archive:
        fill(archive, 2)
    move(home, settings)
    with open_archive(new_home(home, settings)) as archive:
        take_in(archive, 2, first=50)
        assert len(kinds(archive)) > 0
        assert work_off(archive, two_engines.load()) > 0
        with archive.catalog.read() as connection:
            assert documents.totals(connection)[0].total() == 4
            assert archive.ledger.verify(connection).intact


def test_what_was_open_before_cannot_write_in_the_old_place_and_can_read(home, settings):
    with open_archive(home) as late:
        (document_id,) = fill(late, 1)
        move(home, settings)
        with pytest.raises(Refused, match="archive_moved"):
            open_batch(late, CUSTODY)
        with pytest.raises(Refused, match="archive_moved"):
            late.queue.take("worker")
        with late.catalog.read() as connection:
            assert documents.get(connection, document_id).state == "waiting"
        assert late.holding(document_id).open_original().read()


def test_a_step_in_hand_is_done_in_the_new_place_and_its_late_result_is_not_taken(home, settings):
    with open_archive(home) as late:
        fill(late, 1)
        lease = late.queue.take("worker")
        move(home, settings)
        with pytest.raises(Refused, match="lease_lost"), late.catalog.write() as connection:
            work.complete(connection, lease)
    with open_archive(new_home(home, settings)) as archive:
        again = archive.queue.take("another")
        assert again.job == lease.job
        assert again.token > lease.token


def test_objects_are_copied_ahead_while_the_archive_stays_as_it_is(home, settings):
    with open_archive(home) as archive:
        fill(archive, 3)
        with places.opened(home, settings) as both:
            assert moving.copy_ahead(both, Silent()) == 12
            assert list(both.target.sealed.keys()) == list(both.source.sealed.keys())
        take_in(archive, 1, first=90)
    assert difference(home, settings).missing


def test_a_move_that_was_given_up_leaves_the_archive_in_service_and_can_be_made_later(home, settings):
    with open_archive(home) as archive:
        fill(archive, 2)
        moving.close(archive)
        with pytest.raises(Refused, match="archive_moved"):
            open_batch(archive, CUSTODY)
        assert moving.reopen(archive)
        assert not moving.reopen(archive)
        take_in(archive, 2, first=40)
    assert move(home, settings).proof.rows["documents"] == 4


def test_a_copy_that_was_not_switched_to_is_replaced_when_the_archive_has_gone_on(home, settings, monkeypatch):
    def fail(_move):
        raise KeyboardInterrupt

    with open_archive(home) as archive:
        fill(archive, 2)
        monkeypatch.setattr(moving, "switch", fail)
        with pytest.raises(KeyboardInterrupt):
            move(home, settings)
        monkeypatch.undo()
        moving.reopen(archive)
        take_in(archive, 2, first=40)
    assert move(home, settings).proof.rows["documents"] == 4
    with open_archive(new_home(home, settings)) as archive:
        assert kinds(archive).count("archive.copied") == 1


def test_a_move_that_has_ended_cannot_be_given_up(home):
    move(home, another_home(home))
    with open_archive(home) as archive, pytest.raises(Refused, match="archive_moved"):
        moving.reopen(archive)


def test_a_place_of_other_keys_is_refused(home):
    settings = another_home(home)
    shutil.rmtree(settings.parent / "keys")
    with pytest.raises(Refused, match="copy_other_keys"):
        move(home, settings)
    settings.unlink()
    make_archive(settings.parent).close()
    with pytest.raises(Refused, match="copy_other_keys"):
        move(home, settings)


def test_a_catalog_of_other_keys_is_refused(home):
    settings = another_home(home)
    stranger = home.parent / "stranger"
    make_archive(stranger).close()
    shutil.copy(stranger / "catalog.db", settings.parent / "catalog.db")
    with pytest.raises(Refused, match="copy_other_keys"):
        move(home, settings)


def test_a_place_that_was_made_and_not_used_is_taken(home):
    settings = another_home(home)
    settings.unlink()
    make_archive(settings.parent).close()
    assert move(home, settings).proof.objects == 0


def test_a_place_that_is_used_is_refused_and_the_archive_stays_in_service(home):
    settings = another_home(home)
    with open_archive(settings.parent) as other:
        take_in(other, 1)
    with pytest.raises(Refused, match="copy_target_used"):
        move(home, settings)
    with open_archive(home) as archive:
        assert take_in(archive, 1)


def test_objects_of_somebody_else_are_never_removed(home):
    settings = another_home(home)
    with places.opened(home, settings) as both:
        both.target.sealed.put("originals/somebody-elses", io.BytesIO(b"sealed"))
    with pytest.raises(Refused, match="copy_target_used"):
        move(home, settings)
    with places.opened(home, settings) as both:
        assert list(both.target.sealed.keys()) == ["originals/somebody-elses"]


def test_the_archives_own_store_and_catalog_are_no_new_place(home):
    (home / "same.toml").write_text("[work]\nprocesses = 1\n")
    with pytest.raises(Refused, match="copy_same_place"):
        move(home, home / "same.toml")


def test_two_copies_at_one_time_are_refused(home):
    settings = another_home(home)
    with places.alone(home), pytest.raises(Refused, match="copy_running"):
        move(home, settings)


def test_what_was_removed_meanwhile_is_removed_from_the_copy(home, settings):
    with open_archive(home) as archive:
        (document_id,) = fill(archive, 1)
        with places.opened(home, settings) as both:
            moving.copy_ahead(both, Silent())
        gone = next(archive.store.keys(f"derived/{document_id}"))
        archive.store.delete(gone)
    assert move(home, settings).proof.objects == 3
    with open_archive(new_home(home, settings)) as archive:
        assert gone not in set(archive.store.keys())


class Corrupting:
    """A store that keeps other bytes than it was given."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def put(self, key, source):
        self._store.put(key, io.BytesIO(source.read()[:-1] + b"!"))


def test_an_object_that_arrives_with_other_bytes_stops_the_copy(home):
    settings = another_home(home)
    with open_archive(home) as archive:
        fill(archive, 1)
    with places.opened(home, settings) as both:
        spoilt = places.Move(both.source, places.Place(both.target.archive, Corrupting(both.target.sealed)), "", False)
        with pytest.raises(FixityMismatch, match="object_changed"):
            moving.finish(spoilt, Silent())
    with open_archive(home) as archive:
        assert take_in(archive, 1, first=70)


def test_comparing_names_what_is_not_the_same(home):
    settings = another_home(home)
    with open_archive(home) as archive:
        fill(archive, 2)
    move(home, settings)
    assert difference(home, settings).is_none
    root = settings.parent / "objects"
    first, second, *_ = sorted(path for path in root.rglob("*") if path.is_file())
    first.write_bytes(b"spoilt")
    second.unlink()
    with open_archive(settings.parent) as archive, archive.catalog.write() as connection:
        connection.exec_driver_sql("UPDATE documents SET state = 'failed'")
    found = difference(home, settings)
    assert found.changed == (first.relative_to(root).as_posix(),)
    assert found.missing == (second.relative_to(root).as_posix(),)
    assert found.tables == ("documents",)


# The command.


def run(*arguments: object):
    return CliRunner().invoke(copy, [*map(str, arguments)])


def test_the_command_copies_ahead_switches_and_compares(home):
    settings = another_home(home)
    with open_archive(home) as archive:
        fill(archive, 2)
    ahead = run("--to", settings, "--home", home, "--json")
    assert (ahead.exit_code, json.loads(ahead.output)) == (0, {"switched": False, "objects": 8})
    assert run("--to", settings, "--home", home, "--check").exit_code == 1
    done = run("--to", settings, "--home", home, "--switch", "--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["proof"]["objects"] == 8
    assert json.loads(done.output)["index_to_be_rebuilt"]
    assert json.loads(run("--to", settings, "--home", home, "--switch", "--json").output) == {"switched": True}
    same = run("--to", settings, "--home", home, "--check", "--json")
    assert (same.exit_code, json.loads(same.output)["same"]) == (0, True)
    assert run("--reopen", "--home", home).exit_code == 3


def test_the_command_says_what_is_wrong_and_what_to_do(home):
    settings = another_home(home)
    shutil.rmtree(settings.parent / "keys")
    refused = run("--to", settings, "--home", home, "--switch")
    assert refused.exit_code == 3
    assert "copy_other_keys" in refused.output
    assert run("--to", home / "nowhere.toml", "--home", home).exit_code == 3
    assert run("--home", home).exit_code == 2
    assert run("--to", settings, "--home", home, "--switch", "--check").exit_code == 2


@pytest.mark.service
def test_the_settings_are_exchanged_in_one_step_and_the_old_ones_are_kept(home):
    former = (home / "claimkeep.toml").read_text()
    with on_servers(home) as settings:
        with open_archive(home) as archive:
            fill(archive, 2)
        done = run("--to", settings, "--home", home, "--switch", "--json")
        assert done.exit_code == 0, done.output
        assert (home / "claimkeep.toml").read_text() == settings.read_text()
        assert (home / json.loads(done.output)["kept"]).read_text() == former
        again = run("--to", settings, "--home", home, "--switch", "--json")
        assert json.loads(again.output) == {"switched": True}
        with open_archive(home) as archive:
            assert archive.settings.catalog.backend == "postgresql"
            numbers = [archive.queue.take("worker").work_id for _ in range(2)]
            take_in(archive, 1, first=30)
            assert archive.queue.take("worker").work_id > max(numbers)


@pytest.mark.service
def test_an_archive_on_servers_moves_back_to_one_machine(home):
    with on_servers(home) as settings:
        with open_archive(home) as archive:
            fill(archive, 2)
        move(home, settings)
        with open_archive(home) as late:
            lease = late.queue.take("worker")
            back = another_home(home)
            back.write_text("")
            assert move(home, back).proof.rows["documents"] == 2
            with pytest.raises(Refused, match="archive_moved"):
                open_batch(late, CUSTODY)
            with late.catalog.read() as connection:
                assert documents.totals(connection)[0].total() == 2
        with open_archive(back.parent) as archive:
            assert archive.queue.take("another").token > lease.token
            assert difference(home, back).tables == ("work",)


# Killed in the middle of it.


def start(home: Path, settings: Path) -> subprocess.Popen:
    code = "from archive.copy_commands import copy; copy()"
    words = (sys.executable, "-c", code, "--to", str(settings), "--home", str(home), "--switch", "--json")
    return subprocess.Popen(words, cwd=Path.cwd(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def kill_when(process: subprocess.Popen, is_time) -> bool:
    """False where the process ends before."""
    while not is_time():
        if process.poll() is not None:
            return False
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return True


def journal_lines(home: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (home / "copying").glob("*.objects"))


def is_closed(archive) -> bool:
    with archive.catalog.read() as connection:
        return moving.closing.is_closed(connection)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_three_times_while_work_goes_on_it_ends_complete_and_equal(home, settings, seed):
    rng = random.Random(seed)
    with open_archive(home) as archive:
        fill(archive, 150)
        for number in range(2):  # objects are on their way; and what comes in meanwhile is taken along
            wanted = journal_lines(home) + rng.randint(20, 300)
            assert kill_when(start(home, settings), lambda wanted=wanted: journal_lines(home) >= wanted)
            take_in(archive, 5, first=1000 + 10 * number)
            work_off(archive, two_engines.load(), steps=5)
        process = start(home, settings)
        pause = rng.uniform(0, 0.05)
        assert kill_when(process, lambda: is_closed(archive) and time.sleep(pause) is None)
        with pytest.raises(Refused, match="archive_moved"):
            open_batch(archive, CUSTODY)
    last = start(home, settings)
    out, err = last.communicate()
    assert last.returncode == 0, err
    told = json.loads(out)
    assert told["switched"]
    kept = home / told["kept"] if settings.parent == home else settings
    assert_same(home, settings, kept)


def assert_same(home: Path, settings: Path, other: Path) -> None:
    """*other* are the settings of the place that the archive in *home* is not in now."""
    with places.opened(home, other) as both:
        source, target = (both.target, both.source) if settings.parent == home else (both.source, both.target)
        found = moving.compare(places.Move(source, target, "", False), Silent())
    assert found.is_none, found
    with open_archive(settings.parent) as archive, archive.catalog.read() as connection:
        assert archive.ledger.verify(connection).intact
        assert documents.totals(connection)[0].total() == 160
        assert kinds(archive).count("archive.copied") == 1


@pytest.mark.slow
def test_workers_that_have_the_old_place_open_end_and_say_why(home):
    with open_archive(home) as archive:
        fill(archive, 1)
        moving.close(archive)
        with pytest.raises(Refused, match="archive_moved"):
            Pool(archive, 1, load=two_engines.load).run()
