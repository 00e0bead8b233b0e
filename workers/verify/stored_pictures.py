"""Pictures that a PDF stores and that no page shows whole: cut, covered, tiny, beside the page, or never drawn at all."""

import hashlib
import io
from collections.abc import Iterator
from ctypes import c_float
from itertools import groupby

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageOps

from workers.page_image import PageImage
from workers.verify.packing import drawn_inside
from workers.verify.page import rescaled
from workers.verify.structure import dictionaries

DPI = 160
MOST_PIXELS = 4000
"""Pixels of the long side that a page or a picture is read at, however large it is."""
_SMALLEST = 64
"""Pixels; a smaller picture holds no line of text that could be read."""
_START_OF_JPEG = b"\xff\xd8\xff"
_START_OF_SCAN, _END_OF_JPEG = b"\xff\xda", b"\xff\xd9"
_LONGEST_TAIL = 64
"""Bytes behind a JPEG's end that a careless program may leave; a picture of a line of text needs more."""

_CORNERS = 4
_COARSEST = 100
"""Pixels an inch to which a page may be made smaller: in fewer, what whoever zooms in reads is read no more."""
_FAINT = 30
"""Shades of 255 below which a picture shows nothing to an eye."""
_THUMBNAIL, _CELL, _ALIKE = 768, 8, 40
"""Two pictures are compared in cells of so many pixels or, of pictures larger than that, in as many cells; so far, of 255, may
their shades differ. A character that one of them lacks makes 60 and more, a shift by half a pixel at the edge of a box 20."""

Digest = bytes


def shown_in_part(page: pypdfium2.PdfPage, page_number: int) -> Iterator[PageImage]:
    """The pictures that *page* draws, as stored, unless all that is drawn is one picture, and it can be seen: it is read with
    the page."""
    drawn = [each for each in page.get_objects() if each.type != pdfium_c.FPDF_PAGEOBJ_TEXT]
    pictures = [each for each in drawn if isinstance(each, pypdfium2.PdfImage)]
    is_alone = len(drawn) == len(pictures) == 1 and not pdfium_c.FPDFPage_GetAnnotCount(page)
    if is_alone and _is_inside(pictures[0], page) and not _is_cut(pictures[0]) and _is_seen(pictures[0], page):
        return
    for each in pictures:
        if min(each.get_px_size()) >= _SMALLEST:
            yield as_page(each.get_bitmap(render=False).to_pil(), page_number)


def never_drawn(opened: Pdf, shown: set[Digest]) -> Iterator[PageImage]:
    """The pictures of the file that are not among those *shown*: unused, previews, masks, in patterns and looks of notes, in
    commands that no page draws. *opened* gains objects, and is not to be saved after."""
    seen = set(shown)
    for each in (*opened.objects, *drawn_inside(opened)):
        if isinstance(each, Stream) and each.get("/Subtype") == Name.Image and is_large(each) and digest_of(each) not in seen:
            seen.add(digest_of(each))
            yield as_page(drawn_alone(each), 1)


def strips_never_drawn(opened: Pdf, shown: set[Digest]) -> Iterator[PageImage]:
    """Pictures of one width that are not among those *shown*, put together in the order of their names: a scan may be stored in
    strips of a few rows each, none of them high enough for a line of text."""
    for drawn in (each for each in dictionaries(opened) if isinstance(each, Dictionary)):
        named = sorted(drawn.items(), key=lambda each: _natural(each[0]))
        strips = [each for _, each in named if isinstance(each, Stream) and each.get("/Subtype") == Name.Image]
        unseen = [each for each in strips if not is_large(each) and digest_of(each) not in shown]
        for _, alike in groupby(unseen, key=lambda each: int(each.get("/Width", 0))):
            parts = [drawn_alone(each) for each in alike]
            if len(parts) > 1 and parts[0].width >= _SMALLEST and sum(each.height for each in parts) >= _SMALLEST:
                yield as_page(_put_together(parts), 1)


def _natural(name: str) -> tuple[str, int]:
    """So that the tenth follows the ninth."""
    digits = name[len(name.rstrip("0123456789")) :]
    return name[: len(name) - len(digits)], int(digits or 0)


def _put_together(parts: list[Image.Image]) -> Image.Image:
    whole, top = Image.new("RGB", (parts[0].width, sum(each.height for each in parts))), 0
    for each in parts:
        whole.paste(each, (0, top))
        top += each.height
    return whole


def look_alike(first: Image.Image, second: Image.Image) -> bool:
    """Whether both show the same in the same places, but for contrast and for which is light and which is dark."""
    size = [max(min(_THUMBNAIL, *pair) // _CELL, 1) for pair in zip(first.size, second.size, strict=True)]
    ours, theirs = (_small(each, (size[0], size[1])) for each in (first, second))
    return any(int(np.abs(ours - each).max()) <= _ALIKE for each in (theirs, 255 - theirs))


def _small(picture: Image.Image, size: tuple[int, int]) -> NDArray[np.int16]:
    grey = picture.convert("L")
    is_visible = np.ptp(np.asarray(grey)) >= _FAINT
    small = (ImageOps.autocontrast(grey) if is_visible else grey).resize(size, Image.Resampling.BOX)
    return np.asarray(small, np.int16)


def _is_seen(picture: pypdfium2.PdfImage, page: pypdfium2.PdfPage) -> bool:
    """Whether the page has in the picture's place what the picture shows, large enough to be read."""
    scale = min(DPI / 72, MOST_PIXELS / max(page.get_size()))
    if scale * 72 < _COARSEST:
        return False
    drawn = page.render(scale=scale)
    (x0, y0), (x1, y1) = (drawn.get_posconv(page).to_bitmap(x, y) for x, y in np.reshape(picture.get_bounds(), (2, 2)))
    place = (max(min(x0, x1), 0), max(min(y0, y1), 0), min(max(x0, x1), drawn.width), min(max(y0, y1), drawn.height))
    stored = picture.get_bitmap(render=False).to_pil()
    return look_alike(drawn.to_pil().convert("L").crop(place), stored.rotate(-page.get_rotation(), expand=True))


def digests_shown(page: pypdfium2.PdfPage) -> Iterator[Digest]:
    """Of the stored bytes of each picture that *page* draws."""
    for each in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,)):
        yield hashlib.sha256(bytes(each.get_data())).digest()


def digest_of(picture: Stream) -> Digest:
    return hashlib.sha256(picture.read_raw_bytes()).digest()


def has_picture_inside(jpeg: bytes) -> bool:
    """Whether a JPEG carries another one before its own scan (a thumbnail in Exif, an original in a comment), or more than
    a few bytes behind its end."""
    scan = jpeg.find(_START_OF_SCAN)
    tail = len(jpeg) - jpeg.rfind(_END_OF_JPEG) - len(_END_OF_JPEG)
    before_end = jpeg.find(_END_OF_JPEG + _START_OF_JPEG) >= 0
    return jpeg.find(_START_OF_JPEG, len(_START_OF_JPEG), scan) >= 0 or before_end or tail > _LONGEST_TAIL


def is_large(picture: Stream) -> bool:
    return min(int(picture.get(key, 0)) for key in ("/Width", "/Height")) >= _SMALLEST


def drawn_alone(picture: Stream) -> Image.Image:
    """The picture without its own masks, on a page of its size."""
    width, height = int(picture.Width), int(picture.Height)
    with Pdf.new() as alone:
        copy = alone.copy_foreign(picture)
        for key in ("/SMask", "/Mask", "/OC"):
            if key in copy:
                del copy[key]
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, width, height]),
            Resources=Dictionary(XObject=Dictionary(Im0=copy)),
            Contents=Stream(alone, f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode()),
        )
        alone.pages.append(pikepdf.Page(alone.make_indirect(page)))
        out = io.BytesIO()
        alone.save(out)
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        scale = min(1.0, MOST_PIXELS / max(width, height))
        drawn: Image.Image = pdf[0].render(scale=scale).to_pil().convert("RGB")
        return drawn


def as_page(picture: Image.Image, page_number: int) -> PageImage:
    return rescaled(picture.convert("RGB"), min(1.0, MOST_PIXELS / max(picture.size)), page_number, DPI)


def _is_cut(picture: pypdfium2.PdfImage) -> bool:
    """Whether a clipping path takes away a part of the picture; one that is no rectangle is taken to."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(picture)
    count = pdfium_c.FPDFClipPath_CountPaths(clip) if clip else 0
    return any(not _holds(clip, at, picture.get_bounds()) for at in range(max(count, 0)))


def _holds(clip: object, at: int, bounds: tuple[float, float, float, float]) -> bool:
    corners = [_corner(clip, at, each) for each in range(pdfium_c.FPDFClipPath_CountPathSegments(clip, at))]
    across, up = ([corner[axis] for corner in corners] for axis in (0, 1))
    frame = (min(across, default=0) - 1, min(up, default=0) - 1, max(across, default=0) + 1, max(up, default=0) + 1)
    is_rectangle = len(set(corners)) == _CORNERS and len(set(across)) == len(set(up)) == _CORNERS // 2
    holds = bounds[0] >= frame[0] and bounds[1] >= frame[1] and bounds[2] <= frame[2] and bounds[3] <= frame[3]
    return is_rectangle and holds


def _corner(clip: object, at: int, segment: int) -> tuple[float, float]:
    x, y = c_float(), c_float()
    pdfium_c.FPDFPathSegment_GetPoint(pdfium_c.FPDFClipPath_GetPathSegment(clip, at, segment), x, y)
    return round(x.value, 2), round(y.value, 2)


def _is_inside(picture: pypdfium2.PdfImage, page: pypdfium2.PdfPage) -> bool:
    left, bottom, right, top = picture.get_bounds()
    frame = page.get_bbox()
    return bool(left >= frame[0] - 1 and bottom >= frame[1] - 1 and right <= frame[2] + 1 and top <= frame[3] + 1)
