"""What was asked, as the ledger keeps it: a keyed token for each key of a question, and never what was typed.

The tokens are of no form that an index holds: whoever has the ledger and the index, but not the search key, cannot tell which
documents somebody looked for. With the key it can be looked up who asked for a name or a number.
"""

from archive.index.words import words_of
from archive.search_keys import names, numbers
from archive.search_keys.key import SearchKey
from schemas.query import Query

_NORMAL = {
    "text": lambda typed: " ".join(words_of(typed)),
    "name": names.same,
    "number": numbers.same,
    "date": str.strip,
    "date_from": str.strip,
    "date_to": str.strip,
}


def asked_tokens(secret: SearchKey, query: Query) -> list[str]:
    """`KEY:TOKEN` for each key that is given, the token of 32 hex digits."""
    given = [(name, getattr(query, name)) for name in _NORMAL]
    return [f"{name}:{secret.token(name, 'asked', _NORMAL[name](typed))}" for name, typed in given if typed]
