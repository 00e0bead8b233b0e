"""Getting planted values out of places where one has to dig for them: files within streams, samples that no colour shows,
shapes under shapes, and what the format writes in escapes."""

import base64
import binascii
import html
import io
import re
import zipfile
from collections.abc import Iterator

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image

from bench.hostile.form import DPI, PAPER, Form, drawn
from bench.hostile.recover import among, by_pdfium, form_values_in_bytes, inflated, shown_in

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEX, _BASE_64 = re.compile(rb"[0-9A-Fa-f]{2000,}"), re.compile(rb"[A-Za-z0-9+/]{2000,}={0,2}")
_PICTURE = re.compile(rb"\xff\xd8\xff|II\*\0")
_HEX_STRING, _OCTAL, _NUMBERED = (
    re.compile(rb"<([0-9A-Fa-f\s]+)>"),
    re.compile(rb"\\([0-7]{3})"),
    re.compile(rb"#([0-9A-Fa-f]{2})"),
)
_FRAMES = ((0.0, 0.0, *PAPER), (0.0, -400.0, PAPER[0], PAPER[1] - 400), (2.0, 2.0, 2 + PAPER[0] / 10, 2 + PAPER[1] / 10))
_COVERING = frozenset({"re", "W", "W*", "g", "gs", "BT", "ET", "Tf", "Tm", "Tj", "Do"})
_SAMPLE_BITS = 16
_Step = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def files(data: bytes, form: Form) -> frozenset[str]:
    """In files and pictures that begin anywhere: in the bytes as they lie, in streams and strings, unpacked and unescaped."""
    return frozenset().union(*(_in_file(each, form) for each in _contents(data)))


def samples(data: bytes, form: Form) -> frozenset[str]:
    """In the numbers that pictures are made of, whatever colours these stand for and however many are shown."""
    return frozenset().union(*(shown_in(each, form) for each in _samples(data)))


def pieces(data: bytes, form: Form) -> frozenset[str]:
    """In the pictures of the page put together, one below the other."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        drawn_here = pdf.pages[0].Resources.get("/XObject", pikepdf.Dictionary())
        pictures = [(name, each) for name, each in drawn_here.items() if isinstance(each, pikepdf.Stream) and "/Width" in each]
        stored = [pikepdf.PdfImage(each).as_pil_image() for _, each in sorted(pictures, key=lambda pair: int(pair[0][3:]))]
    if not stored:
        return frozenset()
    whole = Image.new("L", (stored[0].width, sum(each.height for each in stored)))
    top = 0
    for each in stored:
        whole.paste(each, (0, top))
        top += each.height
    return shown_in(whole, form)


def shapes(data: bytes, form: Form) -> frozenset[str]:
    """In the shapes of the page and of its form objects alone: no rectangles, no colours, nothing cut off."""
    found: frozenset[str] = frozenset()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        inner = [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form"]
        for at in range(len(inner) + 1):
            commands: pikepdf.Page | pikepdf.Stream = inner[at - 1] if at else page
            steps = [each for each in pikepdf.parse_content_stream(commands) if str(each.operator) not in _COVERING]
            for frame in _FRAMES:
                found |= shown_in(_drawn_alone(steps, frame), form)
    return found


def written(data: bytes, form: Form) -> frozenset[str]:
    """In what the bytes say once escapes and references are undone."""
    undone: list[bytes] = []
    for each in inflated(data):
        undone += (binascii.unhexlify(_even(match.group(1))) for match in _HEX_STRING.finditer(each))
        undone.append(_OCTAL.sub(lambda match: bytes((int(match.group(1), 8) & 0xFF,)), each))
        undone.append(_NUMBERED.sub(lambda match: binascii.unhexlify(match.group(1)), each))
        undone.append(html.unescape(each.decode("latin-1")).encode("utf-8", "replace"))
    return form_values_in_bytes(form.values, iter(undone))


def _even(digits: bytes) -> bytes:
    plain = b"".join(digits.split())
    return plain[: len(plain) // 2 * 2]


def _contents(data: bytes) -> Iterator[bytes]:
    for each in (*inflated(data), *_strings(data), *(match.group(1) for match in _STREAM.finditer(data))):
        yield each
        yield from (binascii.unhexlify(_even(match.group())) for match in _HEX.finditer(each))
        yield from (base64.b64decode(match.group() + b"==") for match in _BASE_64.finditer(each))
        if each.rstrip().endswith(b"~>"):
            yield base64.a85decode(each.rstrip()[:-2])


def _strings(data: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        waiting: list[object] = [*pdf.objects]
        while waiting:
            each = waiting.pop()
            if isinstance(each, pikepdf.String):
                yield bytes(each)
            elif isinstance(each, pikepdf.Dictionary):
                waiting += [inner for inner in each.values() if not isinstance(inner, pikepdf.Object) or not inner.is_indirect]


def _in_file(data: bytes, form: Form) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            found |= form_values_in_bytes(form.values, map(package.read, package.namelist()))
    if data.startswith(b"%PDF-"):
        found |= among(form, _text(data))
    for match in _PICTURE.finditer(data):
        try:
            with Image.open(io.BytesIO(data[match.start() :])) as picture:
                found |= shown_in(picture.convert("RGB"), form)
        except OSError:
            continue  # bytes that look like the start of a picture
    return found


def _text(data: bytes) -> Iterator[str]:
    try:
        yield from by_pdfium(data)
    except pypdfium2.PdfiumError:
        return


def _samples(data: bytes) -> Iterator[Image.Image]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        for each in streams:
            if each.get("/Subtype") == "/Image":
                if "/DCTDecode" not in str(each.get("/Filter")):
                    yield from _as_pictures(each.read_bytes(), each)
            elif b"BI /W" in each.read_bytes():
                for step in pikepdf.parse_content_stream(each):
                    if isinstance(step, pikepdf.ContentStreamInlineImage):
                        yield from _as_pictures(step.iimage.read_bytes(), step.iimage.obj)


def _as_pictures(data: bytes, keys: pikepdf.Object) -> Iterator[Image.Image]:
    """The samples as shades of all contrast, and those behind the last row."""
    width, height, bits = int(keys.Width), int(keys.Height), int(keys.BitsPerComponent)
    shades = np.frombuffer(data[1::2] if bits == _SAMPLE_BITS else data, np.uint8)
    for part in (shades[: width * height], shades[width * height :]):
        if len(part) >= width * height and part.max() > 0:
            whole = part[: width * height].reshape(height, width)
            yield Image.fromarray((whole.astype(np.uint16) * 255 // whole.max()).astype(np.uint8))


def _drawn_alone(steps: list[_Step], frame: tuple[float, ...]) -> Image.Image:
    with pikepdf.Pdf.new() as alone:
        page = alone.add_blank_page(page_size=PAPER)
        page.obj.MediaBox = pikepdf.Array([round(edge, 3) for edge in frame])
        page.obj.Contents = pikepdf.Stream(alone, pikepdf.unparse_content_stream(steps))
        out = io.BytesIO()
        alone.save(out)
    return drawn(out.getvalue(), DPI * PAPER[0] / (frame[2] - frame[0]))
