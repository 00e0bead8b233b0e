"""The small claim form that every hostile PDF is: labels to be seen, an invented person's values to be hidden."""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from bench.hostile.outlines import Outlines, outlines
from bench.papers.people import Person, invent_person
from bench.papers.vocabulary import DIAGNOSES
from schemas.entity import Entity, Tier
from schemas.geometry import Quad, upright
from schemas.page import EngineVersion, Line, PageText

PAPER = (420.0, 290.0)
"""Points."""
DPI = 200
"""Of pictures of the form, and of the places in its truth."""
SIZE = 15.0
_FACE = "thin_song"
_LABEL_LEFT, _VALUE_LEFT = 24.0, 110.0
_FIRST_LINE, _PITCH = 250.0, 32.0
_BOX_DROP, _BOX_HEIGHT = 5.0, 23.0
_TITLE, _TAIL = "人身保险理赔申请书 Claim form", ("索赔金额", "1200.00")

Change = Callable[[Pdf], None]
Pixels = NDArray[np.uint8]
Rectangle = tuple[float, float, float, float]
"""Left, bottom, width and height in points, from the bottom left of the page."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A secret of the form: its kind (docs/identifiers.md), the label before it, its value and its line from the top."""

    kind: str
    label: str
    value: str = field(repr=False)
    row: int

    @property
    def bottom(self) -> float:
        """The base line, in points from the foot of the page."""
        return _FIRST_LINE - _PITCH * (self.row + 1) + 8

    @property
    def box(self) -> Rectangle:
        """What a black box over the value covers."""
        return _VALUE_LEFT - 6, self.bottom - _BOX_DROP, width_of(self.value) + 12, _BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Form:
    """One person's form. Nobody on it exists."""

    planted: tuple[Planted, ...]
    seed: int

    @classmethod
    def of(cls, seed: int) -> "Form":
        """The form of one invented person; the same *seed* gives the same form."""
        person = _person(random.Random(seed))
        values = (
            ("CN_NAME", "姓名", person.name),
            ("CN_ID18", "身份证号", person.identity),
            ("CN_BANK", "银行卡号", person.card),
            ("CN_MOBILE", "手机号码", person.mobile),
            ("CN_ADDRESS", "住址", person.address),
            ("DIAGNOSIS", "诊断", random.Random(seed).choice(DIAGNOSES)[0]),
        )
        return cls(tuple(Planted(*each, row) for row, each in enumerate(values)), seed)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(each.value for each in self.planted)

    @property
    def rng(self) -> random.Random:
        return random.Random(self.seed)

    def chars(self) -> str:
        """Every character that the form may draw, once."""
        return "".join(sorted(set(_TITLE + "".join(_TAIL) + "：" + "".join(each.label + each.value for each in self.planted))))

    def code(self, text: str) -> str:
        """*text* as the hexadecimal string that the font F0 takes."""
        chars = self.chars()
        return "".join(f"{chars.index(char) + 1:04x}" for char in text)

    def words(self, text: str, left: float, bottom: float, more: str = "", size: float = SIZE) -> str:
        """The commands that draw *text*; *more* goes before it, such as `3 Tr` or a colour."""
        return f"q BT {more} /F0 {size} Tf 1 0 0 1 {left:.2f} {bottom:.2f} Tm <{self.code(text)}> Tj ET Q\n"

    def labels(self) -> str:
        """What anybody may see: title, labels and the amount claimed."""
        lines = [self.words(_TITLE, _LABEL_LEFT, _FIRST_LINE + 12)]
        lines += [self.words(each.label + "：", _LABEL_LEFT, each.bottom) for each in self.planted]
        lines += [self.words(_TAIL[0] + "：", _LABEL_LEFT, self._foot), self.words(_TAIL[1], _VALUE_LEFT, self._foot)]
        return "".join(lines)

    def shown(self, more: str = "", size: float = SIZE) -> str:
        """The values at their places."""
        return "".join(self.words(each.value, _VALUE_LEFT, each.bottom, more, size) for each in self.planted)

    def boxes(self, paint: str = "0 g") -> str:
        """Rectangles over the values."""
        drawn = (" ".join(f"{edge:.2f}" for edge in each.box) for each in self.planted)
        return "".join(f"q {paint} {each} re f Q\n" for each in drawn)

    def pdf(self, content: str, change: Change | None = None, **options: Any) -> bytes:  # noqa: ANN401  whatever pikepdf takes
        """The file of one page that *content* draws; *change* may alter it before it is saved with *options* of pikepdf."""
        with Pdf.new() as pdf:
            self.add_page(pdf, content)
            if change is not None:
                change(pdf)
            return saved(pdf, **options)

    def add_page(self, pdf: Pdf, content: str) -> pikepdf.Page:
        page = pdf.add_blank_page(page_size=PAPER)
        page.obj.Resources = self.resources(pdf)
        page.obj.Contents = Stream(pdf, content.encode("latin-1"))
        return page

    def resources(self, pdf: Pdf, *, with_unicode: bool = True) -> Dictionary:
        """The fonts: F0 for whatever the form says, F1 for plain letters and digits."""
        latin = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        return Dictionary(Font=Dictionary(F0=self._font(pdf, with_unicode=with_unicode), F1=latin))

    def picture(self, *, with_values: bool = True, dpi: int = DPI) -> Image.Image:
        """The form as a scanner would give it."""
        content = self.labels() + (self.shown() if with_values else self.boxes())
        return drawn(self.pdf(content), dpi)

    def truth(self, page_number: int = 1) -> PageText:
        """What the form says, with the places of its characters in pixels at DPI."""
        foot = _line((_TAIL[0] + "：", _LABEL_LEFT), (_TAIL[1], _VALUE_LEFT), bottom=self._foot)
        values = (
            _line((each.label + "：", _LABEL_LEFT), (each.value, _VALUE_LEFT), bottom=each.bottom) for each in self.planted
        )
        lines = (_line((_TITLE, _LABEL_LEFT), bottom=_FIRST_LINE + 12), *values, foot)
        width, height = (round(length * DPI / 72) for length in PAPER)
        return PageText(page_number, width, height, DPI, 0, lines, EngineVersion("form", "1"))

    def entities(self, page_number: int = 1) -> tuple[Entity, ...]:
        """The planted values as the truth says them."""
        truth = self.truth(page_number)
        return tuple(_entity(truth, each) for each in self.planted)

    @property
    def _foot(self) -> float:
        return self.planted[-1].bottom - _PITCH

    def _font(self, pdf: Pdf, *, with_unicode: bool) -> pikepdf.Object:
        chars, face = self.chars(), outlines(_FACE)
        program = Stream(pdf, face.subset(chars))
        program.Length1 = len(program.read_bytes())
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/FORMAA+Form"),
            Flags=4,  # symbolic
            FontBBox=Array([0, -200, 1000, 900]),
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=700,
            StemV=60,
            FontFile2=pdf.make_indirect(program),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/FORMAA+Form"),
            CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            W=Array([1, Array([round(face.advance(char)) for char in chars])]),
            CIDToGIDMap=Name.Identity,
        )
        font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/FORMAA+Form"), Encoding=Name("/Identity-H"))
        font.DescendantFonts = Array([pdf.make_indirect(descendant)])
        if with_unicode:
            font.ToUnicode = Stream(pdf, to_unicode(chars))
        return pdf.make_indirect(font)


def saved(pdf: Pdf, **options: Any) -> bytes:  # noqa: ANN401  whatever pikepdf takes
    """The same file gives the same bytes, unless it is encrypted."""
    out = io.BytesIO()
    pdf.save(out, **({"static_id": "encryption" not in options} | options))
    return out.getvalue()


def drawn(data: bytes, dpi: float, page_number: int = 1) -> Image.Image:
    """A page as a viewer shows it."""
    with pypdfium2.PdfDocument(data) as pdf:
        if pdf.get_formtype():
            pdf.init_forms()
        shown: Image.Image = pdf[page_number - 1].render(scale=dpi / 72).to_pil().convert("RGB")
        return shown


def image(pdf: Pdf, picture: Image.Image, **keys: Any) -> Stream:  # noqa: ANN401  whatever pikepdf takes
    """*picture* (mode L or RGB) as an image of a PDF, uncompressed before pikepdf packs it."""
    colours = Name.DeviceRGB if picture.mode == "RGB" else Name.DeviceGray
    size: dict[str, Any] = {"Width": picture.width, "Height": picture.height, "ColorSpace": colours, "BitsPerComponent": 8}
    return Stream(pdf, picture.tobytes(), Dictionary(Type=Name.XObject, Subtype=Name.Image, **(size | keys)))


def jpeg(pdf: Pdf, data: bytes, width: int, height: int, **keys: Any) -> Stream:  # noqa: ANN401  whatever pikepdf takes
    size: dict[str, Any] = {"Width": width, "Height": height, "ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8}
    size["Filter"] = Name.DCTDecode
    return Stream(pdf, data, Dictionary(Type=Name.XObject, Subtype=Name.Image, **(size | keys)))


def face() -> Outlines:
    """The glyphs that the form is set in."""
    return outlines(_FACE)


def width_of(text: str, size: float = SIZE) -> float:
    """Points."""
    return sum(outlines(_FACE).advance(char) for char in text) * size / 1000


def _person(rng: random.Random) -> Person:
    """Somebody with a name in Chinese characters and an 18 digit identity number and a card whose check digits hold."""
    while True:
        person = invent_person(rng)
        if len(person.identity) == 18 and person.identity_sound and person.card_sound and not _is_odd(person):
            return person


def _is_odd(person: Person) -> bool:
    return any(char.isascii() or char == "·" for char in person.name) or width_of(person.address) > PAPER[0] - _VALUE_LEFT - 20


def _line(*parts: tuple[str, float], bottom: float) -> Line:
    """Each part of the text from its own left edge on."""
    boxes = tuple(quad for text, left in parts for quad in _quads(text, left, bottom))
    text = "".join(text for text, _ in parts)
    return Line(text, (boxes[0][0], boxes[-1][1], boxes[-1][2], boxes[0][3]), boxes, 1.0)


def _quads(text: str, left: float, bottom: float) -> Iterator[Quad]:
    scale, height = DPI / 72, PAPER[1]
    top, foot = (height - bottom - 0.88 * SIZE) * scale, (height - bottom + 0.12 * SIZE) * scale
    for char in text:
        right = left + width_of(char)
        yield upright(left * scale, top, right * scale, foot)
        left = right


def _entity(truth: PageText, planted: Planted) -> Entity:
    start = truth.text.index(planted.value)
    span = (start, start + len(planted.value))
    boxes = truth.boxes_of(*span)
    return Entity(planted.kind, Tier.A, truth.page_number, planted.value, span, boxes, canonical=planted.value)


def to_unicode(chars: Sequence[str]) -> bytes:
    """The table that says which characters the codes of F0 stand for, from 1."""
    entries = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for code, char in enumerate(chars, start=1)]
    blocks = "\n".join(f"1 beginbfchar {each} endbfchar" for each in entries)
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange"
    return f"{head}\n{blocks}\nendcmap end end".encode("ascii")
