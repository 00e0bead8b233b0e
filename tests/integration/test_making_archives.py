"""Making an archive, again after it was cut short, and a second time for another machine."""

import shutil

import pytest

from archive.errors import Refused, Rejected
from archive.wiring import create_archive, open_archive

SETTINGS = "[work]\ntries = 7\n"


def test_an_archive_begins_with_the_settings_it_is_given(tmp_path):
    create_archive(tmp_path / "home", settings=SETTINGS).close()
    with open_archive(tmp_path / "home") as archive:
        assert archive.settings.work.tries == 7


def test_an_archive_is_made_once(tmp_path):
    create_archive(tmp_path / "home").close()
    with pytest.raises(Refused, match="archive_exists"):
        create_archive(tmp_path / "home")


def test_wrong_settings_leave_no_archive_behind(tmp_path):
    with pytest.raises(Rejected, match="bad_settings"):
        create_archive(tmp_path / "home", settings="[work]\nspeed = 1\n")
    create_archive(tmp_path / "home").close()


def test_a_making_that_was_cut_short_is_taken_up_with_the_same_keys(tmp_path):
    create_archive(tmp_path / "home").close()
    (tmp_path / "home" / "claimkeep.toml").unlink()  # the last thing that is written
    key = (tmp_path / "home" / "keys" / "archive.key").read_bytes()
    create_archive(tmp_path / "home").close()
    assert (tmp_path / "home" / "keys" / "archive.key").read_bytes() == key


def test_a_catalog_of_other_keys_is_refused(tmp_path):
    create_archive(tmp_path / "home").close()
    (tmp_path / "home" / "claimkeep.toml").unlink()
    shutil.rmtree(tmp_path / "home" / "keys")
    with pytest.raises(Refused, match="other keys"):
        create_archive(tmp_path / "home")
