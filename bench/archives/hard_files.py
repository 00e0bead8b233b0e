"""What should become of each of the hard sample files: the sentences of their expectations.json as rules on an archive."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image, ImageOps

from archive.errors import NotFound, Rejected
from archive.finding import find
from archive.holdings import Holding
from archive.wiring import Archive
from bench.archives.contents import HeldFile, page_readings
from schemas.page import PageReading, PageState
from schemas.query import Query
from workers.page_image import PageImage
from workers.paginate import open_document
from workers.verify.pdf_text import by_pdfium

_SAME_PICTURE = 0.9
"""Least correlation of brightness between two decodings of one photograph; its negative or a turned copy has less than half."""
_MOST_WORDS = 0.9
"""Share of a known text's words that must be read."""
_OUT_OF_BOUNDS = {f"{what}_{how}" for what in ("page", "document") for how in ("timeout", "memory", "crash", "error")}


@dataclass
class Became:
    """One file beside what the archive made of it."""

    archive: Archive = field(repr=False)
    file: HeldFile = field(repr=False)

    @cached_property
    def readings(self) -> tuple[PageReading, ...]:
        return tuple(page_readings(self.archive, self.file))

    @property
    def holding(self) -> Holding:
        if self.file.document is None:
            raise NotFound("not_found")
        return self.archive.holding(self.file.document.document_id)

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.file.document.remarks if self.file.document else ()

    @property
    def reasons(self) -> set[str]:
        """Every reason that was given for what was not done."""
        given = {self.file.reason, self.file.document and self.file.document.reason, *(page.reason for page in self.file.pages)}
        return {reason for reason in given if reason}

    def states(self) -> tuple[PageState, ...]:
        return tuple(page.state for page in self.file.pages)

    def text(self, page_number: int) -> str:
        return next((each.text.text for each in self.readings if each.page_number == page_number and each.text), "")

    def render(self, page_number: int) -> PageImage:
        holding, limits = self.holding, self.archive.settings.limits
        with holding.open_original() as stream, open_document(stream, holding.document.media_type, limits) as opened:
            return opened.render(page_number)

    def derivatives(self) -> Iterator[bytes]:
        for made in self.file.derivatives:
            if made.state == "ready" and made.object_key:
                with self.holding.open("derivative", made.object_key) as stream:
                    yield stream.read()


Rule = Callable[[Became], bool]


def all_of(*rules: Rule) -> Rule:
    return lambda became: all(rule(became) for rule in rules)


def either(*rules: Rule) -> Rule:
    return lambda became: any(rule(became) for rule in rules)


def rejected(became: Became) -> bool:
    """Refused when it was taken in, or failed as a whole, with a reason that is no accident of ours."""
    document = became.file.document
    is_turned_away = became.file.outcome == "refused" or (document is not None and document.state == "failed")
    return is_turned_away and bool(became.reasons) and ended(became)


def refused_as(reason: str) -> Rule:
    return lambda became: became.file.outcome == "refused" and became.file.reason == reason


def failed_as(reason: str) -> Rule:
    return lambda became: became.file.document is not None and became.file.document.reason == reason


def ended(became: Became) -> bool:
    """Final, and not because a process hung, grew too large, crashed or stumbled."""
    is_final = all(state.is_final for state in became.states())
    is_done = became.file.document is None or became.file.document.state != "waiting"
    return is_final and is_done and not became.reasons & _OUT_OF_BOUNDS


def pages(count: int) -> Rule:
    return lambda became: ended(became) and len(became.file.pages) == count


def read(*texts: str) -> Rule:
    """So many pages, all read, each with its text in it; spaces do not count."""
    return lambda became: (
        became.states() == (PageState.READ,) * len(texts)
        and all(_solid(text) in _solid(became.text(number)) for number, text in enumerate(texts, start=1))
    )


def blank(became: Became) -> bool:
    return became.states() == (PageState.BLANK,)


def by_ocr(became: Became) -> bool:
    """The file's own text was not taken."""
    engines = {each.text.engine.name for each in became.readings if each.text}
    return bool(engines) and "pdfplumber" not in engines


def as_in(known: Path) -> Rule:
    """Nearly all words of *known* are read on every page."""

    def rule(became: Became) -> bool:
        words = set(re.findall(r"[a-z]{4,}", known.read_text("utf-8").lower()))
        texts = [became.text(page.page_number).lower() for page in became.file.pages]
        return bool(texts) and all(sum(word in text for word in words) >= _MOST_WORDS * len(words) for text in texts)

    return rule


def turned(*rotations: int) -> Rule:
    """The pages were found to need these turns, in any order."""
    return lambda became: sorted(page.rotation or 0 for page in became.file.pages) == sorted(rotations)


def remarked(*remarks: str) -> Rule:
    return lambda became: set(remarks) <= set(became.remarks)


def opens_with(password: str, page_count: int) -> Rule:
    """It says that it is encrypted, and would open with *password*; a batch gives none."""

    def rule(became: Became) -> bool:
        holding, limits = became.holding, became.archive.settings.limits
        with holding.open_original() as stream:
            try:
                with open_document(stream, holding.document.media_type, limits, password) as opened:
                    return failed_as("encrypted_document")(became) and opened.page_count == page_count
            except Rejected:
                return False

    return rule


def without_unseen_text(became: Became) -> bool:
    """No line of the original's text layer that was not read on the page is in a derivative's."""
    with became.holding.open_original() as stream:
        layer = _lines(stream.read())
    unseen = {line for line in layer if line not in _solid(became.text(1))}
    made = list(became.derivatives())
    return bool(unseen) and bool(made) and not any(line in "".join(_lines(data)) for data in made for line in unseen)


def without_carriers(became: Became) -> bool:
    """There is a derivative, and no attachment, script or form in it."""
    made = list(became.derivatives())
    return bool(made) and not any(_carries(data) for data in made)


def original_kept(became: Became) -> bool:
    with became.holding.open_original() as stream:
        return hashlib.sha256(stream.read()).digest() == hashlib.sha256(became.file.path.read_bytes()).digest()


def found_by(text: str) -> Rule:
    """Searching for *text* brings the document up."""

    def rule(became: Became) -> bool:
        results = find(became.archive.index, became.archive.search_key, Query(text=text, limit=1000))
        return became.holding.document.document_id in {hit.document_id for hit in results.hits}

    return rule


def boxes_on_ink(became: Became) -> bool:
    """Every line's box lies on the page and holds something dark."""
    return bool(became.readings) and all(_is_on_ink(became, reading) for reading in became.readings)


def shown_as(decode: Callable[[Path], NDArray[np.uint8]]) -> Rule:
    """The page looks as another decoder shows the file, as far as brightness goes."""

    def rule(became: Became) -> bool:
        ours, theirs = _grey(became.render(1).pixels), _grey(decode(became.file.path))
        return ours.shape == theirs.shape and float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1]) > _SAME_PICTURE

    return rule


def by_opencv(path: Path) -> NDArray[np.uint8]:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if picture is None:
        raise ValueError(f"{path.name} is no picture that OpenCV knows")
    return np.asarray(picture[:, :, ::-1], np.uint8)


def by_pillow_upright(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))


def _is_on_ink(became: Became, reading: PageReading) -> bool:
    if reading.text is None:
        return False
    grey = _grey(became.render(reading.page_number).pixels)
    for line in reading.text.lines:
        (left, top), (right, bottom) = np.min(line.box, axis=0), np.max(line.box, axis=0)
        part = grey[max(round(top), 0) : round(bottom), max(round(left), 0) : round(right)]
        if not part.size or part.min() > np.median(grey) / 2:
            return False
    return True


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(pixels).convert("L"))


def _carries(data: bytes) -> bool:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        active = any(key in pdf.Root for key in ("/OpenAction", "/AA", "/AcroForm", "/Names"))
        return active or bool(pdf.attachments) or any("/Annots" in page for page in pdf.pages)


def _lines(pdf: bytes) -> list[str]:
    return [_solid(line) for _, text in by_pdfium(pdf) for line in text.splitlines() if line.strip()]


def _solid(text: str) -> str:
    return "".join(text.split())


def rules(samples: Path) -> dict[str, Rule]:
    """A rule for each file; *samples* is the folder that holds `ocr-pages`, where known texts lie."""
    linn = as_in(samples / "ocr-pages" / "linn.gt.txt")
    return {
        "bad-xref.pdf": read("Potato"),
        "bad1.pdf": rejected,
        "pages-loop.pdf": either(rejected, pages(1)),
        "xref-errors.pdf": pages(1),
        "fuzz-16214.pdf": ended,
        "encrypted-rc4-128-user-view.pdf": opens_with("view", 30),
        "encrypted-aes-256-user-view.pdf": all_of(opens_with("view", 30), opens_with("master", 30)),
        "helloworld-bad.pdf": read("Hello"),
        "GHOSTSCRIPT-698804-1-fuzzed.pdf": ended,
        "poppler-85140-0.pdf": rejected,
        "zh-embedded-font-XiaoBiaoSong.pdf": all_of(read("目录"), read("关于红军作战的原则"), found_by("关于红军作战的原则")),
        "zh-font-not-embedded.pdf": either(read("あいうえお"), all_of(ended, lambda became: bool(became.reasons))),
        "rotation.pdf": all_of(read("first page", "second page"), boxes_on_ink),
        "javascript-js-authors.pdf": all_of(remarked("has_javascript"), without_carriers),
        "invalid.pdf": rejected,
        "no_contents.pdf": blank,
        "skew.pdf": all_of(by_ocr, linn),
        "cardinal.pdf": all_of(pages(4), turned(0, 90, 180, 270), linn),
        "ccitt.pdf": all_of(by_ocr, linn),
        "jbig2.pdf": all_of(by_ocr, linn),
        "type3_font_nomapping.pdf": all_of(pages(1), by_ocr),
        "evil-xobjects.pdf": pages(1),
        "empty.pdf": refused_as("empty_file"),
        "malformed-from-issue-932.pdf": pages(1),
        "password-example.pdf": opens_with("test", 4),
        "signed.pdf": all_of(remarked("signed"), original_kept),
        "multi-page-images.tiff": read(*(f"This is a multi page document. Page {number}." for number in (1, 2, 3))),
        "simple.heic": read("This is a test document."),
        "invisible_text_layer.pdf": all_of(by_ocr, without_unseen_text, without_carriers),
        "javascript.pdf": all_of(remarked("has_javascript"), without_carriers),
        "fileAttachment.pdf": all_of(remarked("has_attachments"), without_carriers),
        "corruptionOneByteMissing.pdf": pages(1),
        "baiona_cmyk.jpg": shown_as(by_opencv),
        "hopper_orientation_6.jpg": shown_as(by_pillow_upright),
        "broken.png": rejected,
    }


EXPLAINED: dict[str, str] = {
    "simple.heic": "the photograph shows the head of a recipe, which is read; the text expected is another file's",
}
"""Files that become something else than expected, and why that is right."""
