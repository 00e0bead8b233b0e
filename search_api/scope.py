"""What an asker may know of. Every answer about documents goes through here."""

from dataclasses import dataclass

from archive.catalog import grants, intake
from archive.catalog.users import User
from archive.errors import Refused
from archive.index.port import Within
from archive.labels import in_batches
from archive.wiring import Archive


class NotAllowed(Refused):
    """The asker's role does not allow it."""

    def __init__(self) -> None:
        super().__init__("not_allowed")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a user's id, or None for whoever runs a command on the archive's own machine. `batches` are those whose
    documents the asker may see, None for every one."""

    user_id: str | None
    role: str
    batches: frozenset[str] | None = None


OPERATOR = Asker(None, "compliance")
"""Who can run a command on an archive holds its keys."""


def asker_of(archive: Archive, user: User) -> Asker:
    if user.role not in grants.RESTRICTED_ROLES:
        return Asker(user.user_id, user.role)
    with archive.catalog.read() as connection:
        return Asker(user.user_id, user.role, grants.batches_of(connection, user.user_id))


def within(archive: Archive, asker: Asker) -> tuple[Within, ...]:
    """What the index is to choose from."""
    if asker.batches is None:
        return ()
    with archive.catalog.read() as connection:
        return (in_batches(connection, asker.batches),)


def sees(archive: Archive, asker: Asker, document_id: str) -> bool:
    """Of what there is not, somebody held to collections sees nothing either."""
    if asker.batches is None:
        return True
    with archive.catalog.read() as connection:
        return intake.is_in_batches(connection, document_id, asker.batches)
