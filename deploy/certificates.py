"""A small private certificate authority: it vouches for the servers of one installation and for nothing else."""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_LASTS = timedelta(days=3650)
_SERVER_LASTS = timedelta(days=397)  # what browsers take at most
RENEW_BEFORE = timedelta(days=30)
_CLOCK_SLACK = timedelta(hours=1)  # machines whose clocks differ a little shall not refuse a fresh certificate


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, both PEM (RFC 7468; the key is PKCS #8, not enciphered)."""

    certificate: bytes
    key: bytes = field(repr=False)

    def expires(self) -> datetime:
        return x509.load_pem_x509_certificate(self.certificate).not_valid_after_utc

    def is_fresh(self, now: datetime) -> bool:
        """Whether it lasts for another RENEW_BEFORE."""
        return now + RENEW_BEFORE < self.expires()


@dataclass(frozen=True, slots=True)
class Authority:
    """Who vouches."""

    own: Certificate

    @classmethod
    def make(cls, now: datetime) -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("claimkeep private authority")
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        made = (
            _begun(name, name, key, now, _AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(_pem(made, key))

    def vouched_for(self, certificate: Certificate) -> bool:
        """Whether *certificate* is of this authority and not of an earlier one."""
        try:
            x509.load_pem_x509_certificate(certificate.certificate).verify_directly_issued_by(
                x509.load_pem_x509_certificate(self.own.certificate)
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def vouch_for(self, host: str, now: datetime) -> Certificate:
        """A certificate for the server *host*, which also answers to this machine's own names (RFC 5280, RFC 9525)."""
        authority = x509.load_pem_x509_certificate(self.own.certificate)
        signing = serialization.load_pem_private_key(self.own.key, password=None)
        assert isinstance(signing, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(host), x509.DNSName("localhost"), *map(_address, ("127.0.0.1", "::1"))]
        made = (
            _begun(_name(host), authority.subject, key, now, _SERVER_LASTS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
            .sign(signing, hashes.SHA256())
        )
        return _pem(made, key)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _address(text: str) -> x509.IPAddress:
    return x509.IPAddress(ipaddress.ip_address(text))


def _pem(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Certificate:
    return Certificate(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
