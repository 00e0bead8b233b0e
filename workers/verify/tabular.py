"""A finished table for an audience, opened with other code than wrote it.

What may be in it is listed part by part and element by element; what its cells may say is listed, too: the texts of the pages
that were searched. So anything that came from the original by another way is noticed, known or not.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.parsers import expat

from archive.errors import Rejected
from schemas.redaction import Leak, RedactedText, Verdict
from schemas.tables import XLSX
from workers.verify.package_parts import Part, loose_bytes, parts, strings
from workers.verify.secrets import Secrets, SecretSearch
from workers.verify.stored_bytes import ByteSearch

CHECKS = ("structure", "stored_bytes", "stored_strings", "cells_verified")

_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml|xl/(?:workbook|styles|theme/theme1)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet\d{1,5}\.xml"
)
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_SHEET_ELEMENTS = frozenset({
    "worksheet", "sheetPr", "outlinePr", "pageSetUpPr", "sheetViews", "sheetView", "selection", "sheetFormatPr", "dimension",
    "cols", "col", "sheetData", "row", "c", "v", "is", "t", "pageMargins",
})  # fmt: skip
_WORKBOOK_ELEMENTS = frozenset({
    "workbook", "workbookPr", "workbookProtection", "bookViews", "workbookView", "sheets", "sheet", "definedNames", "calcPr",
})  # fmt: skip
_HIDING = frozenset({"hidden", "state", "collapsed", "zeroHeight"})
_VISIBLE = frozenset({"0", "false", "visible"})
_BETWEEN = ": "
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no zone; 1 is the first of January 1900
_MARCH_1900, _YEAR_10000 = 60, 2_958_466
_NOT_IN_TITLES = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r" \(\d+\)$|^Sheet\d*$")


def verify_table(data: bytes, media_type: str, secrets: Secrets, texts: Iterable[RedactedText]) -> Verdict:
    """Look for *secrets* in every text and byte of *data*, and for anything that is no cell of *texts*. A file that cannot be
    opened does not pass."""
    allowed = _Allowed.by(texts)
    try:
        leaks = (_in_workbook if media_type == XLSX else _in_delimited)(data, secrets, allowed)
        return Verdict(tuple(dict.fromkeys(leaks)), CHECKS)
    except (Rejected, UnicodeDecodeError, csv.Error, ValueError):
        return Verdict((Leak("file", "readable"),), ("readable",))


@dataclass(frozen=True, slots=True)
class _Allowed:
    """The lines that were searched, and what stands in them behind the head of a column."""

    texts: frozenset[str] = field(repr=False)
    titles: frozenset[str] = field(repr=False)

    @classmethod
    def by(cls, texts: Iterable[RedactedText]) -> "_Allowed":
        lines = {line.text for text in texts for line in text.lines}
        values = {line.partition(_BETWEEN)[2] for line in lines if _BETWEEN in line}
        whole = frozenset(map(_bare, lines | values))
        return cls(whole, frozenset(_letters(line)[:31] for line in lines))

    def has(self, text: str) -> bool:
        return not text.strip() or _bare(text) in self.texts

    def has_number(self, stored: str) -> bool:
        """Whether a stored number is one of the texts, as a number or as the day that has this number."""
        number = float(stored)
        forms = {stored, f"{number:.0f}" if number.is_integer() else repr(number), *_as_moments(number)}
        return any(_bare(form) in self.texts for form in forms)

    def has_title(self, title: str) -> bool:
        letters = _letters(_NUMBERED.sub("", title))
        return not letters or any(each.startswith(letters) for each in self.titles)


def _bare(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\ufeff]+", " ", text).strip()


def _letters(text: str) -> str:
    return _NOT_IN_TITLES.sub("", text)


def _as_moments(number: float) -> Iterator[str]:
    """The day and time, or the time alone, that a stored number stands for; to the second, cut and rounded."""
    if 0 <= number < _YEAR_10000:
        # Before March 1900 a spreadsheet counts a day that never was.
        exact = (number + (1 <= number < _MARCH_1900)) * 86_400
        for seconds in {int(exact + 1e-3), round(exact)}:
            moment = _DAY_ZERO + timedelta(seconds=seconds)
            yield str(moment.time()) if number < 1 else str(moment)
            yield str(moment.date() if moment.time() == moment.min.time() else moment)


def _in_workbook(data: bytes, secrets: Secrets, allowed: _Allowed) -> Iterator[Leak]:
    every, search, bytes_search = tuple(parts(data)), SecretSearch(secrets), ByteSearch(secrets)
    yield from (Leak(kind, "stored_bytes") for kind in bytes_search(data, is_compressed=True))
    if loose_bytes(data):
        yield Leak("file", "structure", detail="bytes between the parts")
    for part in every:
        if not _PARTS.fullmatch(part.name):
            yield Leak("file", "structure", detail="a part that has no place in it")
        yield from (Leak(kind, "stored_bytes") for kind in bytes_search(part.data))
        yield from (Leak(found.kind, "stored_strings") for found in search("\n".join(strings(part))))
        yield from _in_xml(part, allowed)


def _in_xml(part: Part, allowed: _Allowed) -> Iterator[Leak]:
    if _SHEET.fullmatch(part.name):
        reader = _Reader(part, _SHEET_ELEMENTS)
        if not all(allowed.has(each) for each in reader.texts) or not all(allowed.has_number(each) for each in reader.numbers):
            yield Leak("file", "cells_verified", detail="a cell that was not searched")
    elif part.name == "xl/workbook.xml":
        reader = _Reader(part, _WORKBOOK_ELEMENTS)
        if not all(map(allowed.has_title, reader.titles)):
            yield Leak("file", "cells_verified", detail="a title that was not searched")
    else:
        return
    yield from (Leak("file", "structure", detail=what) for what in reader.oddities)


class _Reader:
    """The cells of a sheet, or the titles of a workbook, and what else is there."""

    def __init__(self, part: Part, elements: frozenset[str]) -> None:
        self.texts: list[str] = []
        self.numbers: list[str] = []
        self.titles: list[str] = []
        self.oddities: set[str] = set()
        self._elements = elements
        self._kind = "n"
        self._pieces: list[str] = []
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.Parse(part.data, True)  # noqa: FBT003 - that is all of it

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local not in self._elements:
            self.oddities.add("an element that has no place in it")
        if any(attributes.get(each, "0") not in _VISIBLE for each in _HIDING):
            self.oddities.add("something hidden")
        if local == "c":
            self._kind = attributes.get("t", "n")
        if local == "sheet":
            self.titles.append(attributes.get("name", ""))
        self._pieces.clear()

    def _end(self, name: str) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if text.strip() and name.rpartition("}")[2] == "v" and self._kind == "n":
            self.numbers.append(text)
        elif text.strip() and self._kind == "b":
            self.texts.append({"1": "TRUE", "0": "FALSE"}.get(text, text))
        elif text.strip():
            self.texts.append(text)


def _in_delimited(data: bytes, secrets: Secrets, allowed: _Allowed) -> Iterator[Leak]:
    yield from (Leak(kind, "stored_bytes") for kind in ByteSearch(secrets)(data))
    text = data.decode("utf-8-sig")
    search = SecretSearch(secrets)
    yield from (Leak(found.kind, "stored_strings") for found in search(text))
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from (Leak(found.kind, "stored_strings") for found in search(" ".join(row)))
        if not all(allowed.has(each.removeprefix("'")) or allowed.has(each) for each in row):
            yield Leak("file", "cells_verified", detail="a cell that was not searched")
