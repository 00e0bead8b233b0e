"""The commands as a person or a program calls them, on real documents with the real engine."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from claimkeep.cli import main

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PAPER = SAMPLES / "papers" / "scan-038.jpg"
"""A copy of an identity card."""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def answer(*arguments: str | Path, code: int = 0) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def truth() -> dict:
    return json.loads((SAMPLES / "papers" / "truth" / PAPER.with_suffix(".json").name).read_text("utf-8"))


def is_quad(box) -> bool:
    return len(box) == 4 and all(len(point) == 2 for point in box)


@pytest.mark.slow
def test_ocr_gives_lines_with_places():
    (page,) = answer("ocr", PAPER)["pages"]
    with Image.open(PAPER) as picture:
        assert (page["width"], page["height"]) == picture.size
    assert (page["page_number"], page["state"], page["reason"]) == (1, "read", None)
    assert set(page) == {"page_number", "width", "height", "rotation", "state", "reason", "lines"}
    assert page["lines"]
    for line in page["lines"]:
        assert set(line) == {"text", "confidence", "box"}
        assert is_quad(line["box"])
        assert 0 <= line["confidence"] <= 1


@pytest.mark.slow
def test_extract_redact_and_verify_agree_about_an_identity_card(tmp_path):
    number = truth()["pages"][0]["fields"]["identity_number"]["canonical"]
    found = answer("extract", PAPER)
    assert found["document_class"] == "identity_card"
    assert found["fields"]["identity_number"]["value"] == number
    assert is_quad(found["fields"]["identity_number"]["box"])
    entity = next(each for each in found["entities"] if each["kind"] == "CN_ID18")
    assert entity["tier"] in {"A", "B", "C"}
    assert all(is_quad(box) for box in entity["boxes"])

    made = answer("redact", PAPER, "--audience", "handler", "--out", tmp_path / "safe.pdf")
    assert (made["verified"], made["leaks"], made["audience"]) == (True, [], "handler")
    assert any(mask["kind"] == "CN_ID18" and is_quad(mask["box"]) for mask in made["masks"])
    assert number.encode() not in (tmp_path / "safe.pdf").read_bytes()
    assert any(mask["kind"] == "FACE" for mask in made["masks"])
    assert answer("verify-redaction", PAPER, tmp_path / "safe.pdf")["verified"]

    telling = answer("redact", PAPER, "--audience", "handler", "--out", tmp_path / f"card {number}.pdf", code=1)
    assert {leak["check"] for leak in telling["leaks"]} == {"file_name"}
    assert not (tmp_path / f"card {number}.pdf").exists()

    with Image.open(PAPER) as picture:
        picture.save(tmp_path / "unsafe.pdf")
    judged = answer("verify-redaction", PAPER, tmp_path / "unsafe.pdf", code=1)
    assert not judged["verified"]
    assert "CN_ID18" in {leak["kind"] for leak in judged["leaks"]}


def test_extract_from_text_counts_characters_of_the_input(tmp_path):
    text = "被保险人：张三\n身份证号：11010519491231002X\n保单号：PDAA202600000000000001"
    (tmp_path / "note.txt").write_text(text, "utf-8")
    found = answer("extract", "--text", tmp_path / "note.txt")
    for entity in found["entities"]:
        assert text[slice(*entity["span"])] == entity["text"]
    assert found["fields"]["policy_number"]["value"] == "PDAA202600000000000001"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty_file"), (b"words", "unsupported_type"), (b"%PDF-1.7\nnothing", "damaged_document")]
)
@pytest.mark.parametrize("command", [("ocr",), ("extract",), ("redact", "--out", "out.pdf")])
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, monkeypatch, command, content, reason):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.pdf").write_bytes(content)
    name, *options = command
    result = run(name, tmp_path / "file.pdf", *options)
    assert result.exit_code == 3
    assert result.stderr.startswith(reason)
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.slow
def test_an_archive_from_its_making_to_a_redacted_file(tmp_path):
    home = ("--home", tmp_path / "home")
    answer("init", *home)
    taken = answer("ingest", PAPER, "--source", "s", "--box", "b", "--operator", "o", *home)
    (item,) = taken["items"]
    assert answer("work", "--processes", "1", *home)["pages"] == {"read": 1}
    assert answer("status", taken["batch"], *home)["batches"][0]["is_final"]
    fields = truth()["pages"][0]["fields"]
    for key, value in (("--name", fields["insured"]["canonical"]), ("--number", fields["identity_number"]["canonical"])):
        (hit,) = answer("search", key, value, *home)["hits"]
        assert (hit["document"], hit["tier"], hit["page_number"]) == (item["document"], "exact", 1)
        assert is_quad(hit["box"])
    assert answer("search", "--name", "欧阳无此人", *home)["total"] == 0
    shown = answer("show", item["document"], *home)
    assert (shown["state"], shown["document_class"]) == ("complete", "identity_card")
    assert answer("pages", item["document"], *home)["pages"][0]["state"] == "read"
    for audience in ("handler", "public"):
        out = tmp_path / f"{audience}.pdf"
        assert answer("export", item["document"], "--audience", audience, "--out", out, *home)["out"] == str(out)
        assert out.read_bytes().startswith(b"%PDF")
    made = answer("show", item["document"], *home)["derivatives"]
    assert [(each["audience"], each["version"]) for each in made] == [("handler", 1), ("public", 1)]
    assert answer("audit", "verify", *home)["intact"]


@pytest.mark.parametrize("command", main.list_commands(None))
def test_every_command_explains_itself(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def test_a_home_without_an_archive_is_said_so(tmp_path):
    result = run("status", "--home", tmp_path / "nothing")
    assert result.exit_code == 3
    assert "claimkeep init" in result.stderr


def test_without_a_home_the_use_is_wrong(monkeypatch):
    monkeypatch.delenv("CLAIMKEEP_HOME", raising=False)
    assert run("status").exit_code == 2
