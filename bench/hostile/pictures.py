"""Pictures that are stored whole and shown in part, or not at all, or kept beside the one that is shown."""

import io

from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageCms

from bench.hostile.form import DPI, PAPER, Form, image, jpeg

_WHOLE = f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm /Im0 Do Q\n"
_QUALITY = 80


def scan(form: Form, picture: Image.Image, more: str = "") -> bytes:
    """A page that shows *picture* and then draws *more*."""
    return form.pdf(_WHOLE + more, lambda pdf: _add(pdf, _packed(pdf, picture)))


def scan_under_boxes(form: Form) -> bytes:
    return scan(form, form.picture(), form.boxes())


def scan_under_another_picture(form: Form) -> bytes:
    """The redacted scan is laid over the scan."""

    def add(pdf: Pdf) -> None:
        _add(pdf, _packed(pdf, form.picture()))
        pdf.pages[0].Resources.XObject["/Im1"] = _packed(pdf, form.picture(with_values=False))

    return form.pdf(_WHOLE + _WHOLE.replace("Im0", "Im1"), add)


def mask_drawn_under_the_picture(form: Form) -> bytes:
    """Nothing is hidden: the boxes are painted first and the scan over them."""
    return form.pdf(form.boxes() + _WHOLE, lambda pdf: _add(pdf, _packed(pdf, form.picture())))


def picture_cut_by_a_path(form: Form) -> bytes:
    """Only the labels' column is shown of the scan."""
    return form.pdf(f"q 0 0 104 {PAPER[1]} re W n {_WHOLE} Q", lambda pdf: _add(pdf, _packed(pdf, form.picture())))


def picture_off_the_page(form: Form) -> bytes:
    return form.pdf(
        f"{form.labels()}{form.boxes()}q 1 0 0 1 900 0 cm {_WHOLE} Q", lambda pdf: _add(pdf, _packed(pdf, form.picture()))
    )


def picture_cut_by_the_crop(form: Form) -> bytes:
    """The scan is shown down to its second line; the page's box cuts off the rest."""

    def cut(pdf: Pdf) -> None:
        _add(pdf, _packed(pdf, form.picture()))
        pdf.pages[0].obj.CropBox = Array([0, PAPER[1] - 45, *PAPER])

    return form.pdf(_WHOLE, cut)


def picture_of_one_point(form: Form) -> bytes:
    return form.pdf(
        f"{form.labels()}{form.boxes()}q 1 0 0 1 4 4 cm /Im0 Do Q", lambda pdf: _add(pdf, _packed(pdf, form.picture()))
    )


def picture_never_drawn(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes(), lambda pdf: _add(pdf, _packed(pdf, form.picture())))


def picture_wholly_transparent(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        whole = _packed(pdf, form.picture())
        whole.SMask = image(pdf, Image.new("L", (1, 1), 0))
        _add(pdf, whole)

    return form.pdf(form.labels() + form.boxes() + _WHOLE, add)


def picture_as_soft_mask(form: Form) -> bytes:
    """A white picture on white paper, whose transparency is the scan."""

    def add(pdf: Pdf) -> None:
        scan_ = form.picture().convert("L").point(lambda shade: 255 - shade)
        veil = image(pdf, Image.new("RGB", (1, 1), (255, 255, 255)))
        veil.SMask = image(pdf, scan_)
        _add(pdf, veil)

    return form.pdf(form.labels() + _WHOLE + form.boxes(), add)


def alternate_picture(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        shown = _packed(pdf, form.picture(with_values=False))
        shown.Alternates = Array([Dictionary(Image=pdf.make_indirect(_packed(pdf, form.picture())), DefaultForPrinting=True)])
        _add(pdf, shown)

    return form.pdf(_WHOLE, add)


def thumbnail_of_the_page(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].obj.Thumb = _packed(pdf, form.picture(dpi=DPI // 2))

    return form.pdf(form.labels() + form.boxes(), add)


def inline_picture_of_one_point(form: Form) -> bytes:
    small = form.picture(dpi=DPI // 2).convert("L")
    data = small.tobytes().hex()
    head = f"/W {small.width} /H {small.height} /CS /G /BPC 8 /F /AHx"
    return form.pdf(f"{form.labels()}{form.boxes()}q 1 0 0 1 4 4 cm BI {head} ID {data}> EI Q")


def thumbnail_in_the_jpeg(form: Form) -> bytes:
    """As a camera keeps it in Exif; editors blacken the picture and leave it."""
    exif = Image.Exif()
    small = _jpeg_of(form.picture(dpi=DPI // 2))
    exif[0x010E] = "scan"
    data = _jpeg_of(form.picture(with_values=False), exif=_exif_with_thumbnail(small))
    return _jpeg_scan(form, data)


def comment_in_the_jpeg(form: Form) -> bytes:
    return _jpeg_scan(form, _jpeg_of(form.picture(with_values=False), comment=" ".join(form.values).encode("utf-8")))


def original_in_the_jpeg(form: Form) -> bytes:
    """The scan, at half its resolution, in an application segment of the redacted one."""
    whole, shown = _jpeg_of(form.picture(dpi=DPI // 2)), _jpeg_of(form.picture(with_values=False))
    segment = b"\xff\xeb" + (len(whole) + 2).to_bytes(2, "big") + whole
    return _jpeg_scan(form, shown[:2] + segment + shown[2:])


def original_behind_the_jpeg(form: Form) -> bytes:
    return _jpeg_scan(form, _jpeg_of(form.picture(with_values=False)) + _jpeg_of(form.picture()))


def profile_with_text(form: Form) -> bytes:
    """An ICC profile whose description is the secret; profiles are copied unread."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = profile + "\n".join(form.values).encode("utf-16-be")

    def add(pdf: Pdf) -> None:
        shown = _packed(pdf, form.picture(with_values=False))
        shown.ColorSpace = Array([Name.ICCBased, pdf.make_indirect(Stream(pdf, told, Dictionary(N=3)))])
        _add(pdf, shown)

    return form.pdf(_WHOLE, add)


def _packed(pdf: Pdf, picture: Image.Image) -> Stream:
    """As JPEG, as scanners give it."""
    return jpeg(pdf, _jpeg_of(picture), picture.width, picture.height)


def _jpeg_of(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", **({"quality": _QUALITY} | options))
    return out.getvalue()


def _jpeg_scan(form: Form, data: bytes) -> bytes:
    size = form.picture().size
    return form.pdf(_WHOLE, lambda pdf: _add(pdf, jpeg(pdf, data, *size)))


def _exif_with_thumbnail(small: bytes) -> bytes:
    """Exif 2.3, 4.5: a first directory of nothing, a second one that says where the thumbnail lies."""
    first = b"MM\0*" + (8).to_bytes(4, "big") + (0).to_bytes(2, "big") + (14).to_bytes(4, "big")
    entries = ((0x0103, 3, 6 << 16), (0x0201, 4, 14 + 2 + 3 * 12 + 4), (0x0202, 4, len(small)))
    second = len(entries).to_bytes(2, "big") + b"".join(
        tag.to_bytes(2, "big") + kind.to_bytes(2, "big") + (1).to_bytes(4, "big") + value.to_bytes(4, "big")
        for tag, kind, value in entries
    )
    return b"Exif\0\0" + first + second + bytes(4) + small


def _add(pdf: Pdf, picture: Stream) -> None:
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=picture)
