"""What Elasticsearch holds of a record: the mapping, and a record as one document of it.

A document and its pages (nested) are one block of one shard, so that it is put and replaced as a whole. `_source` is not
kept: the index can be rebuilt from the catalog and the store, and answers are made of a few stored fields. Terms are cut in
Python, the same for every index; Elasticsearch is to split at blanks and nothing else.
"""

import base64
import json
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archive.index.words import joined, signs_of, words_of
from schemas.geometry import Quad
from schemas.record import IndexRecord, PlacedToken
from schemas.redaction import RedactedText

FORMAT = 4
"""Raised whenever mapping, tokens, what is stored or the cutting of words change; an index of another format is rebuilt."""

DIGEST_BYTES = 8
"""So much of a token's digest is kept: among 10^9 tokens a wrong answer to one question has a chance of one in 10^10."""

_LONGEST_WORD = 100  # the analyzer cuts what is longer than 255
_MOST_PAGES = 100_000
_TERM_LENGTH = 11  # base 64 of the digest, without the sign that fills it up
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# Where a word is on a page matters to phrases; how often it is there, and how long the page is, matters to nothing.
_TEXT = {"type": "text", "analyzer": "whitespace", "norms": False}

MAPPINGS: dict[str, object] = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "_meta": {"format": FORMAT},
    "properties": {
        "document_id": {"type": "keyword", "index": False},  # to sort by; looked up by _id
        "document_class": {"type": "keyword"},
        "labels": {"type": "keyword", "norms": False},
        "tokens": {"type": "keyword", "doc_values": False, "norms": False, "index_options": "docs"},
        "places": {"type": "binary", "store": True},
        "pages": {
            "type": "nested",
            "properties": {
                "page_number": {"type": "integer", "index": False},
                "words": {**_TEXT, "index_phrases": True},
                "signs": _TEXT,
                "lines": {"type": "binary", "store": True},
            },
        },
    },
}
SETTINGS: dict[str, object] = {
    "index.mapping.nested_objects.limit": _MOST_PAGES,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a document a value stands, with the first bytes of its tokens' digests."""

    page_number: int
    box: Quad | None
    digests: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShownPage:
    """The lines of a page as the public sees it, each with its box: left, top, right, bottom."""

    lines: tuple[str, ...] = field(repr=False)
    boxes: tuple[tuple[int, int, int, int], ...]


def document_of(record: IndexRecord) -> bytes:
    """*record* as the JSON of one document."""
    places = tuple(_places_of(record.tokens))
    document = {
        "document_id": record.document_id,
        "document_class": record.document_class,
        "labels": list(dict.fromkeys(record.labels)),
        "tokens": list(dict.fromkeys(_term_of(digest) for place in places for digest in place.digests)),
        "places": _packed_places(places),
        "pages": [_page(text) for text in record.texts],
    }
    return _json(document)


def token_term(digest: str) -> str:
    """The term of a token of this *digest*, 32 hexadecimal digits."""
    return _term_of(kept_of(digest))


def kept_of(digest: str) -> bytes:
    return bytes.fromhex(digest[: 2 * DIGEST_BYTES])


def word_terms(text: str) -> str:
    """The folded words of *text*, one blank between two."""
    return joined(words_of(text), _LONGEST_WORD)


def sign_terms(text: str) -> str:
    """Words and signs of *text* as they were typed, one blank between two."""
    return joined(signs_of(text), _LONGEST_WORD)


def read_places(packed: str) -> Iterator[Place]:
    """What `places` holds, in order of page."""
    content = base64.b64decode(packed)
    start = 4 + int.from_bytes(content[:4], "big")
    for page_number, corners, count in json.loads(content[4:start]):
        end = start + count * DIGEST_BYTES
        digests = tuple(content[at : at + DIGEST_BYTES] for at in range(start, end, DIGEST_BYTES))
        yield Place(page_number, _quad(corners) if corners else None, digests)
        start = end


def read_lines(packed: str) -> ShownPage:
    rows = json.loads(base64.b64decode(packed))
    return ShownPage(tuple(row[0] for row in rows), tuple((row[1], row[2], row[3], row[4]) for row in rows))


def _places_of(tokens: Iterable[PlacedToken]) -> list[Place]:
    digests: dict[tuple[int, Quad | None], list[bytes]] = {}
    for placed in tokens:
        digests.setdefault((placed.page_number, placed.box), []).append(kept_of(placed.token.digest))
    places = [Place(page_number, box, tuple(dict.fromkeys(each))) for (page_number, box), each in digests.items()]
    return sorted(places, key=lambda place: place.page_number)


def _packed_places(places: Iterable[Place]) -> str:
    """Four bytes that say how long the JSON of the places is, that JSON, and the digests of all, one after the other."""
    rows = [
        (place.page_number, place.box and [x for point in place.box for x in point], len(place.digests)) for place in places
    ]
    head = _json(rows)
    digests = b"".join(digest for place in places for digest in place.digests)
    return base64.b64encode(len(head).to_bytes(4, "big") + head + digests).decode()


def _page(text: RedactedText) -> dict[str, object]:
    whole = text.text
    boxes = (line.box for line in text.lines)
    rows = [(line.text, box.left, box.top, box.right, box.bottom) for line, box in zip(text.lines, boxes, strict=True)]
    return {
        "page_number": text.page_number,
        "words": word_terms(whole),
        "signs": sign_terms(whole),
        "lines": base64.b64encode(_json(rows)).decode(),
    }


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def _term_of(digest: bytes) -> str:
    return b2a_base64(digest)[:_TERM_LENGTH].decode()


def _quad(numbers: list[float]) -> Quad:
    a, b, c, d, e, f, g, h = numbers
    return ((a, b), (c, d), (e, f), (g, h))
