"""What came of a batch, told so that two batches of the same pages can be compared."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import select

from archive.catalog import derivatives, documents, intake
from archive.catalog.documents import Document
from archive.catalog.tables import events
from archive.finding import find
from archive.wiring import Archive
from bench.faulty.batch import Paper
from schemas.page import PageReading
from schemas.query import Query

PageKey = tuple[str, int]
"""File, page number."""
_ENDS = {"page.read", "page.blank", "page.failed"}
_NUMBER = re.compile(r"\d{18}")
_ALL_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an archive holds of the papers of a batch, by the names of their files."""

    documents: dict[str, tuple[str, str | None]]
    """State and reason of each."""
    pages: dict[PageKey, tuple[str, str | None]]
    """State and reason."""
    texts: dict[PageKey, str] = field(repr=False)
    ends: Counter[PageKey]
    """How often the ledger says that a page has come to its end."""
    derivatives: Counter[tuple[str, str, str]]
    """Current files by file, audience and state."""
    found: frozenset[str]
    """The files that the index finds by a number that was read on them."""
    ledger_is_intact: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a batch is from one that nothing happened to. All are zero where nothing is wrong."""

    pages_lost: int = 0
    """not there, or never final"""
    pages_doubled: int = 0
    """ended more than once, or twice in the archive"""
    wrongly_final: int = 0
    """ended otherwise"""
    texts_different: int = 0
    derivatives_different: int = 0
    documents_different: int = 0
    not_found: int = 0
    """by the index"""
    ledgers_broken: int = 0


def outcome_of(archive: Archive, batch_id: str, papers: Sequence[Paper]) -> Outcome:
    """What became of *papers*, which were sent as part of the batch."""
    names = {paper.digest: paper.name for paper in papers}
    held = {names[document.digest]: document for document in _documents(archive, batch_id) if document.digest in names}
    archive.index.refresh()
    with archive.catalog.read() as connection:
        intact = archive.ledger.verify(connection).intact
    pages = {name: _pages(archive, document) for name, document in held.items()}
    texts = {(name, number): text for name, document in held.items() for number, text in _texts(archive, document)}
    return Outcome(
        documents={name: (document.state, document.reason) for name, document in held.items()},
        pages={(name, number): state for name, states in pages.items() for number, state in states.items()},
        texts=texts,
        ends=Counter((name, number) for name, document in held.items() for number in _ends(archive, document)),
        derivatives=Counter(each for name, document in held.items() for each in _made(archive, name, document)),
        found=frozenset(name for name, document in held.items() if _is_found(archive, document, name, texts)),
        ledger_is_intact=intact,
    )


def strangers(archive: Archive, batch_id: str, papers: Sequence[Paper]) -> int:
    """Documents of the batch whose bytes are not those of any of *papers*, such as half a file."""
    sent = {paper.digest for paper in papers}
    return sum(document.digest not in sent for document in _documents(archive, batch_id))


def _documents(archive: Archive, batch_id: str) -> list[Document]:
    with archive.catalog.read() as connection:
        ids = {item.document_id for item in intake.items_of_batch(connection, batch_id) if item.document_id}
        return list(documents.several(connection, ids).values())


def _pages(archive: Archive, document: Document) -> dict[int, tuple[str, str | None]]:
    with archive.catalog.read() as connection:
        rows = documents.pages_of(connection, document.document_id)
    return {row.page_number: (row.state.value, row.reason) for row in rows}


def _texts(archive: Archive, document: Document) -> Iterator[tuple[int, str]]:
    with archive.catalog.read() as connection:
        rows = documents.pages_of(connection, document.document_id)
    holding = archive.holding(document.document_id)
    for row in rows:
        if row.reading_key is not None:
            reading = holding.read_value("reading", row.reading_key, PageReading)
            if reading.text is not None:
                yield row.page_number, reading.text.text


def _ends(archive: Archive, document: Document) -> list[int]:
    query = select(events.c.body).where(events.c.document_id == document.document_id, events.c.kind.in_(_ENDS))
    with archive.catalog.read() as connection:
        return [int(json.loads(body)["page"]) for body in connection.execute(query).scalars()]


def _made(archive: Archive, name: str, document: Document) -> Iterator[tuple[str, str, str]]:
    """Current derivatives; one that is ready must open and be as long as the catalog says."""
    with archive.catalog.read() as connection:
        rows = derivatives.current(connection, document.document_id)
    holding = archive.holding(document.document_id)
    for row in rows:
        state = row.state
        if row.object_key is not None:
            with holding.open("derivative", row.object_key) as stream:
                state = row.state if len(stream.read()) == row.size else "damaged"
        yield name, row.audience, state


def _is_found(archive: Archive, document: Document, name: str, texts: dict[PageKey, str]) -> bool:
    """Whether the index finds the document by each number that was read on its pages."""
    numbers = [number for (file, _), text in texts.items() if file == name for number in _NUMBER.findall(text)]
    visible = frozenset({document.document_id})
    queries = [Query(number=number, limit=_ALL_AT_ONCE) for number in numbers]
    answers = [find(archive.index, archive.search_key, query, visible, entitled=True) for query in queries]
    return bool(answers) and all(answer.total for answer in answers)


def difference(outcome: Outcome, calm: Outcome) -> Difference:
    lost = [key for key in calm.pages if key not in outcome.pages or outcome.pages[key][0] == "waiting"]
    ended = [key for key in calm.pages if key not in lost]
    return Difference(
        pages_lost=len(lost),
        pages_doubled=(outcome.ends - calm.ends).total() + len(outcome.pages.keys() - calm.pages.keys()),
        wrongly_final=sum(outcome.pages[key] != calm.pages[key] for key in ended),
        texts_different=sum(outcome.texts.get(key) != calm.texts.get(key) for key in calm.texts.keys() | outcome.texts.keys()),
        derivatives_different=_both_ways(outcome.derivatives, calm.derivatives),
        documents_different=sum(outcome.documents.get(name) != state for name, state in calm.documents.items()),
        not_found=len(calm.found - outcome.found),
        ledgers_broken=int(not outcome.ledger_is_intact),
    )


def total(differences: Iterable[Difference]) -> Difference:
    """Their sums."""
    counts: Counter[str] = Counter()
    for each in differences:
        counts.update(asdict(each))
    return Difference(**counts)


def _both_ways(one: "Counter[tuple[str, str, str]]", other: "Counter[tuple[str, str, str]]") -> int:
    return (one - other).total() + (other - one).total()
