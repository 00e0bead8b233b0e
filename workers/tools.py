"""What a worker loads once and uses for every page."""

from dataclasses import dataclass

from workers.extract.extractor import Extractor
from workers.recognize.port import OcrEngine
from workers.redact.policy import RedactionPolicy, default_policy


@dataclass(frozen=True, slots=True)
class Tools:
    """The engine, the extractor and the policy of one process."""

    engine: OcrEngine
    extractor: Extractor
    policy: RedactionPolicy


def load_tools() -> Tools:
    """Takes one to three seconds: models are loaded here and nowhere else."""
    from workers.recognize.ppocr import PpOcrEngine  # the OCR runtime is loaded where it is used, not where it is named

    return Tools(engine=PpOcrEngine(), extractor=Extractor(), policy=default_policy())
