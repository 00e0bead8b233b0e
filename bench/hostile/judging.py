"""What is left of the planted values in a redacted copy, and what the verifier says of a file."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from archive.errors import Rejected
from bench.hostile import recover
from bench.hostile.form import DPI, Form, drawn
from claimkeep.try_out import redacted_copy
from schemas.entity import Entity
from schemas.page import PageText
from schemas.redaction import Audience
from workers.page_image import PageImage
from workers.tools import Tools
from workers.verify.redacted_file import verify_redaction
from workers.verify.secrets import Secrets, SecretSearch

AUDIENCE = Audience.PUBLIC
"""Sees none of the planted values."""
_DIFFERENT = 24
_BLACK = 24
_SCALES = (0.78, 1.28, 2.0)


@dataclass(frozen=True, slots=True)
class Redacted:
    """What became of one file: `left` names how planted values were got out of the copy, `withheld` why there is none."""

    left: tuple[str, ...]
    withheld: str
    readings: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What the verifier says: the checks that found something, or why it refused to look."""

    checks: tuple[str, ...]
    refused: str

    @property
    def found(self) -> bool:
        return bool(self.checks)


def redacted(file: Path, form: Form, tools: Tools) -> Redacted:
    """Redact *file* as the command does, and try to get the planted values out of the copy."""
    try:
        copy = redacted_copy(file, tools, AUDIENCE, quiet=True)
    except Rejected as error:
        return Redacted((), error.reason, 0)
    if copy.leaks:
        return Redacted((), "leak_found", 0)
    return _searched(copy.pdf, form, tools)


def _searched(data: bytes, form: Form, tools: Tools) -> Redacted:
    kept = {
        "bytes": recover.stored(data, form),
        "strings": recover.strings(data, form),
        "text": recover.text(data, form),
        "pixels": recover.pixels(data, form),
    }
    views = list(_views(data, form))
    search = SecretSearch(Secrets.of(form.entities(), tools.policy, AUDIENCE))
    for name, view in views:
        if any(True for _ in search(tools.engine.read(view).text)):
            kept[name] = frozenset({name})
    return Redacted(tuple(name for name, values in kept.items() if values), "", len(views))


def _views(data: bytes, form: Form) -> Iterator[tuple[str, PageImage]]:
    """The page at several scales, with all contrast, turned and mirrored; none where it is an empty form with boxes."""
    page, bare = drawn(data, DPI), drawn(form.pdf(form.labels()), DPI)
    if not _may_tell(page, bare):
        return
    for scale in _SCALES:
        size = (round(page.width * scale), round(page.height * scale))
        yield f"read at {scale}", _image(page.resize(size, Image.Resampling.BILINEAR))
    yield "read with all contrast", _image(ImageOps.equalize(page.convert("L")).convert("RGB"))
    for degrees in (90, 180, 270):
        yield f"read turned by {degrees}", _image(page.rotate(degrees, expand=True))
    yield "read mirrored", _image(ImageOps.mirror(page))


def _may_tell(page: Image.Image, bare: Image.Image) -> bool:
    """Whether *page* has anything but black where it differs from the form without values."""
    if page.size != bare.size:
        return True
    ours, theirs = np.asarray(page.convert("L"), np.int16), np.asarray(bare.convert("L"), np.int16)
    return bool(((np.abs(ours - theirs) > _DIFFERENT) & (ours > _BLACK)).any())


def _image(picture: Image.Image) -> PageImage:
    return PageImage(1, np.asarray(picture).copy(), float(DPI))


def judged(data: bytes, pages: Sequence[PageText], entities: Sequence[Entity], tools: Tools) -> Judged:
    """What `verify-redaction` finds in *data*, given the truth of its original."""
    find = tools.extractor.entities_on_page
    try:
        verdict = verify_redaction(pages, entities, io.BytesIO(data), tools.policy, AUDIENCE, tools.engine, find)
    except Rejected as error:
        return Judged((), error.reason)
    return Judged(tuple(dict.fromkeys(_name(leak.check, leak.detail) for leak in verdict.leaks)), "")


def _name(check: str, detail: str) -> str:
    return f"{check}: {detail}" if check in {"structure", "metadata"} else check
