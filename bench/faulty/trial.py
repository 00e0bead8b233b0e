"""Faults in the middle of a batch, from the first upload to the last step."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from threading import Event, Thread

from bench.faulty.batch import POISON, Paper, Sender, papers
from bench.faulty.faults import Fault
from bench.faulty.outcome import Difference, Outcome, difference, outcome_of, strangers, total
from bench.faulty.rig import Rig

_MOST_SECONDS = 240.0  # for a batch to go on, and to come to its end; what takes longer has stopped
_LATE = 0.4  # of the steps of one copy of the papers: until so many are done a fault strikes
_UPLOADS = 0.1
_LISTEN_SECONDS = 0.5
_FEW_STEPS = 20  # about half a batch


@dataclass(frozen=True, slots=True)
class Calm:
    """A batch that nothing happened to."""

    outcome: Outcome
    seconds: float
    """from the first step to the last"""
    steps: int
    """that the ledger tells of"""


@dataclass(frozen=True, slots=True)
class Struck:
    """One fault. `goes_on` are the seconds from its end to the next step that is done."""

    fault: Fault
    goes_on: float
    is_told: bool
    """Whether the API said meanwhile that just this part of the archive fails; true where the fault takes none away."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a batch. `ends` are the seconds from the end of its last fault to its last step."""

    struck: tuple[Struck, ...]
    difference: Difference
    ends: float
    steps_left: int
    """that were done after the batch had gone on"""
    has_ended: bool = True


class Stopped(Exception):
    """A batch did not come to its end by itself."""


def calm(rig: Rig) -> Calm:
    """Raises Stopped."""
    before, sender = _steps(rig), _begun(rig)
    began = time.monotonic()
    _finish(rig, sender)
    seconds, steps = time.monotonic() - began, _steps(rig) - before
    return Calm(outcome_of(rig.archive, sender.batch_id, sender.sent[0]), seconds, steps)


def trial(rig: Rig, faults: Sequence[Fault], undisturbed: Calm, rng: random.Random) -> Trial:
    """One batch, with *faults* one after the other. Raises Stopped."""
    with ExitStack() as around:
        for fault in faults:
            around.enter_context(fault.around(rig))
        sender = _begun(rig, with_poison=any(fault.poison for fault in faults))
        struck = tuple(_one_after_another(rig, sender, faults, undisturbed.steps, rng))
        over, before = time.monotonic(), _steps(rig)
        _finish(rig, sender)
        ends = struck[-1].goes_on + time.monotonic() - over
    return Trial(struck, _difference(rig, sender, undisturbed.outcome), ends, rig.steps_done() - before)


def stopped(faults: Sequence[Fault], undisturbed: Calm) -> Trial:
    """Of a batch that did not come to its end: all its pages count as lost."""
    struck = tuple(Struck(fault, _MOST_SECONDS, is_told=False) for fault in faults)
    lost = Difference(pages_lost=len(undisturbed.outcome.pages))
    return Trial(struck, lost, _MOST_SECONDS, steps_left=0, has_ended=False)


def _begun(rig: Rig, *, with_poison: bool = False) -> Sender:
    """A batch that is on its way: its first step is done."""
    before = _steps(rig)
    sender = Sender(rig.address, rig.token)
    sender.send(papers(with_poison=with_poison))
    sender.start()
    if not rig.wait_for(lambda: rig.steps_done() > before, _MOST_SECONDS):
        raise Stopped("no step was done")
    return sender


def _one_after_another(rig: Rig, sender: Sender, faults: Sequence[Fault], steps: int, rng: random.Random) -> Iterator[Struck]:
    """Where little is left of the batch after a fault, it gets more papers before the next."""
    for number, fault in enumerate(faults):
        if number and sender.is_idle() and _steps_open(rig) < _FEW_STEPS:
            sender.send(papers())
        share = rng.uniform(0.0, _UPLOADS if fault.of_uploads else _LATE)
        yield _strike(rig, sender, fault, round(share * steps), rng)


def _strike(rig: Rig, sender: Sender, fault: Fault, steps: int, rng: random.Random) -> Struck:
    """The fault, as soon as *steps* more are done, and the wait for what comes after it."""
    moment = _steps(rig) + steps
    rig.wait_for(lambda: rig.steps_done() >= moment or _is_done(rig, sender), _MOST_SECONDS)
    with _listening(rig) as failing:
        fault.strike(rig, rng)
    over, before = time.monotonic(), _steps(rig)
    if not rig.wait_for(lambda: rig.steps_done() > before or _is_done(rig, sender), _MOST_SECONDS):
        raise Stopped(f"batch {sender.batch_id} does not go on after {fault.name}")
    return Struck(fault, time.monotonic() - over, is_told=fault.part in failing or not fault.part)


@contextmanager
def _listening(rig: Rig) -> Iterator[set[str]]:
    """The parts that the API says fail meanwhile."""
    said: set[str] = set()
    over = Event()

    def listen() -> None:
        while not over.wait(_LISTEN_SECONDS):
            said.update(rig.failing())

    thread = Thread(target=listen, name="readiness", daemon=True)
    thread.start()
    try:
        yield said
    finally:
        over.set()
        thread.join()


def _finish(rig: Rig, sender: Sender) -> None:
    if not rig.wait_for(lambda: _is_done(rig, sender), _MOST_SECONDS):
        raise Stopped(f"batch {sender.batch_id} has not come to its end")
    sender.end()


def _is_done(rig: Rig, sender: Sender) -> bool:
    return sender.is_idle() and rig.is_idle()


def _steps(rig: Rig) -> int:
    return _looked(rig, rig.steps_done)


def _steps_open(rig: Rig) -> int:
    return _looked(rig, rig.steps_open)


def _looked(rig: Rig, count: Callable[[], int]) -> int:
    """What *count* gives, once the catalog answers."""
    seen: list[int] = []

    def look() -> bool:
        seen.append(count())
        return True

    if not rig.wait_for(look, _MOST_SECONDS):
        raise Stopped("the catalog does not answer")
    return seen[-1]


def _difference(rig: Rig, sender: Sender, undisturbed: Outcome) -> Difference:
    """Of every copy of the papers that was sent, and whatever else is in the batch."""
    differences = [
        difference(outcome_of(rig.archive, sender.batch_id, files), _expected(undisturbed, files)) for files in sender.sent
    ]
    every = [paper for files in sender.sent for paper in files]
    return total((*differences, Difference(pages_doubled=strangers(rig.archive, sender.batch_id, every))))


def _expected(outcome: Outcome, files: Sequence[Paper]) -> Outcome:
    """As *outcome*, and where the poisonous page is among *files*: that it is given up, and named."""
    if all(paper.name != POISON for paper in files):
        return outcome
    return replace(
        outcome,
        pages=outcome.pages | {(POISON, 1): ("failed", "page_crash")},
        documents=outcome.documents | {POISON: ("failed", "no_page_read")},
        ends=outcome.ends + Counter([(POISON, 1)]),
    )
