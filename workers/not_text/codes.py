"""QR and barcodes, those too that can be seen and not decoded.

zxing-cpp decodes; what it found and could not decode is a code all the same, and so is what looks like one
(`code_patterns`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import zxingcpp

from schemas.geometry import Box, Quad
from workers.not_text.code_patterns import find_bars, find_blocks, find_corners
from workers.not_text.sheet import Grey, Sheet

_F = zxingcpp.BarcodeFormat
_LINEAR = (_F.Code128, _F.Code39, _F.Code93, _F.Codabar, _F.ITF, _F.EANUPC, _F.DataBar)
_FAST = (*_LINEAR, _F.QRCode, _F.MicroQRCode, _F.Aztec)
_SLOW = (_F.DataMatrix, _F.PDF417)
"""Looking for them costs more than for all others together, so it is done on the smaller sheet and where there are fields of
ink."""
_WRECKS = (_F.QRCode, _F.Aztec, _F.PDF417)
"""Known for what they are though they cannot be decoded. Bars make one another's wrecks, and two lines of print that meet are
an L, which is all that a Data Matrix has to be known by."""

_FLAT = 0.4
"""A symbol lower than this share of its length is known by one scan line only: its bars reach higher."""


@dataclass(frozen=True, slots=True)
class Code:
    """`value` is "" where nothing could be decoded."""

    box: Box
    value: str = field(default="", repr=False)


def find_codes(fine: Sheet, coarse: Sheet) -> tuple[Code, ...]:
    """Every code on the page that both sheets show, in pixels of the page."""
    bars = [*find_bars(coarse)]
    decoded = [
        _moved(code, 0, 0, sheet.scale)
        for sheet, formats in ((fine, _FAST), (coarse, _SLOW))
        for code in _decoded(sheet.grey, formats)
    ]
    for box in (*bars, *find_blocks(coarse)):
        if not any(box.overlaps(code.box) for code in decoded):
            decoded += _decoded_in(fine, box)
    codes = [Code(_around((code.box, *(box for box in bars if box.overlaps(code.box)))), code.value) for code in decoded]
    for box in (*bars, *find_corners(coarse)):
        if not any(box.overlaps(code.box) for code in codes):
            codes.append(Code(box))
    return tuple(codes)


def _decoded_in(sheet: Sheet, place: Box) -> Iterator[Code]:
    """The codes in *place*, a part of the page."""
    left, top, right, bottom = (round(edge * sheet.scale) for edge in (place.left, place.top, place.right, place.bottom))
    for code in _decoded(np.ascontiguousarray(sheet.grey[top:bottom, left:right]), (*_LINEAR, *_SLOW)):
        yield _moved(code, place.left, place.top, sheet.scale)


def _decoded(grey: Grey, formats: Sequence[zxingcpp.BarcodeFormat]) -> Iterator[Code]:
    """The codes of *formats* on *grey*."""
    if not grey.size:
        return
    for found in zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats([*formats]), try_invert=False, try_downscale=False, return_errors=True
    ):
        if found.valid or found.format.symbology in _WRECKS:
            place = Box.around([_whole(found)]).clipped(grey.shape[1], grey.shape[0])
            yield Code(place, found.text if found.valid else "")


def _moved(code: Code, left: int, top: int, scale: float) -> Code:
    """*code*, found on a part of the page that begins at (*left*, *top*) and was made *scale* times as large."""
    edges = (code.box.left, code.box.top, code.box.right, code.box.bottom)
    box = Box(*(round(edge / scale) + start for edge, start in zip(edges, (left, top, left, top), strict=True)))
    return Code(box, code.value)


def _whole(found: zxingcpp.Barcode) -> Quad:
    """The corners of a symbol, drawn apart where only one scan line across its bars is known."""
    place = found.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    corners = np.array([(point.x, point.y) for point in points], np.float64)
    along, down = corners[1] - corners[0], corners[3] - corners[0]
    length, height = float(np.hypot(*along)), float(np.hypot(*down))
    if found.format.symbology in {_F.QRCode, _F.Aztec, _F.DataMatrix} or height >= _FLAT * length or not length:
        reach = np.zeros(2)
    else:
        reach = np.array([-along[1], along[0]]) / length * (_FLAT * length - height) / 2
    signs = (-1, -1, 1, 1)
    one, two, three, four = ((float(x), float(y)) for x, y in (c + s * reach for c, s in zip(corners, signs, strict=True)))
    return (one, two, three, four)


def _around(boxes: Sequence[Box]) -> Box:
    return Box.around(box.quad() for box in boxes)
