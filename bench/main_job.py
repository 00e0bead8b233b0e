"""The main job against the truth: are the right documents found, and does nothing leak from the files that are served?

    python -m bench.main_job [--home DIR] [--files N] [--processes 2]

On samples/papers, and on the forms of ../shared/samples/nc where they are present. Every name, number and date that is known to
stand in a document is asked for; found is the document if it is among the answers, of whatever tier.

Every file that is ready for the handler is read back: by the judge behind `verify-redaction`, with the true values in place of
those that were found, and by OCR of its pictures in their own size. A leak is a kind of value on a page, however many checks
find it; what the judge detects afresh, without knowing the truth, is a suspicion. And the true places of hidden characters are
compared with the masks, for what no OCR reads may still be seen.

`--home` takes an archive that is there already, such as the demo's, or makes one there; `--files N` reads back N files only.
Exits with 1 where something leaks. Writes bench/results/main_job.json where all was read back.
"""

import argparse
import io
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from statistics import mean, median

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium_c

from archive.catalog import derivatives
from archive.finding import find
from archive.wiring import Archive, open_archive
from bench import results
from bench.archives import commands
from bench.archives.contents import HeldFile, held_files, page_readings, totals
from bench.archives.known_values import HiddenValue, KnownPaper, Sought, filled_forms, generated_papers
from bench.archives.steps import StepClock, watch
from schemas.geometry import Box, Quad
from schemas.page import PageText
from schemas.query import MatchTier
from schemas.redaction import Audience, Leak
from workers.page_image import PageImage
from workers.redact.policy import Action
from workers.tools import Tools, load_tools
from workers.verify.redacted_file import verify_redaction
from workers.verify.secrets import Secrets, SecretSearch

PAPERS = commands.ROOT / "samples" / "papers"
FORMS = commands.ROOT.parent / "shared" / "samples" / "nc" / "forms-zh-xfund"
AUDIENCE = Audience.HANDLER
_FIRST_PAGE = 10  # answers
_TIMES = 9
_QUERY_TIME = re.compile(r"The query took (\d+) ms")
_DETECTED = {"text_detection", "second_detection"}
"""Checks that look for kinds and not for values: what they find need not be true."""


@dataclass(frozen=True, slots=True)
class Held:
    """A paper of which the truth is known, and what the archive made of it."""

    paper: KnownPaper
    file: HeldFile

    @property
    def document_id(self) -> str:
        return self.file.document.document_id if self.file.document else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One value looked for. `tier` is that of the right document, None where it was not found; ranks count from 1."""

    held: Held
    sought: Sought
    tier: MatchTier | None
    rank: int | None
    shown: int


@dataclass(slots=True)
class ReadBack:
    """What reading ready files back found."""

    files: int = 0
    leaks: list[frozenset[Leak]] = field(default_factory=list)
    """Of each file."""
    values: Counter[str] = field(default_factory=Counter)
    """Hidden values whose places are known, by kind; and those of them that masks do not cover wholly."""
    bare_values: Counter[str] = field(default_factory=Counter)


def main() -> None:
    options = _options()
    with commands.home_or_temporary(options.home) as home:
        if not commands.is_archive(home):
            _make(home, options.processes)
        with open_archive(home) as archive:
            held = _held(archive)
            answers = [_answer(archive, each, sought) for each in held for sought in each.paper.sought]
            figures = _sizes(archive, held) | _finding_figures(answers) | _search_times(home, archive, answers)
            _print_misses(answers)
            figures |= _read_back_figures(_read_back(archive, held, options.files))
    results.print_table(figures)
    if options.files is None:
        results.save("main_job", figures)
    sys.exit(bool(figures["leaks"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="the archive to look at, or to make")
    parser.add_argument("--files", type=int, help="how many ready files to read back [default: all]")
    parser.add_argument("--processes", type=int, default=2, help="for making the archive")
    return parser.parse_args()


def _make(home: Path, processes: int) -> None:
    commands.init(home)
    commands.ingest(home, [folder for folder in (PAPERS, FORMS / "images") if folder.is_dir()])
    with open_archive(home) as archive:
        watch(commands.start_work(home, processes), StepClock(archive).look)


def _held(archive: Archive) -> list[Held]:
    """The papers that the archive holds, each once although its bytes may have come twice."""
    known = {paper.path.name: paper for paper in (*generated_papers(PAPERS), *filled_forms(FORMS))}
    files = {file.document.document_id: file for file in held_files(archive) if file.document and file.path.name in known}
    return [Held(known[file.path.name], file) for file in files.values()]


def _sizes(archive: Archive, held: Sequence[Held]) -> dict[str, float]:
    of_documents, of_pages = totals(archive)
    made = Counter(each.state for one in held for each in one.file.derivatives if each.audience == AUDIENCE)
    return {
        "documents_in_the_archive": of_documents.total(),
        "pages_in_the_archive": of_pages.total(),
        **{f"{name}_documents": count for name, count in Counter(each.paper.collection for each in held).items()},
        "derivatives_ready": made["ready"],
        "derivatives_withheld": made["withheld"],
        "leaks_found_by_the_service_in_ready_files": sum(
            len(each.leaks) for one in held for each in one.file.derivatives if each.state == "ready"
        ),
    }


# Finding.


def _answer(archive: Archive, held: Held, sought: Sought) -> Answer:
    found = find(archive.index, archive.search_key, sought.query(), entitled=True)
    for rank, hit in enumerate(found.hits, start=1):
        if hit.document_id == held.document_id:
            return Answer(held, sought, hit.tier, rank, found.total)
    return Answer(held, sought, None, None, found.total)


def _finding_figures(answers: Iterable[Answer]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for (collection, key), some in _grouped(answers, lambda each: (each.held.paper.collection, each.sought.key)):
        figures |= {f"{collection}_{key}s_{name}": value for name, value in _shares(some).items()}
        for (kind,), few in _grouped(some, lambda each: (each.sought.kind,)):
            figures |= {f"{collection}_{key}_{kind}_{name}": _shares(few)[name] for name in ("asked", "found") if kind != key}
    return figures


def _grouped(
    answers: Iterable[Answer], by: Callable[[Answer], tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], list[Answer]]]:
    for key, group in groupby(sorted(answers, key=by), key=by):
        yield key, list(group)


def _shares(answers: Sequence[Answer]) -> dict[str, float]:
    return {
        "asked": len(answers),
        "found": mean(each.tier is not None for each in answers),
        "found_exact_or_likely": mean(each.tier in {MatchTier.EXACT, MatchTier.LIKELY} for each in answers),
        "found_in_first_ten": mean(each.rank is not None and each.rank <= _FIRST_PAGE for each in answers),
        "documents_shown": mean(each.shown for each in answers),
    }


def _print_misses(answers: Iterable[Answer]) -> None:
    misses = Counter((each.held.paper.path.name, each.sought.kind) for each in answers if each.tier is None)
    print(f"not found: {misses.total()}")
    for (name, kind), count in sorted(misses.items()):
        print(f"  {name:20} {count} {kind}")


def _search_times(home: Path, archive: Archive, answers: Sequence[Answer]) -> dict[str, float]:
    """Of values that were found, evenly drawn: the whole command, its query by its own account, and one in a warm process."""
    found = [each.sought for each in answers if each.tier is not None]
    drawn = found[:: max(len(found) // _TIMES, 1)][:_TIMES]
    if not drawn:
        return {}
    commanded = [_command(home, sought) for sought in drawn]
    return {
        "search_command_seconds": median(seconds for seconds, _ in commanded),
        "search_command_query_ms": median(milliseconds for _, milliseconds in commanded),
        "search_warm_query_ms": median(_warm_query(archive, sought) for sought in drawn),
    }


def _command(home: Path, sought: Sought) -> tuple[float, float]:
    """Wall time of `claimkeep search` in seconds, of its query in milliseconds."""
    words = (*commands.COMMAND, "search", f"--{sought.key}", sought.value, "--home", str(home))
    began = time.perf_counter()
    done = subprocess.run(words, cwd=commands.ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    seconds = time.perf_counter() - began
    (milliseconds,) = _QUERY_TIME.findall(done.stdout)
    return seconds, float(milliseconds)


def _warm_query(archive: Archive, sought: Sought) -> float:
    began = time.perf_counter()
    find(archive.index, archive.search_key, sought.query(), entitled=True)
    return 1000 * (time.perf_counter() - began)


# Reading back.


def _read_back(archive: Archive, held: Sequence[Held], most: int | None) -> ReadBack:
    tools, found = load_tools(), ReadBack()
    for each, pdf in islice(_ready(archive, held), most):
        hidden = [value for value in each.paper.values if tools.policy.decide(value.entity, AUDIENCE).action is not Action.SHOW]
        leaks = frozenset(_leaks(archive, tools, each, hidden, pdf))
        bare = [value for value in hidden if value.characters and not _is_covered(archive, each, value)]
        found.files += 1
        found.leaks.append(leaks)
        found.values += Counter(value.entity.kind for value in hidden if value.characters)
        found.bare_values += Counter(value.entity.kind for value in bare)
        _print_file(each, leaks, bare)
    return found


def _ready(archive: Archive, held: Iterable[Held]) -> Iterator[tuple[Held, bytes]]:
    for each in held:
        for made in each.file.derivatives:
            if made.audience == AUDIENCE and made.state == "ready" and made.object_key:
                with archive.holding(each.document_id).open("derivative", made.object_key) as stream:
                    yield each, stream.read()


def _leaks(archive: Archive, tools: Tools, held: Held, hidden: Sequence[HiddenValue], pdf: bytes) -> Iterator[Leak]:
    entities = [value.entity for value in hidden]
    verdict = verify_redaction(
        _original(archive, held),
        entities,
        io.BytesIO(pdf),
        tools.policy,
        AUDIENCE,
        tools.engine,
        tools.extractor.entities_on_page,
    )
    yield from verdict.leaks
    search = SecretSearch(Secrets.of(entities, tools.policy, AUDIENCE))
    for image in _pictures(pdf):
        for found in search(tools.engine.read(image).text):
            yield Leak(found.kind, "reading_in_own_size", image.page_number)


def _original(archive: Archive, held: Held) -> tuple[PageText, ...]:
    """The pages as they truly are, or as they were read where that is not known."""
    return held.paper.texts or tuple(reading.text for reading in page_readings(archive, held.file) if reading.text)


def _pictures(pdf: bytes) -> Iterator[PageImage]:
    """Each page's picture as it is stored, pixel by pixel."""
    with pypdfium2.PdfDocument(pdf) as opened:
        for number, page in enumerate(opened, start=1):
            for each in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,)):
                picture = each.get_bitmap(render=False).to_pil().convert("RGB")
                yield PageImage(number, np.asarray(picture), picture.width * 72 / page.get_width())


def _is_covered(archive: Archive, held: Held, value: HiddenValue) -> bool:
    """Whether the middle of each of its characters lies under a mask."""
    with archive.catalog.read() as connection:
        pages = derivatives.pages_of(connection, held.document_id, AUDIENCE)
    masks = [mask.box for page in pages if page.page_number == value.entity.page_number for mask in page.masks]
    letters = zip(value.entity.text, value.characters, strict=True)
    return all(any(_holds_middle(mask, quad) for mask in masks) for letter, quad in letters if not letter.isspace())


def _holds_middle(mask: Box, quad: Quad) -> bool:
    x, y = (sum(axis) / 4 for axis in zip(*quad, strict=True))
    return mask.left <= x < mask.right and mask.top <= y < mask.bottom


def _print_file(held: Held, leaks: Iterable[Leak], bare: Sequence[HiddenValue]) -> None:
    leaking, kinds = Counter(kind for kind, _ in _leaking(leaks)), Counter(value.entity.kind for value in bare)
    if leaking or kinds:
        print(f"  {held.paper.path.name:20} leaks {dict(leaking)}  not masked {dict(kinds)}", flush=True)


def _leaking(leaks: Iterable[Leak]) -> set[tuple[str, int | None]]:
    """Kinds of true values, or faults of the file, and the pages that they are on."""
    return {(leak.kind, leak.page_number) for leak in leaks if leak.check not in _DETECTED}


def _read_back_figures(found: ReadBack) -> dict[str, float]:
    checks = Counter(leak.check for leaks in found.leaks for leak in leaks)
    kinds = Counter(kind for leaks in found.leaks for kind, _ in _leaking(leaks))
    return {
        "files_read_back": found.files,
        "files_leaking": sum(bool(_leaking(leaks)) for leaks in found.leaks),
        "leaks": kinds.total(),
        **{f"leaks_of_{kind}": count for kind, count in sorted(kinds.items())},
        **{f"leaks_by_{check}": count for check, count in sorted(checks.items()) if check not in _DETECTED},
        "suspicions": sum(checks[check] for check in _DETECTED),
        "hidden_values": found.values.total(),
        "hidden_values_not_masked": found.bare_values.total(),
        **{f"hidden_values_not_masked_{kind}": count for kind, count in sorted(found.bare_values.items())},
    }


if __name__ == "__main__":
    main()
