"""Generated papers as the real engine reads them, kept in .cache: what comes after reading is measured without reading again.

A reading is kept for as long as the code that reads and the code that draws the papers are the same.
"""

import gzip
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.papers import Paper, PaperPage, generate
from bench.results import ROOT
from schemas.codec import from_json, to_json
from schemas.page import PageReading
from workers.certificate.software import version_of
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.recognize.read_page import read_page

_RESOLUTIONS = (150, 200)

Readings = tuple[PageReading, ...]


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper, pictures of its pages, and what was read on each. `seconds` is how long reading took; None where it was kept."""

    paper: Paper = field(repr=False)
    images: tuple[PageImage, ...] = field(repr=False)
    readings: Readings = field(repr=False)
    seconds: float | None


def read_paper(seed: int, engine: OcrEngine) -> ReadPaper:
    """The paper of *seed*, of any kind and damage, in one of two resolutions, without what it shows besides text."""
    paper = generate(seed, damage="random", dpi=random.Random(f"resolution {seed}").choice(_RESOLUTIONS))
    images = tuple(_image(page) for page in paper.pages)
    file = _folder(engine) / f"{seed}.json.gz"
    if file.exists():
        return ReadPaper(paper, images, from_json(Readings, gzip.decompress(file.read_bytes())), None)
    began = time.monotonic()
    readings = tuple(read_page(image, engine) for image in images)
    seconds = time.monotonic() - began
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(gzip.compress(to_json(Readings, readings), compresslevel=1))
    part.replace(file)
    return ReadPaper(paper, images, readings, seconds)


def _folder(engine: OcrEngine) -> Path:
    codes = (version_of(package).rpartition(".")[2] for package in ("workers.recognize", "bench.papers"))
    return ROOT / ".cache" / "readings" / "-".join((engine.version.name, *codes))


def _image(page: PaperPage) -> PageImage:
    return PageImage(page.truth.page_number, np.array(page.image.convert("RGB")), float(page.truth.dpi))
