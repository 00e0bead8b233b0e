"""PDFs redacted, well or badly, by other software. Hostile files are written here, published ones read where they lie."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from archive.errors import Rejected
from schemas.entity import Entity, Tier
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Audience, Leak
from tests.builders.drawn_pages import ENGINE, drawn_page, entity
from tests.fakes.seeing_engine import SeeingEngine
from workers.redact.policy import default_policy
from workers.verify.redacted_file import CHECKS, verify_redaction

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "open" / "redaction"
NUMBER = "110105194912310021"
PAPER = (504, 360)  # points; a drawn page of 1400 x 1000 pixels at 200 dpi
FONT = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)


def find_numbers(page: PageText) -> tuple[Entity, ...]:
    return tuple(Entity("CN_ID18", Tier.B, 1, m.group(), m.span()) for m in re.finditer(r"(?<!\d)\d{17}[\dX](?!\d)", page.text))


class Blind:
    """Reads nothing, so that what is found is found without OCR."""

    version = ENGINE

    def read(self, image):
        return PageText(image.page_number, image.width, image.height, image.dpi or 72, 0, (), ENGINE)


IMAGE, TEXT = drawn_page(["ID number " + NUMBER, "Amount 1200.00"])
ENTITIES = (entity(TEXT, "CN_ID18", NUMBER),)


def leaks_of(data: bytes, entities=ENTITIES, pages=(TEXT,), engine=None) -> set[str]:
    engine = engine or Blind()
    verdict = verify_redaction(pages, entities, io.BytesIO(data), default_policy(), Audience.HANDLER, engine, find_numbers)
    assert verdict.checks == CHECKS
    assert NUMBER not in repr(verdict)
    return {f"{leak.check}: {leak.detail}" if leak.check in {"structure", "metadata"} else leak.check for leak in verdict.leaks}


def written(content: str, change=None) -> bytes:
    """A page with *content*; `change` may alter the file before it is saved."""
    out = io.BytesIO()
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=PAPER)
        page.Resources = Dictionary(Font=Dictionary(F0=FONT))
        page.Contents = Stream(pdf, content.encode())
        if change:
            change(pdf, page)
        pdf.save(out, static_id=True)
    return out.getvalue()


def words(text: str, more: str = "") -> str:
    return f"BT /F0 14 Tf {more} 40 300 Td ({text}) Tj ET\n"


VISIBLE = words("Amount 1200.00")
BOX = "0 g 35 292 300 24 re f\n"


def test_a_clean_file_of_another_tool_passes():
    assert leaks_of(written(VISIBLE)) == set()
    assert leaks_of(written(BOX + "BT /F0 14 Tf 40 200 Td (Amount 1200.00) Tj ET")) == set()


@pytest.mark.parametrize(
    "content",
    [
        words("word that nobody listed") + BOX,
        words("white word on white paper", "1 g"),
        words("nearly white", ".95 g"),
        "0 g 0 250 504 100 re f\n" + words("black on black", "0 g"),
        "BT /F0 14 Tf 900 300 Td (off the page) Tj ET",
        words("under a white box") + "1 g 35 292 300 24 re f\n",
        words("invisible under black", "3 Tr") + BOX,
    ],
    ids=["box", "white", "nearly white", "black", "off page", "white box", "ocr layer"],
)
def test_text_that_can_be_copied_but_not_seen_is_a_leak_known_or_not(content):
    assert "hidden_text" in leaks_of(written(content), entities=())


@pytest.mark.parametrize(
    "content",
    [
        VISIBLE,
        BOX + words("white on black", "1 g"),
        words("light grey but there", ".8 g"),
        words("   ") + BOX,
        words(". .. -") + BOX,
        words("[\\(\\)]") + BOX,
    ],
)
def test_text_that_can_be_seen_and_boxes_over_nothing_are_none(content):
    assert leaks_of(written(content), entities=()) == set()


def test_a_known_value_in_the_text_is_a_leak_wherever_it_is():
    found = leaks_of(written(words(NUMBER) + BOX))
    assert found >= {"hidden_text", "text_by_pdfplumber", "text_by_pdfium", "text_detection", "stored_bytes"}


def test_a_kept_ocr_layer_over_a_blackened_scan_is_a_leak():
    pixels = IMAGE.pixels.copy()
    pixels[60:150] = 0
    pdf = scan(pixels, "BT 3 Tr /F0 14 Tf 40 320 Td (a name) Tj ET")
    assert leaks_of(pdf, entities=()) == {"hidden_text"}


def test_an_ocr_layer_over_what_it_says_is_none():
    assert leaks_of(scan(IMAGE.pixels, "BT 3 Tr /F0 14 Tf 30 318 Td (Amount) Tj ET"), entities=()) == set()


def test_a_box_drawn_over_a_scan_leaves_the_scan_in_the_file():
    engine = SeeingEngine([(IMAGE, TEXT)])
    assert "pictures" in leaks_of(scan(IMAGE.pixels, "0 g 0 290 504 50 re f"), engine=engine)


@pytest.mark.parametrize(("clip", "found"), [("0 0 504 100", {"pictures"}), ("0 0 504 360", set())])
def test_a_scan_cut_by_a_path_is_in_the_file_as_a_whole(clip, found):
    """Its upper part holds the value, and is blackened in what is read of the page."""
    stored, burnt = IMAGE.pixels, IMAGE.pixels.copy()
    burnt[60:150] = 0
    picture = stored if found else burnt
    assert leaks_of(scan(picture, "", clip), engine=SeeingEngine([(IMAGE, TEXT)])) == found


def test_a_burnt_scan_is_clean():
    pixels = IMAGE.pixels.copy()
    pixels[60:150] = 0
    assert leaks_of(scan(pixels, ""), engine=SeeingEngine([(IMAGE, TEXT)])) == set()


def test_what_can_still_be_read_is_a_leak():
    found = leaks_of(scan(IMAGE.pixels, ""), engine=SeeingEngine([(IMAGE, TEXT)]))
    assert found == {"second_reading", "second_detection", "residue"}


def test_places_are_given_on_the_original():
    for data in (scan(IMAGE.pixels, ""), written(words(NUMBER) + BOX)):
        engine = SeeingEngine([(IMAGE, TEXT)])
        verdict = verify_redaction(
            (TEXT,), ENTITIES, io.BytesIO(data), default_policy(), Audience.HANDLER, engine, find_numbers
        )
        boxes = [leak.box for leak in verdict.leaks if leak.box]
        place = Box.around(ENTITIES[0].boxes)
        assert boxes
        assert all(box.overlaps(Box(place.left - 150, place.top, place.right, 200)) for box in boxes)


def scan(pixels: np.ndarray, content: str, clip: str = "") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)

    def add(pdf: Pdf, page: pikepdf.Page) -> None:
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=1400, Height=1000, ColorSpace=Name.DeviceRGB)
        keys.BitsPerComponent, keys.Filter = 8, Name.DCTDecode
        page.Resources.XObject = Dictionary(Im0=Stream(pdf, buffer.getvalue(), keys))

    cut = f"{clip} re W n " if clip else ""
    return written(f"q {cut}{PAPER[0]} 0 0 {PAPER[1]} 0 0 cm /Im0 Do Q\n{content}", add)


def author(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.docinfo["/Author"] = "Some One"


def number_in_keywords(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.docinfo["/Keywords"] = NUMBER


def xmp_title(pdf: Pdf, page: pikepdf.Page) -> None:
    with pdf.open_metadata(update_docinfo=False) as metadata:
        metadata["dc:title"] = "Claim"


def tool_and_date(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.docinfo["/Producer"] = "Some Tool 1.0"
    pdf.docinfo["/CreationDate"] = "D:20200101000000Z"


def attachment(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.attachments["original.txt"] = f"ID {NUMBER}".encode()


def script(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.Root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def layer(pdf: Pdf, page: pikepdf.Page) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("below")))
    pdf.Root["/OCProperties"] = Dictionary(OCGs=Array([group]), D=Dictionary())


def field(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, V=String(NUMBER)))]))


def bookmark(pdf: Pdf, page: pikepdf.Page) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Claim " + NUMBER, 0))


def link(pdf: Pdf, page: pikepdf.Page) -> None:
    page.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9]))])


def unapplied(pdf: Pdf, page: pikepdf.Page) -> None:
    page.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=[35, 292, 300, 316]))])


def octal_string(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.Root["/Spare"] = String("a" + NUMBER.translate({ord("0"): "０"}))


def rich_text(pdf: Pdf, page: pikepdf.Page) -> None:
    told = "".join(f"<b>&#{ord(digit)};</b>" for digit in NUMBER)
    page.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, RC=String(f"<p>{told}</p>")))])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (author, {"metadata: /Author"}),
        (number_in_keywords, {"metadata: /Keywords", "stored_strings", "stored_bytes"}),
        (xmp_title, {"metadata: dc:title"}),
        (attachment, {"structure: attachments", "stored_bytes"}),
        (script, {"structure: script"}),
        (layer, {"structure: layers"}),
        (field, {"structure: form", "stored_strings", "stored_bytes"}),
        (bookmark, {"stored_strings", "stored_bytes"}),
        (unapplied, {"structure: marks laid over the page"}),
        (octal_string, {"stored_strings"}),
        (rich_text, {"stored_strings", "stored_bytes"}),
        (tool_and_date, set()),
        (link, set()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_a_file_keeps_behind_its_pages(change, found):
    assert leaks_of(written(VISIBLE, change)) == found


def test_an_older_revision_is_a_leak():
    assert "structure: older revision" in leaks_of(written(VISIBLE) + b"\nstartxref\n0\n%%EOF\n")


def test_a_file_with_other_pages_cannot_be_compared():
    assert "page_count" in leaks_of(written(VISIBLE), pages=(TEXT, TEXT))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\nnothing"])
def test_a_damaged_file_is_refused_with_its_reason(data):
    with pytest.raises(Rejected) as refused:
        leaks_of(data)
    assert refused.value.reason == "damaged_document"


def test_an_encrypted_file_is_refused_with_its_reason():
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(written(VISIBLE))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(Rejected) as refused:
        leaks_of(out.getvalue())
    assert refused.value.reason == "encrypted_document"


def published() -> list[tuple[str, int]]:
    if not SAMPLES.is_dir():
        return []
    expected = json.loads((SAMPLES / "expectations.json").read_text())
    return [(name, each["bad_redactions"]) for name, each in expected.items() if "bad_redactions" in each]


@pytest.mark.skipif(not published(), reason="the published samples are not here")
@pytest.mark.parametrize(("name", "bad"), published())
def test_published_files_are_judged_as_their_makers_say(name, bad):
    with (SAMPLES / name).open("rb") as file, pypdfium2.PdfDocument(SAMPLES / name) as pdf:
        pages = tuple(PageText(at + 1, 1, 1, 72, 0, (), ENGINE) for at in range(len(pdf)))
        verdict = verify_redaction(pages, (), file, default_policy(), Audience.HANDLER, Blind(), find_numbers)
    found = [leak for leak in verdict.leaks if _is_about_covered_text(leak)]
    assert bool(found) is bool(bad)
    assert len(found) == bad or found[0].detail == "marks laid over the page"


def _is_about_covered_text(leak: Leak) -> bool:
    return leak.check == "hidden_text" or leak.detail == "marks laid over the page"
