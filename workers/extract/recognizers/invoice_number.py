"""Invoices and medical bills: INVOICE (发票代码 10 or 12 digits, 号码 8; fully digital invoices 20), MED_BILL (票据号码 10).

Label required: eight digits alone are a date, or anything else (docs/identifiers.md, section 3).
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import first_in, labelled, labelled_codes

_CHECK_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-fOoIlSsZ]{5,8}(?![0-9A-Za-z])")
"""Six hexadecimal digits (票据校验码), which may be letters all of them, one more or less where OCR slipped."""


def find(passage: Passage) -> Iterator[Candidate]:
    yield from labelled_codes(passage, "INVOICE", "invoice", "invoice_code", minimum=4)
    yield from labelled_codes(passage, "MED_BILL", "medical_bill", "check_code", minimum=4)
    for slot in passage.slots_for("check_code"):
        if match := first_in(slot, _CHECK_CODE, passage.text):
            yield labelled("MED_BILL", match, slot)
