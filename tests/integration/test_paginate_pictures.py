"""Pictures of every kind become upright 8-bit RGB pages, and say what is wrong with them."""

import io
import logging
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from archive.errors import Rejected
from ingest.sniff import sniff
from schemas.limits import Limits
from workers.page_image import PageImage
from workers.paginate import OpenDocument, open_document

LIMITS = Limits()


def _open(file: bytes, limits: Limits = LIMITS) -> OpenDocument:
    media_type = sniff(file)
    assert media_type is not None
    return open_document(io.BytesIO(file), media_type, limits)


def _only_page(file: bytes, limits: Limits = LIMITS) -> PageImage:
    with _open(file, limits) as document:
        assert document.page_count == 1
        return document.render(1)


def _refusal(file: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Rejected) as caught:
        _open(file, limits)
    return caught.value.reason


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _marked(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """White, with a dark block in the top left corner: which way up it is can be seen."""
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, size[0] // 3, size[1] // 4))
    return image.convert(mode)


def _is_marked(page: PageImage) -> bool:
    corner = page.pixels[2 : page.height // 5, 2 : page.width // 4].max()
    rest = page.pixels[page.height // 3 :, page.width // 2 :].min()
    return bool(corner < 60 and rest > 195)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "P"),
        ("PNG", "LA"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("BMP", "1"),
        ("BMP", "RGB"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
        ("JPEG", "L"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("JPEG2000", "L"),
        ("JPEG2000", "RGB"),
        ("JPEG2000", "I;16"),
        ("HEIF", "RGB"),
        ("TIFF", "1"),
        ("TIFF", "L"),
        ("TIFF", "P"),
        ("TIFF", "RGBA"),
        ("TIFF", "CMYK"),
        ("TIFF", "LAB"),
        ("TIFF", "I;16"),
        ("TIFF", "I;16B"),
        ("TIFF", "I"),
        ("TIFF", "F"),
    ],
)
def test_every_format_and_mode_becomes_rgb(kind: str, mode: str) -> None:
    page = _only_page(_saved(_in_mode(mode), kind))
    assert page.pixels.shape == (40, 60, 3)
    assert page.pixels.dtype == np.uint8
    assert page.pixels.flags.c_contiguous
    assert _is_marked(page)


def _in_mode(mode: str) -> Image.Image:
    if mode.startswith("I"):
        deep = np.asarray(_marked("L")).astype(np.uint16) * 257
        return (
            Image.fromarray(deep.astype(np.int32))
            if mode == "I"
            else Image.fromarray(deep.astype(">u2" if mode[-1] == "B" else "<u2"))
        )
    if mode == "LAB":
        return Image.merge("LAB", (_marked("L"), Image.new("L", (60, 40), 128), Image.new("L", (60, 40), 128)))
    return _marked(mode)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "group3", "group4", "jpeg"])
def test_every_usual_tiff_compression_is_read(compression: str) -> None:
    bilevel = compression.startswith("group")
    page = _only_page(_saved(_marked("1" if bilevel else "RGB"), "TIFF", compression=compression))
    assert _is_marked(page)


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}, {"tiffinfo": {278: 7}}], ids=["classic", "BigTIFF", "many strips"])
def test_pages_of_a_tiff_come_one_by_one(options: dict[str, Any]) -> None:
    pages = [Image.new("L", (300, 200), shade) for shade in (0, 100, 200)]
    file = _saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw", **options)
    with _open(file) as document:
        assert document.page_count == 3
        assert [int(document.render(number).pixels.mean()) for number in (3, 1, 2, 3)] == [200, 0, 100, 200]


def test_a_tiff_written_by_the_other_byte_order_is_read() -> None:
    pixels = bytes([0, 128, 255, 64])
    entries = [(256, 3, 1, 2), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 122), (277, 3, 1, 1)]
    entries += [(278, 3, 1, 2), (279, 4, 1, 4)]
    directory = struct.pack(">H", len(entries))
    for tag, kind, count, value in entries:
        directory += struct.pack(">HHI", tag, kind, count) + (
            struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">I", value)
        )
    file = b"MM\0*\0\0\0\x08" + directory + b"\0\0\0\0" + pixels
    assert _only_page(file).pixels[:, :, 0].tolist() == [[0, 128], [255, 64]]


def test_a_thumbnail_in_a_tiff_is_no_page() -> None:
    full, small = Image.new("L", (300, 200), 10), Image.new("L", (30, 20), 250)
    out = io.BytesIO()
    full.save(out, "TIFF", save_all=True, append_images=[_with_tag(small, 254, 1), Image.new("L", (300, 200), 90)])
    with _open(out.getvalue()) as document:
        assert [int(document.render(number).pixels.mean()) for number in range(1, document.page_count + 1)] == [10, 90]


def _with_tag(image: Image.Image, tag: int, value: int) -> Image.Image:
    tags = ImageFileDirectory_v2()
    tags[tag] = value
    image.encoderinfo = {"tiffinfo": tags}
    return image


def test_a_damaged_page_of_a_tiff_fails_alone() -> None:
    pages = [Image.effect_noise((200, 200), 90 + shade) for shade in range(3)]
    file = bytearray(_saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate"))
    second = _strip_offset(bytes(file), 1)
    file[second : second + 40] = b"\xff" * 40
    with _open(bytes(file)) as document:
        assert document.page_count == 3
        with pytest.raises(Rejected, match="damaged_page"):
            document.render(2)
        assert document.render(1).pixels.std() > 10
        assert document.render(3).pixels.std() > 10


def _strip_offset(file: bytes, index: int) -> int:
    with Image.open(io.BytesIO(file)) as image:
        image.seek(index)
        return int(image.tag_v2[273][0])  # type: ignore[attr-defined]


def test_pages_lost_with_the_end_of_a_tiff_are_counted_and_fail() -> None:
    pages = [Image.effect_noise((200, 200), 50) for _ in range(3)]
    file = _saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with _open(file[: _strip_offset(file, 1)]) as document:
        assert document.page_count >= 2
        assert document.render(1).pixels.std() > 5
        with pytest.raises(Rejected, match="damaged_page"):
            document.render(document.page_count)


def test_directories_of_a_tiff_that_come_back_to_the_first_end() -> None:
    file = bytearray(_saved(Image.new("L", (20, 20), 7), "TIFF"))
    first = struct.unpack_from("<I", file, 4)[0]
    count = struct.unpack_from("<H", file, first)[0]
    struct.pack_into("<I", file, first + 2 + 12 * count, first)
    assert _only_page(bytes(file)).pixels.mean() == 7


def test_too_many_pages_are_refused() -> None:
    page = Image.new("1", (10, 10))
    assert _refusal(_saved(page, "TIFF", save_all=True, append_images=[page] * 3), Limits(max_pages=3)) == "too_many_pages"


def test_frames_of_a_gif_are_pages() -> None:
    frames = [Image.new("L", (50, 50), shade) for shade in (0, 100, 200)]
    with _open(_saved(frames[0], "GIF", save_all=True, append_images=frames[1:])) as document:
        assert [round(document.render(number).pixels.mean()) for number in (2, 1, 3)] == [100, 0, 200]


def test_an_animated_png_is_the_page_that_stands_still() -> None:
    frames = [Image.new("L", (50, 50), shade) for shade in (10, 100)]
    assert _only_page(_saved(frames[0], "PNG", save_all=True, append_images=frames[1:])).pixels.mean() == 10


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_orientation_is_applied_once(kind: str, orientation: int) -> None:
    turned = _as_stored(_marked(size=(160, 120)), orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = _only_page(_saved(turned, kind, exif=exif))
    assert (page.width, page.height) == (160, 120)
    assert _is_marked(page)


def test_heif_is_turned_by_its_own_properties_and_not_by_exif() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page = _only_page(_saved(_marked(size=(160, 120)), "HEIF", exif=exif))
    assert (page.width, page.height) == (160, 120)
    assert _is_marked(page)


def _as_stored(image: Image.Image, orientation: int) -> Image.Image:
    """What a camera held so would have stored: the inverse of what the orientation asks for (CIPA DC-008)."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert _only_page(_saved(clear, "PNG")).pixels.min() == 255
    palette = Image.new("P", (20, 20), 3)
    palette.putpalette(bytes(768))
    assert _only_page(_saved(palette, "PNG", transparency=3)).pixels.min() == 255


@pytest.mark.parametrize("colour", [(255, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 255), (0, 255, 255, 0)])
def test_cmyk_is_not_inverted(colour: tuple[int, int, int, int]) -> None:
    cyan, magenta, yellow, black = colour
    expected = [round((255 - ink) * (255 - black) / 255) for ink in (cyan, magenta, yellow)]
    for kind in ("JPEG", "TIFF"):
        found = _only_page(_saved(Image.new("CMYK", (32, 32), colour), kind)).pixels[16, 16]
        assert np.abs(found.astype(int) - expected).max() < 12


def test_deep_samples_are_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65_535, 256).astype("<u2").reshape(16, 16)
    page = _only_page(_saved(Image.fromarray(ramp), "PNG"))
    assert page.pixels[:, :, 0].ravel().tolist() == (ramp >> 8).ravel().tolist()


def test_deep_samples_where_white_is_zero_are_inverted() -> None:
    file = bytearray(_saved(Image.fromarray(np.full((8, 8), 65_535, "<u2")), "TIFF"))
    photometric = bytes(file).index(struct.pack("<HHI", 262, 3, 1))
    struct.pack_into("<H", file, photometric + 8, 0)
    assert _only_page(bytes(file)).pixels.max() == 0


@pytest.mark.parametrize(
    ("dpi", "size", "expected"),
    [((300, 300), (600, 400), 300.0), ((72, 72), (4032, 3024), None), ((1, 1), (60, 40), None)],
    ids=["stated", "a camera's 72", "an aspect ratio"],
)
def test_the_resolution_is_what_the_file_says_if_it_can_be(
    dpi: tuple[int, int], size: tuple[int, int], expected: float | None
) -> None:
    page = _only_page(_saved(Image.new("L", size), "JPEG", dpi=dpi))
    assert page.dpi == expected


def test_coarse_fax_is_stretched_to_square_pixels() -> None:
    page = _only_page(_saved(Image.new("1", (1728, 1078), 1), "TIFF", compression="group3", dpi=(204, 98)))
    assert page.width == 1728
    assert page.height == pytest.approx(2244, abs=2)
    assert page.dpi == 204


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_claiming(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(10))) + _chunk(b"IEND", b"")


BOMBS = {
    "png": _png_claiming(100_000, 100_000),
    "gif": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
    "bmp": b"BM"
    + struct.pack("<IHHI", 54, 0, 0, 54)
    + struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("kind", sorted(BOMBS))
def test_a_header_that_claims_too_many_pixels_is_refused_before_decoding(kind: str) -> None:
    assert _refusal(BOMBS[kind]) == "page_too_large"


def test_a_giant_page_of_a_tiff_is_refused_before_its_strips_are_read() -> None:
    file = bytearray(_saved(Image.new("1", (16, 16)), "TIFF", compression="group4"))
    for tag in (256, 257):
        at = max(bytes(file).find(struct.pack("<HHI", tag, kind, 1)) for kind in (3, 4))
        struct.pack_into("<HIi", file, at + 2, 4, 1, 100_000)
    assert _refusal(bytes(file)) == "page_too_large"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "JPEG2000", "HEIF"])
def test_a_truncated_picture_is_damaged(kind: str) -> None:
    noise = Image.effect_noise((400, 400), 80).convert("RGB")
    file = _saved(noise, kind)
    assert _refusal(file[: len(file) // 2]) == "damaged_document"


def test_a_picture_may_have_as_many_pixels_as_the_limit() -> None:
    file = _saved(Image.new("L", (100, 100)), "PNG")
    assert _only_page(file, Limits(max_page_pixels=10_000)).width == 100
    assert _refusal(file, Limits(max_page_pixels=9_999)) == "page_too_large"


def test_nothing_written_in_a_file_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    exif = Image.Exif()
    exif[0x013B] = exif[0x010E] = "Wilhelmina Orchard"
    for kind in ("TIFF", "JPEG", "PNG"):
        _only_page(_saved(_marked(), kind, exif=exif))
    assert "Orchard" not in caplog.text


def test_pillows_own_limit_is_as_it_was(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    _only_page(_saved(Image.new("L", (10, 10)), "PNG"), Limits(max_page_pixels=100))
    assert before == Image.MAX_IMAGE_PIXELS


def test_the_first_page_can_be_rendered_again() -> None:
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "HEIF", "GIF"):
        with _open(_saved(_marked(), kind)) as document:
            assert np.array_equal(document.render(1).pixels, document.render(1).pixels)


def test_a_picture_has_no_text_layer() -> None:
    with _open(_saved(_marked(), "PNG")) as document:
        assert document.text_layer(1) is None
        assert document.text_doubts(1) == ()
        assert document.remarks == ()
        with pytest.raises(ValueError, match="page"):
            document.render(2)
