"""`claimkeep keys ...`."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.console import DONE, SOME_FAILED, Progress, exits_with_reason, home_option, json_option, print_json
from archive.logs import set_up_logs
from archive.wiring import open_archive
from schemas.reasons import remedy
from workers.anew.rotate import rotate

_LISTED = 20


@click.group()
def keys() -> None:
    """Change keys of the archive."""


@keys.command("rotate-search")
@home_option
@json_option
@exits_with_reason
def rotate_search(home: Path, *, as_json: bool) -> None:
    """Make a new key for the tokens of the search index, build the index anew under it, and destroy the old one.

    Searches and work go on meanwhile, and find what they found. It takes twice as long as `rebuild-index`. Where it is
    interrupted, call it again: it goes on with the key that it made.
    """
    with open_archive(home) as archive:
        set_up_logs(archive.settings.log.level)
        progress = Progress("indexing", quiet=as_json)
        rotated = rotate(archive, lambda done, total: progress.show(done, total, "documents"))
    seconds = progress.end()
    if as_json:
        left_out = [{"document": each.document_id, "reason": each.reason} for each in rotated.left_out]
        print_json({**asdict(rotated), "left_out": left_out, "seconds": round(seconds, 1)})
    else:
        click.echo(f"The index is under a new key and holds {rotated.documents} documents ({seconds:.1f} s).")
        for each in rotated.left_out[:_LISTED]:
            click.echo(f"{each.document_id} is left out: {each.reason}. {remedy(each.reason).en}")
        if len(rotated.left_out) > _LISTED:
            click.echo(f"and {len(rotated.left_out) - _LISTED} more (--json)")
    sys.exit(SOME_FAILED if rotated.left_out else DONE)
