"""The certificates that an archive keeps, each with the version of the file that it is about."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from archive.catalog import derivatives, documents, reviews
from archive.catalog.derivatives import Derivative
from archive.catalog.tables import events
from archive.certificates.signature import Signer
from archive.errors import NotFound, Refused
from archive.wiring import Archive

KIND = "certificate"
"""What a certificate is among a document's objects."""


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """A certificate as it was signed when the file `derivative` was made, or when somebody approved it; `digest` is its
    SHA-256."""

    derivative: Derivative
    data: bytes
    digest: str


def signer(archive: Archive) -> Signer:
    """The archive's own signing key."""
    return Signer(archive.keys.certificate_seed())


def kept_certificate(archive: Archive, document_id: str, audience: str, version: int | None = None) -> KeptCertificate:
    """That of the file that may be served, or of *version*, which may be superseded by now; the one that names the approver
    where it was approved.

    Raises NotFound(not_found | not_made_yet | certificate_missing), Refused(leak_found | derivative_stale | approval_missing |
    derivative_rejected | derivative_withdrawn).
    """
    approval = archive.settings.review.approval
    with archive.catalog.read() as connection:
        documents.get(connection, document_id)
        if version is None:
            derivative = derivatives.ready(connection, document_id, audience, approval)
        else:
            derivative = derivatives.of_version(connection, document_id, audience, version)
        is_needed = audience in approval if derivative.state == "ready" else _had_to_wait(connection, derivative)
        key, digest = _newest(connection, derivative, is_approval_needed=is_needed)
    if key is None or digest is None:
        raise NotFound("certificate_missing", f"{document_id} for {audience}, version {derivative.version}")
    with archive.holding(document_id).open(KIND, key) as stream:
        return KeptCertificate(derivative, stream.read(), digest)


def _newest(connection: Connection, derivative: Derivative, *, is_approval_needed: bool) -> tuple[str | None, str | None]:
    """Key and digest. Nobody is to rely on a version that was taken back, or on what somebody had to approve and nobody did,
    however it stands in the catalog by now."""
    key, digest = derivative.certificate_key, derivative.certificate_digest
    decided = reviews.of_version(connection, derivative.document_id, derivative.audience, derivative.version)
    if derivative.state == "awaiting" or (not decided and (derivative.maker or is_approval_needed)):
        raise Refused("approval_missing", derivative.document_id)
    for each in decided:
        if each.decision != "approved":
            raise Refused(f"derivative_{each.decision}", derivative.document_id)
        key, digest = each.certificate_key, each.certificate_digest
    return key, digest


def _had_to_wait(connection: Connection, derivative: Derivative) -> bool:
    """Whether it was not to be given out before somebody approved it. The ledger tells that of a version that is superseded."""
    query = select(events.c.body).where(events.c.document_id == derivative.document_id, events.c.kind == "derivative.awaiting")
    waited = [json.loads(body) for body in connection.execute(query).scalars()]
    return (derivative.audience, derivative.version) in {(each["audience"], each["version"]) for each in waited}


def note_given(archive: Archive, kept: KeptCertificate, user: str | None = None) -> None:
    """Into the ledger, before the certificate leaves. *user* is the id of whoever asked for it over the API."""
    derivative = kept.derivative
    with archive.catalog.write() as connection:
        archive.ledger.append(
            connection,
            "certificate.given",
            document_id=derivative.document_id,
            audience=derivative.audience,
            version=derivative.version,
            digest=derivative.digest,
            user=user,
        )
