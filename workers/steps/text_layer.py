"""Whether the text that a PDF page carries is the text that a reader sees; if so, it is taken and the page needs no OCR.

A text layer is quick and exact when it is true. It may also be another program's bad OCR, a font without meaning, or text
under a black box. So it has to pass every test here, cheapest first; what fails is read by OCR, which costs time and no truth.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from archive.errors import Rejected
from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from workers.page_image import PageImage
from workers.paginate import OpenDocument
from workers.paginate.ink import has_unread_ink, has_unseen_text
from workers.recognize.port import OcrEngine

_BROKEN_SHARE = 0.01
_ODD_SHARE = 0.3  # French or German text has under a tenth of accented letters; a wrong code page has most
_FEWEST_CHARACTERS = 4
_SAMPLE_LINES = 4
_LONGEST_SAMPLE = 32  # characters; more of one line shows no more
_OVERPRINT = 0.5  # of a character's length that the one before it reaches into it; no kerning does
_OVERPRINTED = 2
_ALIKE = 0.75
_NOT_AT_ALL_ALIKE = 0.3
_MARGIN = 0.2  # of a line's height, around it in the sample
_LANE_GAP = 1.0  # of a line's height, between lines of the sample

_USUAL_BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x2010, 0x2027),  # dashes, quotes, ellipsis
    (0x2460, 0x24FF),  # enclosed numbers
    (0x2500, 0x25FF),  # rules, boxes, ticks
    (0x3000, 0x30FF),  # CJK punctuation, kana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),  # full-width forms
    (0x20000, 0x323AF),
)
_RADICALS = (0x2E80, 0x2EFF)  # stand for characters in badly made fonts, and no search finds them


def trusted_text_layer(document: OpenDocument, page_number: int, engine: OcrEngine, image: PageImage | None) -> PageText | None:
    """The page's own text in pixels of its rendering, or None where there is none or it cannot be trusted: then use OCR.

    *image* is `document.render(page_number)` where the caller has it already. Raises what rendering raises.
    """
    layer = _layer(document, page_number)
    if layer is None or is_garbled(layer.text) or is_overprinted(layer):
        return None
    shown = document.render(page_number) if image is None else image
    if has_unseen_text(shown, layer) or has_unread_ink(shown, layer):
        return None
    return layer if agrees(engine, shown, layer) else None


def is_garbled(text: str) -> bool:
    """Whether too few characters are such as occur in claims, or there are too few to tell."""
    characters = [character for character in text if not character.isspace()]
    broken = sum(_is_broken(character) for character in characters)
    odd = sum(not _is_usual(character) for character in characters)
    total = len(characters)
    return total < _FEWEST_CHARACTERS or broken > _BROKEN_SHARE * total or odd > _ODD_SHARE * total


def is_overprinted(layer: PageText) -> bool:
    """Whether other text is printed over the text somewhere: what is seen there is neither."""
    return (
        sum(_reaches_into(before, after) for line in layer.lines for before, after in pairwise(line.char_boxes)) >= _OVERPRINTED
    )


def agrees(engine: OcrEngine, image: PageImage, layer: PageText) -> bool:
    """Whether *engine* reads a few lines of the page much as *layer* has them.

    The lines are chosen to show as many different characters as they can, so that every font of the page has its say.
    """
    lines = _sample(layer)
    if not lines:
        return False
    strip, lanes = _stacked(image, lines, layer.rotation)
    read = _read_by_lane(engine.read(PageImage(image.page_number, strip, image.dpi)), lanes)
    shares = [similarity(line.text, seen) for line, seen in zip(lines, read, strict=True)]
    return sum(shares) / len(shares) >= _ALIKE and min(shares) >= _NOT_AT_ALL_ALIKE


def similarity(first: str, second: str) -> float:
    """Dice's coefficient of neighbouring letter pairs, 0 to 1; case, width, spaces and punctuation do not count."""
    ours, theirs = _pairs(first), _pairs(second)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


def _layer(document: OpenDocument, page_number: int) -> PageText | None:
    try:
        layer = document.text_layer(page_number)
        return None if layer is None or document.text_doubts(page_number) else layer
    except Rejected:
        return None  # a layer that cannot be parsed is not trusted; whether the page can be rendered is found out by OCR


def _reaches_into(before: Quad, after: Quad) -> bool:
    reach, length = math.dist(before[0], after[0]), min(math.dist(quad[0], quad[1]) for quad in (before, after))
    return length > 0 and reach < (1 - _OVERPRINT) * length


def _is_broken(character: str) -> bool:
    is_radical = _RADICALS[0] <= ord(character) <= _RADICALS[1]
    return is_radical or character == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}


def _is_usual(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _USUAL_BLOCKS)


def _sample(layer: PageText) -> tuple[Line, ...]:
    """Lines that stand the way the page does, each adding the most letters not shown by those before it."""
    upright = [line for line in layer.lines if _turn_of(line) == layer.rotation and not _runs_down(line)]
    left = [line for line in upright if len(_letters(line.text)) >= _FEWEST_CHARACTERS]
    chosen: list[Line] = []
    shown: set[str] = set()
    while left and len(chosen) < _SAMPLE_LINES:
        best = max(left, key=lambda line: len(set(_letters(line.text)[:_LONGEST_SAMPLE]) - shown))
        left.remove(best)
        shown |= set(_letters(best.text))
        chosen.append(_shortened(best))
    return tuple(chosen)


def _turn_of(line: Line) -> int:
    (x0, y0), (x1, y1) = line.box[0], line.box[1]
    across, down = x1 - x0, y1 - y0
    if abs(across) >= abs(down):
        return 0 if across >= 0 else 180
    return 90 if down < 0 else 270


def _runs_down(line: Line) -> bool:
    """Whether each character stands below the one before it, upright: an engine may part such a line as it likes."""
    return len(line.text) > 1 and math.dist(line.box[0], line.box[3]) > math.dist(line.box[0], line.box[1])


def _shortened(line: Line) -> Line:
    if len(line.text) <= _LONGEST_SAMPLE:
        return line
    first, last = line.char_boxes[0], line.char_boxes[_LONGEST_SAMPLE - 1]
    box = (first[0], last[1], last[2], first[3])
    return Line(line.text[:_LONGEST_SAMPLE], box, line.char_boxes[:_LONGEST_SAMPLE])


def _stacked(image: PageImage, lines: tuple[Line, ...], rotation: int) -> tuple[NDArray[np.uint8], tuple[tuple[int, int], ...]]:
    """The lines cut out, upright, one below the other on white, and the rows [top, bottom) that each has there."""
    cuts = [_cut(image, line, rotation) for line in lines]
    gap = int(_LANE_GAP * max(cut.shape[0] for cut in cuts)) + 1
    width = max(cut.shape[1] for cut in cuts) + 2 * gap
    strip = np.full((gap + sum(cut.shape[0] + gap for cut in cuts), width, 3), 255, np.uint8)
    lanes = tuple(_lanes(cuts, gap))
    for cut, (top, bottom) in zip(cuts, lanes, strict=True):
        strip[top:bottom, gap : gap + cut.shape[1]] = cut
    return strip, lanes


def _lanes(cuts: list[NDArray[np.uint8]], gap: int) -> Iterator[tuple[int, int]]:
    top = gap
    for cut in cuts:
        yield top, top + cut.shape[0]
        top += cut.shape[0] + gap


def _cut(image: PageImage, line: Line, rotation: int) -> NDArray[np.uint8]:
    box = Box.around([line.box])
    margin = int(_MARGIN * min(box.width, box.height)) + 1
    wider = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin).clipped(image.width, image.height)
    return np.rot90(image.pixels[wider.top : wider.bottom, wider.left : wider.right], k=-rotation // 90)


def _read_by_lane(read: PageText, lanes: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    found = [(_middle(line), line) for line in read.lines]
    return tuple(
        "".join(line.text for middle, line in sorted(found, key=lambda each: each[1].box[0][0]) if top <= middle < bottom)
        for top, bottom in lanes
    )


def _middle(line: Line) -> float:
    return sum(y for _, y in line.box) / len(line.box)


def _letters(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def _pairs(text: str) -> Counter[str]:
    letters = _letters(text)
    return Counter(map("".join, pairwise(letters)))
