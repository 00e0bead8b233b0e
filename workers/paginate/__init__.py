"""Documents, opened and given out page by page: as pixels, and as text where the file carries its own."""

from typing import BinaryIO

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.tables import PDF, TABLES
from workers.paginate.cursor import Cursor
from workers.paginate.pdf import PdfDocument
from workers.paginate.picture import PictureDocument
from workers.paginate.port import OpenDocument
from workers.paginate.tables.document import TableDocument

__all__ = ["OpenDocument", "TableDocument", "open_document"]

PICTURE_FORMATS = {
    "image/tiff": "TIFF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/bmp": "BMP",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/jp2": "JPEG2000",
    "image/j2c": "JPEG2000",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
"""Media type to the name Pillow knows the format by."""


def open_document(stream: BinaryIO, media_type: str, limits: Limits, password: str | None = None) -> OpenDocument:
    """Open the document in the seekable *stream*, which stays the caller's and must outlive the document.

    Nothing is written to disk. Raises Rejected("encrypted_document" | "damaged_document" | "no_pages" | "too_many_pages" |
    "page_too_large" | "expands_too_much" | "too_many_members" | "too_many_merges" | "unclear_encoding" |
    "unsupported_type"), and whatever *stream* itself raises.
    """
    if media_type == PDF:
        return PdfDocument(Cursor(stream), limits, password)
    if media_type in PICTURE_FORMATS:
        return PictureDocument(Cursor(stream), PICTURE_FORMATS[media_type], limits)
    if media_type in TABLES:
        return TableDocument(Cursor(stream), media_type, limits)
    raise Rejected("unsupported_type", media_type)
