import re

import numpy as np
import pytest

from schemas.entity import Entity, Tier
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Audience, Mask
from tests.builders.drawn_pages import drawn_page, entity
from tests.fakes.seeing_engine import SeeingEngine
from workers.page_image import PageImage
from workers.redact.burn import burn, encode_page
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy
from workers.verify.page import CHECKS, verify_page
from workers.verify.secrets import Secrets

NUMBER, CARD = "110105194912310021", "6222000000000005"
LINES = ["Claim form of John Doe", "ID number " + NUMBER, "Card " + CARD, "Amount 1200.00 of 2019-03-05"]


def find_numbers(page: PageText) -> tuple[Entity, ...]:
    return tuple(Entity("CN_ID18", Tier.A, 1, m.group(), m.span()) for m in re.finditer(r"(?<!\d)\d{17}[\dX](?!\d)", page.text))


@pytest.fixture(params=["bilevel", "grey", "colour"])
def case(request):
    return Case(request.param)


class Case:
    """A page with its masks, its engine and a way to verify any pixels made from it."""

    def __init__(self, tone: str) -> None:
        self.image, self.text = drawn_page(LINES, tone=tone)
        entities = [entity(self.text, "CN_ID18", NUMBER), entity(self.text, "CN_BANK", CARD)]
        policy = default_policy()
        self.masks = plan_masks([self.text], entities, policy, Audience.HANDLER)
        self.secrets = Secrets.of(entities, policy, Audience.HANDLER)
        self.engine = SeeingEngine([(self.image, self.text)])

    def verify(self, pixels, masks=None, secrets=None):
        page = encode_page(pixels, 1, self.image.dpi)
        masks = self.masks if masks is None else masks
        return verify_page(page, self.image, masks, secrets or self.secrets, self.engine, find_numbers)

    def failed_checks(self, pixels, masks=None, secrets=None) -> set[str]:
        return {leak.check for leak in self.verify(pixels, masks, secrets).leaks}


def moved(mask: Mask, by: int) -> Mask:
    box = mask.box
    return Mask(mask.kind, mask.page_number, Box(box.left + by, box.top, box.right + by, box.bottom), mask.reason)


def test_a_well_burnt_page_passes_every_check(case):
    verdict = case.verify(burn(case.image, case.masks))
    assert verdict.leaks == ()
    assert verdict.passed
    assert verdict.checks == CHECKS


def test_the_unredacted_page_fails_in_every_way(case):
    failed = case.failed_checks(case.image.pixels)
    assert failed == {"masks_opaque", "second_reading", "second_detection"}


def test_a_mask_left_out_is_caught_by_its_pixels(case):
    assert "masks_opaque" in case.failed_checks(burn(case.image, case.masks[:1]))


def test_a_mask_that_was_never_planned_is_caught_by_reading(case):
    assert case.failed_checks(burn(case.image, case.masks[:1]), masks=case.masks[:1]) == {"second_reading"}


def test_a_value_that_nobody_listed_is_caught_by_detecting_afresh(case):
    nothing_listed = Secrets(frozenset(), case.secrets.policy, case.secrets.audience)
    failed = case.failed_checks(burn(case.image, case.masks[1:]), masks=case.masks[1:], secrets=nothing_listed)
    assert failed == {"second_detection"}


def test_a_shifted_mask_is_caught(case):
    wrong = [moved(case.masks[0], 160), case.masks[1]]
    failed = case.failed_checks(burn(case.image, wrong))
    assert {"masks_opaque", "unchanged_outside_masks"} <= failed


def test_a_translucent_mask_is_caught(case):
    pixels = case.image.pixels.copy()
    for mask in case.masks:
        cut = np.s_[mask.box.top : mask.box.bottom, mask.box.left : mask.box.right]
        pixels[cut] = pixels[cut] // 12
    assert "masks_opaque" in case.failed_checks(pixels)


def test_blurring_is_not_burning(case):
    pixels = case.image.pixels.copy()
    for mask in case.masks:
        cut = np.s_[mask.box.top : mask.box.bottom, mask.box.left : mask.box.right]
        pixels[cut] = pixels[cut].mean(dtype=np.float64)
    assert "masks_opaque" in case.failed_checks(pixels)


def test_another_page_in_its_place_is_caught(case):
    other, _ = drawn_page(["Quite another page", "with other words"], tone="grey")
    assert "unchanged_outside_masks" in case.failed_checks(burn(other, case.masks))


def test_ink_added_outside_the_masks_is_caught_with_its_place(case):
    pixels = burn(case.image, case.masks)
    pixels[800:840, 400:480] = 0
    (leak,) = [leak for leak in case.verify(pixels).leaks if leak.check == "unchanged_outside_masks"]
    assert leak.box == Box(400, 800, 480, 840)


def test_a_page_of_another_size_is_not_looked_at_further(case):
    verdict = case.verify(burn(case.image, case.masks)[:-8])
    assert [leak.check for leak in verdict.leaks] == ["page_size"]
    assert not verdict.passed


def test_an_empty_mask_hides_nothing(case):
    empty = Mask("CN_ID18", 1, Box(5, 5, 5, 5))
    assert "masks_opaque" in case.failed_checks(burn(case.image, case.masks), masks=(*case.masks, empty))


def test_a_leak_names_the_place_in_page_pixels_and_never_the_value(case):
    leaks = case.verify(burn(case.image, case.masks[1:]), masks=case.masks[1:]).leaks
    place = Box.around(case.text.boxes_of(*_span(case.text.text, NUMBER)))
    assert all(leak.box.overlaps(place) and abs(leak.box.left - place.left) < 8 for leak in leaks)
    assert NUMBER not in repr(leaks)


def test_small_pages_are_read_larger(case):
    widths = []

    class Sized(SeeingEngine):
        def read(self, image: PageImage) -> PageText:
            widths.append(image.width)
            return super().read(image)

    image, text = drawn_page(["plain"], size=(800, 600))
    secrets = Secrets(frozenset(), case.secrets.policy, case.secrets.audience)
    engine = Sized([(image, text)])
    assert verify_page(encode_page(image.pixels, 1, 72.0), image, (), secrets, engine, find_numbers).passed
    assert widths == [1024]


def _span(text: str, value: str) -> tuple[int, int]:
    return text.index(value), text.index(value) + len(value)
