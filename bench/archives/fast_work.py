"""`claimkeep work` with an engine that reads in no time, for measurements of everything but reading.

python -m bench.archives.fast_work HOME [--processes 2]
"""

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np

from archive.wiring import open_archive
from schemas.geometry import Box
from schemas.page import EngineVersion, Line, PageText
from workers.extract.extractor import Extractor
from workers.page_image import PageImage
from workers.redact.policy import default_policy
from workers.running.pool import Pool
from workers.tools import Tools

_DARK = 16
"""The brightest of 255 that a line may be where a mask lies over it."""
_LONGEST_READING = 0.4  # seconds
_LETTERS = str.maketrans("0123456789", "ghijklmnop")  # of digits something could be made that must be hidden


class DigestEngine:
    """Reads on each page lines that no other page has, for they are made of its pixels' digest; one is an identity number.

    A line under a mask is not read. How long it waits hangs on the page too, so that every step is caught at work. There is
    enough text on each page that it is not taken for one that is mostly unread (workers/recognize/page_kind.py).
    """

    @property
    def version(self) -> EngineVersion:
        return EngineVersion("digest", "1")

    def read(self, image: PageImage) -> PageText:
        digest = hashlib.sha256(image.pixels.tobytes()).hexdigest()
        time.sleep(int(digest[:4], 16) / 0xFFFF * _LONGEST_READING)
        number = f"{int(digest, 16) % 10**18:018}"
        said = ("理赔申请书", f"身份证号：{number}", f"备注 {digest.translate(_LETTERS)}")
        lines = (_line(text, _place(image, row)) for row, text in enumerate(said))
        seen = tuple(line for line in lines if not _is_masked(image, Box.around((line.box,))))
        return PageText(image.page_number, image.width, image.height, image.dpi or 150.0, 0, seen, self.version)


def _place(image: PageImage, row: int) -> Box:
    """A strip across the page for each of its lines."""
    height = image.height // 20
    return Box(image.width // 10, (2 + 3 * row) * height, image.width * 9 // 10, (3 + 3 * row) * height)


def _line(text: str, box: Box) -> Line:
    step = box.width / len(text)
    places = [(round(box.left + step * at), round(box.left + step * (at + 1))) for at in range(len(text))]
    return Line(text, box.quad(), tuple(Box(left, box.top, right, box.bottom).quad() for left, right in places), 0.9)


def _is_masked(image: PageImage, box: Box) -> bool:
    """Whether the right half of *box*, where a number ends, is black."""
    part = image.pixels[box.top : box.bottom, (box.left + box.right) // 2 : box.right]
    return bool(np.quantile(part, 0.95) <= _DARK)


def load() -> Tools:
    return Tools(DigestEngine(), Extractor(), default_policy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with open_archive(options.home) as archive:
        Pool(archive, options.processes, load=load).run()


if __name__ == "__main__":
    main()
