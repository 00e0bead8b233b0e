"""`claimkeep search`."""

import time
from dataclasses import asdict
from pathlib import Path

import click

from archive.console import exits_with_reason, home_option, json_option, print_json
from archive.labels import FACETS
from archive.wiring import open_archive
from schemas.claim import CLAIM_STATUSES, DOCUMENT_CLASSES, ClaimField
from schemas.geometry import Box, Quad
from schemas.query import Query
from search_api.answers import HitAnswer, SearchAnswer
from search_api.asking import Wish, ask
from search_api.scope import OPERATOR

_SHOWN = ("insured", "policy_number", "loss_date")
_NOTHING = """\
No document found. Try
  one key instead of several, or near misses too (--wide);
  the surname alone, its pinyin, or ? for a character that cannot be read;
  the last six characters of the number;
  the month (2019-03) or the year instead of the day."""


@click.command()
@click.argument("text", required=False)
@click.option("--name", help="A name: Chinese, pinyin or Latin; ? for one unknown character.")
@click.option("--number", help="A policy, claim, report, identity or telephone number, or its last six characters.")
@click.option("--date", help="A date, a month or a year: 2019-03-05, 2019-03, 2019年3月5日.")
@click.option("--from", "date_from", help="No date before this one.")
@click.option("--to", "date_to", help="No date after this one.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Documents to show.")
@click.option("--offset", type=click.IntRange(0), default=0, help="Documents to pass over.")
@click.option("--after", help="Go on behind the answer that ended with this `next`; for the same question.")
@click.option("--claims", is_flag=True, help="With each document those that share its claim or policy number.")
@click.option("--class", "document_class", type=click.Choice(DOCUMENT_CLASSES), help="Documents of this kind only.")
@click.option("--year", help="Documents of a loss in this year only.")
@click.option("--completeness", type=click.Choice(("complete", "partial")), help="`partial`: a page could not be read.")
@click.option("--status", type=click.Choice(CLAIM_STATUSES), help="Documents that say that their claim stood there only.")
@click.option("--insurer", help="Documents with this insurer's name only, as a facet tells it.")
@click.option("--batch", help="Documents of this batch only.")
@click.option("--source", help="Documents from this source only, as it was written.")
@click.option("--box", help="Documents from this box only, as it was written.")
@click.option("--facet", "facets", type=click.Choice(tuple(FACETS)), multiple=True, help="Count all that is found by this.")
@click.option("--wide", is_flag=True, help="Near misses too, even where something better answers.")
@click.option("--count-by-class", is_flag=True, help="Count all that is found by class of document.")
@home_option
@json_option
@exits_with_reason
def search(
    text: str | None,
    name: str | None,
    number: str | None,
    date: str | None,
    date_from: str | None,
    date_to: str | None,
    limit: int,
    offset: int,
    after: str | None,
    home: Path,
    facets: tuple[str, ...],
    *,
    claims: bool,
    wide: bool,
    count_by_class: bool,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Find documents by any of TEXT (words on a page), a name, a number, a date; all that is given must match."""
    if after is not None and offset:
        raise click.UsageError("--after goes on where an answer ended: give no --offset with it")
    query = Query(text, name, number, date, date_from, date_to, offset, limit, wide, count_by_class)
    with open_archive(home) as archive:
        began = time.perf_counter()
        answer = ask(archive, query, OPERATOR, wish=_wish(after, facets, filters, claims=claims))
        milliseconds = 1000 * (time.perf_counter() - began)
    if as_json:
        print_json(asdict(answer))
    else:
        _print(answer, None if after else offset)
        click.echo(f"\nThe query took {milliseconds:.0f} ms.")


def _wish(after: str | None, facets: tuple[str, ...], filters: dict[str, str | None], *, claims: bool) -> Wish:
    named = {"class": filters.pop("document_class"), **filters}
    chosen = tuple((name, named[name]) for name in FACETS if named[name])
    return Wish(after, claims, tuple((name, value) for name, value in chosen if value), tuple(dict.fromkeys(facets)))


def _print(answer: SearchAnswer, offset: int | None) -> None:
    """*offset* None: behind a cursor, which does not tell how far that is."""
    if not answer.total:
        click.echo(_NOTHING)
        return
    part = f"{len(answer.hits)} more" if offset is None else f"{offset + 1} to {offset + len(answer.hits)}"
    shown = f", {part} shown" if len(answer.hits) < answer.total else ""
    click.echo(f"{answer.total} document{'' if answer.total == 1 else 's'}{shown}")
    for meant in answer.did_you_mean:
        click.echo(f"Did you mean: {', '.join(meant.values)}")
    for each in answer.by_class:
        click.echo(f"{each.documents:>8}  {each.document_class}")
    for name, counts in answer.facets.items():
        click.echo(f"{name}: " + ", ".join(f"{each.value} {each.documents}" for each in counts))
    for hit in answer.hits:
        _print_hit(hit)
    if answer.next:
        click.echo(f"\nMore: the same command with --after {answer.next}")


def _print_hit(hit: HitAnswer) -> None:
    click.echo(f"\n{hit.tier.value:8}  {hit.document}  {hit.document_class}")
    if known := [_field(name, hit.fields[name]) for name in _SHOWN if name in hit.fields]:
        click.echo("  " + "   ".join(known))
    click.echo(f"  page {hit.page_number}{_place(hit.box)}")
    click.echo(f"  {hit.reason}")
    for shared in hit.claim or ():
        others = ", ".join(f"{each.document} page {each.page_number}" for each in shared.documents)
        click.echo(f"  {shared.words} {shared.value}: {others}" + (", ..." if len(shared.documents) < shared.total else ""))


def _field(name: str, claim_field: ClaimField) -> str:
    return f"{name} {claim_field.value}"


def _place(box: Quad | None) -> str:
    if box is None:
        return ""
    around = Box.around((box,))
    return f", box {around.left},{around.top} to {around.right},{around.bottom}"
