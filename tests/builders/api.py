"""The service on a real archive, asked as its users ask: over a socket."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from httpx import ASGITransport, AsyncClient, Client, Response
from sqlalchemy import select
from structlog.testing import capture_logs

from archive.catalog import users
from archive.catalog import work as work_rows
from archive.catalog.tables import events
from archive.wiring import Archive, create_archive
from claimkeep.serve import make_server
from search_api.app import create_app

_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Service:
    """A running service. `ask` adds the token of a user with the role that is named; None asks without a token."""

    archive: Archive
    server: uvicorn.Server
    client: Client
    tokens: dict[str, str] = field(repr=False)

    def ask(self, role: str | None, method: str, path: str, **options: Any) -> Response:
        headers = {**({"Authorization": f"Bearer {self.tokens[role]}"} if role else {}), **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The facts of every ledger entry of *kind*, and the document that it is about."""
        with self.archive.catalog.read() as connection:
            rows = connection.execute(select(events).where(events.c.kind == kind).order_by(events.c.sequence)).all()
        return [{"document": row.document_id, **json.loads(row.body)} for row in rows]


@contextmanager
def service(home: Path, settings: str = "") -> Iterator[Service]:
    """A service on a new archive in *home*, with one user of each role, named after it."""
    with create_archive(home, settings=settings) as archive:
        with archive.catalog.write() as connection:
            at = work_rows.moment(archive.clock())
            tokens = {role: users.add(connection, role, role, at) for role in users.ROLES}
        server = make_server(archive)
        with listening(server) as address, Client(base_url=address, timeout=_PATIENCE_SECONDS) as client:
            yield Service(archive, server, client, tokens)


class InProcess:
    """Asks the application itself, without a socket: thousands of requests take no port, and no header tells the time."""

    def __init__(self, archive: Archive, token: str) -> None:
        transport = ASGITransport(create_app(archive), raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"}
        self._client = AsyncClient(transport=transport, base_url="http://here", headers=headers)
        self._runner = asyncio.Runner()

    def request(self, method: str, path: str, **options: Any) -> Response:
        return self._runner.run(self._client.request(method, path, **options))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


@contextmanager
def listening(server: uvicorn.Server) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def request_logs(count: int) -> Iterator[list[Any]]:
    """What is logged meanwhile. A request is logged when its reply has left, so the end waits for *count* of them."""
    with capture_logs() as logs:
        yield logs
        until = time.monotonic() + _PATIENCE_SECONDS
        while sum(each["event"] == "request" for each in logs) < count and time.monotonic() < until:
            time.sleep(0.01)
