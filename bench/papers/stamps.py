"""What is pressed or pasted on a paper: round and square seals, received stamps, thumbprints, QR codes."""

import math
import random

import cv2
import numpy as np
import qrcode
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.papers.fonts import font
from bench.papers.sheet import Colour, Sheet
from schemas.geometry import Quad, upright

RED: Colour = (205, 40, 48)
BLUE: Colour = (40, 60, 150)
Ink = NDArray[np.uint8]


def round_seal(
    sheet: Sheet,
    x: float,
    y: float,
    house: str,
    office: str,
    *,
    radius: float = 19.0,
    strength: float = 0.85,
    colour: Colour = RED,
) -> None:
    """An official seal centred on (x, y): a ring, a star, the *house* along the arc and the *office* under the star."""
    size = round(sheet.px(radius * 2)) + 6
    image = Image.new("L", (size, size))
    draw = ImageDraw.Draw(image)
    middle, reach = size / 2, sheet.px(radius)
    draw.ellipse(
        (middle - reach, middle - reach, middle + reach, middle + reach), outline=255, width=max(2, round(sheet.px(0.9)))
    )
    draw.polygon(_star(middle, middle, reach * 0.3), fill=255)
    _arc_text(image, house, reach)
    shape = font("song_bold", max(8, round(sheet.px(radius * 0.2))))
    draw.text((middle, middle + reach * 0.58), office, font=shape, fill=255, anchor="mm")
    turned = image.rotate(sheet.rng.gauss(0, 8), resample=Image.Resampling.BILINEAR)
    _press(sheet, np.asarray(turned), x, y, "seal", f"{house} {office}".strip(), colour, strength)


def personal_seal(sheet: Sheet, x: float, y: float, name: str, *, size: float = 9.0, colour: Colour = RED) -> None:
    """A square name seal with its top left at (x, y): two columns, right one first, red on white or white on red."""
    side = round(sheet.px(size))
    filled = sheet.rng.random() < 0.5
    image = Image.new("L", (side, side), 255 if filled else 0)
    draw = ImageDraw.Draw(image)
    if not filled:
        draw.rectangle((0, 0, side - 1, side - 1), outline=255, width=max(2, side // 16))
    text = (name if len(name) != 3 else f"{name}印")[:4]
    shape = font("song_bold", round(side * 0.42))
    for place, char in enumerate(text):
        column, row = divmod(place, 2)
        draw.text(
            (side * (0.72 - 0.44 * column), side * (0.28 + 0.44 * row)),
            char,
            font=shape,
            fill=0 if filled else 255,
            anchor="mm",
        )
    _press(sheet, np.asarray(image), x + size / 2, y + size / 2, "personal_seal", name, colour, 0.8)


def received_stamp(sheet: Sheet, x: float, y: float, lines: tuple[str, ...], *, colour: Colour | None = None) -> None:
    """A framed clerk's stamp centred on (x, y), somewhat turned; red or blue as it comes, unless *colour* is told."""
    colour = colour or sheet.rng.choice((RED, BLUE))
    shape = font("hei_bold", max(8, round(sheet.px(3.6))))
    width = round(max(shape.getlength(line) for line in lines) + sheet.px(5))
    pitch = sheet.px(5.2)
    image = Image.new("L", (width, round(pitch * len(lines) + sheet.px(3))))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=255, width=max(2, round(sheet.px(0.5))))
    for place, line in enumerate(lines):
        draw.text((width / 2, sheet.px(1.5) + pitch * (place + 0.5)), line, font=shape, fill=255, anchor="mm")
    turned = image.rotate(sheet.rng.gauss(0, 5), resample=Image.Resampling.BILINEAR, expand=True)
    _press(sheet, np.asarray(turned), x, y, "stamp", " ".join(lines), colour, 0.8)


def thumbprint(sheet: Sheet, x: float, y: float) -> None:
    """A red thumb pressed beside a signature, centred on (x, y)."""
    width, height = round(sheet.px(13)), round(sheet.px(17))
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = (columns - width / 2) / (width / 2), (rows - height * 0.55) / (height / 2)
    ridge = np.hypot(across * 1.1, down) + 0.12 * np.sin(3 * across + sheet.rng.uniform(0, 6)) + 0.08 * np.sin(4 * down)
    waves = 0.5 + 0.5 * np.sin(ridge * 2 * math.pi * sheet.rng.uniform(8, 10))
    inside = np.hypot(across, (rows - height / 2) / (height / 2)) < 0.95
    _press(sheet, (255 * waves * inside).astype(np.uint8), x, y, "thumbprint", "", RED, 0.75)


def qr_code(sheet: Sheet, x: float, y: float, text: str, *, size: float = 20.0) -> None:
    """A QR code with its top left at (x, y)."""
    code = qrcode.QRCode(border=0, box_size=1, mask_pattern=3, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    cells = np.asarray(code.get_matrix(), dtype=bool)
    side = round(sheet.px(size))
    ink = cv2.resize(np.where(cells, 255, 0).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
    left, top = round(sheet.px(x)), round(sheet.px(y))
    sheet.stain(np.asarray(ink, dtype=np.uint8), left, top, (20, 20, 22))
    sheet.mark("qr", upright(left, top, left + side, top + side), text)


def _star(x: float, y: float, reach: float) -> list[tuple[float, float]]:
    turns = [(index, reach if index % 2 == 0 else reach * 0.382) for index in range(10)]
    return [(x + far * math.sin(index * math.pi / 5), y - far * math.cos(index * math.pi / 5)) for index, far in turns]


def _arc_text(image: Image.Image, text: str, reach: float) -> None:
    """*text* along the upper arc, feet to the middle."""
    spread = math.radians(min(280, 17 * len(text) + 40))
    em = min(reach * 0.34, reach * 0.78 * spread / max(1, len(text)))
    shape = font("song", max(8, round(em)))
    for place, char in enumerate(text):
        angle = spread * ((place + 0.5) / len(text) - 0.5)
        tile = Image.new("L", (round(em * 1.6), round(em * 1.6)))
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), char, font=shape, fill=255, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        centre = (image.width / 2 + reach * 0.76 * math.sin(angle), image.height / 2 - reach * 0.76 * math.cos(angle))
        image.paste(255, (round(centre[0] - tile.width / 2), round(centre[1] - tile.height / 2)), tile)


def _press(sheet: Sheet, ink: Ink, x: float, y: float, kind: str, text: str, colour: Colour, strength: float) -> None:
    """Stain the sheet with *ink* centred on (x, y) mm, unevenly, as a stamp pad leaves it."""
    left, top = round(sheet.px(x) - ink.shape[1] / 2), round(sheet.px(y) - ink.shape[0] / 2)
    sheet.stain((ink * (_wear(ink.shape[:2], sheet.rng) * strength)).astype(np.uint8), left, top, colour)
    sheet.mark(kind, _box(left, top, ink), text)


def _wear(shape: tuple[int, ...], rng: random.Random) -> NDArray[np.float32]:
    """How much ink took, 0 to 1: blotches and pinholes."""
    noise = np.random.default_rng(rng.getrandbits(32))
    blotches = cv2.resize(noise.uniform(0.45, 1.15, (7, 7)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)
    holes = noise.random(shape, dtype=np.float32) > 0.06
    return np.asarray(np.clip(blotches, 0, 1) * holes, dtype=np.float32)


def _box(left: int, top: int, ink: Ink) -> Quad:
    return upright(left, top, left + ink.shape[1], top + ink.shape[0])
