"""A generated paper on its whole way: read, planned, hidden, built, verified; and what became of every value planted on it."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2
from PIL import Image

from bench.archives.known_values import HiddenValue, values_of
from bench.hiding.exposure import hidden_ink, share_in_sight
from bench.hostile.recover import form_values_in_bytes, inflated
from bench.papers import Damage, Paper
from bench.reading.kept_readings import read_paper
from schemas.page import PageReading, PageState, PageText
from schemas.redaction import Audience
from workers.page_image import PageImage
from workers.redact.likeness import plain
from workers.redact.policy import Action
from workers.steps.build import BuiltPage, build_pdf, notice, text_beside
from workers.steps.hide_page import HiddenPage, hide_page
from workers.steps.plan import AudiencePlan, Plan, make_plan
from workers.steps.read_original import with_not_text
from workers.tools import Tools
from workers.verify.page import rescaled
from workers.verify.secrets import Secrets, SecretSearch

SCALES = (0.78, 1.0, 1.6)
"""At which the finished pages are read, where a character of a value may still be in sight."""
_FEWEST_CHARACTERS = 2
_TELLING_BYTES = 6
"""Characters below which a file holds the bytes of a value by chance: page descriptions are full of numbers like 5.10."""
_HALF = 0.5
_WORN_JPEG = 60


@dataclass(frozen=True, slots=True)
class Value:
    """One planted value that had to be hidden. `planned` and `burnt` are the shares of its characters outside the masks that
    follow from reading once, and outside those of the finished page; `found_by` names who found it in the finished file."""

    kind: str
    page_number: int
    planned: float
    burnt: float
    found_by: tuple[str, ...] = ()

    @property
    def is_told_before(self) -> bool:
        """Whether half of it and more would have been seen, had nothing been read back."""
        return self.planned >= _HALF

    @property
    def is_told(self) -> bool:
        """Whether anybody can read it in the finished file: half of it and more is in sight, or a reader found it."""
        return self.burnt >= _HALF or bool(self.found_by)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One paper. `damages` names what happened to its pages, `released` whether every check passed; ink is in pixels."""

    seed: int
    kind: str
    damages: tuple[str, ...]
    pages: int
    unread: int
    released: bool
    checks: tuple[str, ...]
    """Those that found something."""
    values: tuple[Value, ...]
    ink: int
    due_ink: int
    reading_seconds: float | None
    """None where what was read had been kept."""
    hiding_seconds: float


@dataclass(frozen=True, slots=True)
class _Finished:
    """A paper's finished file, and the text and pictures of its pages."""

    pdf: bytes = field(repr=False)
    pages: tuple[HiddenPage, ...]
    leaks: tuple[str, ...]


def judged(seed: int, audience: Audience, tools: Tools) -> Outcome:
    """The paper of *seed*, hidden from *audience*. Takes some seconds a page."""
    read = read_paper(seed, tools.engine)
    paper, images = read.paper, read.images
    began = time.monotonic()
    readings = [with_not_text(reading, image) for reading, image in zip(read.readings, images, strict=True)]
    looked_at = time.monotonic()
    not_text = [each.not_text for each in readings if each.not_text]
    plan = make_plan([each.text for each in readings if each.text], tools.extractor, tools.policy, not_text=not_text)
    finished = _finished(images, readings, plan, audience, tools)
    done = time.monotonic()
    hidden = [each for each in values_of(page.truth for page in paper.pages) if _is_sought(each, audience, tools)]
    ink = list(_inks(paper, images, hidden, finished.pages))
    return Outcome(
        seed=seed,
        kind=paper.kind,
        damages=tuple(damages(paper.damage)),
        pages=len(images),
        unread=sum(each.state is PageState.FAILED for each in readings),
        released=not finished.leaks,
        checks=finished.leaks,
        values=tuple(_values(hidden, plan.of(audience), finished, tools)),
        ink=sum(all_of for all_of, _ in ink),
        due_ink=sum(due for _, due in ink),
        reading_seconds=None if read.seconds is None else read.seconds + looked_at - began,
        hiding_seconds=done - looked_at,
    )


def damages(damage: Damage) -> Iterator[str]:
    """What happened to a page, in words; "clean" where nothing did."""
    happened = {
        "skew": abs(damage.skew) > 1,
        "turned": bool(damage.turn),
        "noise": damage.noise > 5,
        "salt": bool(damage.salt),
        "folds": bool(damage.folds),
        "shadow": bool(damage.shadow),
        "blur": bool(damage.blur),
        "faint": bool(damage.faint),
        "jpeg": 0 < damage.jpeg < _WORN_JPEG,
        "fax": damage.one_bit,
        "seals": damage.seals > _HALF,
    }
    named = [name for name, is_so in happened.items() if is_so]
    yield from named or ["clean"]


def _finished(
    images: Sequence[PageImage], readings: Sequence[PageReading], plan: Plan, audience: Audience, tools: Tools
) -> _Finished:
    """As `workers.pipeline` makes it; a file that leaks is built all the same, to see what it tells."""
    secrets, own = Secrets.of(plan.entities, tools.policy, audience), plan.of(audience)
    texts = {each.page_number: each.text for each in readings if each.state is not PageState.FAILED}
    pages = {
        number: hide_page(image, own.masks, secrets, tools, before=texts[number])
        for image in images
        if (number := image.page_number) in texts
    }

    def built() -> Iterator[BuiltPage]:
        for reading in readings:
            number = reading.page_number
            if number in pages:
                text = text_beside(own.text_of(number, plan.policy), own.masks_of(number), pages[number].masks)
                yield pages[number].page, text
            else:
                yield notice(number, reading.reason or "page_error", audience, plan.policy)

    pdf, verdict = build_pdf(built, len(images), secrets)
    leaks = [leak for page in pages.values() for leak in page.verdict.leaks]
    return _Finished(pdf.getvalue(), tuple(pages.values()), tuple(sorted({leak.check for leak in (*leaks, *verdict.leaks)})))


def _is_sought(value: HiddenValue, audience: Audience, tools: Tools) -> bool:
    written = plain(value.entity.text)
    return len(written) >= _FEWEST_CHARACTERS and tools.policy.decide(value.entity, audience).action is not Action.SHOW


def _values(hidden: Sequence[HiddenValue], plan: AudiencePlan, finished: _Finished, tools: Tools) -> Iterator[Value]:
    pages, text = {each.page.page_number: each for each in finished.pages}, _text(finished.pdf)
    in_bytes = form_values_in_bytes(tuple({each.entity.text for each in hidden}), inflated(finished.pdf))
    read = dict(_read_again(hidden, finished, tools))
    for each in hidden:
        entity, number = each.entity, each.entity.page_number
        if number not in pages:
            yield Value(entity.kind, number, 0.0, 0.0)  # a notice stands in the page's place
            continue
        before = share_in_sight(entity.text, each.characters, plan.masks_of(number))
        left = share_in_sight(entity.text, each.characters, pages[number].masks)
        ways = {
            "text layer": plain(entity.text) in text,
            "bytes": len(entity.text) >= _TELLING_BYTES and entity.text in in_bytes,
            "reading": bool(left) and _is_read(each, read[number], plan.audience, tools),
        }
        yield Value(entity.kind, number, before, left, tuple(name for name, found in ways.items() if found))


def _text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return "\n".join(plain(page.get_textpage().get_text_range()) for page in opened)


def _read_again(hidden: Sequence[HiddenValue], finished: _Finished, tools: Tools) -> Iterator[tuple[int, list[PageText]]]:
    """Readings of the finished pages on which something may be in sight: what lies under masks is black to every reader."""
    for page in finished.pages:
        number = page.page.page_number
        own = [each for each in hidden if each.entity.page_number == number]
        if any(share_in_sight(each.entity.text, each.characters, page.masks) for each in own):
            yield number, [tools.engine.read(view) for view in _views(page)]


def _views(page: HiddenPage) -> Iterator[PageImage]:
    picture = Image.open(io.BytesIO(page.page.data))
    for scale in SCALES:
        yield rescaled(picture, scale, page.page.page_number, page.page.dpi)


def _is_read(value: HiddenValue, readings: Sequence[PageText], audience: Audience, tools: Tools) -> bool:
    search = SecretSearch(Secrets.of((value.entity,), tools.policy, audience))
    return any(True for reading in readings for _ in search(reading.text))


def _inks(
    paper: Paper, images: Sequence[PageImage], hidden: Sequence[HiddenValue], pages: Sequence[HiddenPage]
) -> Iterator[tuple[int, int]]:
    for page in pages:
        number = page.page.page_number
        due = [quad for each in hidden if each.entity.page_number == number for quad in each.entity.boxes]
        yield hidden_ink(images[number - 1].pixels, paper.pages[number - 1].truth, due, page.masks)
