"""Values in writing that only the format undoes."""

import pytest

from schemas.entity import Entity, Tier
from schemas.redaction import Audience
from workers.redact.policy import default_policy
from workers.verify.escapes import unescaped
from workers.verify.secrets import Secrets
from workers.verify.stored_bytes import ByteSearch

NAME = "欧阳文博"
ENTITY = Entity("CN_NAME", Tier.A, 1, NAME, (0, 4), canonical=NAME)
SEARCH = ByteSearch(Secrets.of((ENTITY,), default_policy(), Audience.PUBLIC))


def kinds_in(data: bytes) -> set[str]:
    return set().union(*map(SEARCH, unescaped(data)))


@pytest.mark.parametrize(
    "written",
    [
        b"/T <fe ff " + NAME.encode("utf-16-be").hex(" ").encode() + b">",
        b"/T <FEFF" + NAME.encode("utf-16-be").hex("\n", 3).upper().encode() + b">",
        b"/T (" + b"".join(b"\\%03o" % byte for byte in NAME.encode("utf-16-be")) + b")",
        b"/T (" + b"\\\n".join(NAME[at].encode() for at in range(4)) + b")",
        b"/T /" + b"".join(b"#%02x" % byte for byte in NAME.encode("gbk")),
        b"<note>" + "".join(f"&#x{ord(char):X};" for char in NAME).encode() + b"</note>",
        b"note: " + "".join(f"&#{ord(char)};" for char in NAME).encode(),
        "".join(f"<b lang='zh'>{char}</b>" for char in NAME).encode(),
        "".join(f"<b>&#{ord(char)};</b>" for char in NAME).encode(),
    ],
)
def test_a_value_is_found_once_its_escapes_are_undone(written):
    assert not SEARCH(written)
    assert kinds_in(written) == {"CN_NAME"}


@pytest.mark.parametrize(
    "written", [b"", b"plain", b"<< /Length 4 >>", b"<abc>", b"&#x110000; &#xD800;", b"\\9 #zz \\", b"\xff\\\xff<"]
)
def test_what_is_no_escape_stays_as_it_is(written):
    assert kinds_in(written) == set()


@pytest.mark.parametrize("codec", ["utf-32-be", "utf-32-le"])
def test_four_bytes_a_character_are_searched_too(codec):
    assert SEARCH(b"..." + NAME.encode(codec)) == {"CN_NAME"}
