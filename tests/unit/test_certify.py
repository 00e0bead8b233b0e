"""What is certified of a built file: counts, checks and codes of its pages, and nothing that stands on them."""

from dataclasses import replace

import pytest

from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.documents import Document, Page
from archive.certificates.checking import holds_together
from archive.certificates.encoding import encode
from schemas.certificate import CheckResult, KindTotal, LedgerHead, MaskCount, SignedCertificate, SigningKey
from schemas.entity import Tier
from schemas.geometry import Box
from schemas.page import PageState
from schemas.redaction import Leak, Mask
from workers.certificate.certify import Built, compose
from workers.certificate.software import version_of
from workers.redact.policy import default_policy

AT = "2026-11-23T06:00:00.000000+00:00"
CHECKS = ("page_size", "masks_opaque")
LEDGER = LedgerHead(7, "1" * 64)
DOCUMENT = Document(
    "D-1", "a" * 64, 1000, "image/tiff", "originals/aa", b"\x00", "waiting", None, 3, (), "other", "plan/1", None, AT, None
)
FILE = Derivative("D-1", "handler", 2, "ready", "default/1", "derivative/1", "b" * 64, 500, (), AT)
TOP, BOTTOM = Box(0, 0, 32, 32), Box(0, 64, 32, 96)


def page(number, engine="ppocr/3", state=PageState.READ, why=None):
    return Page("D-1", number, state, why, 800, 600, 0, engine, 0.9, None, AT, 1)


def row(number, *masks, checks=CHECKS, leaks=()):
    return DerivedPageRow("D-1", number, "handler", "verified", "derived/1", masks=masks, leaks=leaks, checks=checks)


PAGES = (page(1), page(2, "paddle/3"), page(3, None, PageState.FAILED, "page_too_faint"))
ROWS = (
    row(
        1,
        Mask("CN_ID18", 1, TOP, "not_listed"),
        Mask("CN_ID18", 1, BOTTOM, "not_listed"),
        Mask("CN_ID18", 1, TOP, "second_reading"),
    ),
    row(2, Mask("CN_NAME", 2, TOP, "third_person")),
)


def certificate(pages=PAGES, rows=ROWS, file=FILE, checks=("structure",)):
    return compose(DOCUMENT, Built(file, pages, rows, checks), default_policy(), "ppocr/3", LEDGER)


def test_masks_are_counted_by_kind_and_reason():
    first, second, third = certificate().pages
    assert first.masks == (MaskCount("CN_ID18", "not_listed", 2), MaskCount("CN_ID18", "second_reading", 1))
    assert second.masks == (MaskCount("CN_NAME", "third_person", 1),)
    assert third.masks == ()


def test_every_page_of_the_original_is_told_and_how_it_ended():
    told = certificate()
    assert [(each.number, each.ended, each.reason) for each in told.pages] == [
        (1, "redacted", None),
        (2, "redacted", None),
        (3, "notice", "page_too_faint"),
    ]
    assert told.pages[0].checks == tuple(CheckResult(name, passed=True) for name in CHECKS)
    assert told.checks == (CheckResult("structure", passed=True),)
    assert told.pages_not_checked == ()
    assert holds_together(told)


def test_totals_are_of_all_pages():
    totals = certificate().totals
    assert (totals.pages, totals.redacted, totals.notices, totals.masks) == (3, 2, 1, 4)
    assert totals.kinds == (KindTotal("CN_ID18", 3), KindTotal("CN_NAME", 1))


def test_it_tells_the_file_its_original_and_the_ledger():
    told = certificate()
    assert (told.document, told.audience, told.version, told.made_at) == ("D-1", "handler", 2, AT)
    assert (told.original.sha256, told.original.size, told.original.media_type) == ("a" * 64, 1000, "image/tiff")
    assert (told.derivative.sha256, told.derivative.size) == ("b" * 64, 500)
    assert told.ledger == LEDGER
    assert told.people.approver is None


def test_it_tells_every_engine_that_read_and_the_code_that_checked():
    software = certificate().software
    assert software.reading == ("paddle/3", "ppocr/3")
    assert software.reading_back == "ppocr/3"
    assert software.extraction == version_of("workers.extract") != software.verifier == version_of("workers.verify")


def test_a_page_without_checks_is_told_and_makes_it_invalid():
    told = certificate(rows=(ROWS[0], row(2, checks=())))
    assert told.pages_not_checked == (2,)
    assert not holds_together(told)


def test_a_leak_is_a_check_that_failed():
    told = certificate(rows=(ROWS[0], row(2, leaks=(Leak("CN_NAME", "masks_opaque", 2), Leak("page", "not_verified", 2)))))
    assert told.pages[1].checks == (
        CheckResult("page_size", passed=True),
        CheckResult("masks_opaque", passed=False),
        CheckResult("not_verified", passed=False),
    )
    assert not holds_together(told)


def test_of_a_file_that_was_not_kept_nothing_can_be_certified():
    with pytest.raises(ValueError, match="has no file"):
        certificate(file=replace(FILE, digest=None, size=None))


def test_no_place_of_a_mask_is_told():
    written = encode(SignedCertificate(certificate(), SigningKey("Ed25519", "c" * 64), "")).decode()
    assert "box" not in written
    assert "left" not in written


def test_another_rule_under_the_same_name_is_another_policy():
    policy = default_policy()
    narrower = replace(policy, rules=(replace(policy.rules[0], tiers=(Tier.A,)), *policy.rules[1:]))
    assert narrower.label == policy.label
    assert narrower.digest != policy.digest == default_policy().digest
