"""What an object store promises."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol


class ObjectStore(Protocol):
    """Named, immutable runs of bytes. Keys are `/`-separated ASCII words without `.` or `..` parts."""

    def put(self, key: str, source: BinaryIO) -> None:
        """Store what *source* gives under *key*; durable when it returns, absent or whole whatever happens meanwhile.

        A key that exists raises Refused(object_exists); a store that fails raises Unavailable(store_unavailable).
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """A seekable stream of the bytes. A missing key raises NotFound(not_found)."""
        ...

    def move(self, key: str, target: str) -> None:
        """Give the object another key. A *target* that exists raises Refused(object_exists)."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that start with *prefix*, in order."""
        ...
