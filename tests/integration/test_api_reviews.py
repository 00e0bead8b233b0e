"""Reviews, pages seen unmasked, and samples over HTTP."""

import io
from typing import get_args

import pytest

from archive.catalog import risks, unmaskings, users
from archive.catalog.risks import Risk
from archive.errors import Unavailable
from archive.review import unmasking
from search_api.routes.reviews import State
from tests.builders.api import service
from tests.builders.kept_documents import KeptDocument, keep, picture

HANDLER = {"audience": "handler"}
ADD = {**HANDLER, "page_number": 1, "action": "add", "box": [8, 8, 80, 80], "kind": "CN_NAME", "reason": "a name of 欧阳若澜"}
WAYS = ("image", "pdf", "certificate")


@pytest.fixture
def running(tmp_path):
    """With a second reviewer, `zhao`."""
    with service(tmp_path / "home") as made:
        with made.archive.catalog.write() as connection:
            made.tokens["zhao"] = users.add(connection, "zhao", "compliance", "2026")
        yield made


def post(running, who, path, **body):
    return running.ask(who, "POST", path, json=body)


def statuses(running, document):
    paths = (
        f"/api/documents/{document}/pages/1/image",
        f"/api/documents/{document}/pdf",
        f"/api/documents/{document}/certificate",
    )
    return {way: running.ask("handler", "GET", path).status_code for way, path in zip(WAYS, paths, strict=True)}


def test_an_edit_is_a_draft_until_it_is_submitted_and_then_nothing_is_given_out(running):
    document = keep(running.archive, KeptDocument())
    reply = post(running, "compliance", f"/api/reviews/{document}/edits", **ADD)
    assert reply.status_code == 201
    standing = running.ask("zhao", "GET", f"/api/reviews/{document}", params=HANDLER).json()
    assert standing["draft"] == {"state": "draft", "maker": "compliance"}
    assert standing["edits"][0] | {"edit": 0} == {
        "edit": 0,
        "page_number": 1,
        "action": "add",
        "kind": "CN_NAME",
        "box": [8, 8, 80, 80],
        "moved_to": None,
        "reason": ADD["reason"],
    }
    assert set(statuses(running, document).values()) == {200}
    assert post(running, "compliance", f"/api/reviews/{document}/submit", **HANDLER).status_code == 200
    assert set(statuses(running, document).values()) == {409}


def test_another_approves_what_the_program_made_and_the_certificate_says_so(running):
    document = keep(running.archive, KeptDocument())
    approved = post(running, "zhao", f"/api/reviews/{document}/approve", **HANDLER, version=1)
    assert approved.status_code == 200
    told = running.ask("handler", "GET", f"/api/documents/{document}/certificate").json()
    assert told["people"]["approver"] == {"kind": "operator", "id": "zhao"}
    again = post(running, "compliance", f"/api/reviews/{document}/approve", **HANDLER, version=1)
    assert (again.status_code, again.json()["reason"]) == (409, "already_decided")


@pytest.mark.parametrize("decision", ["reject", "withdraw"])
def test_what_was_taken_back_is_gone_from_every_channel(running, decision):
    document = keep(running.archive, KeptDocument())
    search = {"text": "门诊病历"}
    assert running.ask("handler", "POST", "/api/search", json=search).json()["total"] == 1
    assert set(statuses(running, document).values()) == {200}
    reply = post(running, "zhao", f"/api/reviews/{document}/{decision}", **HANDLER, version=1, reason="a name shows")
    assert reply.json() == {"document": document}
    assert set(statuses(running, document).values()) == {409}
    older = running.ask("handler", "GET", f"/api/documents/{document}/certificate", params={"version": 1})
    assert (older.status_code, older.json()["reason"]) == (
        409,
        f"derivative_{'rejected' if decision == 'reject' else 'withdrawn'}",
    )
    assert running.ask("handler", "POST", "/api/search", json=search).json()["total"] == 0
    assert running.ask("handler", "GET", f"/api/documents/{document}/pages").json()["pages"][0]["images"] == []


def test_nobody_finds_by_its_text_what_was_taken_back_before_a_worker_has_come_to_the_index(running, monkeypatch):
    """The account of the API may only read the index on a server."""
    document, other = (
        keep(running.archive, KeptDocument()),
        keep(running.archive, KeptDocument(policy_number="PZAT20190000418")),
    )

    def read_only(_document_id):
        raise Unavailable("index_unavailable")

    monkeypatch.setattr(running.archive.index, "remove", read_only)
    assert post(running, "zhao", f"/api/reviews/{document}/withdraw", **HANDLER, version=1, reason="why").status_code == 200
    by_text = running.ask("handler", "POST", "/api/search", json={"text": "门诊病历"}).json()
    assert (by_text["total"], [hit["document"] for hit in by_text["hits"]]) == (1, [other])
    by_number = running.ask("handler", "POST", "/api/search", json={"number": "PZAT20190000417"}).json()
    assert document in [hit["document"] for hit in by_number["hits"]]


def test_what_was_withdrawn_waits_in_the_queue_with_its_reason(running):
    document = keep(running.archive, KeptDocument())
    post(running, "zhao", f"/api/reviews/{document}/withdraw", **HANDLER, version=1, reason="a name shows")
    for asked in (HANDLER, {**HANDLER, "state": "withdrawn"}):
        (listed,) = running.ask("zhao", "GET", "/api/reviews", params=asked).json()["files"]
        assert (listed["document"], listed["state"], listed["signals"][0]["name"]) == (document, "withdrawn", "taken_back")


def test_the_api_knows_the_states_of_the_queue():
    assert get_args(State) == risks.QUEUED


def test_the_total_is_true_on_every_page_before_a_worker_has_come_to_the_index(running, monkeypatch):
    kept = [keep(running.archive, KeptDocument(policy_number=f"PZAT201900004{number}")) for number in range(17, 20)]
    monkeypatch.setattr(type(running.archive.index), "remove", lambda *_: None)
    post(running, "zhao", f"/api/reviews/{kept[0]}/withdraw", **HANDLER, version=1, reason="why")
    for offset in range(3):
        asked = {"text": "门诊病历", "limit": 1, "offset": offset, "count_by_class": True}
        told = running.ask("handler", "POST", "/api/search", json=asked).json()
        assert (told["total"], len(told["hits"])) == (2, int(offset < 2))
        assert [each["documents"] for each in told["by_class"]] == [2]
        assert kept[0] not in [hit["document"] for hit in told["hits"]]


def test_the_queue_is_told_with_its_reasons_and_in_pages(running):
    documents = [keep(running.archive, KeptDocument(policy_number=f"PZAT201900004{number}")) for number in (17, 18)]
    with running.archive.catalog.write() as connection:
        for document, late in zip(documents, (1, 3), strict=True):
            risks.put(connection, Risk(document, "handler", 1, 10 * late, {"covered_late": late}))
    first = running.ask("zhao", "GET", "/api/reviews", params={**HANDLER, "limit": 1}).json()
    assert [(each["document"], each["score"]) for each in first["files"]] == [(documents[1], 30)]
    assert first["files"][0]["signals"] == [{"name": "covered_late", "count": 3, "points_each": 10, "points": 30}]
    rest = running.ask("zhao", "GET", "/api/reviews", params={**HANDLER, "after": first["next"]}).json()
    assert ([each["document"] for each in rest["files"]], rest["next"]) == ([documents[0]], None)
    none = running.ask("zhao", "GET", "/api/reviews", params={**HANDLER, "state": "awaiting"}).json()
    assert none["files"] == []
    wrong = running.ask("zhao", "GET", "/api/reviews", params={**HANDLER, "after": "x"})
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    "change",
    [{"box": [80, 8, 8, 80]}, {"box": [8, 8, 80]}, {"kind": "a name"}, {"reason": ""}, {"action": "move"}, {"more": 1}],
)
def test_an_edit_that_cannot_be_meant_is_refused_without_being_quoted(running, change):
    document = keep(running.archive, KeptDocument())
    reply = post(running, "zhao", f"/api/reviews/{document}/edits", **{**ADD, **change})
    assert reply.status_code == 422
    assert "欧阳若澜" not in reply.text


def drawn(running, document, asker="compliance", granter="zhao"):
    request = post(running, asker, "/api/break-glass", document=document, page_number=1, reason="why").json()["request"]
    assert post(running, granter, f"/api/break-glass/{request}/grant").json()["state"] == "granted"
    key = running.archive.holding(document).add(unmasking.KIND, io.BytesIO(picture(3, "JPEG")))
    with running.archive.catalog.write() as connection:
        unmaskings.drawn(connection, request, key, "image/jpeg")
    return request


def test_a_page_is_seen_unmasked_by_the_asker_alone_and_kept_by_no_cache(running):
    request = drawn(running, keep(running.archive, KeptDocument()))
    seen = running.ask("compliance", "GET", f"/api/break-glass/{request}/image")
    assert (seen.status_code, seen.headers["content-type"], seen.content) == (200, "image/jpeg", picture(3, "JPEG"))
    assert "no-store" in seen.headers["cache-control"]
    assert running.ask("zhao", "GET", f"/api/break-glass/{request}/image").status_code == 404
    assert running.ask("handler", "GET", f"/api/break-glass/{request}/image").status_code == 403
    assert running.ask(None, "GET", f"/api/break-glass/{request}/image").status_code == 401
    (listed,) = running.ask("zhao", "GET", "/api/break-glass").json()["requests"]
    assert (listed["reason"], listed["request"]["views"], listed["request"]["ready"]) == ("why", 1, True)
    assert [event["user"] for event in running.events("breakglass.viewed")] == ["compliance"]


def test_whoever_asked_does_not_grant(running):
    document = keep(running.archive, KeptDocument())
    request = post(running, "zhao", "/api/break-glass", document=document, page_number=1, reason="why").json()["request"]
    for what in ("grant", "refuse"):
        reply = post(running, "zhao", f"/api/break-glass/{request}/{what}")
        assert (reply.status_code, reply.json()["reason"]) == (409, "same_person")
    reply = running.ask("zhao", "GET", f"/api/break-glass/{request}/image")
    assert (reply.status_code, reply.json()["reason"]) == (409, "unmasking_not_granted")


def test_the_requests_come_in_pages(running):
    document = keep(running.archive, KeptDocument())
    asked = [
        post(running, "zhao", "/api/break-glass", document=document, page_number=1, reason="why").json()["request"]
        for _ in "abc"
    ]
    first = running.ask("zhao", "GET", "/api/break-glass", params={"limit": 2}).json()
    rest = running.ask("zhao", "GET", "/api/break-glass", params={"limit": 2, "after": first["next"]}).json()
    assert [each["request"]["request"] for each in (*first["requests"], *rest["requests"])] == asked[::-1]
    assert rest["next"] is None


def test_a_sample_is_drawn_judged_and_told(running):
    keep(running.archive, KeptDocument())
    batch = running.ask("archivist", "GET", "/api/batches").json()["batches"][0]["batch"]
    plan = post(running, "zhao", "/api/samples", batch=batch, **HANDLER, bound=0.05, seed="ab").json()
    assert (plan["population"], plan["sampled"], plan["upper_bound"], plan["met"]) == (1, 1, None, None)
    assert plan["seed_given"] is True
    judged = post(running, "zhao", f"/api/samples/{plan['plan']}/pages/1", verdict="ok").json()
    assert (judged["upper_bound"], judged["met"], judged["pages"][0]["by"]) == (0.0, True, "zhao")
    again = post(running, "zhao", f"/api/samples/{plan['plan']}/pages/1", verdict="leak", reason="x")
    assert (again.status_code, again.json()["reason"]) == (409, "already_decided")


def test_a_leak_in_a_sample_takes_the_file_away_at_once(running):
    document = keep(running.archive, KeptDocument())
    batch = running.ask("archivist", "GET", "/api/batches").json()["batches"][0]["batch"]
    plan = post(running, "zhao", "/api/samples", batch=batch, **HANDLER).json()["plan"]
    post(running, "zhao", f"/api/samples/{plan}/pages/1", verdict="leak", reason="the name shows")
    assert set(statuses(running, document).values()) == {409}
    for path in ("/api/samples/S-0000000000", "/api/samples/S-0000000000/pages/1"):
        assert running.ask("zhao", "GET" if path.endswith("0") else "POST", path, json={"verdict": "ok"}).status_code == 404
