import pytest

from archive.search_keys.numbers import ask_number, tokens_of_number, tokens_of_other_reading
from archive.search_keys.spelling import doubled, gaps, openings, shortened, swapped, undoubled
from bench.papers.numbers import neighbour

POLICY = "PDAA202633010200011220"

FOUND = [
    (POLICY, "exact", "same"),
    ("pdaa-2026-330102-0001 1220", "exact", "same"),
    ("ＰＤＡＡ２０２６３３０１０２０００１１２２０", "exact", "same"),
    (f"保单号：{POLICY}", "exact", "same"),
    (f"保单号{POLICY}", "exact", "same"),
    (f"No. {POLICY}", "exact", "same"),
    ("PDAA2O263301O2OOO1122O", "likely", "lookalike"),
    ("PDAA20263301020001l22D", "likely", "lookalike"),
    ("PDAAZ0Zb330|0ZQ00!1ZZ0", "likely", "lookalike"),
    ("PDAA20263301020001120", "likely", "repeat"),
    ("PDAA2026330102000112220", "likely", "repeat"),
    ("PDAA2O26330102000l120", "likely", "repeat"),
    ("PDAA2026330102001120", "possible", "repeats"),
    ("PDAA202633010200011920", "possible", "differs"),
    ("PDAA202633010200011290", "possible", "differs"),
    ("PDAA202633010020011220", "possible", "swapped"),
    ("PDAA20263301920001120", None, None),
    ("PDAA0263301020001122", None, None),
    ("PDAA20263010200011220", "likely", "repeat"),
    ("PDAA0263301020001 1220", "possible", "missing"),
    ("PDAA2026330102000112720", "possible", "extra"),
    ("PDAA20263301020001122?", "possible", "unknown:1"),
    ("PDAA2026*301020001*220", "possible", "unknown:2"),
    ("011220", "possible", "tail:6"),
    ("0200011220", "possible", "tail:10"),
    ("PDAA2026", "possible", "head:8"),
    ("O2OOOll22O", "possible", "tail:10"),
    ("PDAA2C263301C20001122C", "likely", "lookalike"),
    ("PDAA20263301020001122099", "possible", "cut:22"),
    ("XXPDAA2026330102000112209", None, None),
    ("11220", None, None),
    ("PDAA202633010200099999", None, None),
]


@pytest.mark.parametrize(("typed", "tier", "told"), FOUND)
def test_a_policy_number_is_found_by_what_is_typed(key, meet, typed, tier, told):
    found = meet(tokens_of_number(key, POLICY), ask_number(key, typed))
    assert found == ((tier, told) if tier else None)


@pytest.mark.parametrize("step", [*range(1, 120), 1000, 9999])
def test_a_neighbouring_serial_number_is_never_exact_or_likely(key, meet, step):
    found = meet(tokens_of_number(key, neighbour(POLICY, step)), ask_number(key, POLICY))
    assert found is None or found[0] == "possible"


def test_a_misread_letter_is_found_by_the_number_that_was_meant(key, meet):
    assert meet(tokens_of_number(key, "Pb0123456789l"), ask_number(key, "P601234567891")) == ("likely", "lookalike")


def test_small_letters_that_are_typed_are_capitals_that_are_printed(key, meet):
    assert meet(tokens_of_number(key, "PBGQ20193301O1"), ask_number(key, "pbgq2019330101")) == ("likely", "lookalike")


def test_a_short_number_with_a_wrong_character_is_another_number(key, meet):
    assert meet(tokens_of_number(key, "0012345"), ask_number(key, "0012346")) is None
    assert meet(tokens_of_number(key, "0012345"), ask_number(key, "00 12345")) == ("exact", "same")


def test_a_number_that_a_stamp_cut_off_is_found_by_the_whole_one(key, meet):
    for left in (POLICY[:14], POLICY[-12:], POLICY[:11]):
        assert meet(tokens_of_number(key, left), ask_number(key, POLICY)) == ("possible", f"cut:{len(left)}")
    assert meet(tokens_of_number(key, POLICY[:10]), ask_number(key, POLICY)) is None, "half of it is the least"
    assert meet(tokens_of_number(key, "2026330"), ask_number(key, "202633010")) is None, "too short to be it"


def test_a_number_of_which_only_the_end_was_read_right_is_found_by_the_whole_one(key, meet):
    for read in ("7X" + POLICY[2:], "W" + POLICY[9:], "Q7Q7Q7Q7Q7" + POLICY[-11:]):
        assert meet(tokens_of_number(key, read), ask_number(key, POLICY))[0] == "possible"
    assert meet(tokens_of_number(key, "W" + POLICY[9:]), ask_number(key, POLICY)) == ("possible", f"same_end:{len(POLICY) - 9}")
    assert meet(tokens_of_number(key, "Q" * 12 + POLICY[-10:]), ask_number(key, POLICY)) is None, "half of it is the least"
    assert meet(tokens_of_number(key, POLICY[:-4] + "7777"), ask_number(key, POLICY)) is None, "so begin all of one year"


def test_only_the_entitled_find_a_number_of_a_person_by_its_end(key, meet):
    stored = tokens_of_number(key, "998105194912310021", private=True)
    assert meet(stored, ask_number(key, "110105194912310021")) is None
    assert meet(stored, ask_number(key, "110105194912310021", entitled=True)) == ("possible", "same_end:15")


@pytest.mark.parametrize("typed", ["+86 138 0013 8000", "0086-13800138000", "138-0013-8000"])
def test_a_mobile_is_the_same_with_and_without_its_country(key, meet, typed):
    assert meet(tokens_of_number(key, "13800138000", private=True), ask_number(key, typed)) == ("exact", "same")


def test_the_tail_of_a_private_number_is_for_the_entitled(key, meet):
    stored = tokens_of_number(key, "11010519491231002X", private=True)
    assert meet(stored, ask_number(key, "31002x")) is None
    assert meet(stored, ask_number(key, "31002x", entitled=True)) == ("possible", "tail:6")


def test_the_head_of_a_private_number_is_not_kept(key):
    assert {token.form for token in tokens_of_number(key, "11010519491231002X", private=True)} == {
        "same",
        "lookalike",
        "gap",
        "runs",
        "private_tail",
    }


@pytest.mark.parametrize("typed", ["2013374956443", "2013-3749-56443", "2O13374956443"])
def test_a_number_is_found_by_another_reading_of_the_page(key, meet, typed):
    assert meet(tokens_of_other_reading(key, "2013374956443"), ask_number(key, typed)) == ("likely", "reading")


def test_what_the_page_says_is_a_better_match_than_another_reading(key, meet):
    stored = (*tokens_of_other_reading(key, POLICY), *tokens_of_number(key, POLICY))
    assert meet(stored, ask_number(key, POLICY)) == ("exact", "same")


def test_a_misread_character_is_the_likelier_the_more_often_it_was_measured(key):
    asked = [token.digest for token in ask_number(key, "34277711")]
    read = ["31277711", "84277711", "54277711", "34277771"]
    places = [asked.index(tokens_of_number(key, number)[1].digest) for number in read]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("printed", "read", "told"),
    [
        ("20134445", "20131445", "differs:1"),
        ("20139445", "20130445", "differs:1"),
        ("20132225", "20132275", "differs:2"),  # it was never seen, but people confuse them
        ("20132225", "20132925", "differs"),  # seen, but seldom
        ("20132225", "20132285", "differs"),
        ("PDAA2013", "PFAA2013", "differs"),
        ("20133355", "20133385", "differs"),  # often seen of S, which is folded into 5, and not of 5
        ("PDAE2013", "FDAE2013", "differs:1"),
    ],
)
def test_an_often_misread_character_comes_before_others(key, meet, printed, read, told):
    assert meet(tokens_of_number(key, read), ask_number(key, printed)) == ("possible", told)


def test_another_reading_is_found_whole_only(key, meet):
    stored = tokens_of_other_reading(key, POLICY)
    assert meet(stored, ask_number(key, POLICY[:-1])) is None
    assert meet(stored, ask_number(key, POLICY[-8:])) is None
    assert tokens_of_other_reading(key, "0012345") == ()


@pytest.mark.parametrize("typed", ["", " - ", "??", "1?", "?" * 30])
def test_what_holds_no_number_asks_for_nothing(key, typed):
    assert ask_number(key, typed) == ()


def test_tokens_of_a_number_are_counted(key):
    """22 characters: same, lookalike, 22 gaps, 16 tails, 16 heads, runs."""
    assert len(tokens_of_number(key, POLICY)) == 57


def test_a_typed_number_is_not_asked_for_in_hundreds_of_ways(key):
    assert len(ask_number(key, POLICY)) < 180
    assert len(ask_number(key, POLICY, near_misses=False)) < 30


@pytest.mark.parametrize(
    ("stored", "typed", "told"),
    [
        ("2011003300445", "20103300445", "repeats"),
        ("2011003300445", "20110033004455", "repeat"),
        ("2011003300445", "220110033300445", None),
        ("2011003300445", "2010030045", None),
    ],
)
def test_two_repeated_characters_may_be_dropped_and_no_more(key, meet, stored, typed, told):
    found = meet(tokens_of_number(key, stored), ask_number(key, typed))
    assert (found[1] if found else None) == told


def test_a_question_stays_small(key):
    assert len(ask_number(key, POLICY)) < 500
    assert len(ask_number(key, "A" * 10_000)) < 10
    assert len(ask_number(key, "PDAA2026?30102?00112?0")) < 1500


def test_more_unknown_places_than_can_be_tried_leave_the_longer_end(key, meet):
    assert meet(tokens_of_number(key, POLICY), ask_number(key, "P????????102?001122?")) is None
    assert meet(tokens_of_number(key, POLICY), ask_number(key, "PD????????????011220")) == ("possible", "tail:6")


def test_questions_come_best_tier_first(key):
    ranks = [token.tier.rank for token in ask_number(key, POLICY)]
    assert ranks == sorted(ranks)


def test_spellings_of_one_word():
    assert gaps("ab") == ("?b", "a?")
    assert openings("ab") == ("?ab", "a?b", "ab?")
    assert shortened("aab") == ("ab", "aa")
    assert swapped("aab") == ("aba",)
    assert doubled("aab") == ("aaab", "aabb")
    assert undoubled("aabb") == ("abb", "aab")
    assert undoubled("abc") == ()
