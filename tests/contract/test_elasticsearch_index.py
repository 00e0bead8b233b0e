"""What the search index on Elasticsearch promises beyond the port: accounts, formats, a server that is away or full."""

import traceback
from collections.abc import Iterator

import pytest

from archive.errors import Unavailable
from archive.index.elasticsearch_document import MAPPINGS
from archive.index.port import IndexRequest, TextGroup, TokenGroup
from archive.search_keys.key import SearchKey
from deploy.accounts import Role
from schemas.geometry import Box
from schemas.query import MatchTier
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText, VisibleLine
from tests.builders.indexes import Name, elasticsearch_name

pytestmark = pytest.mark.service

KEY = SearchKey(b"a search key for tests only")
TOKEN = SearchToken("number", "same", MatchTier.EXACT, KEY.token("number", "same", "a"))
ASKED = IndexRequest(tokens=(TokenGroup((TOKEN,)),), texts=(TextGroup("左臂"),))
QUOTED = "右腿挫伤"
SECRET = "only-for-these-tests"


@pytest.fixture
def name() -> Iterator[Name]:
    name = elasticsearch_name()
    yield name
    name.clear()


def record(document_id: str, text: str = "左臂") -> IndexRecord:
    page = RedactedText(1, Audience.PUBLIC, "default/1", (VisibleLine(text, Box(0, 0, 9, 9)),))
    return IndexRecord(document_id, "other", (page,), (PlacedToken(TOKEN, 1, None),))


def test_a_worker_makes_the_index_and_an_account_that_only_reads_finds_in_it(name):
    worker = name.open(Role.WORKER)
    worker.put(record("D-1"))
    worker.refresh()
    reader = name.open(Role.API)
    reader.check()
    assert (reader.count(), list(reader.document_ids())) == (1, ["D-1"])
    assert [found.document_id for found in reader.search(ASKED).found] == ["D-1"]
    deep = reader.search(IndexRequest(ASKED.tokens, offset=10_000))
    assert (deep.total, deep.found) == (1, ())
    for change in (lambda: reader.put(record("D-2")), lambda: reader.remove("D-1"), reader.rebuild):
        with pytest.raises(Unavailable, match="refuses this account"):
            change()
    generation = worker.rebuild()
    generation.add_all((record("D-3"),))
    generation.serve()
    assert [found.document_id for found in reader.search(ASKED).found] == ["D-3"]
    reader.close()
    worker.close()


def test_an_account_that_only_reads_waits_until_the_index_is_made(name):
    reader = name.open(Role.API)
    with pytest.raises(Unavailable, match="refuses this account"):
        reader.check()
    name.open(Role.WORKER).close()
    reader.check()
    assert reader.search(ASKED).total == 0
    reader.close()


def test_an_index_of_another_format_says_so_and_can_be_rebuilt(name):
    with name.client() as client:
        client.indices.create(
            index=f"{name.name}-000001", mappings={**MAPPINGS, "_meta": {"format": 999}}, aliases={name.name: {}}
        )
    index = name.open()
    for use in (index.check, index.count, lambda: index.search(ASKED), lambda: index.put(record("D-1"))):
        with pytest.raises(Unavailable, match="rebuild it") as unavailable:
            use()
        assert unavailable.value.reason == "index_unavailable"
    generation = index.rebuild()
    generation.add_all((record("D-1"),))
    generation.serve()
    assert index.search(ASKED).total == 1
    assert name.generations() == [f"{name.name}-000002"]
    index.close()


def test_another_archive_whose_name_begins_with_this_one_is_left_alone(name):
    neighbour = Name(f"{name.name}-2")
    other, index = neighbour.open(), name.open()
    other.put(record("D-1"))
    other.refresh()
    left_behind = other.rebuild()
    index.rebuild().serve()
    left_behind.add_all((record("D-1"),))
    left_behind.serve()
    assert (other.count(), index.count()) == (1, 0)
    other.close()
    index.close()


def test_an_index_that_was_deleted_is_missed_and_not_made_empty_under_those_who_use_it(name):
    index = name.open()
    index.put(record("D-1"))
    name.clear()
    for use in (index.check, index.count, lambda: index.search(ASKED), lambda: index.put(record("D-1"))):
        with pytest.raises(Unavailable, match="rebuild it"):
            use()
    generation = index.rebuild()
    generation.add_all((record("D-1"),))
    generation.serve()
    assert index.search(ASKED).total == 1
    index.close()


def test_a_full_disk_is_told_and_nothing_is_lost_by_it(name):
    """Elasticsearch sets this block itself where a disk passes the last watermark, and takes it away when there is room."""
    index = name.open()
    index.put_all((record("D-1"), record("D-2")))
    with name.client() as client:
        client.indices.put_settings(index=name.name, settings={"index.blocks.read_only_allow_delete": True})
        for put in (lambda: index.put(record("D-3")), lambda: index.put_all((record("D-3"), record("D-4")))):
            with pytest.raises(Unavailable) as unavailable:
                put()
            assert unavailable.value.reason == "index_full"
        index.refresh()
        assert index.search(ASKED).total == 2
        client.indices.put_settings(index=name.name, settings={"index.blocks.read_only_allow_delete": None})
    index.put(record("D-3"))
    index.refresh()
    assert index.search(ASKED).total == 3
    index.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"url": "https://127.0.0.1:9"}, "does not answer"),
        ({"password": SECRET}, "refuses this account"),
        ({"ca_file": None}, "certificate"),
    ],
)
def test_a_server_that_is_away_or_refuses_us_or_is_another_is_told_without_a_secret(name, change, told):
    index = name.open(**change)
    for use in (index.check, index.count, lambda: index.search(ASKED), lambda: index.put(record("D-1", SECRET)), index.rebuild):
        with pytest.raises(Unavailable, match=told) as unavailable:
            use()
        assert unavailable.value.reason == "index_unavailable"
        assert SECRET not in "".join(traceback.format_exception(unavailable.value))
    index.close()


def test_one_of_several_servers_is_enough(name):
    index = name.open(url=f"https://127.0.0.1:9,{name.open()._client.transport.node_pool.get().base_url}")
    index.put(record("D-1"))
    index.refresh()
    assert index.search(ASKED).total == 1
    index.close()


def test_what_the_server_quotes_is_not_in_our_error(name):
    """A server whose index takes no such documents tells in its error what it was sent."""
    index = name.open()
    with name.client() as client:
        client.indices.delete(index=f"{name.name}-000001")
        client.indices.create(
            index=f"{name.name}-000001",
            mappings={"properties": {"pages": {"properties": {"words": {"type": "long"}}}}},
            aliases={name.name: {}},
        )
    with pytest.raises(Unavailable, match="refuses what it is asked") as unavailable:
        index.put(record("D-1", QUOTED))
    assert QUOTED not in "".join(traceback.format_exception(unavailable.value))
    index.close()
