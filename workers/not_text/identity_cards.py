"""The portrait on a copy of an identity card, told from where the card's labels stand.

On grey and on black and white copies a portrait has no tones to be told by. The card is always laid out alike: 姓名 at
its top left, 公民身份号码 at its bottom left 37.5 mm below, and the portrait on the right. So the two labels say where it is,
at whatever size the card was copied.
"""

from collections.abc import Iterator

from schemas.geometry import Box
from schemas.page import Line, PageText
from workers.not_text.turned import Turn

_NAME, _NUMBER = "姓名", ("公民身份号码", "公民身份证号", "身份号码")
_APART_MM = 37.5
_PORTRAIT_MM = (47.5, -6.0, 78.0, 33.0)
"""Left, top, right and bottom, from the left end and the middle of 姓名."""
_LEVEL_MM = 8.0
"""How far the two labels may be from starting below one another: a copy is seldom straight."""
_LEAST_PIXELS = 60


def find_portraits(text: PageText) -> Iterator[Box]:
    """Boxes in page pixels, inside the page."""
    turn = Turn(text.rotation // 90, text.width, text.height)
    names = [_upright(line, turn) for line in text.lines if _plain(line).startswith(_NAME)]
    numbers = [_upright(line, turn) for line in text.lines if _plain(line).startswith(_NUMBER)]
    for number in numbers:
        for name in names:
            apart = _middle(number) - _middle(name)
            if apart >= _LEAST_PIXELS and abs(number.left - name.left) <= _LEVEL_MM * apart / _APART_MM:
                yield turn.back().box(_portrait(name, apart / _APART_MM)).clipped(text.width, text.height)


def _portrait(name: Box, pixels_per_mm: float) -> Box:
    left, top, right, bottom = (round(edge * pixels_per_mm) for edge in _PORTRAIT_MM)
    middle = round(_middle(name))
    return Box(name.left + left, middle + top, name.left + right, middle + bottom)


def _upright(line: Line, turn: Turn) -> Box:
    return turn.box(Box.around((line.char_boxes[0],)))


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _plain(line: Line) -> str:
    return line.text.replace(" ", "")
