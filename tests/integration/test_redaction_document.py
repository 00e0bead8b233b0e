"""A whole derivative, made and verified; then spoilt in many ways, each of which the verifier must notice."""

import io
import re
from dataclasses import dataclass, replace

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from schemas.entity import Entity, Tier
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Audience, Mask, RedactedText, VisibleLine
from tests.builders.drawn_pages import drawn_page, entity
from tests.fakes.seeing_engine import SeeingEngine
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, burn, encode_page, placeholder_page
from workers.redact.hide import hide, withheld_text
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy
from workers.verify.document import verify_pdf
from workers.verify.page import verify_page
from workers.verify.redacted_file import verify_redaction
from workers.verify.secrets import Secrets

NUMBER, NAME = "110105194912310021", "Quentin Zweistein"
LINES = ["Claim of " + NAME, "ID number " + NUMBER, "Amount 1200.00", "Again " + NUMBER[:6] + " " + NUMBER[6:]]
POLICY = default_policy()
AUDIENCE = Audience.PUBLIC


@dataclass(frozen=True)
class Made:
    """A document of three pages, black and white, grey and colour, its derivative and everything it was made from."""

    images: list
    texts: list
    entities: tuple[Entity, ...]
    masks: tuple[Mask, ...]
    derived: list[DerivedPage]
    visible: tuple[RedactedText, ...]
    pdf: bytes

    @property
    def secrets(self) -> Secrets:
        return Secrets.of(self.entities, POLICY, AUDIENCE)

    @property
    def engine(self) -> SeeingEngine:
        return SeeingEngine([*zip(self.images, self.texts, strict=True)])

    def verify(self, pdf: bytes, *, with_pictures: bool = True):
        return verify_pdf(io.BytesIO(pdf), self.secrets, 3, self.derived if with_pictures else None)

    def judge(self, pdf: bytes):
        return verify_redaction(self.texts, self.entities, io.BytesIO(pdf), POLICY, AUDIENCE, self.engine, find_numbers)


@pytest.fixture(scope="module")
def made() -> Made:
    images, texts = zip(*(drawn_page(LINES, at, tone) for at, tone in enumerate(("bilevel", "grey", "colour"), 1)), strict=True)
    entities = (entity(texts[0], "EN_NAME", NAME), entity(texts[0], "CN_ID18", NUMBER))
    masks = plan_masks(texts, entities, POLICY, AUDIENCE)
    derived = [encode_page(burn(image, masks), image.page_number, image.dpi) for image in images]
    visible = hide(texts, entities, POLICY, AUDIENCE)
    return Made([*images], [*texts], entities, masks, derived, visible, assembled(zip(derived, visible, strict=True)))


def find_numbers(page: PageText) -> tuple[Entity, ...]:
    return tuple(Entity("CN_ID18", Tier.B, 1, m.group(), m.span()) for m in re.finditer(r"(?<!\d)\d{17}[\dX](?!\d)", page.text))


def assembled(pages) -> bytes:
    out = io.BytesIO()
    assemble_pdf(pages, out)
    return out.getvalue()


def test_a_finished_derivative_passes(made):
    verdict = made.verify(made.pdf)
    assert verdict.leaks == ()
    assert verdict.passed
    assert "pictures_verified" in verdict.checks


def test_every_page_of_it_passes(made):
    for image, page in zip(made.images, made.derived, strict=True):
        verdict = verify_page(page, image, made.masks, made.secrets, made.engine, find_numbers)
        assert verdict.leaks == ()


def test_it_also_passes_as_a_strangers_file(made):
    assert made.judge(made.pdf).leaks == ()


def test_both_extractors_read_the_visible_text_and_the_tokens(made):
    with pdfplumber.open(io.BytesIO(made.pdf)) as pdf:
        assert [page.extract_text() for page in pdf.pages] == [text.text for text in made.visible]
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        assert [pdf[at].get_textpage().get_text_range().split("\r\n") for at in range(3)] == [
            [line.text for line in text.lines] for text in made.visible
        ]
    assert made.visible[0].text == "Claim of [name]\nID number [identity no.]\nAmount 1200.00\nAgain [identity no.]"


@pytest.mark.parametrize("text", ["投保人：[姓名]，住院号 12", "𠮷野家 naïve café", "竖" * 12])
@pytest.mark.parametrize("upright", [True, False])
def test_any_script_in_any_direction_can_be_copied_out(made, text, upright):
    box = made.visible[0].lines[0].box if upright else replace(made.visible[0].lines[0].box, right=120, bottom=900)
    pdf = assembled([(made.derived[0], RedactedText(1, AUDIENCE, "p/1", (VisibleLine(text, box),)))])
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        assert "".join(char["text"] for char in opened.pages[0].chars) == text
    with pypdfium2.PdfDocument(pdf) as opened:
        assert opened[0].get_textpage().get_text_range() == text


def test_the_text_lies_on_its_lines(made):
    with pdfplumber.open(io.BytesIO(made.pdf)) as pdf:
        for word in pdf.pages[0].extract_words():
            assert 0 <= word["x0"] < word["x1"] <= pdf.pages[0].width
        first, line = pdf.pages[0].chars[0], made.visible[0].lines[0].box
        assert first["x0"] == pytest.approx(line.left * 72 / 200, abs=0.1)
        assert first["top"] == pytest.approx(line.top * 72 / 200, abs=0.5)


def test_the_same_pages_give_the_same_bytes(made):
    assert assembled(zip(made.derived, made.visible, strict=True)) == made.pdf


def test_it_shows_the_burnt_pages_and_nothing_dates_or_names_it(made):
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert set(pdf.trailer.keys()) & {"/Info", "/Prev"} == set()
        assert set(pdf.Root.keys()) == {"/Type", "/Pages", "/Metadata", "/OutputIntents"}
    with pypdfium2.PdfDocument(made.pdf) as pdf:
        for at, mask in ((mask.page_number - 1, mask) for mask in made.masks):
            drawn = pdf[at].render(scale=200 / 72).to_numpy()
            box = mask.box
            assert drawn[box.top + 4 : box.bottom - 4, box.left + 4 : box.right - 4].max() <= 2
            assert drawn[-60:, -60:].min() > 200


@pytest.mark.parametrize("at", [0, 1, 2])
def test_every_encoding_is_shown_as_it_was_burnt(made, at):
    image, burnt = made.images[at], burn(made.images[at], made.masks)
    burnt[::10] = 0
    page = encode_page(burnt, image.page_number, image.dpi, budget=1)
    assert page.media_type == "image/png"
    pdf = assembled([(page, made.visible[at])])
    assert verify_pdf(io.BytesIO(pdf), made.secrets, 1, [page]).leaks == ()
    with pypdfium2.PdfDocument(pdf) as opened:
        drawn = opened[0].render(scale=200 / 72, rev_byteorder=True).to_numpy()[:1000, :1400, :3]
    assert abs(drawn.astype(int) - burnt).mean() < 1


def test_a_page_that_could_not_be_read_says_so(made):
    notice = (placeholder_page(2, 1240, 1754, "page_crash"), withheld_text(2, 1240, 1754, "page_crash", AUDIENCE, "p/1"))
    pages = [(made.derived[0], made.visible[0]), notice, (made.derived[2], made.visible[2])]
    pdf = assembled(pages)
    verdict = verify_pdf(io.BytesIO(pdf), made.secrets, 3, [page for page, _ in pages])
    assert verdict.leaks == ()
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        assert "第2页无法读取" in opened.pages[1].extract_text()


def test_a_picture_with_the_text_of_another_page_is_refused(made):
    with pytest.raises(ValueError, match="page 1"):
        assembled([(made.derived[0], made.visible[1])])


def spoilt(change):
    def spoil(made: Made) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
            change(pdf)
            pdf.save(out, static_id=True, fix_metadata_version=False)
        return out.getvalue()

    spoil.__name__ = change.__name__
    return spoil


def original_text_layer(made: Made) -> bytes:
    kept = [
        RedactedText(
            text.page_number, AUDIENCE, "none/0", tuple(VisibleLine(line.text, Box.around((line.box,))) for line in text.lines)
        )
        for text in made.texts
    ]
    return assembled(zip(made.derived, kept, strict=True))


def only_first_instance_hidden(made: Made) -> bytes:
    first = made.visible[0]
    lines = (*first.lines[:3], VisibleLine(LINES[3], first.lines[3].box))
    return assembled(zip(made.derived, (replace(first, lines=lines), *made.visible[1:]), strict=True))


def second_page_not_burnt(made: Made) -> bytes:
    raw = encode_page(made.images[1].pixels, 2, 200.0)
    return assembled(zip([made.derived[0], raw, made.derived[2]], made.visible, strict=True))


def last_page_missing(made: Made) -> bytes:
    return assembled([*zip(made.derived, made.visible, strict=True)][:2])


def old_revision_kept(made: Made) -> bytes:
    """An incremental update (PDF 32000-1, 7.5.6): what the file was before stays in it, in front of the new objects."""
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        number, pages = len(pdf.objects) + 1, pdf.Root.Pages.objgen[0]
    before = made.pdf.rsplit(b"startxref", 1)[1].split()[0].decode()
    catalog = f"{number} 0 obj\n<< /Type /Catalog /Pages {pages} 0 R >>\nendobj\n"
    table = f"xref\n{number} 1\n{len(made.pdf):010} 00000 n \n"
    trailer = f"trailer\n<< /Root {number} 0 R /Size {number + 1} /Prev {before} >>\n"
    return made.pdf + f"{catalog}{table}{trailer}startxref\n{len(made.pdf) + len(catalog)}\n%%EOF\n".encode()


def bytes_behind(made: Made) -> bytes:
    return made.pdf + b"PK\x03\x04 something"


def value_in_a_comment(made: Made) -> bytes:
    at = made.pdf.index(b"\n", 10)
    return made.pdf[:at] + b"\n%" + NUMBER.encode("utf-16-be").hex().encode() + made.pdf[at:]


@spoilt
def information(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "Claim of nobody"


@spoilt
def xmp(pdf: Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = "Claim"


@spoilt
def words_in_the_archive_mark(pdf: Pdf) -> None:
    mark = pdf.Root.Metadata
    mark.write(mark.read_bytes().replace(b"</pdfaid:part>", b"</pdfaid:part><!-- claim -->"))


@spoilt
def words_in_the_colour_profile(pdf: Pdf) -> None:
    profile = pdf.Root.OutputIntents[0].DestOutputProfile
    profile.write(profile.read_bytes().replace("CC0".encode("utf-16-be"), "Zoe".encode("utf-16-be")))


@spoilt
def colours_of_a_pictures_own(pdf: Pdf) -> None:
    profile = Stream(pdf, b"any bytes", N=3)
    pdf.pages[2].Resources.XObject.Im0.ColorSpace = Array([Name.ICCBased, pdf.make_indirect(profile)])


@spoilt
def attachment(pdf: Pdf) -> None:
    pdf.attachments["scan.tif"] = b"original bytes"


@spoilt
def annotation(pdf: Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String(NAME))
    pdf.pages[1].obj["/Annots"] = Array([pdf.make_indirect(note)])


@spoilt
def form_field(pdf: Pdf) -> None:
    field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("id"), V=String(NUMBER)))
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([field]))


@spoilt
def script(pdf: Pdf) -> None:
    pdf.Root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


@spoilt
def layer(pdf: Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("below")))
    pdf.Root["/OCProperties"] = Dictionary(OCGs=Array([group]), D=Dictionary())


@spoilt
def bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Claim of " + NAME, 0))


@spoilt
def thumbnail(pdf: Pdf) -> None:
    small = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    pdf.pages[0].obj["/Thumb"] = Stream(pdf, b"\0", small)


@spoilt
def unused_picture(pdf: Pdf) -> None:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    pdf.pages[0].Resources["/Spare"] = Stream(pdf, b"abcd", keys)


@spoilt
def second_picture(pdf: Pdf) -> None:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    pdf.pages[0].Resources.XObject["/Im1"] = Stream(pdf, b"abcd", keys)


@spoilt
def box_drawn_over(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"0 g 20 20 200 40 re f")


@spoilt
def visible_text(pdf: Pdf) -> None:
    page = pdf.pages[0]
    page.Contents = Stream(pdf, page.Contents.read_bytes().replace(b"3 Tr", b"0 Tr"))


@spoilt
def replacement_text(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"/Span << /ActualText (" + NUMBER.encode() + b") >> BDC EMC")


@spoilt
def comment_in_the_jpeg(pdf: Pdf) -> None:
    picture = pdf.pages[1].Resources.XObject.Im0
    data = picture.read_raw_bytes()
    picture.write(data[:2] + b"\xff\xfe\x00\x06note" + data[2:], filter=Name.DCTDecode)


@spoilt
def comment_between_the_scans_of_a_jpeg(pdf: Pdf) -> None:
    picture = pdf.pages[1].Resources.XObject.Im0
    data = picture.read_raw_bytes()
    picture.write(data[:-2] + b"\xff\xfe\x00\x06note" + data[-2:], filter=Name.DCTDecode)


@spoilt
def value_behind_the_jpeg(pdf: Pdf) -> None:
    picture = pdf.pages[1].Resources.XObject.Im0
    picture.write(picture.read_raw_bytes() + NUMBER.encode(), filter=Name.DCTDecode)


@spoilt
def value_in_an_unused_stream(pdf: Pdf) -> None:
    pdf.Root["/Pages"]["/Spare"] = Stream(pdf, NAME.encode("gbk") + b"!")


@spoilt
def private_notes_of_a_program(pdf: Pdf) -> None:
    pdf.pages[0].obj["/PieceInfo"] = Dictionary(App=Dictionary(Private=String("x")))


SABOTAGES = {
    original_text_layer: {"text_by_pdfminer", "text_by_pdfium"},
    only_first_instance_hidden: {"text_by_pdfminer", "text_by_pdfium"},
    second_page_not_burnt: {"pictures_verified"},
    last_page_missing: {"page_count", "pictures_verified"},
    old_revision_kept: {"structure"},
    bytes_behind: {"structure"},
    value_in_a_comment: {"stored_bytes"},
    information: {"structure"},
    xmp: {"structure"},
    words_in_the_archive_mark: {"structure"},
    words_in_the_colour_profile: {"structure"},
    colours_of_a_pictures_own: {"structure"},
    attachment: {"structure"},
    annotation: {"structure", "stored_strings"},
    form_field: {"structure", "stored_strings", "stored_bytes"},
    script: {"structure"},
    layer: {"structure"},
    bookmark: {"structure", "stored_strings"},
    thumbnail: {"structure"},
    unused_picture: {"structure"},
    second_picture: {"structure"},
    box_drawn_over: {"structure"},
    visible_text: {"structure"},
    replacement_text: {"structure", "stored_bytes"},
    comment_in_the_jpeg: {"structure"},
    comment_between_the_scans_of_a_jpeg: {"structure"},
    value_behind_the_jpeg: {"structure", "stored_bytes"},
    value_in_an_unused_stream: {"stored_bytes"},
    private_notes_of_a_program: {"structure"},
}


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.__name__)
def test_each_sabotage_is_caught_by_the_checks_made_for_it(made, sabotage):
    verdict = made.verify(sabotage(made))
    assert {leak.check for leak in verdict.leaks} >= SABOTAGES[sabotage]
    assert not verdict.passed
    assert NUMBER not in repr(verdict)


def test_saving_the_file_anew_is_no_sabotage(made):
    assert made.verify(spoilt(Pdf.remove_unreferenced_resources)(made)).leaks == ()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"GIF89a"])
def test_what_is_no_pdf_does_not_pass(made, data):
    assert not made.verify(data).passed
