"""What stands on a page, and where: the ground truth. All quads are in pixels of the page image as it is after damage."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from schemas.geometry import Point, Quad
from schemas.page import Line


@dataclass(frozen=True, slots=True)
class TruthEntity:
    """A value as printed. `places` has (line, start, end) into the page's lines for each line it touches, `boxes` one quad for
    each; `PageTruth.char_boxes_of` gives one per character. `sound` says whether its check digit holds, None where it has none.
    """

    kind: str
    text: str = field(repr=False)
    canonical: str = field(repr=False)
    role: str | None
    sound: bool | None
    by_hand: bool
    places: tuple[tuple[int, int, int], ...]
    boxes: tuple[Quad, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TruthField:
    """A field of the claim: `value` as printed, one quad per line it touches."""

    value: str = field(repr=False)
    canonical: str = field(repr=False)
    boxes: tuple[Quad, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TruthMark:
    """Ink that is no line of text: `kind` is seal, personal_seal, signature, stamp, tick, qr, photo, thumbprint or logo;
    `text` what it says, if anything. A signature's characters are also a line of the page."""

    kind: str
    text: str = field(repr=False)
    box: Quad


@dataclass(frozen=True, slots=True)
class PageTruth:
    """`rotation` is the clockwise turn in degrees that makes the page upright, as in `schemas.page.PageText`."""

    page_number: int
    document_class: str
    width: int
    height: int
    dpi: int
    rotation: int
    lines: tuple[Line, ...] = field(repr=False)
    fields: dict[str, TruthField] = field(repr=False)
    entities: tuple[TruthEntity, ...] = field(repr=False)
    marks: tuple[TruthMark, ...]

    @property
    def text(self) -> str:
        """All lines, joined by one line break each."""
        return "\n".join(line.text for line in self.lines)

    def char_boxes_of(self, entity: TruthEntity) -> tuple[Quad, ...]:
        """One quad per character of the entity's text, in order."""
        return tuple(quad for line, start, end in entity.places for quad in self.lines[line].char_boxes[start:end])

    def moved(self, move: Callable[[Point], Point], width: int, height: int, rotation: int) -> "PageTruth":
        """The same truth after every point went through *move*, on a page of *width* by *height* pixels."""

        def all_of(quads: tuple[Quad, ...]) -> tuple[Quad, ...]:
            return tuple(one(quad) for quad in quads)

        def one(quad: Quad) -> Quad:
            return (move(quad[0]), move(quad[1]), move(quad[2]), move(quad[3]))

        return replace(
            self,
            width=width,
            height=height,
            rotation=rotation,
            lines=tuple(replace(line, box=one(line.box), char_boxes=all_of(line.char_boxes)) for line in self.lines),
            fields={key: replace(found, boxes=all_of(found.boxes)) for key, found in self.fields.items()},
            entities=tuple(replace(found, boxes=all_of(found.boxes)) for found in self.entities),
            marks=tuple(replace(mark, box=one(mark.box)) for mark in self.marks),
        )
