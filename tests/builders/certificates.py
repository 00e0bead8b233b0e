"""Certificates for tests, of files that never were."""

from dataclasses import replace
from hashlib import sha256

from archive.certificates.signature import Signer
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

SIGNER, OTHER = Signer(b"c" * 32), Signer(b"o" * 32)
FILE = b"%PDF-1.7 stands for a redacted file\n" + bytes(range(256)) * 8
PASSED = (CheckResult("masks_opaque", passed=True), CheckResult("second_reading", passed=True))


def a_page(number: int, *masks: MaskCount) -> CertifiedPage:
    return CertifiedPage(number, "redacted", None, masks, PASSED)


def a_notice(number: int) -> CertifiedPage:
    return CertifiedPage(number, "notice", "page_too_faint", (), ())


PAGES = (a_page(1, MaskCount("CN_ID18", "not_listed", 2), MaskCount("CN_NAME", "third_person", 1)), a_page(2), a_notice(3))


def a_certificate(pages: tuple[CertifiedPage, ...] = PAGES, **other: object) -> Certificate:
    """Of FILE; its sums are those of *pages*."""
    certificate = Certificate(
        document="D-7QX1M4T0ZA",
        audience="handler",
        version=1,
        made_at="2026-11-23T06:00:00.000000+00:00",
        original=CertifiedFile("0f" * 32, 1_234_567, "image/tiff"),
        derivative=CertifiedFile(sha256(FILE).hexdigest(), len(FILE), "application/pdf"),
        policy=CertifiedPolicy("default", "1", "1e" * 32),
        software=Software("0.1.0", ("paddle/3.3/small", "ppocr/3.10/small"), "ppocr/3.10/small", "0.1.0+sha256.a", "0.1.0+b"),
        pages=pages,
        checks=(CheckResult("structure", passed=True), CheckResult("stored_bytes", passed=True)),
        pages_not_checked=(),
        totals=totals(pages),
        people=People(Person("service", "claimkeep")),
        ledger=LedgerHead(412, "2d" * 32),
    )
    return replace(certificate, **other)


def totals(pages: tuple[CertifiedPage, ...]) -> Totals:
    kinds = sorted({mask.kind for page in pages for mask in page.masks})
    counts = [sum(mask.count for page in pages for mask in page.masks if mask.kind == kind) for kind in kinds]
    notices = sum(page.ended == "notice" for page in pages)
    told = tuple(KindTotal(*each) for each in zip(kinds, counts, strict=True))
    return Totals(len(pages), len(pages) - notices, notices, sum(counts), told)
