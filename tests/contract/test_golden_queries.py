"""The same questions have the same answers on every index: those that are kept, and any that can be thought of."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.index.port import Facet, IndexRequest, SearchIndex, TextGroup, TokenGroup
from archive.index.sqlite import SqliteIndex
from archive.index.words import words_of
from schemas.geometry import Box, upright
from schemas.query import MatchTier
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText, VisibleLine
from tests.builders.golden_queries import KEY, answered, cases, records
from tests.builders.indexes import elasticsearch_name

CASES = cases()


@pytest.fixture(scope="module", params=[pytest.param("sqlite"), pytest.param("elasticsearch", marks=pytest.mark.service)])
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    name = elasticsearch_name() if request.param == "elasticsearch" else None
    index = name.open() if name else SqliteIndex(tmp_path_factory.mktemp("golden") / "index.db")
    index.put_all(records())
    index.refresh()
    yield index
    index.close()
    if name:
        name.clear()


@pytest.mark.parametrize("case", CASES, ids=[" ".join(map(str, case["query"].values())) for case in CASES])
def test_a_golden_query_has_its_golden_answer(golden, case):
    assert answered(golden, case["query"]) == case["answer"]


def test_there_are_golden_queries_of_every_kind_and_answers_of_every_tier():
    assert len(CASES) >= 200
    assert all(case["why"] for case in CASES)
    assert {case["answer"]["rejected"] for case in CASES if "rejected" in case["answer"]} == {
        "only_unwanted",
        "unclear_text",
        "unreadable_date",
    }
    keys = {key for case in CASES for key in case["query"]}
    assert {"name", "number", "date", "date_from", "date_to", "text", "wide", "offset"} <= keys
    tiers = {hit[1] for case in CASES for hit in case["answer"].get("hits", ())}
    assert tiers == {"exact", "likely", "possible"}


# Few values, so that they meet: characters that fold into one another, words that are parts of others, signs and blanks.
_PIECES = (*"左臂骨折臟脏aAéÉＡx1 　,，-_(", "ab", "12")
_IDS = tuple(f"D-{number:02}" for number in range(12))
_VALUES = tuple("abcdefgh")
_TIERS = tuple(MatchTier)

_lines = st.lists(st.sampled_from(_PIECES), max_size=8).map("".join)
_phrases = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5).map("".join).filter(words_of)
_digests = st.sampled_from(_VALUES).map(lambda value: KEY.token("number", "same", value))
_boxes = st.none() | st.integers(0, 3).map(lambda at: upright(at, 0, at + 1, 1))
_tokens = st.builds(SearchToken, st.just("number"), st.sampled_from(("same", "tail:6")), st.just(MatchTier.EXACT), _digests)
_placed = st.builds(PlacedToken, _tokens, st.integers(1, 3), _boxes)


def _page(number: int, lines: list[str]) -> RedactedText:
    visible = tuple(VisibleLine(line, Box(0, 10 * row, 9, 10 * row + 9)) for row, line in enumerate(lines))
    return RedactedText(number, Audience.PUBLIC, "default/1", visible)


_pages = st.lists(st.lists(_lines, max_size=3), max_size=3).map(
    lambda pages: tuple(_page(number, lines) for number, lines in enumerate(pages, start=1))
)
_records = st.lists(
    st.builds(
        IndexRecord,
        st.sampled_from(_IDS),
        st.sampled_from(("other", "receipt")),
        _pages,
        st.lists(_placed, max_size=6).map(tuple),
    ),
    max_size=12,
    unique_by=lambda record: record.document_id,
)
_asked = st.lists(st.builds(SearchToken, st.just("number"), st.just("same"), st.sampled_from(_TIERS), _digests), max_size=4)
_groups = _asked.map(lambda tokens: TokenGroup(tuple(sorted(tokens, key=lambda token: token.tier.rank))))
_near = st.builds(lambda phrase, near: TextGroup(phrase, near=near), _phrases, st.integers(0, 4))
_wordings = st.builds(TextGroup, _phrases, st.booleans()) | _near
_texts = st.builds(lambda one, others: replace(one, otherwise=tuple(others)), _wordings, st.lists(_wordings, max_size=2))
_requests = st.builds(
    IndexRequest,
    st.lists(_groups, max_size=2).map(tuple),
    st.lists(_texts, min_size=1, max_size=2).map(tuple),
    st.integers(0, 3),
    st.integers(0, 12),
    st.none() | st.frozensets(st.sampled_from(_IDS)),
    st.just((Facet.DOCUMENT_CLASS,)),
    unwanted=st.lists(_phrases.map(TextGroup) | _near, max_size=1).map(tuple),
) | st.builds(
    IndexRequest,
    st.lists(_groups, min_size=1, max_size=3).map(tuple),
    offset=st.integers(0, 3),
    visible=st.none() | st.frozensets(st.sampled_from(_IDS)),
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchIndex, SearchIndex]]:
    name = elasticsearch_name()
    opened = SqliteIndex(tmp_path_factory.mktemp("pair") / "index.db"), name.open()
    yield opened
    for index in opened:
        index.close()
    name.clear()


@pytest.mark.service
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=_records, asked=st.lists(_requests, min_size=4, max_size=25))
def test_any_question_about_any_records_has_the_same_answer_on_both(pair, stored, asked):
    one, other = pair
    for index in pair:
        for document_id in list(index.document_ids()):
            index.remove(document_id)
        index.put_all(stored)
        index.refresh()
    assert list(one.document_ids()) == list(other.document_ids()) == sorted(record.document_id for record in stored)
    for request in asked:
        assert one.search(request) == other.search(request)
