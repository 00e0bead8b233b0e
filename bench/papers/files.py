"""Papers as files: one document and one JSON file of its truth."""

import io
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bench.papers.damage import Damage
from bench.papers.generate import Paper
from bench.papers.truth import PageTruth
from schemas.codec import to_json

_EPOCH = time.gmtime(1_577_836_800)  # 2020: a PDF's own dates must not depend on the day it was made


@dataclass(frozen=True, slots=True)
class PaperTruth:
    """What `truth/*.json` holds."""

    file: str
    kind: str
    document_class: str
    seed: int
    damage: Damage
    pages: tuple[PageTruth, ...]


def suffix_for(paper: Paper) -> str:
    """`.jpg`, `.png`, `.tif` or `.pdf`, chosen by the paper's seed among those that can hold it."""
    if paper.damage.one_bit:
        options = [".tif", ".tif", ".pdf"]
    elif len(paper.pages) > 1:
        options = [".pdf", ".pdf", ".tif"]
    else:
        options = [".jpg", ".jpg", ".jpg", ".png", ".pdf", ".tif"]
    return random.Random(f"suffix {paper.seed}").choice(options)


def encode(paper: Paper, suffix: str) -> bytes:
    """The document as a file of *suffix*. Raises ValueError for several pages in a format of one."""
    images = [page.image for page in paper.pages]
    if len(images) > 1 and suffix in {".jpg", ".png"}:
        raise ValueError(f"{suffix} holds one page, the paper has {len(images)}")
    first, rest = _prepared(images[0], suffix), [_prepared(image, suffix) for image in images[1:]]
    file = io.BytesIO()
    several: dict[str, Any] = {"save_all": True, "append_images": rest} if suffix in {".tif", ".pdf"} else {}
    first.save(file, **_options(paper, suffix), **several)
    return file.getvalue()


def truth_json(paper: Paper, file: str) -> bytes:
    truth = PaperTruth(
        file, paper.kind, paper.document_class, paper.seed, paper.damage, tuple(page.truth for page in paper.pages)
    )
    return to_json(PaperTruth, truth) + b"\n"


def write(paper: Paper, folder: Path, stem: str, suffix: str | None = None) -> Path:
    """Write `folder/stem.<suffix>` and `folder/truth/stem.json`; returns the document's path."""
    suffix = suffix or suffix_for(paper)
    target = folder / f"{stem}{suffix}"
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    target.write_bytes(encode(paper, suffix))
    (folder / "truth" / f"{stem}.json").write_bytes(truth_json(paper, target.name))
    return target


def _prepared(image: Image.Image, suffix: str) -> Image.Image:
    """A copy, as Pillow leaves its encoder's settings on an image that it wrote. JPEG knows no one bit."""
    return image.convert("L") if image.mode == "1" and suffix == ".jpg" else image.copy()


def _options(paper: Paper, suffix: str) -> dict[str, Any]:
    """What Pillow is told: a fax is kept as it was sent, in CCITT Group 4."""
    dpi, one_bit = (paper.dpi, paper.dpi), paper.damage.one_bit
    quality: dict[str, Any] = {} if one_bit else {"quality": paper.damage.jpeg or 85}
    match suffix:
        case ".jpg":
            return {"format": "JPEG", "dpi": dpi, "quality": paper.damage.jpeg or 85}
        case ".png":
            return {"format": "PNG", "dpi": dpi}
        case ".tif":
            return {"format": "TIFF", "dpi": dpi, "compression": "group4" if one_bit else "jpeg", **quality}
        case ".pdf":
            return {"format": "PDF", "resolution": paper.dpi, "creationDate": _EPOCH, "modDate": _EPOCH, **quality}
    raise ValueError(f"unknown suffix {suffix!r}")
