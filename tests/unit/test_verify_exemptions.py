"""What people exempt is exempt at its place, for its kind, and for what can be read; nothing else is looked for less."""

import pytest

from schemas.geometry import Box
from schemas.redaction import Leak
from tests.unit.test_verify_page import CARD, NUMBER, Case
from workers.redact.burn import burn
from workers.verify.exemptions import CHECK, Exemption, parted
from workers.verify.page import CHECKS, verify_page

PLACE = Box(96, 48, 304, 88)
FOUND = Leak("CN_ID18", "second_reading", 1, Box(100, 52, 290, 84))
EXEMPTION = Exemption(7, "CN_ID18", 1, PLACE)


def test_what_is_found_at_the_place_is_told_apart_and_counts_no_more():
    assert parted([FOUND], [EXEMPTION]) == ((), (FOUND,))


def test_so_is_a_photograph_that_is_none():
    shown = Leak("FACE", "photographs", 1, Box(100, 52, 290, 84))
    assert parted([shown], [Exemption(8, "FACE", 1, PLACE)]) == ((), (shown,))


@pytest.mark.parametrize(
    "leak",
    [
        Leak("CN_BANK", "second_reading", 1, FOUND.box),
        Leak("CN_ID18", "second_reading", 2, FOUND.box),
        Leak("CN_ID18", "second_reading", 1, Box(100, 52, 340, 84)),
        Leak("CN_ID18", "second_reading", 1, Box(100, 300, 290, 332)),
        Leak("CN_ID18", "second_reading", 1, None),
        Leak("CN_ID18", "masks_opaque", 1, FOUND.box),
        Leak("CN_ID18", "stored_bytes"),
    ],
    ids=["another kind", "another page", "reaching out of it", "elsewhere", "nobody knows where", "a mask", "the file"],
)
def test_whatever_else_is_found_counts_as_ever(leak):
    assert parted([leak], [EXEMPTION]) == ((leak,), ())


@pytest.fixture(params=["bilevel", "grey", "colour"])
def case(request):
    return Case(request.param)


def verified(case, masks, *exempted):
    from tests.unit.test_verify_page import find_numbers
    from workers.redact.burn import encode_page

    page = encode_page(burn(case.image, masks), 1, case.image.dpi)
    return verify_page(page, case.image, masks, case.secrets, case.engine, find_numbers, exempted)


def identity_mask(case):
    (mask,) = (each for each in case.masks if each.kind == "CN_ID18")
    return mask


def test_a_page_passes_with_the_number_that_people_let_stand(case):
    mask = identity_mask(case)
    rest = [each for each in case.masks if each is not mask]
    without = verified(case, rest)
    assert {leak.kind for leak in without.leaks} == {"CN_ID18"}
    verdict = verified(case, rest, Exemption(7, "CN_ID18", 1, mask.box))
    assert verdict.passed
    assert {leak.check for leak in verdict.exempted} == {"second_reading", "second_detection"}
    assert verdict.checks == (*CHECKS, CHECK)


def test_an_exemption_hides_no_other_leak_of_the_page(case):
    mask = identity_mask(case)
    verdict = verified(case, [], Exemption(7, "CN_ID18", 1, mask.box))
    assert {leak.kind for leak in verdict.leaks} == {"CN_BANK"}
    assert CARD != NUMBER


def test_an_exemption_of_another_page_is_none_of_this_one(case):
    mask = identity_mask(case)
    rest = [each for each in case.masks if each is not mask]
    verdict = verified(case, rest, Exemption(7, "CN_ID18", 2, mask.box))
    assert not verdict.passed
    assert verdict.checks == CHECKS
