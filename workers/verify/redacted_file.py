"""Judges a redacted PDF whoever made it: what of the original can still be got out of it?"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c

from archive.errors import Rejected
from schemas.entity import Entity
from schemas.page import PageText
from schemas.redaction import Audience, Leak, Verdict
from workers.extract.typed import typed
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.redact.likeness import Haystack, find, needle
from workers.redact.policy import RedactionPolicy
from workers.redact.tokens import TOKENS
from workers.verify.document import secrets_in_bytes, secrets_in_strings, secrets_in_texts
from workers.verify.hidden_text import PIXELS_PER_POINT, HiddenRun, hidden_runs
from workers.verify.page import FindEntities, rescaled, scaled, search_reading
from workers.verify.pdf_text import ALL, by_pdfium
from workers.verify.secrets import Secrets, SecretSearch, new_findings
from workers.verify.stored_bytes import ByteSearch
from workers.verify.structure import Oddity, carriers, revisions

CHECKS = (
    *("structure", "metadata", "page_count", "stored_bytes", "stored_strings", *ALL, "text_detection"),
    *("hidden_text", "second_reading", "second_detection", "pictures"),
)

_DPI = 160
_MOST_PIXELS = 4000
"""Pixels of the long side that a page is read at, however large its paper."""
_SMALLEST_PICTURE = 64
"""Pixels; a smaller picture holds no line of text that could be read."""
_LEAKING_CARRIERS = frozenset(
    {"attachments", "script", "layers", "thumbnail", "form", "alternate picture", "older revision", "bytes behind the file"}
)
"""Signs of something kept behind the pages. Others, such as links, bookmarks and tags, are judged by what they say."""
_MARKS_OVER_TEXT = frozenset({"/Redact", "/Square", "/Highlight", "/Ink", "/Polygon", "/FreeText", "/Text", "/Popup", "/Stamp"})
_TELLING_METADATA = ("/Title", "/Author", "/Subject", "/Keywords")
_TELLING_XMP = ("dc:title", "dc:creator", "dc:subject", "dc:description", "pdf:Keywords")
_TOKEN = re.compile("|".join(re.escape(each) for each in sorted(TOKENS)))


def verify_redaction(
    original: Sequence[PageText],
    entities: Sequence[Entity],
    redacted: BinaryIO,
    policy: RedactionPolicy,
    audience: Audience,
    engine: OcrEngine,
    find_entities: FindEntities,
) -> Verdict:
    """Leaks of *redacted*, a PDF, given the *original*'s text and the *entities* that were found in it.

    Any text that can be copied but not seen is a leak, known or not: somebody hid it. In a text layer made of type tokens
    and invisible text only known values count. Boxes of leaks are in the original's page pixels. Raises Rejected where the
    PDF cannot be opened.
    """
    secrets = Secrets.of(entities, policy, audience)
    data = redacted.read()
    try:
        leaks = [*_in_file(data, secrets, len(original)), *_on_pages(data, secrets, original, engine, find_entities)]
    except pikepdf.PasswordError as error:
        raise Rejected("encrypted_document") from error
    except (pikepdf.PdfError, pypdfium2.PdfiumError) as error:
        raise Rejected("damaged_document") from error
    return Verdict(tuple(dict.fromkeys(leaks)), CHECKS)


def _in_file(data: bytes, secrets: Secrets, expected_pages: int) -> Iterator[Leak]:
    search = SecretSearch(secrets)
    with pikepdf.open(io.BytesIO(data)) as opened:
        yield from (oddity.as_leak() for oddity in _oddities(data, opened))
        yield from (Leak("file", "metadata", detail=where) for where in _metadata(opened))
        if len(opened.pages) != expected_pages:
            yield Leak("file", "page_count", detail=f"{len(opened.pages)} of {expected_pages} pages")
        yield from secrets_in_bytes(data, opened, ByteSearch(secrets))
        yield from secrets_in_strings(opened, search)
    for check, extract in ALL.items():
        yield from secrets_in_texts(data, extract, search, check)


def _oddities(data: bytes, opened: pikepdf.Pdf) -> Iterator[Oddity]:
    # A linearised file has two tables by design (PDF 32000-1, annex F); its own count is not taken for revisions.
    of_file = () if opened.is_linearized else revisions(data)
    yield from (each for each in (*of_file, *carriers(opened)) if each.what in _LEAKING_CARRIERS)
    for number, page in enumerate(opened.pages, start=1):
        kinds = {str(mark.get("/Subtype")) for mark in page.obj.get("/Annots", ())}
        if kinds & _MARKS_OVER_TEXT:
            yield Oddity("marks laid over the page", number)


def _metadata(opened: pikepdf.Pdf) -> Iterator[str]:
    """Where metadata says more than which tool made the file, and when."""
    yield from (key for key in _TELLING_METADATA if str(opened.docinfo.get(key, "")).strip())
    if "/Metadata" in opened.Root:
        with opened.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            yield from (key for key in _TELLING_XMP if str(xmp.get(key, "")).strip())


def _on_pages(
    data: bytes, secrets: Secrets, original: Sequence[PageText], engine: OcrEngine, find_entities: FindEntities
) -> Iterator[Leak]:
    for page_number, text in by_pdfium(data):
        for entity in new_findings(find_entities(typed(text)), secrets):
            yield Leak(entity.kind, "text_detection", page_number, detail=f"tier {entity.tier}")
    search, widths = SecretSearch(secrets), {page.page_number: page.width for page in original}
    with pypdfium2.PdfDocument(data) as pdf:
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            reading, width = engine.read(_as_seen(page, number)), widths.get(number)
            for leak in search_reading(reading, search, secrets, find_entities):
                yield _placed(leak, reading.width, width)
            for leak in _hidden_text(page, number, reading):
                yield _placed(leak, page.get_width() * PIXELS_PER_POINT, width)
            for picture in _pictures_not_shown_whole(page, number):
                for leak in search_reading(engine.read(picture), search, secrets, find_entities):
                    yield replace(leak, check="pictures", box=None)
            page.close()


def _placed(leak: Leak, width: float, original_width: int | None) -> Leak:
    """*leak*, found on a page drawn *width* pixels wide, with its box where it lies on the original."""
    if leak.box is None or original_width is None:
        return replace(leak, box=None)
    return replace(leak, box=scaled(leak.box, original_width / width))


def _as_seen(page: pypdfium2.PdfPage, page_number: int) -> PageImage:
    scale = min(_DPI / 72, _MOST_PIXELS / max(page.get_size()))
    bitmap = page.render(scale=scale, rev_byteorder=True, maybe_alpha=False, force_bitmap_format=pdfium_c.FPDFBitmap_BGR)
    return PageImage(page_number, bitmap.to_numpy().copy(), scale * 72)


def _hidden_text(page: pypdfium2.PdfPage, page_number: int, reading: PageText) -> Iterator[Leak]:
    text = page.get_textpage()
    chars = "".join(chr(pdfium_c.FPDFText_GetUnicode(text, at)) for at in range(text.count_chars()))
    is_rewritten = _TOKEN.search(chars) is not None
    seen = Haystack(reading.text)
    for run in hidden_runs(page, page_number):
        if run.is_painted or (run.under_dark and not is_rewritten and not _is_read(run, seen)):
            yield Leak("text", "hidden_text", page_number, run.box, f"{len(run.text)} characters")


def _is_read(run: HiddenRun, seen: Haystack) -> bool:
    """Whether an invisible text, set a little beside what it repeats, stands on the page after all."""
    sought = needle(run.text)
    return sought is not None and any(True for _ in find(sought, seen))


def _pictures_not_shown_whole(page: pypdfium2.PdfPage, page_number: int) -> Iterator[PageImage]:
    """The page's pictures as stored, unless all that is drawn is one picture on the page: then it was read already."""
    drawn = [each for each in page.get_objects() if each.type != pdfium_c.FPDF_PAGEOBJ_TEXT]
    pictures = [each for each in drawn if isinstance(each, pypdfium2.PdfImage)]
    if len(drawn) == len(pictures) == 1 and _is_inside(pictures[0], page) and not pdfium_c.FPDFPage_GetAnnotCount(page):
        return
    for each in pictures:
        if min(each.get_px_size()) >= _SMALLEST_PICTURE:
            picture = each.get_bitmap(render=False).to_pil().convert("RGB")
            yield rescaled(picture, min(1.0, _MOST_PIXELS / max(picture.size)), page_number, _DPI)


def _is_inside(picture: pypdfium2.PdfImage, page: pypdfium2.PdfPage) -> bool:
    left, bottom, right, top = picture.get_bounds()
    frame = page.get_bbox()
    return bool(left >= frame[0] - 1 and bottom >= frame[1] - 1 and right <= frame[2] + 1 and top <= frame[3] + 1)
