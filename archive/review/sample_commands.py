"""`claimkeep sample`."""

import math
import re
from pathlib import Path
from typing import Any

import click

from archive.console import exits_with_reason, home_option, json_option, print_json, print_table
from archive.people import reviewer_with
from archive.review import sampling
from archive.review.commands import token_option
from archive.review.sampling import Report, Wanted
from archive.wiring import open_archive
from schemas.redaction import Audience

_SEED = re.compile(r"[0-9a-f]{1,32}")


class ShareType(click.ParamType[float]):
    """A number between 0 and 1, without either."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's
        try:
            share = float(value)
        except ValueError:
            share = math.nan
        if not 0 < share < 1:  # which what is no number is not either
            self.fail("write a number between 0 and 1, such as 0.05", param, ctx)
        return share


_SHARE = ShareType()


@click.group()
def sample() -> None:
    """Look at a random sample of a batch's redacted pages, and learn how many may leak that nobody saw."""


def _seed(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _SEED.fullmatch(value):
        raise click.BadParameter("write up to 32 hexadecimal digits")
    return value


@sample.command("plan")
@click.argument("batch")
@click.option(
    "--audience",
    type=click.Choice([each.value for each in Audience]),
    default=Audience.HANDLER.value,
    show_default=True,
    help="For whom the pages were made.",
)
@click.option("--bound", type=_SHARE, default=0.01, show_default=True, help="The share of pages that may leak at most.")
@click.option("--confidence", type=_SHARE, default=0.95, show_default=True, help="How sure that is to be.")
@click.option("--seed", callback=_seed, help="Hexadecimal digits that repeat a draw [default: drawn by the machine].")
@token_option
@home_option
@json_option
@exits_with_reason
def plan(
    batch: str,
    audience: str,
    bound: float,
    confidence: float,
    seed: str | None,
    token_file: Path,
    home: Path,
    *,
    as_json: bool,
) -> None:
    """Draw pages of BATCH: 5 % at least, and as many as show --bound if none of them leaks."""
    with open_archive(home) as archive:
        person = reviewer_with(archive, token_file).user_id
        drawn = sampling.draw(archive, person, Wanted(batch, audience, bound, confidence, seed))
        told = sampling.report(archive, drawn.plan_id)
    _tell(told, as_json=as_json)


@sample.command("verdict")
@click.argument("plan")
@click.argument("page", type=click.IntRange(1))
@click.argument("verdict", type=click.Choice(["ok", "leak"]))
@click.option("--reason", help="What leaks, which must be said, or a note; kept sealed.")
@token_option
@home_option
@json_option
@exits_with_reason
def verdict(plan: str, page: int, verdict: str, reason: str | None, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Say what you saw on PAGE (its number in PLAN). A leak withdraws the document's file at once."""
    with open_archive(home) as archive:
        judged = sampling.judge(archive, reviewer_with(archive, token_file).user_id, plan, page, verdict, reason)
    if as_json:
        about = {"plan": plan, "page": page, "document": judged.document_id, "page_number": judged.page_number}
        print_json({**about, "verdict": verdict})
    elif verdict == "leak":
        click.echo(f"The file of {judged.document_id} is withdrawn. `claimkeep review add-mask` hides what it showed.")


@sample.command("report")
@click.argument("plan")
@home_option
@json_option
@exits_with_reason
def report(plan: str, home: Path, *, as_json: bool) -> None:
    """Say what PLAN has shown: pages to look at, verdicts, and the upper bound of the share that leaks."""
    with open_archive(home) as archive:
        told = sampling.report(archive, plan)
    _tell(told, as_json=as_json)


def _tell(told: Report, *, as_json: bool) -> None:
    if as_json:
        print_json(_json(told))
        return
    plan, pages = told.plan, [each.page for each in told.pages]
    click.echo(f"{plan.plan_id}: {len(pages)} of {plan.population} pages of {plan.batch_id} for {plan.audience}")
    rows = [(each.number, each.document_id, each.page_number, each.version, each.verdict or "") for each in pages]
    print_table(("page", "document", "its page", "version", "verdict"), rows)
    if plan.seed_given:
        click.echo(f"Seed {plan.seed} was chosen by {plan.drawn_by}, who may have tried others.")
    click.echo(f"{told.ok} ok, {told.leak} leak, {len(pages) - told.ok - told.leak} not judged")
    if told.upper_bound is None or told.upper_bound_for_more is None:
        click.echo("There is a bound once every page is judged.")
        return
    click.echo(f"With {plan.confidence:.0%}: at most {told.upper_bound:.4%} of these pages leak, wanted {plan.bound:.4%};")
    click.echo(f"at most {told.upper_bound_for_more:.4%} of pages that are made like them.")


def _json(told: Report) -> dict[str, Any]:
    plan = told.plan
    return {
        "plan": plan.plan_id,
        "batch": plan.batch_id,
        "audience": plan.audience,
        "bound": plan.bound,
        "confidence": plan.confidence,
        "seed": plan.seed,
        "seed_given": plan.seed_given,
        "population": plan.population,
        "sampled": len(told.pages),
        "ok": told.ok,
        "leak": told.leak,
        "upper_bound": told.upper_bound,
        "upper_bound_for_more": told.upper_bound_for_more,
        "met": told.is_met,
        "pages": [
            {
                "page": each.page.number,
                "document": each.page.document_id,
                "page_number": each.page.page_number,
                "version": each.page.version,
                "verdict": each.page.verdict,
                "by": each.page.judged_by,
                "reason": each.reason,
                "unreadable": each.unreadable,
            }
            for each in told.pages
        ],
    }
