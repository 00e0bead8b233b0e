"""A page's own text is taken only if it is what a reader sees."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from pikepdf import Pdf
from PIL import Image

from schemas.geometry import upright
from schemas.limits import Limits
from schemas.page import EngineVersion, Line, PageText
from tests.builders.pdf_files import add_picture, pdf_of, text
from workers.page_image import PageImage
from workers.paginate import open_document
from workers.steps.text_layer import _sample, is_garbled, similarity, trusted_text_layer

LINES = ("Claim form of the Example Mutual", "Policy number P-20240517", "Loss on 5 March 2019", "Paid 1,204.50 in full")
PAGE = "".join(text(words, 72, 700 - 40 * at) for at, words in enumerate(LINES))


class SampleReader:
    """Answers every sample with the lines it was made with, spread over the height of the picture, and counts the questions."""

    version = EngineVersion("sample", "1")

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.asked: list[PageImage] = []

    def read(self, image: PageImage) -> PageText:
        self.asked.append(image)
        rows = _inked_rows(image)
        lines = tuple(_line(words, top, bottom) for words, (top, bottom) in zip(self.lines, rows, strict=False))
        return PageText(image.page_number, image.width, image.height, 200, 0, lines, self.version)


def _inked_rows(image: PageImage) -> list[tuple[int, int]]:
    """Where the lanes of the sample lie: runs of rows that hold ink."""
    inked = (image.pixels < 128).any(axis=(1, 2))
    rows, start = [], None
    for at, has_ink in enumerate([*inked, False]):
        if has_ink and start is None:
            start = at
        elif not has_ink and start is not None:
            rows.append((start, at))
            start = None
    return rows


def _line(words: str, top: int, bottom: int) -> Line:
    boxes = tuple(upright(10 * at, top, 10 * at + 10, bottom) for at in range(len(words)))
    return Line(words, upright(0, top, 10 * len(words), bottom), boxes, 0.9)


def _trusted(file: bytes, engine: SampleReader) -> PageText | None:
    with open_document(io.BytesIO(file), "application/pdf", Limits()) as document:
        return trusted_text_layer(document, 1, engine, None)


def _reading(file: bytes) -> SampleReader:
    """An engine that reads the page rightly: it is told the order by the layer itself."""
    with open_document(io.BytesIO(file), "application/pdf", Limits()) as document:
        layer = document.text_layer(1)
        assert layer is not None
        return SampleReader(tuple(line.text for line in _sample(layer)))


def test_a_true_layer_is_taken_with_its_places_and_its_tool() -> None:
    file = pdf_of([PAGE])
    engine = _reading(file)
    layer = _trusted(file, engine)
    assert layer is not None
    assert tuple(line.text for line in layer.lines) == LINES
    assert layer.engine.name == "pdfplumber"
    assert all(line.confidence is None for line in layer.lines)
    assert len(engine.asked) == 1


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_page_is_sampled_upright(rotate: int) -> None:
    file = pdf_of([PAGE], rotate=rotate)
    engine = _reading(file)
    assert _trusted(file, engine) is not None
    (sample,) = engine.asked
    assert len(_inked_rows(sample)) == 4  # four lines one below the other, none standing on its side


def test_a_slightly_misread_sample_still_agrees() -> None:
    file = pdf_of([PAGE])
    misread = tuple(words.replace("l", "1", 1).replace(" ", "") for words in _reading(file).lines)
    assert _trusted(file, SampleReader(misread)) is not None


def test_a_layer_that_says_something_else_is_not_taken() -> None:
    assert _trusted(pdf_of([PAGE]), SampleReader(("vkduw", "qxpehu", "zulwwhq", "rwkhuzlvh"))) is None
    assert _trusted(pdf_of([PAGE]), SampleReader(())) is None


def test_one_line_of_another_meaning_is_enough_to_doubt_all() -> None:
    file = pdf_of([PAGE])
    *others, _ = _reading(file).lines
    assert _trusted(file, SampleReader((*others, "zzqy xxwv uuts"))) is None


BLACK, WHITE = "0 g ", "1 g "


@pytest.mark.parametrize(
    "content",
    [
        "",
        PAGE + text("Hidden words", 72, 300, more="3 Tr"),
        PAGE + text("Hidden words", 72, 300, more="1 1 1 rg"),
        PAGE + BLACK + "70 655 200 20 re f\n",
        PAGE + WHITE + "70 655 200 20 re f\n",
        text("\xb1\xa3\xcf\xd5\xb5\xa5\xba\xc5\xc2\xeb\xb1\xa3\xcf\xd5", 72, 700),
        text("Hi", 72, 700),
        PAGE + text("Policy number Q-99999999", 72, 660),
    ],
    ids=["no text", "invisible", "white on white", "black box", "white box", "wrong code page", "next to none", "overprinted"],
)
def test_what_is_not_seen_is_not_taken_and_no_sample_is_asked_for(content: str) -> None:
    engine = SampleReader(LINES)
    assert _trusted(pdf_of([content]), engine) is None
    assert engine.asked == []


def test_text_on_a_coloured_ground_is_seen() -> None:
    file = pdf_of(["0.8 0.9 1 rg 0 0 595 842 re f 0 g\n" + PAGE])
    assert _trusted(file, _reading(file)) is not None


def test_a_table_with_rules_and_ticked_boxes_is_taken() -> None:
    rules = (
        "".join(f"60 {690 - 40 * at} m 500 {690 - 40 * at} l S\n" for at in range(5)) + "60 500 m 60 720 l S 520 640 9 9 re S\n"
    )
    file = pdf_of([rules + PAGE])
    assert _trusted(file, _reading(file)) is not None


def _with_handwriting(pdf: Pdf) -> None:
    strokes = "".join(
        f"{80 + 14 * at} 400 m {84 + 14 * at} 412 l {88 + 14 * at} 400 l {90 + 14 * at} 409 l S\n" for at in range(25)
    )
    page = pdf.pages[0].obj
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + strokes.encode())


def _with_identity_card(pdf: Pdf) -> None:
    add_picture(pdf, Image.new("L", (600, 380), 200), (72, 300, 240, 150))


@pytest.mark.parametrize("adorn", [_with_handwriting, _with_identity_card])
def test_what_is_written_beside_the_layer_must_be_read_too(adorn: Callable[[Pdf], None]) -> None:
    engine = SampleReader(LINES)
    assert _trusted(pdf_of([PAGE], adorn=adorn), engine) is None
    assert engine.asked == []


def test_what_is_set_one_below_the_other_is_taken_with_the_rest_and_not_sampled() -> None:
    column = "".join(text(char, 500, 700 - 14 * at) for at, char in enumerate("JKQVWXZHGTR"))
    file = pdf_of([PAGE + column])
    engine = _reading(file)
    layer = _trusted(file, engine)
    assert layer is not None
    assert [line.text for line in layer.lines] == [*LINES, "JKQVWXZHGTR"]
    assert engine.lines == _reading(pdf_of([PAGE])).lines


def test_a_page_rendered_already_is_not_rendered_again() -> None:
    file = pdf_of([PAGE])
    with open_document(io.BytesIO(file), "application/pdf", Limits()) as document:
        image = document.render(1)
        white = replace(image, pixels=image.pixels | 255)
        assert trusted_text_layer(document, 1, _reading(file), image) is not None
        assert trusted_text_layer(document, 1, _reading(file), white) is None


@pytest.mark.parametrize(
    ("words", "garbled"),
    [
        ("Policy number P-20240517", False),
        ("关于红军作战的原则 … … １", False),
        ("目\u3000\u3000录", True),  # two characters are too few to tell
        ("Größe der Fläche beträgt", False),
        ("Ä¿¡¡ Â¼ ¹ØÓÚ ºì¾ü", True),
        ("Poli\ufffdy number", True),
        ("\ue010\ue011\ue012\ue013", True),
        ("⻓期⻅⺠⻋", True),
        ("", True),
    ],
)
def test_garbled_text_is_known_by_its_characters(words: str, garbled: bool) -> None:
    assert is_garbled(words) is garbled


@pytest.mark.parametrize(
    ("first", "second", "least", "most"),
    [
        ("Policy number", "POLICY NUMBER", 1, 1),
        ("１２３ 号", "123号", 1, 1),
        ("Policy number", "Po1icy number", 0.7, 0.95),
        ("Policy number", "vkduwqxpehu", 0, 0.2),
        ("", "", 1, 1),
        ("Policy", "", 0, 0),
    ],
)
def test_likeness_looks_past_case_width_and_spaces(first: str, second: str, least: float, most: float) -> None:
    assert least <= similarity(first, second) <= most
