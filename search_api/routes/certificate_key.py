"""The public key that certificates are checked with. It is no secret: it is given without a token."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.certificates.kept import signer
from search_api.sign_in import ArchiveHere

router = APIRouter(tags=["documents"])

_PEM = "application/x-pem-file"


@router.get(
    "/certificate-key",
    response_class=Response,
    responses={200: {"content": {_PEM: {"schema": {"type": "string"}}}, "description": "PEM (SubjectPublicKeyInfo)."}},
)
def certificate_key(archive: ArchiveHere) -> Response:
    """The archive's public key (Ed25519). Compare its SHA-256 with one that came by another route: whoever could exchange a
    certificate on its way could exchange this answer too."""
    public = signer(archive).public
    return Response(public.pem, media_type=_PEM, headers={"X-Key-SHA256": public.sha256})
