"""Pages drawn anew with nothing but their shapes, or nothing but their pictures: nothing lies over them, nothing cuts them off,
and the paper is as large as they are. Letters that are shapes and scans that are stored in strips hide from every other check.

Shapes turn what is under them from black to white and back, so that none of them covers another.
"""

import io
from collections.abc import Callable, Iterator, Sequence

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
from pikepdf import Array, ContentStreamInlineImage, ContentStreamInstruction, Dictionary, Name, Object, Operator, Pdf, Stream
from PIL import Image, ImageOps

from workers.page_image import PageImage
from workers.verify.stored_pictures import DPI, MOST_PIXELS, as_page

_FRAMES, _DRAWS = frozenset({"q", "Q", "cm"}), "Do"
_PATH = frozenset({"m", "l", "c", "v", "y", "h", "re"})
_CUTS = frozenset({"W", "W*"})
_PAINTED = {
    **dict.fromkeys(("f", "F", "B", "b", "n"), "f"),
    **dict.fromkeys(("f*", "B*", "b*"), "f*"),
    **dict.fromkeys(("S", "s"), "S"),
}
"""By which operator each is painted; a path that only cuts off is painted, too."""
_FAR = 20_000
"""Points; no page is so large."""
_TURNING = f"0 g {-_FAR} {-_FAR} {2 * _FAR} {2 * _FAR} re f /Bare gs 1 g 1 G\n"
_FEWEST_SEGMENTS = 30
"""Of all shapes but rectangles; fewer are no writing."""
_RECTANGLE = 5
"""Segments up to which a shape is taken for a rectangle or a rule."""
_FEWEST_PICTURES = 2
_LONG_SIDE = 1600
"""Pixels at least: small shapes are enlarged."""
_RIM = 0.05
"""Of the longer side, left free around what is drawn."""
_DEEPEST = 8
"""Forms within forms."""

_Step = ContentStreamInstruction | ContentStreamInlineImage
_Kept = Callable[[Sequence[_Step]], Iterator[_Step]]


def shapes_bare(data: bytes) -> Iterator[PageImage]:
    """The shapes of each page, and of each form object that nothing draws, where there are enough of them to say something."""
    for page in _pages(data, _shapes, _TURNING, without_pictures=True):
        drawn = [*page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_PATH,), max_depth=_DEEPEST)]
        told = [each for each in drawn if _segments(each) > _RECTANGLE]
        if sum(map(_segments, told)) >= _FEWEST_SEGMENTS:
            yield as_page(ImageOps.invert(_drawn(page)), 1)


def pictures_bare(data: bytes) -> Iterator[PageImage]:
    """The pictures of each page that draws several, at their places."""
    for page in _pages(data, _pictures, "", without_pictures=False):
        if len([*page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=_DEEPEST)]) >= _FEWEST_PICTURES:
            yield as_page(_drawn(page), 1)


def _pages(data: bytes, kept: _Kept, head: str, *, without_pictures: bool) -> Iterator[pypdfium2.PdfPage]:
    """Each page with what is *kept* of its commands behind *head*, on paper around all of it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        drawn = _strip(pdf, kept, head, without_pictures=without_pictures)
        _add_undrawn(pdf, drawn, head)
        if "/OCProperties" in pdf.Root:
            del pdf.Root["/OCProperties"]
        frames = list(_frames(_saved(pdf)))
        for page, frame in zip(pdf.pages, frames, strict=True):
            for key in ("/CropBox", "/TrimBox", "/ArtBox", "/BleedBox", "/UserUnit", "/Annots"):
                if key in page.obj:
                    del page.obj[key]
            page.obj.MediaBox = Array([round(edge, 2) for edge in frame or (0, 0, 1, 1)])
        bare = _saved(pdf)
    with pypdfium2.PdfDocument(bare) as opened:
        for at, frame in enumerate(frames):
            if frame is not None:
                yield opened[at]


def _strip(pdf: Pdf, kept: _Kept, head: str, *, without_pictures: bool) -> set[tuple[int, int]]:
    """Leave of all commands what is *kept*; gives the form objects that are drawn by any of them."""
    drawn: set[tuple[int, int]] = set()
    for each in list(pdf.objects):
        if isinstance(each, Stream) and each.get("/Subtype") == Name.Image:
            _unmask(each)
        elif isinstance(each, Stream) and each.get("/Subtype") == Name.Form:
            own = each.get("/Resources", Dictionary())
            each.write(_bare(each, own, kept, drawn, without_pictures=without_pictures))
            for key in ("/Group", "/OC"):
                if key in each:
                    del each[key]
            each.BBox = Array([-_FAR, -_FAR, _FAR, _FAR])
    for page in pdf.pages:
        commands = _bare(page, page.resources, kept, drawn, without_pictures=without_pictures)
        page.obj.Contents = Stream(pdf, head.encode() + commands)
        page.obj.Resources = Dictionary(XObject=page.resources.get("/XObject", Dictionary()), ExtGState=_turning())
    return drawn


def _bare(
    commands: Object | pikepdf.Page,
    resources: Object,
    kept: _Kept,
    drawn: set[tuple[int, int]],
    *,
    without_pictures: bool,
) -> bytes:
    try:
        steps = pikepdf.parse_content_stream(commands)
    except pikepdf.PdfError:
        return b""  # what is no list of commands draws nothing
    named = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    targets = named if isinstance(named, Dictionary) else Dictionary()
    chosen: list[_Step] = []
    for step in kept(steps):
        if str(step.operator) == _DRAWS:
            name = step.operands[0] if step.operands else None
            target = targets.get(str(name)) if isinstance(name, Name) else None
            is_form = isinstance(target, Stream) and target.get("/Subtype") == Name.Form
            if not is_form and without_pictures:
                continue
            if is_form and target is not None:
                drawn.add(target.objgen)
        chosen.append(step)
    return pikepdf.unparse_content_stream(chosen)


def _shapes(steps: Sequence[_Step]) -> Iterator[_Step]:
    path: list[_Step] = []
    for step in steps:
        name = str(step.operator)
        if name in _PATH:
            path.append(step)
        elif name in _PAINTED:
            if path:
                yield from path
                yield ContentStreamInstruction([], Operator(_PAINTED[name]))
            path = []
        elif name in _FRAMES or name in {_DRAWS, "w"}:
            yield step


def _pictures(steps: Sequence[_Step]) -> Iterator[_Step]:
    for step in steps:
        if isinstance(step, ContentStreamInlineImage) or str(step.operator) in _FRAMES | {_DRAWS}:
            yield step


def _unmask(picture: Stream) -> None:
    for key in ("/SMask", "/Mask", "/OC"):
        if key in picture:
            del picture[key]


def _turning() -> Dictionary:
    return Dictionary(Bare=Dictionary(BM=Name.Difference))


def _add_undrawn(pdf: Pdf, drawn: set[tuple[int, int]], head: str) -> None:
    """A page for each form object that nothing draws."""
    for each in list(pdf.objects):
        if isinstance(each, Stream) and each.get("/Subtype") == Name.Form and each.objgen not in drawn:
            resources = Dictionary(XObject=Dictionary(Bare=each), ExtGState=_turning())
            page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 1, 1]), Resources=resources)
            page.Contents = Stream(pdf, head.encode() + b"/Bare Do")
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _frames(data: bytes) -> Iterator[tuple[float, float, float, float] | None]:
    """Around what is drawn on each page, rectangles left out where there is anything else."""
    with pypdfium2.PdfDocument(data) as opened:
        for page in opened:
            drawn = [*page.get_objects(max_depth=1)]
            told = [each for each in drawn if each.type != pdfium_c.FPDF_PAGEOBJ_PATH or _segments(each) > _RECTANGLE]
            bounds = [each.get_bounds() for each in told or drawn]
            if not bounds:
                yield None
                continue
            left, bottom = (min(each[axis] for each in bounds) for axis in (0, 1))
            right, top = (max(each[axis] for each in bounds) for axis in (2, 3))
            rim = max(right - left, top - bottom, 1) * _RIM
            yield left - rim, bottom - rim, right + rim, top + rim


def _segments(path: pypdfium2.PdfObject) -> int:
    return int(pdfium_c.FPDFPath_CountSegments(path))


def _drawn(page: pypdfium2.PdfPage, **options: object) -> Image.Image:
    long_side = max(page.get_size())
    scale = min(max(DPI / 72, _LONG_SIDE / long_side), MOST_PIXELS / long_side)
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False, **options).to_pil().convert("RGB")
    return drawn


def _saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
