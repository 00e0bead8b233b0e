"""From the text of pages to what a claim says: entities, fields, the class of the document."""

import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from schemas.claim import ClaimField, Extraction
from schemas.entity import NAME_KINDS, Entity
from schemas.page import PageText
from workers.extract.classify import classify
from workers.extract.fields import choose_amount, claim_fields
from workers.extract.insurer import foremost, insurers_in
from workers.extract.layout import Grid, grid_of_page, grid_of_plain, rest_below
from workers.extract.name_parts import find as find_name_parts
from workers.extract.normalise import NormalisedText, normalise
from workers.extract.other_dates import MOST, days_in, days_like, years_in
from workers.extract.other_readings import other_names, other_texts, other_values
from workers.extract.passage import Candidate, Passage
from workers.extract.pipeline import build, run, standing
from workers.extract.propagate import propagate
from workers.extract.resolve import resolve
from workers.extract.typed import typed

_HAN = re.compile(r"[一-鿿]")
_ONE_READING = frozenset(
    {"AMOUNT", "HEALTH_TEXT", "CN_ADDRESS", "US_ADDRESS", "HOSPITAL", "DIAGNOSIS", "PROCEDURE", "URL", "IP"}
)
_MONTH = len("2019-03")
_MARRED_DAY = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z|!/]{1,2}[ .,]?$")
"""What stands right before a month by its name, and may have been its day."""
_STATUS = re.compile(r"[一-鿿A-Za-z][一-鿿A-Za-z ]{1,20}")
_TOTAL = re.compile(r"合计|总|索赔|申请|赔|total|due", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page under way. `text` is the page's own text, of which entities are spans."""

    number: int
    text: str = field(repr=False)
    passage: Passage = field(repr=False)
    grid: Grid = field(repr=False)
    candidates: tuple[Candidate, ...] = field(repr=False)
    source: PageText | None = field(default=None, repr=False)

    def rest_of(self, candidate: Candidate) -> str:
        return rest_below(self.passage.text, self.grid, candidate.start, candidate.end)


class Extractor:
    """Finds entities and fields. Loads its pipelines once, keeps no state between calls; one a process."""

    def __init__(self) -> None:
        self._chinese = build("zh")
        self._english = build("en")

    def entities_in_text(self, text: str, page_number: int = 1) -> tuple[Entity, ...]:
        """The entities of plain text, in order, without boxes; spans are characters [start, end) of *text*."""
        normal = normalise(text)
        return _entities((self._read(page_number, text, normal, grid_of_plain(normal, text)),))

    def entities_on_page(self, page: PageText) -> tuple[Entity, ...]:
        """The entities of one page by itself, in order; spans are characters [start, end) of its `text`."""
        return _entities((self._read_page(page),))

    def extract(self, pages: Sequence[PageText]) -> Extraction:
        """Everything in one document; spans are characters [start, end) of each page's `text`."""
        read, document_class = tuple(self._read_page(page) for page in pages), classify(pages)
        entities = _in_their_roles(document_class, _entities(read))
        return Extraction(document_class, _fields(read, entities), entities)

    def extract_text(self, text: str) -> Extraction:
        """The same for plain text: one page without boxes, spans in characters of *text*."""
        normal = normalise(text)
        read = (self._read(1, text, normal, grid_of_plain(normal, text)),)
        entities = _entities(read)
        return Extraction(classify((typed(text),)), _fields(read, entities), entities)

    def _read_page(self, page: PageText) -> _Page:
        text = page.text
        normal = normalise(text)
        return self._read(page.page_number, text, normal, grid_of_page(normal, page), page)

    def _read(self, number: int, text: str, normal: NormalisedText, grid: Grid, source: PageText | None = None) -> _Page:
        nlp = self._chinese if _HAN.search(normal.text) else self._english
        doc = run(nlp, normal, grid)
        parts = find_name_parts(source, normal) if source else ()
        return _Page(number, text, doc._.passage, grid, resolve((*parts, *standing(doc))), source)


def _in_their_roles(document_class: str, entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """On a hospital's bill 收款人, who takes the money, is its cashier, and not somebody whom the insurer pays."""
    if document_class != "medical_bill":
        return entities
    return tuple(replace(entity, role="handler") if entity.role == "payee" else entity for entity in entities)


def _entities(pages: Sequence[_Page]) -> tuple[Entity, ...]:
    completed = _completed(pages)
    dates = [each for page in pages for each in completed[page.number] if _is_date(each.kind)]
    years = years_in((*(each.canonical for each in dates), *(page.text for page in pages)))
    return tuple(_entity(page, candidate, years) for page in pages for candidate in completed[page.number])


def _completed(pages: Sequence[_Page]) -> Mapping[int, tuple[Candidate, ...]]:
    return propagate({page.number: page.passage.normal for page in pages}, {page.number: page.candidates for page in pages})


def _entity(page: _Page, candidate: Candidate, years: frozenset[int]) -> Entity:
    start, end = page.passage.normal.original_span(candidate.start, candidate.end)
    return Entity(
        kind=candidate.kind,
        tier=candidate.tier,
        page_number=page.number,
        text=page.text[start:end],
        span=(start, end),
        boxes=page.source.boxes_of(start, end) if page.source else (),
        canonical=candidate.canonical,
        role=candidate.role,
        confidence=round(candidate.strength * _reading_confidence(page.source, start, end), 4),
        alternatives=_alternatives(page, candidate, start, end),
        days=_days(page, candidate, start, end, years) if _is_date(candidate.kind) else (),
    )


def _is_date(kind: str) -> bool:
    return kind == "DOB" or kind.startswith("DATE")


def _days(page: _Page, candidate: Candidate, start: int, end: int, years: frozenset[int]) -> tuple[str, ...]:
    """What a date may mean: of one that was read, if only its month, what another reading says; of another what is like it."""
    others = other_texts(page.source, start, end) if page.source else ()
    if rest := page.rest_of(candidate):
        others = (f"{page.text[start:end]} {rest}", *others)
    if len(candidate.canonical) == _MONTH and (marred := _MARRED_DAY.search(page.text, max(start - 3, 0), start)):
        others = (*days_like((page.text[marred.start() : end],), years), *others)
    certain = tuple(day for day in days_in(others) if day != candidate.canonical)
    if candidate.canonical:
        return certain
    return tuple(dict.fromkeys((*certain, *days_like((page.text[start:end], *others), years))))[:MOST]


def _alternatives(page: _Page, candidate: Candidate, start: int, end: int) -> tuple[str, ...]:
    """What a value may be otherwise: of names and numbers, by which something is found, or that are hidden."""
    if page.source is None or candidate.kind in _ONE_READING or _is_date(candidate.kind):
        return ()
    if candidate.kind in NAME_KINDS:
        return other_names(page.source, start, end)
    return other_values(page.source, start, end, page.rest_of(candidate))


def _reading_confidence(page: PageText | None, start: int, end: int) -> float:
    """How sure the reading of these characters is, from 0 to 1; 1 where the source does not say."""
    if page is None:
        return 1.0
    found: list[float] = []
    offset = 0
    for line in page.lines:
        first, last = max(start - offset, 0), min(end - offset, len(line.text))
        if first < last:
            found.extend(line.char_confidences[first:last] or [1.0 if line.confidence is None else line.confidence])
        offset += len(line.text) + 1
    return statistics.fmean(found) if found else 1.0


def _fields(pages: Sequence[_Page], entities: Sequence[Entity]) -> dict[str, ClaimField]:
    said = {"insurer": _insurer(pages), "status": _status(pages)}
    return claim_fields(entities, _amount(pages, entities)) | {name: each for name, each in said.items() if each}


def _amount(pages: Sequence[_Page], entities: Sequence[Entity]) -> Entity | None:
    places = {
        (page.number, page.passage.normal.starts[slot.start])
        for page in pages
        for slot in page.passage.slots_for("amount")
        if _TOTAL.search(page.passage.text[slot.label.start : slot.label.end])
    }

    def is_total(entity: Entity) -> bool:
        return any(number == entity.page_number and 0 <= entity.span[0] - start <= 4 for number, start in places)

    return choose_amount(entities, is_total)


def _status(pages: Sequence[_Page]) -> ClaimField | None:
    for page in pages:
        for slot in page.passage.slots_for("status"):
            if match := _STATUS.search(page.passage.text, slot.start, slot.end):
                return _field_at(page, *match.span())
    return None


def _insurer(pages: Sequence[_Page]) -> ClaimField | None:
    found = [_field_at(page, start, end) for page in pages for start, end in insurers_in(page.passage.text)]
    chosen = foremost([each.value for each in found])
    return None if chosen is None else found[chosen]


def _field_at(page: _Page, start: int, end: int) -> ClaimField:
    """What stands at characters [start, end) of the normalised text."""
    first, last = page.passage.normal.original_span(start, end)
    boxes = page.source.boxes_of(first, last) if page.source else ()
    return ClaimField(" ".join(page.text[first:last].split()), page.number, boxes[0] if boxes else None)
