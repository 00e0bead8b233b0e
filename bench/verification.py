"""What each check of a finished page costs beside reading it, and what reading less of it again misses.

    python -m bench.verification [--forms 20] [--scanned 8] [--worn 8] [--audience handler]

Reads, plans and hides each page as the service does, in one process on one thread, and takes the time of every part of it;
then hides it once more with the whole page read again, as if nothing were known of it, and compares what the two ways found: a
mask that only reading all of it brought about counts as missed. RapidOCR reads the same pages, too: `over_rapidocr` is how
many times as fast as its mere reading the whole way is, 3 being the goal. The forms are those of ../shared/samples/nc, the
papers are from the generator. Prints a table; writes bench/results/verification.json. Exits with 1 where all that is done
beside reading takes longer than reading, or where a mask was missed.
"""

import argparse
import io
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pikepdf

from bench import results
from bench.reading.pages import FORM_SET, OTHER_SETS, PageSet
from bench.reading.peers import PEERS, Peer, Start
from schemas.entity import Entity
from schemas.page import EngineVersion, PageText
from schemas.redaction import Audience, Mask
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import encode_page
from workers.steps.build import text_beside
from workers.steps.hide_page import HiddenPage, hide_page, page_budget
from workers.steps.plan import AudiencePlan, make_plan
from workers.tools import Tools, load_tools
from workers.verify.document import secrets_in_bytes, secrets_in_strings, secrets_in_texts, verify_pdf
from workers.verify.pdf_text import BOTH
from workers.verify.secrets import Secrets, SecretSearch
from workers.verify.stored_bytes import ByteSearch
from workers.verify.structure import carriers, colours, layers, pictures, revisions

SCANNED, WORN = (next(each for each in OTHER_SETS if each.name == name) for name in ("scanned", "worn"))


@dataclass(slots=True)
class Clock:
    """Seconds of processor by part, of all pages together: others may be at work on the machine."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds[part] += time.process_time() - began
        self.calls[part] += 1


@dataclass(frozen=True, slots=True)
class Timed:
    """An engine whose readings are timed as *part*, and counted."""

    engine: OcrEngine
    clock: Clock
    part: str

    @property
    def version(self) -> EngineVersion:
        return self.engine.version

    def read(self, image: PageImage) -> PageText:
        with self.clock(self.part):
            return self.engine.read(image)


class TimedExtractor:
    """The extractor's second part in verifying, timed as *part*."""

    def __init__(self, find: Callable[[PageText], tuple[Entity, ...]], clock: Clock, part: str) -> None:
        self._find, self._clock, self._part = find, clock, part

    def entities_on_page(self, page: PageText) -> tuple[Entity, ...]:
        with self._clock(self._part):
            return self._find(page)


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one page: the masks that were planned, those that reading it back brought about by either way."""

    planned: int
    added: tuple[Mask, ...]
    added_by_the_whole: tuple[Mask, ...]
    missed: tuple[Mask, ...]
    passed: bool


def main() -> None:
    options = _options()
    audience, tools, clock = Audience(options.audience), load_tools(), Clock()
    counts = ((FORM_SET, options.forms), (SCANNED, options.scanned), (WORN, options.worn))
    rapidocr = PEERS["rapidocr"](Start(1, Path()))
    (first,) = _pages(SCANNED, 1)
    tools.engine.read(first)  # models are compiled for the first page's shapes
    rapidocr.read(first.pixels, first.dpi)
    seen = [each for kind, count in counts for each in _looked_through(kind, count, audience, tools, rapidocr, clock)]
    figures = _figures(clock, seen)
    _print(clock, len(seen), figures)
    results.save("verification", figures)
    sys.exit(bool(figures["beside_reading"] > 1 or figures["masks_missed"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=20)
    parser.add_argument("--scanned", type=int, default=8)
    parser.add_argument("--worn", type=int, default=8)
    parser.add_argument("--audience", choices=[each.value for each in Audience], default=Audience.HANDLER.value)
    return parser.parse_args()


def _pages(kind: PageSet, count: int) -> list[PageImage]:
    return [page.image for page in kind.load(count)]


def _looked_through(
    kind: PageSet, count: int, audience: Audience, tools: Tools, rapidocr: Peer, clock: Clock
) -> Iterator[Seen]:
    for at, image in enumerate(_pages(kind, count), 1):
        with clock("rapidocr"):
            rapidocr.read(image.pixels, image.dpi)
        seen = _page(image, audience, tools, clock)
        missed = Counter(mask.kind for mask in seen.missed)
        print(f"{kind.name} {at}: {seen.planned} planned, {len(seen.added)} added, missed {dict(missed)}", flush=True)
        yield seen


def _page(image: PageImage, audience: Audience, tools: Tools, clock: Clock) -> Seen:
    with clock("reading"):
        text = tools.engine.read(image)
    with clock("planning"):
        plan = make_plan((text,), tools.extractor, tools.policy)
    own, secrets = plan.of(audience), Secrets.of(plan.entities, tools.policy, audience)
    budget = page_budget(len(encode_page(image.pixels, 1, image.dpi).data), 1)
    hidden = _hidden("", image, own, secrets, tools, clock, budget, text)
    whole = _hidden(" (whole)", image, own, secrets, tools, clock, budget, None)
    if hidden.verdict.passed:
        _file(hidden, own, plan.policy, secrets, clock)
    planned = set(own.masks)
    ours, theirs = (tuple(mask for mask in each.masks if mask not in planned) for each in (hidden, whole))
    missed = tuple(mask for mask in theirs if not any(mask.box.overlaps(other.box) for other in hidden.masks))
    return Seen(len(planned), ours, theirs, missed, hidden.verdict.passed)


def _hidden(
    way: str,
    image: PageImage,
    plan: AudiencePlan,
    secrets: Secrets,
    tools: Tools,
    clock: Clock,
    budget: int,
    before: PageText | None,
) -> HiddenPage:
    timed = replace(
        tools,
        engine=Timed(tools.engine, clock, f"second reading{way}"),
        extractor=TimedExtractor(tools.extractor.entities_on_page, clock, f"second detection{way}"),  # type: ignore[arg-type]  # all of it that is used here
    )
    with clock(f"hiding{way}"):
        return hide_page(image, plan.masks, secrets, timed, budget, before=before)


def _file(hidden: HiddenPage, plan: AudiencePlan, policy: str, secrets: Secrets, clock: Clock) -> None:
    """The file of one page: built, then looked through check by check."""
    out, text = io.BytesIO(), text_beside(plan.text_of(1, policy), plan.masks, hidden.masks)
    with clock("building the file"):
        assemble_pdf([(hidden.page, text)], out)
    with clock("checking the file"):
        assert verify_pdf(io.BytesIO(out.getvalue()), secrets, 1, [hidden.page]).passed
    data, search = out.getvalue(), SecretSearch(secrets)
    with pikepdf.open(io.BytesIO(data)) as opened:
        with clock("structure"):
            _drain(revisions(data), carriers(opened), pictures(opened), colours(opened), layers(opened))
        with clock("stored bytes"):
            _drain(secrets_in_bytes(data, opened, ByteSearch(secrets)))
        with clock("stored strings"):
            _drain(secrets_in_strings(opened, search))
    for check, extract in BOTH.items():
        with clock(check.replace("_", " ")):
            _drain(secrets_in_texts(data, extract, search, check))


def _drain(*found: Iterable[object]) -> None:
    assert not any(True for each in found for _ in each)


def _figures(clock: Clock, seen: Sequence[Seen]) -> dict[str, float]:
    seconds, reading = clock.seconds, clock.seconds["reading"]
    beside = seconds["planning"] + seconds["hiding"] + seconds["building the file"] + seconds["checking the file"]
    return {
        "pages": len(seen),
        "pages_passed": sum(each.passed for each in seen),
        "reading_seconds_a_page": reading / len(seen),
        "beside_reading": beside / reading,
        "share_of_readings_speed": reading / (reading + beside),
        "over_rapidocr": seconds["rapidocr"] / (reading + beside),
        "second_reading_of_reading": seconds["second reading"] / reading,
        "second_reading_of_reading_whole": seconds["second reading (whole)"] / reading,
        "readings_a_page": clock.calls["second reading"] / len(seen),
        "readings_a_page_whole": clock.calls["second reading (whole)"] / len(seen),
        "masks_planned": sum(each.planned for each in seen),
        "masks_added": sum(len(each.added) for each in seen),
        "masks_added_whole": sum(len(each.added_by_the_whole) for each in seen),
        "masks_missed": sum(len(each.missed) for each in seen),
    }


def _print(clock: Clock, pages: int, figures: dict[str, float]) -> None:
    print("\n| part | seconds a page | of reading |\n| --- | ---: | ---: |")
    for part, seconds in clock.seconds.items():
        print(f"| {part} | {seconds / pages:.3f} | {seconds / clock.seconds['reading']:.2f} |")
    print()
    results.print_table(figures)


if __name__ == "__main__":
    main()
