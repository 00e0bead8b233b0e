"""What every kind of document can do once it is open."""

from types import TracebackType
from typing import Protocol, Self

from schemas.page import PageText
from workers.page_image import PageImage


class OpenDocument(Protocol):
    """A document with its pages counted. Page numbers count from 1; others are a ValueError. Not thread-safe.

    One page is held at a time, and only while a method runs.
    """

    @property
    def page_count(self) -> int: ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know of the file: `has_annotations`, `has_attachments`, `has_javascript`, `repaired`, `signed`; sorted."""
        ...

    def render(self, page_number: int) -> PageImage:
        """The page as a viewer shows it. The same page gives the same pixels.

        Raises Rejected("damaged_page" | "page_too_large"), and "damaged_document" where the file is that one page.
        """
        ...

    def text_layer(self, page_number: int) -> PageText | None:
        """The page's own text in the pixels of `render`, unjudged; None where there is none. Rejected("damaged_page")."""
        ...

    def text_doubts(self, page_number: int) -> tuple[str, ...]:
        """What in the page's build says that its text may not be what is seen: `annotations`, `hidden_text`,
        `pictures`. Rejected as above."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
