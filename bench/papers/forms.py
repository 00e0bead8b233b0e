"""Arrangements that every kind of paper shares: titles, labelled entries in four manners, tables of items, paragraphs."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from bench.papers.look import Look
from bench.papers.pieces import Piece, text_of
from bench.papers.sheet import Pen, Run, Sheet

_PAD = 1.2  # mm between a cell's edge and its text
_SMALLEST = 0.62  # of its size: how far text shrinks to fit a cell


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A label and what stands beside it; a wide one takes a whole row."""

    label: str
    pieces: tuple[Piece, ...]
    wide: bool = False


def entry(label: str, *pieces: Piece, wide: bool = False) -> Entry:
    return Entry(label, pieces, wide)


def title(sheet: Sheet, y: float, look: Look, text: str, *, above: tuple[Piece, ...] = ()) -> float:
    """The head of a paper, centred; *above* is the house's name over it, somewhat smaller."""
    room = sheet.width - 2 * look.margin
    if above:
        y = sheet.put(
            look.margin,
            y,
            fitted(sheet, [(piece, look.title.scaled(0.85)) for piece in above], room, 1),
            width=room,
            align="centre",
        )
    return sheet.put(look.margin, y, [(text, look.title)], width=room, align="centre") + 1.5


def heading(sheet: Sheet, y: float, look: Look, text: str) -> float:
    return sheet.put(look.margin, y + 1.0, [(text, look.heading)]) + 0.6


def paragraph(sheet: Sheet, y: float, look: Look, runs: Sequence[Run], *, indent: bool = True, leading: float = 0.0) -> float:
    """Running text over the whole width, its first line moved in by two characters; *leading* 0 means the look's own."""
    em = max(pen.size for _, pen in runs)
    lead: list[Run] = [("\u3000\u3000", Pen(look.label.face, em, look.label.colour))] if indent else []
    return sheet.put(look.margin, y, [*lead, *runs], width=sheet.width - 2 * look.margin, leading=leading or look.leading)


def entries(sheet: Sheet, y: float, look: Look, items: Sequence[Entry], *, arrangement: str = "") -> float:
    """Labelled entries in the look's arrangement; returns the y below."""
    rows = _packed(items, look.columns)
    match arrangement or look.arrangement:
        case "grid":
            return _grid(sheet, y, look, rows)
        case "stacked":
            return _stacked(sheet, y, look, rows)
        case "underlined":
            return _free(sheet, y, look, rows, underlined=True)
    return _free(sheet, y, look, rows, underlined=False)


def table(
    sheet: Sheet,
    y: float,
    look: Look,
    head: Sequence[str],
    rows: Sequence[Sequence[tuple[Piece, ...]]],
    shares: Sequence[float],
) -> float:
    """Items in columns whose widths are *shares* of the whole; returns the y below."""
    width = sheet.width - 2 * look.margin
    total = sum(shares)
    widths = [width * share / total for share in shares]
    edges = [look.margin]
    for each in widths:
        edges.append(edges[-1] + each)
    tops = [y]
    y = _table_row(sheet, y, look, edges, [[(text, look.label)] for text in head])
    for row in rows:
        tops.append(y)
        y = _table_row(sheet, y, look, edges, [[(piece, look.entry) for piece in pieces] for pieces in row])
    _table_rules(sheet, look, edges, [*tops, y])
    return y


def signed(sheet: Sheet, x: float, y: float, look: Look, label: str, signature: Piece, *dated: Piece) -> float:
    """`label：<signature>` with a date under it; marks the signature."""
    start = x + sheet.measure([(f"{label}{look.colon}", look.label)]) + 1
    sheet.put(x, y + 1.4, [(f"{label}{look.colon}", look.label)])
    bottom = sheet.put(start, y - 1.0, [(signature, look.signature)])
    width = sheet.measure([(signature, look.signature)])
    sheet.mark_mm("signature", start, y - 1.0, width, bottom - y + 1.0, text_of((signature,)))
    if dated:
        bottom = sheet.put(x, bottom + 0.5, [("日期" + look.colon, look.label), *((piece, look.entry) for piece in dated)])
    return bottom


def fitted(sheet: Sheet, runs: Sequence[Run], width: float, lines: int = 1) -> list[Run]:
    """*runs* in pens small enough for *width* by *lines*; never below a readable size."""
    factor = 1.0
    while factor > _SMALLEST and sheet.lines_needed([(piece, pen.scaled(factor)) for piece, pen in runs], width) > lines:
        factor *= 0.92
    return [(piece, pen.scaled(factor)) for piece, pen in runs]


def _packed(items: Sequence[Entry], columns: int) -> list[list[Entry]]:
    """Rows of up to *columns* entries; a wide one stands alone."""
    rows: list[list[Entry]] = []
    is_open = False
    for item in items:
        if item.wide or not is_open or len(rows[-1]) == columns:
            rows.append([])
        rows[-1].append(item)
        is_open = not item.wide
    return rows


def _label(look: Look, text: str) -> str:
    """Short labels are often spread: 姓　名."""
    return f"{text[0]}\u3000{text[1]}" if look.spaced_labels and len(text) == 2 else text


def _grid(sheet: Sheet, y: float, look: Look, rows: Sequence[Sequence[Entry]]) -> float:
    """Label cells left of value cells, all ruled."""
    width = sheet.width - 2 * look.margin
    for row in rows:
        cell = width / len(row)
        label_width = min(0.42 * width / look.columns, 34.0)
        height = max(_cell_height(sheet, look, item, cell - label_width) for item in row)
        for place, item in enumerate(row):
            x = look.margin + place * cell
            _cell(sheet, x, y, label_width, height, look, [(_label(look, item.label), look.label)], align="centre")
            _cell(sheet, x + label_width, y, cell - label_width, height, look, look.filled(*item.pieces))
        y += height
    return y


def _cell_height(sheet: Sheet, look: Look, item: Entry, width: float) -> float:
    runs = look.filled(*item.pieces)
    lines = sheet.lines_needed(runs, width - 2 * _PAD) if item.wide else 1
    return max(look.row, max(1, lines) * look.entry.size * 1.4 + 2)


def _cell(
    sheet: Sheet, x: float, y: float, width: float, height: float, look: Look, runs: Sequence[Run], *, align: str = "left"
) -> None:
    sheet.frame(x, y, width, height, thick=look.thick, colour=look.label.colour)
    if not runs:
        return
    em = max(pen.size for _, pen in runs)
    fit = fitted(sheet, runs, width - 2 * _PAD, max(1, int((height - 0.6) / (em * 1.3))))
    lines = sheet.lines_needed(fit, width - 2 * _PAD)
    pitch = max(pen.size for _, pen in fit) * 1.3
    sheet.put(x + _PAD, y + (height - lines * pitch) / 2, fit, width=width - 2 * _PAD, leading=1.3, align=align)


def _stacked(sheet: Sheet, y: float, look: Look, rows: Sequence[Sequence[Entry]]) -> float:
    """Small labels at the top left of ruled cells, values under them."""
    width = sheet.width - 2 * look.margin
    small = look.label.scaled(0.78)
    for row in rows:
        cell = width / len(row)
        height = max(_cell_height(sheet, look, item, cell) for item in row) + small.size * 1.3
        for place, item in enumerate(row):
            x = look.margin + place * cell
            sheet.frame(x, y, cell, height, thick=look.thick, colour=look.label.colour)
            below = sheet.put(x + 0.8, y + 0.4, [(item.label, small)])
            room = height - (below - y) - 0.4
            runs = look.filled(*item.pieces)
            if runs:
                fit = fitted(sheet, runs, cell - 2 * _PAD, max(1, int(room / (look.entry.size * 1.3))))
                sheet.put(x + _PAD, below, fit, width=cell - 2 * _PAD, leading=1.3)
        y += height
    return y


def _free(sheet: Sheet, y: float, look: Look, rows: Sequence[Sequence[Entry]], *, underlined: bool) -> float:
    """`label：value` without cells, with or without a line to write on."""
    width = sheet.width - 2 * look.margin
    for row in rows:
        cell = width / len(row)
        bottoms = [
            _free_entry(sheet, look.margin + place * cell, y, cell - 3, look, item, underlined=underlined)
            for place, item in enumerate(row)
        ]
        y = max(bottoms) + (look.leading - 1.45) * look.label.size + (1.6 if underlined else 0.9)
    return y


def _free_entry(sheet: Sheet, x: float, y: float, width: float, look: Look, item: Entry, *, underlined: bool) -> float:
    label: Run = (f"{_label(look, item.label)}{look.colon}", look.label)
    start = sheet.measure([label]) + 0.6
    runs = look.filled(*item.pieces)
    if item.wide and sheet.measure(runs) + start > width:
        return sheet.put(x, y, [label, *runs], width=width)
    size_gap = max(0.0, look.entry.size - look.label.size) * 0.9
    sheet.put(x, y + size_gap, [label])
    fit = fitted(sheet, runs, width - start, 1) if runs else []
    bottom = sheet.put(x + start, y, fit, width=width - start) if fit else y
    bottom = max(bottom, y + look.label.size * 1.45)
    if underlined:
        sheet.rule(x + start, bottom, x + width, bottom, thick=look.thick, colour=look.label.colour)
    return bottom


def _table_row(sheet: Sheet, y: float, look: Look, edges: Sequence[float], cells: Sequence[Sequence[Run]]) -> float:
    """One row of a table; a cell takes two lines where it must."""
    room = [right - left - 2 * _PAD for left, right in itertools.pairwise(edges)]
    fits = [fitted(sheet, runs, width, 1) if runs else [] for runs, width in zip(cells, room, strict=True)]
    lines = max((sheet.lines_needed(fit, width) for fit, width in zip(fits, room, strict=True) if fit), default=1)
    height = max(look.row * 0.82, lines * look.entry.size * 1.35 + 1.2)
    for left, width, fit in zip(edges, room, fits, strict=False):
        if fit:
            pitch = max(pen.size for _, pen in fit) * 1.3
            needed = sheet.lines_needed(fit, width)
            sheet.put(left + _PAD, y + (height - needed * pitch) / 2, fit, width=width, leading=1.3)
    return y + height


def _table_rules(sheet: Sheet, look: Look, edges: Sequence[float], tops: Sequence[float]) -> None:
    colour, thick = look.label.colour, look.thick
    across = tops if look.rules in {"all", "rows"} else (tops[0], tops[1], tops[-1])
    for y in across:
        sheet.rule(edges[0], y, edges[-1], y, thick=thick, colour=colour)
    if look.rules in {"all", "columns"}:
        for x in edges:
            sheet.rule(x, tops[0], x, tops[-1], thick=thick, colour=colour)
