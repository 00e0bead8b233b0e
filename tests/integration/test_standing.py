"""Which part of an archive fails is said by name, with a reason, whatever way it fails in."""

import json
import threading
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner

from archive import standing
from archive.doctor import doctor
from archive.errors import Unavailable
from archive.standing import Examiner, Finding
from archive.wiring import open_archive
from schemas.reasons import REASONS
from tests.builders.archives import make_archive

PARTS = ["catalog", "store", "index", "queue", "keys", "disk"]


@pytest.fixture
def home(tmp_path):
    make_archive(tmp_path / "home").close()
    return tmp_path / "home"


@pytest.fixture
def archive(home):
    with open_archive(home) as archive:
        yield archive


def failing(archive, seconds: float = 5.0) -> dict[str, str | None]:
    return {each.part: each.reason for each in Examiner(archive, seconds).examine() if not each.is_well}


def test_every_part_of_a_new_archive_is_well(archive):
    assert Examiner(archive).examine() == tuple(Finding(part) for part in PARTS)


def test_every_reason_that_a_part_may_have_is_known():
    assert {part.silent for part in standing.PARTS.values()} <= set(REASONS)


def test_a_broken_index_is_named(archive, home):
    archive.index.close()
    (home / "index.db").write_bytes(b"no database" * 1000)
    assert list(failing(archive)) == ["index"]


def test_a_catalog_of_another_version_is_named(archive):
    with archive.catalog.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert failing(archive) == {"catalog": "schema_differs"}


@pytest.mark.parametrize("harm", ["missing", "other", "short"])
def test_key_files_that_are_not_those_in_use_are_named(archive, home, harm):
    key = home / "keys" / "archive.key"
    key.unlink()
    if harm != "missing":
        key.write_bytes(bytes(32 if harm == "other" else 5))
    assert failing(archive) == {"keys": "keys_missing"}


def test_a_disk_with_too_little_room_is_named(archive, monkeypatch):
    least = archive.settings.limits.least_free_bytes
    monkeypatch.setattr(standing, "free_bytes", lambda _home: least)
    assert failing(archive) == {}
    monkeypatch.setattr(standing, "free_bytes", lambda _home: least - 1)
    assert failing(archive) == {"disk": "disk_nearly_full"}


def test_an_error_that_nobody_thought_of_is_a_part_that_fails_and_its_message_is_not_told(archive, monkeypatch):
    def broken(_archive):
        raise ZeroDivisionError("欧阳若澜")

    monkeypatch.setitem(standing.PARTS, "queue", replace(standing.PARTS["queue"], check=broken))
    (finding,) = [each for each in Examiner(archive).examine() if not each.is_well]
    assert finding == Finding("queue", "queue_unavailable", "ZeroDivisionError")


def test_a_part_that_hangs_is_named_in_time_and_not_asked_again_before_it_answers(archive, monkeypatch):
    goes_on, asked = threading.Event(), []

    def hanging(_archive):
        asked.append(1)
        goes_on.wait(30)

    monkeypatch.setitem(standing.PARTS, "store", replace(standing.PARTS["store"], check=hanging))
    monkeypatch.setattr(standing, "_KEPT_SECONDS", 0.0)
    examiner = Examiner(archive, seconds=0.3)
    began = time.monotonic()
    assert [each for each in examiner.examine() if not each.is_well] == [
        Finding("store", "store_unavailable", "no answer in 0.3 s")
    ]
    examiner.examine()
    assert time.monotonic() - began < 2
    assert len(asked) == 1
    goes_on.set()
    time.sleep(0.05)
    monkeypatch.setitem(standing.PARTS, "store", replace(standing.PARTS["store"], check=lambda _archive: None))
    assert all(each.is_well for each in examiner.examine())


def test_parts_are_asked_side_by_side(archive, monkeypatch):
    together = threading.Barrier(len(PARTS))
    for name, part in standing.PARTS.items():
        monkeypatch.setitem(standing.PARTS, name, replace(part, check=lambda _archive: together.wait(5) and None))
    assert failing(archive) == {}


def test_many_who_ask_at_once_cost_the_parts_one_question(archive, monkeypatch):
    asked = []
    monkeypatch.setitem(standing.PARTS, "index", replace(standing.PARTS["index"], check=lambda _archive: asked.append(1)))
    examiner = Examiner(archive)
    threads = [threading.Thread(target=examiner.examine) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def test_the_doctor_finds_a_sound_archive_well(home):
    done = CliRunner().invoke(doctor, ["--home", str(home), "--json"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert said["ready"]
    assert [(each["part"], each["well"], each["reason"], each["todo"]) for each in said["parts"]] == [
        (part, True, None, None) for part in PARTS
    ]


def test_the_doctor_says_what_to_do(home):
    (home / "claimkeep.toml").write_text("[limits]\nleast_free_bytes = 1_000_000_000_000_000_000\n")
    done = CliRunner().invoke(doctor, ["--home", str(home)])
    assert done.exit_code == 3
    assert f"disk: {REASONS['disk_nearly_full'].en}" in done.stdout


def test_the_doctor_names_the_part_that_keeps_the_archive_from_being_opened(home, monkeypatch):
    def away(_home):
        raise Unavailable("catalog_unavailable", "no answer from db.example")

    monkeypatch.setattr("archive.doctor.open_archive", away)
    done = CliRunner().invoke(doctor, ["--home", str(home)])
    assert done.exit_code == 3
    assert f"catalog: {REASONS['catalog_unavailable'].en}" in done.stdout


def test_the_doctor_needs_an_archive(tmp_path):
    done = CliRunner().invoke(doctor, ["--home", str(tmp_path)])
    assert done.exit_code == 3
    assert done.stderr.startswith("no_archive")
