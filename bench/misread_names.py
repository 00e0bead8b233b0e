"""Is a name found where one of its characters was misread? `python -m bench.misread_names [--pages N] [--seed S]`

N pages of names of two characters and N of three, much worn, others than `bench.confusions` learns from, are read as there.
Each name that was misread in one place is stored as it was read and asked for as it was printed.

`likely`   found as `likely`; `by_misreadings` those that only the measured confusions find so
`possible` found as `possible`, among near misses: of names of two characters these are next to none

Figures go to bench/results/misread_names.json.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from archive.search_keys.key import SearchKey
from archive.search_keys.names import ask_name, tokens_of_name
from bench.confusions import StripReader, name_characters
from bench.papers.name_pages import name_pages
from bench.results import print_table, save
from schemas.query import MatchTier

KEY = SearchKey(b"the bench's own search key")
_NAMES = frozenset({"CN_NAME"})


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how names are found that were misread in one character.")
    parser.add_argument("--pages", type=int, default=3, help="of names of two characters, and of three")
    parser.add_argument("--seed", type=int, default=850_000)
    options = parser.parse_args()
    reader, figures = StripReader(), dict[str, float]()
    for length in (2, 3):
        counts = Counter(_outcome(*name) for name in _misread(reader, options.seed, options.pages, length))
        figures |= _figures(f"of_{length}", counts)
    print_table(figures)
    save("misread_names", figures)


def _misread(reader: StripReader, seed: int, pages: int, length: int) -> Iterator[tuple[str, str]]:
    """Names as printed and as read, one character of which is wrong."""
    for page in islice(name_pages(seed, name_characters(), length), pages):
        for name, reading in reader.values(page, _NAMES):
            if len(reading.text) == length and sum(map(str.__ne__, name.text, reading.text)) == 1:
                yield name.text, reading.text


def _outcome(printed: str, read: str) -> str:
    """How what was *read* is found by what was *printed*: a tier, `misread`, or `lost`."""
    stored = {token.digest for token in tokens_of_name(KEY, read)}
    best = next((token for token in ask_name(KEY, printed) if token.digest in stored), None)
    if best is None:
        return "lost"
    return best.form if best.form == "misread" else best.tier.value


def _figures(name: str, counts: Counter[str]) -> dict[str, float]:
    count, likely = counts.total(), counts["misread"] + counts[MatchTier.LIKELY.value]
    return {
        f"{name}_names": count,
        f"{name}_likely": likely / count,
        f"{name}_by_misreadings": counts["misread"] / count,
        f"{name}_possible": counts[MatchTier.POSSIBLE.value] / count,
    }


if __name__ == "__main__":
    main()
