"""A bar chart as SVG: few enough lines that no library is worth its weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW, BAR = 26, 16
LABELS, LENGTH, NUMBERS = 330, 400, 70
TOP = 44
MARKED, OTHER = "#1f6f8b", "#b9c4cc"


@dataclass(frozen=True, slots=True)
class Bar:
    """`marked` bars have another colour."""

    label: str
    value: float
    marked: bool = False


def bar_chart(caption: str, bars: Sequence[Bar]) -> str:
    """An SVG document with one bar per row, their values beside them."""
    longest = max((bar.value for bar in bars), default=0.0) or 1.0
    width, height = LABELS + LENGTH + NUMBERS, TOP + ROW * len(bars) + 12
    size = f'width="{width}" height="{height}"'
    font = 'font-family="sans-serif" font-size="13" fill="#222"'
    rows = (_row(bar, TOP + ROW * index, LENGTH * bar.value / longest) for index, bar in enumerate(bars))
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size} {font}>',
            f"<title>{escape(caption)}</title>",
            f'<rect {size} fill="#fff"/>',
            f'<text x="16" y="26" font-size="15" font-weight="bold">{escape(caption)}</text>',
            *rows,
            "</svg>\n",
        )
    )


def _row(bar: Bar, top: int, length: float) -> str:
    baseline = top + BAR - 3
    return (
        f'<text x="{LABELS - 10}" y="{baseline}" text-anchor="end">{escape(bar.label)}</text>'
        f'<rect x="{LABELS}" y="{top}" width="{length:.1f}" height="{BAR}" fill="{MARKED if bar.marked else OTHER}"/>'
        f'<text x="{LABELS + length + 8:.1f}" y="{baseline}">{bar.value:.1f}</text>'
    )
