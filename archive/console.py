"""How commands speak: exit codes, JSON or plain words, progress on a terminal and in a log."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import update_wrapper
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from archive.errors import ArchiveError
from archive.settings import home_from_environment
from schemas.reasons import remedy

DONE, SOME_FAILED, USAGE, CANNOT_GO_ON = 0, 1, 2, 3
"""Exit codes. 2 is click's own for a wrong option or argument."""

_PLAIN_LINE_SECONDS = 5.0  # between two progress lines where nobody watches

P = ParamSpec("P")
R = TypeVar("R")


def _no_archive_named() -> NoReturn:
    raise click.UsageError("say which archive: --home DIR, or CLAIMKEEP_HOME in the environment")


def home_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds `--home`, a folder; without it CLAIMKEEP_HOME counts."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=home_from_environment,
        callback=lambda _context, _parameter, value: value or _no_archive_named(),
        help="The archive's folder [default: $CLAIMKEEP_HOME].",
    )(command)


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def exits_with_reason(command: Callable[P, R]) -> Callable[P, R]:
    """An ArchiveError ends the command with exit code 3, its reason code, and the sentence that says what to do."""

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ArchiveError as error:
            explain(error)
            sys.exit(CANNOT_GO_ON)

    return update_wrapper(run, command)


def explain(error: ArchiveError) -> None:
    """Say on standard error what is wrong and what to do."""
    where = f" ({error.detail})" if error.detail else ""
    click.echo(f"{error.reason}{where}: {remedy(error.reason).en}", err=True)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as they need; wide (Chinese) characters count double."""
    table = [[str(cell) if cell is not None else "" for cell in row] for row in (headings, *rows)]
    widths = [max(_width(row[column]) for row in table) for column in range(len(headings))]
    for row in table:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if "\u1100" <= char <= "\u115f" or "\u2e80" <= char <= "\uffe6" else 1 for char in text)


@dataclass(slots=True)
class Progress:
    """One line that says how far long work is: redrawn on a terminal, now and then a new line elsewhere, on standard error."""

    label: str
    quiet: bool = False
    _shown: str = ""
    _last_at: float = field(default=-_PLAIN_LINE_SECONDS)
    _began: float = field(default_factory=time.monotonic)

    def show(self, done: int, total: int, note: str = "") -> None:
        """*done* of *total*; 100 % is shown when the last is done, never before."""
        share = f"{int(100 * done / total):3d}%" if total else "    "
        line = f"{self.label} {share} {done}/{total} {note}".rstrip()
        if self.quiet or line == self._shown:
            return
        if sys.stderr.isatty():
            bar = "█" * int(24 * done / total) if total else ""
            sys.stderr.write(f"\r\x1b[K{self.label} {bar:░<24} {share} {done}/{total} {note}")
            sys.stderr.flush()
        elif time.monotonic() - self._last_at >= _PLAIN_LINE_SECONDS or (total and done == total):
            click.echo(line, err=True)
            self._last_at = time.monotonic()
        else:
            return
        self._shown = line

    def end(self) -> float:
        """Close the line; gives the seconds since the beginning."""
        if not self.quiet and sys.stderr.isatty():
            click.echo(err=True)
        return time.monotonic() - self._began


def sparingly(show: Callable[[], None]) -> Callable[[], None]:
    """*show*, left out as often as is needed for it to take a twentieth of the time: counting takes seconds in a large
    archive."""
    next_at = 0.0

    def show_now_and_then() -> None:
        nonlocal next_at
        began = time.monotonic()
        if began >= next_at:
            show()
            ended = time.monotonic()
            next_at = ended + 19 * (ended - began)

    return show_now_and_then
