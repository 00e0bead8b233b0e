"""What an OCR engine promises."""

from typing import Protocol

from schemas.page import EngineVersion, PageText
from workers.page_image import PageImage


class TookTooLong(Exception):
    """An engine that works in a process of its own did not come to an end with a page, and was ended."""


class OcrEngine(Protocol):
    """Reads one page image at a time, without any network. Not thread-safe: one engine per process."""

    @property
    def version(self) -> EngineVersion: ...

    def read(self, image: PageImage) -> PageText:
        """Lines in reading order with a box per character, all in *image*'s pixels whatever way the page was turned.

        Each line has a confidence. What an engine does not know of single characters, confidences or runners-up, it leaves
        empty on every line. A page without text gives no lines. The same pixels give the same text.
        """
        ...
