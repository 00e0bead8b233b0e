"""One suite for every object store."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import NotFound, Refused, Unavailable
from archive.store.filesystem import FilesystemStore
from archive.store.port import ObjectStore

ADAPTERS: list[Callable[[Path], ObjectStore]] = [FilesystemStore]


@pytest.fixture(params=ADAPTERS, ids=["filesystem"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    made: ObjectStore = request.param(tmp_path / "objects")
    return made


def put(store: ObjectStore, key: str, data: bytes) -> None:
    store.put(key, io.BytesIO(data))


def read(store: ObjectStore, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


def test_what_was_put_is_read_back(store):
    put(store, "originals/ab/cd", b"scan")
    assert read(store, "originals/ab/cd") == b"scan"


def test_an_empty_object_is_an_object(store):
    put(store, "a", b"")
    assert read(store, "a") == b""


def test_a_stream_can_be_read_from_any_place(store):
    put(store, "a", bytes(range(200)))
    with store.open("a") as stream:
        stream.seek(150)
        assert stream.read(2) == bytes([150, 151])
        stream.seek(-1, io.SEEK_END)
        assert stream.read() == bytes([199])


def test_an_original_is_never_overwritten(store):
    put(store, "a", b"first")
    with pytest.raises(Refused, match="object_exists"):
        put(store, "a", b"second")
    assert read(store, "a") == b"first"


def test_a_missing_object_is_not_found(store):
    with pytest.raises(NotFound):
        store.open("nothing")


def test_a_moved_object_has_only_its_new_key(store):
    put(store, "incoming/a", b"scan")
    store.move("incoming/a", "originals/a")
    assert list(store.keys()) == ["originals/a"]
    assert read(store, "originals/a") == b"scan"


def test_a_move_never_overwrites(store):
    put(store, "a", b"first")
    put(store, "b", b"second")
    with pytest.raises(Refused):
        store.move("b", "a")
    assert (read(store, "a"), read(store, "b")) == (b"first", b"second")


def test_moving_what_is_not_there_is_not_found(store):
    with pytest.raises(NotFound):
        store.move("nothing", "something")


def test_deleting_twice_does_no_harm(store):
    put(store, "a", b"scan")
    store.delete("a")
    store.delete("a")
    assert list(store.keys()) == []


def test_keys_are_listed_in_order_under_a_prefix(store):
    for key in ("b/2", "a/1", "b/1"):
        put(store, key, b"")
    assert list(store.keys("b/")) == ["b/1", "b/2"]


def test_a_source_that_breaks_off_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the cable was pulled")

    with pytest.raises(Unavailable):
        store.put("a", Broken())
    assert list(store.keys()) == []


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../b", "", "a//b", ".hidden", "a/."])
def test_a_key_that_is_no_plain_name_is_an_error(store, key):
    with pytest.raises(ValueError, match="plain words"):
        put(store, key, b"x")
