"""Names in two columns of a table: each part is hidden as a name, and says the whole of it."""

from tests.builders.table_files import tools
from workers.extract.name_parts import columns_of_names
from workers.extract.normalise import normalise
from workers.paginate.tables.cells import Cell, Sheet
from workers.paginate.tables.pages import table_pages


def page(rows, columns):
    """A page of *rows*; *columns* says over how many columns a value is merged."""
    cells = [
        tuple(Cell(r, c, value, columns=columns.get(value, 1)) for c, value in enumerate(row, 1) if value)
        for r, row in enumerate(rows, 1)
    ]
    (only,) = table_pages([Sheet("", lambda: iter(cells))])
    return only.text()


def names(*rows, columns=None):
    found = tools().extractor.entities_on_page(page(rows, columns or {}))
    return [(each.text, each.canonical, each.role) for each in found if each.kind == "CN_NAME"]


def test_a_surname_and_a_given_name_are_parts_of_one_name():
    assert names(("姓", "名", "身份证号"), ("欧阳", "若澜", "1"), ("张", "伟", "2")) == [
        ("欧阳", "欧阳若澜", None),
        ("若澜", "欧阳若澜", None),
        ("张", "张伟", None),
        ("伟", "张伟", None),
    ]


def test_latin_names_are_given_first():
    for heads in (
        ("Last name", "First name"),
        ("LAST_NAME", "FIRST_NAME"),
        ("Surname", "Given names"),
        ("姓/Surname", "名 (First name)"),
    ):
        found = names((*heads, "Date of birth"), ("Li", "Xi", "x"))
        assert [(text, canonical) for text, canonical, _ in found] == [("Li", "Xi Li"), ("Xi", "Xi Li")], heads


def test_the_order_of_the_columns_and_cells_between_do_not_matter():
    found = names(("First name", "Middle name", "No.", "Last name"), ("Ada", "M.", "x", "Quist"), ("", "", "x", "Li"))
    assert found == [
        ("Ada", "Ada Quist", None),
        ("M.", "Ada Quist", None),
        ("Quist", "Ada Quist", None),
        ("Li", "Li", None),
    ]


def test_names_of_several_people_of_a_row_are_told_apart():
    heads = ("被保险人姓", "被保险人名", "受益人姓", "受益人名")
    assert names(heads, ("张", "伟", "李", "晓明")) == [
        ("张", "张伟", "insured"),
        ("伟", "张伟", "insured"),
        ("李", "李晓明", "beneficiary"),
        ("晓明", "李晓明", "beneficiary"),
    ]


def test_a_head_above_says_whose_the_parts_are():
    rows = (("被保险人", "", "医院"), ("姓", "名"), ("张", "伟", "华山"))
    assert names(*rows, columns={"被保险人": 2}) == [("张", "张伟", "insured"), ("伟", "张伟", "insured")]


def test_words_that_end_like_a_part_are_none_without_the_other_part():
    assert columns_of_names({1: "品名", 2: "户名", 3: "姓名", 4: "身份证号"}) == frozenset()
    assert columns_of_names({1: "姓", 2: "品名"}) == frozenset()
    assert columns_of_names({1: "姓", 2: "名", 3: "品名"}) == {1, 2}


def test_what_stands_for_no_name_or_for_a_hidden_one_is_none():
    assert names(("姓", "名", "身份证号"), ("不详", "无", "1"), ("[姓名]", "[姓名]", "2"), ("1", "2", "3")) == []


def test_only_pages_of_cells_are_looked_at():
    assert not [each for each in tools().extractor.entities_in_text("姓: 张\n名: 伟") if each.kind == "CN_NAME"]
    assert normalise("姓: 张").text == "姓: 张"
