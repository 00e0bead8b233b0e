"""What the handbook says is what the program does."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from archive.settings import Settings
from claimkeep.cli import main
from schemas.reasons import REASONS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rows(page: str) -> list[list[str]]:
    lines = (DOCS / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]


def test_every_reason_is_in_the_handbook_with_its_sentence():
    assert {code.strip("`"): remedy for code, remedy in rows("errors.md")} == {code: each.en for code, each in REASONS.items()}


def test_every_reason_has_a_sentence_in_both_languages():
    assert all(each.en.endswith(".") and each.zh.endswith("。") for each in REASONS.values())


def all_settings() -> dict[str, object]:
    found: dict[str, object] = {}
    for part, field in Settings.model_fields.items():
        value = field.default
        values = value.model_dump(mode="json") if isinstance(value, BaseModel) else dataclasses.asdict(value)
        assert not set(values) & set(found), f"{part} repeats a name"
        found |= values
    return found


def test_every_setting_is_in_the_handbook_with_its_default():
    assert {name.strip("`"): json.loads(default) for name, default, _ in rows("settings.md")} == all_settings()


@pytest.mark.parametrize("name", main.list_commands(None))
def test_every_command_is_in_the_handbook(name):
    assert re.search(rf"^#+ .*`{name}\b", (DOCS / "commands.md").read_text("utf-8"), re.MULTILINE)
