"""The models in the package are what their cards say, and are made again the same."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from training.names import PLANS, train, write
from workers.extract.extractor import Extractor
from workers.extract.trained.model import MODELS, digest_of, named

LANGUAGES = ("zh", "en")


def card(language):
    return json.loads((MODELS / language / "card.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_is_the_one_that_its_card_describes(language):
    assert digest_of(MODELS / language) == card(language)["digest"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_is_small(language):
    assert sum(path.stat().st_size for path in (MODELS / language).rglob("*") if path.is_file()) < 5_000_000


def test_every_source_of_a_model_has_its_licence_beside_it():
    kept = " ".join(path.name for path in (MODELS / "licences").iterdir())
    for licence in (
        "UNER",
        "CC-BY-SA-4.0",
        "ChineseBLUE-Apache-2.0",
        "presidio-research-MIT",
        "Faker-MIT",
        "jieba-MIT",
        "SCOWL",
    ):
        assert licence in kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_training_twice_makes_the_same_bytes(language, tmp_path: Path):
    digests = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        write(train(language, replace(PLANS[language], texts=128)), folder)
        digests.append(digest_of(folder))
    assert digests[0] == digests[1]


def test_a_name_without_a_label_is_found_in_a_sentence():
    text = "昨日下午，钟楚红与其弟钟楚明一同前往银行，随后在门口摔倒。"
    assert {"钟楚红", "钟楚明"} <= {one.text for one in Extractor().entities_in_text(text) if one.kind == "CN_NAME"}


def test_a_long_text_is_read_in_pieces_at_line_breaks():
    line = "昨日下午,钟楚红前往银行办理业务。\n"
    found = [one.start for one in named(line * 400, "zh") if one.text == "钟楚红"]
    assert found == [line.index("钟") + len(line) * number for number in range(400)]


@pytest.mark.parametrize("before", range(250, 310, 7))
def test_a_name_in_a_long_text_without_an_end_is_found_wherever_it_stands(before):
    filling = "the keys were handed over and counted again and again by all of them "
    text = (filling * 9)[:before].rsplit(" ", 1)[0] + " Dr. Harriet Longfellow signed " + filling * 6
    assert "Harriet Longfellow" in {each.text.removeprefix("Dr. ") for each in named(text, "en") if each.label == "PER"}


def test_what_is_read_twice_is_found_once():
    text = ("and so on " * 26) + "Harriet Longfellow " + ("and so on " * 40)
    found = named(text, "en")
    assert [each.text for each in found].count("Harriet Longfellow") == 1
    assert all(one.end <= other.start for one, other in pairwise(found))
