"""Workbooks and delimited texts of invented people, made with openpyxl and by hand."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from schemas.entity import Entity
from schemas.page import EngineVersion, PageText
from schemas.redaction import Audience
from workers.extract.extractor import Extractor
from workers.page_image import PageImage
from workers.redact.policy import default_policy
from workers.tools import Tools

HEADS = ("序号", "被保险人姓名", "身份证号", "联系电话", "出险日期", "赔付金额", "保单号")
NAME, NUMBER, PHONE, POLICY_NUMBER = "欧阳若澜", "11010519491231002X", "13800138000", "PZAT20190000417"
PUBLIC, HANDLER = Audience.PUBLIC, Audience.HANDLER


class NoEngine:
    """Must not be asked: a table is not read by OCR."""

    version = EngineVersion("none", "1")

    def read(self, image: PageImage) -> PageText:
        raise AssertionError("an engine was asked to read a table")


@cache
def tools() -> Tools:
    return Tools(NoEngine(), Extractor(), default_policy())


def row(at: int = 1, **other: object) -> tuple[object, ...]:
    """A row under HEADS; *other* values by head."""
    values = dict(zip(HEADS, (at, NAME, NUMBER, PHONE, date(2019, 3, 5), 1234.5, POLICY_NUMBER), strict=True))
    return tuple((values | other).values())


def workbook(rows: Iterable[Iterable[object]], change: Callable[[Worksheet], object] = lambda sheet: None) -> bytes:
    """One sheet of *rows* called 理赔登记表, after *change* of it (and of its `parent`)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "理赔登记表"
    for each in rows:
        sheet.append([*each])
    change(sheet)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def register(count: int = 1) -> bytes:
    return workbook([HEADS, *(row(at) for at in range(1, count + 1))])


def with_parts(package: bytes, parts: Mapping[str, bytes]) -> bytes:
    """*package* with *parts* added, or in place of those of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, data in parts.items():
            target.writestr(name, data)
    return out.getvalue()


def part(package: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return source.read(name)


def values(package: bytes) -> dict[str, list[tuple[object, ...]]]:
    """The cells of each sheet, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(package))
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def inflated(package: bytes) -> bytes:
    """Every byte of the file and of its parts."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return package + b"".join(source.read(each) for each in source.infolist())


def entities_on(page: PageText) -> tuple[Entity, ...]:
    return tools().extractor.entities_on_page(page)
