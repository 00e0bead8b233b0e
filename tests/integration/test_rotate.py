"""The key of the search index is changed while searches and work go on."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from archive import token_keys
from archive.catalog.tables import events
from archive.catalog.tables import token_keys as token_keys_table
from archive.errors import Refused
from archive.finding import find
from archive.index.keyed import KeyedIndex
from archive.index.port import IndexAnswer, IndexRequest, TokenGroup
from archive.search_keys.numbers import ask_number
from archive.wiring import Archive, create_archive, open_archive
from schemas.query import Query, SearchResults
from tests.builders.indexes import File, Place, elasticsearch_name
from tests.builders.planned_documents import Claim, finish_document, keep_finished, plan_document
from workers.anew import rotate as rotating
from workers.anew.rebuild import compare
from workers.anew.rotate import Rotated, rotate
from workers.commands.keys import keys

BOTH = [pytest.param("sqlite"), pytest.param("elasticsearch", marks=pytest.mark.service)]


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    place = elasticsearch_name() if request.param == "elasticsearch" else File(tmp_path / "home" / "index.db")
    yield place
    place.clear()


@pytest.fixture
def archive(place: Place, tmp_path: Path) -> Iterator[Archive]:
    with create_archive(tmp_path / "home", settings=place.settings()) as opened:
        yield opened


def number(serial: int) -> str:
    return f"PZAT2019{serial:08}"


def answer(archive: Archive, **query: str) -> SearchResults:
    archive.index.refresh()
    return find(archive.index, archive.search_key, Query(limit=100, **query), entitled=True)


def held_as(archive: Archive, serial: int) -> list[bool]:
    """Whether the number is held as a token of the search key, and of each key that holds now."""
    asked = IndexRequest((TokenGroup(ask_number(archive.search_key, number(serial))[:1]),))
    ways = [lambda: (None,), *((lambda key=key: (key,)) for key in token_keys.token_keys_from(archive.catalog, archive.keys)())]
    return [KeyedIndex(raw(archive), way).search(asked).total == 1 for way in ways]


def raw(archive: Archive):
    return archive.index.inner.inner


def kinds(archive: Archive) -> list[str]:
    with archive.catalog.read() as connection:
        return [kind for kind in connection.execute(select(events.c.kind)).scalars() if kind.startswith("search_key.")]


def states(archive: Archive) -> list[str]:
    with archive.catalog.read() as connection:
        return list(connection.execute(select(token_keys_table.c.state)).scalars())


def test_after_a_change_the_same_is_found_by_other_tokens(archive):
    for serial in range(3):
        keep_finished(archive, Claim(number(serial)))
    questions = ({"number": number(1)}, {"number": number(1)[-6:]}, {"number": number(9)}, {"text": "左臂骨折"})
    before = [answer(archive, **each) for each in questions]
    assert all(each.total for each in before)
    assert held_as(archive, 1) == [True, True]
    assert rotate(archive) == Rotated(3, (), taken_up=False)
    assert [answer(archive, **each) for each in questions] == before
    assert held_as(archive, 1) == [False, True]
    first = token_keys.token_keys_from(archive.catalog, archive.keys)()
    rotate(archive)
    (second,) = token_keys.token_keys_from(archive.catalog, archive.keys)()
    assert [answer(archive, **each) for each in questions] == before
    assert (second,) != first
    former = KeyedIndex(raw(archive), lambda: first)
    assert find(former, archive.search_key, Query(number=number(1))).total == 0
    assert states(archive) == ["serving"]
    assert kinds(archive) == ["search_key.made", "search_key.switched", "search_key.settled"] * 2
    with archive.catalog.read() as connection:
        assert archive.ledger.verify(connection).intact
    assert compare(archive).is_equal


def test_searches_go_on_meanwhile_and_find_what_they_found(archive):
    for serial in range(30):
        keep_finished(archive, Claim(number(serial)))
    archive.index.refresh()
    done, wrong = threading.Event(), []

    def search() -> None:
        with open_archive(archive.home) as other:
            while not done.is_set():
                found = find(other.index, other.search_key, Query(number=number(7)))
                if [hit.tier.value for hit in found.hits] != ["exact"]:
                    wrong.append(found.total)

    searcher = threading.Thread(target=search)
    searcher.start()
    try:
        rotate(archive)
    finally:
        done.set()
        searcher.join()
    assert wrong == []


@pytest.mark.parametrize("dies_in", [1, 2])
def test_an_interrupted_change_is_taken_up(archive, monkeypatch, dies_in):
    """By the same key, and what came in between is found."""
    keep_finished(archive, Claim(number(1)))
    rebuild, builds = rotating.rebuild, []

    def dying(*arguments):
        builds.append(1)
        if len(builds) == dies_in:
            raise KeyboardInterrupt
        return rebuild(*arguments)

    monkeypatch.setattr(rotating, "rebuild", dying)
    with pytest.raises(KeyboardInterrupt):
        rotate(archive)
    assert states(archive) == [["next"], ["settling"]][dies_in - 1]
    keep_finished(archive, Claim(number(2)))
    for serial in (1, 2):
        assert answer(archive, number=number(serial)).hits[0].tier == "exact"
    made = token_keys.token_keys_from(archive.catalog, archive.keys)()[-1]
    assert rotate(archive) == Rotated(2, (), taken_up=True)
    assert token_keys.token_keys_from(archive.catalog, archive.keys)() == (made,)
    assert [held_as(archive, serial) for serial in (1, 2)] == [[False, True], [False, True]]
    assert kinds(archive) == ["search_key.made", "search_key.switched", "search_key.settled"]


def test_who_wrote_under_keys_that_are_gone_writes_again(archive):
    """The key is changed between its reading the keys and its writing."""
    inner = raw(archive)
    late = plan_document(archive, Claim(number(3)))
    found = token_keys.token_keys_from(archive.catalog, archive.keys)
    told = []

    def keys_of_a_slow_worker():
        told.append(found())
        if len(told) == 1:
            rotate(archive)
        return told[-1]

    slow = replace(archive, index=KeyedIndex(inner, keys_of_a_slow_worker))
    finish_document(slow, late, Claim(number(3)))
    assert len(told) > 2
    assert held_as(archive, 3) == [False, True]


def test_nobody_switches_twice(archive):
    token_keys.begin(archive.catalog, archive.keys, archive.ledger, archive.clock())
    token_keys.switch(archive.catalog, archive.ledger, 0)
    with pytest.raises(Refused) as refused:
        token_keys.switch(archive.catalog, archive.ledger, 0)
    assert refused.value.reason == "rebuild_superseded"


def test_the_command_tells_how_many_documents_are_under_the_new_key(archive):
    keep_finished(archive, Claim(number(1)))
    result = CliRunner().invoke(keys, ["rotate-search", "--home", str(archive.home), "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["documents"], told["left_out"], told["taken_up"]) == (0, 1, [], False)
    plain = CliRunner().invoke(keys, ["rotate-search", "--home", str(archive.home)])
    assert "under a new key and holds 1 documents" in plain.stdout


def test_no_key_shows_in_the_catalog(archive):
    rotate(archive)
    (key,) = token_keys.token_keys_from(archive.catalog, archive.keys)()
    assert key is not None
    kept = b"".join(path.read_bytes() for path in archive.home.iterdir() if path.is_file())
    assert key not in kept


def test_an_answer_that_was_asked_while_keys_changed_is_asked_again():
    class Changing:
        def __init__(self) -> None:
            self.asked: list[IndexRequest] = []

        def search_all(self, requests):
            self.asked += requests
            return tuple(IndexAnswer(0, ()) for _ in requests)

    inner, told = Changing(), iter([(None,), (b"k" * 32,), (b"k" * 32,)])
    request = IndexRequest((TokenGroup(()),))
    assert KeyedIndex(inner, lambda: next(told)).search(request).total == 0
    assert len(inner.asked) == 2
