"""Confirming a field of a claim, or putting it right: what a person said stays, whatever is read later."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from archive.catalog import confirmed, documents
from archive.catalog import work as work_rows
from archive.catalog.confirmed import ConfirmedField
from archive.catalog.documents import Document
from archive.errors import NotFound, Rejected
from archive.fields import CONFIRMED, seal_confirmed, seal_shown, shown_fields
from archive.holdings import Holding
from archive.search_keys.typed_date import Precision, parse_date
from archive.wiring import Archive
from schemas.claim import ClaimField
from schemas.codec import from_json, to_json
from workers.steps import results

_SHOWN = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}
"""How much of YYYY-MM-DD a date says."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`corrected` says that the value is another than was found; the document is then planned again."""

    page_number: int
    corrected: bool


def confirm(
    archive: Archive,
    document_id: str,
    name: str,
    value: str | None = None,
    page_number: int | None = None,
    operator: str | None = None,
) -> Confirmed:
    """Record that the field *name* (of schemas.claim.FIELD_NAMES) is *value*, or, without it, what was found.

    *operator* is who says so; it is sealed with the value. A new value stands where the found one was read, else somewhere on
    page *page_number* (1 where nobody says). Raises NotFound(not_found | field_not_found), Rejected(unreadable_date).
    """
    with archive.catalog.write() as connection:
        document = documents.get(connection, document_id)
        found = shown_fields(archive, document)
        field = _confirmed(name, found.get(name), value, page_number)
        corrected = name not in found or found[name]["value"] != field.value
        _record(archive, connection, document, name, field, operator, corrected=corrected)
        is_outdated = corrected or document.state == "waiting"
        jobs = results.out_of_date(archive, connection, document_id) if is_outdated else ()
        if not is_outdated:
            shown = {**found, name: json.loads(to_json(ClaimField, field))}
            documents.described(connection, document_id, seal_shown(_holding(archive, document), shown))
    archive.queue.announce(jobs)
    return Confirmed(field.page_number, corrected)


def _record(
    archive: Archive,
    connection: Connection,
    document: Document,
    name: str,
    field: ClaimField,
    operator: str | None,
    *,
    corrected: bool,
) -> None:
    page = documents.page(connection, document.document_id, field.page_number)
    at = work_rows.moment(archive.clock())
    sealed = seal_confirmed(_holding(archive, document), name, field, operator)
    confirmed.put(connection, ConfirmedField(document.document_id, name, page.page_number, page.version, at, sealed))
    archive.ledger.append(
        connection,
        "field.confirmed",
        document_id=document.document_id,
        field=name,
        page=page.page_number,
        version=page.version,
        corrected=corrected,
    )


def _holding(archive: Archive, document: Document) -> Holding:
    return Holding.of(document, archive.store, archive.keys)


def _confirmed(name: str, shown: dict[str, Any] | None, value: str | None, page_number: int | None) -> ClaimField:
    found = from_json(ClaimField, json.dumps(shown).encode()) if shown else None
    if value is None:
        if found is None:
            raise NotFound("field_not_found", name)
        return replace(found, confidence=None, provenance=CONFIRMED)
    written = _in_normal_form(name, value)
    if found is not None and page_number in {None, found.page_number}:
        return ClaimField(written, found.page_number, found.box, None, CONFIRMED)
    return ClaimField(written, page_number or 1, None, None, CONFIRMED)


def _in_normal_form(name: str, value: str) -> str:
    """A date as extraction writes it, ISO 8601 to the day, month or year; one of two meanings is none. The rest as typed."""
    if not name.endswith("_date"):
        return value.strip()
    span = parse_date(value)
    if span.otherwise is not None:
        raise Rejected("unreadable_date")
    return span.first.isoformat()[: _SHOWN[span.precision]]
