"""How large finished files are beside their originals, and whether they can still be read.

    python -m bench.derivative_size [--samples DIR] [--only FOLDER...] [--pictures] [--read N]

Makes the file for handlers of every document of ../shared/samples that opens: read, planned, burnt, encoded and assembled as
the service does, but not verified. `--pictures` leaves reading out, so that pages have neither masks nor a text layer, which
takes a minute. Then N generated papers of either damage are read as they are and as the worst encoding that a budget can bring
about leaves them, without masks: what that adds to the character error rate is what encoding costs.

Prints a table, one row a file; writes bench/results/derivative_size.json where all samples were taken. Exits with 1 where a
scan or photograph is more than 1.5 times its original, or encoding adds more than 0.1 points.
"""

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from archive.console import print_table
from archive.errors import Rejected
from bench import results
from bench.reading.pages import OTHER_SETS
from ingest.sniff import HEAD_BYTES, PDF, ZIP, sniff
from schemas.limits import Limits
from schemas.page import PageReading, PageState
from schemas.redaction import Audience, Mask, RedactedText
from workers.page_image import PageImage
from workers.paginate import OpenDocument, open_document
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, burn, encode_page
from workers.steps.build import BuiltPage, notice
from workers.steps.hide_page import page_budget
from workers.steps.plan import make_plan
from workers.steps.read_original import read_original
from workers.tools import Tools, load_tools

_UNREAD = PageReading(1, PageState.BLANK)
SAMPLES = results.ROOT.parent / "shared" / "samples"
GOAL, MOST_ERRORS_ADDED = 1.5, 0.001
_KINDS = {"1": "black and white", "L": "grey", "RGB": "colour"}
_LEAST_BYTES = 4_000
"""Of an original: below that, what every PDF must have weighs more than any picture."""


@dataclass(frozen=True, slots=True)
class Sized:
    """One document's bytes before and after. `kind` says of what its pictures are; `is_drawn` that the original has none of its
    pages, but draws them."""

    name: str
    kind: str
    is_drawn: bool
    pages: int
    original: int
    derivative: int

    @property
    def ratio(self) -> float:
        return self.derivative / self.original

    @property
    def is_over(self) -> bool:
        return self.ratio > GOAL and not self.is_drawn and self.original >= _LEAST_BYTES


def main() -> None:
    options = _options()
    tools = None if options.pictures else load_tools()
    sized = [each for file in _files(options.samples, options.only) for each in _sized(file, tools)]
    print_table(("file", "kind", "pages", "original", "derivative", "ratio"), [_row(each) for each in sized])
    figures = _figures(sized) | (_errors_added(tools, options.read) if tools else {})
    results.print_table(figures)
    if tools and not options.only:
        results.save("derivative_size", figures)
    sys.exit(bool(figures["scans_over_the_goal"] or figures.get("error_rate_added", 0) > MOST_ERRORS_ADDED))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--only", nargs="*", default=[], help="only files in folders of these names")
    parser.add_argument("--pictures", action="store_true", help="neither read nor hide")
    parser.add_argument("--read", type=int, default=12, metavar="N", help="pages to read once more")
    return parser.parse_args()


def _files(samples: Path, only: Sequence[str]) -> Iterator[Path]:
    for file in sorted(samples.rglob("*")):
        if file.is_file() and (not only or file.parent.name in only or file.parent.parent.name in only):
            yield file


def _sized(file: Path, tools: Tools | None) -> Iterator[Sized]:
    """Nothing for what is no document, or cannot be opened or shown."""
    with file.open("rb") as stream:
        media_type = sniff(stream.read(HEAD_BYTES))
        stream.seek(0)
        if media_type is None or media_type == ZIP:
            return
        try:
            with open_document(stream, media_type, Limits()) as opened:
                pages = list(_pages(opened, page_budget(file.stat().st_size, opened.page_count), tools))
                is_drawn = media_type == PDF and any(_is_drawn(opened, page.page_number) for page, _ in pages)
        except Rejected:
            return
    out = io.BytesIO()
    assemble_pdf(pages, out)
    kinds = " and ".join(sorted({_kind(page) for page, _ in pages})) + (", drawn" if is_drawn else "")
    yield Sized(file.name, kinds, is_drawn, len(pages), file.stat().st_size, len(out.getvalue()))


def _pages(opened: OpenDocument, budget: int, tools: Tools | None) -> Iterator[BuiltPage]:
    readings = [read_original(opened, number, tools) if tools else _UNREAD for number in range(1, opened.page_count + 1)]
    plan = make_plan([each.text for each in readings if each.text], tools.extractor, tools.policy) if tools else None
    for number, reading in enumerate(readings, 1):
        if reading.state is PageState.FAILED:
            yield notice(number, reading.reason or "page_error", Audience.HANDLER, "none/0")
            continue
        image, masks, text = opened.render(number), tuple[Mask, ...](), RedactedText(number, Audience.HANDLER, "none/0", ())
        if plan is not None:
            own = plan.of(Audience.HANDLER)
            masks, text = own.masks_of(number), own.text_of(number, plan.policy)
        yield encode_page(burn(image, masks), number, image.dpi, budget), text


def _is_drawn(opened: OpenDocument, page_number: int) -> bool:
    """Whether a page of a PDF has text of its own."""
    try:
        return opened.text_layer(page_number) is not None
    except Rejected:
        return False


def _kind(page: DerivedPage) -> str:
    with Image.open(io.BytesIO(page.data)) as picture:
        return _KINDS[picture.mode] + ("" if picture.mode == "1" else f" {picture.format}")


def _row(sized: Sized) -> tuple[str, ...]:
    over = " *" if sized.is_over else ""
    return (sized.name, sized.kind, str(sized.pages), str(sized.original), str(sized.derivative), f"{sized.ratio:.2f}{over}")


def _figures(sized: Sequence[Sized]) -> dict[str, float]:
    scans, drawn = [each for each in sized if not each.is_drawn], [each for each in sized if each.is_drawn]
    return {
        "files": len(sized),
        "scans": len(scans),
        "scans_ratio_together": _together(scans),
        "scans_ratio_median": median([each.ratio for each in scans] or [0]),
        "scans_over_the_goal": sum(each.is_over for each in scans),
        "drawn": len(drawn),
        "drawn_ratio_together": _together(drawn),
        "drawn_over_the_goal": sum(each.ratio > GOAL for each in drawn),
        "ratio_together": _together(sized),
    }


def _together(sized: Sequence[Sized]) -> float:
    return sum(each.derivative for each in sized) / max(sum(each.original for each in sized), 1)


def _errors_added(tools: Tools, count: int) -> dict[str, float]:
    """Character error rates of papers as they are and as they are encoded at worst."""
    papers = [(kind, page) for kind in OTHER_SETS if kind.name in {"scanned", "worn"} for page in kind.load(count)]
    before, after = (
        OTHER_SETS[0].judge([(page, tools.engine.read(seen(page.image)).text) for _, page in papers])["character_error_rate"]
        for seen in (_as_it_is, _at_worst)
    )
    return {"error_rate": before, "error_rate_encoded": after, "error_rate_added": after - before}


def _as_it_is(image: PageImage) -> PageImage:
    return image


def _at_worst(image: PageImage) -> PageImage:
    with Image.open(io.BytesIO(encode_page(image.pixels, 1, image.dpi, budget=1).data)) as picture:
        return PageImage(image.page_number, np.asarray(picture.convert("RGB")), image.dpi)


if __name__ == "__main__":
    main()
