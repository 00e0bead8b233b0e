"""Taking files in: sniff, check, seal, write the custody entry, and only then acknowledge.

A file is acknowledged when its bytes and its catalog rows are synced to disk. Cut short before that, it has not been taken,
and taking it again does no harm: the same bytes are one original with one more custody entry.
"""

import contextlib
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from archive.catalog import documents, intake, work
from archive.catalog.documents import Document
from archive.catalog.intake import NewItem
from archive.custody import seal_path
from archive.errors import Refused, Rejected, Unavailable
from archive.holdings import original_key
from archive.ids import new_document_id
from archive.standing import require_ready_to_take, require_room
from archive.store.source import Measured
from archive.wiring import Archive
from ingest import containers
from ingest.limits import BoundedStream
from ingest.sniff import HEAD_BYTES, ZIP, sniff, why_not
from schemas.work import Job, Stage


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one file. `outcome`: accepted, duplicate, refused, unpacked or skipped; `path` as it was handed in."""

    path: str = field(repr=False)
    outcome: str
    reason: str | None = None
    document_id: str | None = None
    digest: str | None = None
    size: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether the archive now holds what the file holds."""
        return self.outcome in {"accepted", "duplicate", "unpacked"}


def take(archive: Archive, batch_id: str, path: str, source: BinaryIO) -> Iterator[Receipt]:
    """Take in one file and, where it is a container, each of its members; the container's own receipt comes last.

    *path* is what the custody entry says; it may be any text. *source* need not be seekable. Raises Unavailable before anything
    of *source* is read where it could not be kept; members that were taken before that stay, and come again as duplicates.
    """
    require_ready_to_take(archive)
    try:
        media_type, sealed = _seal(archive, source)
    except Rejected as error:
        yield refuse(archive, batch_id, path, error.reason)
        return
    try:
        if media_type == ZIP:
            yield from _unpack(archive, batch_id, path, sealed)
        else:
            yield _register(archive, batch_id, path, media_type, sealed)
    finally:
        archive.store.delete(sealed.key)


def refuse(archive: Archive, batch_id: str, path: str, reason: str) -> Receipt:
    """Record that a file could not be taken, so that it is accounted for."""
    return _note(archive, batch_id, Receipt(path, "refused", reason))


def holds_already(archive: Archive, batch_id: str, path: str, source: BinaryIO) -> bool:
    """Whether the batch has the bytes of *source* from *path*. Reads *source* to its end and goes back to its beginning."""
    digest = hashlib.file_digest(cast("io.BufferedReader", source), "sha256").hexdigest()
    source.seek(0)
    with archive.catalog.read() as connection:
        return intake.has_item(connection, batch_id, archive.keys.path_token(path), digest)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Bytes that lie encrypted in the store, not yet anybody's original."""

    document_id: str
    data_key: bytes = field(repr=False)
    digest: str
    size: int

    @property
    def key(self) -> str:
        return f"incoming/{self.document_id}"

    @property
    def context(self) -> str:
        return f"{self.document_id}:original"


def _seal(archive: Archive, source: BinaryIO) -> tuple[str, _Sealed]:
    """Media type and place of what *source* gives. Raises Rejected with the reason why it cannot be taken."""
    head = source.read(HEAD_BYTES)
    if not head:
        raise Rejected("empty_file")
    media_type = sniff(head)
    if media_type is None:
        raise Rejected(why_not(head))
    document_id, data_key = new_document_id(), archive.keys.new_data_key()
    measured = Measured(BoundedStream(cast("BinaryIO", _Joined(head, source)), archive.settings.limits))
    archive.store.put(f"incoming/{document_id}", cast("BinaryIO", measured), data_key, f"{document_id}:original")
    return media_type, _Sealed(document_id, data_key, measured.digest, measured.size)


def _unpack(archive: Archive, batch_id: str, path: str, container: _Sealed) -> Iterator[Receipt]:
    """The members are held, each as its own original; of the container its digest stays."""
    whole = Receipt(path, "unpacked", digest=container.digest, size=container.size)
    with archive.store.open(container.key, container.data_key, container.context) as stream:
        try:
            for member in containers.members(stream, archive.settings.limits):
                yield _take_member(archive, batch_id, f"{path}!{member.path}", member)
        except Rejected as error:
            whole = replace(whole, outcome="refused", reason=error.reason)
    yield _note(archive, batch_id, whole)


def _take_member(archive: Archive, batch_id: str, path: str, member: containers.AnyMember) -> Receipt:
    if isinstance(member, containers.SkippedMember):
        return _note(archive, batch_id, Receipt(path, "skipped"))
    if isinstance(member, containers.BadMember):
        return refuse(archive, batch_id, path, member.reason)
    require_room(archive)
    try:
        media_type, sealed = _seal(archive, member.stream)
    except Rejected as error:
        return refuse(archive, batch_id, path, error.reason)
    try:
        return _register(archive, batch_id, path, media_type, sealed)
    finally:
        archive.store.delete(sealed.key)


def _register(archive: Archive, batch_id: str, path: str, media_type: str, sealed: _Sealed) -> Receipt:
    """Make the sealed bytes an original, or a further custody entry of the original that they repeat."""
    accepted = Receipt(path, "accepted", None, sealed.document_id, sealed.digest, sealed.size)
    if (known := _known(archive, sealed.digest)) is not None:
        return _note(archive, batch_id, replace(accepted, outcome="duplicate", document_id=known.document_id))
    key = original_key(sealed.digest, sealed.document_id)
    archive.store.move(sealed.key, key)
    document = Document(
        document_id=sealed.document_id,
        digest=sealed.digest,
        size=sealed.size,
        media_type=media_type,
        original_key=key,
        wrapped_key=archive.keys.wrap(sealed.data_key),
        state="waiting",
        reason=None,
        page_count=None,
        remarks=(),
        document_class=None,
        plan_key=None,
        summary=None,
        received_at=work.moment(archive.clock()),
        finished_at=None,
    )
    job = Job(Stage.OPEN, document.document_id)
    try:
        with archive.catalog.write() as connection:
            documents.add(connection, document)
            work.put(connection, (job,), archive.clock())
            _note_in(archive, connection, batch_id, accepted)
    except IntegrityError:
        # The same bytes came in elsewhere at the same moment, and were first. Where originals cannot be deleted this copy
        # stays; nobody can open it, for its data key is kept nowhere.
        with contextlib.suppress(Refused, Unavailable):
            archive.store.delete(key)
        return _register(archive, batch_id, path, media_type, sealed)
    archive.queue.announce((job,))
    return accepted


def _known(archive: Archive, digest: str) -> Document | None:
    with archive.catalog.read() as connection:
        return documents.with_digest(connection, digest)


def _note(archive: Archive, batch_id: str, receipt: Receipt) -> Receipt:
    with archive.catalog.write() as connection:
        _note_in(archive, connection, batch_id, receipt)
    return receipt


def _note_in(archive: Archive, connection: Connection, batch_id: str, receipt: Receipt) -> None:
    item_id = intake.add_item(
        connection,
        NewItem(
            batch_id=batch_id,
            outcome=receipt.outcome,
            received_at=work.moment(archive.clock()),
            path_token=archive.keys.path_token(receipt.path),
            path=seal_path(archive.keys, batch_id, receipt.path),
            reason=receipt.reason,
            document_id=receipt.document_id,
            digest=receipt.digest,
            size=receipt.size,
        ),
    )
    archive.ledger.append(
        connection,
        f"item.{receipt.outcome}",
        batch_id=batch_id,
        document_id=receipt.document_id,
        item=item_id,
        reason=receipt.reason,
        digest=receipt.digest,
        size=receipt.size,
    )


class _Joined(io.RawIOBase):
    """*head*, which was read already, and then what *source* still gives."""

    def __init__(self, head: bytes, source: BinaryIO) -> None:
        self._head = head
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._head[: len(buffer)] or self._read(len(buffer))
        self._head = self._head[len(part) :]
        buffer[: len(part)] = part
        return len(part)

    def _read(self, count: int) -> bytes:
        try:
            return self._source.read(count)
        except OSError as error:
            raise Rejected("file_unreadable") from error
