"""Who asks, by bearer token (RFC 6750), and what their role allows.

An archivist takes material in and sees where it stands; a handler searches and sees what is made for handlers; compliance
may do everything.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from archive.catalog import users
from archive.catalog.users import User
from archive.errors import NotFound
from archive.people import REVIEWERS
from archive.wiring import Archive
from search_api import scope
from search_api.errors import NotSignedIn
from search_api.scope import Asker, NotAllowed

_bearer = HTTPBearer(auto_error=False, description="The token that `claimkeep users add` printed.")


async def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


ArchiveHere = Annotated[Archive, Depends(_archive)]


def signed_in(archive: ArchiveHere, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> User:
    """Raises NotSignedIn."""
    if credentials is None:
        raise NotSignedIn
    with archive.catalog.read() as connection:
        user = users.with_token(connection, credentials.credentials)
    if user is None:
        raise NotSignedIn
    return user


def _allowed(*roles: str) -> Callable[[User], Awaitable[User]]:
    async def check(user: Annotated[User, Depends(signed_in)]) -> User:
        if user.role not in roles:
            raise NotAllowed
        return user

    return check


may_receive = _allowed("archivist", "compliance")
may_read = _allowed("handler", "compliance")
may_review = _allowed(*REVIEWERS)

Receiver = Annotated[User, Depends(may_receive)]
"""Somebody who may take material in and see where it stands."""

Reader = Annotated[User, Depends(may_read)]
"""Somebody who may search, and see what is made for handlers and for the public."""


def _asking(archive: ArchiveHere, user: Reader) -> Asker:
    return scope.asker_of(archive, user)


ReaderHere = Annotated[Asker, Depends(_asking)]
"""A reader, with what they may know of."""


def may_see(document: str, archive: ArchiveHere, asker: ReaderHere) -> None:
    """Raises NotFound, as of a document that there is not."""
    if not scope.sees(archive, asker, document):
        raise NotFound("not_found", document)


Reviewer = Annotated[User, Depends(may_review)]
"""Somebody who may change masks and decide of versions, see a page unmasked with another's leave, and judge samples."""
