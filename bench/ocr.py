"""How fast and how well pages are read: `python -m bench.ocr [--pages N] [--rapidocr]`, from the project's root.

Speed and the share of values found come from the scanned Chinese forms of ../shared/samples/nc (skipped where absent), error
rates from the English pages of ../shared/samples/open. Each arrangement reads the same pages after one page to warm up.
The table goes to standard output, the figures to bench/results/ocr.json.
"""

import argparse
import json
import multiprocessing
import re
import resource
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image, ImageOps

from bench.results import ROOT, print_table, save
from workers.page_image import PageImage

SAMPLES = ROOT.parent / "shared" / "samples"
FORMS = SAMPLES / "nc" / "forms-zh-xfund"
PAGES = SAMPLES / "open" / "ocr-pages"

EXACT_TEXTS = {  # page: its ground truth
    "phototest.tif": "phototest.gold.txt",
    "phototest-rotated-R.png": "phototest.gold.txt",
    "8087_054.3B.tif": "8087_054.3B.txt",
    "eurotext.tif": "eurotext.txt",
    "zh_exif_orientation.jpg": "zh_exif_orientation.gt.txt",
}

if TYPE_CHECKING:
    from rapidocr.utils.output import RapidOCROutput

Read = Callable[[PageImage], str]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An engine in so many processes of so many threads."""

    name: str
    engine: str
    processes: int
    threads: int


ARRANGEMENTS = (
    Arrangement("ours_1x2", "ours", 1, 2),
    Arrangement("ours_2x1", "ours", 2, 1),
    Arrangement("rapidocr_1x2", "rapidocr", 1, 2),
)


def main() -> None:
    options = _options()
    figures: dict[str, float] = {}
    forms = sorted((FORMS / "images").glob("*.jpg"))[: options.pages]
    for arrangement in ARRANGEMENTS:
        if arrangement.engine == "ours" or options.rapidocr:
            figures |= {f"{arrangement.name}_{name}": value for name, value in _measured(arrangement, forms).items()}
    figures |= _ratios(figures)
    print_table(figures)
    save("ocr", figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how fast and how well pages are read.")
    parser.add_argument("--pages", type=int, default=20, help="how many of the 20 Chinese forms to read")
    parser.add_argument("--rapidocr", action="store_true", help="read the same pages with rapidocr as installed")
    return parser.parse_args()


def _measured(arrangement: Arrangement, forms: Sequence[Path]) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(arrangement.processes, _start, (arrangement.engine, arrangement.threads)) as pool:
        figures = {"cold_start_seconds": max(pool.map(_cold_start, range(arrangement.processes), chunksize=1))}
        if forms:
            figures |= _on_forms(pool, forms)
        figures |= _on_exact_pages(pool)
        figures["peak_memory_mb"] = max(pool.map(_peak_memory, range(8 * arrangement.processes), chunksize=1))
    return figures


def _on_forms(pool: Pool, forms: Sequence[Path]) -> dict[str, float]:
    started = time.perf_counter()
    readings = pool.map(_read_file, forms, chunksize=1)
    seconds = time.perf_counter() - started
    texts = [text for text, _ in readings]
    pairs = [(value, _folded(text)) for form, text in zip(forms, texts, strict=True) for value in _values(form)]
    return {
        "pages_per_minute": 60 * len(forms) / seconds,
        "core_seconds_per_page": sum(cost for _, cost in readings) / len(forms),
        "values_found": sum(value in text for value, text in pairs) / len(pairs),
        "values_found_but_for_marks": sum(_solid(value) in _solid(text) for value, text in pairs) / len(pairs),
    }


def _on_exact_pages(pool: Pool) -> dict[str, float]:
    texts = [text for text, _ in pool.map(_read_file, [PAGES / name for name in EXACT_TEXTS], chunksize=1)]
    return {
        f"cer_{Path(name).stem}": character_error_rate((PAGES / truth).read_text(encoding="utf-8"), text)
        for (name, truth), text in zip(EXACT_TEXTS.items(), texts, strict=True)
    }


# What runs in each process of the pool.

_engine: list[tuple[Read, float]] = []


def _start(engine: str, threads: int) -> None:
    """Load *engine* and read one page, so that what follows is measured warm."""
    started = time.perf_counter()
    read = ENGINES[engine](threads)
    read(load_page(PAGES / "phototest.tif"))
    _engine.append((read, time.perf_counter() - started))


def _cold_start(_: int) -> float:
    time.sleep(0.2)  # long enough that each process of the pool answers once
    return _engine[0][1]


def _peak_memory(_: int) -> float:
    time.sleep(0.05)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _read_file(path: Path) -> tuple[str, float]:
    """Text and the processor time of all threads, which other work on the machine disturbs less than the clock's."""
    page = load_page(path)
    started = time.process_time()
    return _engine[0][0](page), time.process_time() - started


def _ours(threads: int) -> Read:
    from workers.recognize.ppocr import PpOcrEngine

    engine = PpOcrEngine(threads)
    return lambda image: engine.read(image).text


def _rapidocr(threads: int) -> Read:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": threads, "Global.log_level": "error"})
    return lambda image: "\n".join(cast("RapidOCROutput", engine(image.pixels[:, :, ::-1])).txts or ())


ENGINES: dict[str, Callable[[int], Read]] = {"ours": _ours, "rapidocr": _rapidocr}


def load_page(path: Path) -> PageImage:
    """The first page of an image file as a viewer shows it."""
    with Image.open(path) as file:
        dpi = float(file.info.get("dpi", (0, 0))[0])
        pixels = np.asarray(ImageOps.exif_transpose(file).convert("RGB"))
    return PageImage(1, pixels, dpi if dpi > 1 else None)


# Ground truth and how readings compare with it.


def _values(form: Path) -> list[str]:
    """The form's human-marked values of two characters or more."""
    truth = json.loads((FORMS / "gt" / f"{form.stem}.json").read_text(encoding="utf-8"))
    return [value for leaf in _leaves(truth["key_values"]) if len(value := _folded(leaf)) >= 2]


def _leaves(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _leaves(child)
    elif node is not None:
        yield str(node)


def _folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _solid(text: str) -> str:
    """*text* without punctuation, brackets, tick boxes and other marks."""
    return "".join(character for character in text if character.isalnum())


def character_error_rate(truth: str, text: str) -> float:
    """Edit distance over the length of *truth*; runs of white space count as one space."""
    expected, found = (" ".join(unicodedata.normalize("NFKC", each).split()) for each in (truth, text))
    return _edit_distance(expected, found) / len(expected)


def _edit_distance(one: str, other: str) -> int:
    """Levenshtein, a row of the table at a time."""
    codes = np.array([ord(character) for character in other])
    offsets = np.arange(len(other) + 1)
    row = offsets
    for index, character in enumerate(one):
        without_insertion = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.minimum.accumulate(np.concatenate(([index + 1], without_insertion)) - offsets) + offsets
    return int(row[-1])


def _ratios(figures: dict[str, float]) -> dict[str, float]:
    peer = figures.get("rapidocr_1x2_pages_per_minute")
    return (
        {f"{name}_over_rapidocr": figures[f"{name}_pages_per_minute"] / peer for name in ("ours_1x2", "ours_2x1")}
        if peer
        else {}
    )


if __name__ == "__main__":
    main()
