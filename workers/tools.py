"""What a worker loads once and uses for every page."""

from collections.abc import Callable
from dataclasses import dataclass

from workers.extract.extractor import Extractor
from workers.named_engines import load_named
from workers.recognize.port import OcrEngine
from workers.recognize.tesseract import load_tesseract
from workers.redact.policy import RedactionPolicy, default_policy


@dataclass(frozen=True, slots=True)
class Tools:
    """The engine, the extractor and the policy of one process.

    `engine` reads new pages and reads derivatives back; the others read pages again, and are loaded when first needed.
    `load_other` gives the engine of another kind that reads a share of the derivatives, too.
    """

    engine: OcrEngine
    extractor: Extractor
    policy: RedactionPolicy
    load_named: Callable[[str], OcrEngine] = load_named
    load_other: Callable[[], OcrEngine] = load_tesseract

    def engine_named(self, name: str) -> OcrEngine:
        """The engine *name*; "" is the usual one. Raises Rejected(engine_not_installed)."""
        return self.engine if name in {"", self.engine.version.name} else self.load_named(name)


def load_tools() -> Tools:
    """Takes one to three seconds: models are loaded here and nowhere else, but for engines asked for by name."""
    from workers.recognize.ppocr import PpOcrEngine  # the OCR runtime is loaded where it is used, not where it is named

    return Tools(engine=PpOcrEngine(), extractor=Extractor(), policy=default_policy())
