"""Tools whose engine goes wrong on pages that carry a coloured corner, for tests of the worker processes."""

import os
import signal
import time

import numpy as np
from PIL import Image, ImageDraw

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText
from workers.extract.extractor import Extractor
from workers.page_image import PageImage
from workers.redact.policy import default_policy
from workers.tools import Tools

HANG, CRASH, DEVOUR, RAISE = (250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)
SLOW, SOUND = (250, 0, 250), (0, 0, 0)
TEXT = "理赔申请书"


def page(corner: tuple[int, int, int]) -> Image.Image:
    """A page that is not blank, with a corner that says how it goes wrong."""
    picture = Image.new("RGB", (400, 560), "white")
    draw = ImageDraw.Draw(picture)
    for top in range(60, 500, 40):
        draw.rectangle((40, top, 360, top + 18), fill="black")
    draw.rectangle((0, 0, 30, 30), fill=corner)
    return picture


class FaultyEngine:
    """Reads the same line on every page, unless the page's corner says otherwise."""

    @property
    def version(self) -> EngineVersion:
        return EngineVersion("faulty", "1")

    def read(self, image: PageImage) -> PageText:
        corner = tuple(int(value) for value in np.round(image.pixels[8, 8] / 250) * 250)
        if corner == HANG:
            time.sleep(600)
        if corner == SLOW:
            time.sleep(0.3)
        if corner == CRASH:
            os.kill(os.getpid(), signal.SIGSEGV)
        if corner == DEVOUR:
            hoard = bytearray(b"x") * (2 << 30)
            time.sleep(len(hoard) / 2e7)
        if corner == RAISE:
            raise RuntimeError(f"the page says {TEXT}")
        box = upright(40, 60, 360, 78)
        line = Line(TEXT, box, (box,) * len(TEXT), 0.9)
        return PageText(image.page_number, image.width, image.height, 100, 0, (line,), self.version)


def load() -> Tools:
    return Tools(FaultyEngine(), Extractor(), default_policy())
