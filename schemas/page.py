"""What was read on one page."""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.geometry import Quad
from schemas.region import PageRegions


class PageState(StrEnum):
    """Where a page stands. The last three are final."""

    WAITING = "waiting"
    READ = "read"
    BLANK = "blank"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self is not PageState.WAITING


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """Which tool made a reading; every text carries it (provenance)."""

    name: str
    version: str
    parameters: str = ""
    """What else decides the result: models and settings, as one short stable string."""

    def key(self) -> str:
        return "/".join(part for part in (self.name, self.version, self.parameters) if part)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text with the place of each character.

    `char_boxes` has one quad per character of `text`. `char_confidences` has one number per character, or is empty where
    the source gives none. `runners_up` has, per character, the characters the engine thought next likely ("" for none), or
    is empty. `confidence` runs from 0 to 1; None means unknown. `alternatives` are other readings of the whole line, the
    likelier first, that a second look left standing: for finding and hiding, never shown as what the page says. `by_hand`
    says that it looks handwritten.
    """

    text: str = field(repr=False)
    box: Quad
    char_boxes: tuple[Quad, ...] = field(repr=False)
    confidence: float | None = None
    char_confidences: tuple[float, ...] = field(default=(), repr=False)
    runners_up: tuple[str, ...] = field(default=(), repr=False)
    alternatives: tuple[str, ...] = field(default=(), repr=False)
    by_hand: bool = False

    def __post_init__(self) -> None:
        if len(self.char_boxes) != len(self.text):
            raise ValueError(f"{len(self.char_boxes)} character boxes for {len(self.text)} characters")
        for per_character in (self.char_confidences, self.runners_up):
            if per_character and len(per_character) != len(self.text):
                raise ValueError(f"{len(per_character)} values for {len(self.text)} characters")
        if "\n" in self.text:
            raise ValueError("a line holds no line break")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            raise ValueError("confidence runs from 0 to 1")


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of one page in reading order.

    `page_number` counts from 1. `width` and `height` are the page in original page pixels, `dpi` how many of them make an
    inch on paper. `rotation` is the clockwise turn in degrees (0, 90, 180, 270) that makes the page upright.
    Spans in `text` are characters [start, end).
    """

    page_number: int
    width: int
    height: int
    dpi: float
    rotation: int
    lines: tuple[Line, ...] = field(repr=False)
    engine: EngineVersion

    def __post_init__(self) -> None:
        if self.page_number < 1:
            raise ValueError("page numbers count from 1")
        if self.rotation not in {0, 90, 180, 270}:
            raise ValueError("rotation is 0, 90, 180 or 270")

    @property
    def text(self) -> str:
        """All lines, joined by one line break each."""
        return "\n".join(line.text for line in self.lines)

    def char_boxes(self) -> tuple[Quad | None, ...]:
        """One quad per character of `text`; None for the line breaks between lines."""
        boxes: list[Quad | None] = []
        for line in self.lines:
            if boxes:
                boxes.append(None)
            boxes.extend(line.char_boxes)
        return tuple(boxes)

    def boxes_of(self, start: int, end: int) -> tuple[Quad, ...]:
        """One quad per line that the span [start, end) touches, around just its characters there."""
        found: list[Quad] = []
        offset = 0
        for line in self.lines:
            first, last = max(start - offset, 0), min(end - offset, len(line.text))
            if first < last:
                quads = line.char_boxes[first:last]
                found.append((quads[0][0], quads[-1][1], quads[-1][2], quads[0][3]))
            offset += len(line.text) + 1
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PageReading:
    """How reading one page ended: its text, or the reason there is none.

    `not_text` is what else the page shows; None where nobody has looked, as in readings of older versions.
    """

    page_number: int
    state: PageState
    reason: str | None = None
    text: PageText | None = field(default=None, repr=False)
    not_text: PageRegions | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        has_text = self.text is not None and bool(self.text.text.strip())
        if (self.state is PageState.READ) != has_text:
            raise ValueError("a page is `read` exactly when it has text")
        if (self.state is PageState.FAILED) != (self.reason is not None):
            raise ValueError("a page has a reason exactly when it failed")
