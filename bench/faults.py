"""Whatever single part dies, nothing is lost or doubled: every fault, again and again, each in the middle of a batch.

    python -m bench.faults [--times 5] [--seed 1] [--processes 2] [--keep FOLDER] [FAULT...]
    python -m bench.faults --table    print what is kept, as docs/faults.md has it

Servers of its own are started behind proxies (bench/faulty/servers.py), with an archive, its API and its Celery workers on
them. One batch is worked on undisturbed; then in each batch one thing happens, at a random moment (bench/faulty/faults.py), and
nobody lifts a finger but what the fault itself asks for: a server that died is started again, a program that ended too. What
comes of it must be what came of the calm batch: pages and why they ended so, texts, derivatives, the ledger, and the index
finding each document. The fast engine reads in no time (bench/archives/fast_work.py). Needs root, for a small disk that can
be filled. Prints a table, writes bench/results/faults.json.
"""

import argparse
import random
import signal
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from bench.faulty import rig as rigs
from bench.faulty.faults import FAULTS, Fault
from bench.faulty.outcome import Difference, total
from bench.faulty.rig import Rig
from bench.faulty.trial import Calm, Stopped, Trial, calm, stopped, trial
from bench.results import kept, save

_COLUMNS = ("pages_lost", "pages_doubled", "wrongly_final")
_HEADING = (
    "| fault | times | lost | doubled | wrongly final | other | goes on after: median (most) | told |",
    "| --- | --: | --: | --: | --: | --: | --: | --: |",
)
_WIDTH = max(len(fault.name) for fault in FAULTS)


def main() -> None:
    options = _options()
    if options.table:
        print(table(kept("faults")))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it would be passed over
    chosen = [fault for fault in FAULTS if not options.faults or fault.name in options.faults]
    rng = random.Random(options.seed)
    with rigs.started(options.keep, options.processes) as rig:
        undisturbed = calm(rig)
        print(f"undisturbed: {len(undisturbed.outcome.pages)} pages, {undisturbed.seconds:.1f} s", flush=True)
        trials: list[Trial] = []
        for _ in range(options.times):  # round by round, so that whatever else the machine does meets all faults alike
            trials += _round(rig, chosen, undisturbed, rng)
            if not options.faults:
                save("faults", _figures(chosen, trials, undisturbed))
            if not trials[-1].has_ended:
                break
    print(f"\n{table(_figures(chosen, trials, undisturbed))}")
    sys.exit(any(_is_wrong(each) for each in trials))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faults", nargs="*", metavar="FAULT", type=_known, help="only these, and nothing is written")
    parser.add_argument("--times", type=int, default=5, help="how often each")
    parser.add_argument("--seed", type=int, default=1, help="decides when they strike")
    parser.add_argument("--processes", type=int, default=2, help="worker processes")
    parser.add_argument("--table", action="store_true", help="print what is kept, and start nothing")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder, in which the logs stay")
    return parser.parse_args()


def _known(name: str) -> str:
    """*name*, if there is such a fault; argparse says so if there is none."""
    if all(fault.name != name for fault in FAULTS):
        raise ValueError(name)
    return name


def _round(rig: Rig, faults: Sequence[Fault], undisturbed: Calm, rng: random.Random) -> list[Trial]:
    """Each fault once; none after a batch that did not come to its end, for what comes next would wait for it."""
    trials: list[Trial] = []
    for fault in faults:
        try:
            trials.append(trial(rig, (fault,), undisturbed, rng))
        except Stopped as error:
            print(f"{fault.name:{_WIDTH}}  {error}", flush=True)
            trials.append(stopped((fault,), undisturbed))
            break
        _print_trial(trials[-1])
    return trials


def _print_trial(done: Trial) -> None:
    wrong = {name: count for name, count in asdict(done.difference).items() if count}
    verdict = str(wrong) if wrong else "as undisturbed"
    (struck,) = done.struck
    name, seconds = struck.fault.name, struck.goes_on
    print(f"{name:{_WIDTH}}  goes on after {seconds:5.1f} s, ends after {done.ends:5.1f} s  {verdict}", flush=True)


def _is_wrong(done: Trial) -> bool:
    return any(asdict(done.difference).values())


def _figures(faults: Sequence[Fault], trials: Sequence[Trial], undisturbed: Calm) -> dict[str, float]:
    figures: dict[str, float] = {
        "pages_a_batch": len(undisturbed.outcome.pages),
        "calm_seconds": undisturbed.seconds,
        "faults": len(faults),
        "trials": len(trials),
        **_total(trials),
    }
    for fault in faults:
        own = [each for each in trials if each.struck[0].fault is fault]
        figures |= {f"{fault.name}_{name}": value for name, value in _of_fault(own).items()}
    return figures


def _of_fault(own: Sequence[Trial]) -> dict[str, float]:
    struck = [each.struck[0] for each in own]
    seconds = [each.goes_on for each in struck]
    return {
        "times": len(own),
        "told": sum(each.is_told for each in struck),
        **_total(own),
        "goes_on_seconds_median": statistics.median(seconds) if own else -1.0,
        "goes_on_seconds_most": max(seconds, default=-1.0),
        "steps_left_least": min((each.steps_left for each in own), default=-1),
    }


def _total(trials: Sequence[Trial]) -> dict[str, float]:
    return dict(asdict(total(each.difference for each in trials)))


def table(kept: Mapping[str, float]) -> str:
    """The figures of bench/results/faults.json in Markdown, one row for each fault."""
    rows = (_row(kept, fault) for fault in FAULTS if f"{fault.name}_times" in kept)
    return "\n".join((*_HEADING, *(f"| {' | '.join(row)} |" for row in rows)))


def _row(kept: Mapping[str, float], fault: Fault) -> tuple[str, ...]:
    of = {name.removeprefix(f"{fault.name}_"): value for name, value in kept.items() if name.startswith(f"{fault.name}_")}
    other = sum(of[each.name] for each in fields(Difference) if each.name not in _COLUMNS)
    seconds = f"{of['goes_on_seconds_median']:.1f} s ({of['goes_on_seconds_most']:.1f} s)"
    told = f"{of['told']:.0f}" if fault.part else ""
    counts = (f"{of[name]:.0f}" for name in ("times", *_COLUMNS))
    return f"`{fault.name}`", *counts, f"{other:.0f}", seconds, told


if __name__ == "__main__":
    main()
