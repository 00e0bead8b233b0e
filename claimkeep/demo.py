"""`claimkeep demo`: the main job on the sample documents, from scans to a claim that is found and a file that may be served."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from archive.catalog import derivatives, documents, intake
from archive.console import DONE, SOME_FAILED, exits_with_reason
from archive.errors import ArchiveError
from archive.settings import SETTINGS_FILE
from archive.wiring import open_archive
from claimkeep.cli import main

_SAMPLES = Path(__file__).resolve().parents[1] / "samples"
_CASE = "1"
"""The case of samples/papers whose papers the demo looks for."""


@click.command()
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), default="demo-archive", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="demo-output", show_default=True)
@click.option("--samples", type=click.Path(file_okay=False, exists=True, path_type=Path), default=_SAMPLES)
@exits_with_reason
def demo(home: Path, out: Path, samples: Path) -> None:
    """Take the sample documents through the whole way, find a claim by name, number and date, and export it redacted.

    What an earlier run has done stays: the second run is quick.
    """
    archive = ("--home", str(home))
    _title("1. Taking in the scans (sealed, hashed, accounted for)")
    if not (home / SETTINGS_FILE).exists():
        _run("init", *archive)
    if not _has_batch(home):
        custody = ("--source", "the clerk's external disk", "--box", "box 7", "--operator", "demo")
        _run("ingest", str(samples / "papers"), str(samples / "open"), *custody, *_NO_SCANS, *archive)
    _title("2. Reading, hiding, reading back, indexing")
    _run("work", *archive)
    _run("status", *archive)
    case = _case(samples)
    for title, arguments in (
        ("3. Finding the claim by name", ("--name", case["insured"])),
        ("4. By policy number, one character misread", ("--number", _misread(case["policy_number"]))),
        ("5. By month of the loss and name in pinyin", ("--date", case["loss_date"][:7], "--name", _pinyin(case["insured"]))),
    ):
        _title(title)
        _say("search", *arguments, "--limit", "3", *archive)
        _run("search", *arguments, "--limit", "3", *archive)
    _title("6. The redacted file for the successor's handler")
    exported = _export(home, out, case)
    if exported:
        _title("7. Proof for somebody who trusts nobody here: three files, and no archive")
        _prove(home, exported)
    _title("Where to look next")
    click.echo(f"  {exported}  the redacted claim; open it beside its original")
    click.echo("  make serve                    the same over HTTP, with a search page")
    click.echo(f"  .venv/bin/claimkeep audit verify --home {home}   that nobody touched the record of all this")
    click.echo("  .venv/bin/claimkeep --help    every command; docs/commands.md describes them")
    sys.exit(DONE if exported else SOME_FAILED)


# Ground truth, licences and notes lie beside the samples.
_NO_SCANS = tuple(word for pattern in ("*.json", "*.tsv", "*.txt", "*.md", "*.csv") for word in ("--exclude", pattern))


def _title(text: str) -> None:
    click.echo("\n" + click.style(text, bold=True))


def _say(*arguments: str) -> None:
    words = (f"'{word}'" if " " in word else word for word in arguments)
    click.echo(f"$ claimkeep {' '.join(words)}")


def _run(*arguments: str) -> int:
    """Run one command as a person would; files that are refused on the way are part of the show."""
    try:
        main.main(list(arguments), prog_name="claimkeep", standalone_mode=False)
    except SystemExit as ended:
        code = int(ended.code or 0)
        if code > SOME_FAILED:
            raise
        return code
    return DONE


def _has_batch(home: Path) -> bool:
    with open_archive(home) as archive, archive.catalog.read() as connection:
        return bool(intake.batch_ids(connection))


def _case(samples: Path) -> dict[str, str]:
    """Name, policy number and date of loss of the case, from the ground truth that lies beside the scans."""
    rows = [line.split("\t") for line in (samples / "papers/truth/index.tsv").read_text("utf-8").splitlines()[1:]]
    (name,) = [row[0] for row in rows if row[3] == _CASE and row[1] == "claim_application"][:1]
    truth: dict[str, Any] = json.loads((samples / "papers/truth" / Path(name).with_suffix(".json")).read_text("utf-8"))
    fields: dict[str, Any] = {}
    for page in truth["pages"]:
        fields |= page["fields"]
    return {name: str(fields[name]["canonical"]) for name in ("insured", "policy_number", "loss_date")}


def _misread(number: str) -> str:
    """The number as somebody reads it off a bad photocopy: the first 0, 1, 5 or 8 taken for a letter."""
    for index, char in enumerate(number):
        if char in "0158":
            return number[:index] + {"0": "O", "1": "I", "5": "S", "8": "B"}[char] + number[index + 1 :]
    return number


def _pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))


def _export(home: Path, out: Path, case: dict[str, str]) -> Path | None:
    """Export the first document of the case that is ready; the demo says so where none is."""
    out.mkdir(parents=True, exist_ok=True)
    for document_id in _ready_documents(home, case["policy_number"]):
        path = out / f"{document_id}-handler.pdf"
        certificate = str(path.with_suffix(".json"))
        arguments = ("export", document_id, "--audience", "handler", "--out", str(path), "--certificate", certificate)
        _say(*arguments)
        try:
            _run(*arguments, "--home", str(home))
        except ArchiveError as error:
            click.echo(f"{document_id}: {error.reason}")
            continue
        return path
    click.echo("None of the claim's documents is ready. See `claimkeep status`.")
    return None


def _prove(home: Path, exported: Path) -> None:
    key = str(exported.with_name("key.pem"))
    _say("certificate", "key", "--out", key)
    _run("certificate", "key", "--out", key, "--home", str(home))
    check = ("certificate", "verify", str(exported.with_suffix(".json")), str(exported), "--key", key)
    _say(*check)
    _run(*check)


def _ready_documents(home: Path, number: str) -> Sequence[str]:
    from archive.finding import find
    from schemas.query import Query

    with open_archive(home) as archive:
        hits = find(archive.index, archive.search_key, Query(number=number)).hits
        with archive.catalog.read() as connection:
            return [
                hit.document_id
                for hit in hits
                if documents.get(connection, hit.document_id).document_class == "claim_application"
                or any(each.state == "ready" for each in derivatives.current(connection, hit.document_id))
            ]
