import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from schemas.geometry import Box, upright
from schemas.page import Line, PageText
from schemas.redaction import Audience, Mask
from tests.builders.drawn_pages import drawn_page, entity
from tests.fakes.seeing_engine import SeeingEngine
from workers.page_image import PageImage
from workers.redact.burn import burn, encode_page
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy
from workers.verify.again import Known, shows_the_same
from workers.verify.page import verify_page
from workers.verify.secrets import Secrets

NUMBER = "110105194912310021"
HARMLESS = [f"Words of no weight in line {word}" for word in ("one", "two", "three", "four", "five", "six")]
LINES = [*HARMLESS[:3], "ID number " + NUMBER, *HARMLESS[3:]]
IMAGE, TEXT = drawn_page(LINES, tone="grey")
GREY = np.asarray(Image.fromarray(IMAGE.pixels).convert("L"))
SAME = shows_the_same(GREY, GREY, ())
FOUND = entity(TEXT, "CN_ID18", NUMBER)
MASKS = plan_masks([TEXT], [FOUND], default_policy(), Audience.HANDLER)
SECRETS = Secrets.of([FOUND], default_policy(), Audience.HANDLER)


def known(text: PageText = TEXT, same=SAME, masks=()) -> set[str]:
    return {part.text for _, part in Known.of(text, same, masks).parts}


def whole_line() -> str:
    """One that is known whole."""
    return min(known() & set(HARMLESS))


def with_line(at: int, **changed) -> PageText:
    lines = [*TEXT.lines]
    lines[at] = replace(lines[at], **changed)
    return replace(TEXT, lines=tuple(lines))


def nothing(page: PageText) -> tuple:
    return ()


class Counting(SeeingEngine):
    """Notes what it saw."""

    def __init__(self, pages) -> None:
        super().__init__(pages)
        self.seen: list[str] = []

    def read(self, image: PageImage) -> PageText:
        text = super().read(image)
        self.seen += [line.text for line in text.lines]
        return text


def test_lines_read_with_certainty_are_known_but_for_four_that_show_how_the_page_lies():
    assert known() - {"ID number"} < set(HARMLESS)
    assert len(known()) == len(HARMLESS) - 4 + 1


def test_a_number_is_read_again_however_sure_it_was_but_not_what_stands_beside_it():
    assert "ID number" in known()
    assert not any(char.isdigit() for text in known() for char in text)


@pytest.mark.parametrize(
    "doubt",
    [{"confidence": 0.8}, {"confidence": None}, {"alternatives": ("Words",)}, {"by_hand": True}],
    ids=["doubtful", "no confidence", "other readings", "handwriting"],
)
def test_a_line_read_with_doubt_is_read_again(doubt):
    first = whole_line()
    assert first not in known(with_line(LINES.index(first), **doubt))


def test_of_a_line_with_a_doubtful_character_that_and_its_neighbours_are_read_again():
    first = whole_line()
    confidences = (*(0.99,) * 6, 0.7, *(0.99,) * (len(first) - 7))
    assert known(with_line(LINES.index(first), char_confidences=confidences)) >= {first[:5], first[8:]}


def test_what_is_left_between_two_doubts_is_read_with_them_where_it_is_short():
    first = whole_line()
    doubts = tuple(0.7 if at in {4, 10} else 0.99 for at in range(len(first)))
    assert known(with_line(LINES.index(first), char_confidences=doubts)) & {first[:3], first[6:9]} == set()


def test_a_line_is_read_again_where_a_mask_touches_it_or_a_stroke_differs():
    first = whole_line()
    box = Box.around((TEXT.lines[LINES.index(first)].box,))
    mask = Mask("X", 1, Box(box.left + 4, box.top - 4, box.left + 9, box.top + 2))
    assert first not in known(same=shows_the_same(GREY, GREY, (mask,)))
    changed = GREY.copy()
    changed[box.top + 8 : box.top + 12, box.left + 40 : box.left + 52] ^= 255
    assert first not in known(same=shows_the_same(changed, GREY, ()))


@pytest.mark.parametrize("quality", [45, 60, 75])
def test_what_a_jpeg_loses_is_no_difference(quality):
    page = encode_page(IMAGE.pixels, 1, 200.0, budget={45: 1, 60: None, 75: None}[quality])
    with Image.open(io.BytesIO(page.data)) as picture:
        assert shows_the_same(np.asarray(picture.convert("L")), GREY, ()).all()


def test_known_lines_are_gone_from_the_picture_and_all_else_is_as_it_was():
    of = Known.of(TEXT, SAME, ())
    left = of.left_of(IMAGE).pixels
    for _, part in of.parts:
        box = Box.around(part.char_boxes)
        assert np.ptp(left[box.top : box.bottom, box.left : box.right]) == 0
    number = Box.around(FOUND.boxes)
    cut = np.s_[number.top : number.bottom, number.left : number.right]
    assert (left[cut] == IMAGE.pixels[cut]).all()
    assert not (left == 0).all(axis=2)[:60].any()


def test_another_line_that_runs_through_a_known_one_stays_whole():
    first = whole_line()
    line = TEXT.lines[LINES.index(first)]
    (left, top), (_, bottom) = line.box[0], line.box[2]
    across = Line("seal", upright(left, top - 20, left + 60, bottom + 20), (line.box,) * 4)
    of = Known.of(replace(TEXT, lines=(*TEXT.lines, across)), SAME, ())
    cut = np.s_[int(top) : int(bottom), int(left) : int(left + 60)]
    assert first in {part.text for _, part in of.parts}
    assert (of.left_of(IMAGE).pixels[cut] == IMAGE.pixels[cut]).all()


def test_the_text_is_put_together_in_the_order_of_the_page_at_the_scale_that_was_read():
    of = Known.of(TEXT, SAME, ())
    small = PageImage(1, np.asarray(Image.fromarray(IMAGE.pixels).resize((700, 500))), 100.0)
    read = SeeingEngine([(IMAGE, TEXT)]).read(of.left_of(small))
    whole = [line.text for line in of.beside(read).lines]
    assert len(read.lines) == len(LINES) - len(of.parts) + 1
    assert [line for line in whole if line in HARMLESS] == HARMLESS
    assert "ID number " + NUMBER in whole
    assert all(line.box[0][0] == pytest.approx(40, abs=90) for line in of.beside(read).lines)


def test_a_name_of_which_one_part_is_known_and_the_other_read_again_is_one_name():
    doubted = TEXT.lines[0].text.index("weight")
    sure = tuple(0.5 if at >= doubted + 3 else 0.99 for at in range(len(LINES[0])))
    of = Known.of(with_line(0, char_confidences=sure), SAME, ())
    assert {part.text for _, part in of.parts if part.text in LINES[0]} == {LINES[0][: doubted + 2]}
    rest = Line("ight in line one", *_from(TEXT.lines[0], doubted + 2), 0.99)
    assert LINES[0] in [line.text for line in of.beside(replace(TEXT, lines=(rest,))).lines]


def _from(line: Line, start: int):
    quads = line.char_boxes[start:]
    return (quads[0][0], quads[-1][1], quads[-1][2], quads[0][3]), quads


def test_what_stands_in_the_next_cell_or_a_little_lower_is_a_line_of_its_own():
    of = Known.of(TEXT, SAME, ())
    (_, top), (right, bottom) = TEXT.lines[0].box[0], TEXT.lines[0].box[2]
    aside = Line("cell", upright(right + 2 * (bottom - top), top, right + 200, bottom), (TEXT.lines[0].box,) * 4)
    lower = Line("note", upright(right + 2, (top + bottom) / 2 + 2, right + 60, bottom + 20), (TEXT.lines[0].box,) * 4)
    for other in (aside, lower):
        assert other.text in [line.text for line in of.beside(replace(TEXT, lines=(other,))).lines]


def test_without_a_reading_of_the_original_all_of_it_is_read():
    of = Known.of(None, SAME, ())
    assert of.left_of(IMAGE) is IMAGE
    assert of.beside(TEXT) is TEXT


def test_a_well_burnt_page_is_read_only_where_it_may_say_something_new():
    engine = Counting([(IMAGE, TEXT)])
    page = encode_page(burn(IMAGE, MASKS), 1, 200.0)
    assert verify_page(page, IMAGE, MASKS, SECRETS, engine, nothing, before=TEXT).leaks == ()
    assert len(set(HARMLESS) & {*engine.seen}) == 4
    assert not any("ID" in line for line in engine.seen)


def test_a_secret_in_a_line_that_is_not_read_again_is_found_all_the_same():
    first = whole_line()
    word = entity(TEXT, "EN_NAME", first)
    secrets = Secrets.of([word], default_policy(), Audience.PUBLIC)
    engine = Counting([(IMAGE, TEXT)])
    verdict = verify_page(encode_page(IMAGE.pixels, 1, 200.0), IMAGE, (), secrets, engine, nothing, before=TEXT)
    assert first not in engine.seen
    assert {leak.check for leak in verdict.leaks} == {"second_reading"}
    assert all(leak.box.overlaps(Box.around(word.boxes)) for leak in verdict.leaks)


def test_a_reading_of_a_page_of_another_size_counts_for_nothing():
    engine = Counting([(IMAGE, TEXT)])
    other = replace(TEXT, width=TEXT.width // 2)
    verify_page(encode_page(burn(IMAGE, MASKS), 1, 200.0), IMAGE, MASKS, SECRETS, engine, nothing, before=other)
    assert set(HARMLESS) <= set(engine.seen)
