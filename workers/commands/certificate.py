"""`claimkeep certificate`. `verify` and `print` need neither an archive nor its parts, and load none of them."""

import sys
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from archive.certificates.checking import Finding, check
from archive.certificates.encoding import MOST_BYTES, decode
from archive.certificates.signature import PublicKey
from archive.console import DONE, SOME_FAILED, exits_with_reason, home_option, json_option, print_json
from archive.errors import Rejected
from schemas.reasons import remedy
from schemas.redaction import Audience

_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def certificate() -> None:
    """Write, print and verify the certificates of redacted files."""


@certificate.command()
@click.option("--out", type=_OUT, help="A file to write the PEM to, in place of standard output.")
@home_option
@json_option
@exits_with_reason
def key(out: Path | None, home: Path, *, as_json: bool) -> None:
    """Print the public key that certificates of this archive are checked with, and its SHA-256.

    Give the key to whoever checks certificates, and the SHA-256 by another route, so that the two can be compared.
    """
    from archive.certificates.kept import signer
    from archive.wiring import open_archive

    with open_archive(home) as archive:
        public = signer(archive).public
    if out is not None:
        out.write_text(public.pem, encoding="ascii")
    if as_json:
        print_json({"algorithm": "Ed25519", "sha256": public.sha256, "pem": public.pem})
        return
    if out is None:
        click.echo(public.pem, nl=False)
    click.echo(f"SHA-256 {public.sha256}", err=out is None)


@certificate.command()
@click.argument("document")
@click.option("--audience", type=click.Choice([each.value for each in Audience]), required=True, help="For whom.")
@click.option("--version", type=click.IntRange(min=1), help="Of the file [default: the one that is given out now].")
@click.option("--out", type=_OUT, required=True, help="The JSON to write.")
@home_option
@json_option
@exits_with_reason
def make(document: str, audience: str, version: int | None, out: Path, home: Path, *, as_json: bool) -> None:
    """Write the certificate of DOCUMENT's redacted file for --audience, as it was signed when the file was made."""
    from archive.certificates.kept import kept_certificate, note_given
    from archive.wiring import open_archive

    with open_archive(home) as archive:
        kept = kept_certificate(archive, document, audience, version)
        note_given(archive, kept)
        out.write_bytes(kept.data)
    made = kept.derivative
    if as_json:
        told = {"document": document, "audience": audience, "version": made.version, "out": str(out)}
        print_json(told | {"digest": made.digest, "certificate": kept.digest})
    else:
        click.echo(f"{out} written: version {made.version} for {audience}, SHA-256 {kept.digest}")


@certificate.command("print")
@click.argument("cert", type=_FILE)
@click.option("--key", "key_file", type=_FILE, help="The public key (PEM): nothing is printed unless it signed.")
@click.option("--out", type=_OUT, required=True, help="The PDF to write.")
@json_option
@exits_with_reason
def print_(cert: Path, key_file: Path | None, out: Path, *, as_json: bool) -> None:
    """Write a certificate on paper: two sheets at most, in Chinese and English."""
    from workers.certificate.sheet import print_certificate

    data = _read(cert)
    public = PublicKey.from_pem(_read(key_file)) if key_file else None
    finding = check(data, public)
    if not finding.is_valid:
        _tell(finding, public, as_json=as_json)
        sys.exit(SOME_FAILED)
    out.write_bytes(print_certificate(decode(data), data, verified=key_file is not None))
    if as_json:
        print_json({"out": str(out), "certificate": sha256(data).hexdigest(), "verified": key_file is not None})
    else:
        click.echo(f"{out} written" + ("" if key_file else "; the signature was not verified: give --key"))


@certificate.command()
@click.argument("cert", type=_FILE)
@click.argument("file", type=_FILE)
@click.option("--key", "key_file", type=_FILE, required=True, help="The archive's public key (PEM).")
@json_option
@exits_with_reason
def verify(cert: Path, file: Path, key_file: Path, *, as_json: bool) -> None:
    """Check that CERT is about FILE, unchanged, and signed by --key (exit code 1 if not). Works without an archive."""
    data, public = _read(cert), PublicKey.from_pem(_read(key_file))
    try:
        with file.open("rb") as stream:
            finding = check(data, public, stream)
    except OSError as error:
        raise Rejected("file_unreadable") from error
    _tell(finding, public, as_json=as_json)
    sys.exit(DONE if finding.is_valid else SOME_FAILED)


def _read(path: Path) -> bytes:
    """Raises Rejected(file_unreadable). Of a longer file than a certificate may be, only enough to tell that it is none."""
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise Rejected("file_unreadable") from error


def _tell(finding: Finding, public: PublicKey | None, *, as_json: bool) -> None:
    if as_json:
        print_json({**_finding_json(finding), "key": public.sha256 if public else None})
        return
    for each in finding.checks:
        click.echo(f"{each.name:10} {'passed' if each.passed else 'FAILED'}")
    if finding.reason is not None:
        sentence = remedy(finding.reason)
        click.echo(f"not valid: {finding.reason}: {sentence.en}\n{sentence.zh}", err=True)
    elif finding.certificate is not None and public is not None:
        about = finding.certificate
        click.echo(f"valid: {about.document} for {about.audience}, version {about.version}, {about.totals.pages} pages,")
        click.echo(f"if the archive's key is the one with SHA-256 {public.sha256}")


def _finding_json(finding: Finding) -> dict[str, Any]:
    about = finding.certificate if finding.is_valid else None
    names = ("document", "audience", "version", "made_at")
    return {
        "valid": finding.is_valid,
        "reason": finding.reason,
        "meaning": asdict(remedy(finding.reason)) if finding.reason else None,
        "checks": [asdict(each) for each in finding.checks],
        "certificate": {name: getattr(about, name) for name in names} | {"pages": about.totals.pages} if about else None,
    }
