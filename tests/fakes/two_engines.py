"""Tools with two engines for pages that are drawn here: a usual one that misreads, and one called paddle that
does better, worse, or fails, as the page's corner says. Everybody here is invented.
"""

import os
import signal
import time

import numpy as np
from PIL import Image, ImageDraw

from archive.errors import Rejected
from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText
from workers.extract.extractor import Extractor
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.redact.policy import default_policy
from workers.tools import Tools

POOR, GOOD, FAILS, EMPTY, SLOW = (250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (250, 0, 250)
CRASHES = (0, 250, 250)
"""Corners: paddle is surer than the usual engine; less sure; fails; finds nothing; takes its time, and is surer; takes its
process with it."""

NAME, MISREAD, NUMBER = "欧阳若澜", "PDAA202600000000O00417", "PDAA202600000000000417"
USUAL, PADDLE = EngineVersion("ppocr", "1", "fake"), EngineVersion("paddle", "2", "fake")

WIDTH = 400
_LEFT, _RIGHT, _TOPS = 40, 360, (60, 200, 340)
_PAPER = 128

_USUALLY = {POOR: 0.5, GOOD: 0.97, FAILS: 0.6, EMPTY: 0.6, SLOW: 0.5, CRASHES: 0.6}
_BY_PADDLE = {POOR: 0.95, GOOD: 0.9, SLOW: 0.95}


class UsualEngine:
    """Reads the policy number wrongly, with the confidence that the corner says; nothing where faint ink was brought up, which
    leaves no corner."""

    version = USUAL

    def read(self, image: PageImage) -> PageText:
        confidence = _USUALLY.get(_corner(image))
        if confidence is None:  # no page of these, such as one whose faint ink the verifier has brought up
            return _nothing(image, self.version)
        return _page(image, self.version, MISREAD, confidence, heading=0.88)


class Unable(UsualEngine):
    """Finds nothing on pages with one corner."""

    def __init__(self, corner: tuple[int, int, int]) -> None:
        self._corner = corner

    def read(self, image: PageImage) -> PageText:
        if _corner(image) == self._corner:
            return _nothing(image, self.version)
        return super().read(image)


class Paddle:
    """Reads the policy number rightly, unless the corner says otherwise."""

    version = PADDLE

    def read(self, image: PageImage) -> PageText:
        corner = _corner(image)
        if corner == FAILS:
            raise RuntimeError(f"the page says {NUMBER}")
        if corner == CRASHES:
            os.kill(os.getpid(), signal.SIGSEGV)
        if corner == SLOW:
            time.sleep(0.3)
        if corner == EMPTY:
            return _nothing(image, self.version)
        return _page(image, self.version, NUMBER, _BY_PADDLE[corner])


def load() -> Tools:
    return Tools(UsualEngine(), Extractor(), default_policy(), _named)


def load_failing_on(corner: tuple[int, int, int]) -> Tools:
    return Tools(Unable(corner), Extractor(), default_policy(), _named)


def load_without_paddle() -> Tools:
    return Tools(UsualEngine(), Extractor(), default_policy(), _not_installed)


def _named(name: str) -> OcrEngine:
    return Paddle() if name == "paddle" else _not_installed(name)


def _not_installed(name: str) -> OcrEngine:
    raise Rejected("engine_not_installed", name)


def page(corner: tuple[int, int, int]) -> Image.Image:
    """A page with ink where the engines read, in too few strokes at once for a barcode, and a corner that says how they fare,
    too small for a seal."""
    picture = Image.new("RGB", (WIDTH, 560), "white")
    draw = ImageDraw.Draw(picture)
    for top in _TOPS:
        for left in range(_LEFT, _RIGHT, 8):
            if left % 64 < 40:
                draw.rectangle((left, top + 2, left + 4, top + 16), fill="black")
    draw.rectangle((0, 0, 9, 9), fill=corner)
    return picture


def _corner(image: PageImage) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in np.round(image.pixels[4, 4] / 250) * 250)
    return red, green, blue


def _nothing(image: PageImage, version: EngineVersion) -> PageText:
    return PageText(image.page_number, image.width, image.height, 100, 0, (), version)


def _page(image: PageImage, version: EngineVersion, number: str, confidence: float, heading: float | None = None) -> PageText:
    """*confidence* is that of the lines; the *heading* may have another, so that the page is worth keeping."""
    texts = ("理赔申请书", f"被保险人：{NAME}", f"保单号：{number}")
    sure = (heading or confidence, heading or confidence, confidence)
    lines = (_line(image, *each) for each in zip(texts, _TOPS, sure, strict=True))
    return PageText(image.page_number, image.width, image.height, 100, 0, tuple(filter(None, lines)), version)


def _line(image: PageImage, text: str, top: int, confidence: float) -> Line | None:
    """The characters that no mask lies on."""
    scale, step = image.width / WIDTH, (_RIGHT - _LEFT) / len(text)
    cells = [(scale * (_LEFT + step * at), scale * (_LEFT + step * (at + 1))) for at in range(len(text))]
    above, below = scale * top, scale * (top + 18)
    seen = [
        (char, upright(left, above, right, below))
        for char, (left, right) in zip(text, cells, strict=True)
        if image.pixels[round(above) : round(below), round(left) : round(right)].max() > _PAPER
    ]
    if not seen:
        return None
    boxes = tuple(box for _, box in seen)
    whole = upright(boxes[0][0][0], above, boxes[-1][1][0], below)
    return Line("".join(char for char, _ in seen), whole, boxes, confidence)
