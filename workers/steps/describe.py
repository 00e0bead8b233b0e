"""What the index may hold of a document: keyed tokens of its names, numbers and dates, and its text for the public."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from archive.errors import Rejected
from archive.search_keys import names, numbers
from archive.search_keys.dates import DATE_KINDS, tokens_of_date, tokens_of_other_day
from archive.search_keys.key import SearchKey
from archive.search_keys.names import tokens_of_name
from archive.search_keys.numbers import tokens_of_number
from schemas.claim import Extraction
from schemas.entity import NAME_KINDS, Entity, Tier
from schemas.geometry import Quad
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText
from workers.extract.claim_status import status_code
from workers.extract.other_readings import parts_of_number

NUMBER_KINDS = frozenset({"POLICY", "CLAIM", "APPLICATION", "INVOICE", "MED_BILL", "US_CLAIM", "US_GROUP", "PLATE", "VIN"})
"""Numbers of contracts, claims and papers."""
PRIVATE_NUMBER_KINDS = frozenset(
    {
        "CN_ID18", "CN_ID15", "CN_RESIDENCE_HMT", "CN_FPR2023", "CN_FPR2017", "CN_PASSPORT", "HM_TRAVEL", "TW_TRAVEL",
        "CN_EXIT_HM", "CN_EXIT_TW", "HKID", "MOID", "TWID", "CN_MIL", "CN_BIRTH_CERT", "CN_DRIVER", "CN_DRIVER_FILE", "CN_SSC",
        "CN_MOBILE", "CN_PHONE", "INTL_PHONE", "US_PHONE", "CN_BANK", "MRN", "LAB_NO", "US_SSN", "US_ITIN", "US_EIN", "US_MBI",
        "US_HICN", "US_DEA", "US_MEMBER", "US_BANK", "NUMBER",
    }
)  # fmt: skip
"""Numbers of persons; their tails are for entitled searchers."""

_NAME_FIELDS = ("insured", "policyholder", "claimant", "beneficiary")
_NUMBER_FIELDS = ("policy_number", "report_number", "case_number", "claim_number")
_PRIVATE_FIELDS = ("identity_number", "phone")
_DATE_FIELDS = {
    "loss_date": "loss",
    "report_date": "report",
    "admission_date": "admission",
    "discharge_date": "discharge",
    "birth_date": "birth",
}
# What the kinds of dates in docs/identifiers.md are called among the dates of a claim.
_DATE_NAMES = {"accident": "loss", "notice": "report", "dob": "birth"}


@dataclass(frozen=True, slots=True)
class _Value:
    """One value to be found by. `make` turns it into tokens."""

    text: str = field(repr=False)
    make: Callable[[SearchKey, str], tuple[SearchToken, ...]]
    page_number: int
    box: Quad | None


def describe(document_id: str, extraction: Extraction, public_texts: Sequence[RedactedText], key: SearchKey) -> IndexRecord:
    """The index record of one document. Raises ValueError where a text was not made for the public.

    A value that stands in several places is found at the first of them.
    """
    if any(text.audience is not Audience.PUBLIC for text in public_texts):
        raise ValueError("the index takes text for the public only")
    first: dict[str, PlacedToken] = {}
    for value in sorted(_values(extraction), key=lambda value: value.page_number):
        for token in value.make(key, value.text):
            first.setdefault(token.digest, PlacedToken(token, value.page_number, value.box))
    labels = tuple(_labels(extraction, public_texts))
    return IndexRecord(document_id, extraction.document_class, tuple(public_texts), tuple(first.values()), labels)


def _labels(extraction: Extraction, public_texts: Sequence[RedactedText]) -> Iterator[str]:
    """The insurer only where the public may read the name: a label is no way around the masks."""
    if status := extraction.fields.get("status"):
        yield f"status:{status_code(status.value)}"
    insurer = extraction.fields.get("insurer")
    if insurer and any(_squeezed(insurer.value) in _squeezed(page.text) for page in public_texts):
        yield f"insurer:{insurer.value}"


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _values(extraction: Extraction) -> Iterator[_Value]:
    for entity in extraction.entities:
        if make := _maker_of_entity(entity):
            for text in _texts(entity):
                yield _Value(text, make, entity.page_number, entity.boxes[0] if entity.boxes else None)
            if read_otherwise := _maker_of_other_reading(entity):
                for text in (*entity.alternatives, *entity.days):
                    yield _Value(text, read_otherwise, entity.page_number, entity.boxes[0] if entity.boxes else None)
            if born := _birth_day(entity):
                make_born = _date_maker("birth", tokens_of_date if entity.tier is Tier.A else tokens_of_other_day)
                yield _Value(born, make_born, entity.page_number, entity.boxes[0] if entity.boxes else None)
    for name, claim_field in extraction.fields.items():
        if make := _maker_of_field(name):
            yield _Value(claim_field.value, make, claim_field.page_number, claim_field.box)


def _birth_day(entity: Entity) -> str | None:
    """As an identity number of mainland China has it, places 7 to 14; it is certain where its check character is right."""
    is_whole = entity.kind in {"CN_ID18", "CN_ID15"} and len(entity.canonical) == 18
    return "-".join((entity.canonical[6:10], entity.canonical[10:12], entity.canonical[12:14])) if is_whole else None


def _texts(entity: Entity) -> Iterator[str]:
    """As it was read and in its normal form; of a doctor the latter alone, for a title belongs to what was read. A number that
    was read in several pieces is each of them, too: they may be as many numbers."""
    read = "" if entity.kind == "DOCTOR" and entity.canonical else entity.text
    parts = parts_of_number(entity.text) if entity.kind in NUMBER_KINDS | PRIVATE_NUMBER_KINDS else ()
    yield from dict.fromkeys(filter(None, (entity.canonical, read, *parts)))


def _maker_of_entity(entity: Entity) -> Callable[[SearchKey, str], tuple[SearchToken, ...]] | None:
    if entity.kind in NAME_KINDS:
        return tokens_of_name
    if entity.kind in NUMBER_KINDS:
        return tokens_of_number
    if entity.kind in PRIVATE_NUMBER_KINDS:
        return _private_number
    if _is_date(entity):
        return _date_maker(_which_date(entity))
    return None


def _maker_of_other_reading(entity: Entity) -> Callable[[SearchKey, str], tuple[SearchToken, ...]] | None:
    """Of what the page may hold in place of the value that was read."""
    if entity.kind in NAME_KINDS:
        return names.tokens_of_other_reading
    if _is_date(entity):
        return _date_maker(_which_date(entity), tokens_of_other_day)
    return numbers.tokens_of_other_reading if entity.kind in NUMBER_KINDS | PRIVATE_NUMBER_KINDS else None


def _maker_of_field(name: str) -> Callable[[SearchKey, str], tuple[SearchToken, ...]] | None:
    if name in _NAME_FIELDS:
        return tokens_of_name
    if name in _NUMBER_FIELDS:
        return tokens_of_number
    if name in _PRIVATE_FIELDS:
        return _private_number
    return _date_maker(_DATE_FIELDS[name]) if name in _DATE_FIELDS else None


def _is_date(entity: Entity) -> bool:
    return entity.kind == "DOB" or entity.kind.startswith("DATE_")


def _which_date(entity: Entity) -> str:
    """What the role says, else the kind (`DATE_ADMISSION`, `DOB`); a role may also be whose date it is."""
    named = (name.lower() for name in (entity.role or "", entity.kind.removeprefix("DATE_")))
    known = (which for name in named if (which := _DATE_NAMES.get(name, name)) in DATE_KINDS)
    return next(known, "other")


def _private_number(key: SearchKey, value: str) -> tuple[SearchToken, ...]:
    return tokens_of_number(key, value, private=True)


def _date_maker(
    kind: str, tokens_of: Callable[[SearchKey, str, str], tuple[SearchToken, ...]] = tokens_of_date
) -> Callable[[SearchKey, str], tuple[SearchToken, ...]]:
    def make(key: SearchKey, value: str) -> tuple[SearchToken, ...]:
        try:
            return tokens_of(key, value, kind)
        except Rejected:
            return ()  # a date misread beyond all calendars stays in the text, but nothing can be looked up by it

    return make
