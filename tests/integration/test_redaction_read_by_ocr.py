"""The same loop with the real engine, which knows nothing of how the page was drawn."""

import io
import re

import pytest

from schemas.entity import Entity, Tier
from schemas.page import PageText
from schemas.redaction import Audience
from tests.builders.drawn_pages import drawn_page
from workers.recognize.ppocr import PpOcrEngine
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import burn, encode_page
from workers.redact.hide import hide
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy
from workers.verify.page import verify_page
from workers.verify.redacted_file import verify_redaction
from workers.verify.secrets import Secrets

pytestmark = pytest.mark.slow

NUMBER, PHONE = "110105194912310021", "13800138000"
LINES = ["Claim form of somebody", "ID number " + NUMBER, "Telephone " + PHONE, "Amount 1200.00", "Seen again " + NUMBER]
POLICY = default_policy()


@pytest.fixture(scope="module")
def engine() -> PpOcrEngine:
    return PpOcrEngine()


def find_numbers(page: PageText) -> tuple[Entity, ...]:
    found = ((kind, match) for kind, shape in (("CN_ID18", r"\d{17}[\dX]"), ("CN_MOBILE", r"1[3-9]\d{9}"))
             for match in re.finditer(rf"(?<!\d){shape}(?!\d)", page.text))  # fmt: skip
    return tuple(Entity(kind, Tier.B, 1, match.group(), match.span(), canonical=match.group()) for kind, match in found)


@pytest.mark.parametrize("tone", ["bilevel", "colour"])
def test_what_was_read_hidden_and_read_again_is_gone(engine, tone):
    image, _ = drawn_page(LINES, tone=tone)
    reading = engine.read(image)
    entities = find_numbers(reading)
    assert [entity.text for entity in entities] == [NUMBER, NUMBER, PHONE]

    masks = plan_masks([reading], entities, POLICY, Audience.PUBLIC)
    secrets = Secrets.of(entities, POLICY, Audience.PUBLIC)
    page = encode_page(burn(image, masks), 1, image.dpi)
    assert verify_page(page, image, masks, secrets, engine, find_numbers).leaks == ()

    out = io.BytesIO()
    assemble_pdf([(page, hide([reading], entities, POLICY, Audience.PUBLIC)[0])], out)
    out.seek(0)
    assert verify_redaction([reading], entities, out, POLICY, Audience.PUBLIC, engine, find_numbers).leaks == ()


def test_one_mask_too_few_is_read(engine):
    image, _ = drawn_page(LINES)
    reading = engine.read(image)
    entities = find_numbers(reading)
    masks = plan_masks([reading], entities, POLICY, Audience.PUBLIC)[:-1]
    secrets = Secrets.of(entities, POLICY, Audience.PUBLIC)
    page = encode_page(burn(image, masks), 1, image.dpi)
    leaks = verify_page(page, image, masks, secrets, engine, find_numbers).leaks
    assert {leak.check for leak in leaks} == {"second_reading", "second_detection"}
    assert {leak.kind for leak in leaks} == {"CN_MOBILE"} or {leak.kind for leak in leaks} == {"CN_ID18"}
