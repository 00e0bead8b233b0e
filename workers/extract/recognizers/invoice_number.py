"""Invoices and medical bills: INVOICE (发票代码 10 or 12 digits, 号码 8; fully digital invoices 20), MED_BILL (票据号码 10).

Label required: eight digits alone are a date, or anything else (docs/identifiers.md, section 3).
"""

from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes


def find(passage: Passage) -> Iterator[Candidate]:
    yield from labelled_codes(passage, "INVOICE", "invoice", "invoice_code", minimum=4)
    yield from labelled_codes(passage, "MED_BILL", "medical_bill", "check_code", minimum=4)
