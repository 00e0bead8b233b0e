"""The register that all cases are made from: five values of one invented person, and the same with the values taken out."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

NAME, IDENTITY, PHONE, CARD, EMAIL = (
    "欧阳若澜",
    "11010519491231002X",
    "13800138000",
    "6222021234567890123",
    "ouyang.ruolan@example.com",
)
VALUES = (NAME, IDENTITY, PHONE, CARD, EMAIL)
SAID = f"被保险人姓名：{NAME} 身份证号：{IDENTITY} 手机号：{PHONE} 银行卡号：{CARD} 邮箱：{EMAIL}"
"""All of them in one sentence, as a note or a cache may hold them."""
HEADS = ("序号", "被保险人姓名", "身份证号", "手机号", "银行卡号", "邮箱", "赔付金额")
TOKENS = ("[姓名]", "[身份证号]", "[手机号]", "[银行账号]", "[电子邮箱]")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def truth() -> bytes:
    """The original of every case: all values in the clear."""
    return book(values=VALUES)


def redacted() -> bytes:
    """As somebody may have redacted it, well."""
    return book()


def unchanged(_sheet: Worksheet) -> None:
    """Leaves the sheet as it is."""


def book(change: Callable[[Worksheet], object] = unchanged, values: tuple[object, ...] = TOKENS) -> bytes:
    """The register with *values* in its one row, after *change*."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "理赔登记表"
    sheet.append(HEADS)
    sheet.append([1, *values, 1234.5])
    change(sheet)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def text(rows: tuple[tuple[object, ...], ...], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


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


def replaced(package: bytes, name: str, old: str, new: str) -> bytes:
    """*package* with *old*, which its part *name* must have, as *new*."""
    before = part(package, name)
    assert old.encode() in before, f"{name} has no {old}"
    return with_parts(package, {name: before.replace(old.encode(), new.encode(), 1)})


def xml(inside: str, root: str, namespace: str = _MAIN) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{namespace}" xmlns:r="{_RELATIONS}">'
    return f"{head}{inside}</{root}>".encode()
