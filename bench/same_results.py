"""The demo batch worked through embedded and on servers gives the same: every file, page, text, field, mask, picture and hit.

    python -m bench.same_results [--engine real|fast] [--processes 2]

Both archives take in what `claimkeep demo` takes in; one has its parts embedded, the other on S3, Elasticsearch, PostgreSQL,
and Celery over RabbitMQ. Documents have other ids and keys in each, so they are told by their digests; hits of one tier may
stand in another order, since the id decides the last of it. The searches are for the names, numbers and dates that are known to
stand on the papers, as they are and misread, and for the first lines of pages. Exit code 1 where anything differs. The fast
engine is that of bench/archives/fast_work.py. Writes bench/results/same_results.json.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from archive.catalog import derivatives, intake
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.fields import shown_fields
from archive.finding import find
from archive.wiring import Archive, open_archive
from bench.archives import commands
from bench.archives.contents import HeldFile, held_files, page_readings
from bench.archives.known_values import generated_papers
from bench.archives.on_servers import new_parts
from bench.results import save
from deploy.native.stack import Stack
from schemas.codec import to_json
from schemas.page import PageReading
from schemas.query import Hit, Query
from schemas.redaction import Audience
from workers.steps.plan import Plan, read_plan

SAMPLES = commands.ROOT / "samples"
_ALL = 10_000
_SHOWN = 5
_FAST_WORK = """
import sys
from pathlib import Path
from archive.wiring import open_archive
from bench.archives.fast_work import load
from workers.running.pools import make_pool
if __name__ == "__main__":
    with open_archive(Path(sys.argv[1])) as archive:
        make_pool(archive, int(sys.argv[2]), load=load).run()
"""

Contents = dict[str, dict[str, object]]
"""What an archive holds, by kind and by names that are the same in both archives."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of thing: how many there are, and the names of those that are not the same in both."""

    kind: str
    count: int
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One document with what is kept of it."""

    file: HeldFile
    readings: tuple[PageReading, ...] = field(repr=False)
    plan: Plan | None = field(repr=False)
    burnt: tuple[DerivedPageRow, ...]

    @property
    def name(self) -> str:
        assert self.file.document is not None
        return self.file.document.digest[:16]


def main() -> None:
    options = _options()
    with _homes() as (embedded, distributed):
        for home in (embedded, distributed):
            print(f"working on {home.name} ...", flush=True)
            commands.ingest(home, [SAMPLES / "papers", SAMPLES / "open"])
            _work(home, options.engine, options.processes)
        compared = compare(embedded, distributed)
    _print(compared)
    figures = {f"{each.kind}_{what}": value for each in compared for what, value in _counts(each).items()}
    save("same_results" if options.engine == "real" else "same_results_fast", figures)
    sys.exit(any(each.differing for each in compared))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("real", "fast"), default="real")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


@contextmanager
def _homes() -> Iterator[tuple[Path, Path]]:
    """Two empty archives, one embedded and one on servers."""
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="claimkeep-same-")))
        embedded, distributed = room / "embedded", room / "distributed"
        commands.init(embedded)
        settings = room / "servers.toml"
        settings.write_text(stack.enter_context(new_parts(Stack())), encoding="utf-8")
        commands.run("init", "--settings", str(settings), "--home", str(distributed))
        yield embedded, distributed


def _work(home: Path, engine: str, processes: int) -> None:
    if engine == "fast":
        words: tuple[str, ...] = (sys.executable, "-c", _FAST_WORK, str(home), str(processes))
        subprocess.run(words, cwd=commands.ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    elif commands.start_work(home, processes).wait() not in {0, 1}:  # 1: some pages failed, as some of the samples should
        raise SystemExit(f"claimkeep work could not go on in {home}")


def compare(one: Path, other: Path) -> tuple[Compared, ...]:
    """What two archives of the same files hold, kind by kind."""
    with open_archive(one) as first, open_archive(other) as second:
        queries = _queries(first)
        found, there = (_contents(archive, queries) for archive in (first, second))
    return tuple(_compared(kind, found[kind], there[kind]) for kind in found)


def _compared(kind: str, one: Mapping[str, object], other: Mapping[str, object]) -> Compared:
    names = sorted(one.keys() | other.keys())
    return Compared(kind, len(names), tuple(name for name in names if one.get(name) != other.get(name)))


def _counts(compared: Compared) -> dict[str, int]:
    return {"compared": compared.count, "differing": len(compared.differing)}


def _print(compared: Sequence[Compared]) -> None:
    for each in compared:
        print(f"{each.kind:12}  {each.count:6} compared  {len(each.differing):4} differ  {', '.join(each.differing[:_SHOWN])}")


# What an archive holds.


def _contents(archive: Archive, queries: Mapping[str, Query]) -> Contents:
    files = list(held_files(archive))
    held = [_held(archive, file) for file in {_digest(file): file for file in files if file.document}.values()]
    kinds: dict[str, Callable[[Archive, Held], Iterator[tuple[str, object]]]] = {
        "documents": _documents,
        "pages": _pages,
        "texts": _texts,
        "fields": _fields,
        "masks": _masks,
        "burnt_masks": _burnt_masks,
        "pictures": _pictures,
        "derivatives": _derivatives,
        "files_made": _files_made,
    }
    contents: Contents = {"files": dict(_receipts(archive, files))}
    for kind, tell in kinds.items():
        contents[kind] = {name: value for each in held for name, value in tell(archive, each)}
    return contents | {"searches": _answers(archive, files, queries)}


def _digest(file: HeldFile) -> str:
    return file.document.digest if file.document else ""


def _held(archive: Archive, file: HeldFile) -> Held:
    assert file.document is not None
    plan = None
    if file.document.plan_key is not None:
        plan = read_plan(archive.holding(file.document.document_id))
    with archive.catalog.read() as connection:
        burnt = [row for each in Audience for row in derivatives.pages_of(connection, file.document.document_id, each)]
    return Held(file, tuple(page_readings(archive, file)), plan, tuple(burnt))


def _receipts(archive: Archive, files: Sequence[HeldFile]) -> Iterator[tuple[str, object]]:
    """Each file as it was handed in; that of a container is the sum of its members' receipts too."""
    with archive.catalog.read() as connection:
        batches = [intake.batch_counts(connection, batch) for batch in intake.batch_ids(connection)]
    for number, batch in enumerate(batches):
        yield f"batch {number}", (batch.items, batch.refusals, batch.documents, batch.pages, batch.page_failures)
    for file in files:
        yield str(file.path), (file.outcome, file.reason, _digest(file))


def _documents(_archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    document = held.file.document
    names = ("digest", "size", "media_type", "state", "reason", "page_count", "remarks", "document_class")
    yield held.name, tuple(getattr(document, name) for name in names)


def _pages(_archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    names = ("state", "reason", "width", "height", "rotation", "engine", "confidence", "version")
    for page in held.file.pages:
        yield f"{held.name} {page.page_number}", tuple(getattr(page, name) for name in names)


def _texts(_archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    """Lines, boxes of lines and characters, and confidences."""
    for reading in held.readings:
        yield f"{held.name} {reading.page_number}", to_json(PageReading, reading)


def _fields(archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    assert held.file.document is not None
    for name, value in shown_fields(archive, held.file.document).items():
        yield f"{held.name} {name}", json.dumps(value, sort_keys=True)


def _masks(_archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    """What the plan hides, for each audience and page."""
    if held.plan is None:
        return
    for audience in Audience:
        for page in held.file.pages:
            yield f"{held.name} {page.page_number} {audience}", held.plan.of(audience).masks_of(page.page_number)


def _burnt_masks(_archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    """What was burnt in the end, reading the page back included."""
    for row in held.burnt:
        told = (row.state, row.media_type, row.width, row.height, row.dpi, row.masks, row.leaks)
        yield f"{held.name} {row.page_number} {row.audience}", told


def _pictures(archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    """The bytes of each burnt page."""
    for row in held.burnt:
        if row.object_key is not None:
            yield f"{held.name} {row.page_number} {row.audience}", _sum(archive, held, "derived", row.object_key)


def _derivatives(_archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    for each in held.file.derivatives:
        yield f"{held.name} {each.audience}", (each.version, each.state, each.policy, each.leaks)


def _files_made(archive: Archive, held: Held) -> Iterator[tuple[str, object]]:
    """The bytes of each redacted PDF, as they lie in the store and as the catalog has them."""
    for each in held.file.derivatives:
        if each.object_key is not None:
            yield f"{held.name} {each.audience}", _kept(archive, held, each)


def _kept(archive: Archive, held: Held, derivative: Derivative) -> tuple[str, bool]:
    digest = _sum(archive, held, "derivative", derivative.object_key or "")
    return digest, digest == derivative.digest


def _sum(archive: Archive, held: Held, kind: str, key: str) -> str:
    assert held.file.document is not None
    with archive.holding(held.file.document.document_id).open(kind, key) as stream:
        return hashlib.sha256(stream.read()).hexdigest()


# Searches.


def _queries(archive: Archive) -> dict[str, Query]:
    """By a number, so that no value is printed."""
    known = {sought: None for paper in generated_papers(SAMPLES / "papers") for sought in paper.sought}
    queries = [sought.query() for sought in known]
    queries += [Query(number=_misread(each.value), limit=_ALL) for each in known if each.key == "number"]
    queries += [Query(text=line, limit=_ALL) for line in _first_lines(archive)]
    return {f"{_asked(query)} {number}": query for number, query in enumerate(queries)}


def _asked(query: Query) -> str:
    return next(name for name in ("name", "number", "date", "text") if getattr(query, name))


def _misread(number: str) -> str:
    """With its first 0, 1, 5 or 8 taken for a letter."""
    for at, char in enumerate(number):
        if char in "0158":
            return number[:at] + {"0": "O", "1": "I", "5": "S", "8": "B"}[char] + number[at + 1 :]
    return number


def _first_lines(archive: Archive) -> list[str]:
    """What stands at the heads of pages: kinds of papers, mostly."""
    readings = (each for file in held_files(archive) for each in page_readings(archive, file))
    heads = (each.text.text.partition("\n")[0] for each in readings if each.text)
    return sorted({head for head in heads if any(map(str.isalnum, head))})


def _answers(archive: Archive, files: Sequence[HeldFile], queries: Mapping[str, Query]) -> dict[str, object]:
    archive.index.refresh()
    names = {file.document.document_id: file.document.digest for file in files if file.document}
    return {name: _answer(archive, names, query) for name, query in queries.items()}


def _answer(archive: Archive, names: Mapping[str, str], query: Query) -> tuple[int, list[str], list[str]]:
    """How many there are, their tiers in order, and the hits with reasons, pages and boxes in an order of our own."""
    results = find(archive.index, archive.search_key, query, entitled=True)
    hits = sorted(_hit(names, hit) for hit in results.hits)
    return results.total, [hit.tier.value for hit in results.hits], hits


def _hit(names: Mapping[str, str], hit: Hit) -> str:
    return json.dumps({**asdict(hit), "document_id": names.get(hit.document_id)}, sort_keys=True)


if __name__ == "__main__":
    main()
