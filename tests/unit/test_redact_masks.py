import math
from dataclasses import replace

import numpy as np
import pytest

from schemas.entity import Entity, Tier
from schemas.geometry import Box, Quad, upright
from schemas.page import Line, PageText
from schemas.redaction import Audience
from tests.builders.drawn_pages import ENGINE, drawn_page, entity
from workers.redact.burn import burn
from workers.redact.hide import hide, withheld_text
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy

POLICY = default_policy()
NUMBER = "110105194912310021"


def masks_for(pages, entities, audience=Audience.HANDLER):
    return plan_masks(pages, entities, POLICY, audience)


def texts_for(pages, entities, audience=Audience.HANDLER):
    return [page.text for page in hide(pages, entities, POLICY, audience)]


def test_a_mask_reaches_from_the_characters_to_the_grid_and_one_cell_on():
    _, page = drawn_page(["ID " + NUMBER])
    (mask,) = masks_for([page], [entity(page, "CN_ID18", NUMBER)])
    place = Box.around(page.boxes_of(3, 21))
    edges = (mask.box.left, mask.box.top, mask.box.right, mask.box.bottom)
    assert all(edge % 16 == 0 for edge in edges)
    assert 16 <= place.left - mask.box.left < 32
    assert 16 <= mask.box.bottom - place.bottom < 32
    assert (mask.kind, mask.page_number, mask.reason) == ("CN_ID18", 1, "not_listed")


def test_small_text_is_masked_without_its_neighbours():
    _, page = drawn_page([NUMBER, "other line"], height=12)
    (mask,) = masks_for([page], [entity(page, "CN_ID18", NUMBER)])
    assert mask.box.bottom < page.lines[1].box[0][1]
    assert mask.box.top <= page.lines[0].box[0][1] - 2


def test_masks_stay_on_the_page():
    box = upright(0, 0, 99, 39)
    chars = tuple(upright(at * 11, 0, at * 11 + 11, 39) for at in range(9))
    page = PageText(1, 100, 40, 200, 0, (Line("123456789", box, chars),), ENGINE)
    (mask,) = masks_for([page], [Entity("CN_BANK", Tier.C, 1, "123456789", (0, 9))])
    assert mask.box == Box(0, 0, 100, 40)


def test_a_number_is_hidden_where_it_stands_as_another_reading_has_it():
    dropped = "62073451289"
    pages = [drawn_page([f"card {dropped}"])[1], drawn_page(["again 6207 7334 51289"], page_number=2)[1]]
    read = entity(pages[0], "CN_BANK", dropped)
    assert [mask.page_number for mask in masks_for(pages, [read])] == [1]
    assert [mask.page_number for mask in masks_for(pages, [replace(read, alternatives=("6207733451289",))])] == [1, 2]


def test_every_instance_is_hidden_on_every_page_in_text_and_in_pixels():
    pages = [
        drawn_page(["ID " + NUMBER, "again 1101O5 1949l231 0021 here"])[1],
        drawn_page(["and " + NUMBER[:17] + " once more"], page_number=2)[1],
    ]
    entities = [entity(pages[0], "CN_ID18", NUMBER)]
    masks = masks_for(pages, entities)
    assert [(mask.page_number, mask.reason) for mask in masks] == [(1, "not_listed"), (1, "same_value"), (2, "same_value")]
    assert texts_for(pages, entities) == ["ID [identity no.]\nagain [identity no.] here", "and [identity no.] once more"]


def test_what_was_hardly_read_is_hidden_and_left_to_a_person():
    _, page = drawn_page(["ID " + NUMBER])
    read = entity(page, "CN_ID18", NUMBER, Tier.C)
    reasons = [masks_for([page], [replace(read, confidence=sure)])[0].reason for sure in (0.3, 0.9)]
    assert reasons == ["uncertain", "not_listed"]


def test_what_the_audience_may_see_is_left_alone():
    _, page = drawn_page(["Name John Doe amount 1200.00"])
    entities = [entity(page, "EN_NAME", "John Doe"), entity(page, "AMOUNT", "1200.00", Tier.D)]
    assert masks_for([page], entities) == ()
    assert texts_for([page], entities) == ["Name John Doe amount 1200.00"]
    assert texts_for([page], entities, Audience.PUBLIC) == ["Name [name] amount 1200.00"]


def test_of_a_date_the_public_reads_the_year_and_sees_nothing():
    _, page = drawn_page(["Loss 2019-03-05, report 2019"])
    entities = [
        entity(page, "DATE_LOSS", "2019-03-05"),
        Entity("DATE_REPORT", Tier.C, 1, "2019", (24, 28), canonical="2019"),
    ]
    assert texts_for([page], entities, Audience.PUBLIC) == ["Loss 2019, report 2019"]
    (mask,) = masks_for([page], entities, Audience.PUBLIC)
    assert mask.box.right < page.lines[0].char_boxes[24][0][0]


def test_a_value_over_two_lines_gets_a_token_and_a_box_on_each():
    _, page = drawn_page(["Card 62220000", "00000005 end"])
    start, end = 5, 22
    entities = [Entity("CN_BANK", Tier.C, 1, page.text[start:end], (start, end))]
    assert texts_for([page], entities) == ["Card [account no.]\n[account no.] end"]
    assert len(masks_for([page], entities)) == 2


def test_overlapping_entities_become_one_token():
    _, page = drawn_page(["diagnosis fracture of the left arm since 2019-03-05"])
    entities = [entity(page, "HEALTH_TEXT", "fracture of the left arm since 2019-03-05"), entity(page, "DATE", "2019-03-05")]
    assert texts_for([page], entities, Audience.PUBLIC) == ["diagnosis [medical text]"]


def test_a_span_outside_the_text_is_refused():
    _, page = drawn_page(["short"])
    with pytest.raises(ValueError, match="page 1"):
        masks_for([page], [Entity("CN_ID18", Tier.A, 1, NUMBER, (0, 18))])


@pytest.mark.parametrize("degrees", [0, 3, -4, 90, 180, 270])
def test_a_turned_or_slanting_line_is_covered_by_upright_boxes(degrees):
    page = slanting(NUMBER, degrees)
    masks = masks_for([page], [entity(page, "CN_ID18", NUMBER)])
    black = np.zeros((page.height, page.width), bool)
    for mask in masks:
        black[mask.box.top : mask.box.bottom, mask.box.left : mask.box.right] = True
    corners = [corner for quad in page.lines[0].char_boxes for corner in quad]
    assert all(black[int(y), int(x)] for x, y in corners)
    assert black.sum() < 3.5 * NUMBER_AREA


NUMBER_AREA = 18 * 20 * 40


def slanting(text: str, degrees: float) -> PageText:
    """Characters of 20 by 40 pixels along a line through the middle of a page."""
    angle = math.radians(degrees)
    along, down = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

    def corner(x: float, y: float) -> tuple[float, float]:
        return (500 + x * along[0] + y * down[0], 500 + x * along[1] + y * down[1])

    def quad(left: float, right: float) -> Quad:
        return (corner(left, -20), corner(right, -20), corner(right, 20), corner(left, 20))

    first = -len(text) * 10
    chars = tuple(quad(first + at * 20, first + at * 20 + 20) for at in range(len(text)))
    return PageText(1, 1000, 1000, 200, 0, (Line(text, quad(first, -first), chars),), ENGINE)


def test_burning_makes_a_new_black_array_and_leaves_the_original():
    image, page = drawn_page(["ID " + NUMBER], tone="colour")
    before = image.pixels.copy()
    masks = masks_for([page], [entity(page, "CN_ID18", NUMBER)])
    burnt = burn(image, masks)
    box = masks[0].box
    assert (burnt[box.top : box.bottom, box.left : box.right] == 0).all()
    assert (image.pixels == before).all()
    burnt[box.top : box.bottom, box.left : box.right] = before[box.top : box.bottom, box.left : box.right]
    assert (burnt == before).all()


def test_masks_of_other_pages_are_not_burnt():
    image, _ = drawn_page(["ID " + NUMBER], page_number=2)
    other = drawn_page(["ID " + NUMBER])[1]
    assert (burn(image, masks_for([other], [entity(other, "CN_ID18", NUMBER)])) == image.pixels).all()


def test_a_redacted_text_names_its_policy_and_hides_itself_from_logs():
    _, page = drawn_page(["Name John Doe", NUMBER])
    (text,) = hide([page], [entity(page, "CN_ID18", NUMBER)], POLICY, Audience.HANDLER)
    assert (text.policy, text.audience) == (POLICY.label, Audience.HANDLER)
    assert "John" not in repr(text)


def test_a_withheld_page_says_so_in_both_languages():
    text = withheld_text(3, 1240, 1754, "damaged_page", Audience.PUBLIC, POLICY.label).text
    assert "第3页" in text
    assert "Page 3 could not be read and is withheld (damaged_page)" in text
