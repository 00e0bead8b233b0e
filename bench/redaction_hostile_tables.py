"""Hostile tables, both ways: what `redact` leaves of each, and whether `verify-redaction` finds what each still tells.

    python -m bench.redaction_hostile_tables [--keep FOLDER] [CASE...]

Each workbook or delimited text (bench/hostile_tables) holds five values of an invented person in one place where redactions
forget them. (1) It is redacted by the code of `claimkeep redact`; then the values are sought in every byte of the copy with all
parts inflated, and in its cells as openpyxl reads them. (2) The verifier gets the file as if somebody had redacted it, once
with its original and once without, and must find it. The same register with the values taken out must pass. Prints a table,
writes bench/results/redaction_hostile_tables.json; exits with 1 where a goal is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.hostile_tables.cases import CASES, Case
from bench.hostile_tables.judging import AUDIENCE, Redacted, judged, media_type_of, redacted
from bench.hostile_tables.register import redacted as hidden_well
from bench.hostile_tables.register import truth
from bench.results import save
from claimkeep.try_out import redacted_copy
from schemas.tables import XLSX
from workers.tools import Tools, load_tools


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, both ways."""

    case: Case
    redacted: Redacted
    judged: tuple[str, ...]
    judged_alone: tuple[str, ...]


def main() -> None:
    options = _options()
    tools = load_tools()
    chosen = [case for case in CASES if not options.cases or case.name in options.cases]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = list(_outcomes(chosen, tools, folder))
        passing = list(_passing(tools, folder))
    figures = _figures(outcomes, passing)
    if not options.cases:
        save("redaction_hostile_tables", figures)
    print("\n" + "\n".join(f"{name.replace('_', ' ')}: {value:.0f}" for name, value in figures.items()))
    sys.exit(not _is_met(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only these, and nothing is written")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the hostile files are left")
    return parser.parse_args()


def _outcomes(cases: list[Case], tools: Tools, folder: Path) -> Iterator[Outcome]:
    print("| way of hiding badly | left by `redact` | found by `verify-redaction` | without the original |")
    print("| --- | --- | --- | --- |", flush=True)
    for case in cases:
        outcome = outcome_of(case, tools, folder)
        print(_row(outcome), flush=True)
        yield outcome


def outcome_of(case: Case, tools: Tools, folder: Path) -> Outcome:
    data, media_type = case.make(), media_type_of(case.suffix)
    file = folder / f"{case.name}.{case.suffix}"
    file.write_bytes(data)
    return Outcome(
        case,
        redacted(file, tools),
        judged(data, media_type, tools),
        judged(data, media_type, tools, with_original=False),
    )


def _passing(tools: Tools, folder: Path) -> Iterator[tuple[str, ...]]:
    """What is found in the register with its values taken out, and in our own copy of it."""
    file = folder / "truth.xlsx"
    file.write_bytes(truth())
    for name, data in (("by hand", hidden_well()), ("redact", redacted_copy(file, tools, AUDIENCE, quiet=True).pdf)):
        found = judged(data, XLSX, tools)
        print(f"hides well: {name}: {', '.join(found) or 'passes'}", flush=True)
        yield found


def _row(outcome: Outcome) -> str:
    left = ", ".join(outcome.redacted.left) or (
        f"withheld ({outcome.redacted.withheld})" if outcome.redacted.withheld else "nothing"
    )
    found, alone = (", ".join(checks) or "**nothing**" for checks in (outcome.judged, outcome.judged_alone))
    return f"| {outcome.case.name.replace('_', ' ')} | {left} | {found} | {alone} |"


def _figures(outcomes: list[Outcome], passing: list[tuple[str, ...]]) -> dict[str, float]:
    return {
        "files": len(outcomes),
        "planted_values": 5 * len(outcomes),
        "copies_with_something_left": sum(bool(each.redacted.left) for each in outcomes),
        "copies_withheld": sum(bool(each.redacted.withheld) for each in outcomes),
        "found_by_the_verifier": sum(bool(each.judged) for each in outcomes),
        "found_without_the_original": sum(bool(each.judged_alone) for each in outcomes),
        "files_that_hide_well": len(passing),
        "of_these_that_pass": sum(not found for found in passing),
    }


def _is_met(figures: dict[str, float]) -> bool:
    return (
        figures["copies_with_something_left"] == figures["copies_withheld"] == 0
        and figures["found_by_the_verifier"] == figures["files"]
        and figures["of_these_that_pass"] == figures["files_that_hide_well"]
    )


if __name__ == "__main__":
    main()
