"""What every `SearchIndex` promises."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest

from archive.errors import Unavailable
from archive.index.port import IndexRequest, SearchIndex, TextGroup, TokenGroup
from archive.index.sqlite import SqliteIndex
from archive.search_keys.key import SearchKey
from archive.search_keys.numbers import ask_number, tokens_of_number
from schemas.geometry import Box, upright
from schemas.query import MatchTier
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText, VisibleLine

KEY = SearchKey(b"a search key for tests only")
EXACT, LIKELY, POSSIBLE = MatchTier


@pytest.fixture(params=[pytest.param(lambda folder: SqliteIndex(folder / "index.db"), id="sqlite")])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    make: Callable[[Path], SearchIndex] = request.param
    opened = make(tmp_path)
    yield opened
    opened.close()


def token(value: str, tier: MatchTier = EXACT, form: str = "same") -> SearchToken:
    return SearchToken("number", form, tier, KEY.token("number", "same", value))


def page(*lines: str, number: int = 1, audience: Audience = Audience.PUBLIC) -> RedactedText:
    visible = tuple(VisibleLine(line, Box(10, 20 * row, 110, 20 * row + 15)) for row, line in enumerate(lines))
    return RedactedText(number, audience, "default/1", visible)


def record(document_id: str, *values: str, texts: tuple[RedactedText, ...] = ()) -> IndexRecord:
    places = tuple(PlacedToken(token(value), number, upright(1, 2, 30, 40)) for number, value in enumerate(values, start=1))
    return IndexRecord(document_id, "claim_application", texts, places)


def put(index: SearchIndex, *records: IndexRecord) -> None:
    for each in records:
        index.put(each)
    index.refresh()


def tokens_request(*groups: tuple[SearchToken, ...], **rest: object) -> IndexRequest:
    return IndexRequest(tokens=tuple(map(TokenGroup, groups)), **rest)  # type: ignore[arg-type]


def documents(index: SearchIndex, request: IndexRequest) -> list[str]:
    return [found.document_id for found in index.search(request).found]


def matches_of(index: SearchIndex, phrase: str, *, apart: bool = False) -> list[tuple[str, MatchTier]]:
    answer = index.search(IndexRequest(texts=(TextGroup(phrase, apart),)))
    return [(found.document_id, found.matches[0].tier) for found in answer.found]


def test_an_empty_index_answers_nothing(index):
    assert index.count() == 0
    assert index.search(tokens_request((token("a"),))).total == 0
    assert index.search(IndexRequest(texts=(TextGroup("a"),))).total == 0


def test_a_document_is_found_once_refreshed_with_page_and_box(index):
    put(index, record("D-1", "a", "b"))
    answer = index.search(tokens_request((token("b", LIKELY, "lookalike"),)))
    (found,) = answer.found
    assert (answer.total, found.document_id, found.document_class) == (1, "D-1", "claim_application")
    (match,) = found.matches
    assert (match.key, match.told, match.tier, match.page_number) == ("number", "lookalike", LIKELY, 2)
    assert match.box == upright(1, 2, 30, 40)


def test_a_place_may_have_no_box(index):
    put(index, IndexRecord("D-1", "other", (), (PlacedToken(token("a"), 3, None),)))
    (found,) = index.search(tokens_request((token("a"),))).found
    assert (found.matches[0].page_number, found.matches[0].box) == (3, None)


def test_the_first_place_of_a_value_is_told(index):
    places = tuple(PlacedToken(token("a"), number, None) for number in (7, 2, 5))
    put(index, IndexRecord("D-1", "other", (), places))
    assert index.search(tokens_request((token("a"),))).found[0].matches[0].page_number == 2


def test_a_record_takes_the_place_of_the_former_one(index):
    put(index, record("D-1", "a", texts=(page("旧的文字"),)))
    put(index, record("D-1", "b", texts=(page("新的记录"),)))
    assert index.count() == 1
    assert documents(index, tokens_request((token("a"),))) == []
    assert documents(index, tokens_request((token("b"),))) == ["D-1"]
    assert matches_of(index, "文字") == []
    assert matches_of(index, "记录") == [("D-1", EXACT)]


def test_the_same_record_twice_changes_nothing(index):
    put(index, record("D-1", "a", texts=(page("文字"),)), record("D-1", "a", texts=(page("文字"),)))
    assert (index.count(), index.search(tokens_request((token("a"),))).total) == (1, 1)
    assert matches_of(index, "文字") == [("D-1", EXACT)]


def test_nobody_sees_half_a_replacement(index):
    """While a document changes between two states, every search sees the one or the other."""
    states = [record("D-1", "always", state, texts=(page(state),)) for state in ("red", "blue")]
    put(index, states[0])
    done = threading.Event()

    def change() -> None:
        for turn in range(60):
            index.put(states[turn % 2])
        done.set()

    writer = threading.Thread(target=change)
    writer.start()
    seen: set[int] = set()
    while not done.is_set():
        seen.add(index.search(tokens_request((token("always"),), (token("red"), token("blue")))).total)
        seen.add(len(matches_of(index, "red blue", apart=True)) + 1)
    writer.join()
    assert seen == {1}


def test_what_is_removed_is_gone(index):
    put(index, record("D-1", "a", texts=(page("左臂骨折"),)), record("D-2", "a", texts=(page("左臂骨折"),)))
    index.remove("D-1")
    index.refresh()
    assert index.count() == 1
    assert documents(index, tokens_request((token("a"),))) == ["D-2"]
    assert matches_of(index, "骨折") == [("D-2", EXACT)]


def test_removing_what_is_not_there_does_nothing(index):
    index.remove("D-404")
    assert index.count() == 0


def test_text_for_anybody_but_the_public_is_not_taken(index):
    with pytest.raises(ValueError, match="public only"):
        index.put(record("D-1", "a", texts=(page("姓名", audience=Audience.HANDLER),)))
    assert index.count() == 0


def test_exact_comes_before_likely_before_possible(index):
    put(index, record("D-1", "p"), record("D-2", "l"), record("D-3", "e"), record("D-4", "p", "e"))
    asked = (token("e"), token("l", LIKELY), token("p", POSSIBLE))
    answer = index.search(tokens_request(asked))
    assert [(found.document_id, found.matches[0].tier) for found in answer.found] == [
        ("D-3", EXACT),
        ("D-4", EXACT),
        ("D-2", LIKELY),
        ("D-1", POSSIBLE),
    ]


def test_within_a_tier_the_earlier_token_comes_first_and_then_the_lower_id(index):
    put(index, record("D-1", "b"), record("D-3", "a"), record("D-2", "a"))
    assert documents(index, tokens_request((token("a", LIKELY), token("b", LIKELY)))) == ["D-2", "D-3", "D-1"]


def test_every_group_must_match_and_the_weakest_decides(index):
    put(
        index,
        record("D-1", "a", "y"),
        record("D-2", "b", "x"),
        record("D-3", "a", "x"),
        record("D-4", "a"),
        record("D-5", "b", "y"),
    )
    groups = ((token("a"), token("b", POSSIBLE)), (token("x"), token("y", LIKELY)))
    answer = index.search(tokens_request(*groups))
    assert [found.document_id for found in answer.found] == ["D-3", "D-1", "D-2", "D-5"]
    assert [[match.tier for match in found.matches] for found in answer.found] == [
        [EXACT, EXACT],
        [EXACT, LIKELY],
        [POSSIBLE, EXACT],
        [POSSIBLE, LIKELY],
    ]


def test_a_group_without_tokens_matches_nothing(index):
    put(index, record("D-1", "a"))
    assert index.search(tokens_request((token("a"),), ())).total == 0


def test_neighbouring_numbers_are_never_exact_and_come_after_the_number_itself(index):
    serials = [f"PDAA2019330102{serial:08d}" for serial in range(31, 52)]
    for serial in serials:
        stored = tuple(PlacedToken(each, 1, None) for each in tokens_of_number(KEY, serial))
        index.put(IndexRecord(f"D-{serial[-3:]}", "other", (), stored))
    index.refresh()
    answer = index.search(tokens_request(ask_number(KEY, serials[9]), limit=50))
    assert [found.document_id for found in answer.found if found.matches[0].tier is EXACT] == ["D-040"]
    assert answer.found[0].document_id == "D-040"
    assert {found.matches[0].tier for found in answer.found[1:]} == {POSSIBLE}


@pytest.mark.parametrize("phrase", ["骨", "骨折", "左臂骨折", "左臂骨折，入院", "院治疗"])
def test_a_chinese_phrase_of_any_length_is_found(index, phrase):
    put(index, record("D-1", texts=(page("诊断", "左臂骨折，入院治疗"),)), record("D-2", texts=(page("左腿"),)))
    assert matches_of(index, phrase) == [("D-1", EXACT)]


@pytest.mark.parametrize("phrase", ["臂左", "骨院", "左臂入院", "骨折骨折"])
def test_chinese_characters_in_another_order_are_no_phrase(index, phrase):
    put(index, record("D-1", texts=(page("诊断", "左臂骨折，入院治疗"),)))
    assert matches_of(index, phrase) == []


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        ("左　臂　骨　折", "左臂骨折"),
        ("左 臂 骨 折", "臂骨"),
        ("左臂骨折", "左 臂 骨 折"),
        ("左臂，骨折", "左臂骨折"),
        ("臟器損傷", "脏器损伤"),
        ("脏器损伤", "臟器損傷"),
        ("ＣＴ检查", "CT检查"),
        ("CT检查２次", "检查2次"),
        ("the  left\tarm", "left arm"),
    ],
)
def test_a_phrase_is_likely_when_written_a_little_differently(index, written, phrase):
    put(index, record("D-1", texts=(page(written),)))
    assert matches_of(index, phrase) == [("D-1", LIKELY)]


def test_a_phrase_may_run_over_the_end_of_a_line(index):
    put(index, record("D-1", texts=(page("于当日左臂", "骨折入院"),)))
    assert matches_of(index, "左臂骨折") == [("D-1", LIKELY)]


@pytest.mark.parametrize(
    ("phrase", "tier"),
    [
        ("left arm", EXACT),
        ("LEFT ARM", EXACT),
        ("Left", EXACT),
        ("arm left", None),
        ("eft", None),
        ("left ar", None),
        ("broken arm", None),
    ],
)
def test_english_words_match_whole_in_order_whatever_their_case(index, phrase, tier):
    put(index, record("D-1", texts=(page("Fracture of the Left Arm, broken in a fall"),)))
    assert matches_of(index, phrase) == ([("D-1", tier)] if tier else [])


@pytest.mark.parametrize("phrase", ['a" OR "b', "left*", "NEAR(left arm)", "words : left", "left AND arm", "-left"])
def test_signs_of_a_query_language_are_only_signs(index, phrase):
    put(index, record("D-1", texts=(page("right leg b a"),)))
    assert matches_of(index, phrase) == []


def test_words_apart_are_possible_where_that_is_allowed(index):
    put(index, record("D-1", texts=(page("骨折在左臂"),)), record("D-2", texts=(page("左臂 骨折"),)))
    assert matches_of(index, "左臂 骨折") == [("D-2", EXACT)]
    assert matches_of(index, "左臂 骨折", apart=True) == [("D-2", EXACT), ("D-1", POSSIBLE)]


def test_words_apart_are_on_one_page(index):
    put(index, record("D-1", texts=(page("左臂"), page("骨折", number=2))))
    assert matches_of(index, "左臂 骨折", apart=True) == []


def test_text_is_told_with_the_page_and_box_of_its_first_best_line(index):
    pages = (page("无关", number=1), page("左 臂", number=2), page("第一行", "见左臂", "左臂", number=3))
    put(index, record("D-1", texts=pages))
    (found,) = index.search(IndexRequest(texts=(TextGroup("左臂"),))).found
    (match,) = found.matches
    assert (match.key, match.told, match.page_number) == ("text", "phrase", 3)
    assert match.box == Box(10, 20, 110, 35).quad()


def test_the_line_of_a_phrase_over_two_lines_is_its_first(index):
    put(index, record("D-1", texts=(page("无关", "见左臂", "骨折"),)))
    (found,) = index.search(IndexRequest(texts=(TextGroup("左臂骨折"),))).found
    assert found.matches[0].box == Box(10, 20, 110, 35).quad()


def test_tokens_and_text_are_asked_together(index):
    put(
        index,
        record("D-1", "a", texts=(page("左臂"),)),
        record("D-2", "a", texts=(page("右臂"),)),
        record("D-3", texts=(page("左臂"),)),
    )
    request = IndexRequest(tokens=(TokenGroup((token("a"),)),), texts=(TextGroup("左臂"),))
    (found,) = index.search(request).found
    assert (found.document_id, [match.key for match in found.matches]) == ("D-1", ["number", "text"])


def test_what_one_may_not_see_is_in_no_hit_and_in_no_total(index):
    put(index, *(record(f"D-{number}", "a", texts=(page("左臂"),)) for number in range(6)))
    for groups in ({"tokens": (TokenGroup((token("a"),)),)}, {"texts": (TextGroup("左臂"),)}):
        answer = index.search(IndexRequest(**groups, visible=frozenset({"D-1", "D-4", "D-77"})))
        assert (answer.total, [found.document_id for found in answer.found]) == (2, ["D-1", "D-4"])
        assert index.search(IndexRequest(**groups, visible=frozenset())).total == 0
        assert index.search(IndexRequest(**groups, offset=5, visible=frozenset({"D-1"}))).total == 1


def test_an_answer_is_the_same_as_if_the_hidden_documents_were_not_there(index):
    put(index, record("D-1", "a"), record("D-3", "b"))
    asked = tokens_request((token("a"), token("b", LIKELY)))
    before = index.search(asked)
    put(index, record("D-0", "a"), record("D-2", "b"))
    assert index.search(tokens_request((token("a"), token("b", LIKELY)), visible=frozenset({"D-1", "D-3"}))) == before


def test_pages_of_answers_follow_one_another(index):
    put(index, *(record(f"D-{number:02}", "ab"[number % 2]) for number in range(25)))
    asked = (token("a"), token("b", LIKELY))
    whole = documents(index, tokens_request(asked, limit=100))
    parts = [documents(index, tokens_request(asked, offset=offset, limit=7)) for offset in range(0, 35, 7)]
    assert [each for part in parts for each in part] == whole
    assert len(set(whole)) == 25
    assert {index.search(tokens_request(asked, offset=offset, limit=7)).total for offset in range(0, 42, 7)} == {25}


def test_a_limit_of_none_still_counts(index):
    put(index, record("D-1", "a"))
    answer = index.search(tokens_request((token("a"),), limit=0))
    assert (answer.total, answer.found) == (1, ())


def test_a_request_asks_for_something_and_pages_forward():
    with pytest.raises(ValueError, match="at least one group"):
        IndexRequest()
    with pytest.raises(ValueError, match="not negative"):
        tokens_request((token("a"),), offset=-1)
    with pytest.raises(ValueError, match="best tier first"):
        TokenGroup((token("a", LIKELY), token("b")))


def _put_many(path: Path, first: int) -> None:
    index = SqliteIndex(path)
    for number in range(first, first + 25):
        index.put(record(f"D-{number:03}", "a", texts=(page("左臂"),)))
    index.close()


def test_several_processes_write_one_sqlite_index(tmp_path):
    context = get_context("spawn")
    writers = [context.Process(target=_put_many, args=(tmp_path / "index.db", first)) for first in (0, 25)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    index = SqliteIndex(tmp_path / "index.db")
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (index.count(), len(documents(index, tokens_request((token("a"),), limit=99)))) == (50, 50)
    index.close()


def test_a_damaged_sqlite_index_says_so(tmp_path):
    (tmp_path / "index.db").write_bytes(b"not a database" * 100)
    with pytest.raises(Unavailable) as unavailable:
        SqliteIndex(tmp_path / "index.db")
    assert unavailable.value.reason == "store_unavailable"


def test_a_sqlite_index_of_another_format_is_not_opened(tmp_path):
    with sqlite3.connect(tmp_path / "index.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(Unavailable, match="rebuild it"):
        SqliteIndex(tmp_path / "index.db")


def test_nothing_of_a_removed_document_is_left_in_the_sqlite_tables(tmp_path):
    index = SqliteIndex(tmp_path / "index.db")
    put(index, record("D-1", "a", "b", texts=(page("左臂"), page("右腿", number=2))))
    index.remove("D-1")
    index.close()
    connection = sqlite3.connect(tmp_path / "index.db")
    tables = ("documents", "places", "tokens", "pages")
    assert [connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() for table in tables] == [(0,)] * 4
    connection.close()
