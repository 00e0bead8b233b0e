"""One batch of all sample documents: does every page come to an end, and do the hard files end as they should?

    python -m bench.samples [--home DIR] [--only FOLDER] [--processes N]

Takes in ../shared/samples without ground truth and notes, works until nothing waits, and compares each file of open/hard with
its expectations.json by the rules of bench/archives/hard_files.py. `--only hard` takes that folder alone. An archive that lies
in --home already is worked on to its end and looked at as it is. Exits with 1 where a page has not ended or a file ends in
another way than expected that is not explained. Writes bench/results/samples.json where all samples were taken.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles

from archive.console import print_table
from archive.wiring import Archive, open_archive
from bench import results
from bench.archives import commands
from bench.archives.contents import HeldFile, event_counts, held_files, totals
from bench.archives.hard_files import EXPLAINED, Became, ended, rules
from bench.archives.steps import StepClock, watch
from schemas.work import Stage

SAMPLES = commands.ROOT.parent / "shared" / "samples"
_FINAL = ("read", "blank", "failed")


@dataclass(frozen=True, slots=True)
class Judged:
    """One hard file, what it became and what was expected; `explained` says why another end is right."""

    name: str
    became: str
    expected: str
    is_as_expected: bool
    explained: str = ""

    @property
    def verdict(self) -> str:
        return "as expected" if self.is_as_expected else f"differs: {self.explained or 'not explained'}"


def main() -> None:
    options = _options()
    with commands.home_or_temporary(options.home) as home:
        if not commands.is_archive(home):
            commands.init(home)
            commands.ingest(home, _folders(options.samples, options.only))
        with open_archive(home) as archive:
            clock = StepClock(archive)
            seconds = watch(commands.start_work(home, options.processes), clock.look)
            files = list(held_files(archive))
            judged = list(_judge(archive, files, options.samples / "open"))
            figures = _counts(archive, files) | _pace(archive, clock, seconds) | _verdicts(judged)
    _print_others(files)
    _print_judged(judged)
    _report(figures, is_whole=options.only is None)
    sys.exit(figures["pages_final"] != figures["pages"] or bool(figures["hard_files_not_explained"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--only", help="take in only the folders of this name, such as hard")
    parser.add_argument("--home", type=Path, help="the archive to make, or one made before; it is kept")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def _folders(samples: Path, only: str | None) -> list[Path]:
    folders = [samples] if only is None else sorted(path for path in samples.rglob(only) if path.is_dir())
    if not folders or not samples.is_dir():
        sys.exit(f"there is no folder {only or ''} in {samples}")
    return folders


def _judge(archive: Archive, files: Sequence[HeldFile], samples: Path) -> Iterator[Judged]:
    """The hard files among *files*, in the order of their expectations; one without a rule must come to an end."""
    expectations: dict[str, dict[str, str]] = json.loads((samples / "hard" / "expectations.json").read_text("utf-8"))
    held, wanted = {file.path.name: file for file in files if file.path.parent.name == "hard"}, rules(samples)
    for name, told in expectations.items():
        if name in held:
            is_right = wanted.get(name, ended)(Became(archive, held[name]))
            yield Judged(name, _became(held[name]), told["expect"], is_right, EXPLAINED.get(name, ""))


def _became(file: HeldFile) -> str:
    if file.document is None:
        return f"{file.outcome} {file.reason}"
    parts = [" ".join(filter(None, (file.document.state, file.document.reason)))]
    parts += [f"{count} {state}" for state, count in Counter(page.state.value for page in file.pages).items()]
    turns = [str(page.rotation) for page in file.pages if page.rotation]
    parts += [f"turned {'/'.join(turns)}"] if turns else []
    return ", ".join((*parts, *file.document.remarks))


def _counts(archive: Archive, files: Sequence[HeldFile]) -> dict[str, float]:
    of_documents, of_pages = totals(archive)
    derivatives = Counter(made.state for file in files if file.outcome == "accepted" for made in file.derivatives)
    return {
        "files": len(files),
        **_named("files", Counter(file.outcome for file in files)),
        **_named("files_refused", Counter(file.reason or "" for file in files if file.outcome == "refused")),
        "documents": of_documents.total(),
        **_named("documents", of_documents),
        "pages": of_pages.total(),
        "pages_final": sum(of_pages[state] for state in _FINAL),
        **_named("pages", of_pages),
        **_named("derivatives", derivatives),
        "pages_ended_more_than_once": sum(
            count > 1 for (kind, *_), count in event_counts(archive).items() if kind in {f"page.{state}" for state in _FINAL}
        ),
    }


def _named(prefix: str, counts: Counter[str]) -> dict[str, float]:
    return {f"{prefix}_{name}": count for name, count in sorted(counts.items())}


def _pace(archive: Archive, clock: StepClock, seconds: float) -> dict[str, float]:
    """What this run did; nothing where the archive was done before."""
    pages = totals(archive)[1].total()
    if not clock.seconds:
        return {}
    stages = (_stage_seconds(stage, clock.of(stage)) for stage in Stage if len(clock.of(stage)) > 1)
    return {
        "work_seconds": seconds,
        "pages_per_minute": 60 * pages / seconds,
        **{name: value for figures in stages for name, value in figures.items()},
    }


def _stage_seconds(stage: Stage, seconds: Sequence[float]) -> dict[str, float]:
    """Of the steps that took long enough to be seen."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    values = {"mean": mean(seconds), "p50": cuts[9], "p95": cuts[18], "longest": seconds[-1]}
    return {f"{stage}_seconds_{name}": value for name, value in values.items()}


def _verdicts(judged: Sequence[Judged]) -> dict[str, float]:
    differ = [each for each in judged if not each.is_as_expected]
    return {
        "hard_files": len(judged),
        "hard_files_as_expected": len(judged) - len(differ),
        "hard_files_explained": sum(bool(each.explained) for each in differ),
        "hard_files_not_explained": sum(not each.explained for each in differ),
    }


def _print_others(files: Sequence[HeldFile]) -> None:
    """What did not come through whole, beside the hard files, which have their own table."""
    rows = [(file.path.name, _became(file)) for file in files if file.path.parent.name != "hard" and _is_of_note(file)]
    if rows:
        print_table(("other file", "became"), rows)
        print()


def _print_judged(judged: Sequence[Judged]) -> None:
    if judged:
        rows = [(each.name, each.became, each.expected, each.verdict) for each in judged]
        print_table(("file", "became", "expected", "verdict"), rows)
        print()


def _is_of_note(file: HeldFile) -> bool:
    return file.document is None or file.document.state != "complete" or any(made.state != "ready" for made in file.derivatives)


def _report(figures: dict[str, float], *, is_whole: bool) -> None:
    results.print_table(figures)
    if is_whole:
        results.save("samples", figures)


if __name__ == "__main__":
    main()
