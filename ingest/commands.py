"""`claimkeep ingest`."""

import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import click

from archive.console import (
    CANNOT_GO_ON,
    DONE,
    SOME_FAILED,
    Progress,
    exits_with_reason,
    explain,
    home_option,
    json_option,
    print_json,
)
from archive.custody import Custody, open_batch
from archive.errors import Unavailable
from archive.wiring import Archive, open_archive
from ingest.intake import Receipt, holds_already, refuse, take
from schemas.reasons import remedy


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", help="Device or place that the files come from.")
@click.option("--box", help="Box or folder that the paper lay in.")
@click.option("--operator", help="Who takes them in.")
@click.option("--batch", help="Go on with this batch: what it has already is passed over.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over files whose name fits, such as '*.txt'.")
@home_option
@json_option
@exits_with_reason
def ingest(
    paths: tuple[Path, ...],
    source: str | None,
    box: str | None,
    operator: str | None,
    batch: str | None,
    exclude: tuple[str, ...],
    home: Path,
    *,
    as_json: bool,
) -> None:
    """Take in files and folders (with all that is in them) as one batch.

    A file is taken in when its line has come back: sealed, and synced to disk. Each file that is refused is listed with the
    reason and what to do; the others go on.
    """
    if batch is None and not (source and box and operator):
        raise click.UsageError("a new batch needs --source, --box and --operator")
    files = [path for path in _files(paths) if not any(fnmatch(path.name, pattern) for pattern in exclude)]
    with open_archive(home) as archive:
        batch_id = batch or open_batch(archive, Custody(source or "", box or "", operator or ""))
        taken = _take_all(archive, batch_id, files, quiet=as_json, resumed=batch is not None)
    _report(batch_id, taken, as_json=as_json)
    sys.exit(_exit_code(taken))


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of the files, and why not all of them were come to, where a part of the archive did not answer."""

    receipts: tuple[Receipt, ...]
    stopped: Unavailable | None = None


def _exit_code(taken: _Taken) -> int:
    if taken.stopped is not None:
        return CANNOT_GO_ON
    held = any(receipt.is_held for receipt in taken.receipts)
    refused = any(receipt.outcome == "refused" for receipt in taken.receipts)
    return DONE if not refused else SOME_FAILED if held else CANNOT_GO_ON


def _take_all(archive: Archive, batch_id: str, files: list[Path], *, quiet: bool, resumed: bool) -> _Taken:
    progress = Progress("taking in", quiet=quiet)
    receipts: list[Receipt] = []
    try:
        for done, path in enumerate(files):
            progress.show(done, len(files), "files")
            for receipt in _take_path(archive, batch_id, path, resumed=resumed):
                receipts.append(receipt)  # noqa: PERF402 - what came before an error is kept
        progress.show(len(files), len(files), "files")
    except Unavailable as error:
        return _Taken(tuple(receipts), error)
    finally:
        progress.end()
    return _Taken(tuple(receipts))


def _take_path(archive: Archive, batch_id: str, path: Path, *, resumed: bool) -> Iterator[Receipt]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or device would be waited on for ever
            yield refuse(archive, batch_id, str(path), "file_unreadable")
            return
        with path.open("rb") as stream:
            if resumed and holds_already(archive, batch_id, str(path), stream):
                return
            yield from take(archive, batch_id, str(path), stream)
    except OSError:
        yield refuse(archive, batch_id, str(path), "file_unreadable")


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Every file under *paths*, in order. A path that is not there is given too: it is refused by name, not passed over."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                yield Path(folder) / name


def _report(batch_id: str, taken: _Taken, *, as_json: bool) -> None:
    outcomes = Counter(receipt.outcome for receipt in taken.receipts)
    if as_json:
        items = [
            {"path": each.path, "outcome": each.outcome, "reason": each.reason, "document": each.document_id}
            for each in taken.receipts
        ]
        stopped = taken.stopped.reason if taken.stopped else None
        print_json({"batch": batch_id, "outcomes": dict(outcomes), "items": items, "stopped": stopped})
        return
    for receipt in taken.receipts:
        if receipt.outcome == "refused" and receipt.reason:
            click.echo(f"refused {receipt.path}: {receipt.reason}. {remedy(receipt.reason).en}", err=True)
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    click.echo(f"batch {batch_id}: {counts or 'nothing was taken in'}")
    if taken.stopped is not None:
        explain(taken.stopped)
        click.echo(f"What is listed is taken in. Go on later: the same command with --batch {batch_id}", err=True)
