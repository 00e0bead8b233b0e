"""Invoices and medical bills: INVOICE (发票代码 10 or 12 digits, 号码 8; fully digital invoices 20), MED_BILL (票据). Label required,
as eight digits alone are a date or anything else (State Taxation Administration, notice 11 of 2024, for the 20 digits)."""

from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes


def find(passage: Passage) -> Iterator[Candidate]:
    yield from labelled_codes(passage, "INVOICE", "invoice", "invoice_code", minimum=4)
    yield from labelled_codes(passage, "MED_BILL", "medical_bill", "check_code", minimum=4)
