"""The certificates that an archive keeps, each with the version of the file that it is about."""

from dataclasses import dataclass

from archive.catalog import derivatives, documents
from archive.catalog.derivatives import Derivative
from archive.certificates.signature import Signer
from archive.errors import NotFound
from archive.wiring import Archive

KIND = "certificate"
"""What a certificate is among a document's objects."""


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """A certificate as it was signed when the file `derivative` was made."""

    derivative: Derivative
    data: bytes


def signer(archive: Archive) -> Signer:
    """The archive's own signing key."""
    return Signer(archive.keys.certificate_seed())


def kept_certificate(archive: Archive, document_id: str, audience: str, version: int | None = None) -> KeptCertificate:
    """That of the file that may be served, or of *version*, which may be superseded by now.

    Raises NotFound(not_found | not_made_yet | certificate_missing), Refused(leak_found | derivative_stale).
    """
    with archive.catalog.read() as connection:
        documents.get(connection, document_id)
        if version is None:
            derivative = derivatives.ready(connection, document_id, audience)
        else:
            derivative = derivatives.of_version(connection, document_id, audience, version)
    if derivative.certificate_key is None:
        raise NotFound("certificate_missing", f"{document_id} for {audience}, version {derivative.version}")
    with archive.holding(document_id).open(KIND, derivative.certificate_key) as stream:
        return KeptCertificate(derivative, stream.read())


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
