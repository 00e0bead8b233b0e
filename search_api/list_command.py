"""`claimkeep search-list`."""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import click

from archive.console import (
    DONE,
    SOME_FAILED,
    Progress,
    exits_with_reason,
    home_option,
    json_option,
    print_json,
)
from archive.errors import Rejected
from archive.wiring import Archive, open_archive
from schemas.reasons import remedy
from search_api.language import Language
from search_api.lists.answering import AnsweredRow, HowToAnswer, answers, begin
from search_api.lists.columns import Columns
from search_api.lists.reading import AskedList, HowToRead, open_list
from search_api.lists.writing import Format, result
from search_api.scope import OPERATOR


@dataclass(slots=True)
class _Counts:
    """What became of the rows so far: `faults` by reason code, `tiers` of the best document of each."""

    rows: int = 0
    found: int = 0
    nothing_found: int = 0
    tiers: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, answered: AnsweredRow) -> None:
        self.rows += 1
        if answered.fault:
            self.faults[answered.fault] += 1
        elif answered.hits:
            self.found += 1
            self.tiers[answered.hits[0].tier.value] += 1
        else:
            self.nothing_found += 1


@click.command("search-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The result; one that is there is replaced."
)
@click.option(
    "--format", "chosen", type=click.Choice(("csv", "xlsx")), help="Of the result [default: xlsx where it is named so]."
)
@click.option("--column", "columns", multiple=True, metavar="KEY=COLUMN", help="name=姓名, number=B; also date, from, to.")
@click.option("--headings/--no-headings", default=True, help="Whether a row of headings stands above the others.")
@click.option("--sheet", type=click.IntRange(1), help="Of a workbook, from 1 [default: the first that is shown].")
@click.option("--most", type=click.IntRange(1, 20), help="Documents told of each row [default: the setting].")
@click.option("--wide", is_flag=True, help="Near misses too, even where something better answers.")
@click.option("--language", type=click.Choice(("zh", "en")), default="en", show_default=True, help="Of reasons and headings.")
@home_option
@json_option
@exits_with_reason
def search_list(
    file: Path,
    out: Path,
    chosen: str | None,
    columns: tuple[str, ...],
    sheet: int | None,
    most: int | None,
    language: str,
    home: Path,
    *,
    headings: bool,
    wide: bool,
    as_json: bool,
) -> None:
    """Look for every row of FILE, a CSV or XLSX list of names, numbers and dates, and write what was found to --out.

    Columns are told by their headings (姓名, 保单号, 出险日期, name, policy no, date), or by --column; all of them come back. A
    row that cannot be asked has its reason in the result, and the others go on. Exit code 1 where there is such a row.
    """
    if not out.parent.is_dir() or out.resolve() == file.resolve():
        raise click.UsageError("--out is a file of its own, in a folder that there is")
    said = cast("Language", language)
    file_format: Format = cast("Format", chosen) if chosen else "xlsx" if out.suffix.lower() == ".xlsx" else "csv"
    with open_archive(home) as archive:
        asked = open_list(_read(file, archive), archive.settings.lists, HowToRead(columns, headings, sheet))
        how = HowToAnswer(most or archive.settings.lists.candidates, wide, said)
        counts, progress = _Counts(), Progress("rows", quiet=as_json)
        blocks = answers(archive, asked, OPERATOR, how, begin(archive, asked, OPERATOR))
        shown = _shown(blocks, counts, lambda: progress.show(counts.rows, asked.count, f"{counts.found} found"))
        _write(out, result(file_format, asked.columns.headings, shown, said))
        seconds = progress.end()
    if as_json:
        print_json(_told(asked, counts, out))
    else:
        _print(asked, counts, out, seconds)
    sys.exit(SOME_FAILED if counts.faults else DONE)


def _read(file: Path, archive: Archive) -> bytes:
    """Raises Rejected(too_large | file_unreadable)."""
    try:
        with file.open("rb") as stream:
            data = stream.read(archive.settings.lists.max_bytes + 1)
    except OSError as error:
        raise Rejected("file_unreadable") from error
    if len(data) > archive.settings.lists.max_bytes:
        raise Rejected("too_large")
    return data


def _shown(
    blocks: Iterable[tuple[AnsweredRow, ...]], counts: _Counts, show: Callable[[], None]
) -> Iterator[tuple[AnsweredRow, ...]]:
    show()
    for block in blocks:
        for answered in block:
            counts.add(answered)
        show()
        yield block


def _write(out: Path, parts: Iterable[bytes]) -> None:
    """Under its name once it is whole: half a result would pass for one. Raises Rejected(out_unwritable)."""
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=".search-list-", delete=False) as target:
            unfinished = Path(target.name)
            try:
                target.writelines(parts)
                target.flush()
                unfinished.replace(out)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise Rejected("out_unwritable") from error


def _told(asked: AskedList, counts: _Counts, out: Path) -> dict[str, object]:
    return {
        "rows": counts.rows,
        "found": counts.found,
        "nothing_found": counts.nothing_found,
        "tiers": dict(counts.tiers),
        "faults": dict(counts.faults),
        "columns": {key: list(names) for key, names in _used(asked.columns).items()},
        "out": str(out),
    }


def _used(columns: Columns) -> dict[str, tuple[str, ...]]:
    return {key: tuple(columns.headings[place] for place in places) for key, places in columns.of.items()}


def _print(asked: AskedList, counts: _Counts, out: Path, seconds: float) -> None:
    asked_by = "; ".join(f"{key} from {', '.join(names)}" for key, names in _used(asked.columns).items())
    tiers = ", ".join(f"{count} {tier}" for tier, count in sorted(counts.tiers.items()))
    click.echo(f"{out} written: {counts.rows} rows in {seconds:.1f} s ({asked_by}).")
    click.echo(f"{counts.found} found{f' ({tiers})' if tiers else ''}, {counts.nothing_found} not found.")
    for reason, count in sorted(counts.faults.items()):
        click.echo(f"{count} not asked, {reason}: {remedy(reason).en}", err=True)
