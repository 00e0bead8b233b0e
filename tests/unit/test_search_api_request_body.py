import asyncio
import io

import pytest
from starlette.requests import ClientDisconnect

from search_api.request_body import RequestBody


async def read(parts, how):
    loop = asyncio.get_running_loop()
    return await asyncio.to_thread(how, io.BufferedReader(RequestBody(parts, loop)))


async def arriving(*values: bytes | Exception):
    for value in values:
        if isinstance(value, Exception):
            raise value
        yield value


def test_parts_of_any_size_are_read_as_one_stream():
    body = asyncio.run(read(arriving(b"ab", b"", b"cdefg", b"", b"h", b""), lambda stream: (stream.read(3), stream.read())))
    assert body == (b"abc", b"defgh")


def test_an_empty_body_ends_at_once():
    assert asyncio.run(read(arriving(b""), lambda stream: stream.read(10))) == b""


def test_reading_on_behind_the_end_gives_nothing():
    assert asyncio.run(read(arriving(b"a"), lambda stream: (stream.read(), stream.read(), stream.read(1)))) == (b"a", b"", b"")


def test_a_sender_that_goes_away_is_an_os_error():
    with pytest.raises(OSError, match="went away"):
        asyncio.run(read(arriving(b"ab", ClientDisconnect()), lambda stream: stream.read()))
