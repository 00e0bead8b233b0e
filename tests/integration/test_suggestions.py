"""Suggestions as one types, and what somebody may have meant."""

import json

import pytest
from click.testing import CliRunner

from search_api.commands import search
from tests.builders.api import service
from tests.builders.kept_documents import KeptDocument, keep

KEPT = (
    KeptDocument("刘德华", "PZAT20190000417"),
    KeptDocument("刘德桦", "PZAT20190000425", "440305198001018888"),
    KeptDocument("刘得志", "PZAT20190000417", words="复印件"),
    KeptDocument("欧阳若澜", "QBDA20180000001"),
    KeptDocument("John Smith", "TIYA2020880001"),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as ours:
        for each in KEPT:
            keep(ours.archive, each)
        yield ours


def suggested(running, role="handler", **beginning):
    reply = running.ask(role, "POST", "/api/search/suggestions", json=beginning)
    assert reply.status_code == 200
    return [(each["value"], each["documents"]) for each in reply.json()["suggestions"]]


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ({"name": "刘德"}, [("刘德华", 1), ("刘德桦", 1)]),
        ({"name": "劉德"}, [("刘德华", 1), ("刘德桦", 1)]),
        ({"name": "liu de"}, [("刘得志", 1), ("刘德华", 1), ("刘德桦", 1)]),
        ({"name": "刘德华"}, [("刘德华", 1)]),
        ({"name": "欧阳"}, [("欧阳若澜", 1)]),
        ({"name": "ouyang"}, [("欧阳若澜", 1)]),
        ({"name": "刘"}, []),
        ({"name": "刘?"}, []),
        ({"name": "德华"}, []),
        ({"number": "PZAT20"}, [("PZAT20190000417", 2), ("PZAT20190000425", 1)]),
        ({"number": "pzat-2o19-0000"}, [("PZAT20190000417", 2), ("PZAT20190000425", 1)]),
        ({"number": "PZAT20190000417"}, [("PZAT20190000417", 2)]),
        ({"number": "PZAT2"}, []),
        ({"number": "110105"}, []),
        ({"number": "440305198001018888"}, []),
    ],
)
def test_values_that_begin_as_is_typed_are_suggested(running, beginning, expected):
    assert suggested(running, **beginning) == expected
    assert suggested(running, "compliance", **beginning) == expected


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [({}, "empty_query"), ({"name": " "}, "empty_query"), ({"name": "刘德", "number": "PZAT20"}, "invalid_request")],
)
def test_a_beginning_of_nothing_or_of_two_is_refused(running, beginning, reason):
    reply = running.ask("handler", "POST", "/api/search/suggestions", json=beginning)
    assert (reply.status_code, reply.json()["reason"]) == (422, reason)


def test_a_suggestion_leaves_an_event_without_what_was_typed(running):
    suggested(running, name="刘德")
    entry = running.events("search.suggested")[-1]
    assert (entry["user"], entry["keys"], entry["hits"]) == ("handler", ["name"], 2)
    assert "刘" not in json.dumps(entry, ensure_ascii=False)


def test_who_asks_for_suggestions_too_often_gets_none(tmp_path):
    with service(tmp_path / "home", "[access]\nsuggestions_a_minute = 2\npeople_shown_an_hour = 1\n") as own:
        for each in KEPT[:2]:
            keep(own.archive, each)
        assert len(suggested(own, name="刘德")) == 2
        suggested(own, name="刘德")
        reply = own.ask("handler", "POST", "/api/search/suggestions", json={"name": "刘德"})
        assert (reply.status_code, reply.json()["reason"]) == (429, "too_many_requests")
        (alarm,) = own.ask("compliance", "GET", "/api/alarms").json()["alarms"]
        assert (alarm["kind"], alarm["count"]) == ("people_shown", 2)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ({"name": "欧阳若兰"}, [{"key": "name", "values": ["欧阳若澜"]}]),
        ({"name": "ou yang ruo lan"}, [{"key": "name", "values": ["欧阳若澜"]}]),
        ({"name": "欧阳若澜"}, []),
        ({"name": "欧阳?澜"}, []),
        ({"name": "oyrl"}, []),
        ({"number": "QBDA20l80000001"}, [{"key": "number", "values": ["QBDA20180000001"]}]),
        ({"number": "QBDA20180000081"}, [{"key": "number", "values": ["QBDA20180000001"]}]),
        ({"number": "000001"}, []),
        ({"name": "端木无此人"}, []),
        ({"number": "QBDA2018000001", "name": "欧阳若澜"}, [{"key": "number", "values": ["QBDA20180000001"]}]),
    ],
)
def test_what_somebody_may_have_meant_is_told_where_nothing_is_exactly_that(running, question, meant):
    answer = running.ask("handler", "POST", "/api/search", json=question).json()
    assert answer["did_you_mean"] == meant


def test_the_command_says_what_may_have_been_meant(running):
    result = CliRunner().invoke(search, ["--number", "QBDA20180000081", "--home", str(running.archive.home)])
    assert "Did you mean: QBDA20180000001" in result.output.splitlines()
