"""A delimited text is told from other text by its rows, whatever it is called and however it is encoded."""

import pytest

from schemas.tables import Dialect, dialect_of

ROWS = "姓名,身份证号,备注\r\n张三,11010519491231002X,a\r\n李四,110105194912310030,b\r\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ROWS.encode(), Dialect("utf-8", ",")),
        (ROWS.encode("utf-8-sig"), Dialect("utf-8-sig", ",")),
        (ROWS.encode("gb18030"), Dialect("gb18030", ",")),
        (ROWS.encode("utf-16"), Dialect("utf-16", ",")),
        (ROWS.encode("utf-16-le"), Dialect("utf-16-le", ",")),
        (ROWS.encode("utf-16-be"), Dialect("utf-16-be", ",")),
        (ROWS.replace(",", "\t").encode(), Dialect("utf-8", "\t")),
        (ROWS.replace(",", ";").encode(), Dialect("utf-8", ";")),
        (ROWS.replace(",", "|").encode("gbk"), Dialect("gb18030", "|")),
        ("姓名,身分證號\r\n陳美玲,A123456789\r\n".encode("big5"), Dialect("big5hkscs", ",")),
        (("理赔登记表\r\n" + ROWS).encode(), Dialect("utf-8", ",")),
        (ROWS.replace("\r\n", "\n").replace("a\n", '"a\nb, c"\n').encode(), Dialect("utf-8", ",")),
        ((ROWS * 20).encode() + b"\0\0", Dialect("utf-8", ",")),
    ],
    ids=["utf-8", "mark", "gb18030", "utf-16", "le", "be", "tabs", "semicolons", "bars", "big5", "title", "line-break", "nuls"],
)
def test_tables_are_recognised(data: bytes, expected: Dialect) -> None:
    assert dialect_of(data, is_whole=True) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        b"Dear Sir, thank you.\nWe have received your letter\nof the third of March\nand remain yours.",
        b'<?xml version="1.0"?><a x="1,2"/>\n<b x="1,2"/>',
        b'{"a": 1, "b": 2}\n{"a": 1, "b": 2}',
        b"%!PS-Adobe\n1,2\n3,4",
        b"\x7fELF,\x01\x02\n,\x03\n",
        bytes(range(256)) * 4,
        b"one,row",
    ],
    ids=["nothing", "words", "letter", "xml", "json", "postscript", "program", "binary", "one-row"],
)
def test_other_files_are_no_tables(data: bytes) -> None:
    assert dialect_of(data, is_whole=True) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
@pytest.mark.parametrize("cut", range(60, 70))
def test_a_head_may_end_within_a_character_or_a_row(encoding: str, cut: int) -> None:
    assert dialect_of((ROWS * 3).encode(encoding)[: cut * 2]) == Dialect(encoding, ",")
