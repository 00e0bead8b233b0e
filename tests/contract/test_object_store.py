"""One suite for every object store."""

import errno
import io
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import BinaryIO, cast

import pytest

from archive.clock import utc_now
from archive.errors import ArchiveError, FixityMismatch, NotFound, Refused, Rejected, Unavailable
from archive.store.port import ObjectStore
from archive.store.sealed import SealedStore
from tests.builders.object_stores import Folder, Place, a_bucket, s3_server

MEGABYTE = 1024 * 1024
PART = 8 * MEGABYTE  # where the S3 adapter begins to write in parts
LARGE = 20 * MEGABYTE + 3


@pytest.fixture(
    params=[
        "filesystem",
        pytest.param("minio", marks=pytest.mark.service),
        pytest.param("versitygw", marks=pytest.mark.service),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "filesystem":
        yield Folder(tmp_path / "objects")
        return
    with a_bucket(s3_server(request.param)) as bucket:
        yield bucket


@pytest.fixture
def store(place: Place) -> ObjectStore:
    return place.open()


class Source(io.RawIOBase):
    """Gives *data* in odd pieces and cannot go back, as an upload does; raises *ending* instead of ending."""

    def __init__(self, data: bytes, ending: Exception | None = None) -> None:
        self._data = io.BytesIO(data)
        self._ending = ending

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        piece = self._data.read(min(len(buffer), 100_003))
        if not piece and self._ending:
            raise self._ending
        buffer[: len(piece)] = piece
        return len(piece)


def content(size: int, seed: int = 0) -> bytes:
    """Bytes of which no two megabytes are alike."""
    block = Random(seed).randbytes(MEGABYTE)
    return b"".join(number.to_bytes(8, "big") + block[8:] for number in range(size // MEGABYTE + 1))[:size]


def put(store: ObjectStore, key: str, data: bytes) -> None:
    store.put(key, cast("BinaryIO", Source(data)))


def read(store: ObjectStore, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


def outcome(act: Callable[[], None]) -> str:
    """`done`, or the reason why it was not."""
    try:
        act()
    except ArchiveError as error:
        return error.reason
    return "done"


def at_once(*acts: Callable[[], None]) -> list[str]:
    """Their outcomes, all begun at the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> str:
        gate.wait()
        return outcome(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_what_was_put_is_read_back(store):
    put(store, "originals/ab/cd", b"scan")
    assert read(store, "originals/ab/cd") == b"scan"


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, LARGE])
def test_objects_of_every_size_are_read_back(store, size):
    data = content(size)
    put(store, "a", data)
    assert read(store, "a") == data


def test_a_stream_can_be_read_from_any_place(store):
    put(store, "a", bytes(range(200)))
    with store.open("a") as stream:
        stream.seek(150)
        assert stream.read(2) == bytes([150, 151])
        stream.seek(-1, io.SEEK_END)
        assert stream.read() == bytes([199])
        assert stream.read() == b""


def test_a_large_object_can_be_read_in_any_order(store):
    data = content(LARGE)
    put(store, "a", data)
    places = Random(1)
    with store.open("a") as stream:
        for _ in range(30):
            start, count = places.randrange(LARGE), places.choice([1, 70_000, 300_000, 3 * MEGABYTE])
            assert stream.seek(start) == start
            assert stream.read(count) == data[start : start + count]
            assert stream.tell() == min(start + count, LARGE)


def test_many_read_one_object_at_once(store):
    data = content(3 * MEGABYTE)
    put(store, "a", data)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: read(store, "a") == data, range(16)))


def test_an_original_is_never_overwritten(store):
    put(store, "a", b"first")
    with pytest.raises(Refused, match="object_exists"):
        put(store, "a", b"second")
    assert read(store, "a") == b"first"


def test_a_large_object_never_overwrites(store, place):
    put(store, "a", b"first")
    with pytest.raises(Refused, match="object_exists"):
        put(store, "a", content(LARGE))
    assert read(store, "a") == b"first"
    assert place.unfinished() == 0


@pytest.mark.parametrize("size", [1000, PART + 1])
def test_of_writers_of_one_key_at_once_one_wins(place, store, size):
    stores = [store, store, place.open(), place.open()]
    written = [content(size, seed) for seed in range(4)]
    outcomes = at_once(*(lambda s=s, data=data: put(s, "a", data) for s, data in zip(stores, written, strict=True)))
    assert sorted(outcomes) == ["done", *["object_exists"] * 3]
    assert read(store, "a") == written[outcomes.index("done")]
    assert place.unfinished() == 0


def test_of_moves_to_one_key_at_once_one_wins_and_the_others_stay(store):
    written = {f"incoming/{number}": content(5000, number) for number in range(4)}
    for key, data in written.items():
        put(store, key, data)
    outcomes = at_once(*(lambda key=key: store.move(key, "originals/a") for key in written))
    assert sorted(outcomes) == ["done", *["object_exists"] * 3]
    winner = list(written)[outcomes.index("done")]
    assert read(store, "originals/a") == written[winner]
    assert list(store.keys("incoming/")) == [key for key in written if key != winner]


def test_a_missing_object_is_not_found(store):
    with pytest.raises(NotFound):
        store.open("nothing")


@pytest.mark.parametrize("size", [0, 4, PART, LARGE])
def test_a_moved_object_has_only_its_new_key(store, place, size):
    data = content(size)
    put(store, "incoming/a", data)
    store.move("incoming/a", "originals/a")
    assert list(store.keys()) == ["originals/a"]
    assert read(store, "originals/a") == data
    assert place.unfinished() == 0


def test_a_move_never_overwrites(store, place):
    put(store, "a", b"first")
    put(store, "b", b"second")
    with pytest.raises(Refused, match="object_exists"):
        store.move("b", "a")
    assert (read(store, "a"), read(store, "b")) == (b"first", b"second")
    assert place.unfinished() == 0


def test_moving_what_is_not_there_is_not_found(store):
    with pytest.raises(NotFound):
        store.move("nothing", "something")


def test_deleting_twice_does_no_harm(store):
    put(store, "a", b"scan")
    store.delete("a")
    store.delete("a")
    assert list(store.keys()) == []


def test_many_may_delete_one_key_at_once(store, place):
    put(store, "a", b"scan")
    other = place.open()
    assert at_once(*(lambda s=s: s.delete("a") for s in (store, other, store, other))) == ["done"] * 4
    assert list(store.keys()) == []


def test_deleting_takes_one_key_and_no_other_that_begins_so(store):
    for key in ("a/1", "a/10", "a/1-b"):
        put(store, key, b"scan")
    store.delete("a/1")
    assert sorted(store.keys()) == ["a/1-b", "a/10"]


def test_a_deleted_key_can_be_put_again(store):
    put(store, "a", b"first")
    store.delete("a")
    put(store, "a", b"second")
    assert read(store, "a") == b"second"


def test_reading_on_while_it_is_deleted_gives_its_bytes_or_not_found(store, place):
    data = content(LARGE)
    put(store, "a", data)
    with store.open("a") as stream:
        begun = stream.read(MEGABYTE)
        place.open().delete("a")
        put(store, "a", content(LARGE, seed=1))
        try:
            rest = stream.read()
        except NotFound:
            rest = data[MEGABYTE:]
    assert begun + rest == data


def test_keys_are_listed_in_order_under_a_prefix(store):
    for key in ("b/2", "a/1", "b/1"):
        put(store, key, b"")
    assert list(store.keys("b/")) == ["b/1", "b/2"]


def test_keys_are_in_the_order_of_their_letters(store):
    keys = ["A", "a-b/1", "a/1", "a/1-2/3", "a/1/2", "a0", "b.1"]
    keys.remove("a/1")  # folders hold no object of their own name, in some stores
    for key in keys:
        put(store, key, b"")
    assert list(store.keys()) == sorted(keys)
    assert list(store.keys("a/1")) == ["a/1-2/3", "a/1/2"]


def test_more_keys_than_one_answer_holds_are_all_listed(store):
    keys = [f"page/{number:04}" for number in range(1005)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: put(store, key, b""), keys))
    assert list(store.keys("page/")) == keys


@pytest.mark.parametrize("size", [0, 10, LARGE])
def test_a_source_that_breaks_off_leaves_nothing(store, place, size):
    with pytest.raises(Unavailable, match="store_unavailable"):
        store.put("a", cast("BinaryIO", Source(content(size), OSError("the cable was pulled"))))
    assert list(store.keys()) == []
    assert place.unfinished() == 0


@pytest.mark.parametrize("size", [0, 10, LARGE])
def test_a_source_that_is_rejected_on_the_way_leaves_nothing_and_says_why(store, place, size):
    with pytest.raises(Rejected, match="too_large"):
        store.put("a", cast("BinaryIO", Source(content(size), Rejected("too_large"))))
    assert list(store.keys()) == []
    assert place.unfinished() == 0


def test_what_a_dead_writer_left_is_cleared_and_the_rest_stays(store, place):
    put(store, "a", b"scan")
    place.begin_and_die("b")
    assert place.unfinished() == 1
    assert store.clear_unfinished(utc_now() - timedelta(hours=1)) == 0
    assert store.clear_unfinished(utc_now() + timedelta(minutes=1)) == 1
    assert place.unfinished() == 0
    assert list(store.keys()) == ["a"]


def test_two_stores_in_one_place_hold_the_same(store, place):
    other = place.open()
    put(store, "a", b"scan")
    assert read(other, "a") == b"scan"
    with pytest.raises(Refused, match="object_exists"):
        put(other, "a", b"scan")
    other.move("a", "b")
    assert list(store.keys()) == ["b"]


def test_a_store_that_works_passes_its_check(store):
    store.check()
    assert list(store.keys()) == []


@pytest.mark.parametrize("size", [0, 1000, LARGE])
def test_sealed_objects_are_opened_again(store, size):
    data, sealed = content(size), SealedStore(store)
    sealed.put("incoming/a", cast("BinaryIO", Source(data)), b"k" * 32, "a:original")
    sealed.move("incoming/a", "originals/a")
    assert sealed.read_bytes("originals/a", b"k" * 32, "a:original") == data
    with sealed.open("originals/a", b"k" * 32, "a:original") as stream:
        stream.seek(size // 2)
        assert stream.read(70_000) == data[size // 2 : size // 2 + 70_000]
    with pytest.raises(FixityMismatch):
        sealed.read_bytes("originals/a", b"o" * 32, "a:original")


def test_a_source_that_breaks_off_while_it_is_sealed_leaves_nothing(store):
    with pytest.raises(Unavailable, match="store_unavailable"):
        SealedStore(store).put("a", cast("BinaryIO", Source(b"", OSError("no medium"))), b"k" * 32, "a:original")
    assert list(store.keys()) == []


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../b", "", "a//b", ".hidden", "a/."])
def test_a_key_that_is_no_plain_name_is_an_error(store, key):
    for act in (lambda: put(store, key, b"x"), lambda: store.open(key), lambda: store.delete(key)):
        with pytest.raises(ValueError, match="plain words"):
            act()
    for ends in ((key, "a"), ("a", key)):
        with pytest.raises(ValueError, match="plain words"):
            store.move(*ends)


# What only a folder's disk can do.


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_from_one_that_is_away(tmp_path, monkeypatch):
    store = Folder(tmp_path / "objects").open()
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full_disk)
        with pytest.raises(Unavailable, match="store_full"):
            put(store, "a", b"scan")
        patched.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(Unavailable, match="store_full"):
            store.check()
    assert list(store.keys()) == []
    put(store, "a", b"scan")


def test_a_folder_that_is_gone_does_not_pass_the_check(tmp_path):
    store = Folder(tmp_path / "objects").open()
    shutil.rmtree(tmp_path / "objects")
    with pytest.raises(Unavailable, match="store_unavailable"):
        store.check()
