"""Claim fields that a person confirmed or corrected; values are sealed and opened by `archive.fields`."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from archive.catalog.tables import confirmed_fields


@dataclass(frozen=True, slots=True)
class ConfirmedField:
    """One row; `version` is that of the page's reading which the person had before them."""

    document_id: str
    name: str
    page_number: int
    version: int | None
    confirmed_at: str
    value: bytes = field(repr=False)


def put(connection: Connection, confirmed: ConfirmedField) -> None:
    """Record *confirmed* in place of what was confirmed of the same field before."""
    connection.execute(
        delete(confirmed_fields).where(
            confirmed_fields.c.document_id == confirmed.document_id, confirmed_fields.c.name == confirmed.name
        )
    )
    values = {name: getattr(confirmed, name) for name in ConfirmedField.__slots__}
    connection.execute(insert(confirmed_fields).values(**values))


def of_document(connection: Connection, document_id: str) -> list[ConfirmedField]:
    query = select(confirmed_fields).where(confirmed_fields.c.document_id == document_id).order_by(confirmed_fields.c.name)
    return [ConfirmedField(**row) for row in connection.execute(query).mappings()]
