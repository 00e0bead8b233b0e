"""Hostile PDFs, both ways: what `redact` leaves of each, and whether `verify-redaction` finds what each still tells.

    python -m bench.redaction_hostile [--seed 3] [--readings FILE] [--keep FOLDER] [CASE...]

Each file (bench/hostile) holds six secrets of an invented person in one way in which redactions failed. (1) It is redacted by
the code of `claimkeep redact`; then the values are sought in every byte of the copy with all streams inflated, in every
string, in the text of two extractors and in its pixels, and where those differ from an empty form, by reading it at three
scales, with all contrast, turned and mirrored. (2) The verifier gets the file as if somebody had redacted it, with the truth
of its original, and must find it; files that hide well must pass. The published files of ../shared/samples/open/redaction are
judged, too. The engine's readings are kept in FILE, so that a second run takes a minute. Prints a table, writes
bench/results/redaction_hostile.json; exits with 1 where a goal is missed.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2

from bench.hostile.cases import CASES, Case
from bench.hostile.form import Form
from bench.hostile.honest import CONTROLS
from bench.hostile.judging import AUDIENCE, Judged, Redacted, judged, redacted
from bench.hostile.letters import visible, visible_as_a_scan
from bench.hostile.readings import Remembering
from bench.results import ROOT, save
from claimkeep.try_out import redacted_copy
from schemas.page import EngineVersion, PageText
from workers.tools import Tools, load_tools

_READINGS = ROOT / ".cache" / "hostile_readings.json"
_SAMPLES = ROOT.parent / "shared" / "samples" / "open" / "redaction"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, both ways."""

    case: Case
    redacted: Redacted
    judged: Judged


def main() -> None:
    options = _options()
    engine = Remembering((loaded := load_tools()).engine, options.readings)
    tools, form = replace(loaded, engine=engine), Form.of(options.seed)
    chosen = [case for case in CASES if not options.cases or case.name in options.cases]
    try:
        outcomes = list(_outcomes(chosen, form, tools, engine, options.keep))
        controls = list(_controls(form, tools)) if not options.cases else []
        published = list(_published(tools)) if not options.cases else []
    finally:
        engine.save()
    figures = _figures(outcomes, controls, published)
    if not options.cases:
        save("redaction_hostile", figures)
    print(_summary(figures))
    sys.exit(not _is_met(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only these, and nothing is written")
    parser.add_argument("--seed", type=int, default=3, help="whose form it is")
    parser.add_argument("--readings", type=Path, default=_READINGS, metavar="FILE", help="where the engine's readings are kept")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the hostile files are left")
    return parser.parse_args()


def _outcomes(cases: list[Case], form: Form, tools: Tools, engine: Remembering, keep: Path | None) -> Iterator[Outcome]:
    print("| way of hiding badly | left by `redact` | found by `verify-redaction` |\n| --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for case in cases:
            outcome = _outcome(case, form, tools, folder / f"{case.group}-{case.name}.pdf")
            print(_row(outcome), flush=True)
            engine.save()
            yield outcome


def _outcome(case: Case, form: Form, tools: Tools, file: Path) -> Outcome:
    data = case.make(form)
    file.write_bytes(data)
    return Outcome(case, redacted(file, form, tools), judged(data, (form.truth(),), form.entities(), tools))


def _controls(form: Form, tools: Tools) -> Iterator[tuple[str, Judged]]:
    """Files that hide well, by others and by `redact`."""
    for make in CONTROLS:
        yield make.__name__, _told(make.__name__, judged(make(form), (form.truth(),), form.entities(), tools))
    yield from _our_own(form, tools)


def _our_own(form: Form, tools: Tools) -> Iterator[tuple[str, Judged]]:
    with tempfile.TemporaryDirectory() as scratch:
        for make in (visible, visible_as_a_scan):
            file = Path(scratch) / "form.pdf"
            file.write_bytes(make(form))
            copy = redacted_copy(file, tools, AUDIENCE, quiet=True)
            name = f"redact of {make.__name__}"
            yield name, _told(name, judged(copy.pdf, (form.truth(),), form.entities(), tools))


def _told(name: str, verdict: Judged) -> Judged:
    print(f"hides well: {name}: {', '.join(verdict.checks) or verdict.refused or 'passes'}", flush=True)
    return verdict


def _published(tools: Tools) -> Iterator[bool]:
    """For each published file with an expectation, whether the verdict about covered text is as its makers say."""
    expected = json.loads((_SAMPLES / "expectations.json").read_text("utf-8")) if _SAMPLES.is_dir() else {}
    for name, each in expected.items():
        if "bad_redactions" in each:
            verdict = judged((_SAMPLES / name).read_bytes(), _unread(_SAMPLES / name), (), tools)
            covered = [check for check in verdict.checks if check in {"hidden_text", "structure: marks laid over the page"}]
            print(f"published: {name}: {each['bad_redactions']} bad: {', '.join(verdict.checks) or 'passes'}", flush=True)
            yield bool(covered) == bool(each["bad_redactions"])


def _unread(file: Path) -> tuple[PageText, ...]:
    """Pages of which nothing is known: nobody says what the original held."""
    with pypdfium2.PdfDocument(file) as pdf:
        return tuple(PageText(at + 1, 1, 1, 72, 0, (), EngineVersion("none", "0")) for at in range(len(pdf)))


def _row(outcome: Outcome) -> str:
    done = outcome.redacted
    left = ", ".join(done.left) or (f"withheld ({done.withheld})" if done.withheld else "nothing")
    found = ", ".join(outcome.judged.checks) or f"**nothing** {outcome.judged.refused}".rstrip()
    return f"| {outcome.case.group}: {outcome.case.name.replace('_', ' ')} | {left} | {found} |"


def _figures(outcomes: list[Outcome], controls: list[tuple[str, Judged]], published: list[bool]) -> dict[str, float]:
    return {
        "files": len(outcomes),
        "planted_values": 6 * len(outcomes),
        "copies_with_something_left": sum(bool(each.redacted.left) for each in outcomes),
        "copies_withheld": sum(bool(each.redacted.withheld) for each in outcomes),
        "copies_read_again_by_the_engine": sum(bool(each.redacted.readings) for each in outcomes),
        "found_by_the_verifier": sum(each.judged.found for each in outcomes),
        "files_that_hide_well": len(controls),
        "of_these_that_pass": sum(not each.found and not each.refused for _, each in controls),
        "published_files": len(published),
        "of_these_judged_as_their_makers_say": sum(published),
    }


def _summary(figures: dict[str, float]) -> str:
    return "\n" + "\n".join(f"{name.replace('_', ' ')}: {value:.0f}" for name, value in figures.items())


def _is_met(figures: dict[str, float]) -> bool:
    return (
        figures["copies_with_something_left"] == 0
        and figures["found_by_the_verifier"] == figures["files"]
        and figures["of_these_that_pass"] == figures["files_that_hide_well"]
        and figures["of_these_judged_as_their_makers_say"] == figures["published_files"]
    )


if __name__ == "__main__":
    main()
