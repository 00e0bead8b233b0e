"""How much of what is personal in texts is hidden, and how much is hidden without need; writes bench/results/recall.json.

    python -m bench.recall [--samples DIR] [--limit N] [--rounds 4] [--only sets|planted] [--show TYPE]

A value counts as found when spans that the public may not see cover all its characters that are no blanks, as touched when
they cover any. Texts: the marked sets of ../shared/samples, and values of every row of docs/identifiers.md planted in the
places of forms, with and without a label, whole and damaged (bench/identifiers). Precision of a set is the share of found
entities that touch a mark; sets mark only some of what they hold, so it is a floor. Precision of the planted texts is ink: of
the characters hidden, those of the value. `--show` prints what was missed of one type or kind: only for text that may be
read on this screen. Exits with 1 where a goal is missed.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.console import print_table
from bench.identifiers.contexts import LABELLED, UNLABELLED, WRONG_CHECK, Planted, plant
from bench.identifiers.damage import DAMAGES
from bench.identifiers.marked import SAMPLES, Marked, Sample, read
from bench.identifiers.values import ROWS, Row
from bench.results import ROOT, flat, save
from schemas.entity import Entity
from schemas.redaction import Audience
from workers.extract.extractor import Extractor
from workers.extract.typed import typed
from workers.redact.policy import RedactionPolicy, default_policy
from workers.redact.spans import hidden_spans

_SEED = 20_261_123
_PUBLIC = default_policy()
_NOTHING_SHOWN = RedactionPolicy("nothing shown", "1", ())
_SHOWN_TO_THE_PUBLIC = ("AMOUNT",)  # planted all the same: whether it is found decides what the handler's copy says
_GOALS = {"identity": 0.995, "phone": 0.995, "email": 0.995, "card": 0.995, "name": 0.98, "address": 0.95}
_GOAL_OF_INK = 0.90
_WORST = 12


@dataclass(slots=True)
class Tally:
    """Counts of values: `asked`, `found`, `touched`, `named` by their own kind; of characters: `ink`, and `due` of them."""

    counts: Counter[str] = field(default_factory=Counter)

    def share(self, part: str, whole: str = "asked") -> float:
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 1.0


Tallies = defaultdict[str, Tally]


@dataclass(frozen=True, slots=True)
class Miss:
    """What a value that was not found was like. Never the value."""

    where: str
    length: int
    share: float
    """Of its characters that were hidden."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A text after extraction: what was found in it, and which characters the public does not see."""

    text: str = field(repr=False)
    entities: tuple[Entity, ...] = field(repr=False)
    hidden: frozenset[int] = field(repr=False)

    def share_hidden(self, start: int, end: int) -> float:
        places = [place for place in range(start, end) if not self.text[place].isspace()]
        return sum(place in self.hidden for place in places) / len(places)


def search(extractor: Extractor, text: str, policy: RedactionPolicy = _PUBLIC) -> Searched:
    entities = extractor.entities_in_text(text)
    spans = hidden_spans((typed(text),), entities, policy, Audience.PUBLIC)[1]
    places = (place for span in spans for place in range(span.start, span.end))
    return Searched(text, entities, frozenset(place for place in places if not text[place].isspace()))


def measure(extractor: Extractor, sample: Sample, records: Iterable[Marked], misses: list[Miss], show: str = "") -> Tallies:
    """Counts by type of *sample*; what was not found is added to *misses*."""
    tallies: Tallies = defaultdict(Tally)
    for record in records:
        searched = search(extractor, record.text)
        for name, start, end in record.spans:
            if name in sample.kinds:
                share = searched.share_hidden(start, end)
                tallies[name].counts.update(asked=1, found=share == 1.0, touched=share > 0)
                if share < 1.0:
                    misses.append(Miss(f"{sample.name} {name}", end - start, share))
                    _show(show == name, "missed", record.text, start, end)
        for name, kinds in sample.kinds.items():
            for entity, is_right in _judged(sample, record, searched.entities, kinds):
                tallies[name].counts.update(given=1, right=is_right)
                _show(show == name and not is_right, f"extra {entity.kind} {entity.tier}", record.text, *entity.span)
    return tallies


def _judged(
    sample: Sample, record: Marked, entities: Sequence[Entity], kinds: tuple[str, ...]
) -> Iterator[tuple[Entity, bool]]:
    """Entities of *kinds*, and whether each touches a mark of any type that they answer for."""
    marks = [(start, end) for name, start, end in record.spans if set(sample.kinds.get(name, ())) & set(kinds)]
    for entity in entities:
        if entity.kind in kinds:
            yield entity, any(entity.span[0] < end and start < entity.span[1] for start, end in marks)


def _show(wanted: bool, what: str, text: str, start: int, end: int) -> None:  # noqa: FBT001
    if wanted:
        print(f"{what}: {text[max(0, start - 16) : start]!r} [{text[start:end]!r}] {text[end : end + 16]!r}")


def plantings(row: Row, rounds: int, *, labelled: bool) -> Iterator[tuple[str, Planted]]:
    """*rounds* texts for each place and damage of *row*, the same every time."""
    rng = random.Random(f"{_SEED} {row.kind} {row.language} {row.labels} {labelled}")
    damages = (*row.damages, WRONG_CHECK) if row.checked else row.damages
    for place in (LABELLED if labelled else UNLABELLED).values():
        for damage in damages:
            for _ in range(rounds):
                yield damage, plant(rng, row, place, damage)


def measure_planted(extractor: Extractor, row: Row, rounds: int, misses: list[Miss], show: str = "") -> dict[str, Tallies]:
    """Counts by damage, with a label and without; a row that needs its label is asked for with one only."""
    policy = _NOTHING_SHOWN if row.kind in _SHOWN_TO_THE_PUBLIC else _PUBLIC
    found: dict[str, Tallies] = {}
    for labelled in (True, False) if row.alone else (True,):
        tallies = found["labelled" if labelled else "alone"] = defaultdict(Tally)
        for damage, planted in plantings(row, rounds, labelled=labelled):
            searched = search(extractor, planted.text, policy)
            _count(tallies[damage], row, planted, searched)
            share = searched.share_hidden(planted.start, planted.end)
            if share < 1.0:
                where = f"{row.kind} {row.language} {'labelled' if labelled else 'alone'} {damage}"
                misses.append(Miss(where, planted.end - planted.start, share))
                _show(show in (row.kind, "all"), f"missed {where}", planted.text, planted.start, planted.end)
    return found


def _count(tally: Tally, row: Row, planted: Planted, searched: Searched) -> None:
    share = searched.share_hidden(planted.start, planted.end)
    own = [entity for entity in searched.entities if entity.kind == row.kind]
    is_named = any(entity.span[0] < planted.end and planted.start < entity.span[1] for entity in own)
    due = sum(planted.start <= place < planted.end for place in searched.hidden)
    tally.counts.update(asked=1, found=share == 1.0, touched=share > 0, named=is_named, ink=len(searched.hidden), due=due)


def _merged(tallies: Iterable[Tally]) -> Tally:
    return Tally(sum((tally.counts for tally in tallies), Counter()))


def _set_figures(tallies: Tallies, sample: Sample) -> dict[str, object]:
    return {
        name: {
            "marked": tallies[name].counts["asked"],
            "recall": tallies[name].share("found"),
            "touched": tallies[name].share("touched"),
            "precision": tallies[name].share("right", "given"),
        }
        for name in sample.kinds
    }


def _cpu_ms_a_page(extractor: Extractor, records: Sequence[Marked]) -> float:
    """Of extraction alone, for 1500 characters: about a full page."""
    begun = time.process_time()
    for record in records:
        extractor.entities_in_text(record.text)
    return (time.process_time() - begun) / sum(len(record.text) for record in records) * 1500 * 1000


def _run_sets(extractor: Extractor, options: argparse.Namespace, misses: list[Miss]) -> tuple[dict[str, object], list[str]]:
    figures: dict[str, object] = {}
    below: list[str] = []
    rows: list[tuple[str, ...]] = []
    for sample in SAMPLES:
        path = options.samples / sample.path
        if not path.exists():
            print(f"left out, not here: {sample.path}")
            continue
        records = tuple(read(sample, options.samples, options.limit))
        tallies = measure(extractor, sample, records, misses, options.show)
        figures[sample.name] = {
            "records": len(records),
            "cpu_milliseconds_per_1500_characters": _cpu_ms_a_page(extractor, records),
            "types": _set_figures(tallies, sample),
        }
        rows += (_set_row(sample, name, tallies[name]) for name in sample.kinds)
        below += (f"{sample.name} {name}" for name, goal in sample.goals.items() if tallies[name].share("found") < goal)
    print_table(("set", "type", "marked", "recall", "touched", "precision", "goal"), rows)
    return figures, below


def _set_row(sample: Sample, name: str, tally: Tally) -> tuple[str, ...]:
    shares = (tally.share("found"), tally.share("touched"), tally.share("right", "given"))
    goal = sample.goals.get(name)
    return (sample.name, name, str(tally.counts["asked"]), *map(_percent, shares), "" if goal is None else _percent(goal))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _run_planted(extractor: Extractor, rounds: int, misses: list[Miss], show: str) -> tuple[dict[str, object], list[str]]:
    measured = [(row, measure_planted(extractor, row, rounds, misses, show)) for row in ROWS]
    _print_planted(measured)
    groups = _by_group(measured)
    ink = _merged(tally for _, places in measured for tallies in places.values() for tally in tallies.values())
    below = [
        f"planted {name} {damage}"
        for name, tallies in groups.items()
        for damage, tally in tallies.items()
        if tally.share("found") < _GOALS.get(name, 0.0)
    ]
    below += ["planted ink"] if ink.share("due", "ink") < _GOAL_OF_INK else []
    figures = {
        "asked": ink.counts["asked"],
        "ink_precision": ink.share("due", "ink"),
        "labelled": {
            name: {damage: tally.share("found") for damage, tally in tallies.items()} for name, tallies in groups.items()
        },
        "kinds": _kind_figures(measured),
    }
    return figures, below


Measured = Sequence[tuple[Row, Mapping[str, Tallies]]]


def _by_group(measured: Measured) -> dict[str, Tallies]:
    """With a label, by goal and damage."""
    groups: dict[str, Tallies] = {}
    for row, places in measured:
        for damage, tally in places["labelled"].items():
            groups.setdefault(row.group, defaultdict(Tally))[damage].counts.update(tally.counts)
    return groups


def _kind_figures(measured: Measured) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    for kind, language in dict.fromkeys((row.kind, row.language) for row, _ in measured):
        own = [places for row, places in measured if (row.kind, row.language) == (kind, language)]
        labelled = _merged(tally for places in own for tally in places["labelled"].values())
        alone = [tally for places in own for tally in places.get("alone", {}).values()]
        figures[f"{kind}_{language}"] = {"labelled": labelled.share("found"), "named": labelled.share("named")}
        if alone:
            figures[f"{kind}_{language}"]["alone"] = _merged(alone).share("found")
    return figures


def _print_planted(measured: Measured) -> None:
    damages = (WRONG_CHECK, *DAMAGES)
    rows = []
    for row, places in measured:
        labelled, alone = places["labelled"], _merged(places["alone"].values()) if row.alone else None
        all_of_it = _merged(labelled.values())
        rows.append(
            (
                f"{row.kind} {row.language}",
                *(_percent(labelled[damage].share("found")) if damage in labelled else "" for damage in damages),
                _percent(all_of_it.share("named")),
                _percent(alone.share("found")) if alone else "",
                _percent(all_of_it.share("due", "ink")),
            )
        )
    print_table(("behind its label", *damages, "named", "alone", "ink"), rows)


def _print_worst(misses: Sequence[Miss]) -> None:
    """The most frequent misses, by where they stood; lengths and shares of them, never values."""
    by_place: defaultdict[str, list[Miss]] = defaultdict(list)
    for miss in misses:
        by_place[miss.where].append(miss)
    worst = sorted(by_place.items(), key=lambda item: -len(item[1]))[:_WORST]
    rows = (
        (
            where,
            str(len(each)),
            f"{min(miss.length for miss in each)} to {max(miss.length for miss in each)}",
            _percent(sum(miss.share for miss in each) / len(each)),
        )
        for where, each in worst
    )
    print_table(("worst", "missed", "characters", "of them hidden %"), tuple(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=ROOT.parent / "shared" / "samples")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--only", choices=("sets", "planted"))
    parser.add_argument("--show", default="")
    options = parser.parse_args()
    extractor, misses, figures, below = Extractor(), list[Miss](), dict[str, object](), list[str]()
    if options.only != "planted":
        figures, below = _run_sets(extractor, options, misses)
    if options.only != "sets":
        figures["planted"], missed = _run_planted(extractor, options.rounds, misses, options.show)
        below += missed
    _print_worst(misses)
    print("below their goal:", ", ".join(below) or "none")
    if options.only is None and options.limit is None:
        save("recall", flat(figures))
    sys.exit(bool(below))


if __name__ == "__main__":
    main()
