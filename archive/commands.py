"""Commands about the archive itself."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive.access import newest_alarms
from archive.catalog import derivatives, documents, grants, intake, readings, users
from archive.catalog import work as work_rows
from archive.catalog.documents import Page
from archive.catalog.intake import BatchCounts
from archive.catalog.readings import Reading
from archive.catalog.searches import searches
from archive.console import (
    CANNOT_GO_ON,
    exits_with_reason,
    home_option,
    json_option,
    print_json,
    print_table,
)
from archive.custody import item_path, read_custody
from archive.fields import shown_fields
from archive.search_keys.asked import asked_tokens
from archive.wiring import Archive, create_archive, open_archive
from schemas.query import Query
from schemas.reasons import remedy


@click.command()
@click.option(
    "--settings",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of settings to begin with, such as one that names servers. It is copied.",
)
@home_option
@json_option
@exits_with_reason
def init(settings: Path | None, home: Path, *, as_json: bool) -> None:
    """Make a new, empty archive in the folder --home.

    Its keys are made with it, in the subfolder keys. Copy them to a safe place: without them nothing in the archive can ever
    be opened again. Where the settings name servers, the account they name must be one that may set them up.
    """
    with create_archive(home, settings=settings.read_text("utf-8")) if settings else create_archive(home):
        pass
    if as_json:
        print_json({"home": str(home)})
    else:
        click.echo(f"Archive made in {home}. Copy {home / 'keys'} to a safe place: without it nothing can be opened.")


@click.command()
@click.argument("batch", required=False)
@home_option
@json_option
@exits_with_reason
def status(batch: str | None, home: Path, *, as_json: bool) -> None:
    """Show where BATCH stands, or every batch."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        wanted = [batch] if batch else intake.batch_ids(connection)
        counts = [intake.batch_counts(connection, batch_id) for batch_id in wanted]
        waiting = sum(count for (_, state), count in work_rows.counts(connection).items() if state in {"waiting", "leased"})
    if as_json:
        print_json({"batches": [_batch_json(each) for each in counts], "steps_waiting": waiting})
        return
    if not counts:
        click.echo("No batch yet. Take one in with `claimkeep ingest PATH --source TEXT --box TEXT --operator TEXT`.")
        return
    print_table(
        ("batch", "files", "refused", "documents", "failed", "pages", "read", "blank", "failed", "waiting"),
        [_batch_row(each) for each in counts],
    )
    if batch:
        for reasons in (counts[0].refusals, counts[0].page_failures):
            for code, count in reasons.items():
                click.echo(f"{count} x {code}: {remedy(code).en}" if code else f"{count} skipped")
    if waiting:
        click.echo(f"{waiting} steps wait. Run `claimkeep work`.")


def _batch_json(counts: BatchCounts) -> dict[str, Any]:
    totals = {"pages_total": counts.pages_total, "pages_final": counts.pages_final, "is_final": counts.is_final}
    return {"batch" if name == "batch_id" else name: value for name, value in asdict(counts).items()} | totals


def _batch_row(counts: BatchCounts) -> tuple[object, ...]:
    return (
        counts.batch_id,
        sum(counts.items.values()),
        counts.items.get("refused", 0),
        sum(counts.documents.values()),
        counts.documents.get("failed", 0),
        counts.pages_total,
        *(counts.pages.get(state, 0) for state in ("read", "blank", "failed", "waiting")),
    )


@click.command()
@click.argument("document")
@home_option
@json_option
@exits_with_reason
def show(document: str, home: Path, *, as_json: bool) -> None:
    """Show DOCUMENT: its state, the claim's fields, where it came from, and the files made from it."""
    with open_archive(home) as archive:
        value = _document_json(archive, document)
    if as_json:
        print_json(value)
        return
    for name in ("document", "state", "reason", "media_type", "size", "digest", "page_count", "document_class"):
        if value[name] is not None:
            click.echo(f"{name:15} {value[name]}")
    click.echo(f"{'pages':15} " + ", ".join(f"{count} {state}" for state, count in value["pages"].items()))
    for name, claim_field in value["fields"].items():
        click.echo(f"{name:15} {claim_field['value']}  (page {claim_field['page_number']})")
    for entry in value["custody"]:
        click.echo(f"{'received':15} {entry['received_at']}  {entry['batch']}  {entry['box']}  {entry['path']}")
    for each in value["readings"]:
        if not each["current"] or each["version"] > 1:  # the first and only one is told with the pages
            click.echo(f"{'page ' + str(each['page_number']):15} " + _reading_line(each))
    for made in value["derivatives"]:
        click.echo(f"{'for ' + made['audience']:15} {made['state']}, version {made['version']}, policy {made['policy']}")


def _document_json(archive: Archive, document_id: str) -> dict[str, Any]:
    with archive.catalog.read() as connection:
        row = documents.get(connection, document_id)
        counts = documents.page_counts(connection, document_id)
        pages_of = {page.page_number: page for page in documents.pages_of(connection, document_id)}
        versions = readings.of_document(connection, document_id)
        made = derivatives.current(connection, document_id)
        items = intake.items_of_document(connection, document_id)
    return {
        "document": row.document_id,
        "state": row.state,
        "reason": row.reason,
        "media_type": row.media_type,
        "size": row.size,
        "digest": row.digest,
        "page_count": row.page_count,
        "pages": {state.value: count for state, count in sorted(counts.items())},
        "failed_pages": [{"page_number": page.page_number, "reason": page.reason} for page in pages_of.values() if page.reason],
        "remarks": list(row.remarks),
        "document_class": row.document_class,
        "fields": shown_fields(archive, row),
        "readings": [_reading_json(each, pages_of[each.page_number]) for each in versions],
        "custody": [
            {
                "batch": item.batch_id,
                "outcome": item.outcome,
                "received_at": item.received_at,
                "path": item_path(archive.keys, item),
                **asdict(read_custody(archive, item.batch_id)),
            }
            for item in items
        ],
        "derivatives": [
            {"audience": each.audience, "version": each.version, "state": each.state, "policy": each.policy}
            | {"digest": each.digest, "size": each.size, "leaks": len(each.leaks), "certificate": each.certificate_digest}
            for each in made
        ],
    }


def _reading_json(reading: Reading, page: Page) -> dict[str, Any]:
    names = ("page_number", "version", "state", "reason", "engine", "confidence", "made_at")
    return {**{name: getattr(reading, name) for name in names}, "current": reading.version == page.version}


def _reading_line(reading: dict[str, Any]) -> str:
    said = (reading["state"], reading["reason"], reading["engine"], _short(reading["confidence"]))
    words = [f"version {reading['version']}", *(str(each) for each in said if each is not None)]
    return ", ".join(words) + (" (current)" if reading["current"] else "")


@click.command()
@click.argument("document")
@home_option
@json_option
@exits_with_reason
def pages(document: str, home: Path, *, as_json: bool) -> None:
    """List the pages of DOCUMENT with state and reason."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        documents.get(connection, document)
        rows = documents.pages_of(connection, document)
    names = ("page_number", "state", "reason", "width", "height", "rotation", "confidence", "engine", "version")
    if as_json:
        print_json({"document": document, "pages": [{name: getattr(row, name) for name in names} for row in rows]})
    else:
        print_table(names, [[_short(getattr(row, name)) for name in names] for row in rows])


def _short(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value


@click.group()
def audit() -> None:
    """Check the ledger of everything that happened."""


@audit.command("verify")
@home_option
@json_option
@exits_with_reason
def audit_verify(home: Path, *, as_json: bool) -> None:
    """Walk the whole ledger; name the first entry that was changed, removed, reordered or cut off (exit code 3)."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        report = archive.ledger.verify(connection)
    if as_json:
        print_json({**asdict(report), "intact": report.intact})
    elif report.intact:
        click.echo(f"The ledger is intact: {report.entries} entries.")
    else:
        click.echo(f"The ledger is not intact: entry {report.first_bad}: {report.fault}.", err=True)
    if not report.intact:
        sys.exit(CANNOT_GO_ON)


@audit.command("alarms")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Alarms to show.")
@click.option("--after", type=click.IntRange(1), help="Go on behind the alarm of this number.")
@home_option
@json_option
@exits_with_reason
def audit_alarms(limit: int, after: int | None, home: Path, *, as_json: bool) -> None:
    """List who saw more documents or people within an hour than the settings allow, the newest first."""
    with open_archive(home) as archive:
        found = newest_alarms(archive, limit + 1, after)
    shown = found[:limit]
    following = shown[-1].alarm_id if len(found) > limit else None
    if as_json:
        print_json({"alarms": [asdict(each) for each in shown], "next": following})
    elif not shown:
        click.echo("No alarm.")
    else:
        rows = [(each.alarm_id, each.raised_at, each.user_id, each.kind, each.count, each.threshold) for each in shown]
        print_table(("alarm", "raised", "user", "kind", "count", "allowed"), rows)


@audit.command("searches")
@click.option("--user", help="Only searches of this user.")
@click.option("--name", help="Only searches for this name, as it was typed but for blanks, dots and small letters.")
@click.option("--number", help="Only searches for this number, as it was typed but for separators and small letters.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Searches to show.")
@home_option
@json_option
@exits_with_reason
def audit_searches(user: str | None, name: str | None, number: str | None, limit: int, home: Path, *, as_json: bool) -> None:
    """List searches, the newest first: who asked, when, by which keys, how many were found. What was typed is not kept."""
    with open_archive(home) as archive:
        tokens = asked_tokens(archive.search_key, Query(name=name, number=number))
        with archive.catalog.read() as connection:
            found = searches(connection, user, tokens, limit)
    if as_json:
        print_json({"searches": [asdict(each) for each in found]})
    else:
        rows = [(each.at, each.user, ", ".join(each.keys), each.hits, each.list_id, each.rows) for each in found]
        print_table(("at", "user", "keys", "hits", "list", "rows"), rows)


@click.group("users")
def users_group() -> None:
    """Add, list and remove those who may use the API."""


@users_group.command("add")
@click.argument("user")
@click.option("--role", type=click.Choice(users.ROLES), required=True, help="What the user may do.")
@click.option("--granted-only", is_flag=True, help="A handler who sees no document but what `collections grant` grants.")
@home_option
@json_option
@exits_with_reason
def users_add(user: str, role: str, home: Path, *, granted_only: bool, as_json: bool) -> None:
    """Add USER and print the token to send with each request. It is shown this once only."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        at = work_rows.moment(archive.clock())
        token = users.add(connection, user, role, at)
        if granted_only:
            grants.restrict(connection, user, at)
        archive.ledger.append(connection, "user.added", user=user, role=role, granted_only=granted_only)
    if as_json:
        print_json({"user": user, "role": role, "token": token})
    else:
        click.echo(token)


@users_group.command("list")
@home_option
@json_option
@exits_with_reason
def users_list(home: Path, *, as_json: bool) -> None:
    """List the users and their roles."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        everyone = users.everyone(connection)
    if as_json:
        print_json({"users": [{"user": each.user_id, "role": each.role, "added_at": each.added_at} for each in everyone]})
    else:
        print_table(("user", "role", "added"), [(each.user_id, each.role, each.added_at) for each in everyone])


@users_group.command("remove")
@click.argument("user")
@home_option
@exits_with_reason
def users_remove(user: str, home: Path) -> None:
    """Make USER's token worthless."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        users.remove(connection, user, work_rows.moment(archive.clock()))
        archive.ledger.append(connection, "user.removed", user=user)
