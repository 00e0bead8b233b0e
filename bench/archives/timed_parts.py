"""An archive whose parts count the seconds that are spent in them."""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from archive.catalog.database import Catalog
from archive.index.port import SearchIndex
from archive.queue.port import WorkQueue
from archive.store.sealed import SealedStore
from archive.wiring import Archive
from schemas.page import EngineVersion, PageText
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine

PARTS = ("catalog", "store", "index", "queue")


@dataclass(slots=True)
class Times:
    """Seconds by part, each second in one part only: what the queue asks of the catalog is the queue's."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _depth: int = 0

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        began, outermost = time.perf_counter(), self._depth == 0
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if outermost:
                self.seconds[part] += time.perf_counter() - began


def timed(archive: Archive, times: Times) -> Archive:
    """*archive*, with the seconds spent in its parts counted in *times*; sealing counts as the store's."""
    return replace(
        archive,
        catalog=cast("Catalog", _TimedCatalog(archive.catalog, times)),
        store=cast("SealedStore", _TimedPart(archive.store, "store", times)),
        index=cast("SearchIndex", _TimedPart(archive.index, "index", times)),
        queue=cast("WorkQueue", _TimedPart(archive.queue, "queue", times)),
    )


class _TimedPart:
    def __init__(self, part: object, name: str, times: Times) -> None:
        self._part = part
        self._name = name
        self._times = times

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self._part, name)

        def call(*args: object, **more: object) -> object:
            with self._times.of(self._name):
                return self._watched(method(*args, **more))

        return call

    def _watched(self, result: object) -> object:
        """A stream is read, and a listing walked, after the call that gave it."""
        if isinstance(result, io.IOBase):
            return io.BufferedReader(cast("Any", _TimedStream(cast("BinaryIO", result), self._name, self._times)), 2**18)
        if isinstance(result, Iterator):
            return self._walked(result)
        return result

    def _walked(self, results: Iterable[object]) -> Iterator[object]:
        iterator = iter(results)
        while True:
            with self._times.of(self._name):
                try:
                    result = next(iterator)
                except StopIteration:
                    return
            yield result


class _TimedStream(io.RawIOBase):
    def __init__(self, stream: BinaryIO, name: str, times: Times) -> None:
        self._stream = stream
        self._name = name
        self._times = times

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with self._times.of(self._name):
            return self._stream.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as in archive.store.sealed
        with self._times.of(self._name):
            part = self._stream.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedCatalog:
    """Its transactions from their beginning to their end, and what the program does in them."""

    def __init__(self, catalog: Catalog, times: Times) -> None:
        self._catalog = catalog
        self._times = times

    def __getattr__(self, name: str) -> Callable[[], object]:
        transaction: Callable[[], Any] = getattr(self._catalog, name)

        @contextmanager
        def watched() -> Iterator[object]:
            with self._times.of("catalog"), transaction() as connection:
                yield connection

        return watched


class TimedEngine:
    """An OcrEngine whose readings count as `ocr`."""

    def __init__(self, engine: OcrEngine, times: Times) -> None:
        self._engine = engine
        self._times = times

    @property
    def version(self) -> EngineVersion:
        return self._engine.version

    def read(self, image: PageImage) -> PageText:
        with self._times.of("ocr"):
            return self._engine.read(image)
