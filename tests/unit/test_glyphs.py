"""Characters with places become lines in reading order, with the spaces that a reader sees."""

import pytest

from schemas.geometry import Quad
from workers.paginate.glyphs import Glyph, lines_of, main_turn, plain_characters


def _typed(text: str, left: float, top: float, size: float = 10, advance: float = 6) -> list[Glyph]:
    return [Glyph(char, left + at * advance, top, left + at * advance + advance, top + size) for at, char in enumerate(text)]


def _texts(*glyphs: list[Glyph]) -> list[str]:
    return [line.text for line in lines_of(tuple(glyph for part in glyphs for glyph in part))]


def test_rows_come_from_the_top_and_each_from_the_left() -> None:
    assert _texts(_typed("second", 0, 20), _typed("first", 0, 0)) == ["first", "second"]
    assert _texts(_typed("right", 100, 0), _typed("left", 0, 1)) == ["left", "right"]


def test_a_gap_between_latin_words_is_a_space() -> None:
    assert _texts(_typed("policy", 0, 0), _typed("number", 39, 0)) == ["policy number"]


def test_spread_out_chinese_gets_no_spaces() -> None:
    assert _texts(_typed("理赔申请书", 0, 0, advance=14)) == ["理赔申请书"]


def test_full_width_spaces_stay() -> None:
    assert _texts(_typed("目\u3000\u3000录", 0, 0, advance=10)) == ["目\u3000\u3000录"]


def test_a_space_that_the_file_has_is_not_doubled() -> None:
    assert _texts(_typed("a b", 0, 0, advance=9)) == ["a b"]


def test_a_wide_gap_divides_columns() -> None:
    assert _texts(_typed("name", 0, 0), _typed("Orchard", 60, 0)) == ["name", "Orchard"]


def test_bold_made_by_printing_twice_is_read_once() -> None:
    assert _texts(_typed("bold", 0, 0), _typed("bold", 0.5, 0)) == ["bold"]


def test_double_letters_are_kept() -> None:
    assert _texts(_typed("1100", 0, 0)) == ["1100"]


def test_blanks_around_a_line_and_lines_of_blanks_are_dropped() -> None:
    assert _texts(_typed("  a  ", 0, 0), _typed("   ", 0, 30)) == ["a"]


def test_a_ligature_is_its_letters_each_with_a_part_of_the_box() -> None:
    (line,) = lines_of((Glyph("ﬃ", 0, 0, 9, 10),))
    assert line.text == "ffi"
    assert [box[0] for box in line.char_boxes] == [(0, 0), (3, 0), (6, 0)]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("⽤⼈", "用人"),
        ("ﬁle", "file"),
        ("(cid:12)a", "\ufffda"),
        ("a\x03", "a\ufffd"),
        ("\ue000", "\ufffd"),
        ("a\tb\u00a0", "a b "),
        ("１２３：（）", "１２３：（）"),
    ],
)
def test_shapes_become_the_characters_that_a_search_looks_for(given: str, plain: str) -> None:
    assert plain_characters(given) == plain


@pytest.mark.parametrize(
    ("turn", "boxes"),
    [
        (90, [(0, 30, 10, 40), (0, 20, 10, 30)]),
        (180, [(30, 0, 40, 10), (20, 0, 30, 10)]),
        (270, [(0, 20, 10, 30), (0, 30, 10, 40)]),
    ],
)
def test_turned_text_is_read_along_its_own_direction(turn: int, boxes: list[tuple[float, float, float, float]]) -> None:
    glyphs = tuple(Glyph(char, *box, turn) for char, box in zip("AB", boxes, strict=True))
    (line,) = lines_of(glyphs)
    assert line.text == "AB"
    assert main_turn(glyphs) == turn
    assert line.box[0] == _first_corner(boxes[0], turn)
    assert _edges(line.char_boxes[1]) == boxes[1]


def _first_corner(box: tuple[float, float, float, float], turn: int) -> tuple[float, float]:
    left, top, right, bottom = box
    return {90: (left, bottom), 180: (right, bottom), 270: (right, top)}[turn]


def _edges(quad: Quad) -> tuple[float, float, float, float]:
    across, down = [x for x, _ in quad], [y for _, y in quad]
    return min(across), min(down), max(across), max(down)


def test_the_way_most_of_the_page_stands_comes_first() -> None:
    stamp = [Glyph("X", 200, 0, 210, 10, 270)]
    assert _texts(stamp, _typed("upright", 0, 50)) == ["upright", "X"]
    assert main_turn(()) == 0


def _stacked(text: str, left: float, top: float, size: float = 10, pitch: float = 12) -> list[Glyph]:
    """Set downwards; digits are half as wide."""
    widths = [size / 2 if char.isascii() else size for char in text]
    return [
        Glyph(char, left, top + at * pitch, left + width, top + at * pitch + size)
        for at, (char, width) in enumerate(zip(text, widths, strict=True))
    ]


def test_characters_one_below_the_other_are_a_line() -> None:
    assert _texts(_stacked("身份证号：350597", 0, 0)) == ["身份证号：350597"]


def test_columns_beside_one_another_are_read_from_the_right_behind_the_rows() -> None:
    columns = [_stacked("姓名：秦思淑", 100, 0), _stacked("电话：164047", 125, 0)]
    assert _texts(*columns, _typed("Claim form", 0, 200)) == ["Claim form", "电话：164047", "姓名：秦思淑"]
    mixed = sorted((glyph for column in columns for glyph in column), key=lambda glyph: (glyph.top, glyph.left))
    assert _texts(mixed) == ["电话：164047", "姓名：秦思淑"]


def test_a_column_drawn_downwards_is_one_beside_rows_too_and_however_far_its_characters_stand_apart() -> None:
    rows = [_typed("undersigned", 0, 12 * at) for at in range(6)]
    assert _texts(*rows, _stacked("秦思淑一六四", 80, 0, pitch=17))[-1] == "秦思淑一六四"


def test_a_column_has_a_place_for_each_character_and_lies_around_them() -> None:
    (line,) = lines_of(tuple(_stacked("秦思淑4", 0, 0)))
    assert line.box == ((0, 0), (10, 0), (10, 46), (0, 46))
    assert [box[0] for box in line.char_boxes] == [(0, 0), (0, 12), (0, 24), (0, 36)]


def test_a_column_on_a_page_that_lies_on_its_side_is_one() -> None:
    upright = _stacked("秦思淑一", 0, 0)
    lying = tuple(Glyph(each.text, 50 - each.bottom, each.left, 50 - each.top, each.right, 270) for each in upright)
    assert [line.text for line in lines_of(lying)] == ["秦思淑一"]


def test_rows_stay_rows() -> None:
    grid = [_typed("理赔申请书理赔", 0, 11 * at, advance=10) for at in range(8)]
    assert _texts(*grid) == ["理赔申请书理赔"] * 8
    spread = [
        [*_typed(first, 0, 13 * at), *_typed(f"{second}：", 22, 13 * at, advance=10)]
        for at, (first, second) in enumerate(("姓名", "性别", "年龄", "住址", "电话"))
    ]
    assert _texts(*spread)[:2] == ["姓 名：", "性 别："]
    numbered = [[*_typed(str(at), 0, 12 * at), *_typed("somebody", 30, 12 * at)] for at in range(9)]
    assert _texts(*numbered)[:2] == ["0", "somebody"]
