"""Encryption around a store: what is changed, cut, exchanged or opened with another key is noticed."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import FixityMismatch
from archive.store.filesystem import FilesystemStore
from archive.store.sealed import SealedStore

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
FRAME = 256 * 1024


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "objects"


@pytest.fixture
def store(folder):
    return SealedStore(FilesystemStore(folder))


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 7])
def test_what_was_sealed_is_opened_again(store, size):
    data = bytes(index * 7 % 251 for index in range(size))
    store.put_bytes("a", data, KEY, "page")
    assert store.read_bytes("a", KEY, "page") == data


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(places=st.lists(st.tuples(st.integers(0, 3 * FRAME), st.integers(1, FRAME)), max_size=8))
def test_any_place_can_be_read_in_any_order(store, places):
    data = bytes(range(256)) * (FRAME // 256) * 2 + b"tail"
    store.delete("a")
    store.put_bytes("a", data, KEY, "page")
    with store.open("a", KEY, "page") as stream:
        for start, count in places:
            stream.seek(start)
            assert stream.read(count) == data[start : start + count]


def test_nothing_plain_lies_on_the_disk(store, folder):
    store.put_bytes("a", "王小明 11010519491231002X".encode() * 50, KEY, "page")
    assert "王小明".encode() not in (folder / "a").read_bytes()
    assert b"11010519491231002X" not in (folder / "a").read_bytes()


def test_another_key_opens_nothing(store):
    store.put_bytes("a", b"scan", KEY, "page")
    with pytest.raises(FixityMismatch):
        store.read_bytes("a", OTHER_KEY, "page")


def test_an_object_cannot_be_passed_off_as_another(store):
    store.put_bytes("a", b"scan", KEY, "D-1:original")
    with pytest.raises(FixityMismatch):
        store.read_bytes("a", KEY, "D-2:original")


@pytest.mark.parametrize("size", [0, 10, FRAME, 2 * FRAME])
@pytest.mark.parametrize(
    "harm",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[: len(sealed) - 16],
        lambda sealed: sealed + b"\0",
        lambda sealed: sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:],
        lambda sealed: b"XXXX" + sealed[4:],
        lambda sealed: sealed[:5],
        lambda sealed: b"",
    ],
    ids=["last byte", "last tag", "one more", "one bit", "magic", "header", "nothing"],
)
def test_a_changed_object_is_noticed(store, folder, harm, size):
    store.put_bytes("a", b"x" * size, KEY, "page")
    (folder / "a").write_bytes(harm((folder / "a").read_bytes()))
    with pytest.raises(FixityMismatch):
        store.read_bytes("a", KEY, "page")


def test_whole_frames_cut_off_at_the_end_are_noticed(store, folder):
    store.put_bytes("a", b"x" * (3 * FRAME), KEY, "page")
    whole = (folder / "a").read_bytes()
    (folder / "a").write_bytes(whole[: 11 + 2 * (FRAME + 16)])
    with pytest.raises(FixityMismatch):
        store.read_bytes("a", KEY, "page")


def test_exchanged_frames_are_noticed(store, folder):
    store.put_bytes("a", b"x" * FRAME + b"y" * FRAME + b"z", KEY, "page")
    whole, frame = (folder / "a").read_bytes(), FRAME + 16
    (folder / "a").write_bytes(
        whole[:11] + whole[11 + frame : 11 + 2 * frame] + whole[11 : 11 + frame] + whole[11 + 2 * frame :]
    )
    with pytest.raises(FixityMismatch):
        store.read_bytes("a", KEY, "page")


def test_a_source_that_gives_a_little_at_a_time_is_sealed_whole(store):
    class Trickle(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1000) if size > 0 else size)

    data = bytes(range(256)) * 4000
    store.put("a", Trickle(data), KEY, "page")
    assert store.read_bytes("a", KEY, "page") == data
