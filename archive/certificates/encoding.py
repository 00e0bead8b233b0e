"""A certificate as bytes: one way to write each, so that whoever reads one can tell whether it was written so.

JSON in UTF-8 with members in order of name, two spaces a level and a line break at the end; strings, whole numbers, true,
false and null, but no fractions, of which no two programs agree how to write them. Signed are the bytes of the file with the
signature's digits taken out.
"""

import json
from dataclasses import asdict, replace

from archive.certificates.signature import Signer
from archive.errors import Rejected
from schemas.certificate import Certificate, SignedCertificate, SigningKey
from schemas.codec import from_json

MOST_BYTES = 64 * 1024 * 1024
"""No certificate is as large: one of 5,000 pages, the most that a document may have, has about 10 MB."""


def sign(certificate: Certificate, signer: Signer) -> bytes:
    """The finished file."""
    unsigned = SignedCertificate(certificate, SigningKey("Ed25519", signer.public.sha256), "")
    return encode(replace(unsigned, signature=signer.sign(encode(unsigned))))


def encode(signed: SignedCertificate) -> bytes:
    members = asdict(signed)
    whole = {**members.pop("certificate"), **members}
    return (json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def signed_bytes(signed: SignedCertificate) -> bytes:
    """What the signature is over."""
    return encode(replace(signed, signature=""))


def decode(data: bytes) -> SignedCertificate:
    """Raises Rejected(certificate_malformed) unless `encode` of what it gives is *data* again, byte for byte."""
    try:
        signed = _parsed(data)
        is_same = encode(signed) == data
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, or not of these members
        raise Rejected("certificate_malformed") from error
    if not is_same:
        raise Rejected("certificate_malformed", "it is not written as certificates are")
    return signed


def _parsed(data: bytes) -> SignedCertificate:
    if len(data) > MOST_BYTES:
        raise ValueError("too long")
    members = json.loads(data)
    if not isinstance(members, dict):
        raise ValueError("a certificate is an object")  # noqa: TRY004 - whoever wrote the file is at fault, not a caller
    around = {name: members.pop(name, None) for name in ("signing_key", "signature")}
    return from_json(SignedCertificate, json.dumps({"certificate": members, **around}).encode())
