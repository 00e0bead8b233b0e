"""Authentication secrets: SECRET. Passwords, CVV and one-time codes behind their label; never shown, indexed or unmasked."""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled

_SECRET = re.compile(r"[!-~]{3,32}")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("secret"):
        if match := _SECRET.search(passage.text, slot.start, slot.end):
            yield labelled("SECRET", match, slot)
