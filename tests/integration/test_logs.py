"""The way of a document, as its log tells it: one line of JSON an event, with ids, and nothing of what is in the document."""

import json

import pytest
import structlog

from archive.errors import Unavailable
from archive.logs import about_step, set_up_logs
from schemas.work import Job, Stage
from tests.builders.archives import make_archive
from tests.builders.read_documents import ingest, scan, work_off
from tests.fakes import two_engines

OF_STEP = {"stage", "batch_id", "document_id"}


@pytest.fixture
def archive(tmp_path):
    with make_archive(tmp_path / "home") as archive:
        yield archive


def lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_every_line_of_a_documents_way_is_json_with_the_ids_of_batch_document_and_page(archive, capsys):
    set_up_logs("debug")
    document_id = ingest(archive, scan(two_engines.GOOD, two_engines.POOR))
    assert work_off(archive, two_engines.load()) == 7
    told = lines(capsys)
    with archive.catalog.read() as connection:
        (batch_id,) = connection.exec_driver_sql("SELECT batch_id FROM batches").scalars()
    assert all(OF_STEP | {"event", "level", "timestamp"} <= set(line) for line in told)
    assert {(line["batch_id"], line["document_id"]) for line in told} == {(batch_id, document_id)}
    ended = [(line["stage"], line.get("page_number")) for line in told if line["event"] == "step.ended"]
    assert ended == [("open", None), ("read", 1), ("read", 2), ("plan", None), ("hide", 1), ("hide", 2), ("finish", None)]
    assert {line.get("audience") for line in told if line["stage"] == "hide"} == {"handler"}
    assert all(line["seconds"] >= 0 for line in told if line["event"] == "step.ended")


def test_nothing_that_is_on_a_page_is_logged_though_the_step_fails(archive, capsys):
    set_up_logs("debug")
    ingest(archive, scan(two_engines.GOOD))

    class Telling(two_engines.UsualEngine):
        def read(self, image):
            raise RuntimeError(f"the page says {two_engines.NAME} {two_engines.NUMBER}")

    tools = two_engines.load()
    work_off(archive, type(tools)(Telling(), tools.extractor, tools.policy), steps=2)
    text = capsys.readouterr().err
    failed = [line for line in map(json.loads, text.splitlines()) if line["event"] == "step.failed"]
    assert [(line["stage"], line["page_number"], line["error"]) for line in failed] == [("read", 1, "RuntimeError")]
    assert two_engines.NAME not in text
    assert two_engines.NUMBER not in text


def test_ids_are_bound_while_a_step_runs_and_not_after(archive):
    document_id = ingest(archive, scan(two_engines.GOOD))
    with about_step(archive, Job(Stage.HIDE, document_id, 3, "public")):
        bound = structlog.contextvars.get_contextvars()
    assert set(bound) == {"stage", "batch_id", "document_id", "page_number", "audience"}
    assert structlog.contextvars.get_contextvars() == {}


def test_a_catalog_that_is_away_leaves_only_the_batch_out(archive, monkeypatch):
    def away(_self):
        raise Unavailable("catalog_unavailable")

    monkeypatch.setattr(type(archive.catalog), "read", away)
    with about_step(archive, Job(Stage.READ, "D-0000000000", 1)):
        assert structlog.contextvars.get_contextvars() == {"stage": "read", "document_id": "D-0000000000", "page_number": 1}


@pytest.mark.parametrize(("level", "told"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_what_is_less_grave_than_the_setting_is_not_logged(level, told, capsys):
    set_up_logs(level)
    log = structlog.get_logger()
    for each in ("debug", "info", "warning", "error"):
        getattr(log, each)("something")
    assert len(lines(capsys)) == told
