"""What Prometheus is told: the archive's own counts, true and without a trace of anybody."""

import json
import os
import re
import socket
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import event

from archive import standing
from archive.catalog import work
from archive.errors import Rejected, Unavailable
from archive.figures import count_catalog
from archive.metrics import ArchiveCollector, serving_metrics
from archive.settings import MetricsSettings
from schemas.work import Stage
from search_api.observed import RequestMeasures
from tests.builders.archives import Clock, make_archive
from tests.builders.kept_documents import KeptDocument, keep
from tests.builders.read_documents import ingest, scan, work_off
from tests.fakes import two_engines
from workers.running.measure import Measures, StepEnd

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def archive(tmp_path, clock):
    with make_archive(tmp_path / "home", clock) as archive:
        yield archive


def registry_of(archive) -> CollectorRegistry:
    """All that any process of this program tells."""
    registry = CollectorRegistry()
    registry.register(ArchiveCollector(archive))
    Measures(registry).step_ended(StepEnd(Stage.READ, "done", 1.0, os.getpid()))
    RequestMeasures(registry).count("GET", "/api/search", 200, 0.01)
    return registry


def samples(registry) -> dict[tuple[str, ...], float]:
    """By name and the values of its labels."""
    return {
        (sample.name.removeprefix("claimkeep_"), *sample.labels.values()): sample.value
        for metric in registry.collect()
        for sample in metric.samples
    }


def test_every_part_and_the_disk_are_told(archive):
    told = samples(registry_of(archive))
    assert {part: told["part_up", part] for part in standing.PARTS} == dict.fromkeys(standing.PARTS, 1.0)
    assert told["disk_free_bytes",] > 0
    assert told["disk_least_free_bytes",] == archive.settings.limits.least_free_bytes


def test_what_waits_is_told_by_stage_with_the_time_it_has_waited(archive, clock):
    ingest(archive, scan(two_engines.GOOD))
    clock.advance(timedelta(minutes=10))
    ingest(archive, scan(two_engines.POOR))
    told = samples(registry_of(archive))
    assert told["steps", "open", "waiting"] == 2
    assert told["steps", "read", "waiting"] == 0
    assert told["oldest_waiting_seconds", "open"] == 600
    assert told["oldest_waiting_seconds", "read"] == 0
    assert told["documents", "waiting", ""] == 2
    assert told["queue_messages", "open"] == 2


def test_a_step_in_hand_is_told_apart_from_one_that_waits(archive):
    ingest(archive, scan(two_engines.GOOD))
    assert archive.queue.take("here") is not None
    told = samples(registry_of(archive))
    assert (told["steps", "open", "leased"], told["steps", "open", "waiting"]) == (1, 0)


def test_what_is_done_is_told_by_state_and_reason(archive):
    ingest(archive, scan(two_engines.GOOD, two_engines.POOR))
    work_off(archive, two_engines.load())
    keep(archive, KeptDocument(file_leaks=True))
    told = samples(registry_of(archive))
    assert told["pages", "read", ""] == 3
    assert sum(count for key, count in told.items() if key[0] == "documents") == 2
    assert told["derivatives_withheld",] == 1
    with archive.catalog.read() as connection:
        assert told["ledger_entries",] == archive.ledger.verify(connection).entries
    assert told["index_documents",] == archive.index.count() == 2
    assert told["index_lag_documents",] == 0


def test_documents_that_are_missing_from_the_index_are_counted(archive):
    kept = keep(archive, KeptDocument())
    keep(archive, KeptDocument(policy_number="PZAT20190000418"))
    archive.index.remove(kept)
    archive.index.refresh()
    assert samples(registry_of(archive))["index_lag_documents",] == 1


def test_a_document_that_is_made_anew_is_in_the_index_as_before(archive):
    kept = keep(archive, KeptDocument())
    with archive.catalog.write() as connection:
        connection.exec_driver_sql("UPDATE documents SET state = 'waiting' WHERE document_id = ?", (kept,))
    assert samples(registry_of(archive))["index_lag_documents",] == 0


def test_an_index_that_is_away_takes_only_its_own_figures_with_it(archive, monkeypatch):
    def away(_self):
        raise Unavailable("index_unavailable")

    monkeypatch.setattr(type(archive.index), "count", away)
    told = samples(registry_of(archive))
    assert ("index_documents",) not in told
    assert told["ledger_entries",] == 1


def test_nothing_that_identifies_anybody_or_any_document_is_told(archive):
    kept = KeptDocument()
    document_id = keep(archive, kept)
    text = generate_latest(registry_of(archive)).decode()
    for value in (document_id, kept.insured, kept.policy_number, kept.identity_number, str(archive.home)):
        assert value not in text


def test_each_stage_has_a_priority_of_its_own_by_which_steps_are_counted():
    assert len({stage.priority for stage in Stage}) == len(Stage)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT state, reason, count(*) FROM pages GROUP BY state, reason",
        "SELECT state, reason, count(*) FROM documents GROUP BY state, reason",
    ],
)
def test_counts_of_large_tables_come_from_an_index(archive, query):
    with archive.catalog.read() as connection:
        plan = " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    assert "USING COVERING INDEX" in plan


def test_counts_of_steps_read_no_step_that_is_done(archive):
    told: list[tuple[str, object]] = []
    with archive.catalog.read() as connection:
        engine = connection.engine

    def note(_connection, _cursor, statement, parameters, *_more):
        if "FROM work" in statement:
            told.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        count_catalog(archive)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert told
    with archive.catalog.read() as connection:
        for statement, parameters in told:
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert any("work_waiting" in step or "work_leased" in step or "work_open" in step for step in plan), statement
            assert not any(step == "SCAN work" for step in plan), statement


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_metrics_are_given_at_an_address_of_their_own_until_the_end(archive):
    settings = MetricsSettings(port=free_port())
    address = f"http://127.0.0.1:{settings.port}/metrics"
    with serving_metrics(settings, registry_of(archive)), urllib.request.urlopen(address, timeout=10) as reply:
        assert b"claimkeep_ledger_entries 1.0" in reply.read()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=10)


def test_no_port_gives_no_metrics(archive):
    with serving_metrics(MetricsSettings(), registry_of(archive)):
        pass


def test_an_address_that_is_taken_is_said_with_what_to_change(archive):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = MetricsSettings(port=taken.getsockname()[1])
        with pytest.raises(Rejected, match="bad_settings") as error, serving_metrics(settings, registry_of(archive)):
            pass
    assert "EADDRINUSE" in error.value.detail


NAME = re.compile(r"\bclaimkeep_[a-z_]+")


def expressions() -> list[str]:
    dashboard = json.loads((DEPLOY / "grafana" / "claimkeep.json").read_text("utf-8"))
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    return [*shown, *(rule["expr"] for group in rules["groups"] for rule in group["rules"])]


def test_every_figure_that_is_shown_or_alarms_is_given(archive):
    keep(archive, KeptDocument())
    given = {sample.name for metric in registry_of(archive).collect() for sample in metric.samples}
    for expression in expressions():
        named = set(NAME.findall(expression))
        assert named, expression
        assert named <= given, expression


def test_every_figure_is_in_the_handbook_and_the_handbook_names_no_other(archive):
    text = (DEPLOY.parent / "docs" / "operate.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(claimkeep_\w+)", text, re.MULTILINE))
    assert told == {metric.name + ("_total" if metric.type == "counter" else "") for metric in registry_of(archive).collect()}


def test_every_alarm_says_where_to_read_on():
    text = (DEPLOY.parent / "docs" / "operate.md").read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (page, anchor in anchors) == ("docs/operate.md", True), rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_prometheus_reads_the_alarms_and_asks_for_metrics_where_the_handbook_says():
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert [(DEPLOY / "prometheus" / name).is_file() for name in config["rule_files"]] == [True]
    targets = [target for job in config["scrape_configs"] for each in job["static_configs"] for target in each["targets"]]
    assert targets
    assert all(target.endswith(":9464") for target in targets)


def test_panels_have_ids_of_their_own_and_do_not_lie_on_each_other():
    dashboard = json.loads((DEPLOY / "grafana" / "claimkeep.json").read_text("utf-8"))
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_leased_steps_do_not_hide_how_long_others_have_waited(archive, clock):
    for corner in (two_engines.GOOD, two_engines.POOR):
        ingest(archive, scan(corner))
    assert archive.queue.take("here") is not None
    clock.advance(timedelta(seconds=30))
    with archive.catalog.read() as connection:
        assert work.is_idle(connection) is False
    assert samples(registry_of(archive))["oldest_waiting_seconds", "open"] == 30
