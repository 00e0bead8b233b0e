"""OCR engines that a page is read again with, by name: each is loaded on first need and kept as long as its process."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache

from archive.errors import Rejected
from workers.recognize.port import OcrEngine

NAMES = ("ppocr", "paddle")
"""What `--engine` takes."""


@cache
def load_named(name: str) -> OcrEngine:
    """The engine *name*, of NAMES. Raises Rejected(engine_not_installed)."""
    try:
        from workers.recognize.engines import load_engine  # the OCR runtime is loaded where it is used

        return load_engine(name)
    except ImportError as error:
        raise Rejected("engine_not_installed", name) from error


def engine_key(name: str) -> str:
    """The version key of the engine *name*. Raises Rejected(engine_not_installed).

    The engine is loaded for it in a process of its own: the one that watches the workers need not hold an OCR engine, nor
    end with one that cannot be started.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        try:
            return process.submit(_key_of, name).result()
        except BrokenProcessPool as error:
            raise Rejected("engine_not_installed", name) from error


def _key_of(name: str) -> str:
    return load_named(name).version.key()
