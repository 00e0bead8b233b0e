"""Which cells of a workbook hold text that nobody sees: in hidden rows, columns and sheets, in the colour of their ground, in a
format that shows nothing, in columns too narrow to be read, under merged cells."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, fromstring

from archive.errors import Rejected
from schemas.cell_places import Covered, Marked, area_of, place_of, row_number
from schemas.tables import without_escapes
from workers.verify.package_parts import Part

_TOO_NARROW = 0.8  # of a digit's width; a narrow column of a form has one digit
_ALIKE = 32  # of 255, in each of red, green and blue
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_THEME = {"0": _WHITE, "1": _BLACK}
_INDEXED = {"1": _WHITE, "9": _WHITE, "65": _WHITE, "0": _BLACK, "8": _BLACK, "64": _BLACK}
_SHOWS_NOTHING = re.compile(r"(?:\[[^\]]*\])?\s*;\s*;\s*(?:;\s*)?")

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A cell's text, and `how` it is kept from sight."""

    text: str = field(repr=False)
    how: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    root: Element
    is_hidden: bool
    hidden_columns: Marked
    narrow_columns: Marked
    merged: Covered
    first_of_merged: frozenset[tuple[int, int]]
    rows_hidden: bool


def unseen_cells(parts: Sequence[Part]) -> Iterator[Unseen]:
    """Raises Rejected("damaged_document")."""
    by_name = {part.name: part for part in parts}
    try:
        hidden = _hidden_sheets(by_name)
        strings = _shared_strings(by_name)
        styles = _unseen_styles(by_name)
        for name, part in by_name.items():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                yield from _in_sheet(_sheet(_root(part), is_hidden=name in hidden), strings, styles)
    except (ParseError, ValueError, IndexError, KeyError) as error:
        raise Rejected("damaged_document", type(error).__name__) from None


def _root(part: Part) -> Element:
    root = fromstring(part.data)  # noqa: S314 - expat limits entities, and parts with a document type are refused before
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _hidden_sheets(by_name: Mapping[str, Part]) -> frozenset[str]:
    """The parts of sheets without a tab."""
    if "xl/workbook.xml" not in by_name or "xl/_rels/workbook.xml.rels" not in by_name:
        return frozenset()
    targets = {each.get("Id"): each.get("Target", "") for each in _root(by_name["xl/_rels/workbook.xml.rels"])}
    return frozenset(
        posixpath.normpath(posixpath.join("/xl", targets.get(_relation_id(sheet), ""))).lstrip("/")
        for sheet in _root(by_name["xl/workbook.xml"]).iter("sheet")
        if sheet.get("state", "visible") != "visible"
    )


def _relation_id(sheet: Element) -> str | None:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)


def _shared_strings(by_name: Mapping[str, Part]) -> tuple[str, ...]:
    part = by_name.get("xl/sharedStrings.xml")
    if part is None:
        return ()
    return tuple(without_escapes("".join(text.text or "" for text in each.iter("t"))) for each in _root(part).iter("si"))


def _unseen_styles(by_name: Mapping[str, Part]) -> Mapping[str, str]:
    """Of the styles that cells name by number, those that show nothing, and how."""
    part = by_name.get("xl/styles.xml")
    if part is None:
        return {}
    root = _root(part)
    formats = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iter("numFmt")}
    fonts, fills = ([*(root.find(name) or ())] for name in ("fonts", "fills"))
    found: dict[str, str] = {}
    for at, style in enumerate(root.find("cellXfs") or ()):
        if _SHOWS_NOTHING.fullmatch(formats.get(style.get("numFmtId"), "General")):
            found[str(at)] = "a format that shows nothing"
        elif _is_alike(_ink(fonts, style), _ground(fills, style)):
            found[str(at)] = "the colour of its ground"
    return found


def _ink(fonts: Sequence[Element], style: Element) -> Colour | None:
    font = fonts[int(style.get("fontId", "0"))] if fonts else None
    colour = None if font is None else font.find("color")
    return _BLACK if colour is None else _colour(colour)


def _ground(fills: Sequence[Element], style: Element) -> Colour | None:
    pattern = fills[int(style.get("fillId", "0"))].find("patternFill") if fills else None
    if pattern is None or pattern.get("patternType", "none") in {"none", "gray125"}:
        return _WHITE
    colour = pattern.find("fgColor")
    return _BLACK if colour is None else _colour(colour)


def _colour(element: Element) -> Colour | None:
    """None for a colour that only the program's theme knows."""
    if rgb := element.get("rgb", "")[-6:]:
        return (int(rgb[:2], 16), int(rgb[2:4], 16), int(rgb[4:], 16))
    if "theme" in element.attrib:
        return _THEME.get(element.get("theme", "")) if not element.get("tint") else None
    return _INDEXED.get(element.get("indexed", "64"))


def _is_alike(first: Colour | None, second: Colour | None) -> bool:
    return bool(first and second) and all(abs(a - b) <= _ALIKE for a, b in zip(first or (), second or (), strict=True))


def _sheet(root: Element, *, is_hidden: bool) -> _Sheet:
    columns = [*root.iter("col")]
    areas = [area_of(each.get("ref", "")) for each in root.iter("mergeCell")]
    default = root.find("sheetFormatPr")
    return _Sheet(
        root,
        is_hidden,
        _marked(each for each in columns if _is_on(each, "hidden")),
        _marked(each for each in columns if float(each.get("width", "8")) < _TOO_NARROW),
        Covered(areas),
        frozenset((each.left, each.top) for each in areas),
        default is not None and _is_on(default, "zeroHeight"),
    )


def _marked(columns: Iterable[Element]) -> Marked:
    marked = Marked()
    for each in columns:
        marked.mark(int(each.get("min", "1")), int(each.get("max", "1")))
    return marked


def _is_on(element: Element, attribute: str) -> bool:
    return element.get(attribute) in {"1", "true"}


def _in_sheet(sheet: _Sheet, strings: Sequence[str], styles: Mapping[str, str]) -> Iterator[Unseen]:
    number = 0
    for row in sheet.root.iter("row"):
        number, column = row_number(row.get("r", str(number + 1))), 0
        is_hidden = row.get("hidden", "1" if sheet.rows_hidden else "0") in {"1", "true"} or float(row.get("ht", "1")) == 0
        for cell in row.iter("c"):
            column = place_of(cell.get("r", ""))[0] if "r" in cell.attrib else column + 1
            text = _text(cell, strings)
            how = _how(cell, (column, number), sheet, styles, row_hidden=is_hidden) if text.strip() else ""
            if how:
                yield Unseen(text, how)


def _text(cell: Element, strings: Sequence[str]) -> str:
    value = cell.findtext("v", "")
    if cell.get("t") == "s":
        return strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""
    return without_escapes(value or "".join(text.text or "" for text in cell.iter("t")))


def _how(cell: Element, place: tuple[int, int], sheet: _Sheet, styles: Mapping[str, str], *, row_hidden: bool) -> str:
    if sheet.is_hidden:
        return "a hidden sheet"
    if row_hidden:
        return "a hidden row"
    if place[0] in sheet.hidden_columns:
        return "a hidden column"
    if place[0] in sheet.narrow_columns:
        return "a column too narrow to be read"
    if place in sheet.merged and place not in sheet.first_of_merged:
        return "under a merged cell"
    return styles.get(cell.get("s", "0"), "")
