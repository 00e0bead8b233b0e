"""One suite for the catalog in every database: the queries, the transactions, and the leases that decide."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

import archive.catalog
from archive.catalog import confirmed, derivatives, documents, intake, readings, users, work
from archive.catalog.confirmed import ConfirmedField
from archive.catalog.database import SCHEMA_VERSION
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.documents import Page
from archive.catalog.intake import NewItem
from archive.catalog.page_filter import parse_filter
from archive.catalog.readings import Reading
from archive.catalog.selection import pages_where
from archive.catalog.tables import batches, events, ledger_head, metadata
from archive.errors import NotFound, Refused, Rejected, Unavailable
from archive.ledger import Ledger
from schemas.geometry import Box
from schemas.page import PageState
from schemas.redaction import Leak, Mask
from schemas.work import Job, Stage
from tests.builders.catalogs import CATALOGS, NEW_CATALOGS, document

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = work.moment(NOW)
OVER_2_GIB = 5 << 30
MIGRATIONS = Path(archive.catalog.__file__).parent / "migrations"
FIRST_VERSION = (
    (
        "INSERT INTO documents (document_id, digest, size, media_type, original_key, wrapped_key, state, remarks, received_at) "
        "VALUES ('D-1', 'ab', 1, 'image/png', 'originals/x', :key, 'partial', '[]', '2026')"
    ),
    (
        "INSERT INTO pages (document_id, page_number, state, reason, width, height, rotation, engine, confidence, reading_key, "
        "finished_at) VALUES "
        "('D-1', 1, 'read', NULL, 800, 600, 90, 'ppocr/3', 0.71, 'reading/D-1/a', '2026-11-22T12:00:00.000000+00:00'), "
        "('D-1', 2, 'failed', 'page_crash', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-22T12:00:01.000000+00:00'), "
        "('D-1', 3, 'waiting', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
    ),
    (
        "INSERT INTO work (stage, document_id, page_number, audience, priority, state, failures, interruptions, not_before, "
        "lease_token) VALUES ('read', 'D-1', 3, '', 4, 'waiting', 0, 0, '2026-11-22', 0)"
    ),
    "INSERT INTO derivatives VALUES ('D-1', 'handler', 1, 'ready', 'default/1', 'derivative/D-1/x', 'cd', 7, '[]', '2026')",
    (
        "INSERT INTO derived_pages (document_id, page_number, audience, state, masks, leaks) "
        "VALUES ('D-1', 1, 'handler', 'verified', '[]', '[]')"
    ),
)


def a_minute(stage):
    return 60.0


@pytest.fixture(params=CATALOGS)
def place(request, tmp_path):
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture(params=NEW_CATALOGS)
def new_place(request, tmp_path):
    """One in which there are no tables yet, or whose tables the test may spoil."""
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture
def catalog(place):
    opened = place.open()
    yield opened
    opened.close()


def write(catalog, act, *arguments):
    with catalog.write() as connection:
        return act(connection, *arguments)


def read(catalog, ask, *arguments):
    with catalog.read() as connection:
        return ask(connection, *arguments)


def add_documents(catalog, *document_ids):
    with catalog.write() as connection:
        for document_id in document_ids:
            documents.add(connection, document(document_id))


def open_batch(connection, batch_id, at=AT):
    intake.open_batch(connection, batch_id, at, b"sealed")


# The tables.


def test_the_migrations_make_the_tables_that_the_code_uses(catalog):
    with catalog.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_changes_nothing(place, catalog):
    add_documents(catalog, "D-1")
    again = place.open()
    assert again.version() == SCHEMA_VERSION
    assert read(again, documents.get, "D-1").document_id == "D-1"
    again.close()


def test_many_that_open_at_once_make_the_tables_once(new_place):
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: new_place.open(), range(6)))
    assert {each.version() for each in opened} == {SCHEMA_VERSION}
    for each in opened:
        each.close()


def test_the_tables_of_a_newer_program_are_left_alone(new_place):
    catalog = new_place.open()
    write(catalog, lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(Rejected, match="newer program"):
        new_place.open()
    assert catalog.version() == "9999"
    catalog.close()


def as_an_older_program_left_it(place, revision, *statements):
    """Tables of *revision*, with what *statements* put there."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = place.engine()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement in statements:
            connection.execute(text(statement), {"key": b"\x00"} if ":key" in statement else {})
        connection.commit()
    engine.dispose()


def test_an_archive_of_the_first_version_is_brought_along_with_all_that_is_in_it(new_place):
    as_an_older_program_left_it(new_place, "0001", *FIRST_VERSION)
    catalog = new_place.open()
    with catalog.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        pages = documents.pages_of(connection, "D-1")
        assert [(page.state.value, page.version, page.reading_key) for page in pages] == [
            ("read", 1, "reading/D-1/a"),
            ("failed", 1, None),
            ("waiting", None, None),
        ]
        kept = readings.of_document(connection, "D-1")
        assert [(each.page_number, each.version, each.state.value, each.reason) for each in kept] == [
            (1, 1, "read", None),
            (2, 1, "failed", "page_crash"),
        ]
        first = kept[0]
        assert (first.engine, first.confidence, first.width, first.rotation) == ("ppocr/3", 0.71, 800, 90)
        assert first.made_at == "2026-11-22T12:00:00.000000+00:00"
        made = derivatives.ready(connection, "D-1", "handler", ())
        assert (made.version, made.object_key, made.size, made.leaks) == (1, "derivative/D-1/x", 7, ())
        assert (made.certificate_key, made.certificate_digest) == (None, None)
        assert [page.checks for page in derivatives.pages_of(connection, "D-1", "handler")] == [()]
    assert take(catalog).job == Job(Stage.READ, "D-1", 3)
    assert [each.version for each in write(catalog, derivatives.make_stale, "D-1")] == [1]
    write(catalog, work.put, (Job(Stage.PLAN, "D-1"),), NOW)
    assert take(catalog).work_id == 2
    catalog.close()


def test_a_migration_that_breaks_off_leaves_the_older_tables_as_they_were(new_place):
    as_an_older_program_left_it(new_place, "0001", "CREATE TABLE confirmed_fields (in_the_way INTEGER)")
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        new_place.open()
    engine = new_place.engine()
    with engine.connect() as connection:
        assert not inspect(connection).has_table("readings")
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
    engine.dispose()


def test_a_catalog_that_answers_passes_its_check(catalog):
    catalog.check()


# Documents and pages.


def test_a_document_comes_back_as_it_was_put(catalog):
    put = document("D-1", size=OVER_2_GIB, remarks=("repaired", "有附件"), wrapped_key=bytes(range(256)))
    write(catalog, documents.add, put)
    assert read(catalog, documents.get, "D-1") == put
    assert read(catalog, documents.with_digest, put.digest) == put
    assert read(catalog, documents.several, ["D-1", "D-2"]) == {"D-1": put}
    assert read(catalog, documents.any_one) == put
    assert read(catalog, documents.with_digest, "00") is None


def test_an_unknown_document_is_not_found(catalog):
    assert read(catalog, documents.any_one) is None
    with pytest.raises(NotFound):
        read(catalog, documents.get, "D-1")
    with pytest.raises(NotFound):
        read(catalog, documents.page, "D-1", 1)


def test_the_same_bytes_are_one_document(catalog):
    write(catalog, documents.add, document("D-1", digest="ab"))
    with pytest.raises(IntegrityError):
        write(catalog, documents.add, document("D-2", digest="ab"))
    assert read(catalog, documents.several, ["D-1", "D-2"]).keys() == {"D-1"}


def end_page(connection, document_id, page_number, state, **other):
    values = dict.fromkeys(("reason", "width", "height", "rotation", "engine", "confidence", "reading_key"))
    documents.page_ended(connection, Page(document_id, page_number, state, finished_at=AT, **{**values, **other}))


def open_document(connection, document_id, *states):
    documents.add(connection, document(document_id))
    documents.opened(connection, document_id, len(states), ())
    for number, state in enumerate(states, 1):
        if state is not PageState.WAITING:
            end_page(connection, document_id, number, state, reason="page_crash" if state is PageState.FAILED else None)


def test_pages_are_counted_by_state_and_come_in_order(catalog):
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        documents.opened(connection, "D-1", 12, ["repaired"])
        end_page(connection, "D-1", 10, PageState.READ, width=800, height=600, rotation=90, engine="ppocr/3", confidence=0.71)
    with catalog.read() as connection:
        assert [page.page_number for page in documents.pages_of(connection, "D-1")] == list(range(1, 13))
        assert documents.page_counts(connection, "D-1") == {PageState.WAITING: 11, PageState.READ: 1}
        page = documents.page(connection, "D-1", 10)
        assert (page.width, page.rotation, page.engine, page.confidence) == (800, 90, "ppocr/3", 0.71)
        assert documents.get(connection, "D-1").remarks == ("repaired",)
        assert documents.totals(connection) == ({"waiting": 1}, {"waiting": 11, "read": 1})


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ((PageState.READ, PageState.BLANK), "complete"),
        ((PageState.READ, PageState.FAILED), "partial"),
        ((PageState.FAILED, PageState.FAILED), "failed"),
    ],
)
def test_a_document_ends_as_its_pages_did(catalog, states, state):
    write(catalog, open_document, "D-1", *states)
    assert write(catalog, documents.finished, "D-1", b"sealed", AT) == state
    found = read(catalog, documents.get, "D-1")
    assert (found.state, found.summary, found.finished_at) == (state, b"sealed", AT)


def test_what_failed_is_listed_by_document_and_reason(catalog):
    with catalog.write() as connection:
        open_document(connection, "D-2", PageState.FAILED, PageState.READ)
        open_document(connection, "D-1", PageState.FAILED)
        documents.add(connection, document("D-3"))
        documents.failed(connection, "D-3", "encrypted_document", AT)
        documents.finished(connection, "D-1", b"", AT)
    with catalog.read() as connection:
        assert [page.document_id for page in documents.failed_pages(connection, None, None)] == ["D-1", "D-2"]
        assert [page.document_id for page in documents.failed_pages(connection, "D-2", "page_crash")] == ["D-2"]
        assert documents.failed_pages(connection, None, "page_timeout") == []
        assert documents.failed_documents(connection, None, None) == ["D-3"]  # D-1 has no page: its pages failed, not it
        assert documents.failed_documents(connection, "D-3", "encrypted_document") == ["D-3"]


def test_a_document_goes_its_way_and_back(catalog):
    with catalog.write() as connection:
        open_document(connection, "D-1", PageState.READ)
        documents.planned(connection, "D-1", "invoice", "plan/1")
        documents.finished(connection, "D-1", b"one", AT)
        documents.described(connection, "D-1", b"two")
        found = documents.get(connection, "D-1")
        assert (found.document_class, found.plan_key, found.summary, found.state) == ("invoice", "plan/1", b"two", "complete")
        documents.reopened(connection, "D-1")
        documents.page_reopened(connection, "D-1", 1)
        assert documents.get(connection, "D-1").finished_at is None
        assert documents.page(connection, "D-1", 1).state is PageState.WAITING


def test_ids_are_sorted_by_their_bytes(catalog):
    with catalog.write() as connection:
        for user_id in ("b", "a-b", "B", "é", "aa", "张"):
            users.add(connection, user_id, "handler", AT)
    assert [each.user_id for each in read(catalog, users.everyone)] == ["B", "a-b", "aa", "b", "é", "张"]


# Batches and custody.


def item(outcome, **other):
    return NewItem(**{"batch_id": "B-1", "outcome": outcome, "received_at": AT, "path_token": "t", "path": b"p", **other})


def test_custody_entries_come_back_in_the_order_in_which_they_came(catalog):
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        open_batch(connection, "B-1")
        first = intake.add_item(connection, item("accepted", document_id="D-1", digest="ab", size=OVER_2_GIB))
        second = intake.add_item(connection, item("refused", reason="too_large"))
    assert first < second
    with catalog.read() as connection:
        assert [(each.item_id, each.outcome, each.size) for each in intake.items_of_batch(connection, "B-1")] == [
            (first, "accepted", OVER_2_GIB),
            (second, "refused", None),
        ]
        assert [each.item_id for each in intake.items_of_document(connection, "D-1")] == [first]
        assert intake.has_item(connection, "B-1", "t", "ab")
        assert not intake.has_item(connection, "B-1", "other", "ab")
        assert intake.custody(connection, "B-1") == b"sealed"
        with pytest.raises(NotFound):
            intake.custody(connection, "B-2")


def test_batches_come_the_oldest_first(catalog):
    with catalog.write() as connection:
        open_batch(connection, "B-A", "2026-11-23T12:00:00.000001+00:00")
        open_batch(connection, "B-Z", "2026-11-23T12:00:00.000000+00:00")
    assert read(catalog, intake.batch_ids) == ["B-Z", "B-A"]


def test_a_batch_counts_what_was_handed_in_and_each_page_once(catalog):
    with catalog.write() as connection:
        open_batch(connection, "B-1")
        open_document(connection, "D-1", PageState.READ, PageState.FAILED, PageState.WAITING)
        open_document(connection, "D-2", PageState.READ)  # of another batch
        for outcome, reason, document_id in (
            ("accepted", None, "D-1"),
            ("duplicate", None, "D-1"),
            ("refused", "too_large", None),
            ("skipped", None, None),
        ):
            intake.add_item(connection, item(outcome, reason=reason, document_id=document_id))
    counts = read(catalog, intake.batch_counts, "B-1")
    assert counts.items == {"accepted": 1, "duplicate": 1, "refused": 1, "skipped": 1}
    assert counts.refusals == {"": 1, "too_large": 1}
    assert counts.documents == {"waiting": 1}
    assert (counts.pages, counts.page_failures) == ({"failed": 1, "read": 1, "waiting": 1}, {"page_crash": 1})
    assert not counts.is_final
    with pytest.raises(NotFound):
        read(catalog, intake.batch_counts, "B-2")


# Readings, confirmed fields, filters.


def a_reading(version, state=PageState.READ, **other):
    values = {
        "reason": None,
        "engine": "ppocr/3",
        "confidence": 0.9,
        "width": 8,
        "height": 6,
        "rotation": 0,
        "reading_key": "k",
    }
    return Reading(
        **{**values, "document_id": "D-1", "page_number": 1, "version": version, "state": state, "made_at": AT, **other}
    )


def test_versions_of_a_page_are_kept_and_one_is_shown(catalog):
    first, second = a_reading(1), a_reading(2, PageState.FAILED, reason="page_crash", engine="paddle/1", confidence=None)
    with catalog.write() as connection:
        open_document(connection, "D-1", PageState.WAITING)
        assert readings.next_version(connection, "D-1", 1) == 1
        for reading in (first, second):
            readings.add(connection, reading)
        readings.use(connection, first)
    with catalog.read() as connection:
        assert readings.of_document(connection, "D-1") == [first, second]
        assert readings.get(connection, "D-1", 1, 2) == second
        assert readings.next_version(connection, "D-1", 1) == 3
        assert readings.read_by(connection, "ppocr/3") == {("D-1", 1)}
        assert readings.read_by(connection, "paddle/1") == set()  # it failed
        shown = documents.page(connection, "D-1", 1)
        assert (shown.state, shown.version, shown.confidence) == (PageState.READ, 1, 0.9)
        with pytest.raises(NotFound):
            readings.get(connection, "D-1", 1, 3)


def test_a_confirmed_field_takes_the_place_of_the_former(catalog):
    fields = [ConfirmedField("D-1", name, 1, 1, AT, value) for name, value in (("b", b"1"), ("a", b"2"), ("b", b"3"))]
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        for each in fields:
            confirmed.put(connection, each)
    assert read(catalog, confirmed.of_document, "D-1") == [fields[1], fields[2]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("confidence<0.8", [2]),
        ("confidence>=0.8 and engine=ppocr", [1]),
        ("confidence=unknown", [3, 4]),
        ("confidence!=unknown", [1, 2]),
        ("engine=ppocr/3", [1]),
        ("engine!=ppocr/3", [2]),
        ("engine=PPOCR", []),
        ("state=failed", [3]),
        ("reason=page_crash", [3]),
        ("reason=unknown", [1, 2, 4]),
        ("class=other", [1, 2, 3, 4]),
        ("class!=other", []),
        ("document=D-1 and version<2", [1]),
        ("version>=2", [2]),
        ("batch=B-1", [1, 2, 3, 4]),
        ("batch!=B-1", []),
    ],
)
def test_a_filter_finds_its_pages(catalog, typed, found):
    with catalog.write() as connection:
        documents.add(connection, document("D-1", document_class="other"))
        documents.opened(connection, "D-1", 5, ())
        end_page(connection, "D-1", 1, PageState.READ, engine="ppocr/3/x", confidence=0.8, version=1)
        end_page(connection, "D-1", 2, PageState.READ, engine="ppocr/30", confidence=0.79, version=2)
        end_page(connection, "D-1", 3, PageState.FAILED, reason="page_crash")
        end_page(connection, "D-1", 4, PageState.BLANK)
        open_batch(connection, "B-1")
        intake.add_item(connection, item("accepted", document_id="D-1"))
    assert [page.page_number for page in read(catalog, pages_where, parse_filter(typed))] == found


# Derivatives.


def a_derivative(version, state="ready", **other):
    values = {"policy": "default/1", "object_key": "k", "digest": "ab", "size": OVER_2_GIB, "leaks": (), "made_at": AT}
    return Derivative(**{**values, "document_id": "D-1", "audience": "handler", "version": version, "state": state, **other})


def test_a_burnt_page_comes_back_with_its_masks_and_leaks(catalog):
    masks = (Mask("identity_number", 1, Box(0, 1, 2, 3), "policy"),)
    leaks = (Leak("name", "ocr", 1, Box(1, 2, 3, 4), "under a stamp"), Leak("page", "not_verified"))
    checks = ("page_size", "second_reading")
    page = DerivedPageRow("D-1", 1, "handler", "leaking", "key/1", "image/png", 800, 600, 300.0, masks, leaks, checks)
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        assert derivatives.put_page(connection, page) is None
    assert read(catalog, derivatives.pages_of, "D-1", "handler") == [page]
    assert read(catalog, derivatives.audiences, "D-1") == ["handler"]
    with pytest.raises(Refused, match="leak_found"):
        read(catalog, derivatives.verified_page, "D-1", 1, "handler", ())
    verified = DerivedPageRow("D-1", 1, "handler", "verified", "key/2", "image/png", 800, 600, 300.0)
    assert write(catalog, derivatives.put_page, verified) == "key/1"
    assert read(catalog, derivatives.verified_page, "D-1", 1, "handler", ()) == verified


def test_an_older_version_keeps_its_certificate(catalog):
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        first = a_derivative(1, certificate_key="certificate/D-1/a", certificate_digest="a" * 64)
        derivatives.put(connection, first)
        derivatives.put(connection, a_derivative(2))
    assert read(catalog, derivatives.of_version, "D-1", "handler", 1) == replace(first, state="superseded")
    assert read(catalog, derivatives.of_version, "D-1", "handler", 2) == a_derivative(2)
    for audience, version in (("handler", 3), ("public", 1)):
        with pytest.raises(NotFound, match="not_found"):
            read(catalog, derivatives.of_version, "D-1", audience, version)


def test_a_derivative_is_ready_then_stale_then_superseded(catalog):
    with catalog.write() as connection:
        documents.add(connection, document("D-1"))
        assert derivatives.next_version(connection, "D-1", "handler") == 1
        derivatives.put(connection, a_derivative(1))
        assert derivatives.ready(connection, "D-1", "handler", ()) == a_derivative(1)
        assert derivatives.make_stale(connection, "D-1") == [a_derivative(1)]
        assert derivatives.make_stale(connection, "D-1") == []
        with pytest.raises(Refused, match="derivative_stale"):
            derivatives.ready(connection, "D-1", "handler", ())
        derivatives.put(connection, a_derivative(2, "withheld", leaks=(Leak("name", "text"),)))
        assert [each.version for each in derivatives.current(connection, "D-1")] == [2]
        assert derivatives.withheld(connection) == 1
        derivatives.supersede(connection, "D-1")
        assert derivatives.current(connection, "D-1") == []
        assert derivatives.withheld(connection) == 0
        with pytest.raises(NotFound, match="not_made_yet"):
            derivatives.ready(connection, "D-1", "handler", ())


# Users.


def test_a_token_opens_until_its_user_is_removed(catalog):
    token = write(catalog, users.add, "li", "archivist", AT)
    assert read(catalog, users.with_token, token).user_id == "li"
    assert read(catalog, users.with_token, "another") is None
    with pytest.raises(Refused, match="user_exists"):
        write(catalog, users.add, "li", "handler", AT)
    write(catalog, users.remove, "li", AT)
    assert read(catalog, users.with_token, token) is None
    with pytest.raises(NotFound):
        write(catalog, users.remove, "li", AT)


# Transactions.


def batch_count(connection):
    return connection.execute(select(func.count()).select_from(batches)).scalar_one()


def open_and_refuse(connection):
    open_batch(connection, "B-1")
    raise Refused("not_allowed")


def open_twice(connection):
    open_batch(connection, "B-1")
    open_batch(connection, "B-1")


def test_a_transaction_that_fails_leaves_nothing(catalog):
    with pytest.raises(Refused):
        write(catalog, open_and_refuse)
    assert read(catalog, batch_count) == 0


def test_a_statement_that_fails_takes_the_whole_transaction_with_it(catalog):
    with pytest.raises(IntegrityError):
        write(catalog, open_twice)
    assert read(catalog, batch_count) == 0
    write(catalog, open_batch, "B-1")
    assert read(catalog, batch_count) == 1


def test_a_reader_sees_one_state_from_its_first_statement_to_its_last(catalog):
    with catalog.read() as reading:
        assert batch_count(reading) == 0
        write(catalog, open_batch, "B-1")
        assert batch_count(reading) == 0
    assert read(catalog, batch_count) == 1


def test_what_a_reader_writes_is_not_kept(catalog):
    try:
        with catalog.read() as connection:
            open_batch(connection, "B-1")
    except Unavailable:
        pass  # a server says no at once, a file forgets
    assert read(catalog, batch_count) == 0


def test_what_a_writer_reads_it_may_act_on(catalog):
    """Eight that each read a count and write the next one: without exclusion two would write the same."""

    def add_next(_):
        with catalog.write() as connection:
            number = batch_count(connection) + 1
            time.sleep(0.002)
            open_batch(connection, f"B-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_next, range(40)))
    assert read(catalog, batch_count) == 40


def die_in_a_transaction(place, said):
    catalog = place.open()
    with catalog.write() as connection:
        open_batch(connection, "B-1")
        said.put("written")
        time.sleep(60)


def test_a_process_killed_in_a_transaction_leaves_nothing_and_lets_the_next_one_write(place, catalog):
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    process = context.Process(target=die_in_a_transaction, args=(place, said))
    process.start()
    assert said.get(timeout=60) == "written"
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    write(catalog, open_batch, "B-2")
    assert read(catalog, intake.batch_ids) == ["B-2"]


# The ledger.


@pytest.fixture
def ledger():
    return Ledger(b"k" * 32, lambda: NOW)


def verify(catalog, ledger):
    report = read(catalog, ledger.verify)
    return report.entries, report.first_bad, report.fault


def test_many_that_append_at_once_make_one_chain(catalog, ledger):
    def append(number):
        with catalog.write() as connection:
            ledger.append(connection, "page.read", document_id=f"D-{number}", page=number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(64)))
    assert verify(catalog, ledger) == (64, None, None)


def test_entries_that_come_while_the_ledger_is_verified_are_no_fault(catalog, ledger):
    for number in range(4):
        write(catalog, append_one, ledger, number)
    with catalog.read() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 4
        write(catalog, append_one, ledger, 5)
        assert ledger.verify(connection).intact


def append_one(connection, ledger, number):
    ledger.append(connection, "page.read", page=number)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([update(events).where(events.c.sequence == 4).values(body='{"page":77}')], (4, 4, "changed")),
        ([delete(events).where(events.c.sequence == 4)], (4, 4, "removed")),
        ([delete(events).where(events.c.sequence == 9)], (8, 9, "removed from the end")),
        (
            [update(events).where(events.c.sequence == old).values(sequence=new) for old, new in ((4, 99), (6, 4), (99, 6))],
            (4, 4, "changed"),
        ),
        ([delete(ledger_head)], (9, 9, "head removed")),
    ],
    ids=["changed", "removed", "cut off", "reordered", "head removed"],
)
def test_the_first_entry_that_is_not_as_it_was_written_is_named(catalog, ledger, statements, found):
    for number in range(9):
        write(catalog, append_one, ledger, number)
    with catalog.write() as connection:
        for statement in statements:
            connection.execute(statement)
    assert verify(catalog, ledger) == found


def test_the_ledger_counts_beyond_32_bits(catalog, ledger):
    with catalog.write() as connection:
        connection.execute(insert(ledger_head).values(one=1, sequence=1 << 40, digest="0" * 64, seal="x"))
        append_one(connection, ledger, 1)
    assert read(catalog, lambda connection: connection.execute(select(events.c.sequence)).scalar_one()) == (1 << 40) + 1


# Work and leases.

READ_ONE, READ_TWO, OPEN, PLAN = (
    Job(Stage.READ, "D-1", 1),
    Job(Stage.READ, "D-1", 2),
    Job(Stage.OPEN, "D-1"),
    Job(Stage.PLAN, "D-1"),
)


def put(catalog, *jobs):
    if not read(catalog, documents.several, ["D-1"]):
        add_documents(catalog, "D-1")
    write(catalog, work.put, jobs, NOW)


def take(catalog, owner="one", now=NOW):
    with catalog.leasing() as connection:
        return work.take(connection, owner, now, a_minute)


def take_job(catalog, job, owner="one", now=NOW):
    with catalog.leasing() as connection:
        return work.take_job(connection, owner, job, now, a_minute)


def end(catalog, lease):
    write(catalog, work.complete, lease)


def test_jobs_are_taken_by_priority_and_then_as_they_came_each_once(catalog):
    put(catalog, READ_TWO, READ_ONE, PLAN, OPEN)
    taken = [take(catalog, str(number)) for number in range(5)]
    assert [lease and lease.job for lease in taken] == [OPEN, PLAN, READ_TWO, READ_ONE, None]
    assert [lease.owner for lease in taken[:4]] == ["0", "1", "2", "3"]
    assert taken[0].until == work.moment(NOW + timedelta(seconds=60))


def test_a_job_put_twice_is_there_once_and_as_it_was(catalog):
    put(catalog, READ_ONE, READ_ONE)
    put(catalog, Job(Stage.READ, "D-1", 1, engine="paddle"), READ_TWO)
    assert [take(catalog).job for _ in range(2)] == [READ_ONE, READ_TWO]
    assert take(catalog) is None


def test_nothing_put_is_nothing_done(catalog):
    put(catalog)
    write(catalog, work.put_all_again, (), NOW)
    assert read(catalog, work.is_idle)


def test_exactly_the_job_that_is_named_is_taken(catalog):
    put(catalog, OPEN, READ_ONE, READ_TWO)
    lease = take_job(catalog, READ_TWO)
    assert (lease.job, lease.owner) == (READ_TWO, "one")
    assert take_job(catalog, READ_TWO, "two") is None  # it is leased
    end(catalog, lease)
    assert take_job(catalog, READ_TWO) is None  # it is done
    assert take_job(catalog, PLAN) is None  # there is none
    assert take_job(catalog, READ_ONE, now=NOW - timedelta(seconds=1)) is None  # it is not due
    assert take_job(catalog, READ_ONE).job == READ_ONE


def test_a_job_is_taken_by_its_step_whichever_engine_the_message_names(catalog):
    put(catalog, Job(Stage.READ, "D-1", 1, engine="paddle"))
    assert take_job(catalog, READ_ONE).job.engine == "paddle"


def test_jobs_that_are_due_are_listed_in_the_order_of_their_doing(catalog):
    put(catalog, READ_ONE, READ_TWO, PLAN, OPEN)
    write(catalog, work.postpone, take_job(catalog, READ_TWO), NOW + timedelta(seconds=9))
    every = tuple(Stage)
    assert read(catalog, work.due, every, NOW, 10) == [OPEN, PLAN, READ_ONE]
    assert read(catalog, work.due, every, NOW + timedelta(seconds=9), 10) == [OPEN, PLAN, READ_ONE, READ_TWO]
    assert read(catalog, work.due, every, NOW, 2) == [OPEN, PLAN]
    assert read(catalog, work.due, (Stage.READ,), NOW, 10) == [READ_ONE]
    assert read(catalog, work.due, (), NOW, 10) == []
    assert read(catalog, work.due, every, NOW, 0) == []


def open_and_complete(connection, lease):
    open_batch(connection, "B-1")
    work.complete(connection, lease)


def test_a_result_of_an_older_lease_is_refused_and_leaves_nothing(catalog):
    put(catalog, READ_ONE)
    late = take(catalog, "slow")
    (lost,) = read(catalog, work.lost, NOW + timedelta(seconds=60), lambda owner: True)
    assert lost == late
    assert write(catalog, work.interrupt, lost) == 1
    newer = take(catalog, "quick")
    assert newer.token > late.token
    with pytest.raises(Refused, match="lease_lost"):
        write(catalog, open_and_complete, late)
    assert read(catalog, batch_count) == 0
    end(catalog, newer)
    with pytest.raises(Refused, match="lease_lost"):
        end(catalog, newer)


def test_leases_of_the_dead_are_lost_at_once(catalog):
    put(catalog, READ_ONE, READ_TWO)
    take(catalog, "dead")
    held = take(catalog, "alive")
    assert [each.owner for each in read(catalog, work.lost, NOW, lambda owner: owner != "dead")] == ["dead"]
    assert read(catalog, work.held_by, "alive") == held
    assert read(catalog, work.held_by, "nobody") is None


def test_tries_are_counted_and_the_last_one_ends_the_job(catalog):
    put(catalog, READ_ONE)
    for final in (False, True):
        lease = take(catalog)
        assert write(catalog, work.fail, lease, "page_crash", 2, NOW) is final
    assert take(catalog) is None
    assert read(catalog, work.is_idle)


@pytest.mark.parametrize("former", ["none", "waiting", "leased", "done", "failed"])
def test_a_job_put_again_waits_whatever_came_of_it(catalog, former):
    put(catalog, *(() if former == "none" else (READ_ONE,)))
    lease = take(catalog) if former in {"leased", "done"} else None
    if former == "done":
        end(catalog, lease)
    if former == "failed":
        write(catalog, work.give_up, READ_ONE, "page_crash")
    write(catalog, work.put_all_again, (Job(Stage.READ, "D-1", 1, engine="paddle"), READ_TWO), NOW)
    if former == "leased":
        with pytest.raises(Refused, match="lease_lost"):
            end(catalog, lease)
    again = take(catalog)
    assert (again.job.page_number, again.job.engine) == (1, "paddle")
    assert lease is None or again.token > lease.token
    assert read(catalog, work.failures, again) == 0
    assert take(catalog).job == READ_TWO


def test_open_work_is_told_by_stage_document_and_engine(catalog):
    paddle = Job(Stage.READ, "D-1", 2, engine="paddle")
    put(catalog, READ_ONE, paddle, PLAN)
    end(catalog, take_job(catalog, READ_ONE))
    take_job(catalog, PLAN)
    with catalog.read() as connection:
        assert work.counts(connection) == {(Stage.READ, "waiting"): 1, (Stage.PLAN, "leased"): 1}
        assert work.any_open(connection, "D-1", (Stage.READ,))
        assert not work.any_open(connection, "D-1", (Stage.HIDE, Stage.FINISH))
        assert not work.any_open(connection, "D-2", tuple(Stage))
        assert work.open_pages(connection, Stage.READ) == {("D-1", 2): "paddle"}
        assert work.count_open(connection, Stage.READ, "paddle") == 1
        assert work.count_open(connection, Stage.READ, "") == 0
        assert not work.is_idle(connection)
    write(catalog, work.call_off, "D-1", (Stage.READ, Stage.PLAN))
    assert read(catalog, work.is_idle)


def take_all(place, owner, start, taken):
    catalog = place.open()
    start.wait(60)
    mine = []
    while (lease := take(catalog, owner)) is not None:
        mine.append(lease.work_id)
        write(catalog, work.complete, lease)
    catalog.close()
    taken.put((owner, mine))


def test_four_processes_take_400_jobs_each_once(place, catalog):
    put(catalog, *(Job(Stage.READ, "D-1", number) for number in range(1, 401)))
    context = multiprocessing.get_context("spawn")
    start, taken = context.Barrier(4), context.Queue()
    processes = [context.Process(target=take_all, args=(place, str(number), start, taken)) for number in range(4)]
    for process in processes:
        process.start()
    mine = [taken.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    times = Counter(work_id for _, ids in mine for work_id in ids)
    assert (len(times), set(times.values())) == (400, {1})
    assert read(catalog, work.is_idle)


# What cannot be kept.


@pytest.mark.parametrize("value", ["\ud800", "D-\udfff"], ids=["half a pair", "the other half"])
def test_half_a_surrogate_pair_is_refused_without_being_told(catalog, value):
    with pytest.raises(Rejected, match="invalid_request") as refused:
        read(catalog, documents.get, value)
    assert value not in str(refused.value)
    with pytest.raises(Rejected):
        write(catalog, open_batch, value)


def test_a_number_beyond_64_bits_is_refused(catalog):
    with pytest.raises(Rejected, match="invalid_request"):
        write(catalog, documents.add, document("D-1", size=1 << 70))


def test_a_zero_character_is_unknown_or_refused_and_never_an_error_of_the_program(catalog):
    with pytest.raises((NotFound, Rejected)):
        read(catalog, documents.get, "D-\x00")


@pytest.mark.parametrize("remark", ["\x00", "\ud800", "长" * 100_000], ids=["zero", "half a pair", "long"])
def test_remarks_may_be_any_text(catalog, remark):
    write(catalog, documents.add, document("D-1", remarks=(remark,)))
    assert read(catalog, documents.get, "D-1").remarks == (remark,)
