"""What is known to stand on the papers of an archive: values to find them by, and values that must not be seen."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import Rejected
from archive.search_keys.typed_date import Precision, parse_date
from bench.papers import PageTruth, PaperTruth, TruthEntity
from schemas.codec import from_json
from schemas.entity import NAME_KINDS, Entity, Tier
from schemas.geometry import Quad
from schemas.page import EngineVersion, PageText
from schemas.query import Query

_NUMBER_KINDS = {
    "POLICY": "policy",
    "CN_ID18": "identity",
    "CN_ID15": "identity",
    "US_SSN": "identity",
    "US_MEMBER": "member",
    "CN_MOBILE": "phone",
    "CN_PHONE": "phone",
    "INTL_PHONE": "phone",
}
"""Kinds of numbers that people look for; a CLAIM is the report's, the case's or the claim's by its role."""
_FORM_KINDS = {"NAME": ("name", "name"), "PHONE": ("number", "phone"), "ID_NUMBER": ("number", "identity")}
"""Types of the forms' lists of personal data, as key and kind."""
_WHOLE_DATE = re.compile(r"(19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*([月./-]\s*\d{1,2}\s*日?|月)?")
_ALL = 1_000_000
_TRUTH = EngineVersion("truth", "1")


@dataclass(frozen=True, slots=True)
class Sought:
    """A value somebody looks for; `key` is name, number or date, `kind` what it is of these."""

    key: str
    kind: str
    value: str = field(repr=False)

    def query(self) -> Query:
        """For this value alone, and all that answers."""
        name, number, date = (self.value if self.key == key else None for key in ("name", "number", "date"))
        return Query(name=name, number=number, date=date, limit=_ALL)


@dataclass(frozen=True, slots=True)
class HiddenValue:
    """A value that some audience may not see, with the place of each character on the original, where that is known."""

    entity: Entity
    characters: tuple[Quad, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """One file. `texts` has its pages as they truly are, where that is known."""

    collection: str
    path: Path
    sought: tuple[Sought, ...] = field(repr=False)
    values: tuple[HiddenValue, ...] = field(repr=False)
    texts: tuple[PageText, ...] = field(default=(), repr=False)


def generated_papers(folder: Path) -> Iterator[KnownPaper]:
    """Papers of bench.papers in *folder*, their truth beside them."""
    for path in sorted((folder / "truth").glob("*.json")):
        truth = from_json(PaperTruth, path.read_bytes())
        entities = [entity for page in truth.pages for entity in page.entities]
        yield KnownPaper(
            collection="papers",
            path=folder / truth.file,
            sought=sought_of(entities),
            values=values_of(truth.pages),
            texts=tuple(map(_exact_text, truth.pages)),
        )


def sought_of(entities: Iterable[TruthEntity]) -> tuple[Sought, ...]:
    """What a paper can be found by, each value once."""
    return tuple(dict.fromkeys(found for entity in entities if (found := _sought(entity))))


def values_of(pages: Iterable[PageTruth]) -> tuple[HiddenValue, ...]:
    """Every entity that is printed on *pages*, in order; which of them is hidden from whom, a policy says."""
    return tuple(HiddenValue(_entity(page, entity), page.char_boxes_of(entity)) for page in pages for entity in page.entities)


def filled_forms(folder: Path) -> Iterator[KnownPaper]:
    """The forms of XFUND in *folder*: their lists of personal data, and what in them is a whole date. Silver, and a floor."""
    for path in sorted((folder / "gt").glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        sought = [Sought(*_FORM_KINDS[each["type"]], each["text"]) for each in truth["pii"] if each["type"] in _FORM_KINDS]
        dates = [found for leaf in _leaves(truth["key_values"]) if (found := _date(leaf))]
        numbers = [each.value for each in sought if each.kind == "identity"]
        yield KnownPaper(
            collection="forms",
            path=folder / "images" / f"{path.stem}.jpg",
            sought=tuple(dict.fromkeys((*sought, *dates))),
            values=tuple(HiddenValue(Entity("CN_ID18", Tier.A, 1, text, (0, len(text)), (), text)) for text in numbers),
        )


def _sought(entity: TruthEntity) -> Sought | None:
    if entity.kind in NAME_KINDS:
        return Sought("name", "doctor" if entity.kind == "DOCTOR" else "name", entity.canonical)
    if entity.kind == "CLAIM":
        return Sought("number", entity.role or "claim", entity.canonical)
    if entity.kind in _NUMBER_KINDS:
        return Sought("number", _NUMBER_KINDS[entity.kind], entity.canonical)
    if entity.kind == "DOB" or entity.kind.startswith("DATE"):
        return _date(entity.canonical)
    return None


def _date(text: str) -> Sought | None:
    """*text* as a date to look for, if it is one of a day or a month and nothing else."""
    if not _WHOLE_DATE.fullmatch(text.strip()):
        return None
    try:
        is_vague = parse_date(text).precision is Precision.YEAR
    except Rejected:
        return None
    return None if is_vague else Sought("date", "date", text.strip())


def _leaves(node: object) -> Iterator[str]:
    match node:
        case dict():
            for child in node.values():
                yield from _leaves(child)
        case list():
            for child in node:
                yield from _leaves(child)
        case str():
            yield node


def _entity(page: PageTruth, entity: TruthEntity) -> Entity:
    span = (0, len(entity.text))
    return Entity(entity.kind, Tier.A, page.page_number, entity.text, span, entity.boxes, entity.canonical, entity.role)


def _exact_text(page: PageTruth) -> PageText:
    return PageText(page.page_number, page.width, page.height, page.dpi, page.rotation, page.lines, _TRUTH)
