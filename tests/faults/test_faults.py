"""Each fault once, on real servers of its own, in the middle of a batch; `python -m bench.faults` does so again and again."""

import os
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from archive.clock import SharedClock, utc_now
from bench.faulty import rig as rigs
from bench.faulty.faults import FAULTS
from bench.faulty.outcome import Difference
from bench.faulty.rig import Rig
from bench.faulty.trial import Calm, calm, trial

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.timeout(400)]

NAMES = (
    ("worker_killed", "celery_killed", "workers_killed"),
    ("api_killed", "page_poisonous", "messages_repeated"),
    ("postgresql_killed", "postgresql_restarted", "catalog_cut", "catalog_reset", "catalog_silent"),
    ("rabbitmq_killed", "rabbitmq_restarted", "broker_cut", "broker_reset", "broker_silent"),
    ("elasticsearch_killed", "elasticsearch_restarted"),
    ("minio_killed", "minio_restarted", "store_full", "store_silent", "store_slow", "store_closes_slowly"),
    ("clock_forward", "clock_back"),
)
"""Of what breaks one after the other in the midst of one batch; a batch for each fault would take too long here."""


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    if os.geteuid() != 0:
        pytest.skip("a small disk that can be filled is mounted by root only")
    with rigs.started() as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Calm:
    return calm(rig)


def test_a_batch_that_nothing_happens_to_ends_as_its_pages_are(undisturbed: Calm) -> None:
    pages = undisturbed.outcome.pages
    assert len(pages) == 11
    assert sorted(state for state, _ in pages.values()) == ["blank"] + ["read"] * 10
    assert undisturbed.outcome.documents["scan-015.pdf"] == ("failed", "damaged_document")
    assert len(undisturbed.outcome.found) == 8
    assert all(count == 1 for count in undisturbed.outcome.ends.values())


def test_every_fault_is_tried() -> None:
    assert sorted(name for names in NAMES for name in names) == sorted(fault.name for fault in FAULTS)


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_nothing_is_lost_doubled_or_wrongly_final_after(names: tuple[str, ...], rig: Rig, undisturbed: Calm) -> None:
    faults = sorted((fault for fault in FAULTS if fault.name in names), key=lambda fault: names.index(fault.name))
    done = trial(rig, faults, undisturbed, random.Random(names[0]))
    assert done.difference == Difference()
    untold = {struck.fault.name for struck in done.struck if not struck.is_told}
    assert {name for name in untold if not name.endswith("_restarted")} == set(), "a server may be back before anybody asks"


def test_the_archive_has_its_time_from_the_catalogs_server(rig: Rig) -> None:
    assert isinstance(rig.archive.clock, SharedClock)
    assert abs(rig.archive.clock() - utc_now()) < timedelta(seconds=1)
