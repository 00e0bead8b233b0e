"""How often people may ask, and alarms where somebody sees very many."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from archive import access
from archive.commands import audit
from archive.errors import TooMany
from archive.metrics import ArchiveCollector
from archive.search_keys.names import tokens_of_name
from archive.wiring import create_archive
from tests.builders.api import service
from tests.builders.kept_documents import KeptDocument, keep

SETTINGS = """
[access]
searches_a_minute = 6
suggestions_a_minute = 0
documents_opened_an_hour = 3
people_opened_an_hour = 2
people_shown_an_hour = 4
"""


class Clock:
    """A clock that stands until it is set on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def archive(tmp_path, clock):
    with create_archive(tmp_path / "home", clock, SETTINGS) as ours:
        yield ours


def spend(archive, user="li", kind=access.SEARCH):
    with archive.catalog.write() as connection:
        access.spend(archive, connection, user, kind)


def see(archive, document, person, user="li", manner=access.OPENED):
    with archive.catalog.write() as connection:
        access.note_seen(archive, connection, user, manner, {document: {"insured": person} if person else {}})


def kinds(archive):
    return [(each.user_id, each.kind, each.count, each.threshold) for each in reversed(access.newest_alarms(archive, 100))]


def test_a_minutes_worth_may_be_asked_at_once_and_then_as_time_goes_by(archive, clock):
    for _ in range(6):
        access.require_pace(archive, "li", access.SEARCH)
        spend(archive)
    for ask in (lambda: spend(archive), lambda: access.require_pace(archive, "li", access.SEARCH)):
        with pytest.raises(TooMany) as refused:
            ask()
        assert (refused.value.reason, refused.value.retry_after) == ("too_many_requests", 10)
    clock.go(seconds=9)
    with pytest.raises(TooMany) as refused:
        spend(archive)
    assert refused.value.retry_after == 1
    clock.go(seconds=1)
    spend(archive)
    with pytest.raises(TooMany):
        spend(archive)
    clock.go(hours=1)
    for _ in range(6):
        spend(archive)


def test_what_one_person_spends_nobody_else_has_spent_and_on_nothing_else(archive):
    for _ in range(6):
        spend(archive)
    spend(archive, "wang")
    spend(archive, kind=access.VIEW)


def test_a_limit_of_none_limits_nobody_and_neither_is_one_who_has_the_keys_limited(archive):
    for _ in range(20):
        spend(archive, kind=access.SUGGESTION)
        spend(archive, None)
        access.require_pace(archive, None, access.SEARCH)


def test_one_too_many_different_documents_raises_an_alarm_once_an_hour(archive, clock):
    for number in (1, 2, 3, 3, 1):
        see(archive, f"D-{number}", "欧阳若澜")
    assert kinds(archive) == []
    with capture_logs() as logs:
        see(archive, "D-4", "欧阳若澜")
        see(archive, "D-5", "欧阳若澜")
    assert kinds(archive) == [("li", "documents_opened", 4, 3)]
    assert [(each["event"], each["cause"]) for each in logs] == [("access.alarm", "documents_opened")]
    clock.go(minutes=61)
    for number in range(4):
        see(archive, f"D-{number}", "欧阳若澜")
    assert kinds(archive) == [("li", "documents_opened", 4, 3)] * 2


def test_one_too_many_different_people_raises_an_alarm(archive):
    for document, person in (("D-1", "欧阳若澜"), ("D-2", "欧 阳若澜"), ("D-3", "司徒望舒")):
        see(archive, document, person)
    assert kinds(archive) == []
    see(archive, "D-2", None)  # of nobody who is named
    assert kinds(archive) == [("li", "people_opened", 3, 2)]


def test_what_was_opened_an_hour_ago_counts_no_more_and_what_others_opened_never(archive, clock):
    see(archive, "D-1", "欧阳若澜")
    see(archive, "D-2", "司徒望舒")
    clock.go(minutes=60)
    see(archive, "D-3", "端木晴川")
    see(archive, "D-4", "公孙远山", "wang")
    see(archive, "D-5", "令狐知秋", manner=access.SHOWN)
    assert kinds(archive) == []


def test_what_was_opened_a_day_ago_is_forgotten(archive, clock):
    see(archive, "D-1", "欧阳若澜")
    clock.go(hours=25)
    see(archive, "D-2", "欧阳若澜")
    with archive.catalog.read() as connection:
        assert connection.exec_driver_sql("SELECT document_id FROM openings").scalars().all() == ["D-2"]


def test_nothing_that_is_kept_tells_a_name(archive):
    see(archive, "D-1", "欧阳若澜")
    with archive.catalog.read() as connection:
        row = connection.exec_driver_sql("SELECT * FROM openings").one()
    assert "欧阳" not in repr(row)
    assert len(row.person) == 32


def test_alarms_are_listed_the_newest_first_and_in_pages(archive, clock):
    for turn in range(3):
        for number in range(4):
            see(archive, f"D-{number}", "欧阳若澜", f"user-{turn}")
    first = access.newest_alarms(archive, 2)
    assert [each.user_id for each in first] == ["user-2", "user-1"]
    assert [each.user_id for each in access.newest_alarms(archive, 2, first[-1].alarm_id)] == ["user-0"]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    settings = SETTINGS.replace("searches_a_minute = 6", "searches_a_minute = 12\nviews_a_minute = 8")
    with service(tmp_path_factory.mktemp("home"), settings) as ours:
        yield ours


@pytest.fixture(scope="module")
def kept(running):
    names = ("欧阳若澜", "司徒望舒", "端木晴川", "公孙远山", "令狐知秋")
    return [keep(running.archive, KeptDocument(name, f"PZAT201900004{number}")) for number, name in enumerate(names, 20)]


def search(running, role, language="en", **question):
    return running.ask(role, "POST", "/api/search", json=question, headers={"Accept-Language": language})


def command(running, *arguments):
    return CliRunner().invoke(audit, [*arguments, "--home", str(running.archive.home)])


def test_who_searches_too_often_is_told_when_to_come_back(running, kept):
    replies = [search(running, "compliance", number="PZAT20190000420") for _ in range(13)]
    assert [reply.status_code for reply in replies] == [200] * 12 + [429]
    last = search(running, "compliance", "zh", number="PZAT20190000420")
    assert (last.status_code, last.json()["reason"]) == (429, "too_many_requests")
    assert last.headers["content-type"] == "application/problem+json"
    assert 1 <= int(last.headers["retry-after"]) <= 5
    assert "Retry-After" in last.json()["detail"]
    assert len([each for each in running.events("search.asked") if each["user"] == "compliance"]) == 12
    assert search(running, "handler", number="PZAT20190000420").status_code == 200


def test_who_opens_and_is_shown_many_raises_alarms_that_compliance_sees(running, kept):
    assert search(running, "handler", **{"from": "2019", "to": "2019"}).json()["total"] == 5
    for document in kept:
        running.ask("handler", "GET", f"/api/documents/{document}")
    told = running.ask("compliance", "GET", "/api/alarms").json()
    assert [(each["user_id"], each["kind"], each["count"], each["threshold"]) for each in told["alarms"]] == [
        ("handler", "documents_opened", 4, 3),
        ("handler", "people_opened", 3, 2),
        ("handler", "people_shown", 5, 4),
    ]
    assert told["next"] is None
    assert running.events("access.alarm")[0] == {
        "document": None,
        "user": "handler",
        "alarm": "people_shown",
        "count": 5,
        "threshold": 4,
    }
    page = running.ask("compliance", "GET", "/api/alarms", params={"limit": 2}).json()
    rest = running.ask("compliance", "GET", "/api/alarms", params={"limit": 2, "after": page["next"]}).json()
    assert page["alarms"] + rest["alarms"] == told["alarms"]
    assert json.loads(command(running, "alarms", "--json").output) == told
    assert "people_shown" in command(running, "alarms").output
    metric = {each.name: each for each in ArchiveCollector(running.archive).collect()}["claimkeep_access_alarms"]
    assert metric.samples[0].value == 3


def test_who_opens_too_often_gets_no_page(running, kept):
    replies = [running.ask("handler", "GET", f"/api/documents/{kept[0]}/pages/1/image") for _ in range(9)]
    assert replies[-1].status_code == 429
    assert "欧阳" not in replies[-1].text


def test_the_ledger_tells_who_searched_for_a_name_to_whoever_has_the_key(running, kept):
    search(running, "handler", name="令狐 知秋")
    search(running, "handler", name="令狐知春")
    (found,) = json.loads(command(running, "searches", "--name", "令狐知秋", "--json").output)["searches"]
    assert (found["user"], found["keys"], found["hits"]) == ("handler", ["name"], 1)
    by_number = json.loads(command(running, "searches", "--number", "pzat-2019-0000420", "--json").output)["searches"]
    assert {each["user"] for each in by_number} == {"compliance", "handler"}
    mine = json.loads(command(running, "searches", "--user", "handler", "--json", "--limit", "2").output)["searches"]
    assert [each["keys"] for each in mine] == [["name"], ["name"]]
    (entry,) = running.events("search.asked")[-1:]
    indexed = {each.digest for each in tokens_of_name(running.archive.search_key, "令狐知春")}
    assert not indexed & {each.partition(":")[2] for each in entry["asked"]}
    assert "令狐" not in json.dumps(entry, ensure_ascii=False)
