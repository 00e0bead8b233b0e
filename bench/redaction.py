"""What can still be read of values that had to be hidden: generated papers go the whole way, and each planted value is sought.

    python -m bench.redaction [--papers 1120] [--first 700000] [--audience public] [--processes 2] [--kept FILE]

Papers of every kind, four in five of them damaged, are read by the real engine, hidden from the audience, built and verified as
an archive does it. A value counts as told where half of its characters and more lie outside all masks, by the places that the
generator knows, whether or not any engine reads them there; or where a reading of the finished page at any of three scales, its
text layer or its inflated bytes hold it. Shown are the shares told by what a single reading plans (`planned`), by the finished
page (`finished`), and by the files that passed every check and would be released (`released`). Precision is the share of the
ink under masks that had to be hidden. Each paper's outcome is kept in FILE at once; a later run goes on,
as long as `workers` is the same, and pages are read once for as long as `workers.recognize` is. Writes
bench/results/redaction.json; exits with 1 where a goal is missed.
"""

import argparse
import multiprocessing
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.console import Progress
from bench.hiding.whole_way import Outcome, Value, judged
from bench.results import ROOT, flat, print_table, save
from schemas.codec import from_json, to_json
from schemas.redaction import Audience
from workers.certificate.software import version_of
from workers.tools import Tools, load_tools

_GROUPS = {
    "identity": ("CN_ID18", "CN_ID15", "US_SSN", "US_EIN", "HKID", "CN_PASSPORT"),
    "card": ("CN_BANK", "US_BANK"),
    "phone": ("CN_MOBILE", "CN_PHONE", "INTL_PHONE"),
    "names": ("CN_NAME", "DOCTOR"),
    "addresses": ("CN_ADDRESS", "US_ADDRESS", "ZIP"),
    "medical": ("HEALTH_TEXT", "DIAGNOSIS", "MEDICATION", "PROCEDURE"),
}
_GROUP_OF = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}
_GOALS = {"identity": 0.001, "card": 0.001, "phone": 0.001, "names": 0.005, "addresses": 0.02, "medical": 0.03}
_PRECISION = 0.90
_STRICT = ("identity", "card", "phone")
"""Groups of which nothing may be released."""
_WORST = 12

_RATES = ("planned", "finished", "released", "partly_in_sight")

Table = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class _Planted:
    """A value and what became of its paper."""

    value: Value
    outcome: Outcome


def main() -> None:
    options = _options()
    audience = Audience(options.audience)
    seeds = range(options.first, options.first + options.papers)
    kept = options.kept or ROOT / ".cache" / f"redaction-{audience}-{version_of('workers')}.jsonl"
    outcomes = list(_outcomes(seeds, audience, kept, options.processes))
    totals, tables = _totals(outcomes), _tables(outcomes)
    _print_tables(tables)
    _print_worst(outcomes)
    print_table(totals)
    save("redaction", flat({**totals, **tables}))
    sys.exit(not _is_met(totals, tables))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=1120, help="how many; of about 1.1 pages and 20 values each")
    parser.add_argument("--first", type=int, default=700_000, help="the first paper's seed")
    parser.add_argument("--audience", choices=[each.value for each in Audience], default=Audience.PUBLIC.value)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--kept", type=Path, metavar="FILE", help="where outcomes are kept [default: in .cache, by the code of workers]"
    )
    return parser.parse_args()


def _outcomes(seeds: Sequence[int], audience: Audience, kept: Path, processes: int) -> Iterator[Outcome]:
    done = {each.seed: each for each in _kept(kept)}
    yield from (done[seed] for seed in seeds if seed in done)
    left = [seed for seed in seeds if seed not in done]
    kept.parent.mkdir(parents=True, exist_ok=True)
    progress = Progress("hiding", quiet=False)
    with kept.open("ab", buffering=0) as lines, ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for count, future in enumerate(as_completed([pool.submit(_judged, seed, audience) for seed in left]), start=1):
            outcome = future.result()
            lines.write(to_json(Outcome, outcome) + b"\n")
            progress.show(count, len(left), "papers")
            yield outcome
    progress.end()


def _kept(file: Path) -> list[Outcome]:
    """Whole lines only: the last one may have been cut."""
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    return [from_json(Outcome, line) for line in lines]


@cache
def _tools() -> Tools:
    return load_tools()


def _judged(seed: int, audience: Audience) -> Outcome:
    return judged(seed, audience, _tools())


# Figures.


def _totals(outcomes: Sequence[Outcome]) -> dict[str, float]:
    pages = sum(each.pages for each in outcomes)
    checks = Counter(check for each in outcomes for check in each.checks)
    return {
        "papers": len(outcomes),
        "pages": pages,
        "pages_unread": sum(each.unread for each in outcomes),
        "papers_released": sum(each.released for each in outcomes),
        **{f"papers_withheld_by_{check}": count for check, count in sorted(checks.items())},
        "values": sum(len(each.values) for each in outcomes),
        "precision": sum(each.due_ink for each in outcomes) / max(sum(each.ink for each in outcomes), 1),
        **_seconds([each for each in outcomes if each.reading_seconds is not None]),
    }


def _seconds(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """A page of those that were read and hidden in one go: where readings were kept the two were not timed side by side."""
    pages = sum(each.pages for each in outcomes)
    if not pages:
        return {}
    return {
        "seconds_a_page_reading": sum(each.reading_seconds or 0.0 for each in outcomes) / pages,
        "seconds_a_page_hiding": sum(each.hiding_seconds for each in outcomes) / pages,
    }


def _tables(outcomes: Sequence[Outcome]) -> dict[str, Table]:
    """Rates by group and by kind of value, and by damage."""
    by_group, by_kind, by_damage = (defaultdict[str, list[_Planted]](list) for _ in range(3))
    for planted in (_Planted(value, outcome) for outcome in outcomes for value in outcome.values):
        by_group[_GROUP_OF.get(planted.value.kind, "other")].append(planted)
        by_kind[planted.value.kind].append(planted)
        for damage in planted.outcome.damages:
            by_damage[damage].append(planted)
    tables = {"group": by_group, "kind": by_kind, "damage": by_damage}
    return {name: {row: _rates(of) for row, of in sorted(table.items())} for name, table in tables.items()}


def _rates(planted: Sequence[_Planted]) -> dict[str, float]:
    values, released = [each.value for each in planted], [each.value for each in planted if each.outcome.released]
    return {
        "values": len(values),
        "planned": _share(value.is_told_before for value in values),
        "finished": _share(value.is_told for value in values),
        "released": _share(value.is_told for value in released),
        "partly_in_sight": _share(value.burnt > 0 and not value.is_told for value in values),
    }


def _share(answers: Iterable[bool]) -> float:
    told = list(answers)
    return sum(told) / len(told) if told else 0.0


def _is_met(totals: Mapping[str, float], tables: Mapping[str, Table]) -> bool:
    groups = {name: row for name, row in tables["group"].items() if name in _GOALS}
    is_hidden = all(row["finished"] <= _GOALS[name] for name, row in groups.items())
    is_kept_back = all(row["released"] == 0 for name, row in groups.items() if name in _STRICT)
    return is_hidden and is_kept_back and totals["precision"] >= _PRECISION


# Tables.


def _print_tables(tables: Mapping[str, Table]) -> None:
    for name, table in tables.items():
        print(f"\n| {name} | values | {' | '.join(f'{rate} %' for rate in _RATES)} |\n| --- |{' --: |' * (1 + len(_RATES))}")
        for row, rates in table.items():
            print(f"| {row} | {rates['values']} | {' | '.join(f'{100 * rates[rate]:.2f}' for rate in _RATES)} |")


def _print_worst(outcomes: Iterable[Outcome]) -> None:
    telling = [each for each in outcomes if any(value.is_told for value in each.values)]
    print("\nworst papers: seed, kind of paper, damage; kinds of values told, and who found them")
    for each in sorted(telling, key=lambda outcome: -sum(value.is_told for value in outcome.values))[:_WORST]:
        told = Counter(value.kind for value in each.values if value.is_told)
        ways = sorted({way for value in each.values for way in value.found_by}) or ["in sight"]
        print(f"  {each.seed} {each.kind} ({', '.join(each.damages)}): {dict(told)} by {', '.join(ways)}")


if __name__ == "__main__":
    main()
