"""Free text as people type it."""

import pytest

from archive.errors import Rejected
from archive.index.port import TextGroup
from archive.typed_text import FURTHEST, MOST_WORDINGS, TypedText, read_text

LEFT_ARM, FRACTURE = TextGroup("左臂"), TextGroup("骨折")


def either(*phrases: str) -> TextGroup:
    return TextGroup(phrases[0], otherwise=tuple(map(TextGroup, phrases[1:])))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("左臂", (LEFT_ARM,)),
        (" 左臂  骨折 ", (TextGroup("左臂  骨折", apart=True),)),
        ("“左臂”「骨折」", (LEFT_ARM, FRACTURE)),
        ('"左臂 骨折"', (TextGroup("左臂 骨折"),)),
        ("骨折 OR 扭伤", (either("骨折", "扭伤"),)),
        ("骨折 或 扭伤 或 挫伤", (either("骨折", "扭伤", "挫伤"),)),
        ("骨折或扭伤", (TextGroup("骨折或扭伤"),)),
        ("follow up or not", (TextGroup("follow up or not", apart=True),)),
        ("左臂 骨折 OR 扭伤", (LEFT_ARM, either("骨折", "扭伤"))),
        ("（骨折 或 扭伤） 左臂", (either("骨折", "扭伤"), LEFT_ARM)),
        ('("骨折" OR "扭 伤") AND 左臂', (either("骨折", "扭 伤"), LEFT_ARM)),
        ("左臂 且 骨折", (LEFT_ARM, FRACTURE)),
        ("CT scan AND left arm", (TextGroup("CT scan", apart=True), TextGroup("left arm", apart=True))),
        ("radius; fracture (closed)", (TextGroup("radius; fracture (closed)", apart=True),)),
        ("fracture (closed) AND left", (TextGroup("fracture"), TextGroup("closed"), TextGroup("left"))),
        ("f(x) AND left", (TextGroup("f(x)"), TextGroup("left"))),
        ('"左臂 骨折"~5', (TextGroup("左臂 骨折", near=5),)),
        ("“左臂 骨折”～12", (TextGroup("左臂 骨折", near=12),)),
        ('"左臂 骨折"~99999', (TextGroup("左臂 骨折", near=FURTHEST),)),
        ('左臂 "骨折', (LEFT_ARM, FRACTURE)),
        ("A-12_B", (TextGroup("A-12_B"),)),
        ("a - b -- c", (TextGroup("a - b -- c", apart=True),)),
        ("，。 OR 骨折", (FRACTURE,)),
        ("，。", ()),
        ("", ()),
    ],
)
def test_text_is_read_as_people_mean_it(typed, wanted):
    assert read_text(typed) == TypedText(wanted)


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("骨折 -门诊", (FRACTURE,), (TextGroup("门诊"),)),
        ("骨折 －门诊", (FRACTURE,), (TextGroup("门诊"),)),
        ("骨折 NOT 门诊", (FRACTURE,), (TextGroup("门诊"),)),
        ("非 门诊 骨折", (FRACTURE,), (TextGroup("门诊"),)),
        ("骨折 AND NOT 门诊", (FRACTURE,), (TextGroup("门诊"),)),
        ('骨折 -"门 诊"~3', (FRACTURE,), (TextGroup("门 诊", near=3),)),
        ("骨折 NOT (门诊 OR 住院)", (FRACTURE,), (TextGroup("门诊"), TextGroup("住院"))),
        ("左臂 -门诊 骨折", (LEFT_ARM, FRACTURE), (TextGroup("门诊"),)),
        ("-门诊", (), (TextGroup("门诊"),)),
    ],
)
def test_what_is_not_to_be_there_is_told_apart(typed, wanted, unwanted):
    assert read_text(typed) == TypedText(wanted, unwanted)


@pytest.mark.parametrize(
    "typed",
    [
        "OR", "骨折 OR", "OR 骨折", "骨折 AND", "AND 骨折", "NOT", "骨折 非", "NOT NOT a",
        "a OR NOT b", "a OR -b", "NOT a OR b",
        "(a AND b) OR c", "((a OR b) c) OR d", "(a OR b", "a OR b)", "a OR OR b", "a AND OR b", "((((a OR b))))",
    ],
)  # fmt: skip
def test_what_can_be_meant_in_several_ways_is_not_guessed(typed):
    with pytest.raises(Rejected) as rejected:
        read_text(typed)
    assert rejected.value.reason == "unclear_text"


@pytest.mark.timeout(60)  # hostile text takes hours where its readings are tried one by one, and a thousandth of a second here
@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (" OR ".join(["骨折"] * 200), "too_many_words"),
        (" AND ".join(map(str, range(MOST_WORDINGS + 1))), "too_many_words"),
        (" ".join(f"-{number}" for number in range(MOST_WORDINGS + 1)), "too_many_words"),
        ("骨折" * 10_000, "too_many_words"),
        ("(" * 900 + "a OR b" + ")" * 900, "unclear_text"),
        ("“" * 2000, None),
        ('"' * 1999, None),
        ("-" * 2000, None),
        ("-(" * 1000, "unclear_text"),
        ("OR " * 600, "unclear_text"),
    ],
)
def test_hostile_text_is_refused_or_read_at_once(typed, reason):
    try:
        told = read_text(typed) and None
    except Rejected as rejected:
        told = rejected.reason
    assert told == reason
