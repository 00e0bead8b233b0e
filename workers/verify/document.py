"""A finished derivative PDF, opened with other tools than made it."""

import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops

from schemas.redaction import Leak, Verdict
from workers.redact.burn import DerivedPage
from workers.verify.escapes import unescaped
from workers.verify.pdf_text import BOTH, Extractor
from workers.verify.secrets import Secrets, SecretSearch
from workers.verify.stored_bytes import ByteSearch, inflated_anywhere
from workers.verify.structure import carriers, colours, layers, pictures, revisions, streams, strings


def verify_pdf(pdf: BinaryIO, secrets: Secrets, expected_pages: int, derived: Iterable[DerivedPage] | None = None) -> Verdict:
    """Look for *secrets* in every text and byte of *pdf*, and for anything that is not a page's picture or its text layer.

    With *derived*, the pages that `verify_page` has passed, each page's picture must be the one that was verified.
    A file that cannot be opened, or has another number of pages, does not pass.
    """
    data = pdf.read()
    try:
        leaks, checks = _examine(data, secrets, expected_pages)
        if derived is not None:
            leaks += _other_pictures(data, derived)
            checks += ("pictures_verified",)
    except (pikepdf.PdfError, pypdfium2.PdfiumError):
        return Verdict((Leak("file", "readable"),), ("readable",))
    return Verdict(tuple(leaks), checks)


def _examine(data: bytes, secrets: Secrets, expected_pages: int) -> tuple[list[Leak], tuple[str, ...]]:
    search = SecretSearch(secrets)
    with pikepdf.open(io.BytesIO(data)) as opened:
        oddities = [*revisions(data), *carriers(opened), *pictures(opened), *colours(opened), *layers(opened)]
        leaks = [oddity.as_leak() for oddity in oddities]
        if len(opened.pages) != expected_pages:
            leaks.append(Leak("file", "page_count", detail=f"{len(opened.pages)} of {expected_pages} pages"))
        leaks += secrets_in_bytes(data, opened, ByteSearch(secrets))
        leaks += secrets_in_strings(opened, search)
    for check, extract in BOTH.items():
        leaks += secrets_in_texts(data, extract, search, check)
    return leaks, ("structure", "page_count", "stored_bytes", "stored_strings", *BOTH)


def secrets_in_bytes(data: bytes, opened: pikepdf.Pdf, search: ByteSearch) -> Iterator[Leak]:
    """The file as it lies on disk, then every stream inflated, those too that no table of the file knows; escapes undone."""
    kinds = _kinds_in(data, search, is_compressed=True)
    for content, is_compressed in streams(opened):
        kinds |= _kinds_in(content, search, is_compressed=is_compressed)
    for content in inflated_anywhere(data):
        kinds |= _kinds_in(content, search, is_compressed=True)
    yield from (Leak(kind, "stored_bytes") for kind in sorted(kinds))


def _kinds_in(content: bytes, search: ByteSearch, *, is_compressed: bool) -> set[str]:
    """As it lies, and with each kind of escapes undone."""
    kinds = search(content, is_compressed=is_compressed)
    for plain in unescaped(content):
        kinds |= search(plain, is_compressed=is_compressed)
    return kinds


def secrets_in_strings(opened: pikepdf.Pdf, search: SecretSearch) -> Iterator[Leak]:
    """Titles, bookmarks, notes, field values, replacement texts: whatever the file keeps as a string."""
    kinds = {found.kind for text in strings(opened) for found in search(text)}
    yield from (Leak(kind, "stored_strings") for kind in sorted(kinds))


def secrets_in_texts(data: bytes, extract: Extractor, search: SecretSearch, check: str) -> Iterator[Leak]:
    """A text that the extractor cannot get at is not known to be clean, so that counts as a leak of the file."""
    try:
        places = {(found.kind, page_number): None for page_number, text in extract(data) for found in search(text)}
    except Exception:  # noqa: BLE001 - on a damaged file pdfminer raises whatever its parser stumbles over
        yield Leak("file", check, detail="unreadable")
    else:
        yield from (Leak(kind, check, page_number) for kind, page_number in places)


def _other_pictures(data: bytes, derived: Iterable[DerivedPage]) -> Iterator[Leak]:
    with pypdfium2.PdfDocument(data) as pdf:
        at = -1
        for at, verified in enumerate(derived):
            if at >= len(pdf) or not _shows(pdf[at], verified):
                yield Leak("page", "pictures_verified", at + 1)
        if at + 1 != len(pdf):
            yield Leak("file", "pictures_verified", detail="pages that were not verified")


def _shows(page: pypdfium2.PdfPage, verified: DerivedPage) -> bool:
    """Whether the page's one picture is the verified one: the same JPEG byte for byte, or the same pixels."""
    found = [*page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,))]
    if len(found) != 1:
        return False
    if verified.media_type == "image/jpeg":
        return bytes(found[0].get_data()) == verified.data
    stored = found[0].get_bitmap(render=False).to_pil().convert("RGB")
    with Image.open(io.BytesIO(verified.data)) as picture:
        return stored.size == picture.size and ImageChops.difference(stored, picture.convert("RGB")).getbbox() is None
