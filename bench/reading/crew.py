"""Processes that each hold one OCR engine, and the pages that they take turns to read."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from bench.results import ROOT
from workers.page_image import PageImage


class PeerFailed(RuntimeError):
    """A process that reads could not be started, or ended too early; the message holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An engine in so many processes of so many threads, 0 for as many as it takes by itself."""

    name: str
    engine: str
    processes: int
    threads: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page gave; `processor_seconds` of all threads."""

    text: str = field(repr=False)
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The interpreter that has an engine installed, and a folder with models for a peer that carries none."""

    interpreter: Path = Path(sys.executable)
    models: Path = Path()


@dataclass(frozen=True, slots=True)
class Timed:
    """Readings in the order of their pages, and the seconds from handing over the first page to the end of the last."""

    readings: tuple[Reading, ...]
    seconds: float


class Reader:
    """One process."""

    def __init__(self, arrangement: Arrangement, surroundings: Surroundings, errors: IO[bytes]) -> None:
        self.began = time.perf_counter()
        self.peak_memory_mb = 0.0
        """Of the process, as of its last page."""
        self._errors = errors
        words = (str(surroundings.interpreter), "-m", "bench.reading.peers", arrangement.engine)
        options = ("--threads", str(arrangement.threads), "--models", str(surroundings.models))
        self._process = subprocess.Popen(  # noqa: S603
            (*_environment(arrangement.threads), *words, *options),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )

    def wait_until_ready(self) -> str:
        """The engine's name and version. Raises PeerFailed."""
        return str(self._answer()["version"])

    def read(self, image: PageImage) -> Reading:
        """Raises PeerFailed."""
        assert self._process.stdin
        head = json.dumps({"width": image.width, "height": image.height, "dpi": image.dpi})
        try:
            self._process.stdin.write(head.encode() + b"\n" + image.pixels.tobytes())
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._failure() from error
        answer = self._answer()
        self.peak_memory_mb = answer["peak_memory_mb"]
        return Reading(answer["text"], answer["processor_seconds"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise self._failure()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _failure(self) -> PeerFailed:
        code = self._process.wait()
        self._errors.seek(0)
        return PeerFailed(f"ended with {code}: {self._errors.read()[-600:].decode(errors='replace').strip()}")

    def close(self) -> None:
        """End the process, at once if it does not end by itself."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdout.close()
        try:
            self._process.stdin.close()
            self._process.wait(timeout=10)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()


def _environment(threads: int) -> tuple[str, ...]:
    """Thread counts that libraries take from the environment: *threads*, or none so that they choose for themselves."""
    names = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")
    settings = [f"{name}={threads}" for name in names] if threads else [word for name in names for word in ("-u", name)]
    return ("env", *settings, "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK=True")


class Crew:
    """All processes of an arrangement, ready to read."""

    def __init__(self, readers: Sequence[Reader], version: str) -> None:
        self.version = version
        self.ready_seconds = _since_the_first(readers)
        self._readers = readers

    @property
    def peak_memory_mb(self) -> tuple[float, ...]:
        """Of each process."""
        return tuple(reader.peak_memory_mb for reader in self._readers)

    def read_first(self, image: PageImage) -> float:
        """Every process reads *image*: seconds since the processes were started."""
        with ThreadPoolExecutor(len(self._readers)) as pool:
            list(pool.map(lambda reader: reader.read(image), self._readers))
        return _since_the_first(self._readers)

    def read(self, images: Sequence[PageImage]) -> Timed:
        """Each process takes the next page as soon as it has done one."""
        idle: SimpleQueue[Reader] = SimpleQueue()
        for reader in self._readers:
            idle.put(reader)

        def read_next(image: PageImage) -> Reading:
            reader = idle.get()
            try:
                return reader.read(image)
            finally:
                idle.put(reader)

        began = time.perf_counter()
        with ThreadPoolExecutor(len(self._readers)) as pool:
            readings = tuple(pool.map(read_next, images))
        return Timed(readings, time.perf_counter() - began)


def _since_the_first(readers: Sequence[Reader]) -> float:
    return time.perf_counter() - min(reader.began for reader in readers)


@contextmanager
def at_work(arrangement: Arrangement, surroundings: Surroundings) -> Iterator[Crew]:
    """The processes of *arrangement*, started together and ended with the block. Raises PeerFailed."""
    with ExitStack() as stack:
        readers = []
        for _ in range(arrangement.processes):
            errors = stack.enter_context(tempfile.TemporaryFile())
            readers.append(Reader(arrangement, surroundings, errors))
            stack.callback(readers[-1].close)
        versions = [reader.wait_until_ready() for reader in readers]
        yield Crew(readers, versions[0])
