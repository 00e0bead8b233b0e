"""Pages with things on them that are not text: drawn, so that nobody is on them."""

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from schemas.geometry import Box
from workers.page_image import PageImage

DPI = 200.0
_WORDS = "The insured was admitted on the third day and left on the ninth 0123456789"
RED = (200, 40, 48)


def blank_sheet(width: int = 1000, height: int = 1400, paper: int = 245) -> np.ndarray:
    return np.full((height, width, 3), paper, np.uint8)


def image_of(pixels: np.ndarray, page_number: int = 1) -> PageImage:
    return PageImage(page_number, np.ascontiguousarray(pixels), DPI)


def code(symbology: str, value: str, scale: int = 4) -> np.ndarray:
    """A symbol with its quiet zone, height x width, 0 or 255."""
    made = zxingcpp.create_barcode(value, getattr(zxingcpp.BarcodeFormat, symbology))
    return np.array(made.to_image(scale=scale), np.uint8).reshape(made.to_image(scale=scale).shape)


def pasted(pixels: np.ndarray, mark: np.ndarray, left: int, top: int) -> Box:
    """Put *mark*, grey or in colour, on *pixels*; gives its place."""
    height, width = mark.shape[:2]
    pixels[top : top + height, left : left + width] = mark if mark.ndim == 3 else mark[..., None]
    return Box(left, top, left + width, top + height)


def turned(mark: np.ndarray, degrees: float) -> np.ndarray:
    return np.asarray(Image.fromarray(mark).rotate(degrees, expand=True, fillcolor=245, resample=Image.Resampling.BICUBIC))


def after_jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


def printed(pixels: np.ndarray, lines: int = 20, top: int = 100) -> None:
    """Lines of print and a ruled table under them."""
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    for at in range(lines):
        pen.text(
            (80, top + 36 * at),
            "The insured was admitted on the third day and left on the ninth 0123456789",
            fill=(20, 20, 20),
            font_size=22,
        )
    for row in range(8):
        pen.line((80, top + 36 * lines + 40 * row, 900, top + 36 * lines + 40 * row), fill=(20, 20, 20), width=2)
    pixels[:] = np.asarray(picture)


def portrait(width: int = 200, height: int = 270) -> np.ndarray:
    """A head and shoulders in soft tones, as a camera gives them: nobody's."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 150 + 45 * np.sin(columns / width * 2.2) + 25 * rows / height
    head = np.hypot((columns - width / 2) / (0.23 * width), (rows - 0.38 * height) / (0.24 * height)) < 1
    hair = np.hypot((columns - width / 2) / (0.27 * width), (rows - 0.30 * height) / (0.24 * height)) < 1
    body = np.hypot((columns - width / 2) / (0.45 * width), (rows - 1.02 * height) / (0.38 * height)) < 1
    tones = np.where(body, 95 + 20 * np.cos(columns / 30), light)
    tones = np.where(hair, 60, tones)
    tones = np.where(head, 165 + 25 * np.cos((columns - width / 2) / (0.3 * width)), tones)
    return cv2.GaussianBlur(tones.clip(0, 255).astype(np.uint8), (9, 9), 0)


def name_seal(side: int = 80) -> np.ndarray:
    """A square frame with four strokes of a character in each quarter, red on paper."""
    picture = Image.new("RGB", (side, side), (245, 245, 245))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((1, 1, side - 2, side - 2), outline=RED, width=4)
    for x in (side // 8, side // 2 + 4):
        for y in (side // 8, side // 2 + 4):
            for at in range(4):
                pen.line((x, y + 8 * at, x + side // 3, y + 8 * at), fill=RED, width=3)
            pen.line((x + side // 6, y, x + side // 6, y + side // 3), fill=RED, width=3)
    return np.asarray(picture)


def company_seal(radius: int = 160) -> np.ndarray:
    picture = Image.new("RGB", (2 * radius + 8,) * 2, (245, 245, 245))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((4, 4, 2 * radius + 4, 2 * radius + 4), outline=RED, width=8)
    pen.regular_polygon((radius + 4, radius + 4, radius // 3), 5, fill=RED)
    return np.asarray(picture)


def thumbprint(width: int = 104, height: int = 136) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = (columns - width / 2) / (width / 2), (rows - height / 2) / (height / 2)
    ridge = np.hypot(across * 1.1, down - 0.1) + 0.1 * np.sin(3 * across)
    ink = (np.sin(ridge * 2 * np.pi * 9) > 0) & (np.hypot(across, down) < 0.96)
    return np.where(ink[..., None], np.array(RED, np.uint8), np.uint8(245)).astype(np.uint8)


def scribble(pixels: np.ndarray, left: int, top: int, width: int = 220, height: int = 60, seed: int = 1) -> Box:
    """A signature: one curve with loops, in blue ink."""
    rng = np.random.default_rng(seed)
    steps = np.linspace(0, 1, 240)
    phase = rng.uniform(0, 6, 3)
    xs = left + width * (0.03 + 0.9 * steps) + 0.05 * width * np.sin(22 * steps + phase[0])
    ys = top + height * (0.5 + 0.32 * np.sin(19 * steps + phase[1]) + 0.13 * np.sin(41 * steps + phase[2]))
    points = np.stack((xs, ys), axis=1).round().astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(pixels, [points], isClosed=False, color=(30, 36, 110), thickness=3, lineType=cv2.LINE_AA)
    return Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
