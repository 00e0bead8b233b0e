"""What people confirmed: it goes before what is found, and it is hidden like it. Everybody here is invented."""

from functools import cache

import pytest

from schemas.claim import FIELD_NAMES, ClaimField
from schemas.geometry import Box, upright
from schemas.page import EngineVersion, Line, PageText
from schemas.redaction import Audience
from workers.extract.extractor import Extractor
from workers.redact.policy import Action, default_policy
from workers.redact.spans import conceals
from workers.steps.confirmed import confirmed_entities, with_confirmed
from workers.steps.plan import make_plan
from workers.verify.secrets import Secrets

NUMBER, MISREAD = "11010519491231002X", "11010519A9I23l0O"
PLACE = upright(300, 180, 580, 220)


def line(text, left, top, step=16.0):
    boxes = tuple(upright(left + step * at, top, left + step * (at + 1), top + 30) for at in range(len(text)))
    return Line(text, upright(left, top, left + step * len(text), top + 30), boxes, 0.6)


def page(*lines, number=1):
    return PageText(number, 1000, 1400, 100, 0, lines, EngineVersion("builder", "1"))


@cache
def extractor():
    return Extractor()


def plan(pages, confirmed):
    return make_plan(pages, extractor(), default_policy(), confirmed)


def is_covered(place, masks, page_number=1):
    box = Box.around((place,))
    return any(
        mask.page_number == page_number
        and mask.box.left <= box.left
        and mask.box.top <= box.top
        and mask.box.right >= box.right
        and mask.box.bottom >= box.bottom
        for mask in masks
    )


def test_a_confirmed_field_takes_the_place_of_what_was_found_in_the_usual_order():
    found = {"status": ClaimField("结案", 1), "insured": ClaimField("张三", 1)}
    confirmed = {"insured": ClaimField("张珊", 1, None, None, "confirmed"), "loss_date": ClaimField("2019-03-05", 1)}
    fields = with_confirmed(found, confirmed)
    assert list(fields) == ["insured", "loss_date", "status"]
    assert fields["insured"] == confirmed["insured"]


@pytest.mark.parametrize("name", FIELD_NAMES)
def test_every_field_can_be_confirmed_and_the_policy_knows_its_kind(name):
    (entity,) = confirmed_entities((), {name: ClaimField("2019-03-05", 1)})
    rules = {default_policy().decide(entity, audience).reason for audience in Audience}
    assert rules
    assert entity.page_number == 0


def test_what_is_read_at_the_place_of_a_confirmed_number_is_hidden_although_it_fits_no_shape():
    pages = (page(line("备注", 60, 100), line(MISREAD, 300, 185)),)
    assert not is_covered(PLACE_READ, plan(pages, {}).of(Audience.HANDLER).masks)
    made = plan(pages, {"identity_number": ClaimField(NUMBER, 1, PLACE_READ, None, "confirmed")}).of(Audience.HANDLER)
    assert is_covered(PLACE_READ, made.masks)
    assert MISREAD not in made.texts[0].text
    assert "备注" in made.texts[0].text


PLACE_READ = upright(300, 185, 300 + 16 * len(MISREAD), 215)


def test_the_place_of_a_confirmed_number_is_burnt_where_nothing_was_read():
    pages = (page(line("备注", 60, 100)),)
    made = plan(pages, {"identity_number": ClaimField(NUMBER, 1, PLACE, None, "confirmed")}).of(Audience.HANDLER)
    assert is_covered(PLACE, made.masks)
    assert {mask.reason for mask in made.masks if is_covered(PLACE, (mask,))} == {"confirmed"}


def test_scraps_at_the_place_of_a_confirmed_number_are_left_out_of_the_text_and_not_sought_elsewhere():
    pages = (page(line("19", 300, 185), line("19", 60, 600)),)
    made = plan(pages, {"identity_number": ClaimField(NUMBER, 1, PLACE, None, "confirmed")}).of(Audience.HANDLER)
    assert [line.box.top for line in made.texts[0].lines] == [600]


def test_a_number_that_was_put_right_is_hidden_on_every_page_and_sought_in_the_finished_file():
    pages = (page(line(MISREAD, 300, 185)), page(line(f"见{NUMBER}", 60, 100), number=2))
    whole = plan(pages, {"identity_number": ClaimField(NUMBER, 1, None, None, "confirmed")})
    assert NUMBER not in whole.of(Audience.HANDLER).texts[1].text
    values = {secret.value for secret in Secrets.of(whole.entities, default_policy(), Audience.HANDLER).values}
    assert NUMBER in values


def test_a_confirmed_value_that_the_audience_may_see_hides_nothing():
    pages = (page(line("保单号：PZAT20190000417", 60, 100)),)
    box = upright(124, 100, 364, 130)
    confirmed = {"policy_number": ClaimField("PZAT20190000477", 1, box, None, "confirmed")}
    made = plan(pages, confirmed)
    assert made.of(Audience.HANDLER).masks == ()
    assert "PZAT20190000417" in made.of(Audience.HANDLER).texts[0].text
    assert "PZAT20190000417" not in made.of(Audience.PUBLIC).texts[0].text
    assert made.extraction.fields["policy_number"].value == "PZAT20190000477"


def test_a_plan_that_was_kept_before_there_were_confirmed_fields_can_be_read():
    from schemas.codec import from_json, to_json
    from workers.steps.plan import Plan

    made = plan((page(line("保单号：PZAT20190000417", 60, 100)),), {})
    text = to_json(Plan, made).replace(b',"confirmed":[]', b"")
    assert b"confirmed" not in text
    assert from_json(Plan, text) == made


def test_masking_a_date_counts_as_hiding_it():
    (entity,) = confirmed_entities((), {"loss_date": ClaimField("2019-03-05", 1)})
    decision = default_policy().decide(entity, Audience.PUBLIC)
    assert decision.action is Action.MASK
    assert conceals(entity, decision)
