"""The verifier against redactors that are sabotaged, one step of their way at a time. Each must be caught, and by the check
that is made for it; the redactor as it should be must pass."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageFilter

from schemas.entity import Entity, Tier
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Audience, Mask, RedactedText, VisibleLine
from tests.builders.drawn_pages import drawn_page, entity
from tests.fakes.seeing_engine import SeeingEngine
from workers.page_image import PageImage
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, burn, encode_page
from workers.redact.hide import hide
from workers.redact.masks import plan_masks
from workers.redact.policy import Action, RedactionPolicy, Rule, default_policy
from workers.verify.document import verify_pdf
from workers.verify.page import verify_page
from workers.verify.redacted_file import verify_redaction
from workers.verify.secrets import Secrets

NUMBER, PERSON = "110105194912310021", "Quentin Zweistein"
LINES = ["Claim of " + PERSON, "ID number " + NUMBER, "Amount 1200.00", "Again " + NUMBER[:6] + " " + NUMBER[6:]]
POLICY, AUDIENCE = default_policy(), Audience.PUBLIC
SIZE = (960, 480)
LAX = RedactionPolicy("lax", "1", (Rule(AUDIENCE, Action.SHOW, ("EN_NAME",)),))

IMAGES, TEXTS = (tuple(each) for each in zip(
    *(drawn_page(LINES, at, tone, SIZE, 32) for at, tone in enumerate(("bilevel", "grey", "colour"), 1)), strict=True
))  # fmt: skip
ENTITIES = (entity(TEXTS[0], "EN_NAME", PERSON), entity(TEXTS[0], "CN_ID18", NUMBER))
SECRETS = Secrets.of(ENTITIES, POLICY, AUDIENCE)

OTHER = drawn_page(["Quite another paper", "with other words", "and no number at all"], 2, "grey", SIZE, 32)

Pages = Sequence[tuple[DerivedPage, RedactedText]]


def plan() -> tuple[Mask, ...]:
    return plan_masks(TEXTS, ENTITIES, POLICY, AUDIENCE)


def write() -> tuple[RedactedText, ...]:
    return hide(TEXTS, ENTITIES, POLICY, AUDIENCE)


def encode(image: PageImage, pixels: np.ndarray) -> DerivedPage:
    return encode_page(pixels, image.page_number, image.dpi)


def assemble(pages: Pages) -> bytes:
    out = io.BytesIO()
    assemble_pdf(pages, out)
    return out.getvalue()


@dataclass(frozen=True)
class Redactor:
    """The way of a document, each step of which can be another's. `masks` is what the redactor says that it burnt."""

    plan: Callable[[], tuple[Mask, ...]] = plan
    burn: Callable[[PageImage, Sequence[Mask]], np.ndarray] = burn
    encode: Callable[[PageImage, np.ndarray], DerivedPage] = encode
    write: Callable[[], tuple[RedactedText, ...]] = write
    assemble: Callable[[Pages], bytes] = assemble
    name: str = "claim.pdf"

    def derived(self) -> list[DerivedPage]:
        return [self.encode(image, self.burn(image, self.plan())) for image in IMAGES]

    def pdf(self) -> bytes:
        return self.assemble([*zip(self.derived(), self.write(), strict=True)])


def find_numbers(page: PageText) -> tuple[Entity, ...]:
    return tuple(Entity("CN_ID18", Tier.B, 1, m.group(), m.span()) for m in re.finditer(r"(?<!\d)\d{17}[\dX](?!\d)", page.text))


class Eyes:
    """Sees what is on any of the two papers that there are, and nothing on a page beyond them."""

    version = TEXTS[0].engine

    def read(self, image: PageImage) -> PageText:
        blank = PageText(image.page_number, image.width, image.height, 200.0, 0, (), self.version)
        known = (page for page in (*zip(IMAGES, TEXTS, strict=True), OTHER) if page[0].page_number == image.page_number)
        seen = (SeeingEngine([page]).read(image) for page in known)
        return max(seen, key=lambda text: len(text.text), default=blank)


def caught(redactor: Redactor, readings: Sequence[PageText | None] = (None,) * len(IMAGES)) -> set[str]:
    """The checks that find something, on the pages and in the file, when the service judges its own.

    With *readings* of the originals only what those leave open is read again.
    """
    derived, masks = redactor.derived(), redactor.plan()
    verdicts = [
        verify_page(page, image, masks, SECRETS, Eyes(), find_numbers, before=before)
        for page, image, before in zip(derived, IMAGES, readings, strict=True)
    ]
    verdicts.append(verify_pdf(io.BytesIO(redactor.pdf()), SECRETS, len(IMAGES), derived))
    return names(leak for verdict in verdicts for leak in verdict.leaks)


def caught_by_a_stranger(redactor: Redactor) -> set[str]:
    """The same of somebody who has the original and the finished file, and nothing else."""
    pdf = io.BytesIO(redactor.pdf())
    found = verify_redaction(TEXTS, ENTITIES, pdf, POLICY, AUDIENCE, Eyes(), find_numbers, file_name=redactor.name)
    return names(found.leaks)


def names(leaks: Iterable) -> set[str]:
    leaks = [*leaks]
    assert NUMBER not in repr(leaks)
    return {f"{leak.check}: {leak.detail}" if leak.check == "structure" else leak.check for leak in leaks}


# Masks


def without_the_last() -> tuple[Mask, ...]:
    return tuple(mask for mask in plan() if not (mask.page_number == 2 and mask.kind == "EN_NAME"))


def only_the_first_instance() -> tuple[Mask, ...]:
    first = {mask.kind: mask for mask in reversed(plan())}
    return tuple(first.values())


def planned_for_handlers() -> tuple[Mask, ...]:
    return plan_masks(TEXTS, ENTITIES, POLICY, Audience.HANDLER)


def planned_by_a_lax_policy() -> tuple[Mask, ...]:
    return plan_masks(TEXTS, ENTITIES, LAX, AUDIENCE)


def burnt_as(change: Callable[[Box], Box]) -> Callable[[PageImage, Sequence[Mask]], np.ndarray]:
    """Burns boxes other than those that it says."""
    return lambda image, masks: burn(image, [replace(mask, box=change(mask.box)) for mask in masks])


def painted(paint: Callable[[np.ndarray], np.ndarray]) -> Callable[[PageImage, Sequence[Mask]], np.ndarray]:
    """Burns *paint* of a box's pixels in place of black."""

    def burnt(image: PageImage, masks: Sequence[Mask]) -> np.ndarray:
        pixels = image.pixels.copy()
        for mask in masks:
            if mask.page_number == image.page_number:
                cut = np.s_[mask.box.top : mask.box.bottom, mask.box.left : mask.box.right]
                pixels[cut] = paint(pixels[cut])
        return pixels

    return burnt


def outlined(pixels: np.ndarray) -> np.ndarray:
    framed = pixels.copy()
    framed[:4], framed[-4:], framed[:, :4], framed[:, -4:] = 0, 0, 0, 0
    return framed


def in_blocks(pixels: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(pixels)
    return np.asarray(picture.reduce(10).resize(picture.size, Image.Resampling.NEAREST))


def blurred(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(6)))


def with_a_slit(pixels: np.ndarray) -> np.ndarray:
    """Three rows through the middle of the characters are left."""
    covered, middle = np.zeros_like(pixels), len(pixels) // 2
    covered[middle : middle + 3] = pixels[middle : middle + 3]
    return covered


def under_the_picture(image: PageImage, masks: Sequence[Mask]) -> np.ndarray:
    """The boxes first, and the page over them."""
    return np.minimum(np.full_like(image.pixels, 255), image.pixels)


def second_page_skipped(image: PageImage, masks: Sequence[Mask]) -> np.ndarray:
    return image.pixels if image.page_number == 2 else burn(image, masks)


def page_of_another_document(image: PageImage, masks: Sequence[Mask]) -> np.ndarray:
    return burn(OTHER[0] if image.page_number == 2 else image, masks)


def every_second_mask(image: PageImage, masks: Sequence[Mask]) -> np.ndarray:
    return burn(image, masks[::2])


def at_half_the_resolution(image: PageImage, pixels: np.ndarray) -> DerivedPage:
    return encode_page(np.asarray(Image.fromarray(pixels).reduce(2)), image.page_number, 100.0)


def with_the_original_inside(image: PageImage, pixels: np.ndarray) -> DerivedPage:
    """The scan as it was, in a comment of the JPEG."""
    page = encode(image, pixels)
    if page.media_type != "image/jpeg":
        return page
    whole = encode(image, image.pixels).data[:65_000]
    return replace(page, data=page.data[:2] + b"\xff\xfe" + (len(whole) + 2).to_bytes(2, "big") + whole + page.data[2:])


# Text


def all_of_the_text() -> tuple[RedactedText, ...]:
    lines = (tuple(VisibleLine(line.text, Box.around((line.box,))) for line in text.lines) for text in TEXTS)
    return tuple(RedactedText(at, AUDIENCE, "none/0", each) for at, each in enumerate(lines, 1))


def text_with_one_instance_left() -> tuple[RedactedText, ...]:
    first, *others = write()
    return (replace(first, lines=(*first.lines[:3], VisibleLine(LINES[3], first.lines[3].box))), *others)


def text_for_handlers() -> tuple[RedactedText, ...]:
    return hide(TEXTS, ENTITIES, POLICY, Audience.HANDLER)


# The file


def changed(change: Callable[[Pdf], None]) -> Callable[[Pages], bytes]:
    """Assembles, then alters the finished file."""

    def spoilt(pages: Pages) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(assemble(pages))) as pdf:
            change(pdf)
            pdf.save(out, static_id=True, fix_metadata_version=False)
        return out.getvalue()

    return spoilt


def picture_of(pdf: Pdf, data: bytes, width: int, height: int) -> Stream:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, ColorSpace=Name.DeviceGray)
    keys.BitsPerComponent = 8
    return Stream(pdf, data, keys)


def title(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "Claim of " + PERSON


def packet(pdf: Pdf) -> None:
    with pdf.open_metadata(update_docinfo=False) as metadata:
        metadata["dc:title"] = "Claim of " + PERSON


def thumbnail(pdf: Pdf) -> None:
    small = Image.fromarray(IMAGES[0].pixels).convert("L").reduce(4)
    pdf.pages[0].obj["/Thumb"] = picture_of(pdf, small.tobytes(), *small.size)


def bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Claim of " + PERSON, 0))


def attachment(pdf: Pdf) -> None:
    pdf.attachments["scan.txt"] = " ".join(LINES).encode()


def original_kept_under_the_page(pdf: Pdf) -> None:
    """The page's picture twice: the scan, and over it the burnt one."""
    page, whole = pdf.pages[0], Image.fromarray(IMAGES[0].pixels).convert("L")
    page.Resources.XObject["/Im1"] = picture_of(pdf, whole.tobytes(), *whole.size)
    page.contents_add(b"q 345.6 0 0 172.8 0 0 cm /Im1 Do Q", prepend=True)


def boxes_drawn_over(pdf: Pdf) -> None:
    """The scan itself, and the masks as rectangles over it."""
    page, whole = pdf.pages[0], Image.fromarray(IMAGES[0].pixels).convert("L")
    page.Resources.XObject["/Im0"] = picture_of(pdf, whole.tobytes(), *whole.size)
    boxes = (mask.box for mask in plan() if mask.page_number == 1)
    drawn = (f"{b.left * 0.36} {172.8 - b.bottom * 0.36} {b.width * 0.36} {b.height * 0.36} re f" for b in boxes)
    page.contents_add(("0 g " + " ".join(drawn)).encode())


def marks_to_be_applied(pdf: Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=[9, 9, 90, 90]))])


def text_made_visible(pdf: Pdf) -> None:
    page = pdf.pages[0]
    page.Contents = Stream(pdf, page.Contents.read_bytes().replace(b"3 Tr", b"0 Tr"))


def note_about_the_reason(pdf: Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String("hidden: " + PERSON))
    pdf.pages[1].obj.Annots = Array([pdf.make_indirect(note)])


def extra_page(pages: Pages) -> bytes:
    """The cover sheet of the scan, appended as it was."""
    sheet = replace(encode(IMAGES[0], IMAGES[0].pixels), page_number=4)
    return assemble([*pages, (sheet, replace(pages[0][1], page_number=4))])


def last_page_missing(pages: Pages) -> bytes:
    return assemble(pages[:-1])


def pages_exchanged(pages: Pages) -> bytes:
    return assemble([pages[1], pages[0], pages[2]])


def older_revision(pages: Pages) -> bytes:
    """The first page's scan, and an update that puts the burnt one in its place (PDF 32000-1, 7.5.6)."""
    before, after = assemble([(encode(IMAGES[0], IMAGES[0].pixels), pages[0][1]), *pages[1:]]), assemble(pages)
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        number, root, size = old.pages[0].Resources.XObject.Im0.objgen[0], old.trailer.Root.objgen[0], len(old.objects) + 1
        burnt = new.pages[0].Resources.XObject.Im0
        keys, stored = pikepdf.Dictionary(burnt.stream_dict).unparse(), burnt.read_raw_bytes()
    table_before = before.rsplit(b"startxref", 1)[1].split()[0].decode()
    swapped = f"{number} 0 obj\n".encode() + keys + b"\nstream\n" + stored + b"\nendstream\nendobj\n"
    table = f"xref\n{number} 1\n{len(before):010} 00000 n \n"
    trailer = f"trailer\n<< /Root {root} 0 R /Size {size} /Prev {table_before} >>\n"
    return before + swapped + f"{table}{trailer}startxref\n{len(before) + len(swapped)}\n%%EOF\n".encode()


IN_TEXT = {"text_by_pdfminer", "text_by_pdfium"}
IN_ANY_TEXT = {*IN_TEXT, "text_by_pdfplumber"}

SABOTAGES: dict[str, tuple[Redactor, set[str], set[str]]] = {
    "a mask left out of the plan": (
        Redactor(plan=without_the_last),
        {"second_reading"},
        {"second_reading"},
    ),
    "only the first instance hidden": (
        Redactor(plan=only_the_first_instance),
        {"second_reading", "second_detection"},
        {"second_reading", "second_detection"},
    ),
    "planned for another audience": (Redactor(plan=planned_for_handlers), {"second_reading"}, {"second_reading", "residue"}),
    "planned by a policy that shows more": (
        Redactor(plan=planned_by_a_lax_policy),
        {"second_reading"},
        {"second_reading", "residue"},
    ),
    "every second mask not burnt": (
        Redactor(burn=every_second_mask),
        {"masks_opaque", "second_reading", "second_detection"},
        {"second_reading", "second_detection", "residue"},
    ),
    "masks shifted by a line": (
        Redactor(burn=burnt_as(lambda box: Box(box.left, box.top + 120, box.right, box.bottom + 120))),
        {"masks_opaque", "unchanged_outside_masks", "second_reading"},
        {"second_reading", "residue"},
    ),
    "masks a third too short": (
        Redactor(burn=burnt_as(lambda box: Box(box.left, box.top, box.right - box.width // 3, box.bottom))),
        {"masks_opaque"},
        {"residue"},
    ),
    "masks over the lower half of the line": (
        Redactor(burn=burnt_as(lambda box: Box(box.left, (box.top + box.bottom) // 2, box.right, box.bottom))),
        {"masks_opaque"},
        {"residue"},
    ),
    "masks with a slit of three pixels": (
        Redactor(burn=painted(with_a_slit)),
        {"masks_opaque"},
        {"residue"},
    ),
    "a marker of opacity 0.9": (
        Redactor(burn=painted(lambda pixels: pixels // 10)),
        {"masks_opaque", "second_reading", "second_detection"},
        {"second_reading", "second_detection", "residue"},
    ),
    "a marker of opacity 0.97": (
        Redactor(burn=painted(lambda pixels: (pixels * 0.03).astype(np.uint8))),
        {"masks_opaque", "second_reading", "second_detection"},
        {"second_reading", "second_detection", "residue"},
    ),
    "a frame in place of a box": (
        Redactor(burn=painted(outlined)),
        {"masks_opaque", "second_reading", "second_detection"},
        {"second_reading", "second_detection", "residue"},
    ),
    "blocks in place of black": (Redactor(burn=painted(in_blocks)), {"masks_opaque"}, {"residue"}),
    "blur in place of black": (Redactor(burn=painted(blurred)), {"masks_opaque"}, {"residue"}),
    "masks under the picture": (
        Redactor(burn=under_the_picture),
        {"masks_opaque", "second_reading", "second_detection"},
        {"second_reading", "second_detection", "residue"},
    ),
    "one page of several skipped": (
        Redactor(burn=second_page_skipped),
        {"masks_opaque", "second_reading", "second_detection"},
        {"second_reading", "second_detection"},
    ),
    "a page of another document": (Redactor(burn=page_of_another_document), {"unchanged_outside_masks"}, {"page_content"}),
    "pictures of another resolution": (Redactor(encode=at_half_the_resolution), {"page_size"}, set()),
    "the original in a comment of the JPEG": (
        Redactor(encode=with_the_original_inside),
        {"structure: data inside a JPEG"},
        {"structure: data inside a JPEG", "structure: a file inside"},
    ),
    "the text layer kept": (Redactor(write=all_of_the_text), IN_TEXT, IN_ANY_TEXT | {"text_detection", "hidden_text"}),
    "one instance kept in the text layer": (Redactor(write=text_with_one_instance_left), IN_TEXT, IN_ANY_TEXT),
    "the text layer of another audience": (Redactor(write=text_for_handlers), IN_TEXT, IN_ANY_TEXT),
    "a title": (
        Redactor(assemble=changed(title)),
        {"structure: metadata", "stored_strings", "stored_bytes"},
        {"metadata", "stored_strings", "stored_bytes"},
    ),
    "an XMP packet": (
        Redactor(assemble=changed(packet)),
        {"structure: metadata", "stored_bytes"},
        {"metadata", "stored_bytes"},
    ),
    "a thumbnail of the scan": (
        Redactor(assemble=changed(thumbnail)),
        {"structure: thumbnail", "structure: pictures beside the pages'"},
        {"structure: thumbnail", "pictures"},
    ),
    "a bookmark": (
        Redactor(assemble=changed(bookmark)),
        {"structure: bookmarks", "stored_strings", "stored_bytes"},
        {"stored_strings", "stored_bytes"},
    ),
    "the original attached": (
        Redactor(assemble=changed(attachment)),
        {"structure: attachments", "structure: names", "stored_bytes"},
        {"structure: attachments", "stored_bytes"},
    ),
    "the scan under the burnt picture": (
        Redactor(assemble=changed(original_kept_under_the_page)),
        {
            "structure: page that is not one picture",
            "structure: drawing over the picture",
            "structure: pictures beside the pages'",
            "pictures_verified",
        },
        {"pictures"},
    ),
    "boxes drawn over the scan": (
        Redactor(assemble=changed(boxes_drawn_over)),
        {"structure: drawing over the picture", "pictures_verified"},
        {"pictures"},
    ),
    "marks still to be applied": (
        Redactor(assemble=changed(marks_to_be_applied)),
        {"structure: annotations"},
        {"structure: marks laid over the page"},
    ),
    "the text layer made visible": (
        Redactor(assemble=changed(text_made_visible)),
        {"structure: drawing over the picture"},
        {"hidden_text"},
    ),
    "a note that gives the reason": (
        Redactor(assemble=changed(note_about_the_reason)),
        {"structure: annotations", "stored_strings", "stored_bytes"},
        {"structure: marks laid over the page", "stored_strings", "stored_bytes"},
    ),
    "an extra page": (
        Redactor(assemble=extra_page),
        {"page_count", "pictures_verified"},
        {"page_count"},
    ),
    "the last page missing": (Redactor(assemble=last_page_missing), {"page_count", "pictures_verified"}, {"page_count"}),
    "two pages exchanged": (Redactor(assemble=pages_exchanged), {"pictures_verified"}, set()),
    "an older revision": (
        Redactor(assemble=older_revision),
        {"structure: older revision"},
        {"structure: older revision"},
    ),
    "a name in the file's name": (Redactor(name=f"claim {PERSON}.pdf"), set(), {"file_name"}),
}
"""Each with the checks that must catch it, no more and no fewer: those of the service, which knows the masks and every page,
and those of a stranger, who has the original and the finished file. What only looks odd and tells nothing, a stranger lets
pass; the service, which asks for the very file that it made, does not."""


@pytest.mark.parametrize("name", SABOTAGES)
def test_each_sabotage_is_caught_by_the_checks_made_for_it(name):
    redactor, ours, strangers = SABOTAGES[name]
    assert caught(redactor) == ours
    assert caught_by_a_stranger(redactor) == strangers
    assert ours | strangers


@pytest.mark.parametrize("name", SABOTAGES)
def test_each_sabotage_is_caught_where_only_what_may_have_changed_is_read_again(name):
    redactor, ours, _ = SABOTAGES[name]
    assert caught(redactor, TEXTS) == ours


def test_a_redactor_as_it_should_be_passes():
    assert caught(Redactor()) == caught(Redactor(), TEXTS) == set()
    assert caught_by_a_stranger(Redactor()) == set()


def test_there_are_fifteen_sabotages_and_more():
    assert len(SABOTAGES) >= 15
