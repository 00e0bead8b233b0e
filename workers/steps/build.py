"""Building one derivative from its verified pages, and checking it as a whole: a PDF, or of a table a table."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from schemas.geometry import Box
from schemas.redaction import Audience, Mask, RedactedText, Verdict
from workers.paginate.tables.pages import PlacedCell, TablePage
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, placeholder_page
from workers.redact.hide import withheld_text
from workers.redact.table_file import ShownCell, ShownSheet, write_table
from workers.verify.document import verify_pdf
from workers.verify.secrets import Secrets
from workers.verify.tabular import verify_table

_UNKNOWN_PAGE_PIXELS = (1240, 1754)
"""A4 at 150 dpi: how large a page is shown of which nothing is known."""
_NOTICE_PLACE = (0, 0)
"""Left and top of a notice on a page of cells, where no cell is."""


BuiltPage = tuple[DerivedPage, RedactedText]


def build_pdf(pages: Callable[[], Iterable[BuiltPage]], page_count: int, secrets: Secrets) -> tuple[io.BytesIO, Verdict]:
    """The finished PDF and what opening it again with other tools found.

    *pages* gives the verified pages, one at a time, whenever it is called: once to build from and once to compare with.
    """
    out = io.BytesIO()
    assemble_pdf(pages(), out)
    out.seek(0)
    verdict = verify_pdf(out, secrets, page_count, (page for page, _ in pages()))
    out.seek(0)
    return out, verdict


def build_table(
    media_type: str, pages: Iterable[TablePage], texts: Mapping[int, RedactedText], secrets: Secrets
) -> tuple[io.BytesIO, Verdict]:
    """The finished table and what opening it again with other tools found.

    *pages* are the original's; *texts* has the verified text of each that may be seen, or that of a notice, by page number.
    Cells on other pages, and those of which nothing is left, are left out. A notice stands in place of its page's first cell.
    """
    out = io.BytesIO()
    write_table(media_type, _shown_sheets(pages, texts), out)
    return out, verify_table(out.getvalue(), media_type, secrets, texts.values())


def _shown_sheets(pages: Iterable[TablePage], texts: Mapping[int, RedactedText]) -> Iterator[ShownSheet]:
    shown = (page for page in pages if page.page_number in texts)
    for _, of_sheet in groupby(shown, key=attrgetter("sheet")):
        titles: set[str] = set()
        rows: dict[int, dict[int, ShownCell]] = {}
        for page in of_sheet:
            visible = {(line.box.left, line.box.top): line.text for line in texts[page.page_number].lines}
            if (notice_text := visible.get(_NOTICE_PLACE)) is not None:
                first = page.cells[0].cell
                rows.setdefault(first.row, {})[first.column] = ShownCell(notice_text)
            else:
                title = visible.get((page.title_box.left, page.title_box.top), "")
                titles.add(title if title == page.title else "")
            for placed in page.cells:
                if (line := visible.get((placed.box.left, placed.box.top))) is not None:
                    rows.setdefault(placed.cell.row, {})[placed.cell.column] = _shown_cell(placed, line)
        title, *others = titles or {""}
        yield ShownSheet("" if others else title, rows)  # where something of it had to be hidden on any page, none stays


def _shown_cell(placed: PlacedCell, line: str) -> ShownCell:
    """The value itself where its whole line is seen; else what is seen of it, as text."""
    if line == placed.line:
        return ShownCell(placed.cell.value, placed.cell.number_format)
    return ShownCell(placed.value_in(line))


def table_notice(page_number: int, reason: str, audience: Audience, policy: str) -> RedactedText:
    """What stands in the place of cells that could not be read."""
    text = withheld_text(page_number, *_UNKNOWN_PAGE_PIXELS, reason, audience, policy)
    return replace(text, lines=tuple(replace(line, box=Box(*_NOTICE_PLACE, *_UNKNOWN_PAGE_PIXELS)) for line in text.lines))


def text_beside(text: RedactedText, planned: Iterable[Mask], burnt: Iterable[Mask]) -> RedactedText:
    """*text* without the lines that lie under masks which were burnt beyond those *planned*.

    What the second reading found has no span in the first one's text, so the line is taken whole.
    """
    known = set(planned)
    added = [mask.box for mask in burnt if mask not in known]
    kept = tuple(line for line in text.lines if not any(line.box.overlaps(box) for box in added))
    return replace(text, lines=kept)


def notice(page_number: int, reason: str, audience: Audience, policy: str) -> BuiltPage:
    """What stands in the place of a page that could not be read: a sentence that says so."""
    return (
        placeholder_page(page_number, *_UNKNOWN_PAGE_PIXELS, reason),
        withheld_text(page_number, *_UNKNOWN_PAGE_PIXELS, reason, audience, policy),
    )
