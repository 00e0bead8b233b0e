"""`claimkeep breakglass`. The page itself is seen over the API alone, which knows who asks."""

from pathlib import Path
from typing import Any

import click

from archive.catalog.unmaskings import Unmasking
from archive.console import exits_with_reason, home_option, json_option, print_json, print_table
from archive.people import reviewer_with
from archive.review import unmasking
from archive.review.commands import reason_option, token_option
from archive.review.unmasking import Told
from archive.wiring import open_archive

_NAMES = ("state", "asked_by", "asked_at", "decided_by", "decided_at", "until", "alarmed", "views")


@click.group()
def breakglass() -> None:
    """See one page unmasked: asked for with a reason, granted by somebody else, for some minutes, all in the ledger."""


@breakglass.command("ask")
@click.argument("document")
@click.argument("page", type=click.IntRange(1))
@reason_option
@token_option
@home_option
@json_option
@exits_with_reason
def ask(document: str, page: int, reason: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Ask for leave to see PAGE of DOCUMENT as it came in."""
    with open_archive(home) as archive:
        asked = unmasking.ask(archive, reviewer_with(archive, token_file).user_id, document, page, reason)
    if as_json:
        print_json(_json(asked))
        return
    click.echo(f"{asked.request_id} is asked. Somebody else grants it: claimkeep breakglass grant {asked.request_id}")
    if asked.alarmed:
        click.echo("So many requests within an hour raise an alarm.", err=True)


@breakglass.command("grant")
@click.argument("request")
@token_option
@home_option
@json_option
@exits_with_reason
def grant(request: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Grant what somebody else asked for. Workers draw the page; the asker gets it at /api/break-glass/REQUEST/image."""
    with open_archive(home) as archive:
        granted = unmasking.grant(archive, reviewer_with(archive, token_file).user_id, request)
    if as_json:
        print_json(_json(granted))
    else:
        click.echo(f"{granted.asked_by} may see page {granted.page_number} of {granted.document_id} until {granted.until}.")


@breakglass.command("refuse")
@click.argument("request")
@token_option
@home_option
@json_option
@exits_with_reason
def refuse(request: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Refuse what somebody else asked for."""
    with open_archive(home) as archive:
        refused = unmasking.refuse(archive, reviewer_with(archive, token_file).user_id, request)
    if as_json:
        print_json(_json(refused))
    else:
        click.echo(f"{refused.request_id} is refused.")


@breakglass.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option("--after", help="The request that the list before ended with.")
@home_option
@json_option
@exits_with_reason
def list_(limit: int, after: str | None, home: Path, *, as_json: bool) -> None:
    """List the requests, the newest first, with reason and what became of each."""
    with open_archive(home) as archive:
        found = unmasking.newest(archive, limit + 1, after)
    shown = found[:limit]
    more = shown[-1].unmasking.request_id if len(found) > limit else None
    if as_json:
        print_json({"requests": [_told_json(each) for each in shown], "next": more})
        return
    rows = [(each.unmasking.request_id, *_row(each.unmasking), each.reason or each.unreadable) for each in shown]
    print_table(("request", "document", "page", "state", "asked by", "asked at", "decided by", "until", "reason"), rows)
    if more:
        click.echo(f"More: --after {more}")


def _json(found: Unmasking) -> dict[str, Any]:
    about = {"request": found.request_id, "document": found.document_id, "page_number": found.page_number}
    return {**about, **{name: getattr(found, name) for name in _NAMES}}


def _told_json(told: Told) -> dict[str, Any]:
    return {**_json(told.unmasking), "reason": told.reason, "unreadable": told.unreadable}


def _row(found: Unmasking) -> tuple[object, ...]:
    state = f"{found.state}, alarm" if found.alarmed else found.state
    return found.document_id, found.page_number, state, found.asked_by, found.asked_at, found.decided_by, found.until
