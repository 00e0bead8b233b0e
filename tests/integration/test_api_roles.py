"""Who may do what, over every route that there is."""

import io
from dataclasses import dataclass, field
from typing import Any

import pytest

from archive.catalog import unmaskings
from archive.review import sampling, unmasking
from archive.review.editing import Asked, PageFor, edit_mask
from archive.review.sampling import Wanted
from schemas.geometry import Box
from schemas.review import EditAction
from tests.builders.api import service
from tests.builders.kept_documents import CUSTODY, KeptDocument, keep, picture

EVERYBODY = {None, "archivist", "handler", "compliance"}
RECEIVERS = {"archivist", "compliance"}
READERS = {"handler", "compliance"}
REVIEWERS = {"compliance"}

AN_EDIT = Asked(EditAction.ADD, Box(8, 8, 80, 80), "why", kind="OTHER")
EDIT = {"audience": "handler", "page_number": 1, "action": "add", "box": [8, 8, 80, 80], "kind": "OTHER", "reason": "why"}
A_LIST = "姓名,保单号\n欧阳若澜,PZAT20190000417\n司徒望舒,\n,PZAT2019000O417\n"
VERSION = {"audience": "handler", "version": 1}


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    allowed: set[str | None]
    options: dict[str, Any] = field(default_factory=dict)
    of: str = "document"
    """Which of the documents below takes the place of {document}: what is decided of one changes it."""


CALLS = [
    Call("GET", "/", EVERYBODY),
    Call("GET", "/page/{name}", EVERYBODY),
    Call("GET", "/api/openapi.json", EVERYBODY),
    Call("GET", "/health/live", EVERYBODY),
    Call("GET", "/health/ready", EVERYBODY),
    Call("POST", "/api/batches", RECEIVERS, {"json": {"source": "a", "box": "b", "operator": "c"}}),
    Call("GET", "/api/batches", RECEIVERS),
    Call("GET", "/api/batches/{batch}", RECEIVERS),
    Call("POST", "/api/batches/{batch}/files", RECEIVERS, {"content": picture(9), "headers": {"X-File-Path": "a.png"}}),
    Call("GET", "/api/search", READERS, {"params": {"number": "PZAT20190000417"}}),
    Call("POST", "/api/search", READERS, {"json": {"number": "PZAT20190000417"}}),
    Call("POST", "/api/search/list", READERS, {"content": A_LIST.encode()}),
    Call("POST", "/api/search/suggestions", READERS, {"json": {"number": "PZAT2019"}}),
    Call("GET", "/api/documents/{document}", READERS),
    Call("GET", "/api/documents/{document}/claim", READERS),
    Call("GET", "/api/documents/{document}/pages", READERS),
    Call("GET", "/api/documents/{document}/pages/{page_number}/image", READERS),
    Call("GET", "/api/documents/{document}/pdf", READERS),
    Call("GET", "/api/documents/{document}/certificate", READERS),
    Call("GET", "/certificate-key", EVERYBODY),
    Call("GET", "/api/reviews", REVIEWERS, {"params": {"audience": "handler"}}),
    Call("GET", "/api/reviews/{document}", REVIEWERS, {"params": {"audience": "handler"}}),
    Call("GET", "/api/reviews/{document}/pages/{page_number}/masks", REVIEWERS, {"params": {"audience": "handler"}}),
    Call("POST", "/api/reviews/{document}/edits", REVIEWERS, {"json": EDIT}),
    Call("DELETE", "/api/reviews/{document}/edits/{edit}", REVIEWERS, {"params": {"audience": "handler"}}, "drafted"),
    Call("POST", "/api/reviews/{document}/discard", REVIEWERS, {"json": {"audience": "handler"}}, "drafted"),
    Call("POST", "/api/reviews/{document}/submit", REVIEWERS, {"json": {"audience": "handler"}}, "submitted"),
    Call("POST", "/api/reviews/{document}/approve", REVIEWERS, {"json": VERSION}, "approved"),
    Call("POST", "/api/reviews/{document}/reject", REVIEWERS, {"json": {**VERSION, "reason": "why"}}, "rejected"),
    Call("POST", "/api/reviews/{document}/withdraw", REVIEWERS, {"json": {**VERSION, "reason": "why"}}, "withdrawn"),
    Call("POST", "/api/break-glass", REVIEWERS, {"json": {"document": "{document}", "page_number": 1, "reason": "why"}}),
    Call("GET", "/api/break-glass", REVIEWERS),
    Call("POST", "/api/break-glass/{request}/grant", REVIEWERS, of="granted"),
    Call("POST", "/api/break-glass/{request}/refuse", REVIEWERS, of="refused"),
    Call("GET", "/api/break-glass/{request}/image", REVIEWERS, of="seen"),
    Call("GET", "/api/alarms", REVIEWERS),
    Call("POST", "/api/samples", REVIEWERS, {"json": {"batch": "{batch}", "audience": "handler"}}),
    Call("GET", "/api/samples/{plan}", REVIEWERS),
    Call("POST", "/api/samples/{plan}/pages/{number}", REVIEWERS, {"json": {"verdict": "ok"}}),
]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as running:
        document = keep(running.archive, KeptDocument())
        batch = running.ask("archivist", "GET", "/api/batches").json()["batches"][0]["batch"]
        ids = {"document": document, "batch": batch, "page_number": 1, "name": "search.js"}
        yield running, {**ids, **under_review(running.archive, document), "plan": a_sample(running.archive, batch), "number": 1}


def under_review(archive, document):
    """A document for each thing that is decided, by its name, and a request for each thing that is done with one."""
    names = ("drafted", "submitted", "approved", "rejected", "withdrawn")
    ids = {name: keep(archive, KeptDocument(policy_number=f"PZAT2019000{number:04}")) for number, name in enumerate(names, 1)}
    drafts = {name: edit_mask(archive, "compliance", PageFor(ids[name], "handler", 1), AN_EDIT) for name in names[:2]}
    others = {name: unmasking.ask(archive, "another", document, 1, "why").request_id for name in ("granted", "refused")}
    return {**ids, "edit": drafts["drafted"], **others, "seen": a_drawn_page(archive, document)}


def a_drawn_page(archive, document):
    request = unmasking.ask(archive, "compliance", document, 1, "why").request_id
    unmasking.grant(archive, "another", request)
    key = archive.holding(document).add(unmasking.KIND, io.BytesIO(picture(3, "JPEG")))
    with archive.catalog.write() as connection:
        unmaskings.drawn(connection, request, key, "image/jpeg")
    return request


def a_sample(archive, batch):
    return sampling.draw(archive, "another", Wanted(batch, "handler", 0.5, 0.9)).plan_id


def ask(ours, call, role, **other: object):
    running, ids = ours
    about = {**ids, "document": ids[call.of], "request": ids[call.of], **other}
    options = dict(call.options)
    if "json" in options:
        filled = {name: each.format(**about) if isinstance(each, str) else each for name, each in options["json"].items()}
        options["json"] = filled
    return running.ask(role, call.method, call.path.format(**about), **options)


def test_every_route_is_in_the_table(ours):
    schema = ours[0].client.get("/api/openapi.json").json()
    described = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    hidden = {("GET", "/"), ("GET", "/page/{name}"), ("GET", "/api/openapi.json")}
    assert {(call.method, call.path) for call in CALLS} == described | hidden


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
@pytest.mark.parametrize("role", sorted(EVERYBODY, key=str))
def test_a_role_is_let_in_where_it_may_be_and_nowhere_else(ours, call, role):
    reply = ask(ours, call, role)
    if role in call.allowed:
        assert reply.status_code in {200, 201}
        return
    assert reply.status_code == (403 if role else 401)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["reason"] == ("not_allowed" if role else "not_signed_in")


@pytest.mark.parametrize("call", [call for call in CALLS if "{document}" in call.path or "{batch}" in call.path])
def test_who_may_not_ask_learns_nothing_of_what_there_is(ours, call):
    outsider = next(role for role in ("handler", "archivist") if role not in call.allowed)
    known = ask(ours, call, outsider)
    unknown = ask(ours, call, outsider, document="D-0000000000", batch="B-0000000000", page_number=99)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


@pytest.mark.parametrize("call", [call for call in CALLS if "{document}" in call.path or "{batch}" in call.path])
def test_what_there_is_not_is_not_found(ours, call):
    reply = ask(ours, call, "compliance", document="D-0000000000", batch="B-0000000000")
    assert reply.status_code == 404
    assert reply.json()["reason"] == "not_found"


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "Basic YTpi", "nonsense", "Bearer 令牌"])
def test_a_token_that_nobody_has_is_no_token(ours, header):
    reply = ours[0].client.get("/api/batches", headers={"Authorization": header.encode()})
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert reply.json()["reason"] == "not_signed_in"


def test_the_token_of_a_removed_user_is_worth_nothing(tmp_path):
    from archive.catalog import users

    with service(tmp_path) as running:
        with running.archive.catalog.write() as connection:
            users.remove(connection, "archivist", "2026-01-01T00:00:00+00:00")
        assert running.ask("archivist", "GET", "/api/batches").status_code == 401


def test_an_open_batch_says_in_the_ledger_who_asked_for_it(tmp_path):
    with service(tmp_path) as running:
        reply = running.ask("archivist", "POST", "/api/batches", json=vars_of(CUSTODY))
        assert reply.status_code == 201
        assert reply.headers["location"] == f"/api/batches/{reply.json()['batch']}"
        assert [event["user"] for event in running.events("batch.opened")] == ["archivist"]


def vars_of(custody):
    return {"source": custody.source, "box": custody.box, "operator": custody.operator}
