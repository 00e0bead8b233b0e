"""Pictures that are stored whole and shown in part, or not at all, or kept beside the one that is shown."""

import io

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageCms

from bench.hostile.form import DPI, PAPER, Form, image, jpeg

WHOLE = f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm /Im0 Do Q\n"
_QUALITY = 80


def scan(form: Form, picture: Image.Image, more: str = "") -> bytes:
    """A page that shows *picture* and then draws *more*."""
    return form.pdf(WHOLE + more, lambda pdf: add_picture(pdf, _packed(pdf, picture)))


def scan_under_boxes(form: Form) -> bytes:
    return scan(form, form.picture(), form.boxes())


def scan_under_another_picture(form: Form) -> bytes:
    """The redacted scan is laid over the scan."""

    def add(pdf: Pdf) -> None:
        add_picture(pdf, _packed(pdf, form.picture()))
        pdf.pages[0].Resources.XObject["/Im1"] = _packed(pdf, form.picture(with_values=False))

    return form.pdf(WHOLE + WHOLE.replace("Im0", "Im1"), add)


def mask_drawn_under_the_picture(form: Form) -> bytes:
    """Nothing is hidden: the boxes are painted first and the scan over them."""
    return form.pdf(form.boxes() + WHOLE, lambda pdf: add_picture(pdf, _packed(pdf, form.picture())))


def picture_cut_by_a_path(form: Form) -> bytes:
    """Only the labels' column is shown of the scan."""
    return form.pdf(f"q 0 0 104 {PAPER[1]} re W n {WHOLE} Q", lambda pdf: add_picture(pdf, _packed(pdf, form.picture())))


def picture_off_the_page(form: Form) -> bytes:
    return form.pdf(
        f"{form.labels()}{form.boxes()}q 1 0 0 1 900 0 cm {WHOLE} Q", lambda pdf: add_picture(pdf, _packed(pdf, form.picture()))
    )


def picture_cut_by_the_crop(form: Form) -> bytes:
    """The scan is shown down to its second line; the page's box cuts off the rest."""

    def cut(pdf: Pdf) -> None:
        add_picture(pdf, _packed(pdf, form.picture()))
        pdf.pages[0].obj.CropBox = Array([0, PAPER[1] - 45, *PAPER])

    return form.pdf(WHOLE, cut)


def picture_of_one_point(form: Form) -> bytes:
    return form.pdf(
        f"{form.labels()}{form.boxes()}q 1 0 0 1 4 4 cm /Im0 Do Q", lambda pdf: add_picture(pdf, _packed(pdf, form.picture()))
    )


def picture_never_drawn(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes(), lambda pdf: add_picture(pdf, _packed(pdf, form.picture())))


def picture_wholly_transparent(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        whole = _packed(pdf, form.picture())
        whole.SMask = image(pdf, Image.new("L", (1, 1), 0))
        add_picture(pdf, whole)

    return form.pdf(form.labels() + form.boxes() + WHOLE, add)


def picture_as_soft_mask(form: Form) -> bytes:
    """A white picture on white paper, whose transparency is the scan."""

    def add(pdf: Pdf) -> None:
        scan_ = form.picture().convert("L").point(lambda shade: 255 - shade)
        veil = image(pdf, Image.new("RGB", (1, 1), (255, 255, 255)))
        veil.SMask = image(pdf, scan_)
        add_picture(pdf, veil)

    return form.pdf(form.labels() + WHOLE + form.boxes(), add)


def alternate_picture(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        shown = _packed(pdf, form.picture(with_values=False))
        shown.Alternates = Array([Dictionary(Image=pdf.make_indirect(_packed(pdf, form.picture())), DefaultForPrinting=True)])
        add_picture(pdf, shown)

    return form.pdf(WHOLE, add)


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
        add_picture(pdf, shown)

    return form.pdf(WHOLE, add)


def strips_under_boxes(form: Form) -> bytes:
    """The scan is stored in strips of some rows each, as many scanners do, and covered."""
    return _in_strips(form, form.boxes())


def strips_never_drawn(form: Form) -> bytes:
    return _in_strips(form, "", f"{form.labels()}{form.boxes()}")


def picture_in_pieces_and_off_the_page(form: Form) -> bytes:
    return _in_strips(form, "", f"{form.labels()}{form.boxes()} q 1 0 0 1 900 0 cm {{drawn}} Q")


def palette_of_one_colour(form: Form) -> bytes:
    """All colours of the picture's palette are white."""

    def add(pdf: Pdf) -> None:
        shades = form.picture(dpi=DPI).convert("L").point(lambda shade: int(shade > 128))
        keys = {"ColorSpace": Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff" * 6)])}
        add_picture(pdf, image(pdf, shades, **keys))

    return form.pdf(WHOLE + form.labels() + form.boxes(), add)


def palette_of_one_colour_never_drawn(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        shades = form.picture(dpi=DPI).convert("L").point(lambda shade: int(shade > 128))
        keys = {"ColorSpace": Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff" * 6)])}
        add_picture(pdf, image(pdf, shades, **keys))

    return form.pdf(form.labels() + form.boxes(), add)


def picture_decoded_to_white(form: Form) -> bytes:
    """Every sample stands for white: the scale of the picture's shades begins where it ends (PDF 32000-1, 8.9.5.2)."""

    def add(pdf: Pdf) -> None:
        add_picture(pdf, image(pdf, form.picture().convert("L"), Decode=Array([1, 1])))

    return form.pdf(WHOLE + form.labels() + form.boxes(), add)


def colour_that_is_never_printed(form: Form) -> bytes:
    """The picture is in an ink of its own that leaves the paper white, however much of it there is."""

    def add(pdf: Pdf) -> None:
        tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1]), C1=Array([1]), N=1)
        ink = Array([Name.Separation, Name("/Spot"), Name.DeviceGray, tint])
        add_picture(pdf, image(pdf, form.picture().convert("L"), ColorSpace=ink))

    return form.pdf(WHOLE + form.labels() + form.boxes(), add)


def lower_half_of_the_samples(form: Form) -> bytes:
    """Sixteen bits a sample: the upper eight are white, and no screen shows the lower ones."""

    def add(pdf: Pdf) -> None:
        shades = form.picture().convert("L")
        samples = b"".join(bytes((255, shade)) for shade in shades.tobytes())
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=shades.width, Height=shades.height)
        keys.ColorSpace, keys.BitsPerComponent = Name.DeviceGray, 16
        add_picture(pdf, Stream(pdf, samples, keys))

    return form.pdf(WHOLE + form.labels() + form.boxes(), add)


def rows_below_the_last_one(form: Form) -> bytes:
    """The picture is said to be of the redacted form's height; the scan's rows follow."""

    def add(pdf: Pdf) -> None:
        shown, whole = form.picture(with_values=False).convert("L"), form.picture().convert("L")
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=shown.width, Height=shown.height)
        keys.ColorSpace, keys.BitsPerComponent = Name.DeviceGray, 8
        add_picture(pdf, Stream(pdf, shown.tobytes() + whole.tobytes(), keys))

    return form.pdf(WHOLE, add)


def picture_alone_and_transparent(form: Form) -> bytes:
    """All that is drawn beside letters is one picture, on the whole page, and nothing of it is seen."""

    def add(pdf: Pdf) -> None:
        whole = _packed(pdf, form.picture())
        whole.SMask = image(pdf, Image.new("L", (1, 1), 0))
        add_picture(pdf, whole)

    return form.pdf(WHOLE + form.labels(), add)


def picture_without_a_type(form: Form) -> bytes:
    """A JPEG in a stream that nothing says to be a picture."""

    def keep(pdf: Pdf) -> None:
        whole = _packed(pdf, form.picture())
        for key in ("/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent"):
            del whole[key]
        pdf.Root["/Spare"] = whole

    return form.pdf(form.labels() + form.boxes(), keep)


def picture_drawn_inside_a_form_object_never_drawn(form: Form) -> bytes:
    """Within the commands of a form object: it is no object of the file, and no page draws it."""

    def add(pdf: Pdf) -> None:
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *PAPER]))
        pdf.pages[0].Resources.XObject = Dictionary(Fm0=Stream(pdf, _drawn_inside(form), keys))

    return form.pdf(form.labels() + form.boxes(), add)


def picture_drawn_inside_a_glyph(form: Form) -> bytes:
    """Of a font that no text is set in."""

    def add(pdf: Pdf) -> None:
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, *PAPER]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=Stream(pdf, b"1000 0 d0 " + _drawn_inside(form))),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([1]),
        )
        pdf.pages[0].obj.Resources.Font["/F3"] = pdf.make_indirect(font)

    return form.pdf(form.labels() + form.boxes(), add)


def picture_on_a_page_too_large_to_see(form: Form) -> bytes:
    """Two hundred inches of paper, and the scan in a corner of it at its own size: whoever zooms in reads it."""

    def enlarge(pdf: Pdf) -> None:
        add_scan(pdf, form.picture())
        pdf.pages[0].obj.MediaBox = Array([0, 0, 14400, 14400])

    return form.pdf(WHOLE, enlarge)


def tiff_thumbnail_in_the_jpeg(form: Form) -> bytes:
    """A copy at half the resolution in an application segment, packed as no JPEG is."""
    out = io.BytesIO()
    form.picture(dpi=DPI // 2).convert("1").save(out, "TIFF", compression="group4")
    segment = b"Exif\0\0" + out.getvalue()
    shown = _jpeg_of(form.picture(with_values=False))
    return _jpeg_scan(form, shown[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + shown[2:])


def original_in_a_box_of_the_jpeg_2000(form: Form) -> bytes:
    """A file of this format is made of boxes, and viewers pass over those that they do not know (ISO/IEC 15444-1, annex I)."""
    out, whole = io.BytesIO(), _jpeg_of(form.picture(dpi=DPI // 2))
    form.picture(with_values=False).save(out, "JPEG2000")
    box = (len(whole) + 8 + 16).to_bytes(4, "big") + b"uuid" + bytes(16) + whole

    def add(pdf: Pdf) -> None:
        size = form.picture().size
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], Filter=Name.JPXDecode)
        add_picture(pdf, Stream(pdf, out.getvalue() + box, keys))

    return form.pdf(WHOLE, add)


def _in_strips(form: Form, more: str, page: str = "") -> bytes:
    """*page* where it is given, with its place for what draws the strips; else the strips, and *more* over them."""
    whole, rows = form.picture().convert("L"), 12
    tops = range(0, whole.height, rows)
    scale = PAPER[1] / whole.height

    def add(pdf: Pdf) -> None:
        cuts = (whole.crop((0, top, whole.width, min(top + rows, whole.height))) for top in tops)
        pdf.pages[0].obj.Resources.XObject = Dictionary({f"/Im{at}": image(pdf, cut) for at, cut in enumerate(cuts)})

    drawn = "".join(
        f"q {PAPER[0]} 0 0 {min(rows, whole.height - top) * scale:.4f} 0 "
        f"{PAPER[1] - min(top + rows, whole.height) * scale:.4f} cm /Im{at} Do Q\n"
        for at, top in enumerate(tops)
    )
    return form.pdf(page.format(drawn=drawn) if page else drawn + more, add)


def _drawn_inside(form: Form) -> bytes:
    small = form.picture(dpi=DPI * 2 // 3).convert("L")
    head = f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm BI /W {small.width} /H {small.height} /CS /G /BPC 8 /F /AHx ID "
    return head.encode() + small.tobytes().hex().encode() + b"> EI Q"


def _packed(pdf: Pdf, picture: Image.Image) -> Stream:
    """As JPEG, as scanners give it."""
    return jpeg(pdf, _jpeg_of(picture), picture.width, picture.height)


def _jpeg_of(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", **({"quality": _QUALITY} | options))
    return out.getvalue()


def _jpeg_scan(form: Form, data: bytes) -> bytes:
    size = form.picture().size
    return form.pdf(WHOLE, lambda pdf: add_picture(pdf, jpeg(pdf, data, *size)))


def _exif_with_thumbnail(small: bytes) -> bytes:
    """Exif 2.3, 4.5: a first directory of nothing, a second one that says where the thumbnail lies."""
    first = b"MM\0*" + (8).to_bytes(4, "big") + (0).to_bytes(2, "big") + (14).to_bytes(4, "big")
    entries = ((0x0103, 3, 6 << 16), (0x0201, 4, 14 + 2 + 3 * 12 + 4), (0x0202, 4, len(small)))
    second = len(entries).to_bytes(2, "big") + b"".join(
        tag.to_bytes(2, "big") + kind.to_bytes(2, "big") + (1).to_bytes(4, "big") + value.to_bytes(4, "big")
        for tag, kind, value in entries
    )
    return b"Exif\0\0" + first + second + bytes(4) + small


def add_scan(pdf: Pdf, picture: Image.Image) -> None:
    add_picture(pdf, _packed(pdf, picture))


def add_picture(pdf: Pdf, picture: Stream) -> None:
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=picture)
