"""What an object store promises."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Protocol


class ObjectStore(Protocol):
    """Named, immutable runs of bytes. Keys are `/`-separated ASCII words without `.` or `..` parts.

    A store that fails raises Unavailable: store_unavailable, store_full where it has no room, store_forbidden where it does
    not accept the archive's account. All three pass when whoever runs the archive has acted.
    """

    def put(self, key: str, source: BinaryIO) -> None:
        """Store what *source* gives under *key*; durable when it returns, absent or whole whatever happens meanwhile.

        A key that exists raises Refused(object_exists); of several that write one key at once, one succeeds. A *source* that
        raises OSError raises Unavailable(store_unavailable); an ArchiveError that it raises passes as it is.
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """A seekable stream of the bytes. A missing key raises NotFound(not_found).

        Reading may raise Unavailable, and NotFound where the object has been deleted since; never does it give other bytes.
        """
        ...

    def move(self, key: str, target: str) -> None:
        """Give the object another key. A *target* that exists raises Refused(object_exists).

        Cut short, it may leave the object under both keys, and never under neither.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove the object and every trace of it; one that is not there is no error.

        An original under retention or legal hold raises Refused(on_hold) and stays.
        """
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that start with *prefix*, in order."""
        ...

    def check(self) -> None:
        """Raise Unavailable where the store does not answer; cheap, for asking every few seconds.

        That a folder cannot be written to or is full is noticed, that a server is full is not: the next write tells.
        """
        ...

    def clear_unfinished(self, before: datetime) -> int:
        """Remove what writers that died left of objects begun *before* (with its time zone); how many there were.

        Nobody can read such remains, but they take room. A moment at which no writer still at work had begun is safe.
        """
        ...
