"""Frozen values to JSON bytes and back, through pydantic, so that one definition serves the process and the wire."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@lru_cache(maxsize=64)
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(kind: type[T], value: T) -> bytes:
    return _adapter(kind).dump_json(value)


def from_json(kind: type[T], data: bytes) -> T:
    """Raises pydantic.ValidationError where *data* is not a *kind*."""
    value: T = _adapter(kind).validate_json(data)
    return value
