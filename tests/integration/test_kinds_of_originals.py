"""Whatever kind of file an original is, its derivative holds its page and nothing else of it."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from claimkeep.try_out import RedactedCopy, redacted_copy
from schemas.redaction import Audience
from tests.builders.telling_originals import ORIGINALS, PLANTED, eyes_for
from workers.extract.extractor import Extractor
from workers.redact.archive_format import PACKET, srgb_profile
from workers.redact.policy import default_policy
from workers.tools import Tools
from workers.verify.stored_bytes import inflated_anywhere


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.fixture(scope="module", params=ORIGINALS)
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("originals") / request.param
    file.write_bytes(ORIGINALS[request.param][1]())
    return file


@pytest.fixture(scope="module")
def copy(original: Path, extractor: Extractor) -> RedactedCopy:
    tools = Tools(eyes_for(original.name, original.read_bytes()), extractor, default_policy())
    return redacted_copy(original, tools, Audience.PUBLIC, quiet=True)


def everything_in(pdf: bytes) -> Iterator[bytes]:
    yield pdf
    yield from inflated_anywhere(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for each in opened.objects:
            if isinstance(each, pikepdf.Stream):
                yield each.read_raw_bytes()
                if each.get("/Filter") == pikepdf.Name.FlateDecode:
                    yield each.read_bytes()


def written(value: str) -> set[bytes]:
    return {value.encode(encoding) for encoding in ("utf-8", "utf-16-be", "utf-16-le")} | {value.encode().hex().encode()}


def test_the_original_does_tell(original):
    data = original.read_bytes()
    with Image.open(original) if original.suffix != ".pdf" else pikepdf.open(original) as opened:
        said = data + repr(getattr(opened, "text", "")).encode() + repr(getattr(opened, "docinfo", "")).encode()
    assert all(any(form in said for form in written(value)) for value in PLANTED)


def test_each_kind_of_original_gives_a_derivative(copy):
    assert copy.leaks == ()
    assert {mask.kind for mask in copy.masks} >= {"CN_ID18", "CN_MOBILE"}
    with pikepdf.open(io.BytesIO(copy.pdf)) as opened:
        assert len(opened.pages) == 1


def test_no_byte_of_it_tells_a_planted_value(copy):
    stored = b"\0".join(everything_in(copy.pdf))
    assert not [value for value in PLANTED for form in written(value) if form in stored]


def test_no_metadata_thumbnail_or_profile_comes_along(copy):
    stored = b"\0".join(everything_in(copy.pdf))
    assert not [sign for sign in (b"Exif", b"ICC_PROFILE", b"Photoshop", b"tEXt", b"iTXt", b"eXIf", b"iCCP") if sign in stored]
    with pikepdf.open(io.BytesIO(copy.pdf)) as opened:
        assert "/Info" not in opened.trailer
        assert opened.Root.Metadata.read_bytes() == PACKET
        assert opened.Root.OutputIntents[0].DestOutputProfile.read_bytes() == srgb_profile()
        streams = [each for each in opened.objects if isinstance(each, pikepdf.Stream)]
        assert sum(each.get("/Subtype") == pikepdf.Name.Image for each in streams) == 1


def test_making_it_twice_gives_the_same_bytes(original, copy, extractor):
    tools = Tools(eyes_for(original.name, original.read_bytes()), extractor, default_policy())
    assert redacted_copy(original, tools, Audience.PUBLIC, quiet=True).pdf == copy.pdf
