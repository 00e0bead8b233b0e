"""Changing the key of the search index: twice built anew, first under both keys, then under the new one alone.

Whoever searches or writes asks the catalog which keys hold, so nobody has to stop. Interrupted at any moment it is taken up by
being started again: what was begun is brought to its end before anything new is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from archive import token_keys
from archive.wiring import Archive
from workers.anew.rebuild import LeftOut, rebuild

Show = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Rotated:
    """`taken_up`: a change that was interrupted was brought to its end."""

    documents: int
    left_out: tuple[LeftOut, ...]
    taken_up: bool


def rotate(archive: Archive, show: Show = lambda _done, _total: None) -> Rotated:
    """Raises what `rebuild` raises; the index then serves under the keys that hold."""
    taken_up = not token_keys.begin(archive.catalog, archive.keys, archive.ledger, archive.clock())
    if not token_keys.is_switched(archive.catalog):
        under_both = rebuild(archive, show)
        token_keys.switch(archive.catalog, archive.ledger, under_both.documents)
    built = rebuild(archive, show)
    token_keys.settle(archive.catalog, archive.ledger, built.documents)
    return Rotated(built.documents, built.left_out, taken_up)
