"""`claimkeep queue`: what lies in the work queue, and the messages that nobody could take."""

from collections import Counter
from pathlib import Path

import click

from archive.catalog import work
from archive.console import exits_with_reason, home_option, json_option, print_json, print_table
from archive.errors import NotFound, Refused
from archive.queue.dead_letters import DeadLetter, KeepsDeadLetters
from archive.wiring import Archive, open_archive
from schemas.work import Stage


@click.group()
def queue() -> None:
    """Look into the work queue, and see to the messages that nobody could take."""


@queue.command()
@home_option
@json_option
@exits_with_reason
def status(home: Path, *, as_json: bool) -> None:
    """Count what waits for each step: steps in the catalog, which decides, and messages in the queue."""
    with open_archive(home) as archive:
        with archive.catalog.read() as connection:
            counts = work.counts(connection)
        depths = archive.queue.depths()
        dead = archive.queue.count_dead() if isinstance(archive.queue, KeepsDeadLetters) else 0
    rows = [
        (stage.value, *(counts.get((stage, state), 0) for state in ("waiting", "leased")), depths[stage]) for stage in Stage
    ]
    headings = ("stage", "waiting", "in_hand", "messages")
    if as_json:
        print_json({"stages": [dict(zip(headings, row, strict=True)) for row in rows], "dead_letters": dead})
    else:
        print_table(headings, rows)
        click.echo(f"{dead} dead letters")


@queue.command()
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many to show.")
@home_option
@json_option
@exits_with_reason
def dead(limit: int, home: Path, *, as_json: bool) -> None:
    """List messages that could not be read, or were brought too often, and count them by reason. They stay where they are."""
    with open_archive(home) as archive:
        kept = _letters_of(archive)
        count, letters = kept.count_dead(), kept.dead(limit)
    if as_json:
        print_json({"count": count, "reasons": Counter(each.reason for each in letters), "letters": [*map(_shown, letters)]})
        return
    rows = [_shown(each) for each in letters]
    print_table(tuple(rows[0]) if rows else ("message",), [tuple(row.values()) for row in rows])
    click.echo(f"{count} dead letters" + (f", the oldest {len(letters)} shown" if len(letters) < count else ""))


@queue.command()
@click.argument("message", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@home_option
@json_option
@exits_with_reason
def replay(message: tuple[str, ...], home: Path, *, everything: bool, as_json: bool) -> None:
    """Announce the steps of dead letters anew: of each MESSAGE, or of --all. What cannot be read stays."""
    if bool(message) is everything:
        raise click.UsageError("name messages, or give --all")
    with open_archive(home) as archive:
        count = _letters_of(archive).replay(None if everything else message)
    if message and not count:
        raise NotFound("no_such_message", ", ".join(message))
    if as_json:
        print_json({"replayed": count})
    else:
        click.echo(f"{count} announced again")


@queue.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@home_option
@json_option
@exits_with_reason
def purge(home: Path, *, yes: bool, as_json: bool) -> None:
    """Remove all dead letters. The steps stay in the catalog, and are announced again if they wait there."""
    with open_archive(home) as archive:
        kept = _letters_of(archive)
        if not yes:
            click.confirm(f"Remove {kept.count_dead()} dead letters?", abort=True, err=True)
        count = kept.purge_dead()
    if as_json:
        print_json({"removed": count})
    else:
        click.echo(f"{count} removed")


def _letters_of(archive: Archive) -> KeepsDeadLetters:
    if not isinstance(archive.queue, KeepsDeadLetters):
        raise Refused("no_messages")
    return archive.queue


def _shown(letter: DeadLetter) -> dict[str, object]:
    job = letter.job
    return {
        "message": letter.message_id,
        "queue": letter.queue,
        "reason": letter.reason,
        "count": letter.count,
        "since": letter.since,
        "document": job.document_id if job else None,
        "page": job.page_number if job else None,
        "audience": job.audience if job else None,
    }
