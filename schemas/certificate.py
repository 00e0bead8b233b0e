"""What is certified of one redacted file: what it was made from, what was hidden by kind, and which checks it passed.

No value that stands in the document is ever in it: digests, codes, counts and versions only. Digests are SHA-256, 64
hexadecimal digits in lower case.
"""

import re
from dataclasses import dataclass
from typing import Literal

FORMAT: Literal["claimkeep-redaction-certificate/1"] = "claimkeep-redaction-certificate/1"
MEDIA_TYPE = "application/vnd.claimkeep.redaction-certificate+json"

_SHA256 = re.compile(r"[0-9a-f]{64}")


def _require_digest(text: str) -> None:
    if not _SHA256.fullmatch(text):
        raise ValueError("a digest is 64 hexadecimal digits in lower case")


@dataclass(frozen=True, slots=True)
class CertifiedFile:
    """A file, by its bytes: `size` counts them."""

    sha256: str
    size: int
    media_type: str

    def __post_init__(self) -> None:
        _require_digest(self.sha256)


@dataclass(frozen=True, slots=True)
class CertifiedPolicy:
    """The table of rules that decided. `sha256` is of the rules themselves: the same name may have stood for other rules."""

    name: str
    version: str
    sha256: str

    def __post_init__(self) -> None:
        _require_digest(self.sha256)


@dataclass(frozen=True, slots=True)
class Software:
    """What did the work. `reading` has the version key of every engine that read one of the pages, in order of name, and
    `reading_back` that of the one that read the finished pages; `extraction` and `verifier` are the program's version and the
    beginning of a digest over the code of that part."""

    claimkeep: str
    reading: tuple[str, ...]
    reading_back: str
    extraction: str
    verifier: str


@dataclass(frozen=True, slots=True)
class MaskCount:
    """How many boxes were burnt into a page to hide entities of `kind`, by the rule `reason`."""

    kind: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check that ran to its end, and whether it found nothing."""

    name: str
    passed: bool


@dataclass(frozen=True, slots=True)
class CertifiedPage:
    """One page, counted from 1. `ended`: `redacted`, or `notice`: a sentence stands in its place, since it could not be read,
    with the code `reason`. A notice shows nothing of the original, so no check of its own was run on it."""

    number: int
    ended: Literal["redacted", "notice"]
    reason: str | None
    masks: tuple[MaskCount, ...]
    checks: tuple[CheckResult, ...]

    def __post_init__(self) -> None:
        if (self.ended == "notice") != (self.reason is not None):
            raise ValueError("a page has a reason exactly when a notice stands in its place")


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Boxes of one kind on all pages."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the pages; `kinds` in order of kind."""

    pages: int
    redacted: int
    notices: int
    masks: int
    kinds: tuple[KindTotal, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers for a step: `service` (the program, by its name) or `operator` (a person, by an id that is no name)."""

    kind: Literal["service", "operator"]
    id: str


@dataclass(frozen=True, slots=True)
class People:
    """Who made the file and who released it. `approver` is none where nobody had to."""

    maker: Person
    approver: Person | None = None


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The newest entry of the archive's ledger when the certificate was made."""

    sequence: int
    sha256: str

    def __post_init__(self) -> None:
        _require_digest(self.sha256)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Which key signed: `sha256` is of the public key in DER (SubjectPublicKeyInfo, RFC 8410)."""

    algorithm: Literal["Ed25519"]
    sha256: str

    def __post_init__(self) -> None:
        _require_digest(self.sha256)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is said of version `version` of the file made of `document` for `audience`.

    `made_at` is ISO 8601, UTC, to the microsecond. `checks` are those of the file as a whole. `pages_not_checked` must be
    empty for the certificate to be valid.
    """

    document: str
    audience: str
    version: int
    made_at: str
    original: CertifiedFile
    derivative: CertifiedFile
    policy: CertifiedPolicy
    software: Software
    pages: tuple[CertifiedPage, ...]
    checks: tuple[CheckResult, ...]
    pages_not_checked: tuple[int, ...]
    totals: Totals
    people: People
    ledger: LedgerHead
    format: Literal["claimkeep-redaction-certificate/1"] = FORMAT


@dataclass(frozen=True, slots=True)
class SignedCertificate:
    """A certificate, who signed it, and the signature: 128 hexadecimal digits in lower case, "" before it is signed."""

    certificate: Certificate
    signing_key: SigningKey
    signature: str
