"""What the search index holds of one document: keyed tokens with places, and text as the public may see it."""

from dataclasses import dataclass

from schemas.geometry import Quad
from schemas.query import MatchTier
from schemas.redaction import RedactedText


@dataclass(frozen=True, slots=True)
class SearchToken:
    """A keyed digest (HMAC-SHA-256, cut to 16 bytes, as 32 hex digits) of one form of a name, number or date.

    `key` is `name`, `number` or `date`; `form` says which form was digested (`same`, `folded`, `pinyin`, ...), the base of
    the reason an answer gives; `tier` is the best tier that a match on this form can reach.
    """

    key: str
    form: str
    tier: MatchTier
    digest: str


@dataclass(frozen=True, slots=True)
class PlacedToken:
    """A token and where on the page its value stands."""

    token: SearchToken
    page_number: int
    box: Quad | None


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """One document. Only text that `workers.redact` made for the public can be in it.

    `labels` say by what documents can be chosen and counted: `NAME:VALUE`, of codes, ids and keyed tokens.
    """

    document_id: str
    document_class: str
    texts: tuple[RedactedText, ...]
    tokens: tuple[PlacedToken, ...]
    labels: tuple[str, ...] = ()
