"""`claimkeep rebuild-index`."""

import sys
from pathlib import Path

import click

from archive.console import DONE, SOME_FAILED, Progress, exits_with_reason, home_option, json_option, print_json
from archive.logs import set_up_logs
from archive.wiring import open_archive
from schemas.reasons import remedy
from workers.anew import rebuild as rebuilding
from workers.anew.rebuild import Comparison, Rebuilt

_LISTED = 20
"""Documents that are named one by one; the JSON has up to a thousand."""
_LISTED_JSON = 1000


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Only compare the index with the catalog.")
@home_option
@json_option
@exits_with_reason
def rebuild_index(home: Path, *, only_check: bool, as_json: bool) -> None:
    """Build the search index anew from the catalog and the store, then let it take the place of the one in service.

    Searches and work go on meanwhile, and find what they found. A damaged index, or one of an older format, can be rebuilt
    too. Where it is interrupted the index in service stays, and the next rebuild clears what is left.
    """
    with open_archive(home) as archive:
        set_up_logs(archive.settings.log.level)
        if only_check:
            comparison = rebuilding.compare(archive)
            _say_comparison(comparison, as_json=as_json)
            sys.exit(DONE if comparison.is_equal else SOME_FAILED)
        progress = Progress("indexing", quiet=as_json)
        rebuilt = rebuilding.rebuild(archive, lambda done, total: progress.show(done, total, "documents"))
        _say_rebuilt(rebuilt, progress.end(), as_json=as_json)
    sys.exit(SOME_FAILED if rebuilt.left_out else DONE)


def _say_rebuilt(rebuilt: Rebuilt, seconds: float, *, as_json: bool) -> None:
    if as_json:
        left_out = [{"document": each.document_id, "reason": each.reason} for each in rebuilt.left_out]
        print_json({"documents": rebuilt.documents, "left_out": left_out, "seconds": round(seconds, 1)})
        return
    click.echo(f"The index is built anew and holds {rebuilt.documents} documents ({seconds:.1f} s).")
    for each in rebuilt.left_out[:_LISTED]:
        click.echo(f"{each.document_id} is left out: {each.reason}. {remedy(each.reason).en}")
    _say_more(len(rebuilt.left_out))


def _say_comparison(comparison: Comparison, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "in_catalog": comparison.in_catalog,
                "in_index": comparison.in_index,
                "missing": len(comparison.missing),
                "missing_documents": comparison.missing[:_LISTED_JSON],
                "stray": len(comparison.stray),
                "stray_documents": comparison.stray[:_LISTED_JSON],
            }
        )
        return
    click.echo(f"{comparison.in_catalog} documents in the catalog are planned, {comparison.in_index} are in the index.")
    for what, document_ids in (("missing", comparison.missing), ("in the index only", comparison.stray)):
        for document_id in document_ids[:_LISTED]:
            click.echo(f"{document_id} is {what}")
        _say_more(len(document_ids))


def _say_more(count: int) -> None:
    if count > _LISTED:
        click.echo(f"and {count - _LISTED} more (--json)")
