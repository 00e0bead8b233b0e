"""The search index in SQLite files. What a file holds stands in sqlite_file.py, how it is rebuilt in sqlite_generations.py."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, text

from archive.errors import Unavailable
from archive.index.port import (
    FacetCount,
    Found,
    GroupMatch,
    IndexAnswer,
    IndexRequest,
    TextGroup,
    TokenGroup,
    check_public,
    with_contradictions,
)
from archive.index.sqlite_file import FORMAT, IndexFile, insert_record, remove_document
from archive.index.sqlite_generations import RECORDS_IN_A_TRANSACTION, Generations, SqliteGeneration
from archive.index.sqlite_question import COUNTED, FIRST_POSITION, PAGES, as_integer, question
from archive.index.wordings import TIERS, told
from schemas.geometry import Box, Quad
from schemas.record import IndexRecord, SearchToken

__all__ = ["FORMAT", "SqliteIndex"]

_PLACES = text("""
    SELECT asked.key AS row, p.page_number, p.box
    FROM json_each(:asked) asked
        CROSS JOIN tokens t ON t.digest = json_extract(asked.value, '$[0]') JOIN places p ON p.number = t.place
    WHERE p.document = json_extract(asked.value, '$[1]') ORDER BY p.page_number DESC, p.number DESC""")
_PAGE = text("SELECT text, boxes FROM pages WHERE document = :document AND page_number = :page_number ORDER BY number LIMIT 1")


class SqliteIndex:
    """A `SearchIndex` in the file *path*, which is made if absent. What was put is seen at once.

    What is wrong with the file is said by whoever asks it: an archive can be opened without its index, to rebuild it.
    """

    def __init__(self, path: Path) -> None:
        self._generations = Generations(path)
        self._files: dict[Path, IndexFile] = {}
        self._opening = Lock()
        with contextlib.suppress(Unavailable):
            self.check()

    def put(self, record: IndexRecord) -> None:
        self.put_all((record,))

    def put_all(self, records: Iterable[IndexRecord]) -> None:
        rest = iter(records)
        while part := list(islice(rest, RECORDS_IN_A_TRANSACTION)):
            for record in part:
                check_public(record)
            self._write(lambda connection, part=part: _put(connection, part))  # type: ignore[misc]

    def remove(self, document_id: str) -> None:
        self._write(lambda connection: remove_document(connection, document_id))

    def refresh(self) -> None:
        """Nothing to wait for: a committed transaction is seen by the next search."""

    def count(self) -> int:
        with self._read() as connection:
            return int(connection.execute(text("SELECT COUNT(*) FROM documents")).scalar_one())

    def document_ids(self) -> Iterator[str]:
        with self._read() as connection:
            yield from connection.execute(text("SELECT document_id FROM documents ORDER BY document_id")).scalars()

    def search(self, request: IndexRequest) -> IndexAnswer:
        (answer,) = self.search_all((request,))
        return answer

    def search_all(self, requests: Sequence[IndexRequest]) -> tuple[IndexAnswer, ...]:
        """All as of one moment."""
        with self._read() as connection:
            return tuple(_answer(connection, request) for request in requests)

    def check(self) -> None:
        with self._read() as connection:
            connection.execute(text("SELECT number FROM documents LIMIT 1")).all()

    def rebuild(self) -> SqliteGeneration:
        return self._generations.begin()

    def close(self) -> None:
        with self._opening:
            for file in self._files.values():
                file.close()
            self._files.clear()

    def _write(self, do: Callable[[Connection], None]) -> None:
        """To the generation in service and to the one that is being built, if one is."""
        with self._generations.held():
            with self._file(self._generations.in_service()).write() as connection:
                do(connection)
            building = self._generations.being_built()
            if building is not None:
                with self._file(building).write() as connection:
                    do(connection)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with ExitStack() as stack:
            yield self._reading(stack)

    def _reading(self, stack: ExitStack) -> Connection:
        path = self._generations.in_service()
        try:
            return stack.enter_context(self._file(path).read())
        except Unavailable:
            if self._generations.in_service() == path:
                raise
            return self._reading(stack)  # it was taken out of service between the look at the link and the opening

    def _file(self, path: Path) -> IndexFile:
        """Opened once; those that serve no more are closed."""
        with self._opening:
            if path not in self._files:
                kept = {path, self._generations.in_service(), self._generations.being_built()}
                for former in self._files.keys() - kept:
                    self._files.pop(former).close()
                self._files[path] = self._generations.open(path)
            return self._files[path]


def _put(connection: Connection, records: Iterable[IndexRecord]) -> None:
    for record in records:
        remove_document(connection, record.document_id)
        insert_record(connection, record)


def _answer(connection: Connection, request: IndexRequest) -> IndexAnswer:
    statement, parameters = question(request)
    rows = connection.execute(text(statement), parameters).all()
    # Each row tells of all that is found; beyond the last there is none to tell it.
    first = rows[0] if rows else _first(connection, request)
    return IndexAnswer(int(first.total) if first else 0, _found(connection, request, rows), _facets(first, request))


def _first(connection: Connection, request: IndexRequest) -> Row[Any] | None:
    statement, parameters = question(replace(request, offset=0, limit=1, after=None))
    return connection.execute(text(statement), parameters).first()


def _facets(row: Row[Any] | None, request: IndexRequest) -> tuple[tuple[FacetCount, ...], ...]:
    if row is None:
        return tuple(() for _ in request.facets)
    return tuple(_counts(json.loads(getattr(row, facet.value + COUNTED))) for facet in request.facets)


def _counts(documents: dict[str, int]) -> tuple[FacetCount, ...]:
    return tuple(FacetCount(*each) for each in sorted(documents.items(), key=lambda each: (-each[1], each[0])))


def _found(connection: Connection, request: IndexRequest, rows: Sequence[Row[Any]]) -> tuple[Found, ...]:
    of_groups: list[Sequence[GroupMatch | None]] = [
        _token_matches(connection, [(row.number, _token_at(group, row[position])) for row in rows])
        for position, group in enumerate(request.tokens, start=FIRST_POSITION)
    ]
    of_groups += [
        [_text_match(connection, row.number, group, row[position]) for row in rows]
        for position, group in enumerate(request.texts, start=FIRST_POSITION + len(request.tokens))
    ]
    matches = [with_contradictions(request, of_row) for of_row in zip(*of_groups, strict=True)]
    return tuple(
        Found(row.document_id, row.document_class, of_row, row.score) for row, of_row in zip(rows, matches, strict=True)
    )


def _token_at(group: TokenGroup, position: int) -> SearchToken | None:
    return group.tokens[position] if position < len(group.tokens) else None


def _token_matches(connection: Connection, found: Sequence[tuple[int, SearchToken | None]]) -> list[GroupMatch | None]:
    """How documents match with one token each, and the first place where; None where they have no token."""
    asked = json.dumps([(as_integer(token.digest), document) if token else (None, None) for document, token in found])
    places = {row.row: row for row in connection.execute(_PLACES, {"asked": asked})}  # the last that is told is the first
    return [_token_match(token, places[number]) if token else None for number, (_, token) in enumerate(found)]


def _token_match(token: SearchToken, place: Row[Any]) -> GroupMatch:
    box = None if place.box is None else _quad(json.loads(place.box))
    return GroupMatch(token.key, token.form, token.tier, place.page_number, box)


def _text_match(connection: Connection, document: int, group: TextGroup, position: int) -> GroupMatch:
    grade, page_number = divmod(position, PAGES)
    page = connection.execute(_PAGE, {"document": document, "page_number": page_number}).one()
    how, line = told(group, grade, tuple(page.text.split("\n")))
    return GroupMatch("text", how, TIERS[grade], page_number, Box(*json.loads(page.boxes)[line]).quad())


def _quad(corners: list[list[float]]) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = corners
    return ((a, b), (c, d), (e, f), (g, h))
