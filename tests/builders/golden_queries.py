"""The golden queries: a fixed set of invented claims, what is asked of them, and what must be answered.

python -m tests.builders.golden_queries    write anew what is answered now; look at the difference before it is kept
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.errors import Rejected
from archive.finding import find
from archive.index.port import SearchIndex
from archive.index.sqlite import SqliteIndex
from archive.search_keys.key import SearchKey
from schemas.claim import Extraction
from schemas.entity import Entity, Tier
from schemas.geometry import Box, upright
from schemas.query import Hit, Query
from schemas.record import IndexRecord
from schemas.redaction import Audience, RedactedText, VisibleLine
from workers.steps.describe import describe

KEY = SearchKey(b"a search key for tests only")
_FOLDER = Path(__file__).resolve().parents[1] / "cases" / "golden_queries"
_CLAIMS, _QUERIES = _FOLDER / "claims.json", _FOLDER / "queries.json"


def records() -> Iterator[IndexRecord]:
    for claim in json.loads(_CLAIMS.read_text(encoding="utf-8")):
        entities = tuple(_entity(row, *each) for row, each in enumerate(claim["entities"]))
        pages = tuple(_page(number, lines) for number, lines in enumerate(claim["pages"], start=1))
        yield describe(claim["document"], Extraction(claim["class"], {}, entities), pages, KEY)


def cases() -> list[dict[str, Any]]:
    """Each has `query`, `why` its answer is right, in its order, and `answer`: what `answered` gives."""
    kept: list[dict[str, Any]] = json.loads(_QUERIES.read_text(encoding="utf-8"))
    return kept


def answered(index: SearchIndex, query: dict[str, Any]) -> dict[str, Any]:
    """All that a searcher can tell two indexes apart by, in plain values; identity numbers are found by their tails."""
    try:
        results = find(index, KEY, Query(**query), entitled=True)
    except Rejected as rejected:
        return {"rejected": rejected.reason}
    return {"total": results.total, "hits": [_plain(hit) for hit in results.hits]}


def _plain(hit: Hit) -> list[Any]:
    matches = [[each.tier.value, each.reason, each.page_number, each.box and list(map(list, each.box))] for each in hit.matches]
    return [hit.document_id, hit.tier.value, hit.document_class, matches]


def _entity(row: int, kind: str, text: str, page_number: int) -> Entity:
    return Entity(kind, Tier.C, page_number, text, (0, len(text)), (upright(10, 40 * row, 300, 40 * row + 30),))


def _page(number: int, lines: list[str]) -> RedactedText:
    visible = tuple(VisibleLine(line, Box(50, 60 * row, 750, 60 * row + 40)) for row, line in enumerate(lines))
    return RedactedText(number, Audience.PUBLIC, "default/1", visible)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteIndex(Path(folder) / "index.db")
        index.put_all(records())
        rows = [{**case, "answer": answered(index, case["query"])} for case in cases()]
        index.close()
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    _QUERIES.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
