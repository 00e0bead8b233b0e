"""`python -m deploy.native up|down|status`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deploy.native import toxiproxy
from deploy.native.errors import CannotProvide
from deploy.native.site import DEFAULT_STATE, Ports
from deploy.native.stack import NAMES, USUAL, Stack

_CANNOT_GO_ON = 3


def _names(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(name for name in value.split(",") if name)
    if unknown := set(names) - set(NAMES):
        raise click.BadParameter(f"no server is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return names


def _options(command: Callable[..., None]) -> Callable[..., None]:
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs."),
        click.option("--toxiproxy", "with_toxiproxy", is_flag=True, help="Also the proxy that cuts and delays."),
        click.option("--only", default="", callback=_names, help=f"Of {', '.join(NAMES)}: these, separated by commas."),
        click.option("--state", type=folder, default=DEFAULT_STATE, help="What they keep [default: .tools/services/state]."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Install, start and stop the servers of docker-compose.yml without containers.

    Exit codes: 0 done, 1 some server does not answer, 2 wrong use, 3 cannot go on.
    """


@main.command()
@click.option("--heap", default="1g", show_default=True, help="Memory for Elasticsearch, as Java writes it.")
@click.option("--free-ports", is_flag=True, help="For a new --state: any free ports, for a second set beside the first.")
@_options
def up(state: Path, only: tuple[str, ...], heap: str, *, with_toxiproxy: bool, free_ports: bool, as_json: bool) -> None:
    """Install what is missing, start what does not run, and wait until all answer."""
    stack = Stack(state, Ports.free() if free_ports else None, heap)
    try:
        stack.up(*_wanted(only, with_toxiproxy=with_toxiproxy))
    except CannotProvide as error:
        click.echo(str(error), err=True)
        sys.exit(_CANNOT_GO_ON)
    _show(stack, as_json=as_json)


@main.command()
@_options
def down(state: Path, only: tuple[str, ...], *, with_toxiproxy: bool, as_json: bool) -> None:  # noqa: ARG001 - it is stopped anyway
    """Stop the servers. What they keep stays."""
    stack = Stack(state)
    stack.down(*only)
    _show(stack, as_json=as_json)


@main.command()
@_options
def status(state: Path, only: tuple[str, ...], *, with_toxiproxy: bool, as_json: bool) -> None:
    """Show which servers run and answer; exit code 1 where one does not."""
    stack = Stack(state)
    _show(stack, as_json=as_json)
    if not all(stack.is_ready(name) for name in _wanted(only, with_toxiproxy=with_toxiproxy)):
        sys.exit(1)


def _wanted(only: tuple[str, ...], *, with_toxiproxy: bool) -> tuple[str, ...]:
    return only or (*USUAL, *((toxiproxy.NAME,) if with_toxiproxy else ()))


def _show(stack: Stack, *, as_json: bool) -> None:
    rows = [_row(stack, name) for name in NAMES]
    if as_json:
        click.echo(json.dumps({"state": str(stack.site.folder), "servers": rows}))
        return
    for row in rows:
        state = "answers" if row["ready"] else "runs, but does not answer" if row["processes"] else "stopped"
        click.echo(f"{row['name']:<14} {row['address']:<24} {state}")


def _row(stack: Stack, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "address": f"127.0.0.1:{stack.port(name)}",
        "processes": stack.processes(name),
        "ready": stack.is_ready(name),
    }


if __name__ == "__main__":
    main()
