"""Finished files keep to PDF/A-2b (ISO 19005-2), as the reference validator sees it."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from claimkeep.try_out import redacted_copy
from deploy.native.verapdf import broken_rules
from schemas.geometry import Box
from schemas.redaction import Audience, RedactedText, VisibleLine
from tests.builders.drawn_pages import drawn_page
from tests.builders.telling_originals import ORIGINALS, eyes_for
from workers.extract.extractor import Extractor
from workers.redact.archive_format import srgb_profile
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, encode_page, placeholder_page
from workers.redact.hide import withheld_text
from workers.redact.policy import default_policy
from workers.tools import Tools

STANDARDS = Path(__file__).resolve().parents[3] / "shared" / "samples" / "open" / "standards" / "pdfa"
PASSES, FAILS = "veraPDF_test_suite_6-1-12-t01-pass-a.pdf", "veraPDF_test_suite_6-1-10-t01-fail-a.pdf"

SCRIPTS = ("投保人：[姓名]，住院号 12", "𠮷野家 naïve café", "Amount 1200.00 [date]")


def page(number: int, tone: str, dpi: float | None = 200.0, size: tuple[int, int] = (1400, 1000)) -> DerivedPage:
    return encode_page(drawn_page(["some words"], number, tone, size)[0].pixels, number, dpi)


def words(number: int, *lines: str) -> RedactedText:
    upright = (VisibleLine(line, Box(80, 80 + 120 * at, 900, 140 + 120 * at)) for at, line in enumerate(lines))
    return RedactedText(number, Audience.PUBLIC, "p/1", tuple(upright))


def running_down(number: int) -> RedactedText:
    return RedactedText(number, Audience.PUBLIC, "p/1", (VisibleLine("竖排文字", Box(80, 80, 120, 600)),))


def without_loss(number: int) -> DerivedPage:
    pixels = drawn_page(["some words"] * 6, number, "colour")[0].pixels
    pixels[::10] = 0
    return encode_page(pixels, number, 200.0, budget=1)


def in_scans(number: int) -> DerivedPage:
    noise = np.random.default_rng(1).integers(100, 200, (400, 400, 3), np.uint8)
    return encode_page(noise, number, 200.0, budget=1)


MADE = {
    "black_and_white": [(page(1, "bilevel"), words(1, *SCRIPTS))],
    "grey": [(page(1, "grey"), words(1, *SCRIPTS))],
    "colour": [(page(1, "colour"), running_down(1))],
    "without_loss": [(without_loss(1), words(1, "Amount"))],
    "no_text": [(page(1, "grey"), words(1))],
    "of_all_kinds": [(page(1, "bilevel"), words(1, "一")), (page(2, "grey"), words(2)), (page(3, "colour"), words(3, "三"))],
    "withheld": [(placeholder_page(1, 1240, 1754, "x"), withheld_text(1, 1240, 1754, "x", Audience.PUBLIC, "p/1"))],
    "in_scans": [(in_scans(1), words(1, "Amount"))],
    "too_long_for_its_resolution": [(page(1, "bilevel", 10.0, (600, 3000)), words(1, "x"))],
    "too_small_for_its_resolution": [(page(1, "grey", 5000.0, (64, 48)), words(1))],
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """Of every file, in one run of the validator, which takes seconds to start."""
    folder = tmp_path_factory.mktemp("derivatives")
    for name, pages in MADE.items():
        with (folder / f"{name}.pdf").open("wb") as out:
            assemble_pdf(pages, out)
    extractor = Extractor()
    for name, (_, make) in ORIGINALS.items():
        (original := folder / name).write_bytes(data := make())
        copy = redacted_copy(original, Tools(eyes_for(name, data), extractor, default_policy()), Audience.PUBLIC, quiet=True)
        (folder / f"copy of {name}.pdf").write_bytes(copy.pdf)
        original.unlink()
    controls = (STANDARDS / name for name in (PASSES, FAILS))
    return broken_rules((*folder.glob("*.pdf"), *(file for file in controls if file.exists())))


@pytest.mark.parametrize("name", [*MADE, *(f"copy of {name}" for name in ORIGINALS)])
def test_a_finished_file_keeps_to_the_archive_format(verdicts, name):
    assert verdicts[f"{name}.pdf"] == ()


def test_the_validator_tells_a_good_file_from_a_bad_one(verdicts):
    if PASSES not in verdicts:
        pytest.skip("needs ../shared/samples/open/standards")
    assert verdicts[PASSES] == ()
    assert [rule.split(":")[0] for rule in verdicts[FAILS]] == ["6.1.10"]


def test_the_colour_profile_means_srgb():
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    colours = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    shown = ImageCms.profileToProfile(colours, ours, ImageCms.createProfile("sRGB"))
    assert np.abs(np.asarray(colours).astype(int) - np.asarray(shown)).max() <= 1


def test_the_colour_profile_is_the_same_every_time_and_small():
    assert srgb_profile() == srgb_profile()
    assert len(srgb_profile()) == 480
