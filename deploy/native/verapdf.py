"""veraPDF, which tells whether a PDF keeps to an archive format: no server, but a program that tests run.

It is the reference validator of the PDF Association (GPL 3 or MPL 2), used as it comes and not a part of the product.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.native.errors import CannotProvide
from deploy.native.install import apt, maven_jar

VERSION = "1.28.2"
_ARTIFACT = f"org.verapdf.apps:greenfield-apps:{VERSION}"
_SHA256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
_QUICK_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_PASSED, _FAILED = 0, 1  # its exit codes for files that were looked through


def broken_rules(files: Sequence[Path], flavour: str = "2b") -> dict[str, tuple[str, ...]]:
    """For each of *files*, by its name, the clauses of PDF/A-*flavour* that it breaks, each with what is wrong.

    Raises CannotProvide where veraPDF cannot be had or cannot do its work.
    """
    jar, java = maven_jar(_ARTIFACT, _SHA256), _java()
    command = (java, *_QUICK_START, "-cp", str(jar), _MAIN, "--flavour", flavour, "--format", "json", *map(str, files))
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - it is written out above
    if done.returncode not in {_PASSED, _FAILED}:
        raise CannotProvide(f"veraPDF ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    jobs = json.loads(done.stdout)["report"]["jobs"]
    return {Path(job["itemDetails"]["name"]).name: tuple(_broken(job)) for job in jobs}


def _java() -> str:
    if shutil.which("java") is None:
        apt("default-jre-headless")
    return shutil.which("java") or "java"


def _broken(job: Mapping[str, Any]) -> Iterator[str]:
    """A file that it cannot read has no result, and that is not to pass."""
    results: Sequence[Mapping[str, Any]] = job.get("validationResult", ())
    for result in results:
        rules = [rule for rule in result["details"]["ruleSummaries"] if rule["ruleStatus"] == "FAILED"]
        yield from (f"{rule['clause']}: {rule['description']}" for rule in rules)
    if not results:
        yield "it could not be read"
