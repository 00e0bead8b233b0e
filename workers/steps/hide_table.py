"""One page of a table for one audience: cells as text, searched, emptied where something is still found, and drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Leak, Mask, RedactedText, VisibleLine
from workers.paginate.tables.pages import NOT_SHOWN
from workers.paginate.tables.picture import drawn
from workers.redact.burn import DerivedPage, encode_page
from workers.steps.build import text_beside
from workers.steps.hide_page import HiddenPage
from workers.tools import Tools
from workers.verify.secrets import Secrets, SecretSearch
from workers.verify.table_text import verify_table_text

_ROUNDS = 3
_NOTICE_HEIGHT = 20
_HIDDEN_IN_THE_FILE = "原文件中隐藏的单元格，不予提供。Cells that the original hides are withheld."
"""What a page of cells that the original does not show says in place of them."""


def hide_table_page(
    text: PageText,
    visible: RedactedText,
    masks: Sequence[Mask],
    search: SecretSearch,
    secrets: Secrets,
    tools: Tools,
    added: Sequence[Mask] = (),
) -> HiddenPage:
    """The page that was read as *text* and is seen as *visible*, with the *masks* of what is hidden in it.

    Cells that masks *added* by people touch are taken out whole, and so are those in which something is still found.
    """
    size = (text.width, text.height)
    planned = tuple(mask for mask in masks if mask.page_number == text.page_number)
    own = (*planned, *added)
    shown = visible if is_shown(text) else _notice(text, visible)
    for _ in range(_ROUNDS):
        seen = text_beside(shown, planned, own)
        verdict = verify_table_text(seen, size, search, secrets, tools.extractor.entities_on_page)
        found = tuple(_masks(verdict.leaks, text.page_number))
        if verdict.passed or not set(found) - set(own):
            break
        own = tuple(dict.fromkeys((*own, *found)))
    return HiddenPage(_picture(seen, text), own, verdict)


def is_shown(text: PageText) -> bool:
    """Whether the original shows the cells of this page."""
    return text.engine != NOT_SHOWN


def _notice(text: PageText, visible: RedactedText) -> RedactedText:
    box = Box(0, 0, text.width, text.height)
    return replace(visible, lines=(VisibleLine(_HIDDEN_IN_THE_FILE, box.clipped(text.width, _NOTICE_HEIGHT)),))


def _masks(leaks: Sequence[Leak], page_number: int) -> Iterator[Mask]:
    for leak in leaks:
        if leak.box is not None:
            yield Mask(leak.kind, page_number, leak.box, leak.check)


def _picture(seen: RedactedText, text: PageText) -> DerivedPage:
    lines = ((line.text, line.box) for line in seen.lines)
    return encode_page(drawn(lines, text.width, text.height), text.page_number, text.dpi)
