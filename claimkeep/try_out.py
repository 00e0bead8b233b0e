"""Commands on one file, without an archive, for people who try before they adopt. Nothing is kept."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click

from archive.console import (
    DONE,
    SOME_FAILED,
    Progress,
    exits_with_reason,
    json_option,
    print_json,
)
from archive.errors import Rejected
from ingest.sniff import HEAD_BYTES, ZIP, sniff, why_not
from schemas.claim import Extraction
from schemas.entity import Entity
from schemas.geometry import Box, Quad
from schemas.limits import Limits
from schemas.page import Line, PageReading, PageState, PageText
from schemas.reasons import remedy
from schemas.redaction import Audience, Leak, Mask, RedactedText, Verdict
from schemas.tables import TABLES
from workers.paginate import OpenDocument, TableDocument, open_document
from workers.steps.build import BuiltPage, build_pdf, build_table, notice, text_beside
from workers.steps.hide_page import HiddenPage, hide_page, page_budget
from workers.steps.hide_table import hide_table_page, is_shown
from workers.steps.plan import Plan, make_plan
from workers.steps.read_original import read_original
from workers.tools import Tools, load_tools
from workers.verify.redacted_file import verify_redaction as judge
from workers.verify.redacted_table import verify_redacted_table
from workers.verify.secrets import Secrets, SecretSearch


@dataclass(frozen=True, slots=True)
class RedactedCopy:
    """A finished PDF (of a table a table), the masks in it, the policy that decided, and what reading it back found. Not to be
    given out with leaks; `pdf` is empty where those of a page kept it from being built."""

    pdf: bytes = field(repr=False)
    masks: tuple[Mask, ...]
    policy: str
    leaks: tuple[Leak, ...]


_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_audience_option = click.option(
    "--audience",
    type=click.Choice([each.value for each in Audience]),
    default=Audience.HANDLER.value,
    show_default=True,
    help="For whom.",
)


@click.command()
@click.argument("file", type=_FILE)
@json_option
@exits_with_reason
def ocr(file: Path, *, as_json: bool) -> None:
    """Read FILE and print its text, or with --json every line with its box, in reading order."""
    tools = load_tools()
    with _opened(file) as opened:
        readings = list(_readings(opened, tools, quiet=as_json))
        sizes = {page.page_number: _size(opened, page) for page in readings}
    if as_json:
        print_json({"pages": [_page_json(each, *sizes[each.page_number]) for each in readings]})
    else:
        for each in readings:
            click.echo(each.text.text if each.text else f"[page {each.page_number}: {each.reason or each.state}]")
    _exit(readings)


@click.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--text", type=_FILE, help="A plain text file (UTF-8) in place of FILE; spans count its characters.")
@json_option
@exits_with_reason
def extract(file: Path | None, text: Path | None, *, as_json: bool) -> None:
    """Find names, numbers, dates and the claim's fields in FILE."""
    if (file is None) == (text is None):
        raise click.UsageError("give FILE or --text FILE")
    tools = load_tools()
    if text is not None:
        extraction = tools.extractor.extract_text(_plain_text(text))
        readings: list[PageReading] = []
    else:
        with _opened(_required(file)) as opened:
            readings = list(_readings(opened, tools, quiet=as_json))
        extraction = tools.extractor.extract(_texts(readings))
    if as_json:
        print_json(_extraction_json(extraction))
    else:
        _print_extraction(extraction)
    _exit(readings)


@click.command()
@click.argument("file", type=_FILE)
@_audience_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF (or table) to write.")
@json_option
@exits_with_reason
def redact(file: Path, audience: str, out: Path, *, as_json: bool) -> None:
    """Write a copy of FILE to --out in which nothing is left of what --audience must not see.

    The copy is read back by other tools first. If anything is still found in it, or in the name of --out, it is not written
    (exit code 1).
    """
    copy = redacted_copy(file, load_tools(), Audience(audience), quiet=as_json, file_name=out.name)
    masks, leaks, verified = copy.masks, copy.leaks, not copy.leaks
    if verified:
        out.write_bytes(copy.pdf)
    if as_json:
        print_json(
            {
                "audience": audience,
                "policy": copy.policy,
                "masks": [_mask_json(mask) for mask in masks],
                "verified": verified,
                "leaks": [_leak_json(leak) for leak in leaks],
            }
        )
    else:
        click.echo(f"{len(masks)} masks, policy {copy.policy}")
        _print_leaks(leaks)
        click.echo(f"{out} written: read back, nothing found" if verified else "not written")
    sys.exit(DONE if verified else SOME_FAILED)


@click.command("verify-redaction")
@click.argument("original", type=_FILE)
@click.argument("redacted", type=_FILE, required=False)
@_audience_option
@json_option
@exits_with_reason
def verify_redaction(original: Path, redacted: Path | None, audience: str, *, as_json: bool) -> None:
    """Look in REDACTED, made from ORIGINAL by whatever software, for what --audience must not see (exit code 1 if found).

    A table (XLSX, CSV) may be given alone: it is judged by what is found in it and by what it keeps from sight.
    """
    tools = load_tools()
    texts = _original_texts(original, tools, quiet=as_json) if redacted else ()
    verdict = _judged(redacted or original, texts, tools, Audience(audience), is_alone=redacted is None)
    if as_json:
        leaks = [_leak_json(leak) for leak in verdict.leaks]
        print_json({"audience": audience, "verified": verdict.passed, "checks": list(verdict.checks), "leaks": leaks})
    else:
        _print_leaks(verdict.leaks)
        click.echo(f"{len(verdict.checks)} checks: " + ("nothing found" if verdict.passed else "it leaks"))
    sys.exit(DONE if verdict.passed else SOME_FAILED)


def _original_texts(original: Path, tools: Tools, *, quiet: bool) -> tuple[PageText, ...]:
    with _opened(original) as opened:
        return _texts(_readings(opened, tools, quiet=quiet))


def _judged(file: Path, texts: tuple[PageText, ...], tools: Tools, audience: Audience, *, is_alone: bool) -> Verdict:
    entities, find = tools.extractor.extract(texts).entities, tools.extractor.entities_on_page
    with file.open("rb") as stream:
        media_type = sniff(stream.read(HEAD_BYTES))
        stream.seek(0)
        if media_type in TABLES:
            return verify_redacted_table(entities, stream, media_type, tools.policy, audience, find, file.name)
        if is_alone:
            raise click.UsageError("give ORIGINAL and REDACTED; only a table can be judged alone")
        return judge(texts, entities, stream, tools.policy, audience, tools.engine, find, file.name)


def redacted_copy(file: Path, tools: Tools, audience: Audience, *, quiet: bool, file_name: str = "") -> RedactedCopy:
    """What `redact` writes, if nothing leaks, neither in it nor in *file_name*, which it is to be called. Raises Rejected
    where *file* cannot be opened or none of its pages is shown."""
    with _opened(file) as opened:
        readings = list(_readings(opened, tools, quiet=quiet))
        not_text = tuple(reading.not_text for reading in readings if reading.not_text is not None)
        plan = make_plan(_texts(readings), tools.extractor, tools.policy, not_text=not_text)
        secrets = Secrets.of(plan.entities, tools.policy, audience)
        budget = page_budget(file.stat().st_size, opened.page_count)
        named = tuple(Leak(found.kind, "file_name") for found in SecretSearch(secrets)(file_name))
        if isinstance(opened, TableDocument):
            return _redacted_table(opened, _texts(readings), plan, audience, secrets, tools, named)
        hidden = list(_hidden(opened, readings, plan.of(audience).masks, secrets, tools, budget, quiet=quiet))
    masks = tuple(mask for page in hidden for mask in page.masks)
    leaks = (*(leak for page in hidden for leak in page.verdict.leaks), *named)
    if leaks:
        return RedactedCopy(b"", masks, plan.policy, leaks)
    pdf, verdict = build_pdf(partial(_built, plan, audience, readings, hidden), len(readings), secrets)
    return RedactedCopy(pdf.getvalue(), masks, plan.policy, verdict.leaks)


def _redacted_table(
    opened: TableDocument,
    texts: Iterable[PageText],
    plan: Plan,
    audience: Audience,
    secrets: Secrets,
    tools: Tools,
    named: Iterable[Leak],
) -> RedactedCopy:
    own, search, seen = plan.of(audience), SecretSearch(secrets), dict[int, RedactedText]()
    masks: list[Mask] = []
    leaks = [*named]
    for text in texts:
        number = text.page_number
        visible = own.text_of(number, plan.policy)
        hidden = hide_table_page(text, visible, own.masks_of(number), search, secrets, tools)
        masks, leaks = [*masks, *hidden.masks], [*leaks, *hidden.verdict.leaks]
        if is_shown(text):
            seen[number] = text_beside(visible, own.masks_of(number), hidden.masks)
    if leaks:
        return RedactedCopy(b"", tuple(masks), plan.policy, tuple(leaks))
    made, verdict = build_table(opened.media_type, opened.pages(), seen, secrets)
    return RedactedCopy(made.getvalue(), tuple(masks), plan.policy, verdict.leaks)


@contextmanager
def _opened(file: Path) -> Iterator[OpenDocument]:
    with file.open("rb") as stream, open_document(stream, _media_type(stream), Limits()) as opened:
        yield opened


def _media_type(stream: BinaryIO) -> str:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not head:
        raise Rejected("empty_file")
    media_type = sniff(head)
    if media_type is None or media_type == ZIP:
        raise Rejected("unsupported_type" if media_type == ZIP else why_not(head))
    return media_type


def _readings(opened: OpenDocument, tools: Tools, *, quiet: bool) -> Iterator[PageReading]:
    progress = Progress("reading", quiet=quiet)
    several = opened.readings() if isinstance(opened, TableDocument) else _one_by_one(opened, tools)
    for done, reading in enumerate(several):
        progress.show(done, opened.page_count, "pages")
        yield reading
    progress.show(opened.page_count, opened.page_count, "pages")
    progress.end()


def _one_by_one(opened: OpenDocument, tools: Tools) -> Iterator[PageReading]:
    return (_reading(opened, number, tools) for number in range(1, opened.page_count + 1))


def _reading(opened: OpenDocument, number: int, tools: Tools) -> PageReading:
    try:
        return read_original(opened, number, tools)
    except Rejected as error:
        return PageReading(number, PageState.FAILED, error.reason)


def _hidden(
    opened: OpenDocument,
    readings: list[PageReading],
    masks: Iterable[Mask],
    secrets: Secrets,
    tools: Tools,
    budget: int,
    *,
    quiet: bool,
) -> Iterator[HiddenPage]:
    progress, masks = Progress("hiding and reading back", quiet=quiet), tuple(masks)
    shown = [reading for reading in readings if reading.state is not PageState.FAILED]
    for done, reading in enumerate(shown):
        progress.show(done, len(shown), "pages")
        yield hide_page(opened.render(reading.page_number), masks, secrets, tools, budget, before=reading.text)
    progress.show(len(shown), len(shown), "pages")
    progress.end()


def _built(plan: Plan, whom: Audience, readings: list[PageReading], hidden: list[HiddenPage]) -> Iterator[BuiltPage]:
    pages, own = {each.page.page_number: each for each in hidden}, plan.of(whom)
    for reading in readings:
        number = reading.page_number
        if number in pages:
            text = text_beside(own.text_of(number, plan.policy), own.masks_of(number), pages[number].masks)
            yield pages[number].page, text
        else:
            yield notice(number, reading.reason or "page_error", whom, plan.policy)


def _texts(readings: Iterable[PageReading]) -> tuple[PageText, ...]:
    return tuple(reading.text for reading in readings if reading.text is not None)


def _size(opened: OpenDocument, reading: PageReading) -> tuple[int, int]:
    if reading.text is not None:
        return reading.text.width, reading.text.height
    try:
        image = opened.render(reading.page_number)
    except Rejected:
        return 0, 0  # of a page that cannot be rendered nothing is known
    return image.width, image.height


def _plain_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Rejected("unsupported_type", "the text is not UTF-8") from error


def _required(file: Path | None) -> Path:
    if file is None:
        raise click.UsageError("give FILE")
    return file


def _exit(readings: Iterable[PageReading]) -> None:
    states = [reading.state for reading in readings]
    sys.exit(SOME_FAILED if PageState.FAILED in states else DONE)


def _quad(quad: Quad) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in quad]


def _page_json(reading: PageReading, width: int, height: int) -> dict[str, Any]:
    text = reading.text
    return {
        "page_number": reading.page_number,
        "width": width,
        "height": height,
        "rotation": text.rotation if text else 0,
        "state": reading.state.value,
        "reason": reading.reason,
        "lines": [_line_json(line) for line in text.lines] if text else [],
    }


def _line_json(line: Line) -> dict[str, Any]:
    confidence = None if line.confidence is None else round(line.confidence, 4)
    return {"text": line.text, "confidence": confidence, "box": _quad(line.box)}


def _extraction_json(extraction: Extraction) -> dict[str, Any]:
    return {
        "document_class": extraction.document_class,
        "fields": {
            name: asdict(replace(value, box=None)) | {"box": _quad(value.box) if value.box else None}
            for name, value in extraction.fields.items()
        },
        "entities": [_entity_json(entity) for entity in extraction.entities],
    }


def _entity_json(entity: Entity) -> dict[str, Any]:
    return {
        "kind": entity.kind,
        "tier": entity.tier.value,
        "page_number": entity.page_number,
        "text": entity.text,
        "span": list(entity.span),
        "boxes": [_quad(quad) for quad in entity.boxes],
        "canonical": entity.canonical,
        "role": entity.role,
    }


def _print_extraction(extraction: Extraction) -> None:
    click.echo(f"class: {extraction.document_class}")
    for name, value in extraction.fields.items():
        click.echo(f"{name}: {value.value}  (page {value.page_number})")
    for entity in extraction.entities:
        click.echo(f"  {entity.kind} {entity.tier} page {entity.page_number} {json.dumps(entity.text, ensure_ascii=False)}")


def _mask_json(mask: Mask) -> dict[str, Any]:
    return {"kind": mask.kind, "page_number": mask.page_number, "box": _quad(mask.box.quad()), "reason": mask.reason}


def _leak_json(leak: Leak) -> dict[str, Any]:
    box: Box | None = leak.box
    place = {"page_number": leak.page_number, "box": _quad(box.quad()) if box else None}
    return {"kind": leak.kind, "check": leak.check, "detail": leak.detail} | place


def _print_leaks(leaks: Iterable[Leak]) -> None:
    for leak in leaks:
        where = f"page {leak.page_number}" if leak.page_number else "the file"
        click.echo(f"found by {leak.check}: {leak.kind} on {where} {leak.detail}".rstrip(), err=True)
    if any(leaks):
        click.echo(remedy("leak_found").en, err=True)
