"""A certificate on paper: two sheets of A4 at most, in Chinese and English, made from the JSON alone.

The same certificate gives the same bytes. All fonts are embedded, so that it looks the same wherever it is opened, and its text
can be searched and copied.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import groupby, islice
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from schemas.certificate import Certificate, CertifiedFile, CertifiedPage, CheckResult, Person, SignedCertificate, Software
from workers.certificate import words
from workers.certificate.words import Words

_SHEETS = 2
_FEWER = (60, 30, 15, 5)
"""How many pages (runs of like ones), kinds and checks are told one by one: as many as fit on the sheets."""
_KINDS = 12
"""How many kinds are told of one page; the totals tell more."""
_LATIN, _BOLD, _HAN = "claimkeep-latin", "claimkeep-bold", "claimkeep-han"
_QR = 30 * mm
_LABEL = 44 * mm
_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN - 12  # a frame keeps 6 points free on each side
_BODY = ParagraphStyle("body", fontName=_LATIN, fontSize=7.5, leading=10.5, wordWrap="CJK")
_SMALL = ParagraphStyle("small", _BODY, fontSize=6.5, leading=9, textColor=colors.HexColor("#444444"))
_TITLE = ParagraphStyle("title", _BODY, fontName=_BOLD, fontSize=16, leading=22)
_FRAME = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#BBBBBB")),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)

Row = tuple[Words, str]


def print_certificate(signed: SignedCertificate, data: bytes, *, verified: bool) -> bytes:
    """The PDF. *data* is the certificate's file, *verified* whether its signature was checked before."""
    _register_fonts()
    for most in _FEWER:
        out = io.BytesIO()
        sheet = _sheet(out, signed.certificate)
        sheet.build(list(_flow(signed, data, most, verified=verified)))
        if sheet.page <= _SHEETS:
            break
    return out.getvalue()


def _sheet(out: io.BytesIO, certificate: Certificate) -> Any:  # noqa: ANN401 - reportlab has no types
    return SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=14 * mm,
        bottomMargin=12 * mm,
        title=f"Redaction certificate {certificate.document}",
        author="claimkeep",
        invariant=1,
    )


def _flow(signed: SignedCertificate, data: bytes, most: int, *, verified: bool) -> Iterator[Flowable]:
    digest = hashlib.sha256(data).hexdigest()
    yield _head(digest)
    yield Spacer(0, 3 * mm)
    rows = (*_identity(signed, digest), *_findings(signed.certificate, most))
    yield _table(rows)
    yield Spacer(0, 3 * mm)
    for each in (words.CHECKED if verified else words.NOT_CHECKED, words.PROOF):
        yield _paragraph(f"{each.zh} {each.en}", _SMALL)


def _head(digest: str) -> Table:
    told = (_paragraph(_both(words.TITLE), _TITLE), _paragraph(words.STATES.zh, _BODY), _paragraph(words.STATES.en, _BODY))
    style = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return Table([[list(told), _qr(f"sha256:{digest}")]], colWidths=(_WIDTH - _QR - 4 * mm, _QR + 4 * mm), style=style)


def _identity(signed: SignedCertificate, digest: str) -> Iterator[Row]:
    certificate = signed.certificate
    policy, software, ledger = certificate.policy, certificate.software, certificate.ledger
    yield words.DOCUMENT, certificate.document
    yield words.AUDIENCE, f"{_both(words.audience(certificate.audience))}, {certificate.version}"
    yield words.MADE_AT, certificate.made_at
    yield words.ORIGINAL, _file(certificate.original)
    yield words.DERIVATIVE, _file(certificate.derivative)
    yield words.POLICY, f"{policy.name}/{policy.version}\nSHA-256 {policy.sha256}"
    yield words.SOFTWARE, "\n".join((f"claimkeep {software.claimkeep}", *_parts(software)))
    approver = certificate.people.approver
    released = _person(approver) if approver else _both(words.NO_APPROVER)
    yield words.PEOPLE, f"{_person(certificate.people.maker)}; {released}"
    yield words.LEDGER, f"{ledger.sequence}\nSHA-256 {ledger.sha256}"
    yield words.KEY, f"{signed.signing_key.algorithm}\nSHA-256 {signed.signing_key.sha256}"
    yield words.CERTIFICATE, f"{certificate.format}\nSHA-256 {digest}"


def _parts(software: Software) -> Iterator[str]:
    yield f"{_both(words.READING)}: {', '.join(software.reading) or _both(words.NONE)}"
    for label, version in (
        (words.READING_BACK, software.reading_back),
        (words.EXTRACTION, software.extraction),
        (words.VERIFIER, software.verifier),
    ):
        yield f"{_both(label)}: {version}"


def _findings(certificate: Certificate, most: int) -> Iterator[Row]:
    totals = certificate.totals
    yield words.FILE_CHECKS, _checks(certificate.checks, most)
    yield words.PAGE_CHECKS, _checks(_of_pages(certificate.pages), most)
    yield words.PAGES, f"{totals.pages} ({words.NOTICE.zh}, {words.NOTICE.en}: {totals.notices})"
    unchecked = _shortened([str(number) for number in certificate.pages_not_checked], most)
    yield words.NOT_CHECKED_PAGES, unchecked or _both(words.NONE)
    kinds = _shortened([f"{_both(words.kind(each.kind))} {each.count}" for each in totals.kinds], most)
    yield words.HIDDEN, f"{totals.masks} {_both(words.BOXES)}" + (f": {kinds}" if kinds else "")
    runs = list(islice(_runs(certificate.pages), most + 1)) or [_both(words.NONE)]
    yield words.BY_PAGE, runs[0]
    yield from ((Words("", ""), told) for told in runs[1:most])
    if len(runs) > most:
        yield Words("", ""), _both(words.MORE)


def _of_pages(pages: Iterable[CertifiedPage]) -> tuple[CheckResult, ...]:
    """Each check of any page; passed where all pages that it ran on did."""
    passed: dict[str, bool] = {}
    for each in (check for page in pages for check in page.checks):
        passed[each.name] = passed.get(each.name, True) and each.passed
    return tuple(CheckResult(name, result) for name, result in passed.items())


def _runs(pages: Sequence[CertifiedPage]) -> Iterator[str]:
    """Neighbours of which the same is to be told share a line."""
    for told, run in groupby(pages, _page):
        numbers = [page.number for page in run]
        first, last = numbers[0], numbers[-1]
        yield f"{first}: {told}" if first == last else f"{first}-{last}: {told}"


def _page(page: CertifiedPage) -> str:
    if page.ended == "notice":
        return f"{_both(words.NOTICE)} ({page.reason})"
    kinds: dict[str, int] = {}
    for mask in page.masks:
        kinds[mask.kind] = kinds.get(mask.kind, 0) + mask.count
    return _shortened([f"{words.kind(kind).zh} {kind} {count}" for kind, count in kinds.items()], _KINDS) or _both(words.NONE)


def _checks(results: Iterable[CheckResult], most: int) -> str:
    told = [f"{_both(words.check(each.name))} {(words.PASSED if each.passed else words.FAILED).zh}" for each in results]
    return _shortened(told, most) or _both(words.NONE)


def _shortened(items: list[str], most: int) -> str:
    return ", ".join(items[:most]) + (", ..." if len(items) > most else "")


def _file(file: CertifiedFile) -> str:
    return f"{file.media_type}, {file.size} bytes\nSHA-256 {file.sha256}"


def _person(person: Person) -> str:
    return f"{person.kind} {person.id}"


def _both(said: Words) -> str:
    return f"{said.zh} {said.en}".strip()


def _table(rows: Iterable[Row]) -> Table:
    cells = [(_paragraph(_both(label), _SMALL), [_paragraph(line, _BODY) for line in text.split("\n")]) for label, text in rows]
    return Table(cells, colWidths=(_LABEL, _WIDTH - _LABEL), style=_FRAME, splitInRow=1)


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """*text* with each run of characters in the font that has them; what neither has is shown as a question mark."""
    runs = ("".join(chars) for _, chars in groupby(_printable(text), _is_latin))
    return Paragraph("".join(_marked(run) for run in runs), style)


def _marked(run: str) -> str:
    return escape(run) if _is_latin(run[0]) else f'<font name="{_HAN}">{escape(run)}</font>'


def _printable(text: str) -> str:
    known = _glyphs()
    return "".join(char if _is_latin(char) or ord(char) in known else "?" for char in text)


def _is_latin(char: str) -> bool:
    return " " <= char <= "~"


def _qr(text: str) -> Drawing:
    code = QrCodeWidget(text, barLevel="M", barWidth=_QR, barHeight=_QR)
    drawing = Drawing(_QR, _QR)
    drawing.add(code)
    return drawing


@cache
def _register_fonts() -> None:
    pdfmetrics.registerFont(TTFont(_LATIN, "Vera.ttf"))  # of reportlab itself
    pdfmetrics.registerFont(TTFont(_BOLD, "VeraBd.ttf"))
    pdfmetrics.registerFont(_han())


@cache
def _han() -> Any:  # noqa: ANN401 - reportlab has no types
    font = resources.files("workers.certificate") / "font" / "DroidSansFallbackGB2312.ttf"
    return TTFont(_HAN, io.BytesIO(font.read_bytes()))


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(_han().face.charToGlyph)
