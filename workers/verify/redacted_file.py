"""Judges a redacted PDF whoever made it: what of the original can still be got out of it?"""

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import BinaryIO

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
from PIL import Image

from archive.errors import Rejected
from schemas.entity import Entity
from schemas.page import PageText
from schemas.redaction import Audience, Leak, Verdict
from workers.extract.typed import typed
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.redact.likeness import Haystack, find, needle
from workers.redact.policy import Action, RedactionPolicy
from workers.redact.tokens import TOKENS
from workers.verify.document import secrets_in_bytes, secrets_in_strings, secrets_in_texts
from workers.verify.drawing_streams import texts_drawn_or_not
from workers.verify.drawn_bare import pictures_bare, shapes_bare
from workers.verify.faint import brought_up
from workers.verify.hidden_text import PIXELS_PER_POINT, HiddenRun, hidden_runs
from workers.verify.inner_files import has_inner_file
from workers.verify.not_text import CHECKS as NOT_TEXT
from workers.verify.not_text import Grey, still_shown
from workers.verify.packing import JPEG, drawn_inside, filters_of, unpacked
from workers.verify.page import FindEntities, scaled, search_reading
from workers.verify.pdf_text import ALL, by_pdfium
from workers.verify.picture_samples import told_otherwise
from workers.verify.residue import residues
from workers.verify.secrets import Secrets, SecretSearch, new_findings
from workers.verify.stored_bytes import ByteSearch
from workers.verify.stored_pictures import (
    DPI,
    MOST_PIXELS,
    Digest,
    as_page,
    digests_shown,
    has_picture_inside,
    never_drawn,
    shown_in_part,
    strips_never_drawn,
)
from workers.verify.structure import Oddity, carriers, revisions

CHECKS = (
    *("structure", "metadata", "page_count", "stored_bytes", "stored_strings", *ALL, "text_detection"),
    *(
        "undrawn_text",
        "hidden_text",
        "second_reading",
        "second_detection",
        "residue",
        "page_content",
        "pictures",
        "shapes",
        "file_name",
    ),
    *NOT_TEXT,
)

_LEAKING_CARRIERS = frozenset(
    {"attachments", "script", "layers", "thumbnail", "form", "alternate picture", "older revision", "bytes behind the file"}
)
"""Signs of something kept behind the pages. Others, such as links, bookmarks and tags, are judged by what they say."""
_MARKS_OVER_TEXT = frozenset({"/Redact", "/Square", "/Highlight", "/Ink", "/Polygon", "/FreeText", "/Text", "/Popup", "/Stamp"})
_TELLING_METADATA = ("/Title", "/Author", "/Subject", "/Keywords")
_TELLING_XMP = ("dc:title", "dc:creator", "dc:subject", "dc:description", "pdf:Keywords")
_FEWEST_PAIRS, _SAME_PAGE = 12, 0.3
"""Another paper of the same kind shares its labels, and a page of other make has none of ours."""
_TOKEN = re.compile("|".join(re.escape(each) for each in sorted(TOKENS)))


def verify_redaction(
    original: Sequence[PageText],
    entities: Sequence[Entity],
    redacted: BinaryIO,
    policy: RedactionPolicy,
    audience: Audience,
    engine: OcrEngine,
    find_entities: FindEntities,
    file_name: str = "",
) -> Verdict:
    """Leaks of *redacted*, a PDF, given the *original*'s text and the *entities* that were found in it.

    Any text that can be copied but not seen is a leak, known or not: somebody hid it. In a text layer made of type tokens
    and invisible text only known values count. Boxes of leaks are in the original's page pixels. *file_name* is what the
    redacted file is called, and may tell, too. Raises Rejected where the PDF cannot be opened.
    """
    secrets = Secrets.of(entities, policy, audience)
    hidden = tuple(each for each in entities if policy.decide(each, audience).action is not Action.SHOW)
    data = redacted.read()
    try:
        leaks = [*_in_file(data, secrets, len(original)), *_on_pages(data, secrets, hidden, original, engine, find_entities)]
        leaks += (Leak(found.kind, "file_name") for found in SecretSearch(secrets)(file_name))
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
        yield from _in_drawings(opened, search)
    for check, extract in ALL.items():
        yield from secrets_in_texts(data, extract, search, check)


def _in_drawings(opened: pikepdf.Pdf, search: SecretSearch) -> Iterator[Leak]:
    kinds = {found.kind for text in texts_drawn_or_not(opened) for found in search(text)}
    yield from (Leak(kind, "undrawn_text") for kind in sorted(kinds))


def _oddities(data: bytes, opened: pikepdf.Pdf) -> Iterator[Oddity]:
    # A linearised file has two tables by design (PDF 32000-1, annex F); its own count is not taken for revisions.
    of_file = () if opened.is_linearized else revisions(data)
    yield from (each for each in (*of_file, *carriers(opened)) if each.what in _LEAKING_CARRIERS)
    jpegs = (unpacked(each).jpeg for each in (*opened.objects, *drawn_inside(opened)) if _is_jpeg(each))
    yield from (Oddity("data inside a JPEG") for jpeg in jpegs if jpeg is not None and has_picture_inside(jpeg))
    if has_inner_file(opened):
        yield Oddity("a file inside")
    for number, page in enumerate(opened.pages, start=1):
        kinds = {str(mark.get("/Subtype")) for mark in page.obj.get("/Annots", ())}
        if kinds & _MARKS_OVER_TEXT:
            yield Oddity("marks laid over the page", number)


def _is_jpeg(thing: pikepdf.Object) -> bool:
    return isinstance(thing, pikepdf.Stream) and JPEG in filters_of(thing)


def _metadata(opened: pikepdf.Pdf) -> Iterator[str]:
    """Where metadata says more than which tool made the file, and when."""
    yield from (key for key in _TELLING_METADATA if str(opened.docinfo.get(key, "")).strip())
    if "/Metadata" in opened.Root:
        with opened.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            yield from (key for key in _TELLING_XMP if str(xmp.get(key, "")).strip())


def _on_pages(
    data: bytes,
    secrets: Secrets,
    hidden: Sequence[Entity],
    original: Sequence[PageText],
    engine: OcrEngine,
    find_entities: FindEntities,
) -> Iterator[Leak]:
    for page_number, text in by_pdfium(data):
        for entity in new_findings(find_entities(typed(text)), secrets):
            yield Leak(entity.kind, "text_detection", page_number, detail=f"tier {entity.tier}")
    search, pages = SecretSearch(secrets), {page.page_number: page for page in original}
    shown: set[Digest] = set()
    with pypdfium2.PdfDocument(data) as pdf:
        for number in range(1, len(pdf) + 1):
            page, before = pdf[number - 1], pages.get(number)
            image, width = _as_seen(page, number), before.width if before else None
            reading = engine.read(image)
            for leak in (
                *search_reading(reading, search, secrets, find_entities),
                *_in_faint_ink(image, search, secrets, engine, find_entities),
                *_against_original(image, reading, before, [each for each in hidden if each.page_number == number]),
                *still_shown(_grey(image), number, secrets),
            ):
                yield _placed(leak, reading.width, width)
            for leak in _hidden_text(page, number, reading):
                yield _placed(leak, page.get_width() * PIXELS_PER_POINT, width)
            yield from _in_pictures(shown_in_part(page, number), search, secrets, engine, find_entities)
            shown.update(digests_shown(page))
            page.close()
    with pikepdf.open(io.BytesIO(data)) as opened:
        samples = (as_page(each, 1) for each in told_otherwise(opened))
        stored = chain(never_drawn(opened, shown), strips_never_drawn(opened, shown), samples, pictures_bare(data))
        for leak in _in_pictures(stored, search, secrets, engine, find_entities):
            yield replace(leak, page_number=None)
    for leak in _in_pictures(shapes_bare(data), search, secrets, engine, find_entities):
        yield replace(leak, check="shapes", page_number=None)


def _grey(image: PageImage) -> Grey:
    return np.asarray(Image.fromarray(image.pixels).convert("L"))


def _in_pictures(
    pictures: Iterable[PageImage],
    search: SecretSearch,
    secrets: Secrets,
    engine: OcrEngine,
    find_entities: FindEntities,
) -> Iterator[Leak]:
    for picture in pictures:
        for leak in search_reading(engine.read(picture), search, secrets, find_entities):
            yield replace(leak, check="pictures", box=None)


def _in_faint_ink(
    image: PageImage, search: SecretSearch, secrets: Secrets, engine: OcrEngine, find_entities: FindEntities
) -> Iterator[Leak]:
    faint = brought_up(image)
    if faint is not None:
        yield from search_reading(engine.read(faint), search, secrets, find_entities)


def _against_original(image: PageImage, reading: PageText, before: PageText | None, hidden: Sequence[Entity]) -> Iterator[Leak]:
    if before is not None and before.lines:
        yield from residues(image, before, hidden, reading)
        if not _is_of(before.text, reading.text):
            yield Leak("page", "page_content", reading.page_number)


def _is_of(original: str, redacted: str) -> bool:
    """Whether what is read on the redacted page stands on the original's, too; little text tells nothing."""
    before, after = Counter(_pairs(original)), Counter(_pairs(_TOKEN.sub("", redacted)))
    return after.total() < _FEWEST_PAIRS or (before & after).total() >= _SAME_PAGE * after.total()


def _pairs(text: str) -> Iterator[str]:
    """Neighbouring letters and digits."""
    letters = "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
    return map("".join, pairwise(letters))


def _placed(leak: Leak, width: float, original_width: int | None) -> Leak:
    """*leak*, found on a page drawn *width* pixels wide, with its box where it lies on the original."""
    if leak.box is None or original_width is None:
        return replace(leak, box=None)
    return replace(leak, box=scaled(leak.box, original_width / width))


def _as_seen(page: pypdfium2.PdfPage, page_number: int) -> PageImage:
    scale = min(DPI / 72, MOST_PIXELS / max(page.get_size()))
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
