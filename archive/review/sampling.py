"""Sampling: which redacted pages of a batch people look at, what they saw, and how many may leak that nobody saw."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.catalog import intake, samples
from archive.catalog import work as work_rows
from archive.catalog.samples import Candidate, Plan, SampledPage
from archive.errors import NotFound, Refused
from archive.ids import new_sample_id
from archive.review import deciding
from archive.review.bounds import sample_size, upper_bound, upper_bound_for_more
from archive.review.deciding import Version
from archive.review.reasons import reason_if_readable, seal_reason
from archive.wiring import Archive

_SEED_BYTES = 16
_GONE = frozenset({"nothing_to_decide", "already_decided"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sample is to show if no page leaks: with `confidence`, that at most `bound` of the pages do. Both lie between 0
    and 1. `seed`, 32 hexadecimal digits at most, repeats a draw."""

    batch_id: str
    audience: str
    bound: float
    confidence: float
    seed: str | None = None


@dataclass(frozen=True, slots=True)
class ToldPage:
    """A page of a sample with what was said about it; `unreadable` is the code of what keeps that from being read."""

    page: SampledPage
    reason: str | None = field(repr=False)
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`upper_bound` is of the batch's own pages, `upper_bound_for_more` of pages made like them; shares of 1, and none before
    every page is judged: pages that were put off may be the doubtful ones."""

    plan: Plan
    pages: tuple[ToldPage, ...]
    ok: int
    leak: int
    upper_bound: float | None
    upper_bound_for_more: float | None

    @property
    def is_met(self) -> bool | None:
        """Whether the bound that was wanted is shown."""
        return None if self.upper_bound is None else self.upper_bound <= self.plan.bound


def draw(archive: Archive, person: str, wanted: Wanted) -> Plan:
    """Draw a sample. Raises NotFound(not_found | nothing_to_sample)."""
    is_given = wanted.seed is not None
    seed = wanted.seed if wanted.seed is not None else secrets.token_hex(_SEED_BYTES)
    with archive.catalog.write() as connection:
        intake.custody(connection, wanted.batch_id)
        found = samples.candidates(connection, wanted.batch_id, wanted.audience)
        if not found:
            raise NotFound("nothing_to_sample", wanted.batch_id)
        size = sample_size(len(found), wanted.bound, wanted.confidence)
        at = work_rows.moment(archive.clock())
        shares = (wanted.bound, wanted.confidence)
        plan = Plan(new_sample_id(), wanted.batch_id, wanted.audience, *shares, seed, len(found), person, at, is_given)
        drawn = [
            SampledPage(plan.plan_id, number, each.document_id, each.page_number, each.version)
            for number, each in enumerate(drawn_of(found, size, seed), start=1)
        ]
        samples.put(connection, plan, drawn)
        archive.ledger.append(
            connection,
            "sample.drawn",
            batch_id=wanted.batch_id,
            sample=plan.plan_id,
            audience=plan.audience,
            population=plan.population,
            size=size,
            seed=seed,
            seed_given=is_given,
            user=person,
        )
    return plan


def drawn_of(candidates: Sequence[Candidate], size: int, seed: str) -> list[Candidate]:
    """*size* of *candidates*, each set of so many as likely as any other, in an order that is as random.

    Those whose SHA-256 over seed, document and page is smallest: the same on every machine and in every version of Python.
    """

    def lot(each: Candidate) -> bytes:
        return hashlib.sha256(f"{seed} {each.document_id} {each.page_number}".encode()).digest()

    return sorted(candidates, key=lot)[:size]


def judge(archive: Archive, person: str, plan_id: str, number: int, verdict: str, reason: str | None = None) -> SampledPage:
    """Record what *person* saw on page *number* of the sample: `ok`, or `leak`, which needs a reason and withdraws the file.

    Raises NotFound, Refused(already_decided), Rejected(reason_missing).
    """
    with archive.catalog.read() as connection:
        drawn = samples.page(connection, plan_id, number)
        audience = samples.get(connection, plan_id).audience
    holding = archive.holding(drawn.document_id)
    if drawn.verdict is not None:
        raise Refused("already_decided", plan_id)
    sealed = seal_reason(holding, "sample", reason or "") if reason or verdict == "leak" else None
    if verdict == "leak":  # first, so that a leak that is on record was always acted upon
        _withdraw(archive, person, Version(drawn.document_id, audience, drawn.version), reason or "")
    with archive.catalog.write() as connection:
        at = work_rows.moment(archive.clock())
        judged = samples.judge(connection, plan_id, number, verdict, person, at, sealed)
        archive.ledger.append(
            connection,
            f"sample.{verdict}",
            document_id=drawn.document_id,
            sample=plan_id,
            number=number,
            page=drawn.page_number,
            version=drawn.version,
            user=person,
        )
    return judged


def report(archive: Archive, plan_id: str) -> Report:
    """Raises NotFound."""
    with archive.catalog.read() as connection:
        plan = samples.get(connection, plan_id)
        pages = samples.pages_of(connection, plan_id)
    counts = Counter(each.verdict for each in pages)
    is_complete = not counts[None]
    shown = (len(pages), counts["leak"], plan.confidence)
    return Report(
        plan=plan,
        pages=tuple(_told(archive, each) for each in pages),
        ok=counts["ok"],
        leak=counts["leak"],
        upper_bound=upper_bound(plan.population, *shown) if is_complete else None,
        upper_bound_for_more=upper_bound_for_more(*shown) if is_complete else None,
    )


def _told(archive: Archive, page: SampledPage) -> ToldPage:
    if page.reason is None:
        return ToldPage(page, None)
    return ToldPage(page, *reason_if_readable(archive, page.document_id, "sample", page.reason))


def _withdraw(archive: Archive, person: str, drawn: Version, reason: str) -> None:
    """Whichever version stands: that is the one that people can see. Unless it is taken back already."""
    try:
        deciding.withdraw(archive, person, drawn, reason, or_newer=True)
    except Refused as error:
        if error.reason not in _GONE:
            raise
