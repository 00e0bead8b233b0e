"""Fields and entities found on generated papers whose text is known exactly: extraction apart from reading.

    python -m bench.extraction_papers [--seeds 20] [--first 5000]

A value counts as hidden when entities of any kind cover all its characters that are no blanks, as named when those of its own
kind do. A field counts when its value is that of the truth, as printed or in normal form, signs and blanks apart. Writes
bench/results/extraction_papers.json.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.papers import KINDS, PageTruth, Paper, generate
from bench.results import flat, print_table, save
from schemas.claim import Extraction
from schemas.page import EngineVersion, PageText
from workers.extract.extractor import Extractor

_EXACT = EngineVersion("truth", "1")


@dataclass
class Tally:
    """Counts by name: `asked` and how many of them were `right`, or `hidden` and `named`."""

    classes: Counter[str] = field(default_factory=Counter)
    fields: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    entities: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def exact_text(truth: PageTruth) -> PageText:
    return PageText(truth.page_number, truth.width, truth.height, truth.dpi, truth.rotation, truth.lines, _EXACT)


def tally(extractor: Extractor, papers: Iterable[Paper]) -> Tally:
    counts = Tally()
    for paper in papers:
        pages = tuple(page.truth for page in paper.pages)
        found = extractor.extract([exact_text(page) for page in pages])
        counts.classes.update(asked=1, right=found.document_class == paper.document_class)
        _count_fields(counts, pages, found)
        for page in pages:
            _count_entities(counts, page, found)
    return counts


def _count_fields(counts: Tally, pages: Sequence[PageTruth], found: Extraction) -> None:
    wanted = {name: value for page in reversed(pages) for name, value in page.fields.items()}
    for name, value in wanted.items():
        given = found.fields.get(name)
        right = given is not None and _plain(given.value) in {_plain(value.value), _plain(value.canonical)}
        counts.fields[name].update(asked=1, right=right)


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text)


def _count_entities(counts: Tally, page: PageTruth, found: Extraction) -> None:
    text = exact_text(page).text
    starts = [0]
    for line in page.lines:
        starts.append(starts[-1] + len(line.text) + 1)
    here = [entity for entity in found.entities if entity.page_number == page.page_number]
    for wanted in page.entities:
        places = {starts[line] + place for line, start, end in wanted.places for place in range(start, end)}
        places = {place for place in places if not text[place].isspace()}
        hidden = places <= {place for entity in here for place in range(*entity.span)}
        named = places <= {place for entity in here if entity.kind == wanted.kind for place in range(*entity.span)}
        counts.entities[wanted.kind].update(asked=1, hidden=hidden, named=named)


def generated(seeds: Iterable[int]) -> Iterable[Paper]:
    return (generate(seed, kind, dpi=60) for seed in seeds for kind in KINDS)


def figures(counts: Tally) -> dict[str, object]:
    return {
        "class": _shares(counts.classes),
        "fields": {name: _shares(count) for name, count in sorted(counts.fields.items())},
        "entities": {name: _shares(count) for name, count in sorted(counts.entities.items())},
    }


def _shares(count: Counter[str]) -> dict[str, float]:
    asked = count["asked"]
    return {"asked": asked, **{name: round(count[name] / asked, 4) for name in count if name != "asked"}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=5000)
    arguments = parser.parse_args()
    counts = tally(Extractor(), generated(range(arguments.first, arguments.first + arguments.seeds)))
    print_table(flat(figures(counts)))
    save("extraction_papers", flat(figures(counts)))


if __name__ == "__main__":
    main()
