"""What the handbook says is what the program does."""

import dataclasses
import json
import re
import shlex
from pathlib import Path

import click
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


PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(language: str) -> list[str]:
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [block for page in PAGES for block in fence.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize("block", blocks("json"))
def test_every_answer_that_is_shown_is_json(block):
    assert json.loads(block)


def shown_commands() -> list[str]:
    lines = [line for block in (*blocks("sh"), *blocks("text")) for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.removeprefix("$ ").startswith("claimkeep ")]


@pytest.mark.parametrize("line", shown_commands())
def test_every_command_that_is_shown_can_be_called_so(line):
    words = shlex.split(line, comments=True)[1:]
    command, group = main, None
    while isinstance(command, click.Group):
        group, command = command, command.get_command(None, words.pop(0))
    assert command is not None, group
    with click.Context(command) as context:
        command.make_parser(context).parse_args(list(words))


def test_pages_link_to_what_is_there():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
