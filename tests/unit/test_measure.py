"""What the watching process counts of its workers."""

import json
import os
import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry

from schemas.work import Stage
from workers.running.measure import CAUSES, OUTCOMES, Measures, StepEnd

ENDED, SECONDS, ENDS = "claimkeep_steps_ended_total", "claimkeep_step_seconds", "claimkeep_worker_ends_total"


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def measures(registry):
    return Measures(registry, processes=2)


def end(outcome="done", stage=Stage.READ, seconds=1.0, pid=None):
    return StepEnd(stage, outcome, seconds, pid or os.getpid())


def memory(registry) -> dict[str, float]:
    return {
        sample.labels["worker"]: sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "claimkeep_worker_memory_bytes"
    }


def test_everything_is_there_before_it_happens(measures, registry):
    assert {registry.get_sample_value(ENDS, {"cause": cause}) for cause in CAUSES} == {0}
    for stage in Stage:
        tries = [{"stage": stage.value, "outcome": outcome} for outcome in OUTCOMES]
        assert {registry.get_sample_value(ENDED, each) for each in tries} == {0}
    assert registry.get_sample_value("claimkeep_workers") == 2


def test_a_step_is_counted_with_its_time(measures, registry):
    measures.step_ended(end(seconds=3.0))
    assert registry.get_sample_value(ENDED, {"stage": "read", "outcome": "done"}) == 1
    assert registry.get_sample_value(f"{SECONDS}_sum", {"stage": "read"}) == 3.0
    assert registry.get_sample_value(f"{SECONDS}_bucket", {"stage": "read", "le": "4.0"}) == 1
    assert registry.get_sample_value(f"{SECONDS}_bucket", {"stage": "read", "le": "2.0"}) == 0


@pytest.mark.parametrize(("outcome", "pages"), [("done", 1), ("refused", 1), ("given_up", 1), ("failed", 0), ("postponed", 0)])
def test_a_page_is_final_when_reading_it_is_over_for_good(measures, registry, outcome, pages):
    measures.step_ended(end(outcome))
    measures.step_ended(end(outcome, Stage.HIDE))
    assert registry.get_sample_value("claimkeep_pages_final_total") == pages


@pytest.mark.parametrize(
    ("exit_code", "cause", "counted"),
    [
        (-9, "timeout", "timeout"),
        (-9, "memory", "memory"),
        (-9, None, "killed"),
        (-11, None, "crash"),
        (1, None, "crash"),
        (None, None, "crash"),
        (75, None, "away"),
        (0, None, "ended"),
    ],
)
def test_a_worker_that_is_gone_is_counted_by_why(measures, registry, exit_code, cause, counted):
    measures.worker_ended(exit_code, cause)
    assert {each: registry.get_sample_value(ENDS, {"cause": each}) for each in CAUSES} == {
        each: float(each == counted) for each in CAUSES
    }


def test_memory_is_that_of_living_workers_and_a_successor_takes_the_place_so_that_series_stay_few(measures, registry):
    measures.step_ended(end())
    for _ in range(3):
        started = [sys.executable, "-c", "print(flush=True); input()"]
        with subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
            worker.stdout.readline()  # a program that is just being loaded holds next to nothing yet
            measures.step_ended(end(pid=worker.pid))
            told = memory(registry)
            assert set(told) == {"0", "1"}
            assert all(1_000_000 < each < 10_000_000_000 for each in told.values())
            worker.communicate(b"\n")
        assert set(memory(registry)) == {"0"}


def test_what_a_worker_says_fits_into_one_line_and_comes_back_the_same():
    said = end("not_recorded", Stage.FINISH, 1199.123456789, 4194304)
    line = said.to_line()
    assert len(line) < 512
    assert line.count(b"\n") == 1
    assert StepEnd.from_line(json.loads(line)) == said


def test_a_word_that_is_no_outcome_is_an_error_of_the_program():
    with pytest.raises(ValueError, match="none of"):
        end("欧阳若澜")
