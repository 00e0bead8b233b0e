"""Every event that the program logs is in the handbook with its members, and no member can hold a value."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("archive", "ingest", "workers", "search_api", "claimkeep")
LEVELS = ("debug", "info", "warning", "error")
MEMBERS = {"seconds", "error", "at", "place", "reason", "cause", "exit_code", "detail", "jobs", "method", "route", "status"}
MEMBERS |= {"milliseconds", "outcome"}
"""Times, counts, codes of this program, its own places and types of errors. Whoever adds one sees to it that it is no value."""


@cache
def logged() -> tuple[tuple[str, str, str, frozenset[str]], ...]:
    """File, event, level and members of every call of a logger in the program."""
    return tuple(_logged())


def _logged() -> Iterator[tuple[str, str, str, frozenset[str]]]:
    for path in sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "log":
                (event,) = node.args
                assert isinstance(event, ast.Constant), f"{path}:{node.lineno} makes up its event"
                members = frozenset(each.arg or "**" for each in node.keywords)
                yield str(path.relative_to(PROJECT)), event.value, node.func.attr, members


def handbook() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Levels and members of each event."""
    text = (PROJECT / "docs" / "operate.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([a-z, ]+) \| ([a-z_, ]*)\|", text, re.MULTILINE)
    words = re.compile(r"\w+")
    return {event: (frozenset(words.findall(levels)), frozenset(words.findall(members))) for event, levels, members in rows}


def test_every_event_is_in_the_handbook_and_the_handbook_has_no_other():
    assert {event for _, event, _, _ in logged()} == set(handbook())


def test_the_handbook_has_the_level_and_the_members_of_each():
    told = handbook()
    for file, event, level, members in logged():
        assert level in told[event][0], f"{file}: {event}"
        assert members <= told[event][1], f"{file}: {event}"


def test_no_event_has_a_member_that_may_hold_a_value():
    assert {member for _, _, _, members in logged() for member in members} <= MEMBERS


def test_no_traceback_is_logged():
    for path in (path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        assert not re.search(r"\blog\.(exception|critical)\(|exc_info", path.read_text("utf-8")), path
