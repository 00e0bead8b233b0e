"""Documents that go the whole way in this process, with the engines of `tests.fakes.two_engines`."""

import io

from archive.catalog import derivatives, documents, readings
from archive.custody import Custody, open_batch
from archive.wiring import Archive
from ingest.intake import take
from tests.fakes import two_engines
from workers.running import child
from workers.tools import Tools


def scan(*corners: tuple[int, int, int]) -> bytes:
    """A TIFF with a page for each corner."""
    first, *others = [two_engines.page(corner) for corner in corners]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    return out.getvalue()


def ingest(archive: Archive, data: bytes) -> str:
    """Gives the document's id."""
    batch = open_batch(archive, Custody("disk", "1", "op"))
    (receipt,) = take(archive, batch, "scan.tif", io.BytesIO(data))
    assert receipt.document_id is not None
    return receipt.document_id


def work_off(archive: Archive, tools: Tools, steps: int | None = None) -> int:
    """Do what waits, or *steps* of it; gives how many steps were done."""
    done = 0
    while steps is None or done < steps:
        lease = archive.queue.take("here")
        if lease is None:
            break
        child.do(archive, tools, lease)
        done += 1
    return done


def page_of(archive: Archive, document_id: str, number: int = 1) -> documents.Page:
    with archive.catalog.read() as connection:
        return documents.page(connection, document_id, number)


def document_of(archive: Archive, document_id: str) -> documents.Document:
    with archive.catalog.read() as connection:
        return documents.get(connection, document_id)


def versions_of(archive: Archive, document_id: str) -> list[tuple[int, int, str, str | None]]:
    """Page number, version, state and reason of every reading."""
    with archive.catalog.read() as connection:
        rows = readings.of_document(connection, document_id)
    return [(row.page_number, row.version, row.state.value, row.reason) for row in rows]


def files_of(archive: Archive, document_id: str) -> list[tuple[str, int, str]]:
    """Audience, version and state of every file that stands."""
    with archive.catalog.read() as connection:
        return [(each.audience, each.version, each.state) for each in derivatives.current(connection, document_id)]


def events_of(archive: Archive, document_id: str) -> list[str]:
    with archive.catalog.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind FROM events WHERE document_id = ? ORDER BY sequence", (document_id,))
        return [row.kind for row in rows]
