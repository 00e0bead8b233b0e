"""Which code did the work, told so exactly that somebody else can find it again."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

_DIGITS = 16


def program_version() -> str:
    return metadata.version("claimkeep")


@cache
def version_of(package: str) -> str:
    """The program's version and the first 16 hexadecimal digits of SHA-256 over the names and bytes of *package*'s files.

    The version alone would be the same for every change between two releases.
    """
    whole = hashlib.sha256()
    for name, file in sorted(_files(resources.files(package)), key=lambda each: each[0]):
        whole.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return f"{program_version()}+sha256.{whole.hexdigest()[:_DIGITS]}"


def _files(folder: Traversable, before: str = "") -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir() and each.name != "__pycache__":
            yield from _files(each, f"{before}{each.name}/")
        elif each.is_file():
            yield before + each.name, each
