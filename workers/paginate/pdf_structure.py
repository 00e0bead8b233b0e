"""What lies in a PDF beside its pages, and mending one that the renderer cannot open. Through qpdf (pikepdf)."""

import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO, cast

import pikepdf

from archive.errors import Rejected
from workers.paginate.cursor import Cursor, translated

# Mending holds the whole file in memory, as read and as written.
_MAX_REPAIR_BYTES = 256 * 1024 * 1024
# 5,000 pages have some 50,000 objects, scanned in about two seconds; what hides behind a million is not worth a minute.
_MAX_OBJECTS = 1_000_000
_RECONSTRUCTED = "reconstruct"  # qpdf has no code for it: "Attempting to reconstruct cross-reference table"
_PASSIVE_ANNOTATIONS = frozenset({"/Link", "/Popup", "/Widget", "/PrinterMark", "/TrapNet"})


def remarks_of(cursor: Cursor, password: str | None) -> tuple[str, ...]:
    """Codes as in `OpenDocument.remarks`, sorted. Nothing is run and no stream is decoded.

    A file that qpdf cannot open although the renderer did is `repaired`: what is shown is the renderer's guess.
    """
    cursor.seek(0)
    try:
        with translated("damaged_document", cursor), _opened(cursor, password) as pdf:
            found = {code for thing in _dictionaries(pdf) for code, applies in _SIGNS.items() if applies(thing)}
            mended = any(_RECONSTRUCTED in str(warning) for warning in pdf.get_warnings())
            return tuple(sorted(found | ({"repaired"} if mended else set())))
    except Rejected:
        return ("repaired",)


def repaired(cursor: Cursor, password: str | None) -> io.BytesIO:
    """The document written anew, open and in memory. Rejected("damaged_document") where nothing can be saved of it."""
    if cursor.size > _MAX_REPAIR_BYTES:
        raise Rejected("damaged_document", f"too large to be mended: {cursor.size} bytes")
    out = io.BytesIO()
    cursor.seek(0)
    with translated("damaged_document", cursor), _opened(cursor, password) as pdf:
        pdf.save(out)
    return out


def _opened(cursor: Cursor, password: str | None) -> pikepdf.Pdf:
    return pikepdf.open(cast("BinaryIO", cursor), password=password or "", suppress_warnings=True)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for thing in islice(pdf.objects, _MAX_OBJECTS):
        yield from _with_inner(thing, depth=3)


def _with_inner(thing: object, depth: int) -> Iterator[pikepdf.Object]:
    """A dictionary and those written inside it (an action inside a page, say), but not what it refers to."""
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        children = [thing.get(key) for key in thing.keys()]  # noqa: SIM118  iterating a pikepdf object is not over its keys
    elif isinstance(thing, pikepdf.Array):
        children = list(islice(thing, 1000))
    else:
        return
    if depth:
        for child in children:
            if isinstance(child, pikepdf.Object) and not child.is_indirect:
                yield from _with_inner(child, depth - 1)


def _is(thing: pikepdf.Object, key: str, name: str) -> bool:
    return bool(thing.get(key) == name)


def _is_annotation(thing: pikepdf.Object) -> bool:
    kind = thing.get("/Subtype")
    return "/Rect" in thing and isinstance(kind, pikepdf.Name) and str(kind) not in _PASSIVE_ANNOTATIONS


_SIGNS: dict[str, Callable[[pikepdf.Object], bool]] = {
    "has_attachments": lambda thing: "/EF" in thing,
    "has_javascript": lambda thing: _is(thing, "/S", "/JavaScript"),
    "has_annotations": _is_annotation,
    "signed": lambda thing: "/ByteRange" in thing and "/Contents" in thing,
}
