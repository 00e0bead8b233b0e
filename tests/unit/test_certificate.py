"""Certificates: any change of any byte shows, and so does every way in which what is said might not hold."""

import io
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from archive.certificates.checking import check
from archive.certificates.encoding import decode, encode, sign, signed_bytes
from archive.certificates.signature import PublicKey, Signer
from archive.errors import Rejected
from schemas.certificate import CertifiedPage, CheckResult, KindTotal
from tests.builders.certificates import FILE, OTHER, SIGNER, a_certificate, a_notice, a_page

CERTIFICATE = sign(a_certificate(), SIGNER)
KEY = SIGNER.public


def reason(data=CERTIFICATE, file=FILE, key=KEY):
    return check(data, key, io.BytesIO(file)).reason


def test_a_certificate_holds_for_its_file():
    finding = check(CERTIFICATE, KEY, io.BytesIO(FILE))
    assert finding.is_valid
    assert finding.certificate == a_certificate()
    assert [each.name for each in finding.checks] == ["form", "key", "signature", "statement", "file"]


def test_the_same_certificate_is_the_same_bytes():
    assert sign(a_certificate(), SIGNER) == CERTIFICATE
    assert encode(decode(CERTIFICATE)) == CERTIFICATE


def test_signed_are_the_bytes_of_the_file_without_the_signature():
    digits = json.loads(CERTIFICATE)["signature"].encode()
    assert signed_bytes(decode(CERTIFICATE)) == CERTIFICATE.replace(digits, b"")
    assert CERTIFICATE.count(digits) == 1


def test_it_is_plain_json_without_fractions():
    def no_fractions(text):
        raise AssertionError(text)

    assert json.loads(CERTIFICATE, parse_float=no_fractions)["format"] == "claimkeep-redaction-certificate/1"


# Changes.


@pytest.mark.parametrize("bit", [0, 1, 5])
def test_one_bit_changed_in_any_byte_of_a_certificate_shows(bit):
    unnoticed = [at for at in range(len(CERTIFICATE)) if check(_with_bit_changed(CERTIFICATE, at, bit), KEY).is_valid]
    assert unnoticed == []


@pytest.mark.parametrize("at", [*range(0, len(FILE), 61), len(FILE) - 1])
@pytest.mark.parametrize("bit", [0, 7])
def test_one_bit_changed_in_the_file_shows(at, bit):
    assert reason(file=_with_bit_changed(FILE, at, bit)) == "certificate_other_file"


@pytest.mark.parametrize("file", [b"", FILE[:-1], FILE + b"\n", FILE + FILE], ids=["empty", "cut off", "longer", "twice"])
def test_a_file_of_another_length_shows(file):
    assert reason(file=file) == "certificate_other_file"


def test_a_byte_more_or_less_shows():
    assert reason(CERTIFICATE + b"\n") == "certificate_malformed"
    assert {reason(CERTIFICATE[:at] + CERTIFICATE[at + 1 :]) for at in range(len(CERTIFICATE))} <= {
        "certificate_malformed",
        "certificate_changed",
        "certificate_other_key",
    }


def rewritten(**how):
    return (json.dumps(json.loads(CERTIFICATE), **how) + "\n").encode()


REWRITINGS = {
    "indented by four": rewritten(indent=4, sort_keys=True, ensure_ascii=False),
    "on one line": rewritten(sort_keys=True, ensure_ascii=False),
    "in another order": (json.dumps(dict(reversed(json.loads(CERTIFICATE).items())), indent=2) + "\n").encode(),
    "without the last line break": CERTIFICATE[:-1],
    "with Windows line breaks": CERTIFICATE.replace(b"\n", b"\r\n"),
    "in UTF-16": CERTIFICATE.decode().encode("utf-16"),
    "with a byte order mark": b"\xef\xbb\xbf" + CERTIFICATE,
    "with a character escaped": CERTIFICATE.replace(b'"handler"', b'"h\\u0061ndler"'),
    "a number as a fraction": CERTIFICATE.replace(b'"version": 1\n', b'"version": 1.0\n'),
    "a number as text": CERTIFICATE.replace(b'"version": 1\n', b'"version": "1"\n'),
    "a number as true": CERTIFICATE.replace(b'"version": 1\n', b'"version": true\n'),
    "true as a number": CERTIFICATE.replace(b'"passed": true', b'"passed": 1'),
    "with a member more": CERTIFICATE.replace(b'  "version": 1\n', b'  "version": 1,\n  "zone": null\n'),
    "with a member twice": CERTIFICATE.replace(b'  "version": 1\n', b'  "version": 2,\n  "version": 1\n'),
    "with a member less": CERTIFICATE.replace(b'    "approver": null,\n', b""),
    "of another format": CERTIFICATE.replace(b"certificate/1", b"certificate/2"),
    "with no signing key": json.dumps({"certificate": json.loads(CERTIFICATE)}).encode(),
}


@pytest.mark.parametrize("data", REWRITINGS.values(), ids=REWRITINGS.keys())
def test_the_same_written_differently_is_no_certificate(data):
    assert data != CERTIFICATE
    assert reason(data) == "certificate_malformed"


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda digits: "", lambda digits: digits + "00", lambda digits: digits[:-2]],
    ids=["upper case", "none", "more", "fewer"],
)
def test_a_signature_in_other_digits_shows(change):
    digits = json.loads(CERTIFICATE)["signature"]
    assert reason(CERTIFICATE.replace(digits.encode(), change(digits).encode())) == "certificate_changed"


def test_a_signature_that_is_the_same_to_sloppy_arithmetic_shows():
    """S and S + L are the same multiple of the base point; RFC 8032, 5.1.7 has S + L refused."""
    order = 2**252 + 27742317777372353535851937790883648493
    digits = bytes.fromhex(json.loads(CERTIFICATE)["signature"])
    second = (int.from_bytes(digits[32:], "little") + order).to_bytes(32, "little")
    assert reason(CERTIFICATE.replace(digits.hex().encode(), (digits[:32] + second).hex().encode())) == "certificate_changed"


def test_another_key_shows():
    assert reason(key=OTHER.public) == "certificate_other_key"
    assert reason(sign(a_certificate(), OTHER)) == "certificate_other_key"


def test_the_name_of_the_key_is_no_proof():
    named = replace(decode(CERTIFICATE), signature=OTHER.sign(signed_bytes(decode(CERTIFICATE))))
    assert reason(encode(named)) == "certificate_changed"


HOSTILE = {
    "nothing": b"",
    "no object": b"[]\n",
    "a number": b"1" * 5000,
    "deeply nested": b'{"a":' * 50_000 + b"}" * 50_000,
    "deep lists": b"[" * 100_000,
    "not a number": b'{"version": NaN}',
    "half a character": b'{"document": "\\ud800"}',
    "not UTF-8": b'{"document": "\xff"}',
    "a PDF": FILE,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_bytes_that_are_no_certificate_are_malformed(data):
    assert reason(data) == "certificate_malformed"


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_to_be_malformed(data):
    assert check(data, KEY).reason == "certificate_malformed"


def test_a_longer_file_than_any_certificate_is_none(monkeypatch):
    monkeypatch.setattr("archive.certificates.encoding.MOST_BYTES", len(CERTIFICATE) - 1)
    assert reason() == "certificate_malformed"


# What is said must hold together, whoever signed it.

FAILED = CheckResult("masks_opaque", passed=False)
CONTRADICTIONS = {
    "no pages": a_certificate(()),
    "a page not checked": a_certificate(pages_not_checked=(2,)),
    "a page without checks": a_certificate((CertifiedPage(1, "redacted", None, (), ()),)),
    "a page that failed": a_certificate((CertifiedPage(1, "redacted", None, (), (FAILED,)),)),
    "the file not checked": a_certificate(checks=()),
    "the file failed": a_certificate(checks=(CheckResult("structure", passed=False),)),
    "a page left out": a_certificate((a_page(1), a_page(3))),
    "a page twice": a_certificate((a_page(1), a_page(1))),
    "not from the first page": a_certificate((a_page(2), a_page(3))),
    "too few masks told": a_certificate(totals=replace(a_certificate().totals, masks=2)),
    "another kind told": a_certificate(totals=replace(a_certificate().totals, kinds=(KindTotal("CN_BANK", 3),))),
    "a kind told twice": a_certificate(totals=replace(a_certificate().totals, kinds=(*a_certificate().totals.kinds,) * 2)),
    "a notice told as redacted": a_certificate(totals=replace(a_certificate().totals, redacted=3, notices=0)),
}


@pytest.mark.parametrize("certificate", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_certificate_that_says_too_little_or_contradicts_itself_is_not_valid(certificate):
    assert reason(sign(certificate, SIGNER)) == "certificate_incomplete"


def test_a_document_of_notices_alone_can_be_certified():
    assert reason(sign(a_certificate((a_notice(1), a_notice(2))), SIGNER)) is None


@pytest.mark.parametrize(("ended", "why"), [("redacted", "page_too_faint"), ("notice", None)])
def test_a_page_has_a_reason_exactly_when_it_is_a_notice(ended, why):
    with pytest.raises(ValueError, match="a reason exactly"):
        CertifiedPage(1, ended, why, (), ())


@pytest.mark.parametrize("digest", ["", "0F" * 32, "0f" * 31, "g" * 64])
def test_a_digest_that_is_none_is_refused(digest):
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        replace(a_certificate().original, sha256=digest)


# Keys.


def test_signatures_are_those_of_the_standard():
    """RFC 8032, 7.1, tests 1 and 3."""
    signer = Signer(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert signer.sign(b"") == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    signer = Signer(bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"))
    signature = (
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a"
    )
    assert signer.sign(b"\xaf\x82") == signature
    assert signer.public.signed(b"\xaf\x82", signature)
    assert not signer.public.signed(b"\xaf\x83", signature)


def test_a_public_key_comes_back_from_its_pem():
    assert PublicKey.from_pem(KEY.pem.encode()).sha256 == KEY.sha256
    assert PublicKey.from_pem(b"The key of the archive:\n" + KEY.pem.encode() + b"SHA-256 ...\n").sha256 == KEY.sha256


def not_keys():
    other = X25519PrivateKey.generate()
    yield b""
    yield b"not a key"
    yield KEY.pem.replace("M", "N").encode()
    yield other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    yield other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("pem", list(not_keys()), ids=["nothing", "words", "damaged", "of another algorithm", "private"])
def test_what_is_no_public_key_of_this_kind_is_rejected(pem):
    with pytest.raises(Rejected, match="not_a_public_key"):
        PublicKey.from_pem(pem)


def test_a_signer_does_not_show_its_seed():
    assert "cccc" not in repr(SIGNER)


def _with_bit_changed(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
