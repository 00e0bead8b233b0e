"""Pages for the tests of extraction: cells of text at places of a page, every character with its box."""

from collections.abc import Sequence

from schemas.geometry import Point, Quad, upright
from schemas.page import EngineVersion, Line, PageText

ENGINE = EngineVersion("builder", "1")
Cell = tuple[float, float, str]


def line(left: float, top: float, text: str, height: float = 20.0) -> Line:
    width = [height if ord(character) > 0x2E80 else height / 2 for character in text]
    edges = [left + sum(width[:index]) for index in range(len(text) + 1)]
    boxes = tuple(upright(edges[i], top, edges[i + 1], top + height) for i in range(len(text)))
    return Line(text, upright(edges[0], top, edges[-1], top + height), boxes, confidence=0.98)


def page(*cells: Cell, number: int = 1, width: int = 1200, height: int = 1600) -> PageText:
    return PageText(number, width, height, 150.0, 0, tuple(line(*cell) for cell in cells), ENGINE)


def turned(upright_page: PageText, rotation: int) -> PageText:
    """The same page lying so that *rotation* degrees clockwise make it upright again."""

    def place(point: Point) -> Point:
        x, y = point
        return {
            90: (y, upright_page.width - x),
            180: (upright_page.width - x, upright_page.height - y),
            270: (upright_page.height - y, x),
        }[rotation]

    return _moved(upright_page, place, rotation)


def slanted(level: PageText, slope: float) -> PageText:
    """The same page with every line falling by *slope* pixels a pixel."""
    return _moved(level, lambda point: (point[0], point[1] + slope * point[0]), 0)


def _moved(source: PageText, place: object, rotation: int) -> PageText:
    assert callable(place)

    def quad(corners: Quad) -> Quad:
        first, second, third, fourth = (place(corner) for corner in corners)
        return (first, second, third, fourth)

    lines: Sequence[Line] = [
        Line(one.text, quad(one.box), tuple(map(quad, one.char_boxes)), one.confidence) for one in source.lines
    ]
    swapped = rotation in {90, 270}
    width, height = (source.height, source.width) if swapped else (source.width, source.height)
    return PageText(source.page_number, width, height, source.dpi, rotation, tuple(lines), ENGINE)
