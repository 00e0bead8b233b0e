from dataclasses import replace

import pytest

from archive.search_keys.dates import ask_date
from archive.search_keys.key import SearchKey
from archive.search_keys.names import ask_name
from archive.search_keys.numbers import ask_number
from schemas.claim import ClaimField, Extraction
from schemas.entity import NAME_KINDS, Entity, Tier
from schemas.geometry import Box, upright
from schemas.redaction import Audience, RedactedText, VisibleLine
from workers.steps.describe import NUMBER_KINDS, PRIVATE_NUMBER_KINDS, describe

KEY = SearchKey(b"a search key for tests only")
BOX = upright(1, 2, 3, 4)


def extraction(*entities: Entity, **fields: ClaimField) -> Extraction:
    return Extraction("medical_bill", fields, entities)


def entity(kind: str, text: str, *, page_number: int = 1, canonical: str = "", role: str | None = None) -> Entity:
    return Entity(kind, Tier.C, page_number, text, (0, len(text)), (BOX,), canonical, role)


def forms(found: Extraction) -> set[str]:
    return {placed.token.form for placed in describe("D-1", found, (), KEY).tokens}


@pytest.mark.parametrize("kind", sorted(NAME_KINDS))
def test_names_are_described(kind):
    assert "pinyin" in forms(extraction(entity(kind, "王小明")))


def test_a_doctor_is_found_by_the_name_without_the_title():
    plain = extraction(entity("DOCTOR", "胡雪梅", canonical="胡雪梅"))
    titled = extraction(entity("DOCTOR", "胡雪梅主任医师", canonical="胡雪梅"))
    assert describe("D-1", titled, (), KEY).tokens == describe("D-1", plain, (), KEY).tokens


@pytest.mark.parametrize("kind", sorted(NUMBER_KINDS))
def test_numbers_of_papers_are_found_by_their_tails(kind):
    assert "tail" in forms(extraction(entity(kind, "R1234567890")))


@pytest.mark.parametrize("kind", sorted(PRIVATE_NUMBER_KINDS))
def test_numbers_of_persons_are_found_by_their_tails_by_the_entitled_only(kind):
    assert {"private_tail"} == forms(extraction(entity(kind, "123456789012345"))) & {"tail", "head", "private_tail"}


@pytest.mark.parametrize("kind", ["POLICY", "CN_ID18", "CN_BANK", "CN_MOBILE"])
def test_a_number_is_found_by_what_it_may_be_otherwise(kind):
    read = replace(entity(kind, "20133749564"), alternatives=("201337495643",))
    placed = {placed.token.digest: placed for placed in describe("D-1", extraction(read), (), KEY).tokens}
    met = next(token for token in ask_number(KEY, "201337495643") if token.digest in placed)
    assert (met.tier.value, met.form, placed[met.digest].box) == ("likely", "reading", BOX)


def test_a_name_is_found_by_what_it_may_be_otherwise():
    read = replace(entity("CN_NAME", "王小明"), alternatives=("王少朋", "201337495643"))
    placed = {placed.token.digest: placed for placed in describe("D-1", extraction(read), (), KEY).tokens}
    met = next(token for token in ask_name(KEY, "王少朋") if token.digest in placed)
    assert (met.tier.value, met.form, placed[met.digest].box) == ("likely", "reading", BOX)
    assert not any(token.digest in placed for token in ask_number(KEY, "201337495643"))


@pytest.mark.parametrize("kind", ["CN_ADDRESS", "HEALTH_TEXT", "AMOUNT", "HOSPITAL", "EMAIL", "SECRET", "DIAGNOSIS"])
def test_other_kinds_leave_no_token(kind):
    assert forms(extraction(entity(kind, "王小明 123456789"))) == set()


@pytest.mark.parametrize(
    ("kind", "role", "which"),
    [
        ("DATE_ACCIDENT", None, "loss"),
        ("DATE_ADMISSION", "insured", "admission"),
        ("DATE_OTHER", "report", "report"),
        ("DATE_DEATH", None, "other"),
        ("DOB", "beneficiary", "birth"),
    ],
)
def test_a_date_is_called_after_its_role_or_its_kind(kind, role, which):
    assert forms(extraction(entity(kind, "2019年3月5日", role=role))) == {f"day:{which}", f"month:{which}", f"year:{which}"}


@pytest.mark.parametrize(("asked", "found"), [("1989-08-01", True), ("1989-08-11", True), ("1989-09-20", False)])
def test_a_date_is_found_by_the_days_it_may_mean(asked, found):
    read = replace(entity("DOB", "Aus 1, 1989"), days=("1989-08-01", "1989-08-11"))
    held = {placed.token.digest for placed in describe("D-1", extraction(read), (), KEY).tokens}
    assert any(token.digest in held for token in ask_date(KEY, asked)) is found


def test_an_identity_number_tells_the_birthday_for_certain_if_its_check_character_is_right():
    checked = Entity("CN_ID18", Tier.A, 1, "11010519491231002X", (0, 18), (BOX,), "11010519491231002X")
    assert forms(extraction(checked)) >= {"day:birth", "month:birth", "year:birth"}
    of_unchecked = forms(extraction(replace(checked, tier=Tier.C)))
    assert ("day:birth" in of_unchecked, "either_day:birth" in of_unchecked) == (False, True)


def test_an_identity_number_that_holds_no_day_tells_no_birthday():
    misread = Entity("CN_ID18", Tier.C, 1, "110105194913310021", (0, 18), (BOX,), "110105194913310021")
    assert not [form for form in forms(extraction(misread)) if form.endswith(":birth")]


def test_a_date_misread_beyond_the_calendar_leaves_no_token():
    assert forms(extraction(entity("DATE_ACCIDENT", "2019年13月45日"))) == set()


def test_a_value_can_be_found_as_it_was_read_and_as_it_was_meant():
    record = describe("D-1", extraction(entity("CN_ID15", "110105491231002", canonical="11010519491231002X")), (), KEY)
    held = {placed.token.digest for placed in record.tokens}
    for typed in ("110105491231002", "11010519491231002x"):
        assert ask_number(KEY, typed)[0].digest in held


def test_numbers_that_were_read_as_one_are_each_found():
    record = describe("D-1", extraction(entity("CLAIM", "RCAA202083148238134924 11.Date")), (), KEY)
    assert ask_number(KEY, "RCAA202083148238134924")[0].digest in {placed.token.digest for placed in record.tokens}


def test_a_value_in_several_places_is_found_at_the_first():
    record = describe(
        "D-1",
        extraction(
            entity("CN_NAME", "王小明", page_number=3),
            entity("CN_NAME", "王小明", page_number=2),
            insured=ClaimField("王小明", 2),
        ),
        (),
        KEY,
    )
    assert {placed.page_number for placed in record.tokens} == {2}
    assert len({placed.token.digest for placed in record.tokens}) == len(record.tokens)
    assert record.tokens[0].box == BOX


def test_class_and_text_are_passed_on():
    text = RedactedText(1, Audience.PUBLIC, "default/1", (VisibleLine("左臂骨折", Box(0, 0, 9, 9)),))
    record = describe("D-1", extraction(), (text,), KEY)
    assert (record.document_id, record.document_class, record.texts) == ("D-1", "medical_bill", (text,))


def test_text_for_handlers_is_not_described():
    text = RedactedText(1, Audience.HANDLER, "default/1", ())
    with pytest.raises(ValueError, match="public only"):
        describe("D-1", extraction(), (text,), KEY)


INSURER = "安澜人寿保险股份有限公司"


def shown(*lines: str) -> tuple[RedactedText, ...]:
    return (RedactedText(1, Audience.PUBLIC, "default/1", tuple(VisibleLine(line, Box(0, 0, 9, 9)) for line in lines)),)


@pytest.mark.parametrize(
    ("fields", "lines", "labels"),
    [
        ({"status": "给付完毕"}, [], ("status:paid",)),
        ({"status": "某种"}, [], ("status:other",)),
        ({"insurer": INSURER}, [f"致 {INSURER}"], (f"insurer:{INSURER}",)),
        ({"insurer": INSURER}, ["致 [公司]"], ()),
        (
            {"insurer": "Blue Harbor Insurance Company"},
            ["BlueHarbor Insurance Company"],
            ("insurer:Blue Harbor Insurance Company",),
        ),
        ({}, [INSURER], ()),
    ],
)
def test_status_and_insurer_are_labels_and_the_insurer_only_where_the_public_may_read_it(fields, lines, labels):
    found = extraction(**{name: ClaimField(value, 1) for name, value in fields.items()})
    assert describe("D-1", found, shown(*lines), KEY).labels == labels
