"""Pictures that a PDF stores and that no page shows whole: cut, covered, tiny, beside the page, or never drawn at all."""

import hashlib
import io
from collections.abc import Iterator
from ctypes import c_float

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from workers.page_image import PageImage
from workers.verify.page import rescaled

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

Digest = bytes


def shown_in_part(page: pypdfium2.PdfPage, page_number: int) -> Iterator[PageImage]:
    """The pictures that *page* draws, as stored, unless all that is drawn is one picture: it is read with the page."""
    drawn = [each for each in page.get_objects() if each.type != pdfium_c.FPDF_PAGEOBJ_TEXT]
    pictures = [each for each in drawn if isinstance(each, pypdfium2.PdfImage)]
    is_alone = len(drawn) == len(pictures) == 1 and not pdfium_c.FPDFPage_GetAnnotCount(page)
    if is_alone and _is_inside(pictures[0], page) and not _is_cut(pictures[0]):
        return
    for each in pictures:
        if min(each.get_px_size()) >= _SMALLEST:
            yield _as_page(each.get_bitmap(render=False).to_pil(), page_number)


def never_drawn(opened: Pdf, shown: set[Digest]) -> Iterator[PageImage]:
    """The pictures of the file that are not among those *shown*: unused, previews, masks, in patterns and looks of notes."""
    for each in list(opened.objects):
        if isinstance(each, Stream) and each.get("/Subtype") == Name.Image and _is_large(each) and digest_of(each) not in shown:
            yield _as_page(_drawn_alone(each), 1)


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


def _is_large(picture: Stream) -> bool:
    return min(int(picture.get(key, 0)) for key in ("/Width", "/Height")) >= _SMALLEST


def _drawn_alone(picture: Stream) -> Image.Image:
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


def _as_page(picture: Image.Image, page_number: int) -> PageImage:
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
