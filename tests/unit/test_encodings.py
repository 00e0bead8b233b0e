"""Which encoding a table is in is told by its characters; where they do not tell, nobody guesses."""

import pytest

from schemas.encodings import encoding_of

SIMPLIFIED = "姓名,身份证号,联系电话,备注\r\n张伟,11010519491231002X,13800138000,门诊\r\n"
TRADITIONAL = "姓名,身分證號,聯絡電話,備註\r\n陳美玲,A123456789,0912345678,門診\r\n"
SHORT, SHORT_TRADITIONAL = "姓名,no\r\n张三,1\r\n赵强,2\r\n", "姓名,no\r\n張三,1\r\n王小明,2\r\n"
NUMBERS = "保单号,金额\r\n" + "PZAT20190000417,1234.50\r\n" * 500
NUMBERS_TRADITIONAL = "保單號,金額\r\n" + "PZAT20190000417,1234.50\r\n" * 500
LATIN = "Name,Ort\r\nJosé,Zürich\r\nMüller,Köln\r\nÅsa,Malmö\r\n"
JAPANESE = "氏名,番号\r\n山田太郎,1\r\n佐藤花子,2\r\n"
UTF_8, GB18030, BIG5, UNCLEAR = "utf-8", "gb18030", "big5hkscs", ""


def told(data, size=1 << 16):
    found = encoding_of(lambda: (data[at : at + size] for at in range(0, len(data), size)))
    assert found is not None
    return found.codec if found.is_sure else UNCLEAR


@pytest.mark.parametrize(
    ("text", "written_in", "codec"),
    [
        (SIMPLIFIED, "gb18030", GB18030),
        (SIMPLIFIED, "gb2312", GB18030),
        (SIMPLIFIED * 400, "gbk", GB18030),
        (SHORT, "gbk", GB18030),
        (NUMBERS, "gbk", GB18030),
        (TRADITIONAL, "gbk", GB18030),
        (TRADITIONAL, "big5", BIG5),
        (TRADITIONAL, "cp950", BIG5),
        (TRADITIONAL.replace("陳", "栢"), "big5hkscs", BIG5),
        (TRADITIONAL * 400, "big5", BIG5),
        (SHORT_TRADITIONAL, "big5", BIG5),
        (NUMBERS_TRADITIONAL, "big5", BIG5),
        (SIMPLIFIED, "utf-8", UTF_8),
        (TRADITIONAL, "utf-8", UTF_8),
        (SHORT, "utf-8", UTF_8),
        (LATIN, "utf-8", UTF_8),
        ("name,no\r\nLi Ming,1\r\n" * 300, "ascii", UTF_8),
    ],
)
@pytest.mark.parametrize("size", [7, 1 << 16])
def test_the_encoding_is_told_by_the_characters(text, written_in, codec, size):
    assert told(text.encode(written_in), size) == codec


@pytest.mark.parametrize(
    ("text", "written_in"),
    [
        (LATIN, "cp1252"),
        ("nom,no\r\nRené,1\r\n", "latin-1"),
        ("a,b\r\nit’s,1\r\n", "cp1252"),
        (JAPANESE, "shift_jis"),
        ("Имя,Город\r\nИван,Москва\r\n", "cp1251"),
        ("name,no\r\n李明,1\r\n", "gbk"),  # 壘鏽 in Big5, and as common there
    ],
)
def test_nobody_chooses_where_the_characters_do_not_tell(text, written_in):
    assert told(text.encode(written_in)) == UNCLEAR


def test_characters_that_come_late_decide():
    assert told(b"name,no\r\nLi Ming,1\r\n" * 5000 + SHORT_TRADITIONAL.encode("big5")) == BIG5


def test_a_text_of_two_encodings_is_unclear():
    assert told((SIMPLIFIED * 900).encode("gbk") + (TRADITIONAL * 90).encode("big5")) == UNCLEAR


def test_a_few_wrong_bytes_do_not_change_what_a_long_text_is():
    for text, codec in ((SIMPLIFIED, UTF_8), (SIMPLIFIED, GB18030), (TRADITIONAL, BIG5)):
        assert told((text * 20).encode(codec) + b"\xff\xff,1\r\n") == codec


@pytest.mark.parametrize("written_in", ["utf-8-sig", "utf-16"])
def test_a_mark_at_the_start_decides(written_in):
    assert told("name,no\r\n李明,1\r\n".encode(written_in)) == written_in


def test_what_holds_noughts_is_no_text():
    assert encoding_of(lambda: (b"a,b\r\n\0\0" + b"1,2\r\n" * 10,)) is None
