"""The result of a list: every value comes back as text, whatever is in it, in a file that other programs open."""

import csv
import io
import re

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sniff import sniff
from schemas.formulas import neutral
from schemas.geometry import upright
from schemas.query import MatchTier
from schemas.tables import CSV, XLSX, without_escapes
from search_api.answers import HitAnswer, MatchAnswer
from search_api.lists.answering import AnsweredRow
from search_api.lists.cells import Row
from search_api.lists.writing import HEADINGS, MEDIA_TYPES, Format, result

MATCH = MatchAnswer("name", MatchTier.EXACT, "name_same", "same name", 3, upright(1, 2, 3, 4))
HIT = HitAnswer("D-4T8W2N6C0H", MatchTier.EXACT, "same name", 3, None, "receipt", (MATCH,), {})
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def written(chosen: Format, *rows: AnsweredRow, headings: tuple[str, ...] = ("姓名", "备注"), language="en") -> bytes:
    parts = [*result(chosen, headings, [rows], language)]
    assert all(parts)
    return b"".join(parts)


def table(chosen: Format, data: bytes) -> list[list[str]]:
    if chosen == "csv":
        return [*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("chosen", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_row_has_a_line_for_each_document_and_one_that_says_why_there_is_none(chosen, language):
    found = AnsweredRow(Row(2, ("欧阳若澜", "左臂")), 7, (HIT, HIT))
    nothing, faulty = AnsweredRow(Row(3, ("甲",)), 0, ()), AnsweredRow(Row(4, ()), 0, (), "row_unreadable")
    first, *others = table(chosen, written(chosen, found, nothing, faulty, language=language))
    ours = HEADINGS[language]
    assert first == [ours[0], "姓名", "备注", *ours[1:]]
    place = ["exact", "name_same", "same name", "D-4T8W2N6C0H", "receipt", "3"]
    line = ["2", "欧阳若澜", "左臂", *place, "/api/documents/D-4T8W2N6C0H/pages/3/image", "7"]
    assert others[:2] == [line, line]
    assert [[*each[:5], each[-1]] for each in others[2:]] == [
        ["3", "甲", "", "", "nothing_found", "0"],
        ["4", "", "", "", "row_unreadable", ""],
    ]


@pytest.mark.parametrize(("chosen", "media_type"), [("csv", CSV), ("xlsx", XLSX)])
def test_the_result_is_what_it_says(chosen, media_type):
    data = written(chosen, AnsweredRow(Row(2, ("欧阳若澜",)), 1, (HIT,)))
    assert (sniff(data[:4096]), MEDIA_TYPES[chosen]) == (media_type, media_type)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_comes_back_as_text(name, remark):
    row = AnsweredRow(Row(2, (name, remark)), 0, ())
    expected = [neutral(each.replace("\0", "")) for each in (name, remark)]
    assert table("csv", written("csv", row))[1][1:3] == expected
    found = table("xlsx", written("xlsx", row))[1][1:3]
    bare = [NOT_IN_XML.sub(" ", each).replace("\r\n", "\n").replace("\r", "\n") for each in (name, remark)]
    assert found == bare


@pytest.mark.parametrize("text", ["_x0041_", "a_x0041_x0042_", "_x005F_x0041_", "_xZZZZ_"])
def test_what_looks_like_an_escape_of_a_workbook_is_shown_as_it_is(text):
    data = written("xlsx", AnsweredRow(Row(2, (text,)), 0, ()))
    stored = openpyxl.load_workbook(io.BytesIO(data)).active["B2"].value
    assert re.sub("_x005F_", "_", stored) == text or without_escapes(stored) == text


def test_lone_halves_of_characters_do_not_break_the_file():
    row = AnsweredRow(Row(2, ("\ud800欧",)), 0, ())
    assert table("csv", written("csv", row))[1][1] == "?欧"
    assert table("xlsx", written("xlsx", row))[1][1] == " 欧"


def test_a_workbook_comes_in_parts_as_rows_are_answered():
    rows = [[AnsweredRow(Row(number, (f"{number:x}" * 50,)), 0, ())] for number in range(2, 3_000)]
    parts = [*result("xlsx", ("姓名",), rows, "en")]
    assert len(parts) > 2
    assert len(table("xlsx", b"".join(parts))) == 2_999
