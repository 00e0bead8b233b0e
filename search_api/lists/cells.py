"""A row of a list, and the values of its cells as text."""

from dataclasses import dataclass, field
from datetime import datetime, time

from schemas.tables import without_escapes

MOST_COLUMNS = 100
LONGEST_CELL = 32_767
"""Characters; what a cell of a workbook holds."""

_KEPT_WHOLE = 1e15  # from here on a spreadsheet has lost digits


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 1, headings included, as a spreadsheet shows it. `fault` is the reason code of a row that cannot
    be read."""

    number: int
    values: tuple[str, ...] = field(repr=False)
    fault: str | None = None

    @property
    def is_blank(self) -> bool:
        return self.fault is None and not any(map(str.strip, self.values))


def text_of(value: object) -> str:
    """What a cell of a workbook says. A number of which digits are lost has an exponent, as spreadsheets show it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return without_escapes(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    return str(value)


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < _KEPT_WHOLE else repr(value).upper()


def _moment(value: datetime) -> str:
    """ISO 8601; without the time where that is midnight."""
    whole = value.replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == time() else whole.isoformat(" ")
