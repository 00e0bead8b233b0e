"""Which documents belong to one claim: those that share its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.index.port import Found, IndexRequest, SearchIndex, TokenGroup, Within
from archive.search_keys import numbers
from archive.search_keys.key import SearchKey

SHARED_FIELDS = ("claim_number", "case_number", "report_number", "policy_number")
"""Numbers that documents of one claim have in common, the narrowest first: a policy has many claims."""
_SHORTEST = numbers.SHORTEST_FRAGMENT  # what is shorter is some other paper's number as well


@dataclass(frozen=True, slots=True)
class Shared:
    """The number *name* of a document, and the others that have it: `total` of them, the first ones told, in order of id."""

    name: str
    value: str = field(repr=False)
    total: int
    found: tuple[Found, ...]


def sharing(
    index: SearchIndex,
    key: SearchKey,
    claims: Mapping[str, Mapping[str, str]],
    within: tuple[Within, ...] = (),
    limit: int = 20,
) -> dict[str, tuple[Shared, ...]]:
    """*claims* has fields of documents, by id. By id is the answer: for each of SHARED_FIELDS that others have too, these.
    *within* is as for `find`. Raises Unavailable."""
    asked = [(document_id, *number) for document_id, fields in claims.items() for number in _numbers(fields)]
    requests = [_request(key, document_id, value, within, limit) for document_id, _, value in asked]
    shared: dict[str, tuple[Shared, ...]] = dict.fromkeys(claims, ())
    for (document_id, name, value), answer in zip(asked, index.search_all(requests), strict=True):
        if answer.total:
            shared[document_id] += (Shared(name, value, answer.total, answer.found),)
    return shared


def _numbers(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    found = [(name, fields[name]) for name in SHARED_FIELDS if name in fields]
    return [(name, value) for name, value in found if len(numbers.same(value)) >= _SHORTEST]


def _request(key: SearchKey, document_id: str, value: str, within: tuple[Within, ...], limit: int) -> IndexRequest:
    """As the number stands, and nothing that resembles it."""
    group = TokenGroup(numbers.ask_number(key, value)[:1])
    return IndexRequest((group,), limit=limit, within=within, without=frozenset({document_id}))
