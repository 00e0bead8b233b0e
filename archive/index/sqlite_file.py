"""One file with a search index in it: its tables, and what is written to them.

Tokens are kept as the first 64 bits of their digest: among 10^9 tokens a wrong answer to one question has a chance of one in
10^10, and a token costs 30 bytes on disk rather than 50. Text is kept as the public sees it, once, with an FTS5 index over
its words; FTS5 has no copy of its own (`content=''`), so a removed page is taken out by telling FTS5 its words again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from archive import sqlite
from archive.errors import Unavailable
from archive.index.sqlite_question import AS_TYPED, NEAR, as_integer, word_terms
from archive.index.wordings import stands_as_typed, stands_near
from schemas.geometry import Quad
from schemas.record import IndexRecord, PlacedToken
from schemas.redaction import RedactedText

FORMAT = 4
"""Raised whenever tables, tokens or the cutting of words change; an index of another format is rebuilt."""

_TABLES = (
    "CREATE TABLE documents (number INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE, document_class TEXT NOT NULL)",
    "CREATE TABLE places (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, page_number INTEGER NOT NULL, box TEXT)",
    "CREATE INDEX places_of_document ON places (document)",
    "CREATE TABLE tokens (digest INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (digest, place)) WITHOUT ROWID",
    "CREATE INDEX tokens_of_place ON tokens (place)",
    """CREATE TABLE pages (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, page_number INTEGER NOT NULL,
                           text TEXT NOT NULL, boxes TEXT NOT NULL)""",
    "CREATE TABLE labels (document INTEGER NOT NULL, label TEXT NOT NULL, PRIMARY KEY (document, label)) WITHOUT ROWID",
    "CREATE INDEX pages_of_document ON pages (document, page_number)",
    # `ascii` leaves everything beyond ASCII alone: the words are cut and folded before they come here.
    "CREATE VIRTUAL TABLE page_words USING fts5 (words, content='', tokenize='ascii')",
    f"PRAGMA user_version = {FORMAT}",
)


class IndexFile:
    """The index in the file *path*. With *make* it is made where it is absent, else that is Unavailable."""

    def __init__(self, path: Path, *, make: bool) -> None:
        self.path = path
        self._is_checked = False
        self._engine = sqlite.open_engine(
            path,
            "synchronous = NORMAL",  # after a power cut the last records may be gone, never half there; they are put again
            "cache_size = -65536",  # 64 MiB: tokens are scattered over the whole file
            make=make,
            functions={AS_TYPED: stands_as_typed, NEAR: stands_near},
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One state of the index from the first statement to the last."""
        self._check()
        with translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._check()
        with self._write() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def _check(self) -> None:
        if not self._is_checked:
            with self._write() as connection:
                _make_tables(connection)
            self._is_checked = True


@contextmanager
def translated() -> Iterator[None]:
    """A database's errors as Unavailable."""
    try:
        yield
    except DatabaseError as error:
        match sqlite.fault_of(error.orig):
            case sqlite.Fault.FULL:
                raise Unavailable("index_full", "the disk of the search index is full") from error
            case sqlite.Fault.DAMAGED:
                raise Unavailable("index_unavailable", "the search index is damaged: rebuild it") from error
            case sqlite.Fault.AWAY:
                raise Unavailable("index_unavailable", "the search index does not answer") from error
        raise


def insert_record(connection: Connection, record: IndexRecord) -> None:
    document = _insert(connection, "documents", document_id=record.document_id, document_class=record.document_class)
    _insert_tokens(connection, document, record.tokens)
    if record.labels:
        rows = [{"document": document, "label": label} for label in dict.fromkeys(record.labels)]
        connection.execute(text("INSERT INTO labels (document, label) VALUES (:document, :label)"), rows)
    for page in record.texts:
        _insert_page(connection, document, page)


def remove_document(connection: Connection, document_id: str) -> None:
    document = number_of(connection, document_id)
    if document is None:
        return
    for page in connection.execute(text("SELECT number, text FROM pages WHERE document = :it"), {"it": document}).all():
        connection.execute(
            text("INSERT INTO page_words (page_words, rowid, words) VALUES ('delete', :number, :words)"),
            {"number": page.number, "words": word_terms(page.text)},
        )
    for statement in (
        "DELETE FROM tokens WHERE place IN (SELECT number FROM places WHERE document = :it)",
        "DELETE FROM places WHERE document = :it",
        "DELETE FROM pages WHERE document = :it",
        "DELETE FROM labels WHERE document = :it",
        "DELETE FROM documents WHERE number = :it",
    ):
        connection.execute(text(statement), {"it": document})


def number_of(connection: Connection, document_id: str) -> int | None:
    """The number of a document that is held; None where it is not."""
    found: int | None = connection.execute(
        text("SELECT number FROM documents WHERE document_id = :document_id"), {"document_id": document_id}
    ).scalar()
    return found


def _make_tables(connection: Connection) -> None:
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    if version == FORMAT:
        return
    if version:
        raise Unavailable("index_unavailable", f"the search index is of format {version}, not {FORMAT}: rebuild it")
    for statement in _TABLES:
        connection.execute(text(statement))


def _insert(connection: Connection, table: str, **values: object) -> int:
    columns, parameters = ", ".join(values), ", ".join(f":{name}" for name in values)
    return int(connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({parameters})"), values).lastrowid)  # noqa: S608


def _insert_tokens(connection: Connection, document: int, tokens: tuple[PlacedToken, ...]) -> None:
    places: dict[tuple[int, Quad | None], int] = {}
    rows: list[dict[str, int]] = []
    for placed in tokens:
        where = (placed.page_number, placed.box)
        if where not in places:
            box = None if placed.box is None else json.dumps(placed.box, separators=(",", ":"))
            places[where] = _insert(connection, "places", document=document, page_number=placed.page_number, box=box)
        rows.append({"digest": as_integer(placed.token.digest), "place": places[where]})
    if rows:
        connection.execute(text("INSERT OR IGNORE INTO tokens (digest, place) VALUES (:digest, :place)"), rows)


def _insert_page(connection: Connection, document: int, page: RedactedText) -> None:
    boxes = json.dumps([(box.left, box.top, box.right, box.bottom) for box in (line.box for line in page.lines)])
    number = _insert(connection, "pages", document=document, page_number=page.page_number, text=page.text, boxes=boxes)
    connection.execute(
        text("INSERT INTO page_words (rowid, words) VALUES (:number, :words)"),
        {"number": number, "words": word_terms(page.text)},
    )
