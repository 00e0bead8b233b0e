"""Files that were made from what no longer holds: marked so, and told in the ledger."""

from sqlalchemy import Connection

from archive.catalog import derivatives
from archive.wiring import Archive


def make_stale(archive: Archive, connection: Connection, document_id: str, audience: str | None = None) -> None:
    """Of a document, for *audience* or for everybody; those that are marked already are not told of again."""
    for each in derivatives.make_stale(connection, document_id, audience):
        archive.ledger.append(
            connection,
            "derivative.stale",
            document_id=document_id,
            audience=each.audience,
            version=each.version,
            digest=each.digest,
        )
