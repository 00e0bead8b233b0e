"""Seeing a page unmasked: whose leave it takes, for how long, and what is left of it."""

import io
import json
from datetime import timedelta
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import select, update

from archive.catalog import unmaskings, work
from archive.catalog.tables import documents, events
from archive.errors import NotFound, Refused, Rejected, Unavailable
from archive.review import unmasking
from archive.wiring import open_archive
from claimkeep.cli import main
from schemas.work import Job, Stage
from tests.builders.archives import Clock, make_archive
from tests.builders.read_documents import document_of, files_of, ingest, scan, work_off
from tests.builders.reviewed_documents import add_reviewers
from tests.fakes import two_engines
from tests.fakes.two_engines import GOOD, POOR
from workers import pipeline
from workers.steps import results

WHY = "the telephone number cannot be told from the fax number"
LATER = timedelta(minutes=15)


@cache
def tools():
    return two_engines.load()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def archive(tmp_path, clock):
    home = tmp_path / "home"
    make_archive(home, clock).close()
    (home / "claimkeep.toml").write_text("[work]\nretry_seconds = 0\ntries = 1\n[review]\nunmasked_an_hour = 2\n")
    with open_archive(home, clock) as opened:
        add_reviewers(opened, "lin", "zhao")
        yield opened


@pytest.fixture
def document(archive):
    document_id = ingest(archive, scan(GOOD))
    work_off(archive, tools())
    return document_id


def granted(archive, document):
    request = unmasking.ask(archive, "lin", document, 1, WHY).request_id
    unmasking.grant(archive, "zhao", request)
    work_off(archive, tools())
    return request


def kinds_and_facts(archive):
    with archive.catalog.read() as connection:
        rows = connection.execute(select(events).where(events.c.kind.like("breakglass.%")).order_by(events.c.sequence)).all()
    return [(row.kind, json.loads(row.body)) for row in rows]


def kept_pictures(archive):
    return list(archive.store.keys("unmasked/"))


def test_the_asker_sees_the_page_with_a_watermark_once_another_has_granted_it(archive, document):
    request = unmasking.ask(archive, "lin", document, 1, WHY).request_id
    with pytest.raises(Refused, match="unmasking_not_granted"):
        unmasking.look(archive, "lin", request)
    unmasking.grant(archive, "zhao", request)
    with pytest.raises(NotFound, match="not_made_yet"):
        unmasking.look(archive, "lin", request)
    work_off(archive, tools())
    with Image.open(io.BytesIO(unmasking.look(archive, "lin", request).data)) as picture:
        seen = np.asarray(picture.convert("RGB")).astype(int)
    page = np.asarray(two_engines.page(GOOD)).astype(int)
    assert seen.shape == page.shape
    assert (np.abs(seen - page).max(axis=2) < 40).mean() > 0.5  # the page itself, masks and all left out
    assert ((seen[..., 0] - seen[..., 1]) > 60).mean() > 0.02  # the red words over it


def test_all_of_it_is_in_the_ledger_and_no_reason_in_the_open(archive, document):
    request = granted(archive, document)
    unmasking.look(archive, "lin", request)
    told = kinds_and_facts(archive)
    assert [kind for kind, _ in told] == ["breakglass.asked", "breakglass.granted", "breakglass.viewed"]
    assert [facts["user"] for _, facts in told] == ["lin", "zhao", "lin"]
    assert {(facts["request"], facts["page"]) for _, facts in told} == {(request, 1)}
    written = b"".join(path.read_bytes() for path in archive.home.rglob("*") if path.is_file())
    assert WHY.encode() not in written
    assert [each.reason for each in unmasking.newest(archive, 10)] == [WHY]


def test_nobody_grants_or_refuses_what_they_asked_for_themselves(archive, document):
    request = unmasking.ask(archive, "lin", document, 1, WHY).request_id
    for decide in (unmasking.grant, unmasking.refuse):
        with pytest.raises(Refused, match="same_person"):
            decide(archive, "lin", request)
    unmasking.refuse(archive, "zhao", request)
    with pytest.raises(Refused, match="already_decided"):
        unmasking.grant(archive, "zhao", request)
    with pytest.raises(Refused, match="unmasking_refused"):
        unmasking.look(archive, "lin", request)


def test_the_picture_is_the_askers_alone(archive, document):
    request = granted(archive, document)
    for other in ("zhao", "", "somebody"):
        with pytest.raises(NotFound):
            unmasking.look(archive, other, request)


def test_when_the_time_is_over_the_picture_is_gone(archive, document, clock):
    request = granted(archive, document)
    clock.advance(LATER - timedelta(seconds=1))
    assert unmasking.look(archive, "lin", request).data
    assert len(kept_pictures(archive)) == 1
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Refused, match="unmasking_ended"):
        unmasking.look(archive, "lin", request)
    assert kinds_and_facts(archive)[-1][0] == "breakglass.ended"
    work_off(archive, tools())
    assert kept_pictures(archive) == []
    with archive.catalog.read() as connection:
        assert unmaskings.get(connection, request).object_key is None


def test_any_work_on_a_document_deletes_pictures_whose_time_is_over(archive, document, clock):
    request = granted(archive, document)
    clock.advance(LATER)
    ingest(archive, scan(POOR))
    work_off(archive, tools())
    assert kept_pictures(archive) == []
    assert [kind for kind, _ in kinds_and_facts(archive)].count("breakglass.ended") == 1
    with pytest.raises(Refused, match="unmasking_ended"):
        unmasking.look(archive, "lin", request)


def test_a_picture_that_is_drawn_too_late_is_not_kept(archive, document, clock):
    request = unmasking.ask(archive, "lin", document, 1, WHY).request_id
    unmasking.grant(archive, "zhao", request)
    clock.advance(LATER)
    work_off(archive, tools())
    assert kept_pictures(archive) == []
    assert [kind for kind, _ in kinds_and_facts(archive)][-1] == "breakglass.ended"
    with pytest.raises(Refused, match="unmasking_ended"):
        unmasking.look(archive, "lin", request)


def fails_once(monkeypatch, place, name, error):
    """The next call of *name* raises *error* and does nothing."""
    does, errors = getattr(place, name), [error]

    def run(*arguments):
        if errors:
            raise errors.pop()
        return does(*arguments)

    monkeypatch.setattr(place, name, run)


def test_a_picture_that_the_store_would_not_delete_is_deleted_later(archive, document, clock, monkeypatch):
    request = granted(archive, document)
    clock.advance(LATER)
    fails_once(monkeypatch, archive.store, "delete", Unavailable("store_unavailable"))
    with pytest.raises(Refused, match="unmasking_ended"):
        unmasking.look(archive, "lin", request)
    work_off(archive, tools())
    assert len(kept_pictures(archive)) == 1
    clock.advance(timedelta(minutes=1))
    work_off(archive, tools())
    assert kept_pictures(archive) == []
    with archive.catalog.read() as connection:
        assert unmaskings.get(connection, request).object_key is None
    assert [kind for kind, _ in kinds_and_facts(archive)].count("breakglass.ended") == 1


@pytest.mark.parametrize("error", [Unavailable("catalog_unavailable"), Refused("lease_lost")])
def test_a_picture_that_was_kept_and_not_recorded_is_one_picture_and_is_deleted(archive, document, clock, monkeypatch, error):
    fails_once(monkeypatch, results, "unmasked", error)
    request = granted(archive, document)
    assert len(kept_pictures(archive)) == 1
    clock.advance(timedelta(minutes=1))
    with archive.catalog.write() as connection:  # the worker is gone, and its lease was taken back
        work.put_again(connection, Job(Stage.UNMASK, document, 1, request), clock())
    work_off(archive, tools())
    assert unmasking.look(archive, "lin", request).data
    assert len(kept_pictures(archive)) == 1
    clock.advance(LATER)
    unmasking.newest(archive, 1)
    work_off(archive, tools())
    assert kept_pictures(archive) == []


def test_a_picture_is_deleted_whose_drawing_was_given_up_after_it_was_kept(archive, document, monkeypatch):
    fails_once(monkeypatch, results, "unmasked", RuntimeError("out of luck"))
    request = granted(archive, document)
    with pytest.raises(Refused, match="unmasking_failed"):
        unmasking.look(archive, "lin", request)
    work_off(archive, tools())
    assert kept_pictures(archive) == []


def test_a_picture_whose_time_is_over_while_it_is_drawn_is_deleted_even_where_the_store_fails(
    archive, document, clock, monkeypatch
):
    draw = pipeline.watermarked

    def slowly(*arguments):
        clock.advance(LATER)
        return draw(*arguments)

    monkeypatch.setattr(pipeline, "watermarked", slowly)
    fails_once(monkeypatch, archive.store, "delete", Unavailable("store_unavailable"))
    request = granted(archive, document)
    with archive.catalog.read() as connection:
        assert unmaskings.get(connection, request).state == "ended"
    assert len(kept_pictures(archive)) == 1
    clock.advance(timedelta(minutes=1))
    work_off(archive, tools())
    assert kept_pictures(archive) == []
    assert [kind for kind, _ in kinds_and_facts(archive)].count("breakglass.ended") == 1


def test_a_picture_is_deleted_when_its_documents_key_is_destroyed(archive, document, clock):
    granted(archive, document)
    destroy_key(archive, document)
    clock.advance(LATER)
    unmasking.newest(archive, 1)
    work_off(archive, tools())
    assert kept_pictures(archive) == []


def destroy_key(archive, document):
    with archive.catalog.write() as connection:
        connection.execute(update(documents).where(documents.c.document_id == document).values(wrapped_key=b""))


def test_one_document_whose_key_is_destroyed_does_not_end_the_list(archive, document):
    other = ingest(archive, scan(POOR))
    work_off(archive, tools())
    for each in (document, other):
        unmasking.ask(archive, "lin", each, 1, WHY)
    destroy_key(archive, document)
    told = {each.unmasking.document_id: (each.reason, each.unreadable) for each in unmasking.newest(archive, 10)}
    assert told == {document: (None, "key_unavailable"), other: (WHY, None)}
    listed = {each["document"]: (each["reason"], each["unreadable"]) for each in answer(archive, "list")["requests"]}
    assert listed == told
    shown = CliRunner().invoke(main, ["breakglass", "list", "--home", str(archive.home)]).output
    assert WHY in shown
    assert "key_unavailable" in shown


def test_the_end_is_told_once_whoever_else_comes_to_it(archive, document, clock, monkeypatch):
    granted(archive, document)
    clock.advance(LATER)
    over, asked = unmaskings.over, []

    def meanwhile(*arguments):
        found = over(*arguments)
        if not asked:  # between somebody's look at what is over and what they write of it
            asked.append(True)
            unmasking.end_what_is_over(archive)
        return found

    monkeypatch.setattr(unmaskings, "over", meanwhile)
    unmasking.end_what_is_over(archive)
    assert [kind for kind, _ in kinds_and_facts(archive)].count("breakglass.ended") == 1


def test_asking_too_often_within_an_hour_raises_an_alarm_and_is_not_refused(archive, document, clock):
    alarms = [unmasking.ask(archive, "lin", document, 1, WHY).alarmed for _ in range(3)]
    assert alarms == [False, False, True]
    assert not unmasking.ask(archive, "zhao", document, 1, WHY).alarmed
    assert [facts for kind, facts in kinds_and_facts(archive) if kind == "breakglass.alarm"] == [
        {"user": "lin", "within_an_hour": 3}
    ]
    clock.advance(timedelta(hours=1))
    assert not unmasking.ask(archive, "lin", document, 1, WHY).alarmed
    with archive.catalog.read() as connection:
        assert unmaskings.counts(connection) == {"asked": 5, "alarmed": 1}


def test_a_page_must_be_there_and_a_reason_given(archive, document):
    with pytest.raises(NotFound):
        unmasking.ask(archive, "lin", document, 2, WHY)
    with pytest.raises(NotFound):
        unmasking.ask(archive, "lin", "D-0000000000", 1, WHY)
    with pytest.raises(Rejected, match="reason_missing"):
        unmasking.ask(archive, "lin", document, 1, " ")
    assert kinds_and_facts(archive) == []


def test_drawing_a_page_for_somebody_changes_nothing_about_the_document(archive, document):
    before = (document_of(archive, document), files_of(archive, document))
    granted(archive, document)
    assert (document_of(archive, document), files_of(archive, document)) == before


def test_a_page_that_cannot_be_drawn_ends_the_request_and_nothing_else(archive, document, monkeypatch):
    def broken(*_):
        raise RuntimeError("no such picture")

    monkeypatch.setattr(pipeline, "watermarked", broken)
    before = document_of(archive, document)
    request = granted(archive, document)
    with pytest.raises(Refused, match="unmasking_failed"):
        unmasking.look(archive, "lin", request)
    assert document_of(archive, document) == before


def test_the_list_comes_in_pages_the_newest_first(archive, document, clock):
    made = []
    for _ in range(3):
        made.append(unmasking.ask(archive, "lin", document, 1, WHY).request_id)
        clock.advance(timedelta(seconds=1))
    first = unmasking.newest(archive, 2)
    rest = unmasking.newest(archive, 2, first[-1].unmasking.request_id)
    assert [each.unmasking.request_id for each in (*first, *rest)] == made[::-1]


def answer(archive, *arguments):
    called = [*map(str, arguments), "--home", str(archive.home), "--json"]
    result = CliRunner().invoke(main, ["breakglass", *called])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_two_people_do_it_by_commands(archive, document):
    lin, zhao = (("--token-file", archive.home / f"{name}.token") for name in ("lin", "zhao"))
    asked = answer(archive, "ask", document, 1, "--reason", WHY, *lin)
    assert (asked["state"], asked["asked_by"], asked["alarmed"]) == ("asked", "lin", False)
    assert answer(archive, "grant", asked["request"], *zhao)["state"] == "granted"
    other = answer(archive, "ask", document, 1, "--reason", WHY, *zhao)
    assert answer(archive, "refuse", other["request"], *lin)["state"] == "refused"
    listed = answer(archive, "list")
    assert {each["request"]: each["state"] for each in listed["requests"]} == {
        asked["request"]: "granted",
        other["request"]: "refused",
    }
