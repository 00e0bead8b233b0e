"""Letters that are no text: drawn as shapes, as printers' drivers and drawing programs make of them, and then hidden.

No extractor finds a letter in them, and no picture is stored: they can be seen where nothing lies over them.
"""

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from bench.hostile.form import PAPER, SIZE, Form, face, width_of
from bench.hostile.pictures import WHOLE, add_scan

_LEFT = 110.0


def shapes_under_boxes(form: Form) -> bytes:
    return form.pdf(form.labels() + _shapes(form) + form.boxes())


def shapes_under_white_boxes(form: Form) -> bytes:
    return form.pdf(form.labels() + _shapes(form) + form.boxes("1 g"))


def shapes_under_several_boxes(form: Form) -> bytes:
    """Boxes laid over boxes, as by somebody who was not sure of the first."""
    return form.pdf(form.labels() + _shapes(form) + form.boxes() * 6)


def shapes_in_the_colour_of_the_paper(form: Form) -> bytes:
    return form.pdf(form.labels() + _shapes(form, "1 g") + form.boxes("1 g"))


def shapes_black_on_black(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes() + _shapes(form))


def shapes_clipped_away(form: Form) -> bytes:
    return form.pdf(f"{form.labels()}{form.boxes()} q 0 0 1 1 re W n {_shapes(form)} Q")


def shapes_off_the_page(form: Form) -> bytes:
    return form.pdf(f"{form.labels()}{form.boxes()} q 1 0 0 1 0 -400 cm {_shapes(form)} Q")


def shapes_wholly_transparent(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState = Dictionary(GS0=Dictionary(ca=0, CA=0))

    return form.pdf(f"{form.labels()}{form.boxes()} q /GS0 gs {_shapes(form)} Q", add)


def shapes_in_a_form_object_never_drawn(form: Form) -> bytes:
    def add(pdf: Pdf) -> None:
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *PAPER]))
        pdf.pages[0].Resources.XObject = Dictionary(Fm0=Stream(pdf, _shapes(form).encode("ascii"), keys))

    return form.pdf(form.labels() + form.boxes(), add)


def shapes_of_a_tenth_of_their_size(form: Form) -> bytes:
    return form.pdf(f"{form.labels()}{form.boxes()} q 0.1 0 0 0.1 2 2 cm {_shapes(form)} Q")


def scan_under_letters(form: Form) -> bytes:
    """The boxes over the scan are letters of a font, each a full block."""

    def add(pdf: Pdf) -> None:
        add_scan(pdf, form.picture())
        block = Stream(pdf, b"1 0 0 0 1 1 d1 0 0 1 1 re f")
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 1, 1]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(block=block),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.block])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([1]),
        )
        pdf.pages[0].obj.Resources.Font["/F3"] = pdf.make_indirect(font)

    boxes = (
        f"q BT /F3 1 Tf {width:.2f} 0 0 {height:.2f} {left:.2f} {bottom:.2f} Tm (a) Tj ET Q\n"
        for left, bottom, width, height in (each.box for each in form.planted)
    )
    return form.pdf(WHOLE + "".join(boxes), add)


def _shapes(form: Form, paint: str = "0 g") -> str:
    """The values at their places, as filled paths."""
    drawn = "".join(
        f"q {SIZE / 1000:.4f} 0 0 {SIZE / 1000:.4f} {_LEFT + width_of(each.value[:at]):.2f} {each.bottom:.2f} cm "
        f"{''.join(map(_path, face().contours(char)))} f Q\n"
        for each in form.planted
        for at, char in enumerate(each.value)
    )
    return f"q {paint}\n{drawn}Q\n"


def _path(contour: list[tuple[float, float, bool]]) -> str:
    """Quadratic curves through the points, with those between two points off the curve put in."""
    points = list(_with_middles(contour))
    first = next(at for at, point in enumerate(points) if point[2])
    points = [*points[first:], *points[: first + 1]]
    here, drawn, at = points[0], [f"{points[0][0]:.0f} {points[0][1]:.0f} m"], 1
    while at < len(points):
        if points[at][2]:
            drawn.append(f"{points[at][0]:.0f} {points[at][1]:.0f} l")
            here, at = points[at], at + 1
            continue
        bend, end = points[at], points[at + 1]
        middles = [(each[axis] + 2 * bend[axis]) / 3 for each in (here, end) for axis in (0, 1)]
        drawn.append(" ".join(f"{value:.0f}" for value in (*middles, end[0], end[1])) + " c")
        here, at = end, at + 2
    return " ".join(drawn) + " h "


def _with_middles(contour: list[tuple[float, float, bool]]) -> Iterator[tuple[float, float, bool]]:
    for before, point in zip([contour[-1], *contour[:-1]], contour, strict=True):
        if not before[2] and not point[2]:
            yield (before[0] + point[0]) / 2, (before[1] + point[1]) / 2, True
        yield point
