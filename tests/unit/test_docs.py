"""What the handbook says is what the program does."""

import dataclasses
import json
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic_core import to_jsonable_python

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


REQUIRED = object()
NO_DEFAULTS = {"required": REQUIRED, "none": None}
SettingKey = tuple[str, str, str]
"""Part, backend ("" where the part has one shape only), setting."""


def shapes() -> Iterator[tuple[str, str, type[Any]]]:
    """Every part of the settings, with each backend that it may have."""
    for part, field in Settings.model_fields.items():
        for shape in get_args(field.annotation) or (field.annotation,):
            backend = get_args(shape.model_fields["backend"].annotation)[0] if "backend" in defaults_of(shape) else ""
            yield part, backend, shape


def settings_of_the_program() -> dict[SettingKey, object]:
    return {(part, backend, name): default for part, backend, shape in shapes() for name, default in defaults_of(shape).items()}


def defaults_of(shape: type[Any]) -> dict[str, object]:
    """Every setting of one shape of a part, as JSON says its default."""
    if dataclasses.is_dataclass(shape):
        return dataclasses.asdict(shape())
    return {
        name: REQUIRED if field.is_required() else to_jsonable_python(field.default)
        for name, field in shape.model_fields.items()
    }


def settings_of_the_handbook() -> dict[SettingKey, tuple[object, str]]:
    """Default and meaning of each setting, under the headings of its part and its backend."""
    found: dict[SettingKey, tuple[object, str]] = {}
    part = backend = ""
    for line in (DOCS / "settings.md").read_text("utf-8").splitlines():
        if heading := re.match(r"## `\[(\w+)\]`: ", line):
            part, backend = heading[1], ""
        elif heading := re.match(r'### `backend = "(\w+)"`: ', line):
            backend = heading[1]
        elif line.startswith("| `"):
            name, default, meaning = (cell.strip() for cell in line.strip("|").split(" | "))
            key = (part, backend, name.strip("`"))
            assert key not in found, f"{key} is listed twice"
            found[key] = (NO_DEFAULTS[default] if default in NO_DEFAULTS else json.loads(default), meaning)
    return found


def test_every_setting_of_every_backend_is_in_the_handbook_with_its_default():
    assert {key: default for key, (default, _) in settings_of_the_handbook().items()} == settings_of_the_program()


def test_the_handbook_says_of_a_setting_what_the_program_says():
    told = settings_of_the_handbook()
    for part, backend, shape in shapes():
        for name, setting in getattr(shape, "model_fields", {}).items():  # the limits' docstrings give reasons beside
            assert told[part, backend, name][1].startswith(setting.description.rstrip(".")), (part, backend, name)


def test_the_settings_that_are_shown_are_settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CLAIMKEEP_")]:  # noqa: TID251 - they would win
        monkeypatch.delenv(name)
    shown = [Settings(**tomllib.loads(block)) for block in blocks("toml")]
    assert {"filesystem", "s3"} == {each.store.backend for each in shown}


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
    told = dict.fromkeys(line.removeprefix("$ ") for line in lines)
    return [line for line in told if line.startswith("claimkeep ")]


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
