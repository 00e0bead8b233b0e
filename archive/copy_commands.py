"""`claimkeep copy`."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.console import CANNOT_GO_ON, SOME_FAILED, Progress, exits_with_reason, home_option, json_option, print_json
from archive.copying import moving, places
from archive.copying.moving import Difference, Moved
from archive.copying.places import Move
from archive.wiring import open_archive

_SHOWN = 5
"""Of each kind of difference, in plain words; JSON has all."""


class _Told:
    """Progress in two lines: objects, then rows."""

    def __init__(self, what: str, *, quiet: bool) -> None:
        self._objects = Progress(what, quiet)
        self._rows = Progress(what, quiet)

    def objects(self, done: int, total: int) -> None:
        self._objects.show(done, total, "objects")

    def rows(self, done: int, total: int) -> None:
        self._rows.show(done, total, "rows")


@click.command()
@click.option("--to", "to", type=click.Path(dir_okay=False, path_type=Path), help="File with the settings of the new place.")
@click.option("--switch", is_flag=True, help="Also close the old place, copy the rest, prove it, and move over.")
@click.option("--check", is_flag=True, help="Compare the two places and change nothing.")
@click.option("--reopen", is_flag=True, help="Give a move up that was not ended: write in the old place again.")
@home_option
@json_option
@exits_with_reason
def copy(to: Path | None, home: Path, *, switch: bool, check: bool, reopen: bool, as_json: bool) -> None:
    """Move the archive to the parts that the settings file --to names, under the same keys, while it goes on working.

    Without --switch objects are copied ahead, as often as you like. With --switch the old place is closed to writers for the
    last short part, everything is copied and compared, and the settings are exchanged. It may be interrupted at any time and
    started again.
    """
    if switch + check + reopen > 1:
        raise click.UsageError("--switch, --check and --reopen exclude each other")
    if reopen:
        _reopen(home, as_json=as_json)
    elif to is None:
        raise click.UsageError("say where to: --to SETTINGS")
    elif check:
        _check(home, to, as_json=as_json)
    else:
        _copy(home, to, switch=switch, as_json=as_json)


def _copy(home: Path, to: Path, *, switch: bool, as_json: bool) -> None:
    if places.is_switched(home, to):
        _say_switched(home, as_json=as_json)
        return
    with places.alone(home), places.opened(home, to) as move:
        told = _Told("copying", quiet=as_json)
        if switch:
            _report(move, moving.finish(move, told), as_json=as_json)
        else:
            _report_ahead(moving.copy_ahead(move, told), as_json=as_json)


def _say_switched(home: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"switched": True})
    else:
        click.echo(f"The archive of {home} has moved already: nothing is to be done.")


def _report_ahead(count: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"switched": False, "objects": count})
    else:
        click.echo(f"{count} objects have arrived and were read back. Go on with --switch; until then nothing has changed.")


def _report(move: Move, moved: Moved, *, as_json: bool) -> None:
    proof, rebuilds = moved.proof, _index_is_another(move)
    if as_json:
        print_json({"switched": True, **asdict(moved), "index_to_be_rebuilt": rebuilds})
        return
    click.echo(f"{proof.objects} objects ({proof.size} bytes) are the same in both places: {proof.objects_digest}")
    click.echo(f"{sum(proof.rows.values())} rows of {len(proof.rows)} tables are the same: {proof.rows_digest}")
    click.echo(f"The ledger was verified in both; its head was {proof.head}")
    if moved.held:
        click.echo(f"{moved.held} objects that nothing names any more stay in the new store until their retention ends.")
    if moved.kept is not None:
        click.echo(f"The archive has its new settings; the former ones are in {moved.kept}.")
    else:
        click.echo(f"The archive is in {move.target.archive.home} now.")
    click.echo("Start `claimkeep serve` and `claimkeep work` again: those that run have the old place open, and cannot write.")
    if rebuilds:
        click.echo("Run `claimkeep rebuild-index` next: the new index has nothing yet.")


def _index_is_another(move: Move) -> bool:
    source, target = move.source.archive, move.target.archive
    here, there = source.settings.index, target.settings.index
    return here != there or (here.backend == "sqlite" and source.home.resolve() != target.home.resolve())


def _check(home: Path, to: Path, *, as_json: bool) -> None:
    with places.opened(home, to) as move:
        difference = moving.compare(move, _Told("comparing", quiet=as_json))
    if as_json:
        print_json({"same": difference.is_none, **asdict(difference)})
    else:
        _print_difference(difference)
    if difference.ledger:
        sys.exit(CANNOT_GO_ON)
    if not difference.is_none:
        sys.exit(SOME_FAILED)


def _print_difference(difference: Difference) -> None:
    if difference.is_none:
        click.echo("The two places are the same: every object, every row, the ledger.")
        return
    for name, what in (
        ("missing", "objects are not there yet"),
        ("extra", "objects are there only"),
        ("changed", "objects have other bytes there"),
        ("tables", "tables have other rows there"),
        ("ledger", "ledgers are not intact"),
    ):
        if found := getattr(difference, name):
            click.echo(f"{len(found)} {what}: {', '.join(found[:_SHOWN])}{', ...' if len(found) > _SHOWN else ''}")


def _reopen(home: Path, *, as_json: bool) -> None:
    with open_archive(home) as archive:
        reopened = moving.reopen(archive)
    if as_json:
        print_json({"reopened": reopened})
    else:
        click.echo("The archive takes what is written again." if reopened else "The archive was open: nothing to be done.")
