"""`claimkeep reread`, `use-reading` and `confirm`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from archive.catalog import documents, work
from archive.catalog.page_filter import parse_filter
from archive.console import DONE, SOME_FAILED, Progress, exits_with_reason, home_option, json_option, print_json, sparingly
from archive.logs import set_up_logs
from archive.wiring import Archive, open_archive
from schemas.claim import FIELD_NAMES
from schemas.reasons import remedy
from schemas.work import Stage
from workers import named_engines
from workers.anew import confirm as confirming
from workers.anew import reread as rereading
from workers.anew.reread import Outcome, Reread, Selected
from workers.commands.work import count_failures, default_processes
from workers.running.pools import make_pool

_LISTED = 20
"""Pages that stay as they were, named one by one; all of them are in the JSON."""


@click.command()
@click.option(
    "--where",
    required=True,
    help="Which pages: conditions joined by `and`, such as 'confidence<0.8 and class=medical_bill'.",
)
@click.option("--engine", type=click.Choice(named_engines.NAMES), required=True, help="Who reads them.")
@click.option("--dry-run", is_flag=True, help="Say how many pages of how many documents it is, and read none.")
@click.option("--force", is_flag=True, help="Read those pages too that this version of the engine has read before.")
@click.option("--processes", type=click.IntRange(1, 256), help="Worker processes [default: the setting, or one a core].")
@home_option
@json_option
@exits_with_reason
def reread(where: str, engine: str, processes: int | None, home: Path, *, dry_run: bool, force: bool, as_json: bool) -> None:
    """Read the pages that --where means again with another engine, and make their documents anew.

    What was read before stays as an older version, and a page keeps it where the engine fails or finds no text. Fields that
    people confirmed stay. Redacted files made from older readings are not served until they are made and verified again.

    It may be interrupted at any time: the same command goes on with it, and so does `claimkeep work`.

    \b
    Fields: confidence, engine, state, reason, class, document, batch, version
    Operators: = != < <= > >=; what is unknown matches only `confidence=unknown`
    """
    page_filter = parse_filter(where)
    with open_archive(home) as archive:
        set_up_logs(archive.settings.log.level)
        selected = rereading.select(archive, page_filter, engine, named_engines.engine_key(engine), again=force)
        if dry_run:
            _say_selected(selected, as_json=as_json)
            return
        rereading.put(archive, selected, page_filter)
        before, progress = count_failures(archive), Progress("reading again", quiet=as_json)
        finished = not selected.pages or _read(archive, selected, processes, progress)
        pages, seconds = rereading.outcomes(archive, selected), progress.end()
        _say_outcomes(selected, pages, seconds, finished=finished, as_json=as_json)
        is_well = finished and not any(page.reason for page in pages) and count_failures(archive) <= before
    sys.exit(DONE if is_well else SOME_FAILED)


def _read(archive: Archive, selected: Selected, processes: int | None, progress: Progress) -> bool:
    """False where it was asked to stop before all was done."""
    show = sparingly(lambda: _show(archive, selected, progress))
    pool = make_pool(archive, processes or default_processes(archive), show)
    finished = pool.run()
    _show(archive, selected, progress)
    return finished


def _show(archive: Archive, selected: Selected, progress: Progress) -> None:
    total = len(selected.pages)
    with archive.catalog.read() as connection:
        unread = work.count_open(connection, Stage.READ, selected.engine)
        of_documents, _ = documents.totals(connection)
    progress.show(max(total - unread, 0), total, f"pages, {of_documents['waiting']} documents on the way")


def _selected_json(selected: Selected) -> dict[str, Any]:
    return {
        "engine": selected.engine,
        "pages": len(selected.pages),
        "documents": len(selected.documents),
        "already_read": selected.already,
        "busy": selected.busy,
    }


def _say_selected(selected: Selected, *, as_json: bool) -> None:
    if as_json:
        print_json({**_selected_json(selected), "dry_run": True})
        return
    click.echo(f"{len(selected.pages)} pages of {len(selected.documents)} documents are to be read again by {selected.engine}.")
    _say_passed_over(selected)


def _say_passed_over(selected: Selected) -> None:
    if selected.already:
        click.echo(f"{selected.already} pages were read by this version of {selected.engine} before; --force reads them again.")
    if selected.busy:
        click.echo(f"{selected.busy} pages wait to be read by another engine. Run `claimkeep work`, then this again.")


def _say_outcomes(selected: Selected, pages: Sequence[Reread], seconds: float, *, finished: bool, as_json: bool) -> None:
    counts, kept, means = rereading.counts(pages), [each for each in pages if each.reason], rereading.mean_confidences(pages)
    if as_json:
        names = ("document", "page_number", "reason")
        print_json(
            {
                **_selected_json(selected),
                "dry_run": False,
                "finished": finished,
                "seconds": round(seconds, 1),
                "outcomes": {outcome.value: count for outcome, count in counts.items()},
                "mean_confidence": {"before": round(means[0], 4), "after": round(means[1], 4)} if means else None,
                "kept": [
                    dict(zip(names, (each.before.document_id, each.before.page_number, each.reason), strict=True))
                    for each in kept
                ],
            }
        )
        return
    if not pages:
        _say_selected(selected, as_json=False)
        return
    click.echo(
        f"{len(pages)} pages of {len(selected.documents)} documents: {counts[Outcome.BETTER]} read with better confidence, "
        f"{counts[Outcome.WORSE]} with worse, {counts[Outcome.SAME]} with the same, "
        f"{counts[Outcome.NOT_COMPARABLE]} not comparable; {counts[Outcome.FAILED]} failed, {counts[Outcome.BLANK]} blank"
    )
    if means:
        click.echo(f"mean confidence {means[0]:.3f} before, {means[1]:.3f} after, of pages with both")
    _say_kept(kept)
    if counts[Outcome.WAITING]:
        click.echo(f"{counts[Outcome.WAITING]} pages still wait. Run this again, or `claimkeep work`.")
    _say_passed_over(selected)
    click.echo(f"{'done' if finished else 'stopped'} after {seconds:.1f} s")


def _say_kept(kept: Sequence[Reread]) -> None:
    """Which pages stay as they were, and once for each reason what to do."""
    for each in kept[:_LISTED]:
        click.echo(f"{each.before.document_id} page {each.before.page_number} keeps its older reading: {each.reason}")
    if len(kept) > _LISTED:
        click.echo(f"and {len(kept) - _LISTED} more pages; --json names all")
    for reason in sorted({each.reason for each in kept if each.reason}):
        click.echo(f"{reason}: {remedy(reason).en}")


@click.command("use-reading")
@click.argument("document")
@click.argument("page", type=click.IntRange(1))
@click.argument("version", type=click.IntRange(1))
@home_option
@json_option
@exits_with_reason
def use_reading(document: str, page: int, version: int, home: Path, *, as_json: bool) -> None:
    """Go back to an older reading of a page, or to a newer one: have PAGE of DOCUMENT show VERSION.

    `claimkeep show` lists the versions. Run `claimkeep work` afterwards: the document's files are made and verified again.
    """
    with open_archive(home) as archive:
        changed = rereading.use_reading(archive, document, page, version)
    if as_json:
        print_json({"document": document, "page_number": page, "version": version, "changed": changed})
    elif changed:
        click.echo(f"Page {page} shows version {version} now. Run `claimkeep work` to make the document's files again.")
    else:
        click.echo(f"Page {page} shows version {version} already.")


@click.command()
@click.argument("document")
@click.argument("field", type=click.Choice(FIELD_NAMES))
@click.option("--value", help="What it says, where that is not what was found; - reads it from standard input.")
@click.option("--page", type=click.IntRange(1), help="On which page it stands [default: where it was found].")
@click.option("--operator", help="Who says so; kept sealed with the value.")
@home_option
@json_option
@exits_with_reason
def confirm(
    document: str, field: str, value: str | None, page: int | None, operator: str | None, home: Path, *, as_json: bool
) -> None:
    """Confirm what was found as FIELD of DOCUMENT, or put it right with --value. No later reading changes it.

    A value that is put right is hidden and found like one that was read: run `claimkeep work` afterwards. What is written on a
    command line stays in the shell's history; `--value -` keeps it out.
    """
    written = sys.stdin.readline().strip() if value == "-" else value
    if written is not None and not written.strip():
        raise click.BadParameter("the value is empty", param_hint="--value")
    with open_archive(home) as archive:
        done = confirming.confirm(archive, document, field, written, page, operator)
    if as_json:
        print_json({"document": document, "field": field, "page_number": done.page_number, "corrected": done.corrected})
    elif done.corrected:
        click.echo(f"{field} of {document} is put right. Run `claimkeep work` to make the document's files again.")
    else:
        click.echo(f"{field} of {document} is confirmed.")
