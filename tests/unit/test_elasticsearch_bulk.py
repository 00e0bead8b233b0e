"""What a server that is busy says to a part of what it was sent is not lost."""

import json
from typing import Any

import pytest

from archive.errors import Rejected, Unavailable
from archive.index import elasticsearch_bulk, elasticsearch_server
from archive.index.elasticsearch_bulk import Operation, Target, write
from archive.index.elasticsearch_server import NoSuchIndex
from schemas.record import IndexRecord
from schemas.redaction import Audience, RedactedText

OK = {"status": 201}
BUSY = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue capacity"}}
ABSENT_SHARD = {"status": 503, "error": {"type": "unavailable_shards_exception", "reason": "primary shard is not active"}}
GONE = {"status": 404, "error": {"type": "index_not_found_exception", "reason": "no such index"}}
THERE = {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "document already exists"}}
MALFORMED = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "preview of value: '左臂骨折'"}}
FULL = {"status": 429, "error": {"type": "cluster_block_exception", "reason": "disk usage exceeded flood-stage watermark"}}


class Server:
    """Answers the bulk requests one after the other; keeps which documents each was about."""

    def __init__(self, *answers: list[dict[str, Any]]) -> None:
        self._answers = list(answers)
        self.asked: list[list[str]] = []

    def bulk(self, operations: list[bytes], filter_path: list[str]) -> dict[str, Any]:
        actions = [json.loads(line) for line in operations if b"require_alias" in line]
        self.asked.append([next(iter(action.values()))["_id"] for action in actions])
        items = self._answers.pop(0)
        assert len(items) == len(actions)
        named = [{next(iter(action)): item} for action, item in zip(actions, items, strict=True)]
        return {"errors": any("error" in item for item in items), "items": named}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    paused: list[float] = []
    for module in (elasticsearch_bulk, elasticsearch_server):
        monkeypatch.setattr(module, "pause", paused.append)
    return paused


def puts(*document_ids: str) -> list[Operation]:
    return [Operation("index", each, b"{}") for each in document_ids]


def test_what_the_server_had_no_time_for_is_sent_again_and_nothing_else(pauses):
    server = Server([OK, BUSY, ABSENT_SHARD], [OK, BUSY], [OK])
    write(server, puts("D-1", "D-2", "D-3"), [Target("claims")])
    assert server.asked == [["D-1", "D-2", "D-3"], ["D-2", "D-3"], ["D-3"]]
    assert len(pauses) == 2
    assert pauses == sorted(pauses)


def test_a_server_that_stays_busy_is_unavailable():
    server = Server(*[[BUSY]] * 5)
    with pytest.raises(Unavailable) as unavailable:
        write(server, puts("D-1"), [Target("claims")])
    assert unavailable.value.reason == "index_unavailable"
    assert len(server.asked) == 5


@pytest.mark.parametrize(("answer", "reason"), [(MALFORMED, "index_unavailable"), (FULL, "index_full")])
def test_what_the_server_refuses_is_told_without_what_it_quotes(answer, reason):
    with pytest.raises(Unavailable) as unavailable:
        write(Server([OK, answer]), puts("D-1", "D-2"), [Target("claims")])
    assert unavailable.value.reason == reason
    assert "左" not in str(unavailable.value)


def test_a_document_that_is_there_is_left_alone_where_it_was_only_to_be_created():
    write(Server([THERE]), [Operation("create", "D-1", b"{}")], [Target("claims")])
    with pytest.raises(Unavailable):
        write(Server([THERE]), puts("D-1"), [Target("claims")])


def test_a_document_that_is_not_there_is_removed_as_well_as_one_that_is():
    write(
        Server([{"status": 404}, {"status": 200}]), [Operation("delete", "D-1"), Operation("delete", "D-2")], [Target("claims")]
    )


def test_only_a_generation_that_is_being_built_may_be_gone():
    both: list[Target] = [Target("claims"), Target("claims-building", may_be_gone=True)]
    write(Server([OK, GONE]), puts("D-1"), both)
    with pytest.raises(NoSuchIndex):
        write(Server([GONE, OK]), puts("D-1"), both)


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1700])
def test_many_are_cut_into_parts_and_all_are_sent(count):
    sent: list[list[str]] = []
    elasticsearch_bulk.write_all(puts(*map(str, range(count))), lambda part: sent.append([each.document_id for each in part]))
    assert sorted(each for part in sent for each in part) == sorted(map(str, range(count)))
    assert max(map(len, sent), default=0) <= 500


def test_a_record_that_no_request_has_room_for_is_rejected_by_name(monkeypatch):
    monkeypatch.setattr(elasticsearch_bulk, "LARGEST_DOCUMENT", 100)
    record = IndexRecord("D-1", "other", (RedactedText(1, Audience.PUBLIC, "default/1", ()),), ())
    with pytest.raises(Rejected, match="D-1") as rejected:
        elasticsearch_bulk.operation_of(record)
    assert rejected.value.reason == "too_large"


def test_what_goes_wrong_with_one_part_is_raised():
    def send(part: list[Operation]) -> None:
        if part[0].document_id == "500":
            raise Unavailable("index_full")

    with pytest.raises(Unavailable):
        elasticsearch_bulk.write_all(puts(*map(str, range(2000))), send)
