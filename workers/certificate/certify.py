"""Certifying a file that was built and found clean: what is said of it, signed, and kept beside it."""

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.documents import Document, Page
from archive.certificates.encoding import sign
from archive.certificates.kept import KIND, signer
from archive.holdings import Holding
from archive.wiring import Archive
from schemas.certificate import (
    Certificate,
    CertifiedFile,
    CertifiedPage,
    CertifiedPolicy,
    CheckResult,
    KindTotal,
    LedgerHead,
    MaskCount,
    People,
    Person,
    Software,
    Totals,
)
from schemas.redaction import Leak, Mask
from schemas.tables import TABLES, derivative_type
from workers.certificate.software import program_version, version_of
from workers.redact.policy import RedactionPolicy
from workers.tools import Tools
from workers.verify.table_text import READER

_PROGRAM = Person("service", "claimkeep")


@dataclass(frozen=True, slots=True)
class Built:
    """A finished file: the original's `pages`, those that were `burnt` for it, and the `checks` that the whole has passed."""

    derivative: Derivative
    pages: Sequence[Page]
    burnt: Sequence[DerivedPageRow]
    checks: tuple[str, ...]


def certified(archive: Archive, tools: Tools, holding: Holding, built: Built) -> Derivative:
    """The derivative with its certificate, which is signed and kept.

    None is made where it could not be true: for pages that an older program burnt, which kept no note of its checks, and where
    the policy that the pages were planned by is not the one that they were checked by.
    """
    if built.derivative.policy != tools.policy.label or not all(row.checks for row in built.burnt):
        return built.derivative
    with archive.catalog.read() as connection:
        head = LedgerHead(*archive.ledger.head(connection))
    reading_back = READER if holding.document.media_type in TABLES else tools.engine.version
    certificate = compose(holding.document, built, tools.policy, reading_back.key(), head)
    data = sign(certificate, signer(archive))
    key = holding.add(KIND, io.BytesIO(data))
    return replace(built.derivative, certificate_key=key, certificate_digest=hashlib.sha256(data).hexdigest())


def compose(document: Document, built: Built, policy: RedactionPolicy, reading_back: str, ledger: LedgerHead) -> Certificate:
    """What is said of *built*. ValueError for a derivative of which no file was kept."""
    made = built.derivative
    if made.digest is None or made.size is None:
        raise ValueError(f"{made.document_id} for {made.audience} has no file")
    pages = _pages(built)
    return Certificate(
        document=made.document_id,
        audience=made.audience,
        version=made.version,
        made_at=made.made_at,
        original=CertifiedFile(document.digest, document.size, document.media_type),
        derivative=CertifiedFile(made.digest, made.size, derivative_type(document.media_type)),
        policy=CertifiedPolicy(policy.name, policy.version, policy.digest),
        software=Software(
            claimkeep=program_version(),
            reading=tuple(sorted({page.engine for page in built.pages if page.engine})),
            reading_back=reading_back,
            extraction=version_of("workers.extract"),
            verifier=version_of("workers.verify"),
        ),
        pages=pages,
        checks=_results(built.checks, made.leaks),
        pages_not_checked=tuple(page.number for page in pages if page.ended == "redacted" and not page.checks),
        totals=_totals(pages),
        people=People(Person("operator", made.maker) if made.maker else _PROGRAM),
        ledger=ledger,
    )


def _pages(built: Built) -> tuple[CertifiedPage, ...]:
    rows = {row.page_number: row for row in built.burnt}
    return tuple(_page(page, rows.get(page.page_number)) for page in built.pages)


def _page(page: Page, row: DerivedPageRow | None) -> CertifiedPage:
    if row is None:
        return CertifiedPage(page.page_number, "notice", page.reason or "page_error", (), ())
    return CertifiedPage(page.page_number, "redacted", None, _counts(row.masks), _results(row.checks, row.leaks))


def _counts(masks: Sequence[Mask]) -> tuple[MaskCount, ...]:
    counts = Counter((mask.kind, mask.reason) for mask in masks)
    return tuple(MaskCount(kind, reason, count) for (kind, reason), count in sorted(counts.items()))


def _results(checks: Sequence[str], leaks: Sequence[Leak]) -> tuple[CheckResult, ...]:
    failed = {leak.check for leak in leaks}
    return tuple(CheckResult(name, name not in failed) for name in dict.fromkeys((*checks, *sorted(failed))))


def _totals(pages: Sequence[CertifiedPage]) -> Totals:
    kinds: Counter[str] = Counter()
    for mask in (mask for page in pages for mask in page.masks):
        kinds[mask.kind] += mask.count
    ended = Counter(page.ended for page in pages)
    return Totals(
        pages=len(pages),
        redacted=ended["redacted"],
        notices=ended["notice"],
        masks=kinds.total(),
        kinds=tuple(KindTotal(kind, count) for kind, count in sorted(kinds.items())),
    )
