"""Where a list of hits goes on: text that is given to the asker and comes back, worth something for the same question only.

A cursor is sealed with a key of the archive over the question, the index, and who asks and may see what. One that was made up
or changed, or that belongs to another question or person, is refused; so is one from before somebody was granted more or less.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from hashlib import sha256

from archive.errors import Rejected
from archive.keys import Keyring
from schemas.query import Resume

LONGEST = 200
"""Characters of a cursor."""
_SEAL_BYTES = 16


def cursor_of(keys: Keyring, resume: Resume, bound: Sequence[object]) -> str:
    """*bound* is all that the cursor is to hold for, in values of JSON."""
    place = json.dumps([resume.score, resume.document_id, resume.near_misses], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(keys, place, bound) + place).decode().rstrip("=")


def read_cursor(keys: Keyring, cursor: str, bound: Sequence[object]) -> Resume:
    """Raises Rejected(bad_cursor)."""
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("bad_cursor") from error
    seal, place = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(keys, place, bound)):
        raise Rejected("bad_cursor")
    return Resume(*json.loads(place))


def _seal(keys: Keyring, place: bytes, bound: Sequence[object]) -> bytes:
    message = json.dumps(bound, ensure_ascii=True).encode() + b"\0" + place
    return hmac.digest(keys.cursor_key(), message, sha256)[:_SEAL_BYTES]
