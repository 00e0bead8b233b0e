"""Tesseract, run as a command: an engine of another kind, with models and code of its own, to read finished pages with.

It reads Chinese forms much worse than the usual engine (docs/ocr.md), so no page is read by it for what it says. That it errs
in other ways is what it is good for.
"""

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise

from archive.errors import Rejected
from schemas.geometry import Quad, upright
from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage
from workers.recognize.port import TookTooLong

PROGRAM = "tesseract"
LANGUAGES = ("chi_sim", "eng")
_WORD = "5"
"""The level of a row of TSV that is a word."""
_SECONDS = 120.0


class TesseractEngine:
    """An OcrEngine in a process of its own for each page, which is killed after *seconds*: `read` raises TookTooLong then.

    It gives places of words; characters are taken to share a word's box evenly.
    """

    def __init__(self, seconds: float = _SECONDS) -> None:
        """Raises Rejected(engine_not_installed) where the program, or one of its languages, is missing."""
        self._seconds = seconds
        if missing := missing_parts():
            raise Rejected("engine_not_installed", f"Debian's packages for {' and '.join(missing)}")
        told = subprocess.run((PROGRAM, "--version"), capture_output=True, text=True, check=True)  # noqa: S603
        self._version = EngineVersion(PROGRAM, told.stdout.split()[1], "+".join(LANGUAGES))

    @property
    def version(self) -> EngineVersion:
        return self._version

    def read(self, image: PageImage) -> PageText:
        resolution = ("--dpi", str(round(image.dpi))) if image.dpi else ()
        command = (PROGRAM, "stdin", "stdout", "-l", "+".join(LANGUAGES), *resolution, "tsv")
        picture = b"P6 %d %d 255\n" % (image.width, image.height) + image.pixels.tobytes()
        try:
            done = subprocess.run(command, input=picture, capture_output=True, check=True, timeout=self._seconds)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise TookTooLong(f"page {image.page_number}") from error
        lines = tuple(_lines(done.stdout.decode("utf-8")))
        return PageText(image.page_number, image.width, image.height, image.dpi or 72.0, 0, lines, self._version)


@cache
def load_tesseract() -> TesseractEngine:
    """Once a process. Raises Rejected(engine_not_installed)."""
    return TesseractEngine()


def missing_parts() -> tuple[str, ...]:
    """What of the program and its languages is not installed."""
    if shutil.which(PROGRAM) is None:
        return (PROGRAM, *LANGUAGES)
    told = subprocess.run((PROGRAM, "--list-langs"), capture_output=True, text=True, check=True)  # noqa: S603
    return tuple(language for language in LANGUAGES if language not in told.stdout.split())


def _lines(tsv: str) -> Iterator[Line]:
    rows = csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = (row for row in rows if row["level"] == _WORD and row["text"].strip())
    for _, group in groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"])):
        yield _line([*group])


def _line(words: list[dict[str, str]]) -> Line:
    text, quads = "", list[Quad]()
    for word in words:
        written, box = word["text"].strip(), _box(word)
        if text and (text[-1].isascii() or written[0].isascii()):
            text, quads = text + " ", [*quads, upright(quads[-1][1][0], box[1], box[0], box[3])]
        text, quads = text + written, [*quads, *_shared(box, len(written))]
    confidence = sum(float(word["conf"]) for word in words) / len(words) / 100
    around = upright(*(edge(values) for edge, values in zip((min, min, max, max), _edges(quads), strict=True)))
    return Line(text, around, tuple(quads), min(max(confidence, 0.0), 1.0))


def _box(word: dict[str, str]) -> tuple[float, float, float, float]:
    left, top, width, height = (float(word[key]) for key in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def _shared(box: tuple[float, float, float, float], count: int) -> Iterator[Quad]:
    left, top, right, bottom = box
    edges = [left + (right - left) * at / count for at in range(count + 1)]
    yield from (upright(start, top, end, bottom) for start, end in pairwise(edges))


def _edges(quads: list[Quad]) -> tuple[list[float], list[float], list[float], list[float]]:
    """Of all of them the left, top, right and bottom ones."""
    lefts, tops = [quad[0][0] for quad in quads], [quad[0][1] for quad in quads]
    return lefts, tops, [quad[2][0] for quad in quads], [quad[2][1] for quad in quads]
