"""A table as a document: its pages are cells, and their text is the cells' own."""

from collections.abc import Iterator
from functools import cached_property
from types import TracebackType
from typing import Protocol, Self

from schemas.geometry import Box
from schemas.limits import Limits
from schemas.page import PageReading, PageState, PageText
from schemas.tables import XLSX
from workers.page_image import PageImage
from workers.paginate.cursor import Cursor, translated
from workers.paginate.pages import check_page_count, check_page_number
from workers.paginate.tables.cells import Sheet
from workers.paginate.tables.delimited import DelimitedText
from workers.paginate.tables.pages import TablePage, pages_shown, table_pages
from workers.paginate.tables.picture import drawn
from workers.paginate.tables.workbook import Workbook


class _Source(Protocol):
    @property
    def sheets(self) -> tuple[Sheet, ...]: ...

    @property
    def remarks(self) -> tuple[str, ...]: ...


class TableDocument:
    """See `OpenDocument`. Cells are read from the first whenever pages are asked for; one page is held at a time."""

    def __init__(self, cursor: Cursor, media_type: str, limits: Limits) -> None:
        self.media_type = media_type
        self._cursor = cursor
        self._limits = limits
        with translated("damaged_document", cursor):
            self._source: _Source = Workbook(cursor, limits) if media_type == XLSX else DelimitedText(cursor)

    @property
    def page_count(self) -> int:
        return self._counted[0]

    @property
    def remarks(self) -> tuple[str, ...]:
        hidden = ("has_hidden_cells",) if self._counted[1] else ()
        return tuple(sorted((*self._source.remarks, *hidden)))

    @cached_property
    def _counted(self) -> tuple[int, int]:
        """How many pages there are, and how many of them have cells that the file does not show."""
        count = hidden = 0
        for count, is_shown in enumerate(self._shown(), start=1):
            hidden += not is_shown
            if count > self._limits.max_pages:
                break
        check_page_count(count, self._limits)
        return count, hidden

    def _shown(self) -> Iterator[bool]:
        with translated("damaged_document", self._cursor):
            yield from pages_shown(self._source.sheets)

    def pages(self, first: int = 1) -> Iterator[TablePage]:
        """The pages from *first* on. Raises Rejected("damaged_document")."""
        with translated("damaged_document", self._cursor):
            yield from table_pages(self._source.sheets, first)

    def page(self, page_number: int) -> TablePage:
        check_page_number(page_number, max(page_number, 1))
        for page in self.pages(page_number):
            return page
        raise ValueError(f"there is no page {page_number}")

    def reading(self, page_number: int) -> PageReading:
        """What there is to read, exactly: no engine need look."""
        return PageReading(page_number, PageState.READ, text=self.page(page_number).text())

    def readings(self) -> Iterator[PageReading]:
        """Of all pages, for whoever wants them together: the rows are gone through once."""
        return (PageReading(page.page_number, PageState.READ, text=page.text()) for page in self.pages())

    def render(self, page_number: int) -> PageImage:
        text = self.page(page_number).text()
        lines = ((line.text, Box.around((line.box,))) for line in text.lines)
        return PageImage(page_number, drawn(lines, text.width, text.height), text.dpi)

    def text_layer(self, page_number: int) -> PageText | None:
        return self.page(page_number).text()

    def text_doubts(self, page_number: int) -> tuple[str, ...]:
        check_page_number(page_number, self.page_count)
        return ()

    def close(self) -> None:
        if isinstance(self._source, Workbook):
            self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
