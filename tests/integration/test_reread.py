"""Reading pages again: a new version where it has text, the old one in every other case, and files that follow."""

import json
from functools import cache

import pytest

from archive.catalog import confirmed, derivatives, work
from archive.catalog.page_filter import parse_filter
from archive.errors import NotFound, Refused
from archive.fields import confirmed_fields, shown_fields
from archive.finding import find
from archive.holdings import Holding
from archive.wiring import open_archive
from schemas.page import PageReading, PageState
from schemas.query import MatchTier, Query
from schemas.redaction import Audience
from schemas.work import Stage
from tests.builders.archives import make_archive
from tests.builders.read_documents import (
    document_of,
    events_of,
    files_of,
    ingest,
    page_of,
    scan,
    versions_of,
    work_off,
)
from tests.fakes import two_engines
from tests.fakes.two_engines import EMPTY, FAILS, GOOD, MISREAD, NUMBER, PADDLE, POOR, USUAL
from workers.anew import again, reread
from workers.anew.confirm import confirm
from workers.anew.reread import Outcome
from workers.running import child

LOW = parse_filter("confidence<0.8")


@cache
def tools():
    return two_engines.load()


@pytest.fixture
def archive(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text("[work]\nretry_seconds = 0\ntries = 2\n")
    with open_archive(home) as opened:
        yield opened


def kept(archive, *corners):
    document_id = ingest(archive, scan(*corners))
    work_off(archive, tools())
    return document_id


def put(archive, where=LOW, *, force=False):
    selected = reread.select(archive, where, "paddle", PADDLE.key(), again=force)
    reread.put(archive, selected, where)
    return selected


def counted(archive, selected):
    return {outcome: count for outcome, count in reread.counts(reread.outcomes(archive, selected)).items() if count}


def test_only_the_pages_meant_get_a_second_version_and_the_first_stays(archive):
    document_id = kept(archive, POOR, GOOD)
    selected = put(archive)
    work_off(archive, tools())
    assert versions_of(archive, document_id) == [(1, 1, "read", None), (1, 2, "read", None), (2, 1, "read", None)]
    first, second = page_of(archive, document_id, 1), page_of(archive, document_id, 2)
    assert (first.version, first.engine, first.confidence) == (2, PADDLE.key(), pytest.approx(0.95))
    assert (second.version, second.engine) == (1, USUAL.key())
    assert counted(archive, selected) == {Outcome.BETTER: 1}
    assert reread.mean_confidences(reread.outcomes(archive, selected)) == pytest.approx(((0.88 + 0.88 + 0.5) / 3, 0.95))


def test_every_version_can_still_be_opened(archive):
    document_id = kept(archive, POOR)
    old = page_of(archive, document_id).reading_key
    put(archive)
    work_off(archive, tools())
    holding = archive.holding(document_id)
    texts = [holding.read_value("reading", key, PageReading).text for key in (old, page_of(archive, document_id).reading_key)]
    assert [MISREAD in texts[0].text, NUMBER in texts[1].text] == [True, True]


def test_what_was_misread_is_found_after_reading_again(archive):
    document_id = kept(archive, POOR)
    query = Query(number=NUMBER)
    assert find(archive.index, archive.search_key, query).hits[0].tier is not MatchTier.EXACT
    put(archive)
    work_off(archive, tools())
    (hit,) = find(archive.index, archive.search_key, query).hits
    assert (hit.document_id, hit.tier) == (document_id, MatchTier.EXACT)
    assert shown_fields(archive, document_of(archive, document_id))["policy_number"]["value"] == NUMBER


def test_files_are_stale_and_not_served_from_the_new_reading_until_they_are_verified_again(archive):
    document_id = kept(archive, POOR, GOOD)
    again.make(archive, document_id, Audience.PUBLIC)
    work_off(archive, tools())
    assert files_of(archive, document_id) == [("handler", 1, "ready"), ("public", 1, "ready")]
    put(archive)
    assert files_of(archive, document_id) == [("handler", 1, "ready"), ("public", 1, "ready")]
    work_off(archive, tools(), steps=1)
    assert files_of(archive, document_id) == [("handler", 1, "stale"), ("public", 1, "stale")]
    assert document_of(archive, document_id).state == "waiting"
    with archive.catalog.read() as connection:
        for serve in (
            lambda: derivatives.ready(connection, document_id, "handler", ()),
            lambda: derivatives.verified_page(connection, document_id, 2, "public", ()),
        ):
            with pytest.raises(Refused, match="derivative_stale"):
                serve()
    work_off(archive, tools())
    assert files_of(archive, document_id) == [("handler", 2, "ready"), ("public", 2, "ready")]
    assert document_of(archive, document_id).state == "complete"
    events = events_of(archive, document_id)
    assert events.count("page.reread") == 1
    assert events.count("derivative.stale") == 2
    assert events.count("page.hidden.verified") == 8  # two pages for two audiences, twice
    with archive.catalog.read() as connection:
        assert archive.ledger.verify(connection).intact


@pytest.mark.parametrize(("corner", "reason"), [(FAILS, "page_error"), (EMPTY, "not_a_document")])
def test_a_page_keeps_its_reading_where_the_engine_fails_or_finds_nothing(archive, corner, reason):
    document_id = kept(archive, corner)
    before, document = page_of(archive, document_id), document_of(archive, document_id)
    selected = put(archive)
    work_off(archive, tools())
    assert page_of(archive, document_id) == before
    assert document_of(archive, document_id) == document
    assert files_of(archive, document_id) == [("handler", 1, "ready")]
    assert versions_of(archive, document_id) == [(1, 1, "read", None), (1, 2, "failed", reason)]
    assert events_of(archive, document_id)[-1] == "page.reread.kept"
    (page,) = reread.outcomes(archive, selected)
    assert (page.outcome, page.reason) == (Outcome.FAILED, reason)


def test_a_page_with_text_is_not_blank_because_another_engine_says_so(archive, monkeypatch):
    document_id = kept(archive, POOR)
    before = page_of(archive, document_id)
    with monkeypatch.context() as patched:
        patched.setattr("workers.recognize.read_page.is_blank", lambda image: True)
        selected = put(archive)
        work_off(archive, tools())
    assert page_of(archive, document_id) == before
    (page,) = reread.outcomes(archive, selected)
    assert (page.outcome, page.reason) == (Outcome.BLANK, "blank_now")
    assert reread.use_reading(archive, document_id, 1, 2)  # somebody looked, and it is
    work_off(archive, tools())
    assert page_of(archive, document_id).state is PageState.BLANK
    assert document_of(archive, document_id).state == "complete"


def test_one_page_that_fails_does_not_hold_up_the_others_of_its_document(archive):
    document_id = kept(archive, POOR, FAILS)
    selected = put(archive)
    work_off(archive, tools())
    assert counted(archive, selected) == {Outcome.BETTER: 1, Outcome.FAILED: 1}
    assert document_of(archive, document_id).state == "complete"
    assert files_of(archive, document_id) == [("handler", 2, "ready")]


def test_an_engine_that_is_not_there_leaves_the_page_as_it_was(archive):
    document_id = kept(archive, POOR)
    before = page_of(archive, document_id)
    put(archive)
    work_off(archive, two_engines.load_without_paddle())
    assert page_of(archive, document_id) == before
    assert versions_of(archive, document_id)[-1] == (1, 2, "failed", "engine_not_installed")
    put(archive)  # it is installed by now; a failure is no reason to pass the page over
    work_off(archive, tools())
    assert page_of(archive, document_id).version == 3


def test_a_failed_page_that_is_read_at_last_joins_its_document(archive):
    document_id = ingest(archive, scan(POOR, GOOD))
    unable = two_engines.load_failing_on(POOR)
    work_off(archive, unable)
    assert document_of(archive, document_id).state == "partial"
    put(archive, parse_filter("state=failed and reason=not_a_document"))
    work_off(archive, tools())
    assert document_of(archive, document_id).state == "complete"
    assert page_of(archive, document_id).version == 2


def test_what_this_version_of_the_engine_has_read_is_passed_over_unless_forced(archive):
    document_id = kept(archive, POOR)
    everything = parse_filter("state=read")
    put(archive, everything)
    work_off(archive, tools())
    selected = reread.select(archive, everything, "paddle", PADDLE.key())
    assert (selected.pages, selected.already) == ((), 1)
    assert len(reread.select(archive, everything, "paddle", "paddle/3").pages) == 1
    put(archive, everything, force=True)
    work_off(archive, tools())
    assert page_of(archive, document_id).version == 3
    keys = {page_of(archive, document_id).reading_key, *stored_keys(archive, document_id)}
    assert len(keys) == 3


def stored_keys(archive, document_id):
    with archive.catalog.read() as connection:
        rows = connection.exec_driver_sql("SELECT reading_key FROM readings WHERE document_id = ?", (document_id,))
        return [row.reading_key for row in rows]


def test_a_run_that_was_cut_short_goes_on_with_the_same_engine(archive):
    document_id = kept(archive, POOR, POOR, POOR)
    put(archive)
    work_off(archive, tools(), steps=1)
    lease = archive.queue.take("killed")
    assert lease.job.engine == "paddle"
    with archive.catalog.write() as connection:
        work.interrupt(connection, lease)
    selected = put(archive)  # the same command again
    assert [page.page_number for page in selected.pages] == [2, 3]
    assert len(selected.waiting) == 2
    work_off(archive, tools())
    assert [page_of(archive, document_id, number).engine for number in (1, 2, 3)] == [PADDLE.key()] * 3
    assert versions_of(archive, document_id)[-1] == (3, 2, "read", None)
    assert events_of(archive, document_id).count("document.finished") == 2


def test_pages_that_wait_for_one_engine_are_not_taken_for_another(archive):
    kept(archive, POOR)
    put(archive)
    selected = reread.select(archive, LOW, "ppocr", "ppocr/9")
    assert (selected.pages, selected.busy) == ((), 1)


def test_a_step_made_from_the_older_reading_counts_for_nothing_once_a_new_one_stands(archive):
    document_id = kept(archive, POOR, GOOD)
    assert reread.use_reading(archive, document_id, 1, 1) is False
    confirm(archive, document_id, "insured", "欧阳若兰")  # has it planned again
    work_off(archive, tools(), steps=1)
    late = archive.queue.take("late")
    assert late.job.stage is Stage.HIDE
    put(archive)
    while (lease := archive.queue.take("here")).job.stage is not Stage.READ:
        with archive.catalog.write() as connection:
            work.postpone(connection, lease, archive.clock())
        work_off(archive, tools(), steps=1)
    child.do(archive, tools(), lease)
    with archive.catalog.write() as connection, pytest.raises(Refused, match="lease_lost"):
        work.complete(connection, late)
    work_off(archive, tools())
    assert document_of(archive, document_id).state == "complete"
    assert {state for _, _, state in files_of(archive, document_id)} == {"ready"}


def test_the_older_reading_can_be_taken_up_again(archive):
    document_id = kept(archive, POOR)
    put(archive)
    work_off(archive, tools())
    assert reread.use_reading(archive, document_id, 1, 1)
    assert files_of(archive, document_id) == [("handler", 2, "stale")]
    work_off(archive, tools())
    page = page_of(archive, document_id)
    assert (page.version, page.engine) == (1, USUAL.key())
    assert files_of(archive, document_id) == [("handler", 3, "ready")]
    assert shown_fields(archive, document_of(archive, document_id))["policy_number"]["value"] != NUMBER
    assert "page.reading.chosen" in events_of(archive, document_id)


def test_versions_that_are_not_there_or_failed_cannot_be_taken_up(archive):
    document_id = kept(archive, EMPTY)
    put(archive)
    work_off(archive, tools())
    with pytest.raises(NotFound):
        reread.use_reading(archive, document_id, 1, 9)
    with pytest.raises(NotFound):
        reread.use_reading(archive, document_id, 2, 1)
    with pytest.raises(Refused, match="reading_failed"):
        reread.use_reading(archive, document_id, 1, 2)


def test_a_file_for_others_is_not_made_from_a_plan_that_is_out_of_date(archive):
    document_id = kept(archive, POOR)
    put(archive)
    with pytest.raises(NotFound, match="not_made_yet"):
        again.make(archive, document_id, Audience.PUBLIC)


def test_no_value_is_in_the_ledger_or_the_catalogs_open_columns(archive):
    document_id = kept(archive, POOR)
    put(archive)
    work_off(archive, tools())
    confirm(archive, document_id, "insured", "欧阳若兰", operator="程守拙")
    work_off(archive, tools())
    data = b"".join(path.read_bytes() for path in archive.home.glob("*.db*"))
    for value in (NUMBER, MISREAD, "欧阳若澜", "欧阳若兰", "程守拙"):
        for form in (value.encode(), json.dumps(value)[1:-1].encode()):
            assert form not in data


# Confirmed fields.


def test_a_confirmed_field_survives_reading_again(archive):
    document_id = kept(archive, POOR)
    confirm(archive, document_id, "policy_number")
    shown = shown_fields(archive, document_of(archive, document_id))["policy_number"]
    misread = shown["value"]
    assert (misread != NUMBER, shown["provenance"], shown["confidence"]) == (True, "confirmed", None)
    assert files_of(archive, document_id) == [("handler", 1, "ready")]  # nothing else changes
    put(archive)
    work_off(archive, tools())
    shown = shown_fields(archive, document_of(archive, document_id))
    assert (shown["policy_number"]["value"], shown["policy_number"]["provenance"]) == (misread, "confirmed")
    assert shown["insured"]["provenance"] == "read"


def test_a_field_that_is_put_right_is_found_and_shown(archive):
    document_id = kept(archive, GOOD)
    done = confirm(archive, document_id, "policy_number", NUMBER, operator="程守拙")
    assert (done.page_number, done.corrected) == (1, True)
    assert files_of(archive, document_id) == [("handler", 1, "stale")]
    work_off(archive, tools())
    (hit,) = find(archive.index, archive.search_key, Query(number=NUMBER)).hits
    assert (hit.document_id, hit.tier, hit.page_number) == (document_id, MatchTier.EXACT, 1)
    assert shown_fields(archive, document_of(archive, document_id))["policy_number"]["value"] == NUMBER
    assert files_of(archive, document_id) == [("handler", 2, "ready")]
    assert events_of(archive, document_id).count("field.confirmed") == 1


def test_what_was_not_found_can_be_said(archive):
    document_id = kept(archive, GOOD)
    with pytest.raises(NotFound, match="field_not_found"):
        confirm(archive, document_id, "loss_date")
    with pytest.raises(NotFound, match="not_found"):
        confirm(archive, document_id, "loss_date", "2019-03-05", 7)
    confirm(archive, document_id, "loss_date", "2019年3月5日")
    work_off(archive, tools())
    assert shown_fields(archive, document_of(archive, document_id))["loss_date"]["value"] == "2019-03-05"
    assert find(archive.index, archive.search_key, Query(date="2019-03")).total == 1


def test_a_confirmed_value_is_sealed_under_the_documents_own_key(archive):
    document_id = kept(archive, GOOD)
    confirm(archive, document_id, "insured", operator="程守拙")
    with archive.catalog.read() as connection:
        (row,) = confirmed.of_document(connection, document_id)
    assert (row.name, row.page_number, row.version) == ("insured", 1, 1)
    holding = archive.holding(document_id)
    assert confirmed_fields(holding, [row])["insured"].value == two_engines.NAME
    with pytest.raises(NotFound, match="key_unavailable"):
        confirmed_fields(Holding(holding.document, holding.store, bytes(32)), [row])
