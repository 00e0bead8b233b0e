"""The batch that is worked on while something breaks, and the client that sends it and does not give up."""

import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import Queue
from threading import Event, Thread

import cv2
import httpx
import numpy as np

from bench.archives.commands import ROOT
from bench.faulty.poison import COLOUR

PAPERS = ROOT / "samples" / "papers"
FILES = (
    *("scan-028.tif", "scan-041.pdf", "scan-001.jpg", "scan-003.png", "scan-008.jpg", "scan-015.pdf"),
    *("scan-010.tif", "scan-013.tif", "scan-045.tif", "scan-018.tif"),
)
"""Documents of two pages and of one, a blank page and a broken file: eleven pages."""
POISON = "poison.png"
_PIECES, _PIECE_SECONDS = 5, 0.02  # of each upload, so that whatever breaks meets some of them half way
_AGAIN_SECONDS = 0.5
_ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Paper:
    """One file as it is sent."""

    name: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def papers(*, with_poison: bool = False) -> tuple[Paper, ...]:
    """The files of one batch: the same pages each time, and other bytes, so that none is a duplicate of a former one's."""
    salt = b"\n%% " + secrets.token_hex(8).encode() + b"\n"
    files = [Paper(name, (PAPERS / name).read_bytes() + salt) for name in FILES]
    if with_poison:
        files.insert(2, Paper(POISON, poison_page() + salt))
    return tuple(files)


def poison_page() -> bytes:
    """A PNG that ends every process that reads it (bench.faulty.poison): dark lines on paper of a colour that no other has."""
    page = np.full((1100, 800, 3), COLOUR[::-1], np.uint8)
    for row in range(100, 1000, 60):
        page[row : row + 20, 80:720] = 20
    return bytes(cv2.imencode(".png", page)[1])


@dataclass(slots=True)
class Sender:
    """Sends papers to one batch, one after the other, in a thread: each again until the archive has answered for it."""

    address: str
    token: str = field(repr=False)
    batch_id: str = ""
    sent: list[tuple[Paper, ...]] = field(default_factory=list)
    _waiting: "Queue[Paper | None]" = field(default_factory=Queue)
    _began: Event = field(default_factory=Event)

    def start(self) -> None:
        """Open a batch, and begin."""
        Thread(target=self._send_all, name="sender", daemon=True).start()
        self._began.wait()

    def send(self, papers: tuple[Paper, ...]) -> None:
        self.sent.append(papers)
        for paper in papers:
            self._waiting.put(paper)

    def end(self) -> None:
        """Nothing more will be sent."""
        self._waiting.put(None)

    def is_idle(self) -> bool:
        """Whether the archive has answered for everything."""
        return not self._waiting.unfinished_tasks

    def _send_all(self) -> None:
        batch = self._asked("/api/batches", json={"source": "bench", "box": "bench", "operator": "bench"})
        self.batch_id = str(batch["batch"])
        self._began.set()
        while (paper := self._waiting.get()) is not None:
            self._asked(f"/api/batches/{self.batch_id}/files", paper)
            self._waiting.task_done()

    def _asked(self, path: str, paper: Paper | None = None, **options: object) -> dict[str, object]:
        """The answer to a POST; asked again where nobody answers, or the archive says that it cannot now."""
        while True:
            sent = {"content": _in_pieces(paper), "headers": {"X-File-Path": paper.name}} if paper else options
            try:
                with httpx.Client(base_url=self.address, timeout=_ANSWER_SECONDS) as client:
                    client.headers["Authorization"] = f"Bearer {self.token}"
                    answer = client.post(path, **sent)
            except httpx.TransportError:
                time.sleep(_AGAIN_SECONDS)
                continue
            if answer.status_code in {HTTPStatus.CREATED, HTTPStatus.UNPROCESSABLE_ENTITY}:
                said: dict[str, object] = answer.json()
                return said
            if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise AssertionError(f"the archive answered {answer.status_code} to {path}")
            time.sleep(_AGAIN_SECONDS)


def _in_pieces(paper: Paper) -> Iterator[bytes]:
    size = len(paper.content) // _PIECES + 1
    for start in range(0, len(paper.content), size):
        time.sleep(_PIECE_SECONDS)
        yield paper.content[start : start + size]
