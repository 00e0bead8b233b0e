"""`claimkeep doctor`: how every part of the archive is, and what to do."""

import shutil
import sys
from pathlib import Path

import click

from archive.console import CANNOT_GO_ON, exits_with_reason, home_option, json_option, print_json, print_table
from archive.errors import Unavailable
from archive.standing import PARTS, Examiner, Finding
from archive.wiring import Archive, open_archive
from schemas.reasons import remedy


@click.command()
@home_option
@json_option
@exits_with_reason
def doctor(home: Path, *, as_json: bool) -> None:
    """Ask every part of the archive whether it answers, and say what to do about those that do not (exit code 3)."""
    findings = _examine(home)
    if as_json:
        print_json({"ready": all(each.is_well for each in findings), "parts": [_row(each) for each in findings]})
    else:
        _print(findings)
    if not all(each.is_well for each in findings):
        sys.exit(CANNOT_GO_ON)


def _examine(home: Path) -> tuple[Finding, ...]:
    """An archive that cannot be opened is told by the part that kept it from being opened."""
    try:
        with open_archive(home) as archive:
            return (*Examiner(archive).examine(), *_other_engine(archive))
    except Unavailable as error:
        part = next((name for name, part in PARTS.items() if part.silent == error.reason), "archive")
        return (Finding(part, error.reason, error.detail),)


def _other_engine(archive: Archive) -> tuple[Finding, ...]:
    """Whether the second engine, where the settings ask for it, is on this machine: only those that work need it."""
    if not archive.settings.verify.other_engine_share:
        return ()
    missing = shutil.which("tesseract") is None
    return (Finding("other_engine", "engine_not_installed" if missing else None, "tesseract"),)


def _row(finding: Finding) -> dict[str, str | bool | None]:
    todo = None if finding.reason is None else remedy(finding.reason).en
    return {"part": finding.part, "well": finding.is_well, "reason": finding.reason, "detail": finding.detail, "todo": todo}


def _print(findings: tuple[Finding, ...]) -> None:
    print_table(("part", "state", ""), [(each.part, each.reason or "well", each.detail) for each in findings])
    for finding in findings:
        if finding.reason is not None:
            click.echo(f"\n{finding.part}: {remedy(finding.reason).en}")
