"""`claimkeep reread`, `use-reading` and `confirm` as a person or a program calls them."""

import json
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.errors import Rejected
from claimkeep.cli import main
from tests.builders.read_documents import scan
from tests.fakes import two_engines
from tests.fakes.two_engines import FAILS, GOOD, NAME, NUMBER, PADDLE, POOR, USUAL
from workers import named_engines
from workers.commands import reading as reading_commands
from workers.commands import work as commands
from workers.running.pools import make_pool

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def run(*arguments: str | Path, said: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=said)


def answer(*arguments: str | Path, code: int = 0, said: str | None = None) -> dict:
    result = run(*arguments, "--json", said=said)
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def home(tmp_path):
    """An archive's options."""
    home = tmp_path / "home"
    answer("init", "--home", home)
    (home / "claimkeep.toml").write_text("[work]\nprocesses = 1\nretry_seconds = 0\n")
    return ("--home", home)


@pytest.fixture
def two(monkeypatch):
    """The commands with the fakes for engines."""
    for module in (commands, reading_commands):
        monkeypatch.setattr(module, "make_pool", partial(make_pool, load=two_engines.load))
    monkeypatch.setattr(named_engines, "engine_key", {"paddle": PADDLE.key(), "ppocr": USUAL.key()}.__getitem__)


def taken(tmp_path, home, *corners) -> str:
    (tmp_path / "scan.tif").write_bytes(scan(*corners))
    (item,) = answer("ingest", tmp_path / "scan.tif", "--source", "s", "--box", "b", "--operator", "o", *home)["items"]
    return item["document"]


@pytest.mark.slow
def test_pages_of_low_confidence_are_read_again_and_the_way_back_is_open(tmp_path, home, two):
    document = taken(tmp_path, home, POOR, GOOD, FAILS)
    answer("work", *home)
    asked = ("reread", "--where", "confidence<0.8", "--engine", "paddle", *home)

    planned = answer(*asked, "--dry-run")
    assert (planned["pages"], planned["documents"], planned["dry_run"]) == (2, 1, True)
    assert answer("show", document, *home)["derivatives"][0]["state"] == "ready"

    done = answer(*asked, code=1)
    assert {name: count for name, count in done["outcomes"].items() if count} == {"better": 1, "failed": 1}
    assert done["mean_confidence"] == {"before": 0.7533, "after": 0.95}
    assert done["kept"] == [{"document": document, "page_number": 3, "reason": "page_error"}]

    shown = answer("show", document, *home)
    versions = [(each["page_number"], each["version"], each["state"], each["current"]) for each in shown["readings"]]
    assert versions == [
        (1, 1, "read", False),
        (1, 2, "read", True),
        (2, 1, "read", True),
        (3, 1, "read", True),
        (3, 2, "failed", False),
    ]
    assert [(each["version"], each["state"]) for each in shown["derivatives"]] == [(2, "ready")]
    assert answer("pages", document, *home)["pages"][0]["version"] == 2
    assert "version 2, read, paddle/2/fake, 0.950 (current)" in run("show", document, *home).stdout

    assert answer(*asked[:2], "confidence<0.76", *asked[3:])["pages"] == 0  # it is surer by now

    assert answer("use-reading", document, "1", "1", *home)["changed"]
    refused = run("export", document, "--audience", "handler", "--out", tmp_path / "out.pdf", *home)
    assert refused.exit_code == 3
    assert refused.stderr.startswith("derivative_stale")
    assert not (tmp_path / "out.pdf").exists()
    assert answer("work", *home)["finished"]
    assert answer("export", document, "--audience", "handler", "--out", tmp_path / "out.pdf", *home)["document"] == document
    passed_over = run(*asked[:2], "version=1 and document=" + document + " and confidence<0.76", *asked[3:])
    assert "1 pages were read by this version of paddle before; --force reads them again" in passed_over.stdout
    assert answer("audit", "verify", *home)["intact"]


@pytest.mark.slow
def test_a_field_that_is_put_right_stays_whatever_is_read_later(tmp_path, home, two):
    document = taken(tmp_path, home, POOR)
    answer("work", *home)
    assert not answer("confirm", document, "insured", *home)["corrected"]
    assert answer("confirm", document, "policy_number", "--value", "-", *home, said=f"{NUMBER}9\n")["corrected"]
    answer("work", *home)
    answer("reread", "--where", "state=read", "--engine", "paddle", *home)
    fields = answer("show", document, *home)["fields"]
    assert (fields["policy_number"]["value"], fields["policy_number"]["provenance"]) == (f"{NUMBER}9", "confirmed")
    assert (fields["insured"]["value"], fields["insured"]["provenance"]) == (NAME, "confirmed")
    (hit,) = answer("search", "--number", f"{NUMBER}9", *home)["hits"]
    assert (hit["tier"], hit["fields"]["policy_number"]["provenance"]) == ("exact", "confirmed")


def test_an_engine_that_is_not_installed_is_said_before_any_page_is_touched(tmp_path, home, two, monkeypatch):
    def missing(name: str) -> str:
        raise Rejected("engine_not_installed", name)

    monkeypatch.setattr(named_engines, "engine_key", missing)
    result = run("reread", "--where", "state=read", "--engine", "paddle", *home)
    assert result.exit_code == 3
    assert result.stderr.startswith("engine_not_installed (paddle)")


def test_the_process_that_loads_an_engine_says_what_is_missing():
    if find_spec("paddleocr"):
        pytest.skip("paddleocr is installed here")
    with pytest.raises(Rejected) as error:
        named_engines.engine_key("paddle")
    assert error.value.reason == "engine_not_installed"


@pytest.mark.parametrize(
    ("where", "said"),
    [("confidance<0.8", "condition 1 names no field"), ("confidence<80", "from 0 to 1"), ("", "no condition")],
)
def test_a_filter_that_is_wrong_is_refused_with_what_is_expected(home, where, said):
    result = run("reread", "--where", where, "--engine", "paddle", *home)
    assert result.exit_code == 3
    assert result.stderr.startswith("bad_filter")
    assert said in result.stderr
    assert "confidence, engine, state, reason, class, document, batch, version" in result.stderr


@pytest.mark.parametrize("arguments", [("--where", "state=read"), ("--where", "state=read", "--engine", "eyes")])
def test_an_engine_must_be_named_and_known(home, arguments):
    assert run("reread", *arguments, *home).exit_code == 2


def test_an_empty_value_is_no_confirmation(home):
    assert run("confirm", "D-1", "insured", "--value", " ", *home).exit_code == 2
    assert run("confirm", "D-1", "shoe_size", "--value", "42", *home).exit_code == 2


@pytest.mark.slow
def test_the_real_engine_reads_a_page_again_when_forced(tmp_path, home):
    paper = SAMPLES / "papers" / "scan-038.jpg"
    (item,) = answer("ingest", paper, "--source", "s", "--box", "b", "--operator", "o", *home)["items"]
    answer("work", *home)
    asked = ("reread", "--where", "state=read", "--engine", "ppocr", *home)
    assert answer(*asked)["already_read"] == 1
    done = answer(*asked, "--force")
    assert {name: count for name, count in done["outcomes"].items() if count} == {"same": 1}
    made = answer("show", item["document"], *home)
    assert [each["version"] for each in made["readings"]] == [1, 2]
    assert [(each["version"], each["state"]) for each in made["derivatives"]] == [(2, "ready")]
