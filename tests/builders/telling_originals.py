"""One page in every kind of file that comes in, with values planted in every place beside the page. Everybody is invented."""

import io
from collections.abc import Callable

import pikepdf
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin
from PIL.ExifTags import IFD, Base

from schemas.limits import Limits
from tests.builders.drawn_pages import drawn_page
from tests.builders.pdf_files import pdf_of, text
from tests.fakes.seeing_engine import SeeingEngine
from workers.paginate import open_document
from workers.recognize.port import OcrEngine

NUMBER, PHONE, PERSON = "110105194912310021", "13800138000", "Quentin Zweistein"
PLANTED = (NUMBER, PHONE, PERSON)
LINES = ["Claim form of somebody", "ID number " + NUMBER, "Telephone " + PHONE, "Amount 1200.00 of 2019-03-05"]

_SAID = f"{PERSON} {NUMBER} {PHONE}"
_XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><note>{_SAID}</note></x:xmpmeta>'.encode()


def drawn(tone: str) -> Image.Image:
    return Image.fromarray(drawn_page(LINES, tone=tone)[0].pixels)


def photograph() -> bytes:
    """As a telephone makes it: Exif with a maker's note, a place and a small copy of the page; XMP, a profile, a comment."""
    page, exif = drawn("colour"), Image.Exif()
    exif[Base.ImageDescription], exif[Base.Artist] = _SAID, PERSON
    exif.get_ifd(IFD.Exif)[Base.MakerNote], exif.get_ifd(IFD.Exif)[Base.UserComment] = _SAID.encode(), _SAID.encode()
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    out, small = io.BytesIO(), io.BytesIO()
    page.resize((700, 500)).save(small, "JPEG", quality=40)
    page.save(out, "JPEG", quality=90, exif=exif, xmp=_XMP, icc_profile=_telling_profile(), comment=_SAID.encode())
    return out.getvalue() + small.getvalue()


def tiff(tone: str) -> Callable[[], bytes]:
    """As a scanner makes it, with tags that name the person."""

    def scanned() -> bytes:
        tags, out = TiffImagePlugin.ImageFileDirectory_v2(), io.BytesIO()
        tags[Base.ImageDescription], tags[Base.Artist], tags[Base.DocumentName] = _SAID, PERSON, f"{PERSON}.tif"
        tags[Base.XMLPacket] = _XMP
        page = drawn(tone).convert("1" if tone == "bilevel" else "RGB")
        page.save(out, "TIFF", compression="group4" if tone == "bilevel" else "tiff_lzw", dpi=(200, 200), tiffinfo=tags)
        return out.getvalue()

    return scanned


def png() -> bytes:
    texts, out = PngImagePlugin.PngInfo(), io.BytesIO()
    texts.add_text("Author", _SAID)
    texts.add_itxt("XML:com.adobe.xmp", _XMP.decode(), zip=True)
    drawn("grey").convert("L").save(out, "PNG", pnginfo=texts, icc_profile=_telling_profile(), exif=_exif().tobytes())
    return out.getvalue()


def born_digital() -> bytes:
    """Drawn by a program, with a title, a note, an attachment, a bookmark and a text that nobody sees."""

    def adorn(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Title"] = _SAID
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [PERSON]
        pdf.attachments["claim.txt"] = _SAID.encode()
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(_SAID, 0))

    shown = "".join(text(line, 60, 760 - 40 * at, 14) for at, line in enumerate(LINES))
    return pdf_of([shown + text(_SAID, 60, 100, more="3 Tr")], adorn=adorn)


ORIGINALS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "photograph.jpg": ("image/jpeg", photograph),
    "fax.tif": ("image/tiff", tiff("bilevel")),
    "scan.tif": ("image/tiff", tiff("colour")),
    "screenshot.png": ("image/png", png),
    "born-digital.pdf": ("application/pdf", born_digital),
}
"""By the name of the file: its type, and what makes it."""


def eyes_for(name: str, data: bytes) -> OcrEngine:
    """An engine that reads the page of *data* as far as it is still to be seen."""
    media_type = ORIGINALS[name][0]
    with open_document(io.BytesIO(data), media_type, Limits()) as opened:
        image, layer = opened.render(1), opened.text_layer(1)
    return SeeingEngine([(image, layer or drawn_page(LINES)[1])])


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.ImageDescription] = _SAID
    return exif


def _telling_profile() -> bytes:
    """The sRGB profile of Little CMS with another description."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + _SAID.encode("utf-16-be")
