"""What time, copiers and scanners do to a page. Each kind has a strength; none of them moves text without the truth knowing."""

import io
import math
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.papers.truth import PageTruth
from schemas.geometry import Point

Pixels = NDArray[np.uint8]
SLIGHT_SKEW = 4.0
"""Degrees up to which a sheet's margins hold what its corners lose."""

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class Damage:
    """Nothing by default.

    `skew`: degrees clockwise, -15 to 15; beyond 4 the picture grows to hold the whole sheet. `turn`: 0, 90, 180 or 270
    degrees clockwise, as a page fed the wrong way. `noise`: standard deviation in grey levels. `salt`: share of pixels
    turned black or white. `folds`: how many fold lines. `shadow`: 0 to 1, how dark the darkest corner gets. `blur`:
    standard deviation in mm of paper. `faint`: 0 to 1, how far ink fades towards the paper. `jpeg`: quality 1 to 95, or 0
    for none. `one_bit`: as a fax. `grey`: scanned without colour. `seals`: 0 to 1, how likely a seal lies over a field that
    matters (obeyed when the page is printed).
    """

    skew: float = 0.0
    turn: int = 0
    noise: float = 0.0
    salt: float = 0.0
    folds: int = 0
    shadow: float = 0.0
    blur: float = 0.0
    faint: float = 0.0
    jpeg: int = 0
    one_bit: bool = False
    grey: bool = False
    seals: float = 0.3

    def __post_init__(self) -> None:
        if self.turn not in {0, 90, 180, 270}:
            raise ValueError("turn is 0, 90, 180 or 270")
        if abs(self.skew) > 15:
            raise ValueError("skew is at most 15 degrees either way")

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def invent_damage(rng: random.Random) -> Damage:
    """A page as archives hold them: a fifth clean, most somewhat worn, one in ten a fax, one in eight fed the wrong way."""
    if rng.random() < 0.2:
        return Damage(jpeg=rng.choice((0, 90)), grey=rng.random() < 0.4)
    one_bit = rng.random() < 0.1

    def maybe(chance: float, low: float, high: float) -> float:
        return rng.uniform(low, high) if rng.random() < chance else 0.0

    return Damage(
        skew=maybe(0.6, -2.5, 2.5),
        turn=rng.choice((90, 180, 270)) if rng.random() < 0.12 else 0,
        noise=maybe(0.6, 2, 11),
        salt=maybe(0.15, 0.0002, 0.002),
        folds=rng.choice((1, 1, 2)) if rng.random() < 0.3 else 0,
        shadow=0.0 if one_bit else maybe(0.4, 0.1, 0.45),
        blur=maybe(0.4, 0.03, 0.09),
        faint=maybe(0.25, 0.15, 0.5),
        jpeg=0 if one_bit else rng.choice((0, 40, 55, 70, 85)),
        one_bit=one_bit,
        grey=one_bit or rng.random() < 0.55,
        seals=rng.choice((0.2, 0.5, 0.9)),
    )


def invent_severe_damage(rng: random.Random) -> Damage:
    """Much worn, still legible: upright, and blurred, faint, grainy and packed hard; a fifth are faxes. None is clean."""
    one_bit = rng.random() < 0.2
    return Damage(
        skew=rng.uniform(-1, 1),
        noise=rng.uniform(4, 16),
        salt=rng.choice((0.0, 0.0, rng.uniform(0.0005, 0.003))),
        shadow=0.0 if one_bit else rng.uniform(0.1, 0.5),
        blur=rng.uniform(0.05, 0.12),
        faint=0.0 if one_bit else rng.uniform(0.2, 0.6),
        jpeg=0 if one_bit else rng.choice((20, 30, 45, 60)),
        one_bit=one_bit,
        grey=True,
        seals=0.0,
    )


def scan(image: Image.Image, truth: PageTruth, damage: Damage, seed: int) -> tuple[Image.Image, PageTruth]:
    """The page as *damage* leaves it, with every box where its ink went. The same *seed* gives the same pixels.

    The image is of mode RGB, L (grey) or 1 (one bit).
    """
    noise = np.random.default_rng(seed)
    pixels = np.asarray(image.convert("L") if damage.grey or damage.one_bit else image)
    pixels = _faded(pixels, damage.faint)
    pixels = _creased(pixels, damage.folds, noise)
    pixels = _shaded(pixels, damage.shadow, noise)
    pixels = _blurred(pixels, damage.blur * truth.dpi / 25.4)
    pixels, truth = _skewed(pixels, truth, damage.skew)
    pixels = _speckled(pixels, damage, noise)
    pixels, truth = _turned(pixels, truth, damage.turn)
    return _finished(pixels, damage), truth


def _faded(pixels: Pixels, strength: float) -> Pixels:
    if not strength:
        return pixels
    levels = np.arange(256, dtype=np.float32)
    table = np.round(levels + (238 - levels) * strength * 0.85).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table), dtype=np.uint8)


def _creased(pixels: Pixels, folds: int, noise: np.random.Generator) -> Pixels:
    """Fold lines: a dark valley beside a light ridge, straight across the page."""
    if not folds:
        return pixels
    height, width = pixels.shape[:2]
    light = np.ones((height, 1), dtype=np.float32)
    across = np.ones((1, width), dtype=np.float32)
    for fold in range(folds):
        profile = across if fold % 2 else light
        length = profile.size
        middle = length * noise.uniform(0.3, 0.7)
        away = np.arange(length, dtype=np.float32).reshape(profile.shape) - middle
        reach = max(1.0, width / 900)
        profile -= noise.uniform(0.15, 0.4) * np.exp(-((away / reach) ** 2)) + 0.05 * np.exp(-np.abs(away) / (reach * 25))
    return _lit(pixels, light * across)


def _shaded(pixels: Pixels, strength: float, noise: np.random.Generator) -> Pixels:
    """A slow fall of light towards one side, as beside a book's spine or under a lamp."""
    if not strength:
        return pixels
    height, width = pixels.shape[:2]
    angle = noise.uniform(0, 2 * math.pi)
    rows, columns = np.mgrid[0:24, 0:24].astype(np.float32) / 23 - 0.5
    slope = (columns * math.cos(angle) + rows * math.sin(angle)) + 0.5
    light = 1 - strength * np.clip(slope, 0, 1) ** noise.uniform(1.0, 2.2)
    return _lit(pixels, cv2.resize(light.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR))


def _lit(pixels: Pixels, light: NDArray[np.float32]) -> Pixels:
    """*pixels* times *light* (0 to 1)."""
    scale = np.round(light * 255).clip(0, 255).astype(np.uint8)
    if pixels.ndim == 3:
        scale = np.repeat(scale[:, :, None], 3, axis=2)
    return np.asarray(cv2.multiply(pixels, scale, scale=1 / 255), dtype=np.uint8)


def _blurred(pixels: Pixels, deviation: float) -> Pixels:
    if not deviation:
        return pixels
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), deviation), dtype=np.uint8)


def _skewed(pixels: Pixels, truth: PageTruth, degrees: float) -> tuple[Pixels, PageTruth]:
    """Turned about the middle; what comes in from outside is the scanner's lid. Little skew leaves the size as it is."""
    if not degrees:
        return pixels, truth
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    if abs(degrees) > SLIGHT_SKEW:
        sin, cos = abs(math.sin(math.radians(degrees))), math.cos(math.radians(degrees))
        grown = (math.ceil(width * cos + height * sin), math.ceil(height * cos + width * sin))
        matrix[:, 2] += ((grown[0] - width) / 2, (grown[1] - height) / 2)
        width, height = grown
    lid = (244,) * (pixels.shape[2] if pixels.ndim == 3 else 1)
    turned = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=lid
    )
    (a, b, c), (d, e, f) = matrix.tolist()

    def move(point: Point) -> Point:
        return (round(a * point[0] + b * point[1] + c, 1), round(d * point[0] + e * point[1] + f, 1))

    return np.asarray(turned, dtype=np.uint8), truth.moved(move, width, height, 0)


def _speckled(pixels: Pixels, damage: Damage, noise: np.random.Generator) -> Pixels:
    if damage.noise:
        tile = noise.normal(0, damage.noise, (509, 499)).astype(np.int16)
        height, width = pixels.shape[:2]
        grain = np.tile(tile, (height // 509 + 1, width // 499 + 1))[:height, :width]
        grain = np.repeat(grain[:, :, None], 3, axis=2) if pixels.ndim == 3 else grain
        pixels = np.asarray(cv2.add(pixels, grain, dtype=cv2.CV_8U), dtype=np.uint8)
    if damage.salt:
        pixels = pixels.copy()
        count = int(pixels.shape[0] * pixels.shape[1] * damage.salt)
        rows, columns = noise.integers(0, pixels.shape[0], count), noise.integers(0, pixels.shape[1], count)
        pixels[rows, columns] = (
            np.where(noise.random(count) < 0.5, 0, 255)[:, None] if pixels.ndim == 3 else noise.choice((0, 255), count)
        )
    return pixels


def _turned(pixels: Pixels, truth: PageTruth, degrees: int) -> tuple[Pixels, PageTruth]:
    """Fed *degrees* clockwise; the page is upright again after the rest of the circle."""
    if not degrees:
        return pixels, truth
    width, height = truth.width, truth.height
    moves: dict[int, Callable[[Point], Point]] = {
        90: lambda point: (height - point[1], point[0]),
        180: lambda point: (width - point[0], height - point[1]),
        270: lambda point: (point[1], width - point[0]),
    }
    size = (width, height) if degrees == 180 else (height, width)
    turned = np.asarray(cv2.rotate(pixels, _TURNS[degrees]), dtype=np.uint8)
    return turned, truth.moved(moves[degrees], *size, 360 - degrees)


def _finished(pixels: Pixels, damage: Damage) -> Image.Image:
    if damage.one_bit:
        return Image.fromarray(pixels).point(_fax_table(pixels), mode="1")
    if damage.jpeg:
        pixels = _through_jpeg(pixels, damage.jpeg)
    return Image.fromarray(pixels)


def _fax_table(pixels: Pixels) -> list[int]:
    """One threshold for the page, somewhat below its paper."""
    threshold = float(np.percentile(pixels[::8, ::8], 60)) * 0.72
    return [255 if level > threshold else 0 for level in range(256)]


def _through_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Encoded and read back."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), dtype=np.uint8)
