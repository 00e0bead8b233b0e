"""Which pages count as blank."""

import cv2
import numpy as np
import pytest

from tests.builders.typed_pages import typed_page
from workers.page_image import PageImage
from workers.recognize.blank import is_blank, is_faint

WIDTH, HEIGHT = 1240, 1754  # A4 at 150 dpi
RNG = np.random.default_rng(11)


def paper(shade: tuple[int, int, int] = (255, 255, 255)) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), shade, dtype=np.uint8)


def with_grain(page: np.ndarray, deviation: float) -> np.ndarray:
    noise = RNG.normal(0, deviation, page.shape[:2])[:, :, None]
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def with_edge_shadows(page: np.ndarray) -> np.ndarray:
    page = page.copy()
    fade = np.linspace(20, 255, 60)
    page[:, :60] = np.minimum(page[:, :60], fade[None, :, None].astype(np.uint8))
    page[-25:] = 30
    return page


def with_punch_holes(page: np.ndarray) -> np.ndarray:
    for row in (HEIGHT // 2 - 236, HEIGHT // 2 + 236):
        cv2.circle(page, (70, row), 18, (40, 40, 40), cv2.FILLED, cv2.LINE_AA)
    return page


def with_dust(page: np.ndarray, specks: int) -> np.ndarray:
    for x, y in zip(RNG.integers(50, WIDTH - 50, specks), RNG.integers(50, HEIGHT - 50, specks), strict=True):
        page[y : y + 2, x : x + 2] = 60
    return page


def with_bleed_through(page: np.ndarray) -> np.ndarray:
    """Print on the back, mirrored and faint."""
    back = np.asarray(typed_page(width=WIDTH, height=HEIGHT, size=40).pixels)[:, ::-1]
    return np.clip(page.astype(int) - (255 - back.astype(int)) * 0.07, 0, 255).astype(np.uint8)


def with_fold(page: np.ndarray) -> np.ndarray:
    shade = 1 - 0.18 * np.exp(-(((np.arange(HEIGHT) - HEIGHT / 2) / 40) ** 2))
    return (page * shade[:, None, None]).astype(np.uint8)


def with_staple(page: np.ndarray) -> np.ndarray:
    cv2.line(page, (90, 110), (140, 78), (70, 70, 75), 5, cv2.LINE_AA)
    return page


def with_frame(page: np.ndarray, slope: int = 0) -> np.ndarray:
    """An empty form, fed *slope* pixels askew."""
    for row in range(300, 1500, 120):
        corners = [(150, row), (1090, row + slope), (1090 - slope // 8, row + 120 + slope), (150 - slope // 8, row + 120)]
        cv2.polylines(page, [np.array(corners)], isClosed=True, color=(60, 60, 60), thickness=2)
    return page


def with_sharp_fold(page: np.ndarray) -> np.ndarray:
    page[HEIGHT // 2 : HEIGHT // 2 + 2] = 190
    return page


def with_rules(page: np.ndarray) -> np.ndarray:
    for row in range(200, HEIGHT - 100, 60):
        page[row : row + 2, 100:-100] = 150
    return page


BLANK = {
    "white": paper(),
    "off-white": paper((244, 238, 222)),
    "grey recycled paper with grain": with_grain(paper((214, 212, 205)), 5),
    "scanner shadows along the edges": with_edge_shadows(paper((250, 250, 248))),
    "punch holes": with_punch_holes(paper()),
    "dust": with_dust(paper(), 80),
    "a fold": with_fold(with_grain(paper((250, 249, 245)), 3)),
    "ruled paper": with_rules(paper()),
    "a sharp fold": with_sharp_fold(with_grain(paper(), 3)),
    "a staple": with_staple(with_grain(paper(), 3)),
    "an empty form": with_frame(paper()),
    "an empty form fed askew": with_frame(paper(), slope=12),
    "1 x 1 pixel": np.full((1, 1, 3), 255, dtype=np.uint8),
    "all at once": with_dust(with_punch_holes(with_edge_shadows(with_grain(paper((246, 244, 236)), 4))), 40),
}


def with_text(page: np.ndarray, text: str, *, scale: float = 0.9, shade: tuple[int, int, int] = (30, 30, 30)) -> np.ndarray:
    cv2.putText(page, text, (500, 900), cv2.FONT_HERSHEY_SIMPLEX, scale, shade, 2, cv2.LINE_AA)
    return page


def with_stamp(page: np.ndarray) -> np.ndarray:
    cv2.ellipse(page, (800, 1200), (110, 75), 10, 0, 360, (205, 60, 60), 4, cv2.LINE_AA)
    cv2.putText(page, "RECEIVED", (735, 1210), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (205, 60, 60), 2, cv2.LINE_AA)
    return page


def with_curves(page: np.ndarray) -> np.ndarray:
    """A drawing whose lines run off the page."""
    for radius in range(300, 1500, 200):
        cv2.ellipse(page, (0, HEIGHT // 2), (radius, radius // 2), 0, 0, 360, (40, 40, 40), 3, cv2.LINE_AA)
    return page


NOT_BLANK = {
    "one short printed line": with_text(paper(), "see over"),
    "a page number": with_text(paper(), "- 12 -", scale=0.7),
    "a lone word on grainy paper with shadows": with_text(with_edge_shadows(with_grain(paper((240, 238, 230)), 5)), "VOID"),
    "light grey print": with_text(paper(), "light grey print", shade=(185, 185, 185)),
    "small print": with_text(paper(), "small print at the foot", scale=0.45),
    "a red stamp": with_stamp(paper()),
    "a red stamp beside punch holes": with_stamp(with_punch_holes(paper())),
    "text on ruled paper": with_text(with_rules(paper()), "written on rules"),
    "a large logo": cv2.circle(paper(), (620, 800), 220, (30, 80, 160), cv2.FILLED, cv2.LINE_AA),
    "a drawing that runs off the page": with_curves(paper()),
    "noise of a poor fax over print": np.where(RNG.random((HEIGHT, WIDTH, 1)) < 0.2, 0, with_text(paper(), "see over")).astype(
        np.uint8
    ),
    "print of twelve levels": (243 + (with_text(paper(), "hardly to be seen").astype(int) - 255) * 12 // 225).astype(np.uint8),
    "print that shows through": with_bleed_through(with_grain(paper((248, 248, 246)), 3)),
    "a dark page": paper((25, 25, 25)),
    "a photograph": cv2.resize(
        RNG.integers(0, 256, (40, 30, 3), dtype=np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    ),
    "a page of text": typed_page(width=WIDTH, height=HEIGHT).pixels,
}


@pytest.mark.parametrize("name", BLANK)
def test_a_page_without_writing_is_blank(name: str):
    assert is_blank(PageImage(1, BLANK[name]))


@pytest.mark.parametrize("name", NOT_BLANK)
def test_a_page_with_any_writing_is_not_blank(name: str):
    assert not is_blank(PageImage(1, NOT_BLANK[name]))


@pytest.mark.parametrize("scale", [0.6, 2.0, 3.3])
def test_resolution_does_not_decide(scale: float):
    size = (round(WIDTH * scale), round(HEIGHT * scale))
    names = ("punch holes", "off-white", "one short printed line", "a red stamp")
    pages = {name: cv2.resize((BLANK | NOT_BLANK)[name], size, interpolation=cv2.INTER_AREA) for name in names}
    assert [name for name, page in pages.items() if is_blank(PageImage(1, page))] == ["punch holes", "off-white"]


def test_print_too_faint_to_be_told_from_the_other_side_is_known_as_such():
    assert is_faint(PageImage(1, NOT_BLANK["print that shows through"]))
    assert not is_faint(PageImage(1, NOT_BLANK["light grey print"]))
