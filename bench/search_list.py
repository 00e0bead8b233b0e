"""How soon is a list of a thousand rows answered, and is the right document first where something is wrong with the row?

Ten thousand generated documents go into the embedded index, beside a catalog that knows them. A list of rows, each with one or
two of its document's number, name and day of the loss, damaged as in bench/search.py, goes through the HTTP service as a
signed-in user. Prints a table and writes bench/results/search_list.json.

    python -m bench.search_list [--records 10000] [--rows 1000] [--seed 7]

Goal: a thousand rows in sixty seconds.
"""

import argparse
import csv
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from archive.wiring import create_archive
from bench.indexing import catalog
from bench.indexing.records import Template, copies, document_id, make_templates
from bench.indexing.service import service
from bench.results import flat, save
from bench.search import NAME_DAMAGE, NUMBER_DAMAGE

GOAL_SECONDS_A_THOUSAND = 60
HEADINGS = ("序号", "被保险人", "报案号", "出险日期")
_UNLIMITED = "[access]\nsearches_a_minute = 0\nlist_rows_a_day = 0\n"

_NUMBER_DAMAGES = (
    "separators, small letters", "one confusion", "one confusion, up to one dropped repeat", "one wrong digit", "one missing",
    "one extra", "two neighbours swapped", "one unknown (?)",
)  # fmt: skip
_NAME_DAMAGES = (
    "as it is",
    "spaced",
    "traditional",
    "full pinyin",
    "homophone",
    "look-alike",
    "one unknown (?)",
    "one wrong character",
)

Cells = tuple[str, str, str]
"""Name, number and date of one row; "" where it has none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: of which kind, what is typed, and the document that is meant."""

    kind: str
    cells: Cells = field(repr=False)
    right: str


@dataclass(frozen=True, slots=True)
class Answered:
    """`documents` that the result tells of one row, the best first, and how many there are."""

    documents: tuple[str, ...]
    candidates: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with create_archive(home, settings=_UNLIMITED) as archive:
            templates = make_templates(archive.search_key, options.seed, options.records)
            archive.index.put_all(copies(templates, options.records))
            catalog.fill(archive, templates, options.records)
            token = catalog.add_user(archive)
        asked = _asked(random.Random(options.seed), templates, options.rows)
        data, seconds = _answer(home, token, asked)
    answered = _read(data, len(asked))
    kinds = {kind: _figures(kind, asked, answered) for kind in _KINDS}
    figures = {"rows": len(asked), "seconds": seconds, "rows_a_second": len(asked) / seconds}
    figures |= {"right_first": mean(_is_first(*each) for each in zip(asked, answered, strict=True))}
    print(f"{figures['rows']} rows in {seconds:.1f} s, {figures['rows_a_second']:.1f} a second")
    save("search_list", flat({"seed": options.seed, "records": options.records, **figures, **kinds}))
    sys.exit(1 if seconds > GOAL_SECONDS_A_THOUSAND * len(asked) / 1_000 else 0)


def _number(rng: random.Random, template: Template) -> str:
    return NUMBER_DAMAGE[rng.choice(_NUMBER_DAMAGES)](rng, template.number) or template.number


def _name(rng: random.Random, template: Template) -> str:
    return NAME_DAMAGE[rng.choice(_NAME_DAMAGES)](rng, template.name) or template.name


def _month(_: random.Random, template: Template) -> str:
    return template.day[:7]


_KINDS: dict[str, Callable[[random.Random, Template], Cells]] = {
    "number": lambda rng, template: ("", _number(rng, template), ""),
    "number and name": lambda rng, template: (_name(rng, template), _number(rng, template), ""),
    "name and day": lambda rng, template: (_name(rng, template), "", template.day),
    "name and month": lambda rng, template: (_name(rng, template), "", _month(rng, template)),
    "number and day": lambda rng, template: ("", _number(rng, template), template.day),
}


def _asked(rng: random.Random, templates: tuple[Template, ...], rows: int) -> list[Asked]:
    """All kinds in turn."""
    kinds = [*_KINDS.items()]
    places = [rng.randrange(len(templates)) for _ in range(rows)]
    turns = [(kinds[number % len(kinds)], place) for number, place in enumerate(places)]
    return [Asked(kind, ask(rng, templates[place]), document_id(place)) for (kind, ask), place in turns]


def _answer(home: Path, token: str, asked: Iterable[Asked]) -> tuple[bytes, float]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *((number, *each.cells) for number, each in enumerate(asked, start=1))])
    with service(home, token, None) as running:
        running.client.post("/api/search/list", content=b"name\nliudehua\n").raise_for_status()  # loads what is loaded once
        began = time.perf_counter()
        reply = running.client.post("/api/search/list", content=text.getvalue().encode(), timeout=600)
        seconds = time.perf_counter() - began
    reply.raise_for_status()
    return reply.content, seconds


def _read(data: bytes, rows: int) -> list[Answered]:
    found: dict[int, list[str]] = {number: [] for number in range(1, rows + 1)}
    candidates = dict.fromkeys(found, 0)
    for line in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        number = int(line["序号"])
        candidates[number] = int(line["candidates"])
        found[number] += [line["document"]] if line["document"] else []
    return [Answered(tuple(documents), candidates[number]) for number, documents in found.items()]


def _is_first(asked: Asked, answered: Answered) -> bool:
    return answered.documents[:1] == (asked.right,)


def _figures(kind: str, asked: list[Asked], answered: list[Answered]) -> dict[str, float]:
    of_kind = [(each, found) for each, found in zip(asked, answered, strict=True) if each.kind == kind]
    figures = {
        "rows": len(of_kind),
        "right_first": mean(_is_first(*each) for each in of_kind),
        "right_shown": mean(each.right in found.documents for each, found in of_kind),
        "candidates": mean(found.candidates for _, found in of_kind),
    }
    print(
        f"{kind:18}{figures['rows']:6}  first {figures['right_first']:.4f}  shown {figures['right_shown']:.4f}  "
        f"candidates {figures['candidates']:7.2f}"
    )
    return figures


if __name__ == "__main__":
    main()
