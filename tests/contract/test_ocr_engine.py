"""What every OcrEngine promises, shown for each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from schemas.geometry import Box, Quad
from schemas.page import PageText
from tests.builders.typed_pages import blank_page, turned_box, typed_lines, typed_page
from workers.page_image import PageImage
from workers.recognize.engines import load_engine
from workers.recognize.infer import Runtime
from workers.recognize.port import OcrEngine
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.recorded import RecordedEngine, record

TURNS = (0, 90, 180, 270)

KNOWS_CHARACTERS = {"ppocr": True, "ppocr on openvino": True, "recorded": True, "paddle": False}
"""Whether an engine tells how sure it is of a single character, and what else it might be."""


ENGINES = ("ppocr", "ppocr on openvino", "recorded", pytest.param("paddle", marks=pytest.mark.paddle))


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    if request.param == "ppocr on openvino":
        return PpOcrEngine(runtime=Runtime.OPENVINO_F32)
    if request.param != "recorded":
        return load_engine(request.param)
    return RecordedEngine(record(load_engine("ppocr"), [blank_page(), *(typed_page(turn=turn) for turn in TURNS)]))


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(width, 0) * max(height, 0)
    return shared / (one.width * one.height + other.width * other.height - shared)


def ink_share(image: PageImage, boxes: list[Box]) -> float:
    """How much of the page's ink lies inside *boxes*."""
    ink = image.pixels.min(axis=2) < 128
    inside = np.zeros_like(ink)
    for box in boxes:
        inside[box.top : box.bottom, box.left : box.right] = True
    return float((ink & inside).sum() / ink.sum())


def direction(quads: tuple[Quad, ...]) -> str:
    (x0, y0), (x1, y1) = quads[0][0], quads[-1][0]
    if abs(x1 - x0) > abs(y1 - y0):
        return "right" if x1 > x0 else "left"
    return "down" if y1 > y0 else "up"


@pytest.fixture(scope="module", params=TURNS)
def turn(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def page(engine: OcrEngine, turn: int) -> PageText:
    return engine.read(typed_page(turn=turn))


def test_the_text_is_read_in_reading_order_whichever_way_the_page_lies(page: PageText) -> None:
    assert [line.text for line in page.lines] == [line.text for line in typed_lines()]


def test_the_turn_that_makes_the_page_upright_is_reported(page: PageText, turn: int) -> None:
    assert page.rotation == (360 - turn) % 360


def test_the_size_is_that_of_the_original(page: PageText, turn: int) -> None:
    assert (page.width, page.height, page.dpi) == ((900, 1200, 110.0) if turn in {0, 180} else (1200, 900, 110.0))


def test_lines_lie_on_the_ink_they_were_read_from(page: PageText, turn: int) -> None:
    for line, drawn in zip(page.lines, typed_lines(), strict=True):
        assert overlap(Box.around([line.box]), turned_box(drawn.box, turn, 900, 1200)) >= 0.5


def test_characters_lie_on_the_ink_they_were_read_from(page: PageText, turn: int) -> None:
    image = typed_page(turn=turn)
    assert ink_share(image, [Box.around([quad]) for line in page.lines for quad in line.char_boxes]) >= 0.98


def test_each_character_has_its_own_place(page: PageText, turn: int) -> None:
    for line, drawn in zip(page.lines, typed_lines(), strict=True):
        for quad, box in zip(line.char_boxes, drawn.char_boxes, strict=True):
            found, true = Box.around([quad]), turned_box(box, turn, 900, 1200)
            across, down = found.left + found.right - true.left - true.right, found.top + found.bottom - true.top - true.bottom
            along = across if turn in {0, 180} else down
            assert abs(along) / 2 <= 9  # a quarter of the type size


def test_corners_follow_the_direction_of_reading(page: PageText, turn: int) -> None:
    expected = {0: "right", 90: "down", 180: "left", 270: "up"}[turn]
    assert {direction(line.char_boxes) for line in page.lines} == {expected}


def test_every_box_lies_inside_the_page(page: PageText) -> None:
    quads = [line.box for line in page.lines] + [quad for line in page.lines for quad in line.char_boxes]
    assert all(0 <= x <= page.width and 0 <= y <= page.height for quad in quads for x, y in quad)


def test_each_line_has_a_confidence_and_each_character_a_box(page: PageText) -> None:
    for line in page.lines:
        assert line.confidence is not None
        assert 0 < line.confidence <= 1
        assert len(line.char_boxes) == len(line.text)


def test_what_is_known_of_characters_is_known_of_all_and_the_rest_left_empty(page: PageText, engine: OcrEngine) -> None:
    for line in page.lines:
        expected = len(line.text) if KNOWS_CHARACTERS[engine.version.name] else 0
        assert len(line.char_confidences) == len(line.runners_up) == expected
        assert all(0 < confidence <= 1 for confidence in line.char_confidences)


def test_a_line_is_as_sure_as_its_characters_are_on_average(page: PageText) -> None:
    for line in page.lines:
        if line.char_confidences:
            assert line.confidence == pytest.approx(sum(line.char_confidences) / len(line.text))


def test_every_text_names_the_engine_that_made_it(page: PageText, engine: OcrEngine) -> None:
    assert page.engine == engine.version
    assert all((engine.version.name, engine.version.version, engine.version.parameters))


def test_the_same_pixels_give_the_same_text(page: PageText, engine: OcrEngine, turn: int) -> None:
    assert engine.read(typed_page(turn=turn)) == page


def test_the_page_keeps_its_number(engine: OcrEngine) -> None:
    assert engine.read(typed_page(page_number=7)).page_number == 7


def test_a_page_without_text_gives_no_lines(engine: OcrEngine) -> None:
    page = engine.read(blank_page())
    assert (page.lines, page.rotation) == ((), 0)


WATCHED = """
import json, os, sys

touched, reached = [], []
calls = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}


def watch(event, arguments):
    if event in calls:
        reached.append(event)
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT or event == "os.mkdir":
        touched.append(str(arguments[0]))


sys.dont_write_bytecode = True
sys.addaudithook(watch)
from tests.builders.typed_pages import typed_page
from workers.recognize.engines import load_engine
from workers.recognize.infer import Runtime
from workers.recognize.ppocr import PpOcrEngine

name, *runtime = sys.argv[1:]
engine = PpOcrEngine(runtime=Runtime(*runtime)) if runtime else load_engine(name)
text = engine.read(typed_page()).text
print(json.dumps({"touched": touched, "reached": reached, "lines": text.count("\\n") + 1}))
"""


@pytest.mark.parametrize(
    "named", [["ppocr"], ["ppocr", Runtime.OPENVINO_F32], pytest.param(["paddle"], marks=pytest.mark.paddle)]
)
def test_reading_asks_no_network_and_leaves_nothing_behind(named: list[str], tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    environment = {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    command = [sys.executable, "-c", WATCHED, *named]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    seen = json.loads(run.stdout)
    assert seen["lines"] == 4
    assert seen["reached"] == []
    assert [path for path in seen["touched"] if not path.startswith(str(temporary))] == []
    assert list(home.iterdir()) == list(temporary.iterdir()) == []
    assert run.stderr == ""
