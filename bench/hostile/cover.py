"""Text that is in the page and cannot be seen: covered, colourless, too small, outside, switched off, never drawn."""

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from PIL import Image

from bench.hostile.form import PAPER, Form, image

_BELOW = "1 0 0 1 0 -400 cm"


def text_under_boxes(form: Form) -> bytes:
    return form.pdf(form.labels() + form.shown() + form.boxes())


def text_under_white_boxes(form: Form) -> bytes:
    return form.pdf(form.labels() + form.shown() + form.boxes("1 g"))


def text_under_pictures(form: Form) -> bytes:
    drawn = ("{2:.2f} 0 0 {3:.2f} {0:.2f} {1:.2f}".format(*each.box) for each in form.planted)
    covers = "".join(f"q {where} cm /Im0 Do Q\n" for where in drawn)

    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.XObject = Dictionary(Im0=image(pdf, Image.new("RGB", (8, 8))))

    return form.pdf(form.labels() + form.shown() + covers, add)


def text_under_a_stroke(form: Form) -> bytes:
    """One line as thick as the text is high: what a drawing program's marker leaves."""
    strokes = (
        f"q 0 G {height:.2f} w {left:.2f} {bottom + height / 2:.2f} m {left + width:.2f} {bottom + height / 2:.2f} l S Q\n"
        for left, bottom, width, height in (each.box for each in form.planted)
    )
    return form.pdf(form.labels() + form.shown() + "".join(strokes))


def white_text(form: Form) -> bytes:
    return form.pdf(form.labels() + form.shown("1 g"))


def black_on_black(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes() + form.shown("0 g"))


def transparent_text(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState = Dictionary(GS0=Dictionary(ca=0, CA=0))

    return form.pdf(form.labels() + form.boxes() + form.shown("/GS0 gs"), add)


def text_of_a_tenth_of_a_point(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes() + form.shown("0 g", size=0.1))


def text_squeezed_to_nothing(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes() + form.shown("0.01 Tz"))


def text_off_the_page(form: Form) -> bytes:
    return form.pdf(f"{form.labels()}{form.boxes()} q {_BELOW} {form.shown()} Q")


def text_outside_the_crop(form: Form) -> bytes:
    """The page is cut to its upper part, which shows nothing of what is drawn below."""

    def cut(pdf: Pdf) -> None:
        width, height = PAPER
        pdf.pages[0].obj.MediaBox = Array([0, -height, width, height])
        pdf.pages[0].obj.CropBox = Array([0, 0, width, height])

    return form.pdf(f"{form.labels()}{form.boxes()} q 1 0 0 1 0 {-PAPER[1]} cm {form.shown()} Q", cut)


def text_clipped_away(form: Form) -> bytes:
    return form.pdf(f"{form.labels()}{form.boxes()} q 0 0 1 1 re W n {form.shown()} Q")


def ocr_layer_under_black(form: Form) -> bytes:
    """The layer that an OCR tool laid over the scan before the scan was blackened."""
    return _scan(form, form.shown("3 Tr"))


def text_that_only_clips(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes() + form.shown("7 Tr"))


def layer_switched_off(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.Properties = Dictionary(OC0=_layer_off(pdf))

    return form.pdf(f"{form.labels()}{form.boxes()}/OC /OC0 BDC {form.shown('1 g')} EMC", add)


def form_object_in_a_layer_switched_off(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        inner = _form_object(pdf, form, form.shown())
        inner.OC = _layer_off(pdf)
        pdf.pages[0].Resources.XObject = Dictionary(Fm0=inner)

    return form.pdf(f"{form.labels()}{form.boxes()}/Fm0 Do", add)


def form_object_never_drawn(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.XObject = Dictionary(Fm0=_form_object(pdf, form, form.shown()))

    return form.pdf(form.labels() + form.boxes(), add)


def form_object_under_boxes(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.XObject = Dictionary(Fm0=_form_object(pdf, form, form.shown()))

    return form.pdf(f"{form.labels()}/Fm0 Do {form.boxes()}", add)


def text_in_a_pattern(form: Form) -> bytes:
    """A tiling pattern whose cell is the page, painted and covered. Text extractors do not look into patterns."""

    def add(pdf: Pdf) -> None:
        cell = _form_object(pdf, form, form.shown())
        cell.Type, cell.PatternType, cell.PaintType, cell.TilingType = Name.Pattern, 1, 1, 1
        cell.XStep, cell.YStep = PAPER
        del cell["/Subtype"]
        pdf.pages[0].Resources.Pattern = Dictionary(P0=cell)

    painted = f"q /Pattern cs /P0 scn 0 0 {PAPER[0]} {PAPER[1]} re f Q\n"
    return form.pdf(form.labels() + painted + form.boxes(), add)


def text_in_a_soft_mask(form: Form) -> bytes:
    """The group that says how opaque a rectangle is holds the text; the rectangle is white on white."""

    def add(pdf: Pdf) -> None:
        group = _form_object(pdf, form, form.shown("1 g"))
        group.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        mask = Dictionary(S=Name.Luminosity, G=group)
        pdf.pages[0].Resources.ExtGState = Dictionary(GS0=Dictionary(SMask=mask))

    veil = f"q /GS0 gs 1 g 0 0 {PAPER[0]} {PAPER[1]} re f Q\n"
    return form.pdf(form.labels() + veil + form.boxes(), add)


def type3_glyph_that_says_it(form: Form) -> bytes:
    """The procedure that draws a glyph may draw text of its own; what is read is only the glyph's character."""

    def add(pdf: Pdf) -> None:
        glyph = f"1000 0 d0 {form.shown('1 g')}"
        resources = pdf.pages[0].obj.Resources
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, *PAPER]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=Stream(pdf, glyph.encode("ascii"))),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([1]),
            Resources=form.resources(pdf),
        )
        resources.Font["/F3"] = pdf.make_indirect(font)

    return form.pdf(f"{form.labels()}{form.boxes()}BT /F3 1 Tf 0 0 Td (a) Tj ET", add)


def _form_object(pdf: Pdf, form: Form, content: str) -> Stream:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *PAPER]), Resources=form.resources(pdf))
    return Stream(pdf, content.encode("ascii"), keys)


def _layer_off(pdf: Pdf) -> Object:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("working copy")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group]), Order=Array([group])))
    return group


def _scan(form: Form, content: str) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.XObject = Dictionary(Im0=image(pdf, form.picture(with_values=False)))

    return form.pdf(f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm /Im0 Do Q\n{content}", add)
