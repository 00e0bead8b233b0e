"""PaddleOCR's detector and recogniser on the models that are here already: offline, quiet, and in this project's values.

PaddleOCR wants a folder for each model, with an ONNX file and an `inference.yml`, and otherwise fetches models by itself; it
makes folders under the home folder as it is imported, writes to standard error, and looks for one of several builds of OpenCV.
"""

import importlib.metadata
import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from workers.recognize.detection import DetectionSettings
from workers.recognize.model_files import ModelFiles
from workers.recognize.page_view import PageView, Pixels, Points
from workers.recognize.recognition import in_parts
from workers.recognize.strips import STRIP_HEIGHT, Strip

DETECTION_MODEL = "PP-OCRv6_small_det"
RECOGNITION_MODEL = "PP-OCRv6_small_rec"

BATCH = 6
"""Strips read at a time, as in PaddleOCR's pipeline for whole pages (paddlex/configs/pipelines/OCR.yaml)."""

_NO_LIMIT = 1_000_000
"""Views come at the size in which they are to be looked at."""

_OPENCV = "opencv-contrib-python"
_EVERY = importlib.metadata.DistributionFinder.Context()


@dataclass(frozen=True, slots=True)
class PaddleReading:
    """One strip's text; `centres` are the columns of the strip in which its characters were seen, rising.

    `confidence` is PaddleOCR's score of the whole line; it gives none for the single character.
    """

    text: str = field(repr=False)
    confidence: float
    centres: tuple[float, ...] = field(repr=False)


class Predictor(Protocol):
    """What PaddleOCR gives: a network with what it wants before and after it."""

    def predict(self, pixels: Pixels | list[Pixels], **settings: object) -> Sequence[Mapping[str, Any]]:
        """One result per picture, blue first."""
        ...


class PaddleDetector:
    """Finds lines of text in a view."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    def find(self, view: PageView) -> list[Points]:
        """One box per line, as 4 corners in view coordinates, clockwise from the top left of the view."""
        (found,) = self._predictor.predict(_blue_first(view.pixels))
        return [np.asarray(box, dtype=np.float64) for box in found["dt_polys"]]


class PaddleRecogniser:
    """Reads strips."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    def read(self, strips: Sequence[Strip]) -> list[PaddleReading]:
        """One reading per strip, in the same order. What is longer than the network can read is read in parts."""
        starts, parts = in_parts(strips)
        readings = iter(self._read(parts))
        return [_joined([next(readings) for _ in own], own) for own in starts]

    def _read(self, strips: Sequence[Strip]) -> list[PaddleReading]:
        if not strips:
            return []
        # By width: little padding, and PaddleOCR takes each batch to be sorted when it tells how wide a time step is.
        order = sorted(range(len(strips)), key=lambda index: strips[index].width)
        pixels = [_blue_first(strips[index].pixels) for index in order]
        found = self._predictor.predict(pixels, batch_size=BATCH, return_word_box=True)
        readings = {index: _reading(strips[index], each) for index, each in zip(order, found, strict=True)}
        return [readings[index] for index in range(len(strips))]


def load(models: ModelFiles, settings: DetectionSettings, threads: int) -> tuple[PaddleDetector, PaddleRecogniser]:
    """Of *settings* those count that say what is a line.

    Raises ImportError where PaddleOCR is not installed. Writes nothing that stays, and asks no network.
    """
    with tempfile.TemporaryDirectory(prefix="claimkeep-") as name, _surroundings(Path(name) / "cache"):
        from paddleocr import TextDetection, TextRecognition  # takes seconds, and reads its settings as it is imported

        _silence("paddleocr", "paddlex")
        detection, recognition = model_folders(Path(name), models)
        detector = TextDetection(
            **_common(DETECTION_MODEL, detection, threads),
            limit_side_len=_NO_LIMIT,
            limit_type="max",
            thresh=settings.threshold,
            box_thresh=settings.box_threshold,
            unclip_ratio=settings.unclip,
        )
        recogniser = TextRecognition(**_common(RECOGNITION_MODEL, recognition, threads))
    cv2.setNumThreads(threads)
    return PaddleDetector(detector), PaddleRecogniser(recogniser)


def _common(model: str, folder: Path, threads: int) -> dict[str, Any]:
    engine = {
        "intra_op_num_threads": threads,
        "inter_op_num_threads": 1,
        # Every page brings other shapes: a memory plan for each, and an arena that keeps its largest blocks, only ever grow.
        "enable_mem_pattern": False,
        "enable_cpu_mem_arena": False,
        "log_severity_level": 3,
    }
    return {"model_name": model, "model_dir": str(folder), "device": "cpu", "engine": "onnxruntime", "engine_config": engine}


def model_folders(folder: Path, models: ModelFiles) -> tuple[Path, Path]:
    """Folders under *folder* for DETECTION_MODEL and RECOGNITION_MODEL, as PaddleOCR wants them."""
    normalise = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": 1 / 255, "order": "hwc"}
    find: Sequence[Mapping[str, Any]] = [_DECODE, {"DetResizeForTest": {}}, {"NormalizeImage": normalise}, {"ToCHWImage": {}}]
    read: Sequence[Mapping[str, Any]] = [_DECODE, {"RecResizeImg": {"image_shape": [3, STRIP_HEIGHT, 320]}}]
    # One character a class: as a string they are read in a hundredth of the time that YAML takes for a list.
    decoding = {"name": "CTCLabelDecode", "character_dict": models.characters.replace("\n", "")}
    return (
        _model_folder(folder / DETECTION_MODEL, models.detection_path, find, {"name": "DBPostProcess"}),
        _model_folder(folder / RECOGNITION_MODEL, models.recognition_path, read, decoding),
    )


_DECODE: Mapping[str, Any] = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}


def _model_folder(folder: Path, onnx: Path, before: Sequence[Mapping[str, Any]], after: Mapping[str, Any]) -> Path:
    folder.mkdir()
    (folder / "inference.onnx").symlink_to(onnx)
    description = {"Global": {"model_name": folder.name}, "PreProcess": {"transform_ops": before}, "PostProcess": after}
    # JSON is YAML, but for escapes: of a character beyond 16 bits YAML would make two.
    (folder / "inference.yml").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
    return folder


@contextmanager
def _surroundings(cache: Path) -> Iterator[None]:
    """What PaddleOCR should find while it is imported and loads models."""
    settings = {"PADDLE_PDX_CACHE_HOME": str(cache), "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True", "HF_HUB_OFFLINE": "1"}
    environment = os.environ  # noqa: TID251 - its settings can be given in no other way
    before = {name: environment.get(name) for name in settings}
    environment.update(settings)
    opencv = _OpenCv()
    sys.meta_path.append(opencv)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its dependencies' deprecations
            yield
    finally:
        sys.meta_path.remove(opencv)
        for name, value in before.items():
            environment.pop(name) if value is None else environment.update({name: value})


class _OpenCv(importlib.metadata.DistributionFinder):
    """Says that `opencv-contrib-python` is installed: PaddleOCR looks for a build of that name before it imports `cv2`, and
    would import any. Asked last, after what is really installed."""

    def find_spec(self, *_: object) -> None:
        """No module is found here."""

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context = _EVERY
    ) -> Iterable[importlib.metadata.Distribution]:
        return [_Distribution()] if context.name == _OPENCV else []


class _Distribution(importlib.metadata.Distribution):
    """`cv2` under the other name."""

    def read_text(self, filename: str) -> str | None:
        return f"Metadata-Version: 2.1\nName: {_OPENCV}\nVersion: {cv2.__version__}\n" if filename == "METADATA" else None

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        raise FileNotFoundError(path)


def _silence(*loggers: str) -> None:
    """Errors are raised as well as logged, and raised they are told in this project's way, without what was read."""
    for name in loggers:
        logging.getLogger(name).disabled = True


def _blue_first(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _joined(parts: Sequence[PaddleReading], starts: Sequence[int]) -> PaddleReading:
    """The readings of one strip's parts, which begin at columns *starts*, as one."""
    text = "".join(part.text for part in parts)
    weighed = sum(part.confidence * len(part.text) for part in parts)
    centres = tuple(start + centre for part, start in zip(parts, starts, strict=True) for centre in part.centres)
    return PaddleReading(text, weighed / max(len(text), 1), centres)


def _reading(strip: Strip, found: Mapping[str, Any]) -> PaddleReading:
    """*found* is what PaddleOCR gives with word boxes: how many steps the strip has, and per word the step of each character.

    Spaces at either end are left away, and what the padding seemed to hold.
    """
    text, (steps, _, words, _) = found["rec_text"]
    columns_per_step = strip.width / steps
    centres = [(step + 0.5) * columns_per_step for word in words for step in word]
    placed = [(character, centre) for character, centre in zip(text, centres, strict=True) if centre < strip.width]
    solid = [place for place, (character, _) in enumerate(placed) if not character.isspace()]
    kept = placed[solid[0] : solid[-1] + 1] if solid else []
    confidence = min(float(found["rec_score"]), 1.0)
    return PaddleReading("".join(character for character, _ in kept), confidence, tuple(centre for _, centre in kept))
