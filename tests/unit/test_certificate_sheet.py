"""Certificates on paper: whole, legible, searchable, and never more than two sheets."""

import io
from dataclasses import fields, replace
from hashlib import sha256

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest

from archive.certificates.encoding import decode, sign
from schemas.certificate import CheckResult, MaskCount, Software
from tests.builders.certificates import SIGNER, a_certificate, a_notice, a_page
from workers.certificate import sheet, words
from workers.certificate.sheet import print_certificate
from workers.certificate.words import Words
from workers.redact.tokens import TOKENS


def printed(certificate, *, verified=True):
    data = sign(certificate, SIGNER)
    return data, print_certificate(decode(data), data, verified=verified)


def texts(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def joined(pdf):
    return "".join("".join(texts(pdf)).split())


def test_it_says_what_the_certificate_says():
    certificate = a_certificate()
    data, pdf = printed(certificate)
    said = joined(pdf)
    for told in (
        certificate.document,
        certificate.original.sha256,
        certificate.derivative.sha256,
        certificate.policy.sha256,
        certificate.ledger.sha256,
        SIGNER.public.sha256,
        sha256(data).hexdigest(),
        *certificate.software.reading,
        certificate.software.verifier,
        "page_too_faint",
    ):
        assert told in said, told


def test_it_says_so_in_both_languages():
    said = joined(printed(a_certificate())[1])
    assert "遮盖证明" in said
    assert "Redactioncertificate" in said
    assert "身份证号CN_ID182" in said
    assert "遮盖不透明boxesopaque通过" in said


@pytest.mark.parametrize("verified", [True, False])
def test_it_says_whether_the_signature_was_verified(verified):
    said = joined(printed(a_certificate(), verified=verified)[1])
    assert ("已用上列公钥验证签名" in said) == verified
    assert ("打印时未验证签名" in said) != verified


def test_its_code_holds_the_certificates_digest():
    data, pdf = printed(a_certificate())
    with pypdfium2.PdfDocument(pdf) as opened:
        picture = np.asarray(opened[0].render(scale=3).to_pil().convert("L"))
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == f"sha256:{sha256(data).hexdigest()}"


def test_the_same_certificate_is_printed_the_same():
    assert printed(a_certificate())[1] == printed(a_certificate())[1]


def test_every_font_is_embedded():
    with pikepdf.open(io.BytesIO(printed(a_certificate())[1])) as pdf:
        described = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontDescriptor" in each]
        assert len(described) >= 3
        assert all("/FontFile2" in each.FontDescriptor for each in described)


def many_pages():
    """No two neighbours alike."""
    return tuple(
        a_page(number, *(MaskCount(f"KIND_{at}", "policy", number) for at in range(25))) if number % 7 else a_notice(number)
        for number in range(1, 1001)
    )


def test_a_document_of_a_thousand_pages_keeps_to_two_sheets():
    checks = tuple(CheckResult(f"check_{number}", passed=True) for number in range(40))
    readers = Software("0.1.0", tuple(f"engine-{number}/3.10/small" for number in range(4)), "ppocr/3.10", "a", "b")
    pdf = printed(a_certificate(many_pages(), checks=checks, software=readers))[1]
    assert 1 <= len(texts(pdf)) <= 2
    assert "其余各页见JSON原件" in joined(pdf)


def test_neighbours_alike_share_a_line():
    pages = tuple(a_page(number, MaskCount("CN_NAME", "policy", 1)) for number in range(1, 301))
    said = joined(printed(a_certificate(pages))[1])
    assert "1-300:姓名CN_NAME1" in said


def test_markup_in_a_code_is_no_markup():
    odd = replace(a_certificate().policy, name="<b>&amp;</b>")
    assert "<b>&amp;</b>/1" in joined(printed(a_certificate(policy=odd))[1])


def test_a_character_that_no_font_has_is_a_question_mark():
    odd = replace(a_certificate().policy, name="x\u0645\u0000y")
    assert "x??y/1" in joined(printed(a_certificate(policy=odd))[1])


def test_the_font_has_every_character_that_may_be_printed():
    own = [each for each in vars(words).values() if isinstance(each, Words)]
    tables = [*words._AUDIENCES.values(), *words._CHECKS.values()]
    said = "".join(getattr(each, name.name) for each in (*own, *tables) for name in fields(Words)) + "".join(TOKENS)
    assert {char for char in said if sheet._printable(char) != char} == set()
