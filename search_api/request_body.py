"""The body of a request as a plain stream: it arrives on the event loop, and is read where files are taken in, in a thread."""

import asyncio
import io
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError

from starlette.requests import ClientDisconnect

_SILENCE_SECONDS = 60.0
"""A sender that says nothing for so long has gone; it must not hold one of the few places for uploads."""


class RequestBody(io.RawIOBase):
    """Read-only, from beginning to end. An end before its time raises OSError."""

    def __init__(self, parts: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._parts = parts
        self._loop = loop
        self._ahead: memoryview | None = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while self._ahead is not None and not self._ahead:
            self._ahead = self._next_part()
        if self._ahead is None:
            return 0
        count = min(len(buffer), len(self._ahead))
        buffer[:count] = self._ahead[:count]
        self._ahead = self._ahead[count:]
        return count

    def _next_part(self) -> memoryview | None:
        arriving = asyncio.run_coroutine_threadsafe(self._arrive(), self._loop)
        try:
            part = arriving.result(_SILENCE_SECONDS)
        except (ClientDisconnect, CancelledError, TimeoutError) as error:
            arriving.cancel()
            raise OSError("the sender went away") from error
        return None if part is None else memoryview(part)

    async def _arrive(self) -> bytes | None:
        return await anext(self._parts, None)
