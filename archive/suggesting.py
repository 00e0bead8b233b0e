"""Values that begin as somebody types, and values that somebody may have meant.

Nothing is kept for it in the clear. The index finds documents by keyed tokens of what names and numbers begin with, among those
that may be seen; what is shown is opened from their sealed fields, as in a list of hits, and compared by its tokens again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.index.port import IndexRequest, SearchIndex, TokenGroup, Within
from archive.search_keys import names, numbers
from archive.search_keys.forms import is_meant
from archive.search_keys.key import SearchKey
from schemas.record import SearchToken

NAME, NUMBER = "name", "number"
LOOKED_AT = 40
"""Documents of which the fields are opened for one suggestion."""
MOST = 8

_FIELDS = {
    NAME: ("insured", "policyholder", "claimant", "beneficiary"),
    NUMBER: ("policy_number", "claim_number", "case_number", "report_number"),
}
"""Fields whose values are suggested: none that the policy hides from handlers."""
_ASK_HEAD = {NAME: names.ask_head, NUMBER: numbers.ask_head}
_ASK = {NAME: names.ask_name, NUMBER: numbers.ask_number}
_SAME = {NAME: names.same, NUMBER: numbers.same}
_STORED: dict[str, Callable[[SearchKey, str], tuple[SearchToken, ...]]] = {
    NAME: names.tokens_of_name,
    NUMBER: numbers.tokens_of_number,
}


@dataclass(frozen=True, slots=True)
class Suggested:
    """A value, and how many of the documents that were looked at have it."""

    value: str = field(repr=False)
    documents: int


def beginning_with(index: SearchIndex, key: SearchKey, what: str, typed: str, within: tuple[Within, ...]) -> tuple[str, ...]:
    """Ids of documents on which a name or number (*what*) begins as *typed*. Raises Unavailable."""
    tokens = _ASK_HEAD[what](key, typed)
    if not tokens:
        return ()
    answer = index.search(IndexRequest((TokenGroup(tokens),), limit=LOOKED_AT, within=within))
    return tuple(found.document_id for found in answer.found)


def suggest(key: SearchKey, what: str, typed: str, shown: Iterable[Mapping[str, str]]) -> tuple[Suggested, ...]:
    """The values among the fields *shown* of documents that begin as *typed*: those of most documents first, then by value."""
    asked = {token.digest for token in _ASK_HEAD[what](key, typed)}
    counts: Counter[str] = Counter()
    for fields in shown:
        counts.update({value for value in _values(what, fields) if asked & {each.digest for each in _STORED[what](key, value)}})
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Suggested(value, documents) for value, documents in ranked[:MOST])


def meant(key: SearchKey, what: str, typed: str, shown: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The values among the fields *shown* that *typed* is a slip of, the likeliest first. A fragment, initials and unknown
    characters are no slips."""
    asked = {token.digest: place for place, token in enumerate(_ASK[what](key, typed)) if not is_meant(token.form)}
    places: dict[str, int] = {}
    for value in {value for fields in shown for value in _values(what, fields)}:
        if _SAME[what](value) == _SAME[what](typed):
            return ()
        found = [asked[each.digest] for each in _STORED[what](key, value) if each.digest in asked]
        if found:
            places[value] = min(found)
    return tuple(sorted(places, key=lambda value: (places[value], value)))


def _values(what: str, fields: Mapping[str, str]) -> list[str]:
    return [fields[name] for name in _FIELDS[what] if name in fields]
