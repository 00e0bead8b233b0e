"""PDF files open page by page, show what a viewer shows, and say what is wrong with them."""

import io
import logging
import re
from collections.abc import Callable

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from archive.errors import Rejected, Unavailable
from schemas.geometry import Box
from schemas.limits import Limits
from schemas.page import Line
from tests.builders.pdf_files import A4, add_picture, pdf_of, saved, text
from workers.paginate import OpenDocument, open_document

LIMITS = Limits()
PDF = "application/pdf"


def _open(file: bytes, limits: Limits = LIMITS, password: str | None = None) -> OpenDocument:
    return open_document(io.BytesIO(file), PDF, limits, password)


def _refusal(file: bytes, limits: Limits = LIMITS, password: str | None = None) -> str:
    with pytest.raises(Rejected) as caught:
        _open(file, limits, password)
    return caught.value.reason


def _scan(width: int, height: int, box: tuple[float, float, float, float], size: tuple[float, float] = A4) -> bytes:
    return pdf_of([""], size=size, adorn=lambda pdf: add_picture(pdf, Image.new("L", (width, height), 128), box))


def _with_object(thing: Dictionary) -> Callable[[Pdf], None]:
    def adorn(pdf: Pdf) -> None:
        pdf.Root["/Test"] = pdf.make_indirect(thing)

    return adorn


def test_a_drawn_page_is_rendered_at_200_dpi() -> None:
    with _open(pdf_of([text("Claim", 72, 700)])) as document:
        page = document.render(1)
    assert (page.width, page.height, page.dpi) == (1653, 2339, 200.0)
    assert page.pixels.dtype == np.uint8
    assert page.pixels.min() < 50
    assert document.page_count == 1
    assert document.remarks == ()


def test_colours_come_as_red_green_blue() -> None:
    with _open(pdf_of(["1 0 0 rg 0 0 595 842 re f"])) as document:
        assert document.render(1).pixels[500, 500].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("pixels", "dpi"),
    [((1654, 2339), 200), ((2480, 3509), 300), ((595, 842), 150), ((4960, 7018), 300)],
    ids=["as scanned", "at 300", "coarse scans are enlarged", "fine scans are reduced"],
)
def test_a_scan_is_rendered_at_its_own_resolution_within_bounds(pixels: tuple[int, int], dpi: int) -> None:
    with _open(_scan(*pixels, (0, 0, *A4))) as document:
        assert document.render(1).dpi == pytest.approx(dpi, abs=1)


def test_a_scan_of_300_dpi_keeps_its_pixels() -> None:
    with _open(_scan(2550, 3300, (0, 0, 612, 792), size=(612, 792))) as document:
        page = document.render(1)
    assert (page.width, page.height) == (2550, 3300)


def test_a_small_picture_does_not_decide_the_resolution() -> None:
    with _open(_scan(2000, 2000, (50, 50, 100, 100))) as document:
        assert document.render(1).dpi == 200


def test_a_scan_inside_a_form_is_found() -> None:
    def adorn(pdf: Pdf) -> None:
        add_picture(pdf, Image.new("L", (2480, 3508), 128), (0, 0, *A4))
        page = pdf.pages[0].obj
        form = Stream(pdf, b"q 0.5 0 0 0.5 0 0 cm " + page.Contents.read_bytes() + b" Q")
        form.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, *A4], Resources=page.Resources))
        page.Resources = Dictionary(XObject=Dictionary(Fm1=form))
        page.Contents = Stream(pdf, b"q 2 0 0 2 0 0 cm /Fm1 Do Q")

    with _open(pdf_of([""], adorn=adorn)) as document:
        assert document.render(1).dpi == pytest.approx(300, abs=1)


def test_a_large_page_is_rendered_as_fine_as_the_limit_allows() -> None:
    limits = Limits(max_page_pixels=2_000_000)
    with _open(pdf_of([""]), limits) as document:
        page = document.render(1)
    assert page.width * page.height <= 2_000_000
    assert page.dpi is not None
    assert 100 <= page.dpi < 200


def test_a_page_too_large_even_at_100_dpi_fails_alone() -> None:
    def adorn(pdf: Pdf) -> None:
        pdf.pages[1].obj.MediaBox = Array([0, 0, 14_000, 14_000])

    with _open(pdf_of(["", ""], adorn=adorn), Limits(max_page_pixels=5_000_000)) as document:
        assert document.render(1).width > 0
        with pytest.raises(Rejected, match="page_too_large"):
            document.render(2)


def test_a_document_whose_every_page_is_too_large_is_refused() -> None:
    assert _refusal(pdf_of(["", ""], size=(14_000, 14_000)), Limits(max_page_pixels=5_000_000)) == "page_too_large"


def test_a_picture_far_larger_than_a_page_may_be_is_not_decoded() -> None:
    file = _scan(4000, 4000, (0, 0, *A4))
    with _open(file, Limits(max_page_pixels=1_999_999)) as document, pytest.raises(Rejected, match="page_too_large"):
        document.render(1)


def test_a_page_that_cannot_be_loaded_fails_alone() -> None:
    file = re.sub(rb"(/Kids \[ )\d", rb"\g<1>9", pdf_of([text("Claim", 72, 700)] * 2))  # object 9 does not exist
    with _open(file) as document:
        assert document.page_count == 2
        with pytest.raises(Rejected, match="damaged_page"):
            document.render(1)
        assert document.render(2).pixels.min() < 128


@pytest.mark.parametrize("file", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"x" * 500, b"nothing"], ids=["header", "noise", "text"])
def test_a_file_without_any_object_is_damaged(file: bytes) -> None:
    assert _refusal(file) == "damaged_document"


def test_a_document_without_pages_is_refused() -> None:
    assert _refusal(saved(Pdf.new())) in {"no_pages", "damaged_document"}


def test_too_many_pages_are_refused() -> None:
    assert _refusal(pdf_of([""] * 3), Limits(max_pages=2)) == "too_many_pages"


@pytest.mark.parametrize("revision", [3, 4, 6])
def test_an_encrypted_document_asks_for_its_password(revision: int) -> None:
    pdf = Pdf.open(io.BytesIO(pdf_of([text("Claim", 72, 700)])))
    strong = revision >= 4
    file = saved(pdf, pikepdf.Encryption(owner="owner", user="user", R=revision, aes=strong, metadata=strong))  # type: ignore[arg-type]
    assert _refusal(file) == "encrypted_document"
    assert _refusal(file, password="wrong") == "encrypted_document"
    for password in ("user", "owner"):
        with _open(file, password=password) as document:
            layer = document.text_layer(1)
            assert layer is not None
            assert layer.text == "Claim"


def test_a_document_with_an_empty_user_password_is_open() -> None:
    pdf = Pdf.open(io.BytesIO(pdf_of([text("Claim", 72, 700)])))
    with _open(saved(pdf, pikepdf.Encryption(owner="owner", user=""))) as document:
        assert document.page_count == 1
        assert document.text_layer(1) is not None


def test_a_wrong_cross_reference_table_is_repaired_and_said() -> None:
    file = pdf_of([text("Claim", 72, 700)])
    broken = file.replace(b"startxref", b"startxref\n99999999\n%%EOF\n%")
    with _open(broken) as document:
        assert document.remarks == ("repaired",)
        layer = document.text_layer(1)
        assert layer is not None
        assert layer.text == "Claim"


def test_a_page_tree_that_comes_back_to_itself_ends() -> None:
    def adorn(pdf: Pdf) -> None:
        pdf.Root.Pages.Kids.append(pdf.Root.Pages)
        pdf.Root.Pages.Count = 2

    with _open(pdf_of([text("Claim", 72, 700)], adorn=adorn)) as document:
        assert document.page_count == 1
        assert document.remarks == ("repaired",)
        assert document.render(1).pixels.min() < 128


@pytest.mark.parametrize(
    ("thing", "remark"),
    [
        (Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")), "has_javascript"),
        (Dictionary(OpenAction=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))), "has_javascript"),
        (Dictionary(Type=Name.Filespec, F=String("a.doc"), EF=Dictionary()), "has_attachments"),
        (Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x")), "signed"),
        (Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([0, 0, 9, 9])), "has_annotations"),
    ],
)
def test_what_lies_beside_the_pages_is_remarked(thing: Dictionary, remark: str) -> None:
    with _open(pdf_of([""], adorn=_with_object(thing))) as document:
        assert document.remarks == (remark,)


def test_links_are_no_annotations_worth_a_remark() -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.URI, URI=String("x:")))
    with _open(pdf_of([""], adorn=_with_object(link))) as document:
        assert document.remarks == ()


def test_what_is_filled_into_a_form_is_rendered_and_makes_the_text_layer_doubtful() -> None:
    def adorn(pdf: Pdf) -> None:
        look = Stream(pdf, b"0 0 1 rg 0 0 100 20 re f")
        look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 20]))
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String("f"),
                V=String("v"),
                F=4,
                Rect=[72, 600, 172, 620],
                AP=Dictionary(N=look),
            )
        )
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    with _open(pdf_of([text("Name", 72, 700)], adorn=adorn)) as document:
        page = document.render(1)
        assert document.text_doubts(1) == ("annotations",)
    down, across = round((842 - 610) * 200 / 72), round(122 * 200 / 72)
    assert page.pixels[down, across].tolist() == [0, 0, 255]


def test_pages_are_numbered_from_one() -> None:
    with _open(pdf_of([""])) as document:
        for wrong in (0, 2, -1):
            with pytest.raises(ValueError, match="page"):
                document.render(wrong)
            with pytest.raises(ValueError, match="page"):
                document.text_layer(wrong)


def test_a_blank_page_has_no_text_layer() -> None:
    with _open(pdf_of(["", "0 0 1 rg 10 10 50 50 re f"])) as document:
        assert document.text_layer(1) is None
        assert document.text_layer(2) is None


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [(), (30, 50, 500, 800)], ids=["whole", "cropped"])
def test_character_boxes_lie_where_the_ink_is(rotate: int, crop: tuple[float, ...]) -> None:
    file = pdf_of([text("Claim HK 42", 90, 400, size=24)], rotate=rotate, crop=crop)
    with _open(file) as document:
        page = document.render(1)
        layer = document.text_layer(1)
    assert layer is not None
    assert (layer.width, layer.height, layer.dpi) == (page.width, page.height, page.dpi)
    assert layer.text == "Claim HK 42"
    assert layer.rotation == (360 - rotate) % 360
    (line,) = layer.lines
    assert _ink_outside(page.pixels, line) == 0
    assert all(_ink_inside(page.pixels, line, index) > 0 for index, char in enumerate(line.text) if char != " ")


def _ink_outside(pixels: np.ndarray, line: Line) -> int:
    rest = pixels.copy()
    box = Box.around([line.box])
    rest[box.top : box.bottom, box.left - 2 : box.right + 2] = 255
    return int((rest < 128).sum())


def _ink_inside(pixels: np.ndarray, line: Line, index: int) -> int:
    box = Box.around([line.char_boxes[index]])
    return int((pixels[box.top : box.bottom, box.left : box.right] < 128).sum())


def test_the_first_corner_is_where_a_turned_line_begins() -> None:
    sideways = "BT /F1 20 Tf 0 1 -1 0 300 200 Tm (Upwards) Tj ET"
    with _open(pdf_of([sideways])) as document:
        layer = document.text_layer(1)
    assert layer is not None
    assert layer.rotation == 90
    (line,) = layer.lines
    (x0, y0), (x1, y1) = line.box[0], line.box[1]
    assert x0 == pytest.approx(x1)
    assert y1 < y0  # it reads towards the top of the page
    assert line.box[3][0] > x0  # and its underside is on the right


def test_the_layer_says_which_tool_read_it_and_claims_no_confidence() -> None:
    with _open(pdf_of([text("Claim", 72, 700)])) as document:
        layer = document.text_layer(1)
    assert layer is not None
    assert layer.engine.name == "pdfplumber"
    assert layer.engine.version
    assert layer.lines[0].confidence is None


def test_text_outside_the_page_is_not_on_it() -> None:
    with _open(pdf_of([text("Seen", 72, 700) + text("Unseen", 900, 700)])) as document:
        layer = document.text_layer(1)
    assert layer is not None
    assert layer.text == "Seen"


@pytest.mark.parametrize(
    ("content", "doubts"),
    [
        (text("Claim", 72, 700), ()),
        (text("Claim", 72, 700) + text("Hidden", 72, 600, more="3 Tr"), ("hidden_text",)),
        (text("Claim", 72, 700) + text("Hidden", 72, 600, more="7 Tr"), ("hidden_text",)),
        (text("Claim", 72, 700) + text("Outline", 72, 600, more="1 Tr"), ()),
    ],
    ids=["filled", "invisible", "clipping only", "outlined"],
)
def test_text_that_leaves_no_ink_is_doubted(content: str, doubts: tuple[str, ...]) -> None:
    with _open(pdf_of([content])) as document:
        assert document.text_doubts(1) == doubts


@pytest.mark.parametrize(("side", "doubts"), [(60, ()), (250, ("pictures",))], ids=["letterhead", "identity card"])
def test_a_picture_beside_text_is_doubted_unless_it_is_small(side: int, doubts: tuple[str, ...]) -> None:
    def adorn(pdf: Pdf) -> None:
        add_picture(pdf, Image.new("L", (100, 100), 90), (50, 50, side, side))

    with _open(pdf_of([text("Claim", 72, 700)], adorn=adorn)) as document:
        assert document.text_doubts(1) == doubts


def test_a_long_document_is_opened_anew_now_and_then_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [text(f"Page {number}", 72, 700) for number in range(1, 6)]
    pdf = Pdf.open(io.BytesIO(pdf_of(pages)))
    file = saved(pdf, pikepdf.Encryption(owner="owner", user="user"))
    monkeypatch.setattr("workers.paginate.pdf._RENEW_AFTER_BYTES", 1)
    with _open(file, password="user") as document:
        read = [document.text_layer(number) for number in range(1, 6)]
        shown = [document.render(number).pixels.min() for number in range(1, 6)]
    assert [layer.text for layer in read if layer is not None] == [f"Page {number}" for number in range(1, 6)]
    assert max(shown) < 128


def test_nothing_on_a_page_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    broken = text("Wilhelmina Orchard", 72, 700) + "BT /F9 1 Tf (Orchard) Tj (Orchard"
    with _open(pdf_of([broken]).replace(b"startxref", b"startxref\n99\n%")) as document:
        document.render(1)
        document.text_layer(1)
    assert "Orchard" not in caplog.text


def test_a_disk_that_fails_is_not_called_a_damaged_document() -> None:
    class Failing(io.BytesIO):
        broken = False

        def read(self, size: int | None = -1, /) -> bytes:
            if self.broken:
                raise Unavailable("store_unavailable")
            return super().read(size)

    stream = Failing(_scan(2480, 3508, (0, 0, *A4)))
    with open_document(stream, PDF, LIMITS) as document:
        stream.broken = True
        with pytest.raises(Unavailable):
            document.render(1)
    with pytest.raises(Unavailable):
        open_document(stream, PDF, LIMITS)


def test_an_unknown_media_type_is_refused() -> None:
    with pytest.raises(Rejected, match="unsupported_type"):
        open_document(io.BytesIO(b"x"), "text/plain", LIMITS)
