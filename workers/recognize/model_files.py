"""The PP-OCRv6 small models that the `rapidocr` wheel carries: found as files, its code is never imported."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path

DISTRIBUTION = "rapidocr"
DETECTION_FILE = "rapidocr/models/PP-OCRv6_det_small.onnx"
RECOGNITION_FILE = "rapidocr/models/PP-OCRv6_rec_small.onnx"


@dataclass(frozen=True)
class ModelFiles:
    """Both models as ONNX bytes, and the version of the wheel they came in."""

    version: str
    detection_path: Path
    recognition_path: Path

    @classmethod
    def installed(cls) -> "ModelFiles":
        """Raises importlib.metadata.PackageNotFoundError without the wheel, FileNotFoundError where it has other models."""
        wheel = distribution(DISTRIBUTION)
        detection, recognition = (Path(str(wheel.locate_file(name))) for name in (DETECTION_FILE, RECOGNITION_FILE))
        for path in (detection, recognition):
            if not path.is_file():
                raise FileNotFoundError(f"{DISTRIBUTION} {wheel.version} has no {path.name}; install the version in uv.lock")
        return cls(wheel.version, detection, recognition)

    @cached_property
    def detection(self) -> bytes:
        return self.detection_path.read_bytes()

    @cached_property
    def recognition(self) -> bytes:
        return self.recognition_path.read_bytes()

    @cached_property
    def characters(self) -> str:
        """The recogniser's characters in the order of its classes, one a line. Raises KeyError where its file lists none."""
        return dict(_metadata(self.recognition))["character"]

    def digest_prefix(self) -> str:
        """Eight hex digits over both models: other weights, other readings."""
        return hashlib.sha256(self.detection + self.recognition).hexdigest()[:8]


_METADATA = 14  # ModelProto.metadata_props
_KEY, _VALUE = 1, 2  # StringStringEntryProto
_VARINT, _LENGTH_DELIMITED = 0, 2  # wire types; an ONNX file's outer messages have no others


def _metadata(model: bytes) -> Iterator[tuple[str, str]]:
    """What an ONNX file says of itself, read without loading its networks (onnx.proto3; protobuf's wire format)."""
    for field, content in _fields(memoryview(model)):
        if field == _METADATA:
            entry = dict(_fields(content))
            yield str(entry[_KEY], "utf-8"), str(entry[_VALUE], "utf-8")


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of *message*, by number. Raises ValueError on another kind of message."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == _LENGTH_DELIMITED:
            yield tag >> 3, message[at : at + value]
            at += value
        elif tag & 7 != _VARINT:
            raise ValueError("not an ONNX file")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at
