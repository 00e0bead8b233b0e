"""A page of redacted cells as text, searched before it is drawn or written.

The picture and the file of a table are made from this text alone and never from the original's cells, so what is not in the
text is in neither. That is why no engine reads the picture back.
"""

from collections.abc import Callable, Iterator

from schemas.entity import Entity
from schemas.geometry import Box, Quad, upright
from schemas.page import EngineVersion, Line, PageText
from schemas.redaction import Leak, RedactedText, Verdict, VisibleLine
from workers.verify.secrets import Secrets, SecretSearch, new_findings

FindEntities = Callable[[PageText], tuple[Entity, ...]]

CHECKS = ("text_search", "text_detection")
READER = EngineVersion("redacted cells", "1")


def verify_table_text(
    visible: RedactedText, size: tuple[int, int], search: SecretSearch, secrets: Secrets, find_entities: FindEntities
) -> Verdict:
    """Leaks of one page, *size* (width, height) in pixels; each has the box of what was found. *search* is for *secrets*."""
    page = PageText(visible.page_number, *size, 96.0, 0, tuple(map(_line, visible.lines)), READER)
    return Verdict(tuple(dict.fromkeys(_leaks(page, search, secrets, find_entities))), CHECKS)


def _leaks(page: PageText, search: SecretSearch, secrets: Secrets, find_entities: FindEntities) -> Iterator[Leak]:
    for found in search(page.text):
        yield Leak(found.kind, "text_search", page.page_number, _place(page, *found.span))
    for entity in new_findings(find_entities(page), secrets):
        yield Leak(entity.kind, "text_detection", page.page_number, _place(page, *entity.span), f"tier {entity.tier}")


def _line(line: VisibleLine) -> Line:
    return Line(line.text, line.box.quad(), tuple(_quads(line)))


def _quads(line: VisibleLine) -> Iterator[Quad]:
    box, step = line.box, line.box.width / max(len(line.text), 1)
    for at in range(len(line.text)):
        yield upright(box.left + at * step, box.top, box.left + (at + 1) * step, box.bottom)


def _place(page: PageText, start: int, end: int) -> Box | None:
    quads = page.boxes_of(start, end)
    return Box.around(quads) if quads else None
