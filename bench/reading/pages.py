"""Pages whose text is known, in sets, and what the readings of a set are worth.

Scanned Chinese forms, receipts and English pages come from ../shared/samples (sets whose files are absent have no pages), claim
papers from the generator.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from bench.papers import KINDS, Damage, PageTruth, TruthEntity, generate
from bench.reading.matching import errors_by_line, folded, has_all, solid, spaced, words_recalled
from bench.results import ROOT
from workers.page_image import PageImage

SAMPLES = ROOT.parent / "shared" / "samples"
FORMS = SAMPLES / "nc" / "forms-zh-xfund"
RECEIPTS = SAMPLES / "open" / "receipts-en-sroie"
PAGES = SAMPLES / "open" / "ocr-pages"

ENGLISH = {  # page: its exact text
    "phototest.tif": "phototest.gold.txt",
    "8087_054.3B.tif": "8087_054.3B.txt",
    "eurotext.tif": "eurotext.txt",
}

SCANNED = Damage(skew=0.6, noise=6.0, blur=0.05, jpeg=70, grey=True, seals=0.0)
"""What a scanner alone does to a printed form."""

FIRST_SEED = 41_000
"""Of the generated pages; no sample and no test uses seeds from here on."""

FIELDS = {
    "POLICY": "policy_number",
    "CN_ID18": "identity_number",
    "CN_NAME": "name",
    "AMOUNT": "amount",
    "DOB": "date",
    "DATE_ACCIDENT": "date",
    "DATE_REPORT": "date",
    "DATE_ADMISSION": "date",
    "DATE_DISCHARGE": "date",
    "DATE_OTHER": "date",
}


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value of `kind` (field's name, or "" where that is not known), folded, in as many parts as lines it stands on."""

    kind: str
    parts: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page, its lines as printed and as written by hand, and values that stand on it."""

    image: PageImage
    lines: tuple[str, ...] = field(default=(), repr=False)
    by_hand: tuple[str, ...] = field(default=(), repr=False)
    values: tuple[KnownValue, ...] = field(default=(), repr=False)


Read = Sequence[tuple[KnownPage, str]]
"""Pages with what an engine read on them"""


@dataclass(frozen=True, slots=True)
class PageSet:
    """`load` takes how many pages are wanted at most; `judge` gives shares and rates from 0 to 1."""

    name: str
    load: Callable[[int], list[KnownPage]]
    judge: Callable[[Read], dict[str, float]]


def load_page(path: Path) -> PageImage:
    """The first page of an image file as a viewer shows it."""
    with Image.open(path) as file:
        dpi = float(file.info.get("dpi", (0, 0))[0])
        pixels = np.asarray(ImageOps.exif_transpose(file).convert("RGB"))
    return PageImage(1, pixels, dpi if dpi > 1 else None)


# Forms of XFUND: values that people marked.


def _forms(count: int) -> list[KnownPage]:
    paths = sorted((FORMS / "images").glob("*.jpg"))[:count]
    return [KnownPage(load_page(path), values=tuple(_form_values(path))) for path in paths]


def _form_values(form: Path) -> Iterator[KnownValue]:
    """Those of two characters or more."""
    truth = json.loads((FORMS / "gt" / f"{form.stem}.json").read_text(encoding="utf-8"))
    values = map(folded, _leaves(truth["key_values"]))
    return (KnownValue("", (value,)) for value in values if len(value) >= 2)


def _leaves(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _leaves(child)
    elif node is not None:
        yield str(node)


def judge_forms(read: Read) -> dict[str, float]:
    """Share of the values found, and of their letters and digits found where other marks do not count."""
    pairs = [(value.parts[0], folded(text)) for page, text in read for value in page.values]
    return {
        "values_found": _share(value in text for value, text in pairs),
        "values_found_but_for_marks": _share(solid(value) in solid(text) for value, text in pairs),
    }


# Claim papers of the generator.


def _scanned(count: int) -> list[KnownPage]:
    return [_paper(FIRST_SEED + index, SCANNED) for index in range(count)]


def _worn(count: int) -> list[KnownPage]:
    return [_paper(FIRST_SEED + 500 + index, "random") for index in range(count)]


def _paper(seed: int, damage: Damage | Literal["random"]) -> KnownPage:
    """The first page of a paper; the kinds take turns."""
    paper = generate(seed, KINDS[seed % len(KINDS)], damage)
    image, truth = paper.pages[0].image, paper.pages[0].truth
    pen = {index for index, line in enumerate(truth.lines) if line.by_hand}
    pen |= {line for entity in truth.entities if entity.by_hand for line, _, _ in entity.places}
    return KnownPage(
        image=PageImage(1, np.asarray(image.convert("RGB")), float(truth.dpi)),
        lines=tuple(folded(line.text) for index, line in enumerate(truth.lines) if index not in pen),
        by_hand=tuple(folded(line.text) for index, line in enumerate(truth.lines) if index in pen),
        values=tuple(_value(entity, truth) for entity in truth.entities if entity.kind in FIELDS and not entity.by_hand),
    )


def _value(entity: TruthEntity, truth: PageTruth) -> KnownValue:
    parts = (folded(truth.lines[line].text[start:end]) for line, start, end in entity.places)
    return KnownValue(FIELDS[entity.kind], tuple(parts))


def judge_papers(read: Read) -> dict[str, float]:
    """Character error rates of print and of handwriting; fields that stand in the text exactly, all and by kind."""
    wanted = sorted(((value, folded(text)) for page, text in read for value in page.values), key=lambda pair: pair[0].kind)
    exact = [(value.kind, has_all(value.parts, text)) for value, text in wanted]
    return {
        "character_error_rate": _error_rate((page.lines, folded(text)) for page, text in read),
        "handwriting_error_rate": _error_rate((page.by_hand, folded(text)) for page, text in read),
        "fields": len(exact),
        "fields_exact": _share(found for _, found in exact),
        **{f"{kind}s_exact": _share(found for _, found in some) for kind, some in groupby(exact, lambda pair: pair[0])},
    }


# Receipts of SROIE, and English pages.


def _receipts(count: int) -> list[KnownPage]:
    return [KnownPage(load_page(path), lines=tuple(_receipt_lines(path))) for path in sorted(RECEIPTS.glob("*.jpg"))[:count]]


def _receipt_lines(receipt: Path) -> Iterator[str]:
    """The text after eight coordinates; commas in it are part of it, quotation marks too."""
    with receipt.with_suffix(".boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, quoting=csv.QUOTE_NONE):
            if len(row) > 8:
                yield spaced(",".join(row[8:]))


def _english(count: int) -> list[KnownPage]:
    present = [(PAGES / page, PAGES / text) for page, text in ENGLISH.items() if (PAGES / page).exists()][:count]
    return [KnownPage(load_page(page), lines=tuple(_text_lines(text))) for page, text in present]


def _text_lines(path: Path) -> Iterator[str]:
    return filter(None, map(spaced, path.read_text(encoding="utf-8").splitlines()))


def judge_receipts(read: Read) -> dict[str, float]:
    """Word recall."""
    words = [(_words(page), text) for page, text in read]
    return {"word_recall": sum(words_recalled(*each) for each in words) / max(sum(len(some) for some, _ in words), 1)}


def judge_english(read: Read) -> dict[str, float]:
    """Character error rate, spaces counted, and word recall."""
    return {
        "character_error_rate": _error_rate((page.lines, spaced(text)) for page, text in read),
        **judge_receipts(read),
    }


def _words(page: KnownPage) -> list[str]:
    return re.findall(r"\S+", " ".join(page.lines))


def _error_rate(lines_and_text: Iterable[tuple[Sequence[str], str]]) -> float:
    errors = length = 0
    for lines, text in lines_and_text:
        errors += errors_by_line(lines, text)
        length += sum(map(len, lines))
    return errors / max(length, 1)


def _share(found: Iterable[bool]) -> float:
    told = list(found)
    return sum(told) / max(len(told), 1)


FORM_SET = PageSet("forms", _forms, judge_forms)
OTHER_SETS = (
    PageSet("scanned", _scanned, judge_papers),
    PageSet("worn", _worn, judge_papers),
    PageSet("receipts", _receipts, judge_receipts),
    PageSet("english", _english, judge_english),
)
