"""What is seen of requests: routes and ids, never what was typed."""

import asyncio

import httpx
import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from search_api.observed import REQUEST_ID, Observe, RequestMeasures

TYPED = "欧阳若澜"
log = structlog.get_logger()


async def looked_at(_request):
    await run_in_threadpool(log.info, "looked")  # as plain routes run
    return PlainTextResponse("yes")


async def breaks(_request):
    raise RuntimeError(TYPED)


class Client:
    """Asks *app* in this process, each request in a task of its own as a server gives it."""

    def __init__(self, app):
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def request(self, method, path, **options):
        async def ask():
            async with httpx.AsyncClient(transport=self._transport, base_url="http://here") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def client(registry):
    app = Starlette(
        routes=[
            Route("/api/documents/{document}/pages/{page}/image", looked_at),
            Route("/api/batches/{batch}", looked_at),
            Route("/breaks", breaks),
        ]
    )
    app.add_middleware(Observe, measures=RequestMeasures(registry))
    return Client(app)


def logged(client, path):
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        reply = client.get(path)
    return reply, [{name: value for name, value in line.items() if name not in {"event", "log_level"}} for line in logs]


def test_the_answer_and_every_log_line_carry_the_same_id_and_no_other_request_has_it(client):
    first, (line,) = logged(client, "/api/batches/B-7M3K9Q2MXT")
    second, _ = logged(client, "/api/batches/B-7M3K9Q2MXT")
    assert line == {"request_id": first.headers[REQUEST_ID], "batch_id": "B-7M3K9Q2MXT"}
    assert first.headers[REQUEST_ID] != second.headers[REQUEST_ID]
    assert structlog.contextvars.get_contextvars() == {}


def test_what_a_request_is_about_is_told_by_ids(client):
    _, (line,) = logged(client, "/api/documents/D-4T8W2N6C0H/pages/12/image")
    assert (line["document_id"], line["page_number"]) == ("D-4T8W2N6C0H", "12")


@pytest.mark.parametrize("typed", [TYPED, "D-OUYANGRUOL", "D-4T8W2N6C0HX", "D-4t8w2n6c0h"])
def test_what_has_not_the_shape_of_an_id_is_not_told(client, typed):
    _, (line,) = logged(client, f"/api/documents/{typed}/pages/1/image")
    assert "document_id" not in line


def test_an_id_that_the_asker_sends_is_not_taken_over(client):
    reply = client.get("/api/batches/x", headers={REQUEST_ID: "typed-by-somebody"})
    assert reply.headers[REQUEST_ID] != "typed-by-somebody"


def test_requests_are_counted_by_route_and_never_by_path(client, registry):
    client.get("/api/batches/B-7M3K9Q2MXT")
    client.get(f"/api/batches/{TYPED}")
    client.get(f"/{TYPED}")
    client.request(TYPED.encode().hex().upper(), "/api/batches/x")
    counted = {"method": "GET", "route": "/api/batches/{batch}", "status": "200"}
    assert registry.get_sample_value("claimkeep_http_requests_total", counted) == 2
    assert registry.get_sample_value("claimkeep_http_requests_total", {"method": "GET", "route": "none", "status": "404"}) == 1
    assert registry.get_sample_value("claimkeep_http_request_seconds_count", {"route": "/api/batches/{batch}"}) == 3
    text = generate_latest(registry).decode()
    assert TYPED not in text
    assert TYPED.encode().hex().upper() not in text
    assert "7M3K9Q2MXT" not in text


def test_a_request_that_breaks_is_counted_too(client, registry):
    assert client.get("/breaks").status_code == 500
    broke = {"method": "GET", "route": "/breaks", "status": "500"}
    assert registry.get_sample_value("claimkeep_http_requests_total", broke) == 1
