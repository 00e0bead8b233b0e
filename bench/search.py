"""Is the right claim found, first and among few, when something is wrong with what was typed?

10,000 policy numbers in families of neighbouring serials and 10,000 names go into each index, one document each; those that are
drawn are then looked for, damaged in each way, the same in both. `otherwise` counts the searches that one index answered unlike
the first. Prints a table and writes bench/results/search.json; exits with 1 where a goal is missed. Elasticsearch is started
where it does not run.

    python -m bench.search [--count 10000] [--searches 1500] [--index sqlite elasticsearch] [--seed 7]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, quantiles

from opencc import OpenCC
from pypinyin import lazy_pinyin

from archive.finding import find
from archive.index.port import SearchIndex
from archive.index.sqlite import SqliteIndex
from archive.search_keys.han import LOOKALIKES as HAN_LOOKALIKES
from archive.search_keys.key import SearchKey
from archive.search_keys.names import tokens_of_name
from archive.search_keys.numbers import LOOKALIKES, tokens_of_number
from bench.indexing.on_elasticsearch import archive_on_elasticsearch, remove_index
from bench.papers import numbers
from bench.papers import vocabulary as words
from bench.results import flat, save
from schemas.geometry import upright
from schemas.query import Hit, MatchTier, Query, SearchResults
from schemas.record import IndexRecord, PlacedToken, SearchToken

FAMILY = 20
"""Numbers with neighbouring serials; each differs from the next by one."""
KEY = SearchKey(b"the bench's own search key")
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红飞鹏辉波斌宇浩凯健俊帆志国建文海山林峰庆东新民永成德福贵根生宝"
    "燕玲梅琴云萍雪慧莉洁婷颖琳欣怡佳晨梦瑶淑珍凤香素菊荣春莲翠珠子一晓小思雨天嘉家金世兴学正大光宏立润泽景逸书恒旭瑞祥安康宁"
    "博哲轩豪睿晟楠松柏森鑫锋铭钧焕灿炎烨源清江河湖泉洪涵沛渊亮星月阳曦晴岚峻岩坤培城维绍继承启开先忠义礼智信仁孝廉勤敬诚"
)  # fmt: skip
_READ_FOR = {character: group.replace(character, "") for group in LOOKALIKES for character in group}
_LOOKS_LIKE = {character: group.replace(character, "") for group in HAN_LOOKALIKES for character in group}

Damage = Callable[[random.Random, str], str | None]
"""What somebody types for a value; None where the value cannot be damaged in this way."""


GOALS = {
    "numbers": {"one confusion, up to one dropped repeat": {"first": 0.97, "in_ten": 0.995}},
    "names": {
        **{kind: {"in_ten": 1.0} for kind in ("as it is", "spaced", "traditional", "full pinyin")},
        "look-alike": {"in_ten": 0.99},
    },
}
"""The least share, by the manner of damage."""
MOST_CANDIDATES = 5.0
"""On average, for numbers with one confusion and up to one dropped repeat."""
NAME = "claimkeep-bench-search"
_FIRST_TEN = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """`known` values with the document of each, and `questions` with the value that each is for, by the manner of damage."""

    known: dict[str, str] = field(repr=False)
    questions: dict[str, tuple[tuple[str, str], ...]] = field(repr=False)
    record: Callable[[str, str], IndexRecord]
    query: Callable[[str], Query]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One search. `rank` of the right document counts from 1; None where it was not among the first ten."""

    rank: int | None
    shown: int
    neighbour_exact: bool
    tier: MatchTier | None
    hits: tuple[tuple[str, MatchTier], ...]
    """The first ten documents, as they are ranked."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All searches of one kind: shares from 0 to 1, candidates on average, milliseconds."""

    kind: str
    searches: int
    first: float
    in_ten: float
    candidates: float
    neighbours_exact: int
    otherwise: int
    p50_ms: float
    p95_ms: float
    tiers: dict[str, int] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="numbers, and names")
    parser.add_argument("--searches", type=int, default=1_500, help="values looked for in each way, drawn from all")
    parser.add_argument("--index", nargs="+", choices=tuple(_INDEXES), default=tuple(_INDEXES))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    trials = {
        "numbers": _trial(
            rng, invent_families(rng, options.count), options.searches, NUMBER_DAMAGE, _number_record, _of_number
        ),
        "names": _trial(rng, invent_names(rng, options.count), options.searches, NAME_DAMAGE, _name_record, _of_name),
    }
    report: dict[str, dict[str, object]] = {each: {} for each in options.index}
    missed: list[str] = []
    for of_what, trial in trials.items():
        first: dict[str, tuple[Outcome, ...]] = {}
        for each in options.index:
            print(f"{of_what}, {each}", flush=True)
            with _INDEXES[each]() as index:
                size = _filled(index, trial)
                figures, outcomes = _searched(index, trial, first)
            first = first or outcomes
            report[each][of_what] = size | {kind: _told(every) for kind, every in figures.items()}
            missed += [f"{each}, {of_what}, {fault}" for fault in _missed(GOALS[of_what], figures)]
    save("search", flat({"seed": options.seed, **report}))
    for fault in missed:
        print(f"goal missed: {fault}")
    sys.exit(1 if missed else 0)


def _of_number(typed: str) -> Query:
    return Query(number=typed, limit=_FIRST_TEN)


def _of_name(typed: str) -> Query:
    return Query(name=typed, limit=_FIRST_TEN)


@contextmanager
def _embedded() -> Iterator[SearchIndex]:
    with tempfile.TemporaryDirectory() as folder, closing(SqliteIndex(Path(folder) / "index.db")) as index:
        yield index


@contextmanager
def _on_elasticsearch() -> Iterator[SearchIndex]:
    with tempfile.TemporaryDirectory() as folder, archive_on_elasticsearch(Path(folder) / "archive", NAME) as (_, index):
        yield index
    remove_index(NAME)


_INDEXES: dict[str, Callable[[], AbstractContextManager[SearchIndex]]] = {
    "sqlite": _embedded,
    "elasticsearch": _on_elasticsearch,
}


def invent_families(rng: random.Random, count: int) -> tuple[str, ...]:
    """Policy numbers in all layouts, in families of FAMILY that follow one another."""
    values: dict[str, None] = {}
    while len(values) < count:
        first = numbers.policy_number(rng, rng.choice(("property", "life", "lettered", "digits")), rng.randint(1996, 2019))
        values.update(dict.fromkeys(numbers.neighbour(first, step) for step in range(FAMILY)))
    return tuple(values)[:count]


def invent_names(rng: random.Random, count: int) -> tuple[str, ...]:
    """Different Chinese names, a sixth of two characters, one in fifty with a compound surname."""
    values: dict[str, None] = {}
    while len(values) < count:
        family = rng.choice(words.COMPOUND_SURNAMES if rng.random() < 1 / 50 else words.SURNAMES)
        middle = rng.choice(GIVEN) if rng.random() < 5 / 6 else ""
        values[family + middle + rng.choice(GIVEN)] = None
    return tuple(values)


def _confused(rng: random.Random, number: str) -> str | None:
    places = [place for place, character in enumerate(number) if character in _READ_FOR]
    if not places:
        return None
    place = rng.choice(places)
    return number[:place] + rng.choice(_READ_FOR[number[place]]) + number[place + 1 :]


def _repeat_dropped(rng: random.Random, number: str) -> str | None:
    places = [place for place in range(1, len(number)) if number[place] == number[place - 1]]
    if not places:
        return None
    place = rng.choice(places)
    return number[:place] + number[place + 1 :]


def _confused_and_dropped(rng: random.Random, number: str) -> str | None:
    """One confusion, and in every second number that has a repeated character one of these dropped."""
    dropped = _repeat_dropped(rng, number) if rng.random() < 1 / 2 else None
    return _confused(rng, dropped or number)


def _twice(damage: Damage) -> Damage:
    return lambda rng, value: damage(rng, once) if (once := damage(rng, value)) else None


def wrong_digit(rng: random.Random, number: str) -> str:
    place = rng.choice([place for place, character in enumerate(number) if character.isdigit()])
    return number[:place] + rng.choice([digit for digit in "0123456789" if digit != number[place]]) + number[place + 1 :]


def _missing(rng: random.Random, value: str) -> str:
    place = rng.randrange(len(value))
    return value[:place] + value[place + 1 :]


def _extra(rng: random.Random, number: str) -> str:
    place = rng.randrange(len(number) + 1)
    return number[:place] + rng.choice("0123456789") + number[place:]


def _swapped(rng: random.Random, value: str) -> str | None:
    places = [place for place in range(len(value) - 1) if value[place] != value[place + 1]]
    place = rng.choice(places)
    return value[:place] + value[place + 1] + value[place] + value[place + 2 :]


def _unknown(rng: random.Random, value: str) -> str:
    place = rng.randrange(len(value))
    return value[:place] + "?" + value[place + 1 :]


NUMBER_DAMAGE: dict[str, Damage] = {
    "as it is": lambda _, number: number,
    "separators, small letters": lambda _, number: "-".join((number[:4], number[4:8], number[8:])).lower(),
    "one confusion": _confused,
    "one confusion, up to one dropped repeat": _confused_and_dropped,
    "two confusions": _twice(_confused),
    "two confusions, up to one dropped repeat": lambda rng, number: _confused(
        rng, _confused_and_dropped(rng, number) or number
    ),
    "two dropped repeats": _twice(_repeat_dropped),
    "one wrong digit": wrong_digit,
    "one missing": _missing,
    "one extra": _extra,
    "two neighbours swapped": _swapped,
    "one unknown (?)": _unknown,
    "two unknown (??)": _twice(lambda rng, number: _unknown(rng, number)),
    "two wrong digits": _twice(wrong_digit),
    "its last 8": lambda _, number: number[-8:],
}


def _traditional(_: random.Random, name: str) -> str | None:
    converted = "".join(_TRADITIONAL.convert(character) for character in name)
    return converted if converted != name else None


def _homophone(rng: random.Random, name: str) -> str | None:
    """One character as another of the same sound."""
    places = [place for place in range(1, len(name)) if len(_SOUNDING.get(_said(name[place]), "")) > 1]
    if not places:
        return None
    place = rng.choice(places)
    others = _SOUNDING[_said(name[place])].replace(name[place], "")
    return name[:place] + rng.choice(others) + name[place + 1 :]


def _lookalike(rng: random.Random, name: str) -> str | None:
    places = [place for place, character in enumerate(name) if character in _LOOKS_LIKE]
    if not places:
        return None
    place = rng.choice(places)
    return name[:place] + rng.choice(_LOOKS_LIKE[name[place]]) + name[place + 1 :]


def wrong_character(rng: random.Random, name: str) -> str | None:
    place = rng.randrange(len(name))
    return name[:place] + rng.choice(GIVEN) + name[place + 1 :] if len(name) > 2 else None


def _said(character: str) -> str:
    said: str = lazy_pinyin(character, v_to_u=False)[0]
    return said


def _syllables(name: str) -> list[str]:
    return list(lazy_pinyin(name, v_to_u=False))


_TRADITIONAL = OpenCC("s2t")
_SOUNDING: dict[str, str] = {}
for _character in dict.fromkeys(GIVEN):
    _SOUNDING[_said(_character)] = _SOUNDING.get(_said(_character), "") + _character

NAME_DAMAGE: dict[str, Damage] = {
    "as it is": lambda _, name: name,
    "spaced": lambda _, name: "　".join(name),
    "traditional": _traditional,
    "full pinyin": lambda _, name: "".join(_syllables(name)),
    "pinyin, words": lambda _, name: " ".join(_syllables(name)).title(),
    "pinyin, family name last": lambda _, name: " ".join((*_syllables(name)[1:], _syllables(name)[0])),
    "homophone": _homophone,
    "look-alike": _lookalike,
    "one unknown (?)": lambda rng, name: _unknown(rng, name) if len(name) > 2 else None,
    "one wrong character": wrong_character,
    "one missing": lambda rng, name: _missing(rng, name) if len(name) > 2 else None,
    "initials": lambda _, name: "".join(syllable[0] for syllable in _syllables(name)),
}


def _number_record(number: str, value: str) -> IndexRecord:
    return _record(number, tokens_of_number(KEY, value))


def _name_record(number: str, value: str) -> IndexRecord:
    return _record(number, tokens_of_name(KEY, value))


def _record(document_id: str, tokens: tuple[SearchToken, ...]) -> IndexRecord:
    box = upright(100, 200, 400, 230)
    return IndexRecord(document_id, "claim_application", (), tuple(PlacedToken(token, 1, box) for token in tokens))


def _trial(
    rng: random.Random,
    values: tuple[str, ...],
    searches: int,
    damages: dict[str, Damage],
    record: Callable[[str, str], IndexRecord],
    query: Callable[[str], Query],
) -> Trial:
    known = {value: f"D-{number:06}" for number, value in enumerate(values)}
    drawn = rng.sample(values, min(searches, len(values)))
    typed = {kind: tuple((damage(rng, value), value) for value in drawn) for kind, damage in damages.items()}
    # What was damaged into another known value is a question for that one.
    questions = {
        kind: tuple((text, value) for text, value in pairs if text is not None and (text == value or text not in known))
        for kind, pairs in typed.items()
    }
    return Trial(known, questions, record, query)


def _filled(index: SearchIndex, trial: Trial) -> dict[str, object]:
    records = [trial.record(document_id, value) for value, document_id in trial.known.items()]
    began = time.perf_counter()
    index.put_all(records)
    index.refresh()
    seconds = time.perf_counter() - began
    size: dict[str, object] = {
        "records": len(records),
        "tokens_per_record": round(mean(len(each.tokens) for each in records), 1),
        "put_ms": round(1000 * seconds / len(records), 2),
    }
    print(size)
    return size


def _searched(
    index: SearchIndex, trial: Trial, first: dict[str, tuple[Outcome, ...]]
) -> tuple[dict[str, Figures], dict[str, tuple[Outcome, ...]]]:
    """Figures and outcomes by the manner of damage; *first* are the outcomes of the index that others are compared with."""
    figures, outcomes = {}, {}
    for kind, questions in trial.questions.items():
        outcomes[kind] = tuple(_asked(index, trial, typed, value) for typed, value in questions)
        figures[kind] = _figures(kind, outcomes[kind], first.get(kind, outcomes[kind]))
        print(_line(figures[kind]), flush=True)
    return figures, outcomes


def _asked(index: SearchIndex, trial: Trial, typed: str, value: str) -> Outcome:
    began = time.perf_counter()
    results = find(index, KEY, trial.query(typed))
    return _outcome(results, trial.known[value], time.perf_counter() - began)


def _told(figures: Figures) -> dict[str, object]:
    return {name: getattr(figures, name) for name in Figures.__dataclass_fields__ if name != "kind"}


def _missed(goals: dict[str, dict[str, float]], figures: dict[str, Figures]) -> Iterator[str]:
    for kind, least in goals.items():
        for name, share in least.items():
            if getattr(figures[kind], name) < share:
                yield f"{kind}: {name} {getattr(figures[kind], name)}, goal {share}"
        if kind in NUMBER_DAMAGE and figures[kind].candidates > MOST_CANDIDATES:
            yield f"{kind}: {figures[kind].candidates} candidates, goal {MOST_CANDIDATES}"
    for kind, every in figures.items():
        if every.neighbours_exact:
            yield f"{kind}: {every.neighbours_exact} neighbours called exact"


def _outcome(results: SearchResults, right: str, seconds: float) -> Outcome:
    hits: dict[str, tuple[int, Hit]] = {hit.document_id: (rank, hit) for rank, hit in enumerate(results.hits, start=1)}
    rank, hit = hits.get(right, (None, None))
    neighbours = [other for other in results.hits if other.document_id != right]
    return Outcome(
        rank=rank,
        shown=results.total,
        neighbour_exact=any(other.tier is MatchTier.EXACT for other in neighbours),
        tier=hit.tier if hit else None,
        hits=tuple((each.document_id, each.tier) for each in results.hits),
        seconds=seconds,
    )


def _figures(kind: str, outcomes: Sequence[Outcome], first: Sequence[Outcome]) -> Figures:
    took = quantiles((outcome.seconds * 1000 for outcome in outcomes), n=20)
    tiers = [outcome.tier for outcome in outcomes]
    return Figures(
        kind=kind,
        searches=len(outcomes),
        first=round(mean(outcome.rank == 1 for outcome in outcomes), 4),
        in_ten=round(mean(outcome.rank is not None for outcome in outcomes), 4),
        candidates=round(mean(outcome.shown for outcome in outcomes), 2),
        neighbours_exact=sum(outcome.neighbour_exact for outcome in outcomes),
        otherwise=sum(
            ours.hits != theirs.hits or ours.shown != theirs.shown for ours, theirs in zip(outcomes, first, strict=True)
        ),
        p50_ms=round(took[9], 2),
        p95_ms=round(took[18], 2),
        tiers={"none" if tier is None else tier.value: tiers.count(tier) for tier in (*MatchTier, None)},
    )


def _line(figures: Figures) -> str:
    return (
        f"{figures.kind:42}{figures.searches:6}  first {figures.first:.4f}  in ten {figures.in_ten:.4f}  "
        f"shown {figures.candidates:7.2f}  neighbours exact {figures.neighbours_exact}  "
        f"otherwise {figures.otherwise}  "
        f"p50 {figures.p50_ms:6.2f} ms  p95 {figures.p95_ms:6.2f} ms"
    )


if __name__ == "__main__":
    main()
