"""Each rule about who may import whom fails when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("claimkeep", "schemas", "archive", "ingest", "workers", "search_api")

BREACHES = [
    ("schemas/page.py", "import archive.errors", "One way down"),
    ("archive/ids.py", "import workers.steps.plan", "One way down"),
    ("search_api/answers.py", "import workers.steps.plan", "One way down"),
    ("ingest/sniff.py", "import workers.steps.plan", "Workers and intake do not meet"),
    ("workers/steps/plan.py", "import ingest.sniff", "Workers and intake do not meet"),
    ("workers/steps/plan.py", "import archive.store.filesystem", "Only wiring knows the adapters"),
    ("workers/redact/burn.py", "import sqlalchemy", "The database is known to the archive alone"),
    ("archive/finding.py", "import archive.index.elasticsearch", "Only wiring knows the adapters"),
    ("workers/pipeline.py", "import celery", "Servers are known to their adapters alone"),
    ("search_api/answers.py", "import elasticsearch", "Servers are known to their adapters alone"),
    ("workers/extract/normalise.py", "import onnxruntime", "OCR libraries stay in the recognizing room"),
    ("archive/ids.py", "import fastapi", "FastAPI stays in the search room"),
    ("archive/certificates/checking.py", "import archive.holdings", "A certificate is checked without an archive"),
    ("workers/verify/page.py", "import workers.redact.masks", "The verifier shares no decision with the redactor"),
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    for room in ROOMS:
        shutil.copytree(PROJECT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "*.txt", "*.onnx"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def test_the_project_keeps_the_rules(checkout):
    result = lint(checkout)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("file", "line", "rule"), BREACHES, ids=[f"{file}: {line}" for file, line, _ in BREACHES])
def test_a_breach_is_found(checkout, file, line, rule):
    path = checkout / file
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n{line}\n", "utf-8")
    try:
        result = lint(checkout)
    finally:
        path.write_text(before, "utf-8")
    assert result.returncode != 0
    assert f"{rule} BROKEN" in result.stdout
