"""What is left of the planted values in a redacted copy of a table, and what the verifier says of the table itself."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl

from archive.errors import Rejected
from bench.hostile_tables.register import VALUES, truth
from claimkeep.try_out import redacted_copy
from schemas.entity import Entity
from schemas.limits import Limits
from schemas.redaction import Audience
from schemas.tables import CSV, XLSX
from workers.paginate import TableDocument, open_document
from workers.tools import Tools
from workers.verify.redacted_table import verify_redacted_table

AUDIENCE = Audience.PUBLIC
"""Sees none of the planted values."""
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gbk")
_SHORTEST = 12  # digits of a number that stand for it, however many a spreadsheet lost


@dataclass(frozen=True, slots=True)
class Redacted:
    """`left` names how planted values were got out of the copy, `withheld` why there is none."""

    left: tuple[str, ...]
    withheld: str


def redacted(file: Path, tools: Tools) -> Redacted:
    """Redact *file* as the command does, and look for the planted values in the copy."""
    try:
        copy = redacted_copy(file, tools, AUDIENCE, quiet=True)
    except Rejected as error:
        return Redacted((), error.reason)
    if copy.leaks:
        return Redacted((), "leak_found: " + ", ".join(sorted({leak.check for leak in copy.leaks})))
    return Redacted(tuple(left_in(copy.pdf)), "")


def left_in(data: bytes) -> Iterator[str]:
    """Where planted values are: in the bytes with all parts inflated, or in the cells as other software reads them."""
    whole, cells = _inflated(data), "\n".join(_cells(data))
    forms = [value[:_SHORTEST] if value.isdigit() or value[:-1].isdigit() else value for value in VALUES]
    if any(form.encode(encoding) in whole for form in forms for encoding in _ENCODINGS):
        yield "bytes"
    if any(form in cells for form in forms):
        yield "cells"


def _inflated(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return data + b"".join(map(package.read, package.infolist()))


def _cells(data: bytes) -> Iterator[str]:
    if not data.startswith(b"PK"):
        yield from (cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row)
        return
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            yield from (f"{cell:.0f}" if isinstance(cell, float) else str(cell) for cell in row)


def judged(data: bytes, media_type: str, tools: Tools, *, with_original: bool = True) -> tuple[str, ...]:
    """The checks of `verify-redaction` that find something, with the original at hand or without."""
    entities = original_entities(tools) if with_original else ()
    find = tools.extractor.entities_on_page
    verdict = verify_redacted_table(entities, io.BytesIO(data), media_type, tools.policy, AUDIENCE, find)
    return tuple(dict.fromkeys(_name(leak.check, leak.detail) for leak in verdict.leaks))


@cache
def _truth_pages() -> tuple[bytes, str]:
    return truth(), XLSX


def original_entities(tools: Tools) -> tuple[Entity, ...]:
    """What is found in the original of every case."""
    data, media_type = _truth_pages()
    with open_document(io.BytesIO(data), media_type, Limits()) as opened:
        assert isinstance(opened, TableDocument)
        return tools.extractor.extract([page.text() for page in opened.pages()]).entities


def media_type_of(suffix: str) -> str:
    return CSV if suffix == "csv" else XLSX


def _name(check: str, detail: str) -> str:
    return f"{check}: {detail}" if check in {"structure", "metadata", "hidden_text"} else check
