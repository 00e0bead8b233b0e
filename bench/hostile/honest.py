"""Files that hide well, by other means than ours: none of them may be found to leak."""

from pikepdf import Array, Dictionary, Name, Pdf, String

from bench.hostile.form import DPI, Form
from bench.hostile.pictures import scan


def text_taken_out(form: Form) -> bytes:
    """Redacted in the page's commands: the values are gone, boxes stand where they were."""
    return form.pdf(form.labels() + form.boxes())


def page_made_a_picture(form: Form) -> bytes:
    """Blackened, printed, scanned."""
    return scan(form, form.picture(with_values=False))


def page_made_a_picture_with_its_layer(form: Form) -> bytes:
    """The same, read by an OCR tool afterwards, which laid the labels over it."""
    layer = "".join(form.words(each.label, 24, each.bottom, "3 Tr") for each in form.planted)
    return scan(form, form.picture(with_values=False), layer)


def white_boxes(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes("1 g"))


def grey_boxes_with_a_code(form: Form) -> bytes:
    """Boxes that say by which rule something was hidden, as authorities write it."""
    codes = "".join(f"q 1 g BT /F1 11 Tf 1 0 0 1 114 {each.bottom:.2f} Tm (\\(b\\)\\(6\\)) Tj ET Q\n" for each in form.planted)
    return form.pdf(form.labels() + form.boxes("0.2 g") + codes)


def packed_and_linearised(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes(), None, linearize=True)


def tagged_with_bookmarks_and_links(form: Form) -> bytes:
    """A tagged file with a bookmark, a link and a page label that say nothing."""

    def add(pdf: Pdf) -> None:
        item = pdf.make_indirect(Dictionary(Title=String("理赔申请书"), Dest=Array([pdf.pages[0].obj, Name.Fit])))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
        item.Parent = pdf.Root.Outlines
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
        action = Dictionary(S=Name.URI, URI=String("https://claims.example/"))
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])

    return form.pdf(form.labels() + form.boxes(), add)


def made_by_a_tool(form: Form) -> bytes:
    """Says which tool made it, and when."""

    def add(pdf: Pdf) -> None:
        pdf.docinfo["/Producer"], pdf.docinfo["/Creator"] = "Some Tool 3.1", "Some Office"
        pdf.docinfo["/CreationDate"] = "D:20240101120000Z"

    return form.pdf(form.labels() + form.boxes(), add)


def picture_of_half_the_resolution(form: Form) -> bytes:
    return scan(form, form.picture(with_values=False, dpi=DPI * 3 // 4))


def form_object_well_redacted(form: Form) -> bytes:
    """The labels are in a form object, as many tools write pages."""

    def add(pdf: Pdf) -> None:
        inner = pdf.make_stream((form.labels() + form.boxes()).encode("ascii"))
        inner.Type, inner.Subtype, inner.BBox = Name.XObject, Name.Form, Array([0, 0, 420, 290])
        inner.Resources = pdf.pages[0].obj.Resources
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Fm0=inner))

    return form.pdf("/Fm0 Do", add)


CONTROLS = (
    text_taken_out,
    page_made_a_picture,
    page_made_a_picture_with_its_layer,
    white_boxes,
    grey_boxes_with_a_code,
    packed_and_linearised,
    tagged_with_bookmarks_and_links,
    made_by_a_tool,
    picture_of_half_the_resolution,
    form_object_well_redacted,
)
