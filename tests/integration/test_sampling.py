"""Samples of pages that were really redacted."""

import json
from functools import cache

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from archive.catalog import intake, samples
from archive.catalog.page_filter import parse_filter
from archive.catalog.samples import Candidate
from archive.catalog.tables import documents, events
from archive.errors import NotFound, Refused, Rejected
from archive.review import deciding, sampling
from archive.review.sampling import Wanted, drawn_of
from archive.wiring import open_archive
from claimkeep.cli import main
from tests.builders.archives import make_archive
from tests.builders.read_documents import files_of, ingest, scan, work_off
from tests.builders.reviewed_documents import add_reviewers, state_of
from tests.fakes import two_engines
from tests.fakes.two_engines import GOOD, PADDLE, POOR
from workers.anew import reread

WHY = "the name of 欧阳若澜 can be read"


@cache
def tools():
    return two_engines.load()


@pytest.fixture
def archive(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    with open_archive(home) as opened:
        add_reviewers(opened, "lin")
        yield opened


@pytest.fixture
def batch(archive):
    """Of one document of six pages."""
    ingest(archive, scan(GOOD, POOR, GOOD, POOR, GOOD, POOR))
    work_off(archive, tools())
    with archive.catalog.read() as connection:
        (only,) = intake.batch_ids(connection)
    return only


def draw(archive, batch, bound=0.4, **other):
    return sampling.draw(archive, "lin", Wanted(batch, "handler", bound, 0.95, **other))


def pages(archive, plan):
    return [each.page for each in sampling.report(archive, plan.plan_id).pages]


def test_the_same_seed_draws_the_same_pages_and_another_draws_others(archive, batch):
    first, again = draw(archive, batch, seed="00ff"), draw(archive, batch, seed="00ff")
    places = [[(each.document_id, each.page_number) for each in pages(archive, plan)] for plan in (first, again)]
    assert places[0] == places[1]
    assert first.plan_id != again.plan_id
    others = [[each.page_number for each in pages(archive, draw(archive, batch, seed=f"{seed:x}"))] for seed in range(9)]
    assert len({tuple(each) for each in others}) > 1


def test_every_page_is_drawn_as_often_as_any_other():
    population = [Candidate("D-1", number, 1) for number in range(1, 21)]
    times = dict.fromkeys(range(1, 21), 0)
    for seed in range(2_000):
        drawn = drawn_of(population, 5, f"{seed:x}")
        assert len({each.page_number for each in drawn}) == 5
        for each in drawn:
            times[each.page_number] += 1
    # Binomial with n 2000 and p 0.25: mean 500, standard deviation 19.4; five of them to both sides.
    assert all(403 < count < 597 for count in times.values())


def test_a_sample_without_a_leak_shows_the_bound_that_was_wanted(archive, batch):
    plan = draw(archive, batch)
    assert sampling.report(archive, plan.plan_id).upper_bound is None
    for each in pages(archive, plan):
        assert sampling.report(archive, plan.plan_id).is_met is None
        sampling.judge(archive, "lin", plan.plan_id, each.number, "ok")
    told = sampling.report(archive, plan.plan_id)
    assert (told.ok, told.leak, told.is_met) == (len(told.pages), 0, True)
    assert told.upper_bound <= 0.4 < told.upper_bound_for_more


def test_a_leak_withdraws_the_file_and_counts_in_the_bound(archive, batch):
    plan = draw(archive, batch, bound=0.1)  # of six pages that is all of them
    document = pages(archive, plan)[0].document_id
    for each in pages(archive, plan)[1:]:
        sampling.judge(archive, "lin", plan.plan_id, each.number, "ok")
    with pytest.raises(Rejected, match="reason_missing"):
        sampling.judge(archive, "lin", plan.plan_id, 1, "leak")
    assert files_of(archive, document) == [("handler", 1, "ready")]
    sampling.judge(archive, "lin", plan.plan_id, 1, "leak", WHY)
    assert state_of(archive, document, "handler") == (1, "withdrawn", "")
    told = sampling.report(archive, plan.plan_id)
    assert (told.upper_bound, told.is_met) == (1 / 6, False)
    assert [each.reason for each in told.pages if each.reason] == [WHY]


def test_a_leak_in_a_version_that_was_made_anew_since_withdraws_the_one_that_stands(archive, batch):
    plan = draw(archive, batch)
    (document, *_) = {each.document_id for each in pages(archive, plan)}
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    work_off(archive, tools())
    assert state_of(archive, document, "handler")[:2] == (2, "ready")
    sampling.judge(archive, "lin", plan.plan_id, 1, "leak", "a name in the stamp")
    assert state_of(archive, document, "handler")[:2] == (2, "withdrawn")


@pytest.mark.parametrize("steps", [1, 3, 4, 5])
def test_a_leak_that_is_seen_while_the_file_is_made_anew_keeps_the_next_one_back(archive, batch, steps):
    """A page read anew, all of them, planned anew, a page burnt: at no moment is the leak lost."""
    plan = draw(archive, batch)
    (document, *_) = {each.document_id for each in pages(archive, plan)}
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    work_off(archive, tools(), steps=steps)
    sampling.judge(archive, "lin", plan.plan_id, 1, "leak", WHY)
    assert sampling.report(archive, plan.plan_id).leak == 1
    work_off(archive, tools())
    assert state_of(archive, document, "handler")[:2] == (2, "awaiting")


def test_a_leak_is_recorded_although_a_newer_version_is_made_at_that_moment(archive, batch, monkeypatch):
    plan = draw(archive, batch)
    (document, *_) = {each.document_id for each in pages(archive, plan)}
    seal = deciding.seal_reason

    def meanwhile(*arguments):
        low = parse_filter("confidence<0.8")
        reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
        work_off(archive, tools())
        return seal(*arguments)

    monkeypatch.setattr(deciding, "seal_reason", meanwhile)
    sampling.judge(archive, "lin", plan.plan_id, 1, "leak", WHY)
    assert state_of(archive, document, "handler")[:2] == (2, "withdrawn")


def test_a_second_leak_of_a_file_that_is_gone_counts_as_well(archive, batch):
    plan = draw(archive, batch, bound=0.1)
    for number in (1, 2):
        sampling.judge(archive, "lin", plan.plan_id, number, "leak", WHY)
    assert sampling.report(archive, plan.plan_id).leak == 2


def test_a_page_is_judged_once(archive, batch):
    plan = draw(archive, batch)
    sampling.judge(archive, "lin", plan.plan_id, 1, "ok")
    with pytest.raises(Refused, match="already_decided"):
        sampling.judge(archive, "lin", plan.plan_id, 1, "leak", WHY)
    with pytest.raises(NotFound):
        sampling.judge(archive, "lin", plan.plan_id, 99, "ok")


def test_where_there_is_nothing_to_look_at_nothing_is_drawn(archive, batch):
    with pytest.raises(NotFound, match="nothing_to_sample"):
        sampling.draw(archive, "lin", Wanted(batch, "public", 0.01, 0.95))
    with pytest.raises(NotFound, match="not_found"):
        sampling.draw(archive, "lin", Wanted("B-0000000000", "handler", 0.01, 0.95))
    with archive.catalog.read() as connection:
        assert samples.of_batch(connection, batch) == []


def test_the_ledger_tells_of_the_draw_and_of_every_verdict_and_quotes_nobody(archive, batch):
    plan = draw(archive, batch, bound=0.1, seed="abc")
    sampling.judge(archive, "lin", plan.plan_id, 1, "ok")
    sampling.judge(archive, "lin", plan.plan_id, 2, "leak", WHY)
    with archive.catalog.read() as connection:
        rows = connection.execute(select(events).where(events.c.kind.like("sample.%")).order_by(events.c.sequence)).all()
        assert archive.ledger.verify(connection).intact
    assert [row.kind for row in rows] == ["sample.drawn", "sample.ok", "sample.leak"]
    drawn = json.loads(rows[0].body)
    assert (drawn["seed"], drawn["seed_given"], drawn["size"], drawn["population"]) == ("abc", True, 6, 6)
    written = b"".join(path.read_bytes() for path in archive.home.rglob("*") if path.is_file())
    assert WHY.encode() not in written


def test_it_is_done_by_commands(archive, batch):
    home, token = ("--home", str(archive.home)), ("--token-file", str(archive.home / "lin.token"))

    def answer(*arguments):
        result = CliRunner().invoke(main, ["sample", *map(str, arguments), *home, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    drawn = answer("plan", batch, "--bound", 0.4, "--confidence", 0.9, "--seed", "7", *token)
    assert (drawn["population"], drawn["seed"], drawn["seed_given"], drawn["upper_bound"]) == (6, "7", True, None)
    for each in drawn["pages"]:
        answer("verdict", drawn["plan"], each["page"], "ok", *token)
    told = answer("report", drawn["plan"])
    assert (told["ok"], told["leak"], told["met"]) == (drawn["sampled"], 0, True)
    assert answer("plan", batch, *token)["seed_given"] is False
    told = CliRunner().invoke(main, ["sample", "report", drawn["plan"], *home]).output
    assert "Seed 7 was chosen by lin" in told
    wrong = CliRunner().invoke(main, ["sample", "plan", batch, "--seed", "no hex", *token, *home])
    assert wrong.exit_code == 2


@pytest.mark.parametrize("option", ["--bound", "--confidence"])
@pytest.mark.parametrize("share", ["nan", "inf", "-inf", "0", "-0.1", "1", "1e9", "some"])
def test_a_share_that_is_none_is_refused_with_a_word_on_what_to_write(archive, batch, option, share):
    token = ("--token-file", str(archive.home / "lin.token"))
    wrong = CliRunner().invoke(main, ["sample", "plan", batch, option, share, *token, "--home", str(archive.home)])
    assert (wrong.exit_code, wrong.exception.__class__) == (2, SystemExit)
    assert "write a number between 0 and 1, such as 0.05" in wrong.output
    with archive.catalog.read() as connection:
        assert samples.of_batch(connection, batch) == []


def test_a_seed_that_was_chosen_is_told_from_one_that_was_drawn(archive, batch):
    chosen, drawn = draw(archive, batch, seed="abc"), draw(archive, batch)
    assert (chosen.seed_given, drawn.seed_given) == (True, False)
    assert [sampling.report(archive, each.plan_id).plan for each in (chosen, drawn)] == [chosen, drawn]


def test_a_document_whose_key_is_destroyed_does_not_end_the_report(archive, batch):
    plan = draw(archive, batch, bound=0.1)
    for number in (1, 2):
        sampling.judge(archive, "lin", plan.plan_id, number, "leak", WHY)
    with archive.catalog.write() as connection:
        connection.execute(update(documents).values(wrapped_key=b""))
    told = sampling.report(archive, plan.plan_id)
    assert [(each.reason, each.unreadable) for each in told.pages[:3]] == [(None, "key_unavailable")] * 2 + [(None, None)]
    assert told.leak == 2
