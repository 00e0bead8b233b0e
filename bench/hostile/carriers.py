"""Places of a file beside its pages that keep what a page no longer shows (PDF 32000-1, 7.7, 12 and 14)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

from bench.hostile.form import Form

_SET = Callable[[Pdf, str], None]


def _kept(form: Form, keep: _SET) -> bytes:
    """A page without the values, and *keep* puts them somewhere else."""
    return form.pdf(form.labels() + form.boxes(), lambda pdf: keep(pdf, " ".join(form.values)))


def document_information(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        pdf.docinfo["/Subject"] = told

    return _kept(form, keep)


def entry_of_ones_own(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        pdf.docinfo["/SourceName"] = told

    return _kept(form, keep)


def xmp(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        with pdf.open_metadata() as metadata:
            metadata["dc:description"] = told

    return _kept(form, keep)


def xmp_of_a_picture(form: Form) -> bytes:
    """Metadata hangs on any object, not only on the document."""

    def keep(pdf: Pdf, told: str) -> None:
        packet = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><note>{told}</note></x:xmpmeta>"
        pdf.pages[0].obj.Metadata = _stream(pdf, packet, Type=Name.Metadata, Subtype=Name.XML)

    return _kept(form, keep)


def attachment(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        pdf.attachments["claim.txt"] = told.encode("utf-8")

    return _kept(form, keep)


def associated_file(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        inner = pdf.make_indirect(_stream(pdf, told, Type=Name.EmbeddedFile))
        kept = Dictionary(Type=Name.Filespec, F=String("claim.txt"), EF=Dictionary(F=inner), AFRelationship=Name.Source)
        pdf.Root.AF = Array([pdf.make_indirect(kept)])

    return _kept(form, keep)


def portfolio(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        pdf.attachments["original.txt"] = told.encode("gbk")
        pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.T, D=String("original.txt"))

    return _kept(form, keep)


def hidden_form_field(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("who"), V=String(told), F=2, Rect=_NOWHERE
        )
        _add_field(pdf, field)

    return _kept(form, keep)


def default_of_a_field(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        _add_field(pdf, Dictionary(FT=Name.Tx, T=String("who"), V=String(""), DV=String(told)))

    return _kept(form, keep)


def choices_of_a_field(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        _add_field(pdf, Dictionary(FT=Name.Ch, T=String("who"), Opt=Array([String(each) for each in told.split()])))

    return _kept(form, keep)


def xfa(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        packet = f"<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><claim>{told}</claim></xfa:datasets>"
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array([String("datasets"), _stream(pdf, packet)]))

    return _kept(form, keep)


def bookmark(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        item = pdf.make_indirect(Dictionary(Title=String(told), Dest=Array([pdf.pages[0].obj, Name.Fit])))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
        item.Parent = pdf.Root.Outlines

    return _kept(form, keep)


def named_destination(form: Form) -> bytes:
    """The name of a place is a string, here the key of a name tree."""

    def keep(pdf: Pdf, told: str) -> None:
        target = Array([pdf.pages[0].obj, Name.Fit])
        pdf.Root.Names = Dictionary(Dests=Dictionary(Names=Array([String(told), target])))

    return _kept(form, keep)


def destination_called_by_name(form: Form) -> bytes:
    """Before PDF 1.2 destinations were keys of a dictionary: names, not strings."""

    def keep(pdf: Pdf, told: str) -> None:
        pdf.Root.Dests = Dictionary({f"/{each}": Array([pdf.pages[0].obj, Name.Fit]) for each in told.split()})

    return _kept(form, keep)


def page_label(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String(told))]))

    return _kept(form, keep)


def article_thread(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        bead = pdf.make_indirect(Dictionary(P=pdf.pages[0].obj, R=_NOWHERE))
        thread = pdf.make_indirect(Dictionary(Type=Name.Thread, F=bead, I=Dictionary(Title=String(told))))
        bead.T, bead.N, bead.V = thread, bead, bead
        pdf.Root.Threads = Array([thread])

    return _kept(form, keep)


def script(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        action = Dictionary(S=Name.JavaScript, JS=_stream(pdf, f"var who = '{told}';"))
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(action)])))

    return _kept(form, keep)


def address_of_a_link(form: Form) -> bytes:
    """Percent-encoded, as addresses are."""

    def keep(pdf: Pdf, told: str) -> None:
        action = Dictionary(S=Name.URI, URI=String(f"https://claims.example/?q={quote(told)}"))
        _add_mark(pdf, Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=_NOWHERE, A=action))

    return _kept(form, keep)


def private_data_of_a_program(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        kept = Dictionary(LastModified=String("D:20200101"), Private=_stream(pdf, told))
        pdf.pages[0].obj.PieceInfo = Dictionary(Editor=kept)

    return _kept(form, keep)


def structure_tree(form: Form) -> bytes:
    """What a screen reader says in place of a part of the page, and beside a picture."""

    def keep(pdf: Pdf, told: str) -> None:
        element = Dictionary(Type=Name.StructElem, S=Name.Span, ActualText=String(told), Alt=String(told))
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = pdf.make_indirect(element)
        root.K.P = root
        pdf.Root.StructTreeRoot, pdf.Root.MarkInfo = root, Dictionary(Marked=True)

    return _kept(form, keep)


def replacement_text_on_the_page(form: Form) -> bytes:
    """Inside the page's own commands: what is copied in place of what is drawn."""
    told = " ".join(form.values).encode("utf-16-be").hex()
    return form.pdf(f"{form.labels()}/Span << /ActualText <feff{told}> >> BDC {form.boxes()} EMC")


def property_list_of_the_page(form: Form) -> bytes:
    """The same, named in the resources."""

    def keep(pdf: Pdf, told: str) -> None:
        pdf.pages[0].obj.Resources.Properties = Dictionary(MC0=Dictionary(E=String(told)))
        pdf.pages[0].contents_add(b"/Span /MC0 BDC EMC")

    return _kept(form, keep)


def comment_in_the_page(form: Form) -> bytes:
    """Behind a percent sign, which viewers pass over."""
    told = "".join(f"% {value.encode('utf-8').decode('latin-1')}\n" for value in form.values)
    return form.pdf(form.labels() + told + form.boxes())


def name_of_a_layer(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(told)))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(Order=Array([group])))

    return _kept(form, keep)


def signature(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        signed = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Name=String(told), Contents=String("0" * 64))
        _add_field(pdf, Dictionary(FT=Name.Sig, T=String("signed"), V=pdf.make_indirect(signed)))

    return _kept(form, keep)


def output_intent(form: Form) -> bytes:
    def keep(pdf: Pdf, told: str) -> None:
        pdf.Root.OutputIntents = Array(
            [Dictionary(S=Name("/GTS_PDFA1"), OutputConditionIdentifier=String("x"), Info=String(told))]
        )

    return _kept(form, keep)


def name_of_a_font(form: Form) -> bytes:
    """Names are no strings: `/` and bytes, those that are no letters as #xx."""

    def keep(pdf: Pdf, told: str) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/" + told.replace(" ", "-")))
        pdf.pages[0].obj.Resources.Font["/F9"] = pdf.make_indirect(font)

    return _kept(form, keep)


def octal_string_in_an_object_stream(form: Form) -> bytes:
    def keep(pdf: Pdf) -> None:
        pdf.Root["/Spare"] = pdf.make_indirect(Dictionary(Kept=String(" ".join(form.values))))

    return form.pdf(form.labels() + form.boxes(), keep, object_stream_mode=ObjectStreamMode.generate)


_NOWHERE = Array([0, 0, 1, 1])


def _stream(pdf: Pdf, text: str, **keys: Any) -> Stream:  # noqa: ANN401  whatever pikepdf takes
    return Stream(pdf, text.encode("utf-8"), Dictionary(**keys))


def _add_field(pdf: Pdf, field: Dictionary) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))
    if "/Subtype" in field:
        pdf.pages[0].obj.Annots = Array([pdf.Root.AcroForm.Fields[0]])


def _add_mark(pdf: Pdf, mark: Dictionary) -> None:
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(mark)])
