"""What every `SearchIndex` promises."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import Refused
from archive.index.port import Facet, FacetCount, IndexRequest, Position, SearchIndex, TextGroup, TokenGroup, Within
from archive.search_keys.key import SearchKey
from archive.search_keys.numbers import ask_number, tokens_of_number
from schemas.geometry import Box, upright
from schemas.query import MatchTier
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText, VisibleLine
from tests.builders.indexes import File, Place, elasticsearch_name

KEY = SearchKey(b"a search key for tests only")
EXACT, LIKELY, POSSIBLE = MatchTier
BOTH = [pytest.param("sqlite"), pytest.param("elasticsearch", marks=pytest.mark.service)]


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Place]:
    """To make an index on a server takes longer than a test; this one is emptied after each."""
    place = elasticsearch_name()
    yield place
    place.clear()


@pytest.fixture(params=BOTH)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    place = request.getfixturevalue("shared_place") if request.param == "elasticsearch" else File(tmp_path / "index.db")
    opened = place.open()
    yield opened
    opened.close()
    place.empty()


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where nothing is yet."""
    place = elasticsearch_name() if request.param == "elasticsearch" else File(tmp_path / "index.db")
    yield place
    place.clear()


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


def test_within_a_tier_the_earlier_form_comes_first_and_then_the_lower_id(index):
    put(index, record("D-1", "b"), record("D-3", "a"), record("D-2", "a"))
    assert documents(index, tokens_request((token("a", LIKELY), token("b", LIKELY, "other")))) == ["D-2", "D-3", "D-1"]


def test_tokens_of_one_form_answer_equally_well_and_the_earliest_is_told(index):
    put(index, record("D-2", "b", "a"), record("D-1", "c"), record("D-3", "z"), record("D-0", "e"))
    asked = (token("z", LIKELY, "first"), *(token(value, LIKELY) for value in "abc"), token("e", LIKELY, "last"))
    answer = index.search(tokens_request(asked))
    assert [found.document_id for found in answer.found] == ["D-3", "D-1", "D-2", "D-0"]
    assert [found.matches[0].page_number for found in answer.found] == [1, 1, 2, 1]


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


def test_words_are_near_in_any_order_with_so_many_others_between(index):
    put(
        index,
        record("D-1", texts=(page("左臂骨折"),)),
        record("D-2", texts=(page("左臂", "桡骨，远端骨折"),)),
        record("D-3", texts=(page("骨折：左臂"),)),
        record("D-4", texts=(page("左臂桡骨中远端骨折"),)),
        record("D-5", texts=(page("左臂"), page("骨折", number=2))),
    )
    for near, expected in (
        (0, [("D-1", LIKELY), ("D-3", POSSIBLE)]),
        (4, [("D-1", LIKELY), ("D-2", POSSIBLE), ("D-3", POSSIBLE)]),
        (5, [("D-1", LIKELY), ("D-2", POSSIBLE), ("D-3", POSSIBLE), ("D-4", POSSIBLE)]),
    ):
        answer = index.search(IndexRequest(texts=(TextGroup("左臂 骨折", near=near),)))
        assert [(found.document_id, found.matches[0].tier) for found in answer.found] == expected
    assert [found.matches[0].told for found in answer.found] == ["folded", "near", "near", "near"]


def test_of_three_words_that_are_near_all_that_is_between_counts(index):
    put(
        index,
        record("D-1", texts=(page("one x two two two x three"),)),
        record("D-2", texts=(page("three one xx two"),)),
        record("D-3", texts=(page("one two x x x x", "x three two one"),)),
    )

    def documents_near(near: int) -> list[str]:
        return documents(index, IndexRequest(texts=(TextGroup("one two three", near=near),)))

    assert [documents_near(near) for near in range(5)] == [
        ["D-3"],
        ["D-2", "D-3"],
        ["D-2", "D-3"],
        ["D-2", "D-3"],
        ["D-1", "D-2", "D-3"],
    ]
    (found,) = index.search(IndexRequest(texts=(TextGroup("one two three", near=0),))).found
    assert found.matches[0].box == Box(10, 20, 110, 35).quad()


def test_one_of_several_wordings_is_enough_and_the_best_is_told(index):
    put(
        index,
        record("D-1", texts=(page("扭 伤"), page("左臂骨折", number=2))),
        record("D-2", texts=(page("无", "扭伤"),)),
        record("D-3", texts=(page("骨 折"),)),
        record("D-4", texts=(page("挫伤"),)),
        record("D-5", texts=(page("骨中折"),)),
    )
    either = TextGroup("骨折", otherwise=(TextGroup("扭伤"), TextGroup("骨 折", near=1)))
    answer = index.search(IndexRequest(texts=(either,)))
    told = [(found.document_id, found.matches[0].told, found.matches[0].page_number) for found in answer.found]
    assert told == [("D-1", "phrase", 2), ("D-2", "phrase", 1), ("D-3", "phrase", 1), ("D-5", "near", 1)]
    assert answer.found[1].matches[0].box == Box(10, 20, 110, 35).quad()
    with_another = index.search(IndexRequest(texts=(either, TextGroup("左臂"))))
    assert [found.document_id for found in with_another.found] == ["D-1"]


def test_documents_with_unwanted_words_do_not_answer(index):
    put(
        index,
        record("D-1", "a", texts=(page("骨折"), page("门诊", number=2))),
        record("D-2", "a", texts=(page("骨折", "住院"),)),
        record("D-3", "a", texts=(page("骨折", "門，診"),)),
        record("D-4", texts=(page("骨折"),)),
    )
    unwanted = (TextGroup("门诊"),)
    by_word = IndexRequest(texts=(TextGroup("骨折"),), unwanted=unwanted, facets=(Facet.DOCUMENT_CLASS,))
    assert documents(index, by_word) == ["D-2", "D-4"]
    assert index.search(by_word).total == 2
    assert counted(index, by_word) == {"claim_application": 2}
    assert documents(index, tokens_request((token("a"),), unwanted=unwanted)) == ["D-2"]
    near = (TextGroup("折 院", near=1), TextGroup("在哪里", otherwise=(TextGroup("门"),)))
    assert documents(index, replace(by_word, unwanted=near)) == ["D-4"]
    with_both = tokens_request((token("a"),), texts=(TextGroup("骨折"),), unwanted=unwanted)
    assert documents(index, with_both) == ["D-2"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: TextGroup("左臂", apart=True, near=2),
        lambda: TextGroup("左臂", near=-1),
        lambda: TextGroup("左臂", otherwise=(TextGroup("右", otherwise=(TextGroup("腿"),)),)),
        lambda: IndexRequest(unwanted=(TextGroup("左臂"),)),
        lambda: IndexRequest(texts=(TextGroup("右腿"),), unwanted=(TextGroup("左臂", apart=True),)),
    ],
    ids=["near and apart", "nearer than beside", "otherwise twice", "nothing wanted", "unwanted apart"],
)
def test_what_no_index_could_answer_cannot_be_asked(wrong):
    with pytest.raises(ValueError, match=r"near|otherwise|group|apart"):
        wrong()


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


def test_an_answer_goes_on_behind_any_of_its_documents(index):
    put(index, *(record(f"D-{number:02}", "abc"[number % 3], texts=(page("左臂"),)) for number in range(20)))
    by_token = tokens_request((token("a"), token("b", LIKELY), token("c", POSSIBLE, "other")), limit=100)
    both = replace(by_token, texts=(TextGroup("左臂"),))
    for asked in (by_token, both, IndexRequest(texts=(TextGroup("左臂"),), limit=100)):
        whole = index.search(asked)
        for place, found in enumerate(whole.found):
            rest = index.search(replace(asked, after=found.position))
            assert (rest.total, rest.found) == (20, whole.found[place + 1 :])
        first = index.search(replace(asked, limit=7))
        following = index.search(replace(asked, limit=7, after=first.found[-1].position))
        assert first.found + following.found == whole.found[:14]


def test_what_is_put_meanwhile_moves_nothing_from_one_page_of_answers_to_the_next(index):
    put(index, *(record(f"D-{number:02}", "a") for number in range(10, 20)))
    asked = tokens_request((token("a"),), limit=5)
    first = index.search(asked)
    put(index, record("D-00", "a"), record("D-99", "a"))
    rest = index.search(replace(asked, limit=50, after=first.found[-1].position, facets=(Facet.DOCUMENT_CLASS,)))
    assert [found.document_id for found in first.found] == [f"D-{number}" for number in range(10, 15)]
    assert [found.document_id for found in rest.found] == [*(f"D-{number}" for number in range(15, 20)), "D-99"]
    assert (rest.total, rest.facets) == (12, ((FacetCount("claim_application", 12),),))
    nothing = index.search(replace(asked, after=rest.found[-1].position))
    assert (nothing.total, nothing.found) == (12, ())


def test_an_answer_does_not_count_from_its_beginning_and_from_a_document():
    with pytest.raises(ValueError, match="counts from the first"):
        tokens_request((token("a"),), offset=1, after=Position(1, "D-1"))


def test_documents_that_are_not_to_answer_are_in_no_hit_and_no_count(index):
    put(index, *(record(f"D-{number}", "a", texts=(page("左臂"),)) for number in range(6)))
    for groups in ({"tokens": (TokenGroup((token("a"),)),)}, {"texts": (TextGroup("左臂"),)}):
        asked = IndexRequest(**groups, without=frozenset({"D-1", "D-4", "D-77"}), facets=(Facet.DOCUMENT_CLASS,))
        answer = index.search(asked)
        assert (answer.total, [found.document_id for found in answer.found]) == (4, ["D-0", "D-2", "D-3", "D-5"])
        assert answer.facets == ((FacetCount("claim_application", 4),),)
        assert index.search(replace(asked, visible=frozenset({"D-1", "D-2"}))).total == 1


def test_what_a_strong_group_names_for_certain_answers_although_others_contradict_it(index):
    put(
        index,
        record("D-1", "n", "x", texts=(page("左臂"),)),
        record("D-2", "n", texts=(page("左臂"),)),
        record("D-3", "n2", texts=(page("右臂"),)),
        record("D-4", "n3", texts=(page("左臂"),)),
        record("D-5", "x", texts=(page("左臂"),)),
        record("D-6", "n3", "y", texts=(page("左臂"),)),
    )
    number = (token("n"), token("n2", LIKELY), token("n3", POSSIBLE))
    asked = tokens_request((token("x"), token("y", LIKELY)), number)
    assert documents(index, asked) == ["D-1", "D-6"]
    answer = index.search(replace(asked, strong=1, facets=(Facet.DOCUMENT_CLASS,)))
    told = [(found.document_id, [(match.told, match.tier) for match in found.matches]) for found in answer.found]
    same, other = ("same", EXACT), ("contradicts", POSSIBLE)
    assert told == [
        ("D-1", [same, same]),
        ("D-2", [other, same]),
        ("D-3", [other, ("same", LIKELY)]),
        ("D-6", [("same", LIKELY), ("same", POSSIBLE)]),
    ]
    assert (answer.total, answer.facets) == (4, ((FacetCount("claim_application", 4),),))
    contradicted = answer.found[1].matches[0]
    assert (contradicted.key, contradicted.page_number, contradicted.box) == ("number", 1, upright(1, 2, 30, 40))
    with_text = replace(asked, strong=1, texts=(TextGroup("左臂"),))
    assert documents(index, with_text) == ["D-1", "D-2", "D-6"]
    for place, found in enumerate(answer.found):
        rest = index.search(replace(asked, strong=1, after=found.position))
        assert (rest.total, rest.found) == (4, answer.found[place + 1 :])
    assert documents(index, replace(asked, strong=0)) == ["D-1", "D-5", "D-6"]


def test_how_near_the_strong_group_is_comes_before_how_near_others_are(index):
    """A name one character off with the number itself is before the name itself with a number one digit off."""
    forms = ("same", "simple", "lookalike", "pinyin", "part", "differs")
    name = tuple(token(f"name {form}", EXACT if form == "same" else POSSIBLE, form) for form in forms)
    number = (token("number same"), token("number differs", POSSIBLE, "differs"))
    put(index, record("D-1", "name same", "number differs"), record("D-2", "name differs", "number same"))
    assert documents(index, tokens_request(name, number)) == ["D-1", "D-2"]
    assert documents(index, tokens_request(name, number, strong=1)) == ["D-2", "D-1"]
    assert documents(index, tokens_request(name, number, strong=0)) == ["D-1", "D-2"]


def test_a_strong_group_without_a_certain_token_lets_nothing_contradict_it(index):
    put(index, record("D-1", "n"), record("D-2", "n", "x"))
    asked = tokens_request((token("n", POSSIBLE),), (token("x"),), strong=0)
    assert documents(index, asked) == ["D-2"]
    assert index.search(tokens_request((token("n"),), (), strong=0)).total == 0
    with pytest.raises(ValueError, match="strong group"):
        tokens_request((token("n"),), strong=1)


def labelled(document_id: str, *labels: str, value: str = "a") -> IndexRecord:
    return replace(record(document_id, value, texts=(page("左臂"),)), labels=labels)


def test_documents_are_chosen_by_their_labels(index):
    put(
        index,
        labelled("D-1", "batch:B-1", "year:2019"),
        labelled("D-2", "batch:B-2", "year:2019"),
        labelled("D-3", "batch:B-1", "year:2020", "year:2021"),
        labelled("D-4"),
    )
    first, second = Within(frozenset({"batch:B-1"})), Within(frozenset({"batch:B-2", "batch:B-9"}), frozenset({"D-4", "D-9"}))
    for asked in (tokens_request((token("a"),)), IndexRequest(texts=(TextGroup("左臂"),))):
        for within, expected in (
            ((first,), ["D-1", "D-3"]),
            ((second,), ["D-2", "D-4"]),
            ((first, Within(frozenset({"year:2021"}))), ["D-3"]),
            ((first, second), []),
            ((Within(frozenset()),), []),
        ):
            answer = index.search(replace(asked, within=within, facets=(Facet.DOCUMENT_CLASS,)))
            assert (answer.total, [found.document_id for found in answer.found]) == (len(expected), expected)
            assert answer.facets == (((FacetCount("claim_application", len(expected)),) if expected else ()),)


def test_all_that_is_found_is_counted_by_label(index):
    put(
        index,
        labelled("D-1", "batch:B-1", "year:2019"),
        labelled("D-2", "batch:B-2", "year:2019", "batches:no"),
        labelled("D-3", "batch:B-1", "year:2020", "year:2021"),
        labelled("D-4", "batch:B-1", value="z"),
    )
    asked = tokens_request((token("a"),), facets=(Facet.YEAR, Facet.DOCUMENT_CLASS, Facet.BATCH, Facet.BOX), limit=1)
    counts = [[(each.value, each.documents) for each in counted] for counted in index.search(asked).facets]
    assert counts == [
        [("2019", 2), ("2020", 1), ("2021", 1)],
        [("claim_application", 3)],
        [("B-1", 2), ("B-2", 1)],
        [],
    ]


def test_labels_go_with_their_record(index):
    put(index, labelled("D-1", "batch:B-1"), labelled("D-2", "batch:B-1"))
    put(index, labelled("D-1", "batch:B-2"))
    index.remove("D-2")
    put(index, labelled("D-2", "batch:B-3"))
    (counts,) = index.search(tokens_request((token("a"),), facets=(Facet.BATCH,))).facets
    assert [each.value for each in counts] == ["B-2", "B-3"]


def test_several_requests_are_answered_in_their_order(index):
    put(index, record("D-1", "a"), record("D-2", "b"))
    asked = [tokens_request((token(value),)) for value in "bza"]
    answers = index.search_all(asked)
    assert [[found.document_id for found in answer.found] for answer in answers] == [["D-2"], [], ["D-1"]]
    assert answers == tuple(map(index.search, asked))
    assert index.search_all(()) == ()


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


def test_many_are_put_at_once(index):
    index.put_all(record(f"D-{number:04}", "a", texts=(page("左臂"),)) for number in range(1200))
    index.put_all((record("D-0007", "b"),))
    index.refresh()
    assert (index.count(), index.search(tokens_request((token("a"),))).total) == (1200, 1199)
    assert documents(index, tokens_request((token("b"),))) == ["D-0007"]


def test_putting_none_at_once_does_nothing(index):
    index.put_all(())
    assert index.count() == 0


def test_text_for_anybody_but_the_public_is_not_taken_among_many_either(index):
    with pytest.raises(ValueError, match="public only"):
        index.put_all((record("D-1", "a"), record("D-2", "a", texts=(page("姓名", audience=Audience.HANDLER),))))
    index.refresh()
    assert "D-2" not in tuple(index.document_ids())


def test_the_documents_that_are_held_are_listed_in_order(index):
    put(index, record("D-B", "a"), record("D-A", "a"), record("D-a", "a"), record("D-1"))
    index.remove("D-A")
    index.refresh()
    assert list(index.document_ids()) == ["D-1", "D-B", "D-a"]


def test_an_index_that_can_be_searched_passes_its_check(index):
    index.check()


def classed(document_id: str, document_class: str, *values: str, text: str = "左臂") -> IndexRecord:
    return replace(record(document_id, *values, texts=(page(text),)), document_class=document_class)


def counted(index: SearchIndex, request: IndexRequest) -> dict[str, int]:
    (counts,) = index.search(replace(request, facets=(Facet.DOCUMENT_CLASS,))).facets
    return {each.value: each.documents for each in counts}


def test_all_that_is_found_is_counted_by_class_whatever_page_of_it_is_asked_for(index):
    put(
        index,
        classed("D-1", "medical_bill", "a"),
        classed("D-2", "claim_application", "a"),
        classed("D-3", "medical_bill", "b"),
        classed("D-4", "id_card", "a", text="右臂"),
        classed("D-5", "discharge_summary", "c"),
    )
    by_text = IndexRequest(texts=(TextGroup("左臂"),))
    whole = {"medical_bill": 2, "claim_application": 1, "discharge_summary": 1}
    for paging in ({}, {"limit": 0}, {"offset": 2, "limit": 1}, {"offset": 50}):
        assert counted(index, replace(by_text, **paging)) == whole
    by_token = tokens_request((token("a"), token("b", LIKELY)))
    assert counted(index, by_token) == {"medical_bill": 2, "claim_application": 1, "id_card": 1}
    assert counted(index, replace(by_token, texts=by_text.texts)) == {"medical_bill": 2, "claim_application": 1}


def test_counts_come_largest_first_and_then_by_value(index):
    put(index, *(classed(f"D-{number}", "bca"[number % 3], "a") for number in range(8)))
    (counts,) = index.search(tokens_request((token("a"),), facets=(Facet.DOCUMENT_CLASS,))).facets
    assert counts == (FacetCount("b", 3), FacetCount("c", 3), FacetCount("a", 2))


def test_what_one_may_not_see_is_in_no_count_by_class(index):
    put(index, classed("D-1", "medical_bill", "a"), classed("D-2", "medical_bill", "a"), classed("D-3", "id_card", "a"))
    asked = tokens_request((token("a"),), visible=frozenset({"D-1"}))
    assert counted(index, asked) == {"medical_bill": 1}
    assert counted(index, replace(asked, visible=frozenset())) == {}


def test_nothing_is_counted_by_class_where_nothing_is_found_or_asked(index):
    put(index, classed("D-1", "medical_bill", "a"))
    assert counted(index, tokens_request((token("z"),))) == {}
    assert counted(index, tokens_request((token("a"),), ())) == {}
    assert index.search(tokens_request((token("a"),))).facets == ()


def test_the_last_of_very_many_answers_can_be_reached(index):
    """Beyond what one answer of a server may hold; the total stays true."""
    count = 10_250
    index.put_all(record(f"D-{number:05}", "ab"[number % 2]) for number in range(count))
    index.refresh()
    asked = (token("a", LIKELY), token("b", LIKELY, "other"))
    expected = [f"D-{number:05}" for number in (*range(0, count, 2), *range(1, count, 2))]
    for offset, limit in ((9_990, 20), (10_100, 300), (10_240, 5), (count, 10), (20_000, 10)):
        answer = index.search(tokens_request(asked, offset=offset, limit=limit))
        assert [found.document_id for found in answer.found] == expected[offset : offset + limit]
        assert answer.total == count
    whole = index.search(tokens_request(asked, limit=count + 1, facets=(Facet.DOCUMENT_CLASS,)))
    assert [found.document_id for found in whole.found] == expected
    assert whole.facets == ((FacetCount("claim_application", count),),)


def test_a_searcher_may_see_very_many_documents(index):
    put(index, *(record(f"D-{number:06}", "a", texts=(page("左臂"),)) for number in (1, 69_999, 70_001)))
    visible = frozenset(f"D-{number:06}" for number in range(70_000))
    for request in (tokens_request((token("a"),)), IndexRequest(texts=(TextGroup("左臂"),))):
        answer = index.search(replace(request, visible=visible))
        assert (answer.total, [found.document_id for found in answer.found]) == (2, ["D-000001", "D-069999"])


def test_a_document_of_thousands_of_pages_and_tokens_is_held(index):
    pages = tuple(
        page(f"第{number}页", "左臂 骨折" if number == 4_321 else "无关", number=number) for number in range(1, 5_001)
    )
    places = tuple(
        PlacedToken(token(f"value {number}"), 1 + number // 10, upright(number, 0, number + 1, 1)) for number in range(50_000)
    )
    put(index, IndexRecord("D-LONG", "other", pages, places), record("D-1", "a", texts=(page("左臂"),)))
    (by_token,) = index.search(tokens_request((token("value 43211"),))).found
    assert (by_token.document_id, by_token.matches[0].page_number) == ("D-LONG", 4_322)
    assert by_token.matches[0].box == upright(43_211, 0, 43_212, 1)
    (by_text,) = index.search(IndexRequest(texts=(TextGroup("左臂骨折"),))).found
    assert (by_text.matches[0].page_number, by_text.matches[0].box) == (4_321, Box(10, 20, 110, 35).quad())
    index.remove("D-LONG")
    index.refresh()
    assert list(index.document_ids()) == ["D-1"]


@pytest.mark.parametrize("word", ["x" * 300, "7" * 40_000])
def test_a_word_of_any_length_is_found_whole_only(index, word):
    put(index, record("D-1", texts=(page(f"no {word} here"),)), record("D-2", texts=(page(f"no {word}y here"),)))
    assert matches_of(index, f"no {word}") == [("D-1", EXACT)]
    assert matches_of(index, word[:255]) == []


@pytest.mark.parametrize(
    ("written", "phrase", "tier"),
    [
        ("xarm  arm\tleg", "arm leg", LIKELY),  # what is typed stands there, but as part of a word
        ("harm legs, arm, leg", "arm leg", LIKELY),
        ("the arm-leg", "arm-leg", EXACT),
        ("the arm leg", "arm-leg", LIKELY),
        ("(arm)", "(arm)", EXACT),
        ("[arm]", "(arm)", LIKELY),
        ("左臂arm", "臂arm", EXACT),
        ("左臂armx", "臂arm", None),
        ("ÉCOLE", "école", LIKELY),
        ("École", "école", LIKELY),
        ("école", "ÉCOLE", LIKELY),
        ("a_b", "a_b", EXACT),
        ("a b", "a_b", LIKELY),
        ("左臂\u3000骨折", "左臂\u3000骨折", EXACT),
        ("ＣＴ", "ＣＴ", EXACT),
        ("ct", "CT", EXACT),
        ("12.50元", "12.50元", EXACT),
        ("112.50元", "12.50元", None),
        ("112.50元 12。50元", "12.50元", LIKELY),
        ("12,50元", "12.50元", LIKELY),
    ],
)
def test_exact_is_what_stands_as_it_was_typed_in_whole_words(index, written, phrase, tier):
    put(index, record("D-1", texts=(page(written),)))
    assert matches_of(index, phrase) == ([("D-1", tier)] if tier else [])


def test_several_phrases_are_ranked_by_the_weakest_and_then_by_how_many_are_exact(index):
    put(
        index,
        record("D-1", texts=(page("左 臂，右 腿，头部"),)),
        record("D-2", texts=(page("左臂，右 腿，头部"),)),
        record("D-3", texts=(page("左臂，右腿，头部"),)),
        record("D-4", texts=(page("左臂"), page("右腿", number=2), page("头 部", number=3))),
        record("D-5", texts=(page("左臂，右腿"),)),
    )
    answer = index.search(IndexRequest(texts=(TextGroup("左臂"), TextGroup("右腿"), TextGroup("头部"))))
    assert [(found.document_id, [match.tier for match in found.matches]) for found in answer.found] == [
        ("D-3", [EXACT, EXACT, EXACT]),
        ("D-2", [EXACT, LIKELY, EXACT]),
        ("D-4", [EXACT, EXACT, LIKELY]),
        ("D-1", [LIKELY, LIKELY, EXACT]),
    ]
    assert [match.page_number for match in answer.found[2].matches] == [1, 2, 3]


def test_what_is_put_while_another_generation_is_built_is_in_both(place):
    index, other_process = place.open(), place.open()
    put(index, record("D-1", "a"), record("D-2", "a"))
    generation = index.rebuild()
    put(other_process, record("D-2", "b"), record("D-3", "a"))
    other_process.remove("D-1")
    other_process.refresh()
    assert documents(index, tokens_request((token("a"), token("b", form="other")))) == ["D-3", "D-2"]
    generation.add_all((record("D-2", "stale"), record("D-4", "a")))
    assert list(generation.document_ids()) == ["D-2", "D-3", "D-4"]
    generation.serve()
    for opened in (index, other_process):
        assert documents(opened, tokens_request((token("a"), token("b", LIKELY)))) == ["D-3", "D-4", "D-2"]
        assert opened.search(tokens_request((token("stale"),))).total == 0
        opened.close()
    assert len(place.generations()) == 1


def test_before_it_serves_nothing_of_a_generation_is_found_and_all_of_it_after(place):
    index = place.open()
    put(index, record("D-1", "a"))
    generation = index.rebuild()
    generation.add_all(record(f"D-{number}", "b") for number in range(2, 9))
    generation.remove_all(("D-8", "D-404"))
    assert (index.count(), documents(index, tokens_request((token("b"),)))) == (1, [])
    generation.serve()
    assert (index.count(), documents(index, tokens_request((token("a"),)))) == (6, [])
    put(index, record("D-9", "b"))
    assert documents(index, tokens_request((token("b"),))) == [f"D-{number}" for number in (*range(2, 8), 9)]
    index.close()


def test_a_generation_that_was_left_behind_is_cleared_by_the_next(place):
    index = place.open()
    put(index, record("D-1", "a"))
    left_behind = index.rebuild()
    left_behind.add_all((record("D-2", "a"),))
    generation = place.open().rebuild()
    with pytest.raises(Refused, match="rebuild_superseded"):
        left_behind.add_all((record("D-3", "a"),))
    with pytest.raises(Refused, match="rebuild_superseded"):
        left_behind.serve()
    assert documents(index, tokens_request((token("a"),))) == ["D-1"]
    generation.add_all((record("D-4", "a"),))
    generation.serve()
    left_behind.abandon()
    assert documents(index, tokens_request((token("a"),))) == ["D-4"]
    assert len(place.generations()) == 1
    index.close()


def test_a_generation_can_be_abandoned(place):
    index = place.open()
    put(index, record("D-1", "a"))
    generation = index.rebuild()
    generation.add_all((record("D-2", "a"),))
    generation.abandon()
    generation.abandon()
    put(index, record("D-3", "a"))
    assert documents(index, tokens_request((token("a"),))) == ["D-1", "D-3"]
    assert len(place.generations()) == 1
    index.close()


def test_generation_after_generation_takes_over(place):
    index = place.open()
    for turn in range(3):
        generation = index.rebuild()
        generation.add_all((record(f"D-{turn}", "a"),))
        generation.serve()
        assert documents(index, tokens_request((token("a"),))) == [f"D-{turn}"]
    assert len(place.generations()) == 1
    index.close()


def test_searches_and_writes_go_on_while_generations_change(place):
    """Every search sees all that was there before, whole, and every document that was put is there in the end. What is to be
    put stands in the catalog first, here a list, which the builder reads once its generation was begun."""
    index, writer, searcher = place.open(), place.open(), place.open()
    first = [record(f"D-{number:03}", "a", texts=(page("左臂"),)) for number in range(60)]
    index.put_all(first)
    index.refresh()
    done = threading.Event()

    def search() -> set[int]:
        seen = set()
        while not done.is_set():
            seen.add(len([each for each in documents(searcher, tokens_request((token("a"),), limit=99)) if each < "D-9"]))
            seen.add(len(matches_of(searcher, "左臂")) * 3)
        return seen

    catalog: list[str] = []

    def write() -> None:
        while not done.is_set():
            catalog.append(f"D-9{len(catalog):05}")
            writer.put(record(catalog[-1], "b"))

    with ThreadPoolExecutor(2) as threads:
        searching, writing = threads.submit(search), threads.submit(write)
        for _ in range(3):
            generation = index.rebuild()
            generation.add_all(first)
            generation.add_all(record(each, "b") for each in tuple(catalog))
            generation.serve()
        done.set()
        assert searching.result() == {60}
        writing.result()
    index.refresh()
    assert list(index.document_ids()) == [*(each.document_id for each in first), *catalog]
    for opened in (index, writer, searcher):
        opened.close()


def test_two_that_open_an_index_at_once_get_the_same_one(place):
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: place.open(), range(4)))
    for number, each in enumerate(opened):
        each.put(record(f"D-{number}", "a"))
    opened[0].refresh()
    assert documents(opened[-1], tokens_request((token("a"),))) == ["D-0", "D-1", "D-2", "D-3"]
    assert len(place.generations()) == 1
    for each in opened:
        each.close()
