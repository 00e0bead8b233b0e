"""What is not text is hidden by the policy like what is, in pixels and in the text under it."""

import pytest

from schemas.entity import Tier
from schemas.geometry import Box
from schemas.redaction import Audience
from schemas.region import REGION_KINDS, PageRegions, Region
from tests.builders.drawn_pages import drawn_page, entity
from workers.extract.extractor import Extractor
from workers.redact.hide import hide
from workers.redact.masks import plan_masks
from workers.redact.places import hidden_places
from workers.redact.policy import default_policy
from workers.redact.tokens import token
from workers.steps.plan import make_plan
from workers.steps.said_by_codes import said_by_codes

POLICY = default_policy()
NUMBER = "11010519491231002X"


def regions(*found: Region, width: int = 1400, height: int = 1000):
    return (PageRegions(1, width, height, found),)


@pytest.mark.parametrize("kind", REGION_KINDS)
def test_the_public_sees_none_of_it_and_handlers_see_the_seals_of_companies_only(kind):
    found = regions(Region(kind, 1, Box(100, 100, 200, 200)))
    assert len(hidden_places(found, POLICY, Audience.PUBLIC)) == 1
    assert len(hidden_places(found, POLICY, Audience.HANDLER)) == (kind != "SEAL")
    assert token(kind) != token("NOVEL_KIND")


def test_a_mask_lies_on_whole_blocks_of_a_jpeg_around_the_place_and_on_the_page():
    (mask,) = hidden_places(regions(Region("FACE", 1, Box(2, 101, 203, 999))), POLICY, Audience.HANDLER)
    assert mask.box == Box(0, 96, 208, 1000)


def test_what_a_person_has_to_look_at_says_so():
    found = regions(Region("CODE", 1, Box(0, 0, 90, 90), uncertain=True), Region("CODE", 1, Box(200, 0, 290, 90)))
    assert [mask.reason for mask in hidden_places(found, POLICY, Audience.HANDLER)] == ["uncertain", "not_text"]


def test_ink_beside_the_label_of_a_name_is_hidden_from_the_public_only():
    found = regions(Region("CN_NAME", 1, Box(0, 0, 90, 90), uncertain=True))
    assert hidden_places(found, POLICY, Audience.HANDLER) == ()
    assert [mask.reason for mask in hidden_places(found, POLICY, Audience.PUBLIC)] == ["uncertain"]


def test_text_under_a_hidden_place_gives_way_to_its_token_and_the_rest_of_the_line_stays():
    _, page = drawn_page(["Signed by John Doe on Tuesday"])
    left, right = page.char_boxes()[10][0][0], page.char_boxes()[17][1][0]
    found = regions(Region("SIGNATURE", 1, Box(round(left) + 12, 60, round(right) - 12, 160)))
    (text,) = hide([page], [], POLICY, Audience.HANDLER, found)
    assert text.text == "Signed by [signature] on Tuesday"
    (mask,) = plan_masks([page], [], POLICY, Audience.HANDLER, found)
    assert mask.kind == "SIGNATURE"


def test_a_hidden_value_that_reaches_out_of_a_hidden_place_is_hidden_whole():
    _, page = drawn_page(["ID " + NUMBER])
    middle = page.char_boxes()[12]
    found = regions(Region("NAME_SEAL", 1, Box(round(middle[0][0]), 60, round(middle[0][0]) + 90, 160)))
    masks = plan_masks([page], [entity(page, "CN_ID18", NUMBER)], POLICY, Audience.HANDLER, found)
    whole = Box.around(page.boxes_of(3, 21))
    assert any(mask.box.left <= whole.left and mask.box.right >= whole.right for mask in masks)
    (text,) = hide([page], [entity(page, "CN_ID18", NUMBER)], POLICY, Audience.HANDLER, found)
    assert text.text == "ID [identity no.]"


@pytest.fixture(scope="module")
def extractor():
    return Extractor()


def code(value: str) -> tuple[PageRegions, ...]:
    return regions(Region("CODE", 1, Box(900, 600, 1000, 700), Tier.A, value))


def test_the_number_in_a_code_is_looked_for_in_the_text(extractor):
    _, page = drawn_page(["printed as 110105 19491231 002X here"])
    plan = make_plan([page], extractor, POLICY, not_text=code(f"NAME;{NUMBER}"))
    assert [found.kind for found in plan.in_codes] == ["CN_ID18"]
    assert plan.of(Audience.HANDLER).texts[0].text == "printed as [identity no.] here"


def test_a_number_of_a_code_that_nobody_knows_is_hidden_where_it_is_printed_under_the_bars(extractor):
    _, page = drawn_page(["ZX-4471-9902-QQ"])
    (found,) = said_by_codes(code("ZX-4471-9902-QQ"), (), extractor)
    assert (found.kind, found.page_number) == ("CODE", 0)
    assert hide([page], [found], POLICY, Audience.HANDLER)[0].text == "[code]"


def test_a_number_of_a_code_that_the_page_says_under_its_label_is_what_the_label_says(extractor):
    _, page = drawn_page(["Policy number PDAA202600000000000001"])
    plan = make_plan([page], extractor, POLICY, not_text=code("PDAA202600000000000001"))
    assert plan.in_codes == ()
    assert "PDAA202600000000000001" in plan.of(Audience.HANDLER).texts[0].text


def test_a_plan_keeps_what_codes_say_out_of_its_repr(extractor):
    plan = make_plan([], extractor, POLICY, not_text=code(NUMBER))
    assert NUMBER not in repr(plan)
    assert NUMBER not in repr(code(NUMBER))
