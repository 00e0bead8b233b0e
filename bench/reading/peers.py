"""One OCR engine in a process of its own, driven over pipes, so that every engine is started, fed and measured alike.

    python -m bench.reading.peers ENGINE [--threads N] [--models DIR]

Says one line of JSON when it is ready: `version`. Then for each page one line of JSON comes in (`width`, `height`, `dpi`),
followed by height x width x 3 bytes of RGB, and one goes out: `text` with the engine's own lines in its own order,
`processor_seconds` of all threads and children, `peak_memory_mb` of the process so far. It ends with its standard input.

Apart from our own engine it imports nothing but numpy and the peer, so that it runs under any interpreter that has those.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Read = Callable[[Pixels, float | None], str]
"""Pixels (height x width x 3, RGB) and dots per inch, where known, to text"""


@dataclass(frozen=True, slots=True)
class Start:
    """`threads` is 0 for as many as the engine takes by itself; `models` a folder with those that a peer needs handed."""

    threads: int
    models: Path


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine that is ready to read."""

    version: str
    read: Read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=sorted(PEERS))
    parser.add_argument("--threads", type=int, default=0, help="0: as many as the engine takes by itself")
    parser.add_argument("--models", type=Path, default=Path(), help="paddleocr: a folder that `paddle_models.write` made")
    options = parser.parse_args()
    with _own_standard_output() as answers:
        _serve(PEERS[options.engine](Start(options.threads, options.models)), sys.stdin.buffer, answers)


def _own_standard_output() -> BinaryIO:
    """What was standard output; whatever libraries print goes to standard error from here on."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "wb", buffering=0)


def _serve(peer: Peer, requests: BinaryIO, answers: BinaryIO) -> None:
    _say(answers, {"version": peer.version})
    while head := requests.readline():
        told = json.loads(head)
        shape = (told["height"], told["width"], 3)
        pixels = np.frombuffer(requests.read(int(np.prod(shape))), dtype=np.uint8).reshape(shape)
        before = _processor_seconds()
        text = peer.read(pixels, told["dpi"])
        cost = _processor_seconds() - before
        _say(answers, {"text": text, "processor_seconds": cost, "peak_memory_mb": _peak_memory_mb()})


def _say(answers: BinaryIO, said: dict[str, Any]) -> None:
    answers.write(json.dumps(said).encode() + b"\n")


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _peak_memory_mb() -> float:
    """Of this process, or of its largest child where that had more.

    Not `ru_maxrss` for the process itself: that begins with what the parent held when it started this one.
    """
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return max(int(kilobytes), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _ours(start: Start) -> Peer:
    from workers.page_image import PageImage
    from workers.recognize.ppocr import PpOcrEngine

    engine = PpOcrEngine(start.threads)
    told = engine.version
    return Peer(f"{told.name} {told.parameters}", lambda pixels, dpi: engine.read(PageImage(1, pixels, dpi)).text)


def _rapidocr(start: Start, *, classify: bool) -> Peer:
    import cv2
    from rapidocr import RapidOCR

    params: dict[str, Any] = {"Global.log_level": "error", "Global.use_cls": classify}
    if start.threads:
        cv2.setNumThreads(start.threads)
        params["EngineConfig.onnxruntime.intra_op_num_threads"] = start.threads
    engine: Callable[[Pixels], Any] = RapidOCR(params=params)
    return Peer(f"rapidocr {version('rapidocr')}", lambda pixels, _: "\n".join(engine(_bgr(pixels)).txts or ()))


def _paddleocr(start: Start) -> Peer:
    import cv2
    from paddleocr import PaddleOCR  # type: ignore[import-not-found, unused-ignore]  # lies in an environment of its own

    if start.threads:
        cv2.setNumThreads(start.threads)
    engine = PaddleOCR(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": start.threads} if start.threads else None,
        text_detection_model_name="PP-OCRv6_small_det",
        text_detection_model_dir=str(start.models / "detection"),
        text_recognition_model_name="PP-OCRv6_small_rec",
        text_recognition_model_dir=str(start.models / "recognition"),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
    return Peer(
        f"paddleocr {version('paddleocr')}, onnxruntime {version('onnxruntime')}",
        lambda pixels, _: "\n".join(text for page in engine.predict(_bgr(pixels)) for text in page["rec_texts"]),
    )


def _tesseract(_: Start) -> Peer:
    """Its command, once a page: threads are set by OMP_THREAD_LIMIT."""
    told = subprocess.run(("tesseract", "--version"), capture_output=True, text=True, check=True).stdout  # noqa: S607
    return Peer(told.splitlines()[0], _read_with_tesseract)


def _read_with_tesseract(pixels: Pixels, dpi: float | None) -> str:
    height, width = pixels.shape[:2]
    resolution = ("--dpi", str(round(dpi))) if dpi else ()
    done = subprocess.run(  # noqa: S603
        ("tesseract", "stdin", "stdout", "-l", "chi_sim+eng", *resolution),  # noqa: S607
        input=b"P6 %d %d 255\n" % (width, height) + pixels.tobytes(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode()


def _bgr(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, ::-1])


PEERS: dict[str, Callable[[Start], Peer]] = {
    "ours": _ours,
    "rapidocr": lambda start: _rapidocr(start, classify=True),
    "rapidocr_no_classifier": lambda start: _rapidocr(start, classify=False),
    "paddleocr": _paddleocr,
    "tesseract": _tesseract,
}


if __name__ == "__main__":
    main()
