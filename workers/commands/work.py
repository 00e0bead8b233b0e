"""`claimkeep work`, `retry` and `export`."""

import os
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path

import click
from prometheus_client import CollectorRegistry

from archive.catalog import derivatives, documents
from archive.certificates.kept import kept_certificate, note_given
from archive.console import (
    DONE,
    SOME_FAILED,
    Progress,
    exits_with_reason,
    home_option,
    json_option,
    print_json,
    sparingly,
)
from archive.errors import NotFound
from archive.logs import set_up_logs
from archive.metrics import serving_metrics
from archive.wiring import Archive, open_archive
from schemas.redaction import Audience
from schemas.work import Stage
from workers.anew import again
from workers.recognize.tesseract import load_tesseract
from workers.running.measure import Measures
from workers.running.pools import make_pool


@click.command()
@click.option("--processes", type=click.IntRange(1, 256), help="Worker processes [default: the setting, or one a core].")
@click.option("--watch", is_flag=True, help="Go on waiting for more, until interrupted.")
@click.option(
    "--stages",
    multiple=True,
    type=click.Choice([each.value for each in Stage]),
    help="Only these steps; may be given several times. Where the queue is Celery's.",
)
@home_option
@json_option
@exits_with_reason
def work(processes: int | None, stages: tuple[str, ...], home: Path, *, watch: bool, as_json: bool) -> None:
    """Read, redact, verify and index what waits, until nothing does.

    It may be interrupted (Ctrl-C, a power cut) and started again at any time: finished steps stay, others are done anew.
    """
    with open_archive(home) as archive:
        set_up_logs(archive.settings.log.level)
        if archive.settings.verify.other_engine_share:
            load_tesseract()  # a page that asks for it would fail; the operator is told now instead
        before = count_failures(archive)
        progress = Progress("working", quiet=as_json)
        registry, count = CollectorRegistry(), processes or default_processes(archive)
        pool = make_pool(
            archive,
            count,
            sparingly(lambda: _show(archive, progress)),
            stages=tuple(Stage(each) for each in stages) or tuple(Stage),
            measures=Measures(registry, count),
        )
        with serving_metrics(archive.settings.metrics, registry) if watch else nullcontext():
            finished = pool.run(until_idle=not watch)
        _show(archive, progress)
        seconds = progress.end()
        failures = count_failures(archive) - before
        _report(archive, seconds, failures, finished=finished, as_json=as_json)
    sys.exit(SOME_FAILED if failures or not finished else DONE)


def default_processes(archive: Archive) -> int:
    """The setting, or one process a core that this process may use."""
    return archive.settings.work.processes or len(os.sched_getaffinity(0))


def _show(archive: Archive, progress: Progress) -> None:
    with archive.catalog.read() as connection:
        of_documents, of_pages = documents.totals(connection)
    ready = sum(count for state, count in of_documents.items() if state != "waiting")
    final = sum(count for state, count in of_pages.items() if state != "waiting")
    progress.show(final, sum(of_pages.values()), f"pages, {ready}/{sum(of_documents.values())} documents ready")


def count_failures(archive: Archive) -> int:
    """How much of the archive failed: documents, pages, and files that are withheld."""
    with archive.catalog.read() as connection:
        of_documents, of_pages = documents.totals(connection)
        withheld = derivatives.withheld(connection)
    return of_documents["failed"] + of_pages["failed"] + withheld


def _report(archive: Archive, seconds: float, failures: int, *, finished: bool, as_json: bool) -> None:
    with archive.catalog.read() as connection:
        of_documents, of_pages = documents.totals(connection)
        withheld = derivatives.withheld(connection)
    value = {
        "finished": finished,
        "seconds": round(seconds, 1),
        "new_failures": failures,
        "documents": dict(sorted(of_documents.items())),
        "pages": dict(sorted(of_pages.items())),
        "derivatives_withheld": withheld,
    }
    if as_json:
        print_json(value)
        return
    for name in ("documents", "pages"):
        counts = value[name]
        if isinstance(counts, dict):
            click.echo(f"{name}: " + (", ".join(f"{count} {state}" for state, count in counts.items()) or "none"))
    if withheld:
        click.echo(f"{withheld} redacted files are withheld: reading them back found something. See `claimkeep show`.")
    click.echo(f"{'done' if finished else 'stopped'} after {seconds:.1f} s")


@click.command()
@click.argument("document", required=False)
@click.option("--reason", help="Only what failed with this reason code.")
@home_option
@json_option
@exits_with_reason
def retry(document: str | None, reason: str | None, home: Path, *, as_json: bool) -> None:
    """Have failed pages done again, of DOCUMENT or of all. Run `claimkeep work` afterwards."""
    with open_archive(home) as archive:
        counts = again.retry(archive, document, reason)
    if as_json:
        print_json({"documents": counts.documents, "pages": counts.pages})
    else:
        click.echo(f"{counts.documents} documents and {counts.pages} pages wait again. Run `claimkeep work`.")


@click.command()
@click.argument("document")
@click.option("--audience", type=click.Choice([each.value for each in Audience]), required=True, help="For whom.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF (or table) to write.")
@click.option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help="The certificate (JSON) to write with it.")
@home_option
@json_option
@exits_with_reason
def export(document: str, audience: str, out: Path, certificate: Path | None, home: Path, *, as_json: bool) -> None:
    """Write the redacted PDF of DOCUMENT for --audience to --out. Only a file that was read back without a leak is given.

    A file for an audience that none was made for yet is made and checked now, and so is one that is older than certificates
    where one is asked for.
    """
    with open_archive(home) as archive:
        derivative = _ready(archive, document, audience, with_certificate=certificate is not None)
        digest = derivative.certificate_digest
        if certificate is not None:
            kept = kept_certificate(archive, document, audience, derivative.version)
            note_given(archive, kept)
            certificate.write_bytes(kept.data)
            digest = kept.digest
        holding = archive.holding(document)
        with holding.open("derivative", derivative.object_key or "") as source, out.open("wb") as target:
            shutil.copyfileobj(source, target)
        with archive.catalog.write() as connection:
            archive.ledger.append(
                connection, "derivative.exported", document_id=document, audience=audience, digest=derivative.digest
            )
    if as_json:
        told = {"document": document, "audience": audience, "out": str(out), "digest": derivative.digest}
        print_json(told | {"certificate": digest})
    else:
        click.echo(f"{out} written, {derivative.size} bytes, SHA-256 {derivative.digest}")
        if certificate is not None:
            click.echo(f"{certificate} written, SHA-256 {digest}")


def _ready(archive: Archive, document: str, audience: str, *, with_certificate: bool) -> derivatives.Derivative:
    with archive.catalog.read() as connection:
        documents.get(connection, document)
        try:
            derivative = derivatives.ready(connection, document, audience, archive.settings.review.approval)
        except NotFound:
            pass  # none was made for this audience; it is made now
        else:
            if derivative.certificate_key is not None or not with_certificate:
                return derivative
    again.make(archive, document, Audience(audience))
    make_pool(archive, default_processes(archive)).run()
    with archive.catalog.read() as connection:
        return derivatives.ready(connection, document, audience, archive.settings.review.approval)
