"""Stamps pressed over values on purpose: nothing else of the paper changes. Needs `make fonts`."""

import numpy as np
import pytest

from bench.papers import Damage, generate
from bench.papers.fonts import missing_packages
from bench.papers.pressed import GROUPS, Press
from schemas.geometry import Box

pytestmark = pytest.mark.skipif(bool(missing_packages()), reason="type faces are missing: run `make fonts`")

DPI = 100
SCAN = Damage(noise=3, skew=0.5, seals=0.0)


@pytest.mark.parametrize(("stamp", "kind"), [("seal", "seal"), ("received", "stamp"), ("personal", "personal_seal")])
def test_a_stamp_lies_over_a_value_and_changes_nothing_else(stamp, kind):
    plain = generate(5, "claim_application", SCAN, dpi=DPI).pages[0]
    pressed = generate(5, "claim_application", SCAN, dpi=DPI, press=Press(stamp, "red", 5)).pages[0]
    assert (pressed.truth.text, pressed.truth.lines) == (plain.truth.text, plain.truth.lines)
    marks = [mark for mark in pressed.truth.marks if mark not in plain.truth.marks]
    assert [mark.kind for mark in marks] == [kind, kind]
    kinds = {kind for group in GROUPS.values() for kind in group}
    values = [Box.around([quad]) for found in plain.truth.entities if found.kind in kinds for quad in found.boxes]
    assert all(any(Box.around([mark.box]).overlaps(value) for value in values) for mark in marks)
    changed = np.argwhere((np.asarray(plain.image) != np.asarray(pressed.image)).any(axis=2))
    around = [Box.around([mark.box]) for mark in marks]
    assert len(changed) > 100
    assert all(any(b.left - 2 <= x <= b.right + 2 and b.top - 2 <= y <= b.bottom + 2 for b in around) for y, x in changed[::7])


def test_the_same_seed_presses_the_same_stamp():
    first, again, other = (
        np.asarray(generate(6, "medical_bill", SCAN, dpi=DPI, press=Press("received", "blue", seed)).pages[0].image)
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_a_blue_pad_stamps_in_blue():
    plain, pressed = (
        np.asarray(generate(7, "medical_bill", SCAN, dpi=DPI, press=press).pages[0].image).astype(int)
        for press in (None, Press("received", "blue", 7))
    )
    darker = (plain - pressed).reshape(-1, 3)
    stained = darker[darker.max(axis=1) > 60]
    assert (stained[:, 0] > stained[:, 2]).mean() > 0.95
