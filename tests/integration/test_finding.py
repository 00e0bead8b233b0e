"""Finding through a real index: names, numbers, dates and words together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import Rejected
from archive.finding import find, find_each
from archive.index.port import SearchIndex
from archive.index.sqlite import SqliteIndex
from archive.search_keys.key import SearchKey
from schemas.claim import ClaimField, Extraction
from schemas.entity import Entity, Tier
from schemas.geometry import Box, upright
from schemas.query import MatchTier, Query
from schemas.redaction import Audience, RedactedText, VisibleLine
from workers.steps.describe import describe

KEY = SearchKey(b"a search key for tests only")
FIRST, SECOND = "PDAA201933010200011220", "PDAA201933010200011221"


def entity(kind: str, text: str, *, canonical: str = "", role: str | None = None, page_number: int = 1) -> Entity:
    box = upright(10, 20, 30, 40)
    return Entity(kind, Tier.C, page_number, text, (0, len(text)), (box,), canonical, role)


def public(*lines: str) -> RedactedText:
    visible = tuple(VisibleLine(line, Box(0, 20 * row, 100, 20 * row + 15)) for row, line in enumerate(lines))
    return RedactedText(1, Audience.PUBLIC, "default/1", visible)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    opened = SqliteIndex(tmp_path / "index.db")
    for document_id, entities, lines in (
        (
            "D-1",
            (entity("CN_NAME", "刘德华"), entity("POLICY", FIRST, page_number=2), entity("DATE_ACCIDENT", "2019年3月5日")),
            ("左臂骨折",),
        ),
        ("D-2", (entity("CN_NAME", "刘振华"), entity("POLICY", SECOND), entity("DATE_ACCIDENT", "2019.3.25")), ("左臂 骨折",)),
        (
            "D-3",
            (entity("CN_NAME", "刘得桦"), entity("CN_MOBILE", "13800138000"), entity("DOB", "1980-07-01", role="insured")),
            ("右腿",),
        ),
    ):
        opened.put(describe(document_id, Extraction("claim_application", {}, entities), (public(*lines),), KEY))
    opened.refresh()
    yield opened
    opened.close()


def ask(index: SearchIndex, visible: frozenset[str] | None = None, **query: object) -> list[tuple[str, str, str]]:
    results = find(index, KEY, Query(**query), visible)  # type: ignore[arg-type]
    assert results.total >= len(results.hits)
    return [(hit.document_id, hit.tier.value, "; ".join(match.reason for match in hit.matches)) for hit in results.hits]


def test_a_number_that_is_there_comes_without_its_neighbours(index):
    assert ask(index, number=FIRST) == [("D-1", "exact", "number_same")]


def test_a_wide_search_shows_the_neighbours_behind(index):
    assert ask(index, number=FIRST, wide=True) == [("D-1", "exact", "number_same"), ("D-2", "possible", "number_differs")]


def test_a_number_that_is_not_there_brings_its_neighbours(index):
    assert ask(index, number=FIRST[:-1] + "9") == [("D-1", "possible", "number_differs"), ("D-2", "possible", "number_differs")]


def test_keys_that_contradict_each_other_are_shown_as_possible(index):
    assert ask(index, name="刘德华", number=SECOND) == [
        ("D-2", "possible", "name_differs; number_same"),
        ("D-1", "possible", "name_same; number_differs"),
    ]


def test_what_a_number_names_for_certain_is_shown_although_other_keys_contradict_it(index):
    assert ask(index, name="端木晴川", number=FIRST) == [("D-1", "possible", "name_contradicts; number_same")]
    assert ask(index, number=FIRST, date="2011-01-01") == [("D-1", "possible", "number_same; date_contradicts")]
    assert ask(index, name="刘德华", date="2011-01-01") == [
        ("D-1", "possible", "name_same; date_contradicts"),
        ("D-3", "possible", "name_pinyin; date_contradicts"),
    ]
    assert ask(index, name="刘?华", date="2011-01-01") == []
    assert ask(index, name="端木晴川", number=FIRST, text="右腿") == []
    assert ask(index, name="端木晴川", number="000000") == []


def test_what_matches_every_key_brings_nothing_that_contradicts_one(index):
    assert ask(index, name="刘德华", number=FIRST) == [("D-1", "exact", "name_same; number_same")]
    assert ask(index, name="刘得桦", number="13800138000") == [("D-3", "exact", "name_same; number_same")]
    assert ask(index, name="刘德华", number=FIRST, wide=True)[0] == ("D-1", "exact", "name_same; number_same")


def test_a_homophone_comes_after_the_name_itself(index):
    assert ask(index, name="刘德华") == [("D-1", "exact", "name_same"), ("D-3", "likely", "name_pinyin")]


def test_a_misread_name_of_two_characters_comes_after_the_name_itself(index):
    for document_id, name in (("D-4", "翟静"), ("D-5", "瞿静")):
        page = public("")
        index.put(describe(document_id, Extraction("receipt", {}, (entity("CN_NAME", name),)), (page,), KEY))
    index.refresh()
    assert ask(index, name="瞿静") == [("D-5", "exact", "name_same"), ("D-4", "likely", "name_misread")]
    assert ask(index, name="翟静") == [("D-4", "exact", "name_same")]


def test_an_unknown_character_is_no_near_miss(index):
    assert ask(index, name="刘?华") == [("D-1", "possible", "name_unknown"), ("D-2", "possible", "name_unknown")]


def test_the_weakest_key_decides_the_tier(index):
    assert ask(index, name="劉德華", number=FIRST, date="2019-03-05") == [
        ("D-1", "likely", "name_simple; number_same; date_day_loss")
    ]


def test_a_date_tells_which_date_it_is(index):
    assert ask(index, date="1980-07") == [("D-3", "exact", "date_month_birth")]
    assert ask(index, date="05/03/2019") == [("D-1", "likely", "date_day_loss")]
    assert ask(index, date="2019-03-10") == [("D-1", "possible", "date_near_loss"), ("D-2", "possible", "date_near_loss")]


def test_a_range_and_a_name_are_asked_together(index):
    assert ask(index, name="liu de hua", date_from="2019-03-01", date_to="2019-03-20") == [
        ("D-1", "likely", "name_pinyin; date_within_loss")
    ]


def test_words_are_asked_as_one_phrase_before_they_may_stand_apart(index):
    assert ask(index, text="左臂 骨折") == [("D-2", "exact", "text_phrase"), ("D-1", "likely", "text_folded")]
    assert ask(index, text="骨折 左臂") == [("D-1", "possible", "text_apart"), ("D-2", "possible", "text_apart")]
    assert ask(index, text='"骨折" "左臂"') == [
        ("D-1", "exact", "text_phrase; text_phrase"),
        ("D-2", "exact", "text_phrase; text_phrase"),
    ]
    assert ask(index, text='"骨折 左臂"') == []


def test_words_are_joined_by_signs(index):
    assert ask(index, text="左臂骨折 OR 右腿") == [
        ("D-1", "exact", "text_phrase"),
        ("D-3", "exact", "text_phrase"),
        ("D-2", "likely", "text_folded"),
    ]
    assert ask(index, text="骨折 或 右腿 -左臂") == [("D-3", "exact", "text_phrase")]
    assert ask(index, text='"骨折 左臂"~0') == [("D-1", "possible", "text_near"), ("D-2", "possible", "text_near")]
    assert ask(index, name="刘得桦", text="NOT 左臂") == [("D-3", "exact", "name_same")]
    assert ask(index, name="刘得桦", text="NOT 右腿") == [("D-1", "likely", "name_pinyin")]


def test_what_was_taken_back_cannot_be_told_by_what_is_not_in_it(index):
    """Else a document that is not found without a word would have it."""
    asked = [Query(name="刘得桦", text=f"NOT {word}") for word in ("右腿", "左腿")]
    results = [find(index, KEY, each, without=frozenset({"D-3"})) for each in asked]
    assert [hit.document_id for hit in results[0].hits] == [hit.document_id for hit in results[1].hits]


def test_a_question_of_unwanted_words_alone_is_rejected(index):
    with pytest.raises(Rejected) as rejected:
        find(index, KEY, Query(text="-门诊"))
    assert rejected.value.reason == "only_unwanted"


def test_a_hit_names_page_and_box(index):
    (hit,) = find(index, KEY, Query(number=FIRST)).hits
    assert (hit.page_number, hit.box, hit.document_class) == (2, upright(10, 20, 30, 40), "claim_application")
    assert hit.reason == "same number"


def test_the_tail_of_a_telephone_is_for_the_entitled(index):
    assert find(index, KEY, Query(number="138000")).total == 0
    (hit,) = find(index, KEY, Query(number="138000"), entitled=True).hits
    assert (hit.document_id, hit.tier) == ("D-3", MatchTier.POSSIBLE)


def test_hidden_documents_do_not_change_what_is_shown(index):
    """With the exact match out of sight its neighbour is shown, as if the number were unknown."""
    visible = frozenset({"D-2", "D-3"})
    assert ask(index, visible, number=FIRST) == [("D-2", "possible", "number_differs")]
    results = find(index, KEY, Query(number=FIRST), visible)
    index.remove("D-1")
    assert find(index, KEY, Query(number=FIRST)) == results


def test_later_pages_of_results_are_of_the_same_search(index):
    pages = [find(index, KEY, Query(name="刘德华", offset=offset, limit=1)) for offset in range(3)]
    assert [page.total for page in pages] == [2, 2, 2]
    assert [hit.document_id for page in pages for hit in page.hits] == ["D-1", "D-3"]
    near = [find(index, KEY, Query(number=FIRST[:-1] + "9", offset=offset, limit=1)) for offset in range(3)]
    assert [page.total for page in near] == [2, 2, 2]
    assert [hit.document_id for page in near for hit in page.hits] == ["D-1", "D-2"]


def test_near_misses_count_by_class_only_where_they_are_shown(index):
    neighbour = Query(number=FIRST, count_by_class=True, limit=0)
    assert [each.documents for each in find(index, KEY, neighbour).by_class] == [1]
    assert [each.documents for each in find(index, KEY, replace(neighbour, wide=True)).by_class] == [2]
    assert find(index, KEY, replace(neighbour, count_by_class=False)).by_class == ()


@pytest.mark.parametrize("query", [Query(), Query(name=" ", number=""), Query(text="，。")])
def test_a_search_for_nothing_is_rejected(index, query):
    with pytest.raises(Rejected) as rejected:
        find(index, KEY, query)
    assert rejected.value.reason == "empty_query"


def test_an_unreadable_date_is_rejected(index):
    with pytest.raises(Rejected) as rejected:
        find(index, KEY, Query(date="before the flood"))
    assert rejected.value.reason == "unreadable_date"


def test_the_index_holds_no_plain_value(index, tmp_path):
    index.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "左臂".encode() in held
    for value in ("刘德华", "刘振华", FIRST, SECOND, FIRST[-6:], "13800138000", "2019-03-05", "2019.3.25", "1980", "liudehua"):
        assert value.encode() not in held


def test_fields_of_the_claim_are_found_by_too(index):
    fields = {
        "insured": ClaimField("王小明", 4),
        "admission_date": ClaimField("2018-01-02", 4),
        "claim_number": ClaimField("R123456789", 4),
    }
    index.put(describe("D-4", Extraction("discharge_summary", fields, ()), (), KEY))
    index.refresh()
    assert ask(index, name="王小明", number="R123456789", date="2018-01-02") == [
        ("D-4", "exact", "name_same; number_same; date_day_admission")
    ]


QUERIES = (
    Query(name="刘德华", number=FIRST),
    Query(number=FIRST[:-2] + "9" + FIRST[-1]),
    Query(name="刘德花"),
    Query(name="刘德华", number=SECOND),
    Query(name="刘德花", wide=True, limit=1),
    Query(date="2019-03", limit=1),
    Query(date_from="2019-03-01", date_to="2019-03-31"),
    Query(name="端木无此人"),
)


def test_many_are_found_as_each_is_alone(index: SearchIndex) -> None:
    found = find_each(index, KEY, [*QUERIES, Query(date="someday"), Query(name=" ")], entitled=True)
    assert found[: len(QUERIES)] == tuple(find(index, KEY, query, entitled=True) for query in QUERIES)
    faults = found[len(QUERIES) :]
    assert [each.reason for each in faults if isinstance(each, Rejected)] == ["unreadable_date", "empty_query"]
    assert find_each(index, KEY, ()) == ()
