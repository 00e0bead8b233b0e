"""The service in a process of its own, as a person's browser meets it."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import httpx

from archive.index.port import IndexAnswer, IndexRequest, SearchIndex
from archive.logs import set_up_logs
from archive.wiring import open_archive
from claimkeep.serve import make_server

Question = dict[str, str | bool]

_PATIENCE_SECONDS = 60.0
_HITS = 20


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs, and a user who is signed in."""

    client: httpx.Client

    def milliseconds(self, question: Question) -> tuple[float, int]:
        """How long a question took, and how many documents answer it."""
        began = time.perf_counter()
        reply = self.client.post("/api/search", json={**question, "limit": _HITS})
        took = time.perf_counter() - began
        reply.raise_for_status()
        return 1000 * took, int(reply.json()["total"])


@contextmanager
def service(home: Path, token: str, visible: frozenset[str] | None) -> Iterator[Service]:
    """The archive in *home* is served to the user of *token*, who may see the documents *visible*; None: all."""
    context = get_context("spawn")  # a forked process would share the connections of this one
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(home, visible, theirs))
    process.start()
    try:
        if not ours.poll(_PATIENCE_SECONDS):
            raise TimeoutError("the service did not start")
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=ours.recv(), headers=headers, timeout=_PATIENCE_SECONDS) as client:
            yield Service(client)
    finally:
        process.terminate()
        process.join()


class Asking:
    """An index of which is asked, beside the question, what a service with grants asks: whether the document may be seen."""

    def __init__(self, index: SearchIndex, visible: frozenset[str] | None) -> None:
        self._index = index
        self._visible = visible

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the index has
        return getattr(self._index, name)

    def search(self, request: IndexRequest) -> IndexAnswer:
        return self._index.search(replace(request, visible=self._visible))


def _serve(home: Path, visible: frozenset[str] | None, pipe: Pipe) -> None:
    with open_archive(home) as archive, socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a small answer waits 40 ms for the asker's ACK
        set_up_logs(archive.settings.log.level)
        server = make_server(replace(archive, index=Asking(archive.index, visible)))
        pipe.send(f"http://127.0.0.1:{listening.getsockname()[1]}")
        server.run(sockets=[listening])
