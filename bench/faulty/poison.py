"""Tools of a worker that reads in no time, and that a certain page kills."""

import os
import signal

import numpy as np

from bench.archives.fast_work import DigestEngine
from bench.faulty import wrong_clock
from schemas.page import EngineVersion, PageText
from workers.extract.extractor import Extractor
from workers.page_image import PageImage
from workers.redact.policy import default_policy
from workers.tools import Tools

COLOUR = (213, 41, 176)
"""Red, green and blue of the poisonous page's paper."""


class MortalEngine:
    """A DigestEngine that dies of the poisonous page as a library with a bug does: by a signal, without a word."""

    def __init__(self) -> None:
        self._engine = DigestEngine()

    @property
    def version(self) -> EngineVersion:
        return self._engine.version

    def read(self, image: PageImage) -> PageText:
        if tuple(np.median(image.pixels[:50], axis=(0, 1))) == COLOUR:
            os.kill(os.getpid(), signal.SIGSEGV)
        return self._engine.read(image)


def load() -> Tools:
    wrong_clock.follow()
    return Tools(MortalEngine(), Extractor(), default_policy())
