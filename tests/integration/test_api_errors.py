"""What every reply has, and what no reply, log or header may have."""

from unittest.mock import Mock

import pytest
from httpx import Response

from archive.errors import FixityMismatch, NotFound, Refused, Rejected, TooMany, Unavailable
from schemas.reasons import REASONS
from search_api.errors import STATUS, NotAllowed, NotSignedIn, Problem
from tests.builders.api import request_logs, service
from tests.builders.kept_documents import KeptDocument, keep

TYPED = "欧阳若澜-canary-110105"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as ours:
        yield ours


@pytest.fixture
def broken(running, monkeypatch):
    """Have the search raise whatever is asked for."""

    def breaking(error: Exception) -> Response:
        monkeypatch.setattr("search_api.asking.find", Mock(side_effect=error))
        return running.ask("handler", "POST", "/api/search", json={"name": TYPED})

    return breaking


ERRORS = [
    (Rejected("unreadable_date", TYPED), 422),
    (Refused("leak_found", TYPED), 409),
    (NotFound("key_unavailable", TYPED), 404),
    (TooMany("too_many_requests"), 429),
    (FixityMismatch("object_changed", TYPED), 500),
    (Unavailable("store_unavailable", TYPED), 503),
    (NotSignedIn(), 401),
    (NotAllowed(), 403),
]


def test_every_branch_of_the_table_is_tried_here():
    assert {type(error) for error, _ in ERRORS} == set(STATUS)


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
def test_every_error_is_a_problem_with_its_reason_and_remedy_and_no_detail(broken, error, status):
    reply = broken(error)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(reply.json())
    assert (problem.status, problem.reason, problem.detail) == (status, error.reason, REASONS[error.reason].en)
    assert TYPED not in reply.text


def test_who_asks_too_early_is_told_when_to_ask_again(broken):
    assert int(broken(Unavailable("store_unavailable")).headers["retry-after"]) > 0


def test_a_broken_route_says_internal_error_and_nothing_else(broken):
    with request_logs(1) as logs:
        reply = broken(ValueError(f"cannot read {TYPED}"))
    assert (reply.status_code, reply.json()["reason"]) == (500, "internal_error")
    assert TYPED not in reply.text
    assert TYPED not in repr(logs)
    (entry,) = (each for each in logs if each["event"] == "request.broken")
    assert entry["error"] == "ValueError"
    assert entry["place"].startswith("unittest.mock:")


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("POST", "/api/search", {"json": {"name": TYPED, "limit": TYPED}}),
        ("POST", "/api/search", {"json": {"name": [TYPED]}}),
        ("POST", "/api/search", {"json": {TYPED: "x"}}),
        ("POST", "/api/search", {"json": {"name": TYPED * 50}}),
        ("POST", "/api/search", {"content": f'{{"name": "{TYPED}'.encode(), "headers": {"Content-Type": "application/json"}}),
        ("POST", "/api/search", {"content": f"name={TYPED}".encode()}),
        ("GET", "/api/search", {"params": {"name": TYPED, "offset": TYPED}}),
        ("GET", "/api/search", {"params": {TYPED: "x"}}),
        ("GET", "/api/search", {"params": {"name": "x", "limit": 10**6}}),
        ("GET", f"/api/documents/D-1/pages/{TYPED}/image", {}),
        ("GET", "/api/documents/D-1/pages/1/image", {"params": {"audience": TYPED}}),
        ("POST", "/api/batches", {"json": {"source": TYPED, "box": ""}}),
    ],
)
def test_what_is_wrong_with_a_request_is_told_without_what_was_sent(running, method, path, options):
    with request_logs(1) as logs:
        reply = running.ask("compliance", method, path, **options)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(reply.json())
    assert problem.reason == "invalid_request"
    assert problem.errors
    assert "canary" not in reply.text
    assert "canary" not in repr(logs)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", f"/{TYPED}", 404), ("GET", f"/api/{TYPED}", 404), ("DELETE", "/api/search", 405), ("GET", f"/page/{TYPED}", 404)],
)
def test_what_the_framework_refuses_is_a_problem_too(running, method, path, status):
    with request_logs(1) as logs:
        reply = running.client.request(method, path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert "canary" not in reply.text + repr(logs)


def test_errors_are_told_in_the_language_of_the_asker(running):
    reply = running.client.get("/api/batches", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert reply.json()["detail"] == REASONS["not_signed_in"].zh
    assert reply.headers["content-language"] == "zh-CN"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_without_end_is_not_read_to_its_end(running, announced):
    content = b'{"name": "' + b"x" * 200_000 + b'"}'
    reply = running.ask(
        "handler",
        "POST",
        "/api/search",
        content=content if announced else iter([content[:70_000], content[70_000:]]),
        headers={"Content-Type": "application/json"},
    )
    assert (reply.status_code, reply.json()["reason"]) == (413, "invalid_request")


@pytest.mark.parametrize("path", ["/", "/page/search.js", "/api/search", "/api/openapi.json", "/health/live", "/nothing"])
def test_every_reply_keeps_caches_frames_and_guesses_out(running, path):
    headers = running.client.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_a_request_is_logged_by_its_route_with_nothing_that_was_typed(running):
    document = keep(running.archive, KeptDocument())
    with request_logs(2) as logs:
        running.ask("handler", "GET", "/api/search", params={"name": TYPED})
        running.ask("handler", "GET", f"/api/documents/{document}")
    seen = [(each["route"], each["status"]) for each in logs if each["event"] == "request"]
    assert seen == [("/api/search", 200), ("/api/documents/{document}", 200)]
    assert "canary" not in repr(logs)


def test_the_description_says_problem_json_of_every_error(running):
    schema = running.client.get("/api/openapi.json").json()
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            errors = {status: reply for status, reply in operation["responses"].items() if status >= "400"}
            assert all(list(reply["content"]) == ["application/problem+json"] for reply in errors.values()), path
            if path.startswith("/api/"):
                assert {"401", "403"} <= set(errors)


def test_the_description_gives_the_shape_of_an_answer(running):
    schemas = running.client.get("/api/openapi.json").json()["components"]["schemas"]
    assert {"document", "tier", "reason", "page_number", "box", "matches", "fields"} <= set(schemas["HitAnswer"]["properties"])
