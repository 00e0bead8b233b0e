"""How one paper looks: faces, sizes, margins, colours and habits, chosen once by seed so that a paper is of one piece."""

import random
from dataclasses import dataclass

from bench.papers import written
from bench.papers.pieces import Piece
from bench.papers.sheet import BLACK, Colour, Pen, Run

_INKS: tuple[Colour, ...] = ((22, 30, 92), (26, 26, 32), (18, 44, 118), (40, 40, 48))
_FORM_INKS: tuple[Colour, ...] = (BLACK, BLACK, BLACK, (0, 70, 50), (20, 40, 110), (120, 30, 30))
_PRINTED = ("song", "hei", "ming", "thin_song", "micro_hei", "kai")
_TITLES = ("song_bold", "hei_bold", "kai", "micro_hei")
_PEN_FACES = ("pen_kai", "pen_kai_firm", "brush_kai")


@dataclass(frozen=True, slots=True)
class Look:
    """`label` prints what stands on the empty form, `entry` what was filled in. Lengths in mm.

    `colon` follows a label outside a grid. `arrangement` is grid, stacked, underlined or plain. `rules` says which lines a
    table of items has: all, rows, columns or head.
    """

    title: Pen
    heading: Pen
    label: Pen
    entry: Pen
    note: Pen
    signature: Pen
    margin: float
    row: float
    leading: float
    thick: float
    colon: str
    columns: int
    arrangement: str
    rules: str
    date_form: str
    amount_form: str
    spaced_labels: bool

    @property
    def by_hand(self) -> bool:
        return self.entry.hand > 0

    def labelled(self, label: str, *pieces: Piece) -> tuple[Run, ...]:
        """A label, its colon, and what was filled in."""
        return ((f"{label}{self.colon}", self.label), *self.filled(*pieces))

    def filled(self, *pieces: Piece) -> tuple[Run, ...]:
        return tuple((piece, self.entry) for piece in pieces)

    def printed(self, *pieces: Piece) -> tuple[Run, ...]:
        return tuple((piece, self.label) for piece in pieces)


def invent_look(
    rng: random.Random, *, by_hand: float = 0.4, arrangements: tuple[str, ...] = ("grid", "stacked", "underlined", "plain")
) -> Look:
    """*by_hand* is the chance that the entries are written with a pen."""
    size = rng.uniform(3.3, 4.1)
    face = rng.choice(_PRINTED)
    form_ink = rng.choice(_FORM_INKS)
    label = Pen(face, size, form_ink)
    entry = pen_by_hand(rng, size * rng.uniform(1.08, 1.25)) if rng.random() < by_hand else _typed(rng, face, size)
    return Look(
        title=Pen(rng.choice(_TITLES), rng.uniform(5.6, 7.4), form_ink, spacing=rng.choice((0, 0, 0.8, 2.0))),
        heading=Pen(rng.choice(("hei_bold", "song_bold", face)), size * 1.08, form_ink),
        label=label,
        entry=entry,
        note=Pen(face, size * 0.82, form_ink),
        signature=pen_by_hand(rng, size * rng.uniform(1.5, 1.9), hasty=True),
        margin=rng.uniform(14, 23),
        row=rng.uniform(7.0, 10.5),
        leading=rng.choice((1.45, 1.6, 1.8, 2.1)),
        thick=rng.choice((0.18, 0.25, 0.35)),
        colon=rng.choice(("：", "：", "：", ":", ": ")),
        columns=rng.choice((2, 2, 2, 3)),
        arrangement=rng.choice(arrangements),
        rules=rng.choice(("all", "all", "rows", "columns", "head")),
        date_form=written.date_form(rng),
        amount_form=rng.choice(tuple(written.AMOUNT_FORMS)),
        spaced_labels=rng.random() < 0.25,
    )


def pen_by_hand(rng: random.Random, size: float, *, hasty: bool = False) -> Pen:
    """A ball pen in somebody's hand."""
    return Pen(
        face=rng.choice(_PEN_FACES),
        size=size,
        colour=rng.choice(_INKS),
        latin=rng.choice(("scrawl", "", "")),
        hand=rng.uniform(1.0, 1.5) if hasty else rng.uniform(0.5, 1.0),
        spacing=-0.06 * size if hasty else rng.uniform(-0.04, 0.06) * size,
    )


def _typed(rng: random.Random, face: str, size: float) -> Pen:
    """What a printer put into the form later: another face, sometimes a worn ribbon's grey."""
    entry_face = rng.choice((face, face, *_PRINTED))
    grey = rng.choice((20, 20, 20, 60, 90))
    return Pen(entry_face, size * rng.uniform(0.95, 1.08), (grey, grey, grey), latin=rng.choice(("", "", "mono", "sans")))
