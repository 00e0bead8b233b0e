"""Letters that a search for the value does not meet: without meaning, out of order, one by one, in other characters, turned.

Those whose text can be seen are for the redactor: it must find what they say.
"""

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from bench.hostile.form import PAPER, SIZE, Form, to_unicode, width_of
from bench.hostile.pictures import scan

_FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}
_HOMOGLYPHS = str.maketrans("0125", "О１２５")  # a Cyrillic letter, and full-width digits
_LEFT = 110.0


def font_without_unicode(form: Form) -> bytes:
    """Codes of a subset font: nothing says which characters they stand for."""
    return form.pdf(form.labels() + form.shown() + form.boxes(), lambda pdf: _forget_unicode(pdf, form))


def font_with_a_wrong_unicode(form: Form) -> bytes:
    """Every code is said to be the letter x, as fonts that shall not be copied have it."""
    return form.pdf(form.labels() + form.shown() + form.boxes(), lambda pdf: _say(pdf, "x" * len(form.chars())))


def permuted_unicode(form: Form) -> bytes:
    """Every code is said to be the next character of the font: searches see other numbers and other names."""
    chars = form.chars()
    turned = chars[1:] + chars[:1]
    return form.pdf(form.labels() + form.shown() + form.boxes(), lambda pdf: _say(pdf, turned))


def type3_font_of_outlines(form: Form) -> bytes:
    """Glyphs that are procedures with names of no meaning, under boxes."""

    def add(pdf: Pdf) -> None:
        chars = form.chars()
        inner = form.resources(pdf, with_unicode=False)
        glyphs = {
            f"/g{code}": Stream(pdf, f"1 0 d0 BT /F0 1 Tf <{code:04x}> Tj ET".encode()) for code in range(1, len(chars) + 1)
        }
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, -1, 1, 1]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(glyphs),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([1, *(Name(name) for name in glyphs)])),
            FirstChar=1,
            LastChar=len(chars),
            Widths=Array([round(width_of(char, 1.0), 3) for char in chars]),
            Resources=inner,
        )
        pdf.pages[0].obj.Resources.Font["/F3"] = pdf.make_indirect(font)

    drawn = (f"BT /F3 {SIZE} Tf {_LEFT} {each.bottom:.2f} Td <{_bytes(form, each.value)}> Tj ET\n" for each in form.planted)
    return form.pdf(form.labels() + "".join(drawn) + form.boxes(), add)


def single_letters_in_any_order(form: Form) -> bytes:
    drawn = [
        form.words(char, _LEFT + width_of(each.value[:at]), each.bottom)
        for each in form.planted
        for at, char in enumerate(each.value)
    ]
    form.rng.shuffle(drawn)
    return form.pdf(form.labels() + "".join(drawn) + form.boxes())


def full_width_digits_in_a_title(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.docinfo["/Title"] = " ".join(form.values).translate(_FULL_WIDTH)

    return form.pdf(form.labels() + form.boxes(), add)


def look_alikes_in_a_bookmark(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        title = " ".join(form.values).translate(_HOMOGLYPHS)
        item = pdf.make_indirect(Dictionary(Title=String(title), Dest=Array([pdf.pages[0].obj, Name.Fit])))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
        item.Parent = pdf.Root.Outlines

    return form.pdf(form.labels() + form.boxes(), add)


def values_with_spaces_between(form: Form) -> bytes:
    """Soft hyphens and thin spaces between the digits of a custom entry."""

    def add(pdf: Pdf) -> None:
        pdf.docinfo["/Reference"] = "\u2009".join(" ".join(form.values))

    return form.pdf(form.labels() + form.boxes(), add)


def visible_and_turned(form: Form) -> bytes:
    """Labels and values in the clear, a quarter turned, beside an upright form with boxes."""
    return _beside(form, f"0 1 -1 0 {PAPER[1] + 10} 0", PAPER[1] + 20, PAPER[0])


def visible_and_upside_down(form: Form) -> bytes:
    return _beside(form, f"-1 0 0 -1 {PAPER[0]} {PAPER[1]}", *PAPER)


def visible_and_mirrored(form: Form) -> bytes:
    return _beside(form, f"-1 0 0 1 {PAPER[0]} 0", *PAPER)


def visible_one_below_the_other(form: Form) -> bytes:
    """Set downwards, character by character, each label above its value."""
    columns = [
        form.words(char, PAPER[0] + 30 + 40 * each.row, PAPER[1] - 30 - SIZE * 1.2 * row)
        for each in form.planted
        for row, char in enumerate(each.label + "：" + each.value)
    ]
    return form.pdf(form.labels() + form.boxes() + "".join(columns), _taller)


def visible_and_small(form: Form) -> bytes:
    """Five points: legible on paper, 14 pixels at the usual resolution."""
    return form.pdf(form.labels() + "".join(form.words(each.value, _LEFT, each.bottom, size=5) for each in form.planted))


def visible(form: Form) -> bytes:
    """Nothing hidden at all."""
    return form.pdf(form.labels() + form.shown())


def visible_as_a_scan(form: Form) -> bytes:
    return scan(form, form.picture())


def _beside(form: Form, matrix: str, width: float, height: float) -> bytes:
    """The upright form with boxes, and to its right the form with its values, set by *matrix* into *width* x *height*."""

    def widen(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array([0, 0, PAPER[0] + width, max(PAPER[1], height)])

    filled = f"q 1 0 0 1 {PAPER[0]} 0 cm {matrix} cm {form.labels()}{form.shown()} Q"
    return form.pdf(f"{form.labels()}{form.boxes()}{filled}", widen)


def _taller(pdf: Pdf) -> None:
    pdf.pages[0].obj.MediaBox = Array([0, -250, PAPER[0] + 280, PAPER[1]])


def _forget_unicode(pdf: Pdf, form: Form) -> None:
    pdf.pages[0].obj.Resources = form.resources(pdf, with_unicode=False)


def _say(pdf: Pdf, chars: str) -> None:
    """Have the font say that its codes are *chars*."""
    pdf.pages[0].obj.Resources.Font.F0.ToUnicode = Stream(pdf, to_unicode(chars))


def _bytes(form: Form, text: str) -> str:
    chars = form.chars()
    return "".join(f"{chars.index(char) + 1:02x}" for char in text)
