"""The search index in one SQLite file.

Tokens are kept as the first 64 bits of their digest: among 10^9 tokens a wrong answer to one question has a chance of one in
10^10, and a token costs 30 bytes on disk rather than 50. Text is kept as the public sees it, once, with an FTS5 index over
its words; FTS5 has no copy of its own (`content=''`), so a removed page is taken out by telling FTS5 its words again.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from archive.errors import Unavailable
from archive.index.port import Found, GroupMatch, IndexAnswer, IndexRequest, TextGroup, check_public
from archive.index.sqlite_question import FIRST_POSITION, PAGES, as_integer, question
from archive.index.words import line_of, parts_of, words_of
from schemas.geometry import Box, Quad
from schemas.query import MatchTier
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import RedactedText

FORMAT = 1
"""Raised whenever tables, tokens or the cutting of words change; an index of another format is rebuilt."""

_TABLES = (
    "CREATE TABLE documents (number INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE, document_class TEXT NOT NULL)",
    "CREATE TABLE places (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, page_number INTEGER NOT NULL, box TEXT)",
    "CREATE INDEX places_of_document ON places (document)",
    "CREATE TABLE tokens (digest INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (digest, place)) WITHOUT ROWID",
    "CREATE INDEX tokens_of_place ON tokens (place)",
    """CREATE TABLE pages (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, page_number INTEGER NOT NULL,
                           text TEXT NOT NULL, boxes TEXT NOT NULL)""",
    "CREATE INDEX pages_of_document ON pages (document, page_number)",
    # `ascii` leaves everything beyond ASCII alone: the words are cut and folded before they come here.
    "CREATE VIRTUAL TABLE page_words USING fts5 (words, content='', tokenize='ascii')",
    f"PRAGMA user_version = {FORMAT}",
)

_FIRST_PLACE = text("""
    SELECT p.page_number, p.box FROM tokens t JOIN places p ON p.number = t.place
    WHERE t.digest = :digest AND p.document = :document ORDER BY p.page_number, p.number LIMIT 1""")
_PAGE = text("SELECT text, boxes FROM pages WHERE document = :document AND page_number = :page_number ORDER BY number LIMIT 1")
_TEXT_TIERS = (("phrase", MatchTier.EXACT), ("folded", MatchTier.LIKELY), ("apart", MatchTier.POSSIBLE))


class SqliteIndex:
    """A `SearchIndex` in the file *path*, which is made if absent. What was put is seen at once."""

    def __init__(self, path: Path) -> None:
        # hide_parameters: a failing statement must not carry values into a traceback or log.
        self._engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
        event.listen(self._engine, "connect", _set_up)
        with self._write() as connection:
            _make_tables(connection)

    def put(self, record: IndexRecord) -> None:
        check_public(record)
        with self._write() as connection:
            _remove(connection, record.document_id)
            document = _insert(connection, "documents", document_id=record.document_id, document_class=record.document_class)
            _insert_tokens(connection, document, record.tokens)
            for page in record.texts:
                _insert_page(connection, document, page)

    def remove(self, document_id: str) -> None:
        with self._write() as connection:
            _remove(connection, document_id)

    def refresh(self) -> None:
        """Nothing to wait for: a committed transaction is seen by the next search."""

    def count(self) -> int:
        with self._read() as connection:
            return int(connection.execute(text("SELECT COUNT(*) FROM documents")).scalar_one())

    def search(self, request: IndexRequest) -> IndexAnswer:
        statement, parameters = question(request)
        with self._read() as connection:
            rows = connection.execute(text(statement), parameters).all()
            return IndexAnswer(_total(connection, request, rows), tuple(_found(connection, request, row) for row in rows))

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        """One state of the index from the first statement to the last."""
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable("store_unavailable", "the search index does not answer") from error
    except DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise Unavailable("store_unavailable", "the search index is damaged: rebuild it") from error
        raise


def _set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
    # Autocommit in the driver, so that BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 60000",
        "journal_mode = WAL",
        "synchronous = NORMAL",  # after a power cut the last records may be gone, never half there; they are put again
        "cache_size = -65536",  # 64 MiB: tokens are scattered over the whole file
        "secure_delete = ON",  # what is removed leaves no bytes behind
    ):
        connection.execute(f"PRAGMA {pragma}")


def _make_tables(connection: Connection) -> None:
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    if version == FORMAT:
        return
    if version:
        raise Unavailable("store_unavailable", f"the search index is of format {version}, not {FORMAT}: rebuild it")
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
        {"number": number, "words": " ".join(words_of(page.text))},
    )


def _remove(connection: Connection, document_id: str) -> None:
    document = connection.execute(
        text("SELECT number FROM documents WHERE document_id = :document_id"), {"document_id": document_id}
    ).scalar()
    if document is None:
        return
    for page in connection.execute(text("SELECT number, text FROM pages WHERE document = :it"), {"it": document}).all():
        connection.execute(
            text("INSERT INTO page_words (page_words, rowid, words) VALUES ('delete', :number, :words)"),
            {"number": page.number, "words": " ".join(words_of(page.text))},
        )
    for statement in (
        "DELETE FROM tokens WHERE place IN (SELECT number FROM places WHERE document = :it)",
        "DELETE FROM places WHERE document = :it",
        "DELETE FROM pages WHERE document = :it",
        "DELETE FROM documents WHERE number = :it",
    ):
        connection.execute(text(statement), {"it": document})


def _total(connection: Connection, request: IndexRequest, rows: Sequence[Row[Any]]) -> int:
    """Each row says how many there are in all; beyond the last page there is no row to say it."""
    if rows:
        return int(rows[0].total)
    statement, parameters = question(replace(request, offset=0, limit=1))
    first = connection.execute(text(statement), parameters).first()
    return int(first.total) if first else 0


def _found(connection: Connection, request: IndexRequest, row: Row[Any]) -> Found:
    positions = row[FIRST_POSITION:]
    token_groups = len(request.tokens)
    matches = [
        _token_match(connection, row.number, group.tokens[position])
        for group, position in zip(request.tokens, positions[:token_groups], strict=True)
    ]
    matches += [
        _text_match(connection, row.number, group, position)
        for group, position in zip(request.texts, positions[token_groups:], strict=True)
    ]
    return Found(row.document_id, row.document_class, tuple(matches))


def _token_match(connection: Connection, document: int, token: SearchToken) -> GroupMatch:
    place = connection.execute(_FIRST_PLACE, {"digest": as_integer(token.digest), "document": document}).one()
    box = None if place.box is None else _quad(json.loads(place.box))
    return GroupMatch(token.key, token.form, token.tier, place.page_number, box)


def _text_match(connection: Connection, document: int, group: TextGroup, position: int) -> GroupMatch:
    grade, page_number = divmod(position, PAGES)
    told, tier = _TEXT_TIERS[grade]
    page = connection.execute(_PAGE, {"document": document, "page_number": page_number}).one()
    wanted = parts_of(group.phrase)[0] if told == "apart" else group.phrase
    line = line_of(wanted, tuple(page.text.split("\n")))
    return GroupMatch("text", told, tier, page_number, Box(*json.loads(page.boxes)[line]).quad())


def _quad(corners: list[list[float]]) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = corners
    return ((a, b), (c, d), (e, f), (g, h))
