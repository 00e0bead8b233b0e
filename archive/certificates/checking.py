"""Checking a certificate, and the file it is about, with the public key alone: no archive, no network, no clock.

Each check answers one question, and the first that fails names the reason. Whoever forges one must get past all of them; that
a certificate was made at all is no proof; what it says must hold together.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.certificates.encoding import decode, signed_bytes
from archive.certificates.signature import PublicKey
from archive.errors import Rejected
from schemas.certificate import Certificate, CertifiedFile, CheckResult, KindTotal, SignedCertificate

_PART_BYTES = 1024 * 1024

_REASONS = {
    "form": "certificate_malformed",
    "key": "certificate_other_key",
    "signature": "certificate_changed",
    "statement": "certificate_incomplete",
    "file": "certificate_other_file",
}
"""By check, in order: it is written as certificates are; this key signed it; nothing was changed since; it says that every page
and the file were checked and passed, and its sums are right; the file is the one that it is about."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What checking gave. `certificate` is none where the bytes are none. Where a check failed, what it says proves nothing."""

    checks: tuple[CheckResult, ...]
    certificate: Certificate | None

    @property
    def is_valid(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def reason(self) -> str | None:
        """The reason code of the first check that failed."""
        return next((_REASONS[check.name] for check in self.checks if not check.passed), None)


def check(data: bytes, key: PublicKey | None, file: BinaryIO | None = None) -> Finding:
    """Check the certificate *data* with *key*, and that it is about *file*; what is not given is not asked. Stops at what
    fails."""
    try:
        signed = decode(data)
    except Rejected:
        return Finding((CheckResult("form", passed=False),), None)
    results = [CheckResult("form", passed=True)]
    for name, passed in _answers(signed, key, file):
        results.append(CheckResult(name, passed))
        if not passed:
            break
    return Finding(tuple(results), signed.certificate)


def _answers(signed: SignedCertificate, key: PublicKey | None, file: BinaryIO | None) -> Iterator[tuple[str, bool]]:
    if key is not None:
        yield "key", signed.signing_key.sha256 == key.sha256
        yield "signature", key.signed(signed_bytes(signed), signed.signature)
    yield "statement", holds_together(signed.certificate)
    if file is not None:
        yield "file", _is_about(signed.certificate.derivative, file)


def holds_together(certificate: Certificate) -> bool:
    """Whether it says that every page and the file passed their checks, and does not contradict itself."""
    numbers = [page.number for page in certificate.pages]
    return (
        numbers == list(range(1, len(numbers) + 1))
        and bool(numbers)
        and not certificate.pages_not_checked
        and _all_passed(certificate.checks)
        and all(_all_passed(page.checks) for page in certificate.pages if page.ended == "redacted")
        and _sums_are_right(certificate)
    )


def _all_passed(checks: tuple[CheckResult, ...]) -> bool:
    return bool(checks) and all(each.passed for each in checks)


def _sums_are_right(certificate: Certificate) -> bool:
    ended = Counter(page.ended for page in certificate.pages)
    kinds: Counter[str] = Counter()
    for mask in (mask for page in certificate.pages for mask in page.masks):
        kinds[mask.kind] += mask.count
    told = certificate.totals
    counts = (len(certificate.pages), ended["redacted"], ended["notice"], kinds.total())
    return (
        counts == (told.pages, told.redacted, told.notices, told.masks)
        and tuple(KindTotal(kind, count) for kind, count in sorted(kinds.items())) == told.kinds
    )


def _is_about(derivative: CertifiedFile, file: BinaryIO) -> bool:
    whole, size = hashlib.sha256(), 0
    while part := file.read(_PART_BYTES):
        whole.update(part)
        size += len(part)
    return (size, whole.hexdigest()) == (derivative.size, derivative.sha256)
