"""What a finished page still shows that is not text is found in its pixels."""

import numpy as np
import pytest

from schemas.geometry import Box
from schemas.redaction import Audience, Mask
from tests.builders.drawn_pages import drawn_page
from tests.builders.marked_pages import blank_sheet, code, image_of, pasted, portrait, printed, thumbprint
from tests.fakes.seeing_engine import SeeingEngine
from workers.redact.burn import burn, encode_page
from workers.redact.policy import Action, RedactionPolicy, Rule, default_policy
from workers.verify.not_text import still_shown
from workers.verify.page import verify_page
from workers.verify.secrets import Secrets

NOTHING_KNOWN = Secrets(frozenset(), default_policy(), Audience.HANDLER)


def leaks_of(pixels, secrets=NOTHING_KNOWN):
    return [*still_shown(np.ascontiguousarray(pixels[..., 0]), 1, secrets)]


@pytest.mark.parametrize("symbology", ["QRCode", "DataMatrix", "PDF417", "Aztec", "Code128", "EAN13"])
def test_a_code_that_still_decodes_is_a_leak_with_its_place(symbology):
    pixels = blank_sheet()
    place = pasted(pixels, code(symbology, "690123456789" + "2", scale=3), 200, 500)
    found = leaks_of(pixels)
    assert {(leak.kind, leak.check) for leak in found} == {("CODE", "codes")}
    assert all(leak.box.overlaps(place) for leak in found)
    assert "690123" not in repr(found)


def test_a_portrait_that_is_still_there_is_a_leak_with_its_place():
    pixels = blank_sheet()
    printed(pixels, lines=6)
    place = pasted(pixels, portrait(), 600, 900)
    (found,) = leaks_of(pixels)
    assert (found.kind, found.check) == ("FACE", "photographs")
    assert found.box.overlaps(place)
    assert found.box.width * found.box.height > 0.6 * place.width * place.height


def test_print_tables_thumbs_and_black_boxes_are_none():
    pixels = blank_sheet()
    printed(pixels)
    pasted(pixels, thumbprint(), 700, 1200)
    pixels[1200:1330, 100:200] = 0
    assert leaks_of(pixels) == []


def test_what_the_policy_shows_is_no_leak():
    pixels = blank_sheet()
    pasted(pixels, code("QRCode", "690123456789"), 200, 500)
    pasted(pixels, portrait(), 600, 900)
    lax = RedactionPolicy("lax", "1", (Rule(Audience.HANDLER, Action.SHOW, ("CODE", "FACE")),))
    assert leaks_of(pixels, Secrets(frozenset(), lax, Audience.HANDLER)) == []


def test_a_page_is_verified_only_when_its_code_is_burnt():
    image, text = drawn_page(["nothing but a code"], tone="grey")
    place = pasted(image.pixels, code("QRCode", "690123456789"), 600, 500)
    masks = (Mask("CODE", 1, Box(place.left, place.top, place.right, place.bottom)),)
    engine = SeeingEngine([(image, text)])

    def leaks(masks):
        page = encode_page(burn(image, masks), 1, 200.0)
        return {leak.check for leak in verify_page(page, image, masks, NOTHING_KNOWN, engine, lambda _: ()).leaks}

    assert leaks(()) == {"codes"}
    assert "codes" not in leaks(masks)


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (700, 3)])
def test_a_page_of_hardly_any_pixels_shows_nothing(size):
    assert leaks_of(image_of(blank_sheet(*size)).pixels) == []
