"""Who acts. A command on the archive's folder asks for the same token that the API asks for: two people are two tokens."""

from pathlib import Path

from archive.catalog import users
from archive.catalog.users import User
from archive.errors import Refused, Rejected
from archive.wiring import Archive

REVIEWERS = ("compliance",)
"""Roles that review redactions, judge samples, and ask for pages unmasked or grant them."""


def reviewer_with(archive: Archive, token_file: Path) -> User:
    """Whoever has the token that *token_file* holds.

    Raises Rejected(token_unreadable), Refused(not_signed_in | not_allowed).
    """
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected("token_unreadable", str(token_file)) from error
    with archive.catalog.read() as connection:
        user = users.with_token(connection, token)
    if user is None:
        raise Refused("not_signed_in")
    if user.role not in REVIEWERS:
        raise Refused("not_allowed", user.user_id)
    return user
