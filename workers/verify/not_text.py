"""Codes and photographs that a finished page still shows, looked for in its pixels alone.

Nothing is taken over from those who looked for them in the original: codes are sought at other scales, and a photograph is
what is left of a page when a median filter has wiped out every stroke of a pen and of print.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from schemas.geometry import Box
from schemas.redaction import Leak
from workers.verify.secrets import Secrets

CHECKS = ("codes", "photographs")

Grey = NDArray[np.uint8]

_F = zxingcpp.BarcodeFormat
_LINES_AND_SQUARES = zxingcpp.BarcodeFormats(
    [*(_F.Code128, _F.Code39, _F.Code93, _F.Codabar, _F.ITF, _F.EANUPC, _F.DataBar), *(_F.QRCode, _F.MicroQRCode, _F.Aztec)]
)
_EVERY = zxingcpp.BarcodeFormats([*_LINES_AND_SQUARES, _F.DataMatrix, _F.PDF417])
"""The last two take longer to look for than all others together, so they are sought on one view only."""
_FINE, _LARGEST = 2000, 4200
"""Pixels of the long side: from the first on, half of them show every code; more than the second show none better."""

_LONG_SIDE = 700
"""Pixels, or up to twice as many, to which a page is made smaller: 60 to 120 an inch on A4."""
_STROKES = 5
"""Pixels of the filter: 1 to 2 mm, of which a stroke of print fills less than half."""
_DARKEST, _UNDER_PAPER = 38, 38
_SHORT, _LONG, _SHAPE = (0.042, 0.19), (0.06, 0.25), (0.52, 1.0)
"""Of a portrait: its shorter and its longer side in long sides of the page, and their ratio."""
_FILLED, _VARIED = 0.6, 10.0


def still_shown(grey: Grey, page_number: int, secrets: Secrets) -> Iterator[Leak]:
    """Leaks of kind CODE and FACE with their places, where the policy never shows such to the audience; *grey* is the page."""
    if secrets.policy.always_hides("CODE", secrets.audience):
        yield from (Leak("CODE", "codes", page_number, box) for box in _codes(grey))
    if secrets.policy.always_hides("FACE", secrets.audience):
        yield from (Leak("FACE", "photographs", page_number, box) for box in _photographs(grey))


def _codes(grey: Grey) -> Iterator[Box]:
    """At full size, or as large as codes need, and at half."""
    is_fine, full = max(grey.shape) >= _FINE, max(max(grey.shape) // _LARGEST, 1)
    views = (full, _LINES_AND_SQUARES if is_fine else _EVERY), (2 * full, _EVERY if is_fine else _LINES_AND_SQUARES)
    for whole, formats in views:
        for found in zxingcpp.read_barcodes(_reduced(grey, whole), formats=formats, try_invert=False, try_downscale=False):
            yield _place(found, whole).clipped(grey.shape[1], grey.shape[0])


def _reduced(grey: Grey, whole: int) -> Grey:
    """*grey* with one pixel for each square of *whole* pixels a side."""
    size = (max(grey.shape[1] // whole, 1), max(grey.shape[0] // whole, 1))
    cut = np.ascontiguousarray(grey[: size[1] * whole, : size[0] * whole])
    return cut if whole == 1 else np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)


def _place(found: zxingcpp.Barcode, whole: int) -> Box:
    """The box around a symbol; of bars that were read along one line only, as high as they are likely to be."""
    corners = found.position.top_left, found.position.top_right, found.position.bottom_right, found.position.bottom_left
    xs, ys = [corner.x * whole for corner in corners], [corner.y * whole for corner in corners]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    lacking = max(0.3 * max(right - left, bottom - top) - min(right - left, bottom - top), 0.0) / 2
    wide, high = (lacking, 0.0) if right - left < bottom - top else (0.0, lacking)
    return Box(round(left - wide), round(top - high), round(right + wide), round(bottom + high))


def _photographs(grey: Grey) -> Iterator[Box]:
    whole = max(max(grey.shape) // _LONG_SIDE, 1)
    without_strokes = np.asarray(cv2.medianBlur(_reduced(grey, whole), _STROKES), np.uint8)
    paper = float(np.percentile(without_strokes, 75))
    tones = ((without_strokes > _DARKEST) & (without_strokes < paper - _UNDER_PAPER)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(tones, connectivity=4)
    for at in range(1, count):
        left, top, width, height, area = (int(each) for each in stats[at])
        if _is_like_a_portrait(width / max(tones.shape), height / max(tones.shape)) and area >= _FILLED * width * height:
            part = without_strokes[top : top + height, left : left + width]
            if float(part[labels[top : top + height, left : left + width] == at].std()) >= _VARIED:
                edges = (left - 1, top - 1, left + width + 1, top + height + 1)
                yield Box(*(edge * whole for edge in edges)).clipped(grey.shape[1], grey.shape[0])


def _is_like_a_portrait(width: float, height: float) -> bool:
    short, long = sorted((width, height))
    return _SHORT[0] <= short <= _SHORT[1] and _LONG[0] <= long <= _LONG[1] and _SHAPE[0] <= short / long <= _SHAPE[1]
