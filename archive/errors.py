"""What can go wrong, by who must act. Messages say what is wrong and what to do; they carry ids, never values.

ArchiveError
  Rejected        the sender must act              422, no retry
  Refused         a rule says no                   409, no retry
  NotFound        there is no such thing           404, no retry
  FixityMismatch  stored bytes have changed        500, no retry: raise the alarm
  TooMany         asked too often                  429, retry when it says
  Unavailable     a part of the archive is down    503, retry
"""


class ArchiveError(Exception):
    """Base of all. `reason` is a code of `schemas.reasons`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Rejected(ArchiveError):
    """What was sent cannot be taken; the sender must act."""


class Refused(ArchiveError):
    """A rule says no."""


class NotFound(ArchiveError):
    """There is no such thing, or the asker may not know of it."""


class FixityMismatch(ArchiveError):
    """Stored bytes are not the bytes that were stored."""


class TooMany(ArchiveError):
    """Somebody has asked too often; `retry_after` seconds from now they may again."""

    def __init__(self, reason: str, retry_after: int = 60) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unavailable(ArchiveError):
    """A part of the archive does not answer; try again."""
