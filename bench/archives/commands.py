"""The commands, each in a process of its own, from the tree that this file is in."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.console import DONE, SOME_FAILED
from archive.settings import SETTINGS_FILE

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "from claimkeep.cli import main; main(prog_name='claimkeep')")
NO_SCANS = ("*.json", "*.jsonl", "*.csv", "*.tsv", "*.txt", "*.md")
"""Ground truth, licences and notes, which lie beside samples."""
CUSTODY = ("--source", "bench", "--box", "bench", "--operator", "bench")


@contextmanager
def home_or_temporary(home: Path | None) -> Iterator[Path]:
    """*home*, which is kept, or a folder that is gone afterwards."""
    if home is not None:
        yield home.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="claimkeep-bench-") as folder:
        yield Path(folder) / "archive"


def is_archive(home: Path) -> bool:
    return (home / SETTINGS_FILE).exists()


def init(home: Path) -> None:
    run("init", "--home", str(home))


def ingest(home: Path, paths: Sequence[Path]) -> dict[str, Any]:
    """Take in *paths* as one batch; gives what the command prints as JSON. That files are refused is no error here."""
    exclude = [word for pattern in NO_SCANS for word in ("--exclude", pattern)]
    printed = run("ingest", *map(str, paths), *CUSTODY, *exclude, "--json", "--home", str(home))
    result: dict[str, Any] = json.loads(printed)
    return result


def start_work(home: Path, processes: int) -> "subprocess.Popen[bytes]":
    """Start `claimkeep work`; its progress goes to standard error, what it reports at the end nowhere."""
    words = (*COMMAND, "work", "--processes", str(processes), "--home", str(home))
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603


def run(*arguments: str) -> str:
    """Standard output of one command; CalledProcessError where it could not go on."""
    done = subprocess.run((*COMMAND, *arguments), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode not in {DONE, SOME_FAILED}:
        raise subprocess.CalledProcessError(done.returncode, arguments)
    return done.stdout


@contextmanager
def started(program: Sequence[str]) -> "Iterator[subprocess.Popen[bytes]]":
    """*program* in a session of its own, so that all of it can be killed at once; what is left of it at the end is."""
    process = subprocess.Popen(  # noqa: S603 - this Python, and words of our own
        program, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
