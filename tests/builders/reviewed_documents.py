"""Documents under review, with invented reviewers, made with the engines of `tests.fakes.two_engines`."""

from pathlib import Path

from archive.catalog import derivatives, users
from archive.catalog import work as work_rows
from archive.review import editing
from archive.review.deciding import Version
from archive.review.editing import Asked, PageFor
from archive.wiring import Archive
from schemas.redaction import Mask
from schemas.review import EditAction

SETTINGS = '[work]\nretry_seconds = 0\ntries = 2\naudiences = ["handler", "public"]\n'
"""Of an archive in which a file for the public is made, too."""


def add_reviewers(archive: Archive, *names: str, role: str = "compliance") -> dict[str, Path]:
    """By name, the files with their tokens."""
    files = {}
    for name in names:
        with archive.catalog.write() as connection:
            token = users.add(connection, name, role, work_rows.moment(archive.clock()))
        files[name] = archive.home / f"{name}.token"
        files[name].write_text(f"{token}\n", "utf-8")
    return files


def masks_of(archive: Archive, document_id: str, audience: str = "public", page: int = 1) -> tuple[Mask, ...]:
    with archive.catalog.read() as connection:
        return derivatives.burnt_page(connection, document_id, page, audience).masks


def mask_of(archive: Archive, document_id: str, kind: str, audience: str = "public", page: int = 1) -> Mask:
    (found,) = (mask for mask in masks_of(archive, document_id, audience, page) if mask.kind == kind)
    return found


def remove(archive: Archive, person: str, document_id: str, kind: str, reason: str = "the clinic's own name") -> int:
    """Into *person*'s draft of the file for the public: the one mask of *kind* on page 1 is to go."""
    box = mask_of(archive, document_id, kind).box
    return editing.edit_mask(archive, person, PageFor(document_id, "public", 1), Asked(EditAction.REMOVE, box, reason))


def version_of(archive: Archive, document_id: str, audience: str = "public") -> Version:
    """The newest."""
    with archive.catalog.read() as connection:
        return Version(document_id, audience, derivatives.current_for(connection, document_id, audience).version)


def state_of(archive: Archive, document_id: str, audience: str = "public") -> tuple[int, str, str]:
    """Version, state and maker of the newest file."""
    with archive.catalog.read() as connection:
        made = derivatives.current_for(connection, document_id, audience)
    return made.version, made.state, made.maker
