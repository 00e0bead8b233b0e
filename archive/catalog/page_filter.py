"""A small closed language that says which pages are meant: `confidence<0.8 and class=medical_bill`.

    filter    = condition { "and" condition }
    condition = field operator value
    operator  = "=" | "!=" | "<" | "<=" | ">" | ">="

What is unknown satisfies no comparison; `confidence=unknown` finds it, `confidence!=unknown` all else. Names of engines are
compared by whole parts: `engine=ppocr/3` is every engine whose version key is that or begins with it and a slash.
Nothing typed here reaches the database but as a bound value, and messages do not repeat it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from archive.errors import Rejected
from schemas.claim import DOCUMENT_CLASSES
from schemas.page import PageState
from schemas.reasons import REASONS

UNKNOWN = "unknown"

Value = str | float | int | None

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_CONDITION = re.compile(r"\s*([a-z]+)\s*(<=|>=|!=|<|>|=)\s*([^\s<>=!]+)\s*")
_CONFIDENCE = re.compile(r"[01]|[01]?\.[0-9]+")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_ID = re.compile(r"[DB]-[0-9A-Z]{1,14}")
_SAME = ("=", "!=")
_ORDER = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `value` None is what is unknown."""

    field: str
    operator: str
    value: Value

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{_written(self.value)}"


@dataclass(frozen=True, slots=True)
class PageFilter:
    """All conditions must hold. `str` gives the filter in its own language."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.conditions))


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field may be asked for: `takes` says it in words, `read` turns what was typed into a value or raises ValueError."""

    operators: tuple[str, ...]
    takes: str
    read: Callable[[str], Value]
    may_be_unknown: bool = False

    def value(self, operator: str, typed: str) -> Value:
        """Raises ValueError."""
        if self.may_be_unknown and typed == UNKNOWN and operator in _SAME:
            return None
        if operator not in self.operators:
            raise ValueError("the field is not compared so")
        return self.read(typed)


def parse_filter(typed: str) -> PageFilter:
    """What *typed* means. Raises Rejected(bad_filter), which names the condition that is wrong and says what is expected."""
    if not typed.strip():
        raise Rejected("bad_filter", "there is no condition")
    parts = _AND.split(typed.strip())
    return PageFilter(tuple(_condition(number, part) for number, part in enumerate(parts, 1)))


def _condition(number: int, typed: str) -> Condition:
    match = _CONDITION.fullmatch(typed)
    if match is None:
        raise Rejected("bad_filter", f"condition {number} is not a field, one of = != < <= > >=, and a value without spaces")
    name, operator, written = match.groups()
    if name not in _FIELDS:
        raise Rejected("bad_filter", f"condition {number} names no field that there is")
    try:
        return Condition(name, operator, _FIELDS[name].value(operator, written))
    except ValueError as error:
        raise Rejected("bad_filter", f"condition {number}: {name} takes {_FIELDS[name].takes}") from error


def _written(value: Value) -> str:
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")  # without an exponent, and to the last digit
    return UNKNOWN if value is None else str(value)


def _fitting(shape: re.Pattern[str], read: Callable[[str], Value]) -> Callable[[str], Value]:
    def fitting(typed: str) -> Value:
        if not shape.fullmatch(typed):
            raise ValueError("the value has another shape")
        return read(typed)

    return fitting


def _confidence(typed: str) -> float:
    value = float(typed)
    if value > 1:
        raise ValueError("confidence runs from 0 to 1")
    return value


def _one_of(known: tuple[str, ...]) -> Callable[[str], Value]:
    def one_of(typed: str) -> Value:
        if typed not in known:
            raise ValueError("there is no such code")
        return typed

    return one_of


_STATES = tuple(state.value for state in PageState if state.is_final)
_FIELDS: dict[str, _Field] = {
    "confidence": _Field(
        _ORDER, "< <= > >= and a number from 0 to 1, or =unknown", _fitting(_CONFIDENCE, _confidence), may_be_unknown=True
    ),
    "engine": _Field(_SAME, "= or != and an engine such as ppocr, or =unknown", str, may_be_unknown=True),
    "state": _Field(_SAME, f"= or != and one of {', '.join(_STATES)}", _one_of(_STATES)),
    "reason": _Field(_SAME, "= or != and a code of docs/errors.md, or =unknown", _one_of(tuple(REASONS)), may_be_unknown=True),
    "class": _Field(
        _SAME, f"= or != and one of {', '.join(DOCUMENT_CLASSES)}, or =unknown", _one_of(DOCUMENT_CLASSES), may_be_unknown=True
    ),
    "document": _Field(_SAME, "= or != and a document's id", _fitting(_ID, str)),
    "batch": _Field(_SAME, "= or != and a batch's id", _fitting(_ID, str)),
    "version": _Field((*_SAME, *_ORDER), "= != < <= > >= and a whole number from 1", _fitting(_VERSION, int)),
}

FIELDS = tuple(_FIELDS)
"""The fields that a filter may name."""
