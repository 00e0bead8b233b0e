"""The PP-OCRv6 small models that the `rapidocr` wheel carries: found as files, its code is never imported."""

import hashlib
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

    def digest_prefix(self) -> str:
        """Eight hex digits over both models: other weights, other readings."""
        return hashlib.sha256(self.detection + self.recognition).hexdigest()[:8]
