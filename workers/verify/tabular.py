"""A finished table for an audience, opened with other code than wrote it.

What may be in it is listed part by part, element by element and attribute by attribute (`table_rules`); what its cells may say
is listed, too: the texts of the pages that were searched. So anything that came from the original by another way is noticed,
known or not.
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
from workers.verify.table_rules import Rules, is_the_theme, may_say, rules_of

CHECKS = ("structure", "stored_bytes", "stored_strings", "cells_verified")

_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
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
        yield from (Leak(kind, "stored_bytes") for kind in bytes_search(part.data))
        yield from (Leak(found.kind, "stored_strings") for found in search("\n".join(strings(part))))
        yield from _in_xml(part, allowed)


def _in_xml(part: Part, allowed: _Allowed) -> Iterator[Leak]:
    if is_the_theme(part.name, part.data):
        return
    rules = rules_of(part.name)
    if rules is None:
        yield Leak("file", "structure", detail="a part that has no place in it")
        return
    reader = _Reader(part, rules)
    yield from (Leak("file", "structure", detail=what) for what in reader.oddities)
    if _SHEET.fullmatch(part.name):
        if not all(allowed.has(each) for each in reader.texts) or not all(allowed.has_number(each) for each in reader.numbers):
            yield Leak("file", "cells_verified", detail="a cell that was not searched")
    elif not all(map(allowed.has_title, reader.titles)):
        yield Leak("file", "cells_verified", detail="a title that was not searched")


class _Reader:
    """The cells of a sheet, or the titles of a workbook, and what else is there."""

    def __init__(self, part: Part, rules: Rules) -> None:
        self.texts: list[str] = []
        self.numbers: list[str] = []
        self.titles: list[str] = []
        self.oddities: dict[str, None] = {}
        self._rules = rules
        self._kind = "n"
        self._pieces: list[str] = []
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.CommentHandler = lambda _: self._note("a remark")
        parser.ProcessingInstructionHandler = lambda *_: self._note("an instruction")
        parser.Parse(part.data, True)  # noqa: FBT003 - that is all of it

    def _note(self, oddity: str) -> None:
        self.oddities[oddity] = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        may_have = self._rules.elements.get(local)
        if may_have is None:
            self._note("an element that has no place in it")
        elif any(not may_say(may_have, _local(attribute), value) for attribute, value in attributes.items()):
            self._note("an attribute that has no place in it")
        if local == "c":
            self._kind = attributes.get("t", "n")
        if local == "sheet":
            self.titles.append(attributes.get("name", ""))
        self._take_text()

    def _end(self, name: str) -> None:
        text = self._take_text()
        if text.strip() and _local(name) == "v" and self._kind == "n":
            self.numbers.append(text)
        elif text.strip() and self._kind == "b":
            self.texts.append({"1": "TRUE", "0": "FALSE"}.get(text, text))
        elif text.strip():
            self.texts.append(text)

    def _take_text(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        if text.strip() and not self._rules.text.fullmatch(text):
            self._note("a text that has no place in it")
        return text


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _in_delimited(data: bytes, secrets: Secrets, allowed: _Allowed) -> Iterator[Leak]:
    yield from (Leak(kind, "stored_bytes") for kind in ByteSearch(secrets)(data))
    text = data.decode("utf-8-sig")
    search = SecretSearch(secrets)
    yield from (Leak(found.kind, "stored_strings") for found in search(text))
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from (Leak(found.kind, "stored_strings") for found in search(" ".join(row)))
        if not all(allowed.has(each.removeprefix("'")) or allowed.has(each) for each in row):
            yield Leak("file", "cells_verified", detail="a cell that was not searched")
