"""How fast is the search index filled, how large is it, and how soon does it answer through the HTTP API?

Fills Elasticsearch with a million generated records and the embedded index with a hundred thousand, each of a hundred tokens
and 120 words, beside a catalog that knows the documents; then asks the service, as a signed-in user, for a number, a name,
twenty days, and a phrase with all that is found counted by class; and for a number and a name with one character wrong, which
nothing answers exactly (`wrong`). Prints a table and writes bench/results/index.json. `filtered` is the same for somebody who
may see a thousand documents only, each named in the request.

    python -m bench.index [--records 1000000] [--embedded 100000] [--searches 300] [--visible 1000] [--seed 7] [--folder DIR]

A part that is left out keeps the figures that it has of the same commit.

Goals: 5,000 prepared records a second; 95 of 100 answers within 25 ms, with a character wrong within 40, phrases within 50
(embedded: 15 for a number or a name, 25, 40, 60). Ten
million records need some 20 GB of disk, half of them for the catalog.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import mean, quantiles
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from archive.index.elasticsearch import ElasticsearchIndex
from archive.index.elasticsearch_bulk import Operation, operation_of
from archive.index.port import SearchIndex
from archive.index.words import words_of
from archive.search_keys.key import SearchKey
from archive.wiring import create_archive
from bench.indexing import catalog
from bench.indexing.on_elasticsearch import admin_client, archive_on_elasticsearch, remove_index
from bench.indexing.records import Template, copies, document_id, make_templates
from bench.indexing.service import Question, Service, service
from bench.results import commit, flat, kept, save
from bench.search import wrong_character, wrong_digit
from schemas.record import IndexRecord

T = TypeVar("T")

NAME = "claimkeep-bench-index"
GOAL_PER_SECOND = 5_000
GOALS_MS = {"number": 25, "name": 25, "wrong_number": 40, "wrong_name": 40, "date_range": 25, "phrase_with_facets": 50}
GOALS_EMBEDDED_MS = GOALS_MS | {"number": 15, "name": 15, "phrase_with_facets": 60}

_OF_WHAT = frozenset({"machine", "commit"})
_AT_ONCE = 20_000
_WARM_UP = 150
_DAYS = 20
_SETTLE_SECONDS = 600
_UNLIMITED = "[access]\nsearches_a_minute = 0\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000, help="in Elasticsearch; 0 leaves it out")
    parser.add_argument("--embedded", type=int, default=100_000, help="in the embedded index; 0 leaves it out")
    parser.add_argument("--searches", type=int, default=300, help="of each kind")
    parser.add_argument("--visible", type=int, default=1_000, help="documents that the filtered searcher may see")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where the archives are made while it runs [default: the temporary folder]")
    options = parser.parse_args()
    figures: dict[str, Any] = {"seed": options.seed}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.embedded:
            figures["embedded"] = _embedded(Path(folder) / "embedded", options)
        if options.records:
            figures["elasticsearch"] = _elasticsearch(Path(folder) / "elasticsearch", options)
    save("index", {**_kept_of_this_commit(), **flat(figures)})
    sys.exit(1 if _missed(figures) else 0)


def _kept_of_this_commit() -> dict[str, float]:
    try:
        former = kept("index")
    except FileNotFoundError:
        return {}
    return {name: value for name, value in former.items() if name not in _OF_WHAT} if former["commit"] == commit() else {}


def _embedded(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    with create_archive(home, settings=_UNLIMITED) as archive:
        templates, figures = _described(archive.search_key, options.seed)
        figures |= _put_all(archive.index, copies(templates, options.embedded))
        archive.index.close()  # the last connection to close moves the write-ahead log into the file
        figures["records"] = options.embedded
        figures["bytes_per_record"] = (home / "index.db").stat().st_size / options.embedded
        catalog.fill(archive, templates, options.embedded)
        token = catalog.add_user(archive)
    return figures | _answers(home, token, templates, options)


def _elasticsearch(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    with archive_on_elasticsearch(home, NAME, _UNLIMITED) as (archive, index):
        templates, figures = _described(archive.search_key, options.seed)
        figures |= _put_all(index, copies(templates, min(options.records, _AT_ONCE)))
        figures |= _put_prepared(index, copies(templates, options.records), options.records)
        with admin_client() as client:
            figures |= _settled(client, index)
        catalog.fill(archive, templates, options.records)
        token = catalog.add_user(archive)
    figures |= _answers(home, token, templates, options)
    remove_index(NAME)
    return figures


def _described(key: SearchKey, seed: int) -> tuple[tuple[Template, ...], dict[str, Any]]:
    """The templates, with the speed at which records are described, and their size."""
    templates, seconds = _timed(lambda: make_templates(key, seed))
    records = [template.record for template in templates]
    figures = {
        "describe_per_second": len(templates) / seconds,
        "tokens_per_record": mean(len(record.tokens) for record in records),
        "words_per_record": mean(sum(len(words_of(page.text)) for page in record.texts) for record in records),
        "pages_per_record": mean(len(record.texts) for record in records),
    }
    _print(figures)
    return templates, figures


def _put_all(index: SearchIndex, records: Iterable[IndexRecord]) -> dict[str, Any]:
    """Records as a worker has them. To copy them takes no part in it."""
    seconds, done = 0.0, 0
    for part in _parts(records):
        seconds += _timed(lambda part=part: index.put_all(part))[1]  # type: ignore[misc]
        done += len(part)
        _print({"put": done, "put_all_per_second": done / seconds})
    index.refresh()
    return {"put_all_per_second": done / seconds}


def _put_prepared(index: ElasticsearchIndex, records: Iterable[IndexRecord], count: int) -> dict[str, Any]:
    """What is sent is made ready before: this is the speed of the index and of the way to it."""
    preparing, sending, done = 0.0, 0.0, 0
    for part in _parts(records):
        operations, seconds = _timed(lambda part=part: _prepared(part))  # type: ignore[misc]
        preparing += seconds
        sending += _timed(lambda operations=operations: index.put_prepared(operations))[1]  # type: ignore[misc]
        done += len(part)
        _print({"put": done, "of": count, "prepared_per_second": done / sending})
    index.refresh()
    return {"records": index.count(), "prepare_per_second": done / preparing, "prepared_per_second": done / sending}


def _prepared(records: Iterable[IndexRecord]) -> list[Operation]:
    return [operation_of(record) for record in records]


def _settled(client: Elasticsearch, index: ElasticsearchIndex) -> dict[str, Any]:
    """Wait until the server has merged what it will, and see what is left: how many segments, and how large."""
    until = time.monotonic() + _SETTLE_SECONDS
    while client.indices.stats(index=NAME, metric="merge")["_all"]["total"]["merges"]["current"] and time.monotonic() < until:
        time.sleep(1)
    client.indices.flush(index=NAME)
    total = client.indices.stats(index=NAME)["_all"]["total"]
    figures = {"segments": total["segments"]["count"], "bytes_per_record": total["store"]["size_in_bytes"] / index.count()}
    _print(figures)
    return figures


def _answers(home: Path, token: str, templates: tuple[Template, ...], options: argparse.Namespace) -> dict[str, Any]:
    rng = random.Random(options.seed)
    granted = frozenset(document_id(rng.randrange(len(templates))) for _ in range(options.visible))
    with service(home, token, None) as everything:
        figures = {"api": _asked(everything, templates, options)}
    with service(home, token, granted) as some:
        return figures | {"filtered": _asked(some, templates, options)}


def _asked(service: Service, templates: tuple[Template, ...], options: argparse.Namespace) -> dict[str, Any]:
    rng = random.Random(options.seed)
    drawn = rng.sample(templates, min(len(templates), _WARM_UP + options.searches))
    figures = {kind: _latency(service, [ask(template, rng) for template in drawn]) for kind, ask in _QUESTIONS.items()}
    for kind, latency in figures.items():
        _print({kind: latency["found"], "p50_ms": latency["p50_ms"], "p95_ms": latency["p95_ms"]})
    return figures


def _wrong_name(template: Template, rng: random.Random) -> Question:
    """A name that cannot be had wrong, such as one of two characters, as it is."""
    return {"name": wrong_character(rng, template.name) or template.name}


def _days(template: Template, _rng: random.Random) -> Question:
    first = date.fromisoformat(template.day)
    return {"from": template.day, "to": (first + timedelta(days=_DAYS - 1)).isoformat()}


_QUESTIONS: dict[str, Callable[[Template, random.Random], Question]] = {
    "number": lambda template, _: {"number": template.number},
    "name": lambda template, _: {"name": template.name},
    "wrong_number": lambda template, rng: {"number": wrong_digit(rng, template.number)},
    "wrong_name": _wrong_name,
    "date_range": _days,
    "phrase_with_facets": lambda template, _: {"text": template.phrase, "count_by_class": True},
}


def _latency(service: Service, questions: list[Question]) -> dict[str, float]:
    """The first questions, which fill caches, do not count."""
    asked = [service.milliseconds(question) for question in questions][_WARM_UP:]
    took = quantiles((milliseconds for milliseconds, _ in asked), n=20)
    return {"p50_ms": took[9], "p95_ms": took[18], "found": mean(found for _, found in asked)}


def _missed(figures: dict[str, Any]) -> list[str]:
    """Goals that were not reached, each printed."""
    missed = [
        f"{place} {kind}: {latency} ms, goal {goals[kind]}"
        for place, goals in (("embedded", GOALS_EMBEDDED_MS), ("elasticsearch", GOALS_MS))
        if place in figures
        for kind in goals
        if (latency := round(figures[place]["api"][kind]["p95_ms"], 1)) > goals[kind]
    ]
    rate = figures.get("elasticsearch", {}).get("prepared_per_second", GOAL_PER_SECOND)
    missed += [f"elasticsearch: {rate:.0f} prepared records a second, goal {GOAL_PER_SECOND}"] if rate < GOAL_PER_SECOND else []
    for each in missed:
        print(f"goal missed: {each}")
    return missed


def _parts(records: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(records)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


def _timed(do: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    value = do()
    return value, time.perf_counter() - began


def _print(figures: dict[str, Any]) -> None:
    print("  ".join(f"{name} {value:,.1f}".removesuffix(".0") for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
