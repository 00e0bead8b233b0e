"""What one may not see changes nothing that one can observe: every address is asked with and without hidden documents.

Two archives have the same keys and the same documents, ids and times included, since one is a copy of the other's folder. Then
hidden documents come into one of them. What a handler is told, who is held to a collection, must be the same to the byte:
status, headers and body. Left out are the id of the request, which is drawn anew each time, and how long an answer takes, of
which docs/security.md says what it may tell.
"""

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.catalog import grants, users
from archive.catalog.work import moment
from archive.claims import sharing
from archive.custody import Custody, open_batch
from archive.index import sqlite_question
from archive.index.port import Within
from archive.logs import set_up_logs
from archive.suggesting import beginning_with
from archive.wiring import Archive, create_archive, open_archive
from ingest.intake import take
from search_api import answers, scope, suggestions
from search_api.routes import documents
from tests.builders.api import InProcess
from tests.builders.kept_documents import KeptDocument, keep
from tests.integration.test_api_roles import CALLS

EXAMPLES = 12
UNLIMITED = """
[access]
searches_a_minute = 0
suggestions_a_minute = 0
views_a_minute = 0
"""
INSURERS = ("安澜人寿保险股份有限公司", "瑞禾财产保险股份有限公司")
VISIBLE = (
    KeptDocument(
        *("欧阳若澜", "PZAT20190000417", "11010519491231002X", "2019-03-05", "门诊病历 复诊"),
        labels=("status:paid", f"insurer:{INSURERS[0]}"),
    ),
    KeptDocument("欧阳若兰", "PZAT20190000418", "440305198001018888", "2019-03-25", "出院小结"),
    KeptDocument("司徒望舒", "PZAT20190000417", "440305198001018880", "2020-11-20", "门诊病历"),
)
NAMES = ("欧阳若澜", "歐陽若瀾", "欧阳若岚", "司徒望舒", "司徒望书", "端木晴川")
NUMBERS = ("PZAT20190000417", "PZAT20190000418", "PZAT20190000419", "PZAT2O190000417", "PZAT2019000417", "QBDA20180000001")
DATES = ("2019-03-05", "2019-03-25", "2019-04-01", "2020-11-20")
WORDS = ("门诊病历 复诊", "出院小结", "门诊 病历", "复诊 门诊病历")

hidden_documents = st.lists(
    st.builds(
        KeptDocument,
        st.sampled_from(NAMES),
        st.sampled_from(NUMBERS),
        st.sampled_from(("11010519491231002X", "350102199003074518")),
        st.sampled_from(DATES),
        st.sampled_from(WORDS),
        st.booleans(),
        st.booleans(),
        st.sampled_from(((), ("status:paid",), ("status:refused", f"insurer:{INSURERS[0]}"))),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique_by=repr,
)
questions = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from((*NAMES, "ouyang ruolan", "欧阳?澜", "oyrl", "欧阳")),
        "number": st.sampled_from((*NUMBERS, "000417", "PZAT201900004?7", "31002X")),
        "date": st.sampled_from((*DATES, "2019", "2019-03")),
        "from": st.just("2019-01-01"),
        "to": st.sampled_from(("2019-12-31", "2021")),
        "text": st.sampled_from(("门诊病历", "复诊 门诊", "出院小结")),
        "wide": st.booleans(),
        "count_by_class": st.booleans(),
        "claims": st.booleans(),
        "class": st.sampled_from(("claim_application", "receipt")),
        "year": st.sampled_from(("2019", "2020", "2018")),
        "completeness": st.sampled_from(("complete", "partial")),
        "status": st.sampled_from(("paid", "refused")),
        "insurer": st.sampled_from(INSURERS),
        "facets": st.lists(st.sampled_from(("class", "year", "completeness", "status", "insurer")), min_size=1, unique=True),
        "limit": st.integers(1, 3),
    },
).filter(lambda question: question.keys() & {"name", "number", "date", "from", "to", "text"})


@dataclass(frozen=True)
class Request:
    """One request of the handler."""

    method: str
    path: str
    options: dict[str, Any] = field(default_factory=dict, hash=False)


Told = tuple[int, list[tuple[str, str]], bytes]


@dataclass(frozen=True)
class World:
    """An archive, and a handler who sees the documents `visible` of it."""

    archive: Archive
    client: InProcess
    visible: tuple[str, ...]
    batches: tuple[str, ...]

    def tell(self, request: Request) -> Told:
        reply = self.client.request(request.method, request.path, **request.options)
        headers = [(name, value) for name, value in reply.headers.items() if name != "x-request-id"]
        return reply.status_code, headers, reply.content

    def search(self, question: dict[str, Any]) -> Response:
        return self.client.request("POST", "/api/search", json=question)

    def hits(self, question: dict[str, Any]) -> Iterator[Told]:
        """All pages of one answer."""
        asked = dict(question)
        while True:
            told = self.tell(Request("POST", "/api/search", {"json": asked}))
            yield told
            following = self.search(asked).json().get("next")
            if following is None:
                return
            asked["after"] = following


@dataclass(frozen=True)
class Base:
    """The folder of an archive that is closed, the handler's token, and what the handler may see."""

    home: Path
    token: str
    visible: tuple[str, ...]
    batches: tuple[str, ...]


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Base:
    home = tmp_path_factory.mktemp("base") / "home"
    with create_archive(home, settings=UNLIMITED) as archive:
        visible = tuple(keep(archive, each) for each in VISIBLE)
        with archive.catalog.write() as connection:
            at = moment(archive.clock())
            batches = tuple(connection.exec_driver_sql("SELECT batch_id FROM batches ORDER BY batch_id").scalars())
            token = users.add(connection, "li", "handler", at)
            grants.add(connection, "north", at)
            grants.put_in(connection, "north", batches)
            grants.grant(connection, "li", "north", at)
    return Base(home, token, visible, batches)


@contextmanager
def worlds(base: Base, folder: Path, hidden: Sequence[KeptDocument]) -> Iterator[tuple[World, World, list[str]]]:
    """One without and one with *hidden*, and the ids of these."""
    set_up_logs("error")  # there are thousands of requests
    with ExitStack() as stack:
        made = []
        for name in ("without", "with"):
            home = folder / name
            shutil.copytree(base.home, home, symlinks=True)
            stack.callback(shutil.rmtree, home)
            archive = stack.enter_context(open_archive(home))
            client = InProcess(archive, base.token)
            stack.callback(client.close)
            made.append(World(archive, client, base.visible, base.batches))
        yield made[0], made[1], [keep(made[1].archive, each) for each in hidden]


def requests_of(world: World, hidden_ids: Sequence[str]) -> Iterator[Request]:
    """Every address that there is, about every document, hidden ones too, and about one that is nowhere."""
    for call in CALLS:
        seen = world.visible if "handler" in call.allowed else ()  # of the rest nothing is told of any document
        for document in (*seen, *hidden_ids, "D-0000000000") if "{document}" in call.path else ("",):
            about = {"document": document, "page_number": 1, "name": "search.js", "batch": world.batches[0]}
            about |= {"request": "G-0000000000", "plan": "S-0000000000", "number": 1, "edit": 1}
            yield Request(call.method, call.path.format(**about), call.options)
            if call.path.endswith("/image") and "documents" in call.path:
                for rest in ({"crop": "1,1,9,9"}, {"crop": "x"}, {"audience": "public"}, {"audience": "nobody"}):
                    yield Request(call.method, call.path.format(**about), {"params": rest})
                yield Request(call.method, call.path.format(**{**about, "page_number": 99}))
                yield Request(call.method, call.path.format(**{**about, "page_number": "x"}))


def differing(one: World, other: World, hidden_ids: Sequence[str], asked: Sequence[dict[str, Any]]) -> tuple[int, list[str]]:
    """How many answers were compared, and what was asked where they are not the same."""
    compared, found = 0, []
    for request in requests_of(one, hidden_ids):
        compared += 1
        if one.tell(request) != other.tell(request):
            found.append(f"{request.method} {request.path}")
    for beginning in BEGINNINGS:
        compared += 1
        request = Request("POST", "/api/search/suggestions", {"json": beginning})
        if one.tell(request) != other.tell(request):
            found.append(f"suggestions {sorted(beginning)}")
    for question in asked:
        answers = list(one.hits(question)), list(other.hits(question))
        compared += len(answers[0])
        if answers[0] != answers[1]:
            found.append(f"search {sorted(question)}")
    return compared, found


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(hidden=hidden_documents, asked=st.lists(questions, min_size=6, max_size=10))
def test_what_one_may_not_see_changes_nothing_that_one_can_observe(base, tmp_path, hidden, asked):
    with worlds(base, tmp_path, hidden) as (one, other, hidden_ids):
        compared, found = differing(one, other, hidden_ids, asked)
    assert found == []
    assert compared > 6 + len(CALLS)


BEGINNINGS = (
    {"name": "欧阳"},
    {"name": "司徒望"},
    {"name": "ouyang"},
    {"name": "端木"},
    {"number": "PZAT20"},
    {"number": "QBDA2018"},
)
TWINS = tuple(replace(each, identity_number="350102199003074518") for each in VISIBLE)
ASKED = (
    {"name": "欧阳若澜", "limit": 1},
    {"number": "PZAT20190000417", "claims": True},
    {"text": "门诊病历", "count_by_class": True},
    {"from": "2019-01-01", "to": "2021", "facets": ["year", "class", "completeness"], "year": "2019"},
    {"from": "2019-01-01", "to": "2021"},
)


def test_nothing_differs_where_hidden_documents_are_twins_of_those_that_are_seen(base, tmp_path):
    with worlds(base, tmp_path, TWINS) as (one, other, hidden_ids):
        compared, found = differing(one, other, hidden_ids, ASKED)
    assert (compared > 90, found) == (True, [])


def unfiltered_search(monkeypatch):
    monkeypatch.setattr(scope, "within", lambda _archive, _asker: ())


def unfiltered_documents(monkeypatch):
    monkeypatch.setattr(scope, "sees", lambda _archive, _asker, _document: True)


def unfiltered_claims(monkeypatch):
    monkeypatch.setattr(answers, "sharing", lambda index, key, claims, _within: sharing(index, key, claims))


def unfiltered_claim(monkeypatch):
    monkeypatch.setattr(documents, "sharing", lambda index, key, claims, _within: sharing(index, key, claims))


def unfiltered_suggestions(monkeypatch):
    def everything(index, key, what, typed, _within):
        return beginning_with(index, key, what, typed, ())

    monkeypatch.setattr(suggestions, "beginning_with", everything)


def unfiltered_index(monkeypatch):
    monkeypatch.setattr(sqlite_question, "_WITHIN", "")


def wrong_label(monkeypatch):
    """Everything that came in first with any batch counts as of the batches that are granted."""
    monkeypatch.setattr(scope, "in_batches", lambda _connection, _batches: Within(frozenset({"completeness:complete"})))


@pytest.mark.parametrize(
    ("take_out", "shows_in"),
    [
        (unfiltered_search, "search"),
        (unfiltered_search, "/api/search/list"),
        (unfiltered_documents, "/api/documents/"),
        (unfiltered_claims, "search"),
        (unfiltered_claim, "/claim"),
        (unfiltered_suggestions, "suggestions"),
        (unfiltered_index, "search"),
        (wrong_label, "search"),
    ],
)
def test_the_property_fails_when_one_filter_is_taken_out(base, tmp_path, monkeypatch, take_out, shows_in):
    with worlds(base, tmp_path, TWINS) as (one, other, hidden_ids):
        take_out(monkeypatch)
        _, found = differing(one, other, hidden_ids, ASKED)
    assert any(shows_in in each for each in found)


def test_a_document_that_came_in_again_with_a_granted_batch_is_seen_at_once(base, tmp_path):
    """Its bytes were held already: nothing is put into the index for it."""
    extra = KeptDocument("端木晴川", "QBDA20180000001", words="出院小结")
    with worlds(base, tmp_path, [extra]) as (_, other, (hidden,)):
        question = {"number": extra.policy_number}
        assert other.search(question).json()["total"] == 0
        batch = open_batch(other.archive, Custody("a", "b", "c"))
        with other.archive.holding(hidden).open_original() as stream:
            (receipt,) = take(other.archive, batch, "again.png", io.BytesIO(stream.read()))
        assert (receipt.outcome, receipt.document_id) == ("duplicate", hidden)
        with other.archive.catalog.write() as connection:
            grants.put_in(connection, "north", [batch])
        assert [hit["document"] for hit in other.search(question).json()["hits"]] == [hidden]
        assert other.client.request("GET", f"/api/documents/{hidden}").status_code == 200
        with other.archive.catalog.write() as connection:
            grants.take_out(connection, "north", batch)
        assert other.search(question).json()["total"] == 0
        assert other.client.request("GET", f"/api/documents/{hidden}").status_code == 404


def test_who_has_no_collection_left_sees_nothing_and_who_is_released_sees_all(base, tmp_path):
    with worlds(base, tmp_path, TWINS) as (_, other, _hidden):
        everything = {"from": "2019-01-01", "to": "2021"}
        cursor = other.search({**everything, "limit": 1}).json()["next"]
        with other.archive.catalog.write() as connection:
            grants.revoke(connection, "li", "north")
        assert other.search(everything).json()["total"] == 0
        stale = other.search({**everything, "limit": 1, "after": cursor})
        assert (stale.status_code, stale.json()["reason"]) == (422, "bad_cursor")
        with other.archive.catalog.write() as connection:
            grants.release(connection, "li")
        assert other.search(everything).json()["total"] == 6
