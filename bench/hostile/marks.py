"""Annotations: marks that only lie over the text, and notes that repeat it."""

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from bench.hostile.form import PAPER, Form

_HIDDEN = 2
_NO_VIEW = 32
_CORNER = Array([2, 2, 12, 12])


def _marked(form: Form, content: str, *marks: Dictionary) -> bytes:
    def add(pdf: Pdf) -> None:
        for mark in marks:
            if "/IC" in mark:
                mark.AP = Dictionary(N=_black(pdf, mark.Rect))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(mark) for mark in marks])

    return form.pdf(content, add)


def unapplied_redactions(form: Form) -> bytes:
    """Drawn as black boxes, and waiting to be applied."""
    return _marked(form, form.labels() + form.shown(), *_over(form, Name.Redact))


def black_squares(form: Form) -> bytes:
    return _marked(form, form.labels() + form.shown(), *_over(form, Name.Square))


def stamps(form: Form) -> bytes:
    return _marked(form, form.labels() + form.shown(), *_over(form, Name.Stamp))


def marks_that_are_not_printed(form: Form) -> bytes:
    """Shown on the screen; on paper, the page is bare (flag Print is not set)."""
    return _marked(form, form.labels() + form.shown(), *_over(form, Name.Square, flags=0))


def note(form: Form) -> bytes:
    mark = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=_CORNER, Contents=String(" ".join(form.values)))
    return _marked(form, form.labels() + form.boxes(), mark)


def hidden_note_with_its_pop_up(form: Form) -> bytes:
    told = String(" ".join(form.values))
    mark = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, F=_HIDDEN, Rect=_CORNER, RC=told, DA=String("/F1 8 Tf"))
    pop_up = Dictionary(Type=Name.Annot, Subtype=Name.Popup, Rect=_CORNER, Contents=told)
    return _marked(form, form.labels() + form.boxes(), mark, pop_up)


def overlay_text_of_an_applied_redaction(form: Form) -> bytes:
    """Left behind by a tool that drew the boxes and kept its marks, hidden, with what they stood over."""
    told = " ".join(form.values)
    mark = Dictionary(
        Type=Name.Annot, Subtype=Name.Redact, F=_HIDDEN, Rect=_CORNER, Contents=String(told), OverlayText=String("x")
    )
    return _marked(form, form.labels() + form.boxes(), mark)


def appearance_never_shown(form: Form) -> bytes:
    """What a mark looks like is a page of its own; this mark is flagged not to be viewed."""

    def add(pdf: Pdf) -> None:
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *PAPER]), Resources=form.resources(pdf))
        look = pdf.make_indirect(Stream(pdf, form.shown().encode("ascii"), keys))
        mark = Dictionary(
            Type=Name.Annot, Subtype=Name.Watermark, F=_NO_VIEW, Rect=Array([0, 0, *PAPER]), AP=Dictionary(N=look)
        )
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(mark)])

    return form.pdf(form.labels() + form.boxes(), add)


def sound(form: Form) -> bytes:
    return _media(form, Dictionary(Type=Name.Annot, Subtype=Name.Sound, Rect=_CORNER), "/Sound", Dictionary(R=8000))


def rich_media(form: Form) -> bytes:
    return _media(form, Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=_CORNER), "/RichMediaContent", Dictionary())


def file_on_the_page(form: Form) -> bytes:
    return _media(form, Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=_CORNER), "/FS", Dictionary())


def _media(form: Form, mark: Dictionary, key: str, keys: Dictionary) -> bytes:
    def add(pdf: Pdf) -> None:
        mark[key] = Dictionary(EF=Dictionary(F=Stream(pdf, "\n".join(form.values).encode("utf-16-le"), keys)))
        if key == "/Sound":
            mark[key] = Stream(pdf, "\n".join(form.values).encode("utf-16-le"), keys)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(mark)])

    return form.pdf(form.labels() + form.boxes(), add)


def _black(pdf: Pdf, where: Object) -> Stream:
    """What a mark looks like: black all over."""
    left, bottom, right, top = (float(each) for each in where)
    box = Array([0, 0, right - left, top - bottom])
    return Stream(pdf, f"0 g 0 0 {right - left} {top - bottom} re f".encode(), Dictionary(Subtype=Name.Form, BBox=box))


def _over(form: Form, kind: Name, flags: int = 4) -> tuple[Dictionary, ...]:
    """Black marks over the values. `flags` 4 is to be printed as well."""
    boxes = (each.box for each in form.planted)
    return tuple(
        Dictionary(
            Type=Name.Annot,
            Subtype=kind,
            F=flags,
            Rect=Array([left, bottom, left + width, bottom + height]),
            IC=Array([0, 0, 0]),
            C=Array([0, 0, 0]),
        )
        for left, bottom, width, height in boxes
    )
