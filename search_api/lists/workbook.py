"""Rows of one sheet of a workbook, after all that is in it was looked through for what would cost more than a list may."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from archive.errors import Rejected
from search_api.lists.cells import LONGEST_CELL, MOST_COLUMNS, Row, text_of

_MAGIC = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x01
_CHUNK_BYTES, _LONGEST_TAG = 1 << 16, 1 << 20
_MOST_MEMBERS = 2_000
_MOST_ELEMENTS = 4_000_000
"""Of all parts: fifty thousand rows of twenty cells, each with its value, are three million."""
_MOST_IN_A_TREE = 200_000
"""Of a part that is read whole. No workbook has more than 65,490 formats, the most that Excel takes."""
_STREAMED = ("xl/worksheets/", "xl/sharedstrings")
_XML = (".xml", ".rels")
_FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, ParseError, SyntaxError, expat.ExpatError, InvalidFileException,
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError, OSError,
)  # fmt: skip
"""What the library raises on parts that are not as they must be."""

# They quote values, and would reach the log.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


def is_workbook(data: bytes) -> bool:
    """Raises Rejected(unsupported_office_file) for one of another kind, or behind a password."""
    if data.startswith(_OLE):
        raise Rejected("unsupported_office_file")
    return data.startswith(_MAGIC)


def open_sheet(data: bytes, max_expanded: int, number: int | None) -> ReadOnlyWorksheet:
    """The sheet in place *number*, from 1; else the first that is shown. Raises Rejected(damaged_document |
    encrypted_document | expands_too_much | no_such_sheet | not_a_list | unsupported_office_file)."""
    with _faults(), zipfile.ZipFile(io.BytesIO(data)) as package:
        _look_through(package, max_expanded)
    with _faults():
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return _sheet(book, number)


def rows(sheet: ReadOnlyWorksheet) -> Iterator[Row]:
    """Cells from the first column on, up to one more than MOST_COLUMNS. Raises Rejected(damaged_document)."""
    with _faults():
        of_sheet = cast("Worksheet", sheet).iter_rows(min_row=1, max_col=MOST_COLUMNS + 1, values_only=True)
        for number, values in enumerate(of_sheet, start=1):
            yield _row(number, tuple(map(text_of, values)))


def _row(number: int, values: tuple[str, ...]) -> Row:
    width = next((at for at in range(len(values), 0, -1) if values[at - 1]), 0)
    if any(len(value) > LONGEST_CELL for value in values):
        return Row(number, (), "row_unreadable")
    return Row(number, values[:width])


def _sheet(book: Workbook, number: int | None) -> ReadOnlyWorksheet:
    sheets = [each for each in book.worksheets if isinstance(each, ReadOnlyWorksheet)]
    if number is not None:
        found = sheets[number - 1] if number <= len(sheets) else None
    else:
        found = next((each for each in sheets if each.sheet_state == "visible"), None)
    if found is None:
        raise Rejected("no_such_sheet")
    found.reset_dimensions()  # they may say anything
    return found


@contextmanager
def _faults() -> Iterator[None]:
    """Not chained: messages quote names and text."""
    try:
        yield
    except NotImplementedError:
        raise Rejected("unsupported_office_file", "packed by a method that is not read here") from None
    except RuntimeError as error:  # a member behind a password; recursion of a hostile tree
        raise Rejected("damaged_document", type(error).__name__) from None
    except _FAULTS as error:
        raise Rejected("damaged_document", type(error).__name__) from None


def _look_through(package: zipfile.ZipFile, max_expanded: int) -> None:
    """Before the library reads anything: it takes what a part is from other parts, and holds most of them whole."""
    members = package.infolist()
    if any(each.flag_bits & _ENCRYPTED for each in members):
        raise Rejected("encrypted_document")
    if len(members) > _MOST_MEMBERS or sum(each.file_size for each in members) > max_expanded:
        raise Rejected("expands_too_much")
    if not any(each.filename.lower().startswith("xl/") for each in members):
        raise Rejected("not_a_list")
    left = _MOST_ELEMENTS
    for each in members:
        name = each.filename.lower()
        with package.open(each) as part:
            try:
                left -= _elements(part, left if name.startswith(_STREAMED) else min(left, _MOST_IN_A_TREE))
            except expat.ExpatError:
                if name.endswith(_XML):
                    raise


def _elements(part: IO[bytes], most: int) -> int:
    """How many elements an XML part has. Refuses a declaration of its own kinds of text, which no part may have, and a tag or
    remark of more than a mebibyte, through which parsers go from its beginning with every chunk of it."""
    gauge, fed, count = expat.ParserCreate(), 0, 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > most:
            raise Rejected("expands_too_much")

    gauge.StartElementHandler = start
    gauge.StartDoctypeDeclHandler = _refuse_doctype
    while chunk := part.read(_CHUNK_BYTES):
        gauge.Parse(chunk, False)  # noqa: FBT003 - more may follow
        fed += len(chunk)
        if fed - gauge.CurrentByteIndex > _LONGEST_TAG:
            raise Rejected("damaged_document", "a tag or remark of more than a mebibyte")
    gauge.Parse(b"", True)  # noqa: FBT003 - that is all of it
    return count


def _refuse_doctype(*_: object) -> None:
    raise Rejected("damaged_document", "a document type declaration, which no part may have")
