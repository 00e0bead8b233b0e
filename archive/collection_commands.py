"""`claimkeep collections`: batches under a name, and who sees nothing but what is granted to them."""

import re
from dataclasses import asdict
from pathlib import Path

import click

from archive.catalog import grants
from archive.catalog.work import moment
from archive.console import exits_with_reason, home_option, json_option, print_json, print_table
from archive.wiring import open_archive

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _named(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Names stand in the ledger and in the open: letters, digits and signs, so that nobody writes a person's name."""
    if not _NAME.fullmatch(value):
        raise click.BadParameter("a name has up to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit")
    return value


@click.group()
def collections() -> None:
    """Put batches together under a name, and grant them to handlers."""


@collections.command("add")
@click.argument("collection", callback=_named)
@click.argument("batches", nargs=-1)
@home_option
@exits_with_reason
def add(collection: str, batches: tuple[str, ...], home: Path) -> None:
    """Make COLLECTION, of BATCHES."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        grants.add(connection, collection, moment(archive.clock()))
        grants.put_in(connection, collection, batches)
        archive.ledger.append(connection, "collection.added", collection=collection, batches=list(batches))


@collections.command("put")
@click.argument("collection")
@click.argument("batches", nargs=-1, required=True)
@home_option
@exits_with_reason
def put(collection: str, batches: tuple[str, ...], home: Path) -> None:
    """Put BATCHES into COLLECTION."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        grants.put_in(connection, collection, batches)
        archive.ledger.append(connection, "collection.batches_put", collection=collection, batches=list(batches))


@collections.command("take")
@click.argument("collection")
@click.argument("batch")
@home_option
@exits_with_reason
def take(collection: str, batch: str, home: Path) -> None:
    """Take BATCH out of COLLECTION."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        grants.take_out(connection, collection, batch)
        archive.ledger.append(connection, "collection.batch_taken", collection=collection, batches=[batch])


@collections.command("list")
@home_option
@json_option
@exits_with_reason
def list_(home: Path, *, as_json: bool) -> None:
    """List the collections, their batches, and to whom they are granted."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        found = grants.every(connection)
    if as_json:
        print_json({"collections": [{"collection": each.collection_id, **_rest(each)} for each in found]})
    else:
        rows = [(each.collection_id, " ".join(each.batches), " ".join(each.users)) for each in found]
        print_table(("collection", "batches", "granted to"), rows)


def _rest(collection: grants.Collection) -> dict[str, object]:
    return {name: list(value) for name, value in asdict(collection).items() if name != "collection_id"}


@collections.command("grant")
@click.argument("user")
@click.argument("granted", nargs=-1)
@home_option
@exits_with_reason
def grant(user: str, granted: tuple[str, ...], home: Path) -> None:
    """Let USER see the documents of the collections GRANTED beside those granted before, and from now on no others."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        at = moment(archive.clock())
        grants.restrict(connection, user, at)
        for collection in granted:
            grants.grant(connection, user, collection, at)
        archive.ledger.append(connection, "access.granted", user=user, collections=list(granted))


@collections.command("revoke")
@click.argument("user")
@click.argument("collection")
@home_option
@exits_with_reason
def revoke(user: str, collection: str, home: Path) -> None:
    """Let USER see the documents of COLLECTION no more. Who has no collection left sees none."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        grants.revoke(connection, user, collection)
        archive.ledger.append(connection, "access.revoked", user=user, collections=[collection])


@collections.command("release")
@click.argument("user")
@home_option
@exits_with_reason
def release(user: str, home: Path) -> None:
    """Let USER see every document again."""
    with open_archive(home) as archive, archive.catalog.write() as connection:
        grants.release(connection, user)
        archive.ledger.append(connection, "access.released", user=user)
