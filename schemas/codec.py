"""Frozen values to JSON bytes and back, through pydantic, so that one definition serves the process and the wire."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_adapters: dict[type[Any], TypeAdapter[Any]] = {}  # making an adapter costs far more than using it


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(kind: type[T], value: T) -> bytes:
    return _adapter(kind).dump_json(value)


def from_json(kind: type[T], data: bytes) -> T:
    """Raises pydantic.ValidationError where *data* is not a *kind*."""
    value: T = _adapter(kind).validate_json(data)
    return value
