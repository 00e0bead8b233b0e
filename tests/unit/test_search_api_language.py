import pytest

from archive.labels import CUSTODY, FACETS
from archive.search_keys import explain
from schemas.claim import CLAIM_STATUSES, DOCUMENT_CLASSES, FIELD_NAMES
from schemas.query import MatchTier
from search_api.language import preferred
from search_api.match_words import chinese
from search_api.page.words import WORDS


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("de,zh;q=0.3", "zh"),
        ("en;q=0.2, zh;q=0.7", "zh"),
        ("ZH", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense, en;q=0.1", "en"),
        ("fr,*;q=0.1", "en"),
        ("zhx", "en"),
    ],
)
def test_the_better_liked_language_is_taken(header, language):
    assert preferred(header) == language


def reason_codes():
    for key, sentences in explain._WORDS.items():
        for code in sentences:
            details = ("6",) if code in {"tail", "head", "unknown"} else ("",)
            for detail in explain._WHICH_DATE if key == "date" and code != "contradicts" else details:
                yield explain.reason(key, f"{code}:{detail}" if detail else code)


def test_every_reason_for_a_match_has_a_chinese_sentence():
    assert [code for code in reason_codes() if not chinese(code)] == []


def test_an_unknown_reason_has_none():
    assert chinese("name_dreamt") is None
    assert chinese("date_day_nonsense") is None


def test_the_page_says_the_same_things_in_both_languages():
    assert set(WORDS["en"]) == set(WORDS["zh"])
    assert all(value.strip() for words in WORDS.values() for value in words.values())


def test_the_page_has_words_for_every_code_that_answers_tell():
    codes = {
        "class": DOCUMENT_CLASSES,
        "field": FIELD_NAMES,
        "tier": tuple(MatchTier),
        "status": CLAIM_STATUSES,
        "completeness": ("complete", "partial"),
        "narrow": set(FACETS) - set(CUSTODY),
    }
    wanted = {f"{what}.{code}" for what, each in codes.items() for code in each}
    assert wanted <= set(WORDS["en"])
