"""Where the time for a page goes: `python -m bench.ocr_profile [--pages N]`, from the project's root.

The functions of each step are wrapped while pages are read, one process and one thread; a step's time is its own, without that
of the steps it calls. The operations of the recogniser are counted from its graph for the widths that were really read, and set
against what a core can do in float32. The table goes to standard output, the figures to bench/results/ocr_profile.json.

The pages are the forms of ../shared/samples/nc, or generated papers where those are absent.
"""

import argparse
import functools
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from types import FunctionType, ModuleType
from unittest.mock import patch

from bench.reading.operations import StripOperations, network_operations, peak_operations_per_second
from bench.reading.pages import FORMS, load_page
from bench.results import ROOT, print_table, save
from workers.recognize import detection, strips
from workers.recognize.model_files import ModelFiles
from workers.recognize.page_view import Pixels
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.strips import Strip

REST = "rest"
STEPS = {  # step: the modules of workers/recognize, or functions in them, that make it up
    "reduce": ("page_view:reduced", "page_view:turned", "page_view:straightened"),
    "detection_input": ("detection:network_input", "detection:shows_something"),
    "detection_network": ("detection:Detector._probabilities",),
    "detection_boxes": ("detection:boxes",),
    "cut_strips": ("strips:cut", "strips:reversed_strip"),
    "recognition_input": ("strips:network_input",),
    "recognition_network": ("recognition:Recogniser._read_batch",),
    "decode_steps": ("ctc", "recognition"),
    "character_columns": ("character_columns",),
    "second_look": ("second_look",),
    "cells": ("cells",),
    "reading_order": ("reading_order",),
    "character_boxes": ("ppocr:_line",),
}
ROOM = "workers.recognize"


class StepTimes:
    """Processor seconds that each step took by itself."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]
        """Of each step that has begun: seconds of the steps that it called."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._inner.append(0.0)
        began = time.process_time()  # of one thread: what else runs on the machine does not count
        try:
            yield
        finally:
            whole = time.process_time() - began
            self.seconds[name] += whole - self._inner.pop()
            self._inner[-1] += whole


@dataclass(slots=True)
class Watched:
    """`widths` of strips as they are and as they are padded for the network, `shapes` of what detection is given."""

    times: StepTimes = field(default_factory=StepTimes)
    widths: list[int] = field(default_factory=list)
    padded_widths: list[int] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def strips(self, batch: Sequence[Strip], width: int) -> None:
        self.widths += [strip.width for strip in batch]
        self.padded_widths += len(batch) * [width]

    def view(self, pixels: Pixels) -> None:
        self.shapes.append((1, 3, *(-(-side // 32) * 32 for side in pixels.shape[:2])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    paths = _pages(parser.parse_args().pages)
    engine = PpOcrEngine()
    engine.read(load_page(paths[0]))
    watched = Watched()
    with _watching(watched):
        for path in paths:
            _read(engine, path, watched.times)
    figures = _step_figures(watched.times.seconds, len(paths)) | _peak_figures(watched, len(paths))
    print_table(figures)
    save("ocr_profile", figures)


def _pages(count: int) -> list[Path]:
    forms = sorted((FORMS / "images").glob("*.jpg"))
    return (forms or sorted((ROOT / "samples" / "papers").glob("*.jpg")))[:count]


def _read(engine: PpOcrEngine, path: Path, times: StepTimes) -> None:
    with times.step(REST):
        with times.step("decode"):
            page = load_page(path)
        engine.read(page)


@contextmanager
def _watching(watched: Watched) -> Iterator[None]:
    """All functions of STEPS wrapped. Raises AttributeError, naming it, where one of them is no more."""
    with ExitStack() as stack:
        for step, names in STEPS.items():
            for function in [function for name in names for function in _functions(name)]:
                wrapped = _wrapped(watched, step, function)
                for owner, attribute in _places(function):
                    stack.enter_context(patch.object(owner, attribute, wrapped))
        yield


def _functions(name: str) -> list[FunctionType]:
    """The function *name*, `module:function`, or all public ones that are defined in the module *name*."""
    found = resolve_name(f"{ROOM}.{name}")
    if not isinstance(found, ModuleType):
        return [found]
    return [
        each
        for attribute, each in vars(found).items()
        if isinstance(each, FunctionType) and each.__module__ == found.__name__ and not attribute.startswith("_")
    ]


def _places(function: FunctionType) -> Iterator[tuple[object, str]]:
    """Where *function* is looked up when it is called: its class, or every module of ROOM that holds it."""
    *above, attribute = function.__qualname__.split(".")
    if above:
        yield resolve_name(f"{function.__module__}:{above[0]}"), attribute
        return
    for module in [module for name, module in sys.modules.items() if name.startswith(ROOM)]:
        yield from ((module, name) for name, each in vars(module).items() if each is function)


def _wrapped(watched: Watched, step: str, function: FunctionType) -> Callable[..., object]:
    observers: dict[object, Callable[..., None]] = {
        detection.network_input: watched.view,
        strips.network_input: watched.strips,
    }
    observe = observers.get(function)

    @functools.wraps(function)
    def wrapped(*arguments: object, **named: object) -> object:
        if observe:
            observe(*arguments, **named)
        with watched.times.step(step):
            return function(*arguments, **named)

    return wrapped


def _step_figures(seconds: Mapping[str, float], pages: int) -> dict[str, float]:
    """Milliseconds of a page, of the whole and of each step."""
    steps = {step: 1000 * seconds[step] / pages for step in ("decode", *STEPS, REST)}
    return {"pages": pages, "page_ms": sum(steps.values()), **{f"{step}_ms": spent for step, spent in steps.items()}}


def _peak_figures(watched: Watched, pages: int) -> dict[str, float]:
    models, peak = ModelFiles.installed(), peak_operations_per_second()
    of_strip = StripOperations(models.recognition)
    recognition = sum(map(of_strip.of, watched.padded_widths))
    of_view = functools.cache(functools.partial(network_operations, models.detection))
    detection = sum(map(of_view, watched.shapes))
    return {
        "strips_a_page": len(watched.widths) / pages,
        "strip_columns_a_page": sum(watched.widths) / pages,
        "padding_share": 1 - sum(watched.widths) / sum(watched.padded_widths),
        "recognition_gflop_a_page": recognition / pages / 1e9,
        "detection_gflop_a_page": detection / pages / 1e9,
        "peak_gflop_per_second": peak / 1e9,
        "recognition_share_of_peak": recognition / watched.times.seconds["recognition_network"] / peak,
        "detection_share_of_peak": detection / watched.times.seconds["detection_network"] / peak,
        "pages_per_minute_at_peak": 60 * peak / ((recognition + detection) / pages),
    }


if __name__ == "__main__":
    main()
