"""The search index is built anew from the catalog and the store while searches and work go on."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from archive.catalog import work as work_rows
from archive.catalog.tables import documents as documents_table
from archive.catalog.tables import events
from archive.errors import Refused, Unavailable
from archive.finding import find
from archive.wiring import Archive, create_archive, open_archive
from schemas.query import Query
from tests.builders.indexes import File, Place, elasticsearch_name
from tests.builders.planned_documents import (
    Claim,
    finish_document,
    finish_in_catalog,
    keep_finished,
    plan_again,
    plan_document,
)
from workers.anew.rebuild import LeftOut, Rebuilt, compare, rebuild
from workers.commands.rebuild import rebuild_index

BOTH = [pytest.param("sqlite"), pytest.param("elasticsearch", marks=pytest.mark.service)]


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    place = elasticsearch_name() if request.param == "elasticsearch" else File(tmp_path / "home" / "index.db")
    yield place
    place.clear()


@pytest.fixture
def archive(place: Place, tmp_path: Path) -> Iterator[Archive]:
    with create_archive(tmp_path / "home", settings=place.settings()) as opened:
        yield opened


def claim(number: int, **more: str) -> Claim:
    return Claim(f"PZAT2019{number:08}", **more)


def found(archive: Archive, **query: str) -> list[str]:
    archive.index.refresh()
    return [hit.document_id for hit in find(archive.index, archive.search_key, Query(limit=100, **query)).hits]


def test_a_lost_index_is_built_anew_and_answers_as_before(archive, place):
    ids = [keep_finished(archive, claim(number)) for number in range(5)]
    before = find(archive.index, archive.search_key, Query(text="左臂骨折"))
    archive.index.refresh()
    before = find(archive.index, archive.search_key, Query(text="左臂骨折", name="欧阳若澜"))
    for document_id in ids:
        archive.index.remove(document_id)
    assert found(archive, text="左臂骨折") == []
    shown: list[tuple[int, int]] = []
    assert rebuild(archive, lambda done, total: shown.append((done, total))) == Rebuilt(5, ())
    assert find(archive.index, archive.search_key, Query(text="左臂骨折", name="欧阳若澜")) == before
    assert before.total == 5
    assert shown == [(5, 5)]
    assert len(place.generations()) == 1


def test_the_ledger_tells_of_a_rebuild(archive):
    keep_finished(archive, claim(1))
    rebuild(archive)
    with archive.catalog.read() as connection:
        (body,) = connection.execute(select(events.c.body).where(events.c.kind == "index.rebuilt")).scalars()
    assert json.loads(body) == {"documents": 1, "left_out": 0}


def test_what_the_catalog_does_not_know_is_gone_afterwards(archive):
    known, other = keep_finished(archive, claim(1)), keep_finished(archive, claim(2))
    with archive.catalog.write() as connection:
        connection.execute(update(documents_table).where(documents_table.c.document_id == other).values(plan_key=None))
    archive.index.refresh()
    assert compare(archive).stray == (other,)
    rebuild(archive)
    assert list(archive.index.document_ids()) == [known]
    assert compare(archive).is_equal


def test_documents_that_were_never_planned_or_failed_before_the_end_are_not_indexed(archive):
    failed = plan_document(archive, claim(1))
    at = work_rows.moment(archive.clock())
    with archive.catalog.write() as connection:
        wanted = documents_table.c.document_id == failed
        connection.execute(
            update(documents_table).where(wanted).values(state="failed", reason="document_error", finished_at=at)
        )
    waiting = plan_document(archive, claim(2))
    rebuild(archive)
    assert list(archive.index.document_ids()) == [waiting]
    assert compare(archive).is_equal


def test_a_document_that_is_being_done_anew_stays_findable(archive):
    document_id = keep_finished(archive, claim(1))
    plan_again(archive, document_id, claim(1, words="右腿"))
    rebuild(archive)
    assert found(archive, text="右腿") == [document_id]


def test_a_document_whose_key_is_destroyed_is_left_out_and_told(archive):
    kept, destroyed = keep_finished(archive, claim(1)), keep_finished(archive, claim(2))
    with archive.catalog.write() as connection:
        wanted = documents_table.c.document_id == destroyed
        connection.execute(update(documents_table).where(wanted).values(wrapped_key=bytes(60)))
    assert rebuild(archive) == Rebuilt(1, (LeftOut(destroyed, "key_unavailable"),))
    assert list(archive.index.document_ids()) == [kept]


def test_comparing_tells_what_the_index_lacks(archive):
    ids = sorted(keep_finished(archive, claim(number)) for number in range(3))
    plan_document(archive, claim(9))  # waits: it may be in the index or not
    archive.index.refresh()
    assert compare(archive).is_equal
    archive.index.remove(ids[1])
    archive.index.refresh()
    comparison = compare(archive)
    assert (comparison.missing, comparison.stray) == ((ids[1],), ())
    assert (comparison.in_catalog, comparison.in_index) == (4, 2)


def test_documents_that_are_finished_meanwhile_are_in_the_new_index_with_what_they_say_last(archive, monkeypatch):
    """Each worker's moment falls between two of the rebuild's: after the beginning, and after its record was made."""
    before, anew = keep_finished(archive, claim(1)), keep_finished(archive, claim(2))
    late = plan_document(archive, claim(3))
    removed = keep_finished(archive, claim(4))
    with open_archive(archive.home) as worker:

        def work(_done: int, _total: int) -> None:
            """Called when the first records are in the new generation."""
            plan_again(worker, anew, claim(2, words="右腿"))
            finish_document(worker, anew, claim(2, words="右腿"))
            finish_document(worker, late, claim(3))
            with worker.catalog.write() as connection:
                wanted = documents_table.c.document_id == removed
                connection.execute(update(documents_table).where(wanted).values(plan_key=None))
            worker.index.remove(removed)

        rebuild(archive, work)
    assert sorted(archive.index.document_ids()) == sorted((before, anew, late))
    assert found(archive, text="右腿") == [anew]
    assert sorted(found(archive, text="左臂骨折")) == sorted((before, late))
    assert compare(archive).is_equal


def test_a_document_that_a_worker_put_before_the_rebuild_began_and_finishes_after_it_is_there(archive):
    document_id = plan_document(archive, claim(1))
    finish_document(archive, document_id, claim(1))
    plan_again(archive, document_id, claim(1, words="右腿"))  # the worker is between the index and the catalog
    rebuild(archive)
    finish_in_catalog(archive, document_id, claim(1, words="右腿"))
    assert found(archive, text="右腿") == [document_id]


class _Cut(BaseException):
    """The process is told to end."""


def test_an_interrupted_rebuild_leaves_the_index_in_service_and_nothing_else(archive, place):
    keep_finished(archive, claim(1))
    former = place.generations()

    def cut(_done: int, _total: int) -> None:
        raise _Cut

    with pytest.raises(_Cut):
        rebuild(archive, cut)
    assert place.generations() == former
    assert len(found(archive, text="左臂骨折")) == 1


def test_what_a_killed_rebuild_left_is_cleared_by_the_next(archive, place):
    document_id = keep_finished(archive, claim(1))
    archive.index.rebuild().add_all(())  # and no more: as if killed
    assert len(place.generations()) == 2
    second = keep_finished(archive, claim(2))
    assert sorted(found(archive, text="左臂骨折")) == sorted((document_id, second))
    rebuild(archive)
    assert len(place.generations()) == 1
    assert sorted(found(archive, text="左臂骨折")) == sorted((document_id, second))


def test_the_newer_of_two_rebuilds_goes_on(archive, place):
    document_id = keep_finished(archive, claim(1))
    with open_archive(archive.home) as other, pytest.raises(Refused) as refused:
        rebuild(archive, lambda _done, _total: rebuild(other))
    assert refused.value.reason == "rebuild_superseded"
    assert found(archive, text="左臂骨折") == [document_id]
    assert len(place.generations()) == 1


def test_searches_that_go_on_see_no_failure_and_no_incomplete_answer(archive):
    ids = sorted(keep_finished(archive, claim(number)) for number in range(40))
    archive.index.refresh()
    done = threading.Event()

    def search() -> tuple[int, int, int]:
        answers = failed = incomplete = 0
        with open_archive(archive.home) as opened:
            while not done.is_set():
                query = (Query(text="左臂骨折", limit=100), Query(name="欧阳若澜", limit=100))[answers % 2]
                answers += 1
                try:
                    results = find(opened.index, opened.search_key, query)
                except Unavailable:
                    failed += 1
                else:
                    incomplete += not {*ids}.issubset(hit.document_id for hit in results.hits)
        return answers, failed, incomplete

    def work() -> int:
        finished = 0
        with open_archive(archive.home) as opened:
            while not done.is_set():
                keep_finished(opened, claim(1000 + finished))
                finished += 1
        return finished

    with ThreadPoolExecutor(3) as threads:
        searches, worker = [threads.submit(search) for _ in range(2)], threads.submit(work)
        for _ in range(3):
            rebuild(archive)
        done.set()
        answered = [each.result() for each in searches]
        finished = worker.result()
    assert [(failed, incomplete) for _, failed, incomplete in answered] == [(0, 0), (0, 0)]
    assert min(answers for answers, _, _ in answered) > 0
    archive.index.refresh()
    assert compare(archive).is_equal
    assert archive.index.count() == 40 + finished


def run(archive: Archive, *options: str) -> tuple[int, object]:
    result = CliRunner().invoke(rebuild_index, ["--home", str(archive.home), "--json", *options])
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def test_the_command_compares_and_rebuilds(archive):
    document_id = keep_finished(archive, claim(1))
    archive.index.remove(document_id)
    archive.index.refresh()
    lacking = {
        "in_catalog": 1,
        "in_index": 0,
        "missing": 1,
        "missing_documents": [document_id],
        "stray": 0,
        "stray_documents": [],
    }
    assert run(archive, "--check") == (1, lacking)
    code, told = run(archive)
    assert (code, told["documents"], told["left_out"]) == (0, 1, [])
    code, told = run(archive, "--check")
    assert (code, told["missing"], told["in_index"]) == (0, 0, 1)


def test_the_command_names_what_is_left_out(archive):
    document_id = keep_finished(archive, claim(1))
    with archive.catalog.write() as connection:
        connection.execute(update(documents_table).values(wrapped_key=bytes(60)))
    code, told = run(archive)
    assert (code, told["left_out"]) == (1, [{"document": document_id, "reason": "key_unavailable"}])
    result = CliRunner().invoke(rebuild_index, ["--home", str(archive.home)])
    assert (result.exit_code, f"{document_id} is left out: key_unavailable" in result.stdout) == (1, True)


def test_a_damaged_sqlite_index_is_rebuilt_by_the_command(tmp_path):
    with create_archive(tmp_path / "home") as archive:
        document_id = keep_finished(archive, claim(1))
    for each in (tmp_path / "home").glob("index.db*"):
        each.write_bytes(b"not a database" * 500)
    with open_archive(tmp_path / "home") as archive:
        with pytest.raises(Unavailable, match="rebuild it"):
            archive.index.count()
        code, told = run(archive)
        assert (code, told["documents"]) == (0, 1)
        assert found(archive, text="左臂骨折") == [document_id]
