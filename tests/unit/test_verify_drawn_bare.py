"""Pages drawn anew with nothing but their shapes, or nothing but their pictures."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from workers.verify.drawn_bare import pictures_bare, shapes_bare
from workers.verify.stored_pictures import look_alike, strips_never_drawn

PAPER = (400, 200)
ZIGZAG = " ".join(f"{50 + 5 * at} {90 + 20 * (at % 2)} l" for at in range(1, 50))
WRITING = f"50 90 m {ZIGZAG} 300 60 l h f\n"
COVER = "40 50 280 70 re f\n"
ROUND = "40 50 m 40 130 l 320 130 330 90 320 50 c h f\n"
FORM = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))


def file_of(content: str, change: Callable[[Pdf], None] | None = None) -> bytes:
    out = io.BytesIO()
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=PAPER).obj
        page.Resources = Dictionary(ExtGState=Dictionary(GS0=Dictionary(ca=0)))
        page.Contents = Stream(pdf, content.encode())
        if change:
            change(pdf)
        pdf.save(out)
    return out.getvalue()


def in_a_form(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.XObject = Dictionary(Fm0=Stream(pdf, WRITING.encode(), FORM))


(OPEN,) = (Image.fromarray(each.pixels) for each in shapes_bare(file_of(WRITING)))


@pytest.mark.parametrize(
    ("content", "change"),
    [
        (f"1 g {WRITING}", None),
        (f"q 0 0 1 1 re W n {WRITING} Q", None),
        (f"q 1 0 0 1 900 -700 cm {WRITING} Q", None),
        (f"q .05 0 0 .05 0 0 cm {WRITING} Q", None),
        (f"/GS0 gs {WRITING}", None),
        (WRITING + COVER * 6, None),
        ("", in_a_form),
        ("/Fm0 Do", in_a_form),
    ],
    ids=["white", "cut off", "off the page", "small", "transparent", "six boxes", "form never drawn", "form drawn and cut off"],
)
def test_writing_that_is_shapes_is_drawn_as_if_nothing_hid_it(content, change):
    (bare,) = shapes_bare(file_of(content, change))
    assert look_alike(Image.fromarray(bare.pixels), OPEN)


@pytest.mark.parametrize("cover", [COVER, ROUND])
def test_a_shape_over_others_covers_none_of_them(cover):
    (bare,) = shapes_bare(file_of(WRITING + cover))
    (cover_alone,) = (each.pixels for each in shapes_bare(file_of(WRITING + cover + WRITING)))
    assert np.mean(bare.pixels != cover_alone) > np.mean(np.asarray(OPEN) < 128) / 2


@pytest.mark.parametrize("content", ["", "Do 5 Do /None Do", COVER * 40, "BT ET", ROUND, "40 50 m 300 50 l S\n" * 9])
def test_boxes_and_rules_are_no_writing(content):
    assert list(shapes_bare(file_of(content))) == []


WHOLE = Image.fromarray(np.kron(np.random.default_rng(1).integers(0, 2, (20, 40), np.uint8) * 255, np.ones((10, 10), np.uint8)))
DRAWN = "".join(f"q 400 0 0 20 0 {180 - 20 * at} cm /Im{at} Do Q\n" for at in range(10))


def strips(pdf: Pdf) -> None:
    keys = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=400, Height=20, ColorSpace=Name.DeviceGray, BitsPerComponent=8
    )
    cuts = (WHOLE.crop((0, top, 400, top + 20)).tobytes() for top in range(0, 200, 20))
    named = {f"/Im{at}": Stream(pdf, cut, keys) for at, cut in enumerate(cuts)}
    pdf.pages[0].obj.Resources.XObject = Dictionary(named)


@pytest.mark.parametrize(
    "content", [DRAWN + "0 g 0 0 400 200 re f", f"q 1 0 0 1 900 0 cm {DRAWN} Q", f"0 0 9 9 re W n {DRAWN}"]
)
def test_strips_of_a_scan_are_put_together_where_they_are_drawn(content):
    (bare,) = pictures_bare(file_of(content, strips))
    rim = round(bare.width * 0.05 / 1.1)
    inner = Image.fromarray(bare.pixels[rim:-rim, rim:-rim]).resize(WHOLE.size, Image.Resampling.BOX)
    assert np.mean(np.abs(np.asarray(inner.convert("L"), int) - np.asarray(WHOLE, int))) < 20


def test_strips_that_are_never_drawn_are_put_together_by_their_names():
    with Pdf.open(io.BytesIO(file_of("", strips))) as pdf:
        (found,) = strips_never_drawn(pdf, set())
        assert look_alike(Image.fromarray(found.pixels), WHOLE)


def test_one_picture_is_not_read_twice():
    assert list(pictures_bare(file_of("q 400 0 0 20 0 0 cm /Im0 Do Q", strips))) == []
