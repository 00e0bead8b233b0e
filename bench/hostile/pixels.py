"""Pixels that still tell: markers that let the text through, boxes a little too small, blocks and blur instead of black."""

from pikepdf import Dictionary, Pdf
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bench.hostile.form import DPI, PAPER, Form, Planted
from bench.hostile.pictures import scan

_SCALE = DPI / 72


def marker_of_90_percent_grey(form: Form) -> bytes:
    """A grey that looks black, laid over the text before it was made a picture: the text is darker by a tenth."""
    picture = form.picture()
    veil = Image.new("RGB", picture.size, (26, 26, 26))
    return scan(form, _pasted(picture, ImageChops.darker(picture, veil), form))


def faint_text(form: Form) -> bytes:
    """Bleached to 96 % white."""
    picture = form.picture()
    return scan(form, _pasted(picture, picture.point(lambda shade: 245 + shade * 10 // 255), form))


def transparent_marker(form: Form) -> bytes:
    """A black box of opacity 0.9, drawn; the text is below it, and its picture can be seen through it."""

    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState = Dictionary(GS0=Dictionary(ca=0.9))

    return form.pdf(form.labels() + form.shown() + form.boxes("/GS0 gs 0 g"), add)


def transparent_marker_burnt_in(form: Form) -> bytes:
    """A marker of opacity 0.92 over a scan, made one picture."""
    picture = form.picture()
    return scan(form, _pasted(picture, Image.blend(picture, Image.new("RGB", picture.size), 0.92), form))


def coloured_marker(form: Form) -> bytes:
    """A highlighter: dark blue over black."""
    picture = form.picture()
    return scan(form, _pasted(picture, ImageChops.multiply(picture, Image.new("RGB", picture.size, (40, 40, 150))), form))


def mask_too_low(form: Form) -> bytes:
    """Black over the lower half of the characters: their tops are left, and tell digits from one another."""
    picture = form.picture()
    pen = ImageDraw.Draw(picture)
    for each in form.planted:
        left, top, right, bottom = _pixels(each)
        pen.rectangle((left, top + (bottom - top) * 11 // 20, right, bottom), fill=0)
    return scan(form, picture)


def mask_too_short(form: Form) -> bytes:
    """The last characters of every value stick out."""
    picture = form.picture()
    pen = ImageDraw.Draw(picture)
    for each in form.planted:
        left, top, right, bottom = _pixels(each)
        pen.rectangle((left, top, right - (right - left) // 3, bottom), fill=0)
    return scan(form, picture)


def pixelated(form: Form) -> bytes:
    """Blocks of 8 pixels, which a search through candidates reads back (Hill, Zhou, Saul, Shacham 2016)."""
    picture = form.picture()
    return scan(form, _pasted(picture, mosaic(picture), form))


def blurred(form: Form) -> bytes:
    picture = form.picture()
    return scan(form, _pasted(picture, blur(picture), form))


def mosaic(picture: Image.Image) -> Image.Image:
    return picture.reduce(8).resize(picture.size, Image.Resampling.NEAREST)


def blur(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(5))


def _pasted(picture: Image.Image, spoilt: Image.Image, form: Form) -> Image.Image:
    """*picture* with the values' places from *spoilt*."""
    done = picture.copy()
    for each in form.planted:
        done.paste(spoilt.crop(_pixels(each)), _pixels(each)[:2])
    return done


def _pixels(planted: Planted) -> tuple[int, int, int, int]:
    left, bottom, width, height = planted.box
    edges = (left, PAPER[1] - bottom - height, left + width, PAPER[1] - bottom)
    x0, y0, x1, y1 = (round(edge * _SCALE) for edge in edges)
    return x0, y0, x1, y1
