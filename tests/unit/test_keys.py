"""Keys: wrapped, bound to their place, never overwritten."""

import pytest

from archive.errors import NotFound, Refused
from archive.keys import Keyring, make_keys, read_keys

RING, OTHER = Keyring(b"a" * 32, b"s" * 32), Keyring(b"b" * 32, b"s" * 32)


def test_a_data_key_is_wrapped_and_unwrapped():
    key = RING.new_data_key()
    assert RING.unwrap(RING.wrap(key)) == key
    assert key not in RING.wrap(key)


def test_another_archive_key_unwraps_nothing():
    with pytest.raises(NotFound, match="key_unavailable"):
        OTHER.unwrap(RING.wrap(RING.new_data_key()))


def test_a_destroyed_key_opens_nothing():
    with pytest.raises(NotFound, match="key_unavailable"):
        RING.unwrap(b"")


def test_a_sealed_column_belongs_to_its_place():
    sealed = RING.seal_column("documents.summary.D-1", b"name")
    assert RING.open_column("documents.summary.D-1", sealed) == b"name"
    with pytest.raises(NotFound):
        RING.open_column("documents.summary.D-2", sealed)


def test_the_same_value_is_sealed_differently_each_time():
    assert RING.seal_column("a", b"name") != RING.seal_column("a", b"name")


def test_a_keyring_does_not_show_its_keys():
    assert "aaaa" not in repr(RING)
    assert "ssss" not in repr(RING)


def test_keys_are_made_once_readable_by_their_owner_alone(tmp_path):
    made = make_keys(tmp_path / "keys")
    assert read_keys(tmp_path / "keys") == made
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    with pytest.raises(Refused, match="archive_exists"):
        make_keys(tmp_path / "keys")


def test_no_keys_no_archive(tmp_path):
    with pytest.raises(NotFound, match="no_archive"):
        read_keys(tmp_path)
