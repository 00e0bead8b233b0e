"""The canary: people go in, and no trace of them is anywhere but in sealed objects and in replies to those entitled."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from httpx import Client
from sqlalchemy import select

from archive.catalog.tables import metadata
from archive.settings import ElasticsearchIndexSettings, read_secret
from archive.wiring import open_archive, open_store
from bench.archives.on_servers import new_parts
from claimkeep.serve import make_server
from deploy.native.stack import Stack
from tests.builders.api import listening

PAPERS = Path(__file__).resolve().parents[2] / "samples" / "papers"
CLAIMKEEP = Path(sys.executable).parent / "claimkeep"
TELLING = (
    "insured",
    "policyholder",
    "claimant",
    "beneficiary",
    "policy_number",
    "report_number",
    "claim_number",
    "identity_number",
    "phone",
)
BANK_AND_MORE = ("CN_ID18", "CN_BANK", "CN_MOBILE", "CN_ADDRESS", "CN_NAME", "POLICY", "CLAIM", "EMAIL", "MRN")


def canaries(names: list[str]) -> set[str]:
    """Every name, number and address that the ground truth of the papers knows, as printed and in its normal form."""
    found: set[str] = set()
    for name in names:
        truth = json.loads((PAPERS / "truth" / f"{name}.json").read_text("utf-8"))
        for page in truth["pages"]:
            for field in TELLING:
                if field in page["fields"]:
                    found |= {page["fields"][field]["value"], page["fields"][field]["canonical"]}
            found |= {each["text"] for each in page["entities"] if each["kind"] in BANK_AND_MORE}
    return {each for each in found if (len(each) >= 2 and not each.isascii()) or len(each) >= 6}


def forms(canary: str) -> Iterator[bytes]:
    yield canary.encode()
    if len(canary.encode("gb18030")) >= 6:  # shorter ones stand in random bytes by chance
        yield canary.encode("gb18030")
        yield canary.encode("utf-16-le")
        yield canary.encode("utf-16-be")
        yield json.dumps(canary)[1:-1].encode()
        yield canary.encode().hex().encode()


def traces(data: bytes, wanted: set[str]) -> list[str]:
    return [canary for canary in wanted for form in forms(canary) if form in data]


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [str(CLAIMKEEP), *map(str, arguments), "--home", str(home)]
    # claimkeep reads its settings from the environment; a test may write it.
    return subprocess.run(
        command, capture_output=True, check=False, env={"CLAIMKEEP_LOG__LEVEL": "debug", "PATH": "/usr/bin:/bin"}
    )


@pytest.fixture(params=["embedded", pytest.param("on_servers", marks=pytest.mark.service)])
def settings(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Those that the archive begins with: its own, or such as name servers."""
    if request.param == "embedded":
        yield None
        return
    with new_parts(Stack()) as named:
        yield named


def kept_on_servers(home: Path) -> Iterator[tuple[str, bytes]]:
    """All that the servers hold of the archive, each with where it lies, and what they wrote down."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield table.name, b"\n".join(each if isinstance(each, bytes) else str(each).encode() for each in row)
        parts = archive.settings
        store = open_store(home, parts.store)
        for key in store.keys(""):
            with store.open(key) as stream:
                yield key, key.encode() + stream.read()
    assert isinstance(parts.index, ElasticsearchIndexSettings)
    password = read_secret(home / parts.index.password_file)
    with Elasticsearch(parts.index.url, basic_auth=(parts.index.user, password), ca_certs=str(parts.index.ca_file)) as client:
        for name in client.indices.get(index=f"{parts.index.name}*"):
            for hit in client.search(index=name, size=1000)["hits"]["hits"]:
                yield name, json.dumps(hit, ensure_ascii=False).encode()
    for path in Stack().site.folder.rglob("*.log"):
        yield str(path), path.read_bytes()


@pytest.mark.slow
def test_no_trace_of_anybody_is_left_outside_sealed_objects_and_entitled_replies(tmp_path, settings):
    index = [line.split("\t") for line in (PAPERS / "truth" / "index.tsv").read_text("utf-8").splitlines()[1:]]
    chosen = [
        row[0] for row in index if row[1] in {"claim_application", "identity_card"} and row[0].endswith((".jpg", ".png"))
    ][:3]
    wanted = canaries([Path(name).stem for name in chosen])
    assert len(wanted) > 12
    scans = tmp_path / "scans"
    scans.mkdir()
    somebody = max(wanted, key=len)
    for number, name in enumerate(chosen):
        shutil.copy(PAPERS / name, scans / f"{number}_{somebody.replace('/', '_')}.jpg")
    whole = (PAPERS / chosen[0]).read_bytes()
    (scans / f"{somebody.replace('/', '_')}_broken.jpg").write_bytes(whole[: len(whole) // 3])
    (scans / f"{somebody.replace('/', '_')}.txt").write_text(somebody, "utf-8")

    home, said = tmp_path / "home", b""
    (tmp_path / "settings.toml").write_text(settings or "", "utf-8")
    for arguments in (
        ("init", "--settings", tmp_path / "settings.toml"),
        ("ingest", scans, "--source", somebody, "--box", somebody, "--operator", somebody, "--json"),
        ("work", "--processes", "1"),
        ("status",),
        ("search", "--name", somebody, "--json"),
        ("audit", "verify"),
    ):
        done = run(home, *arguments)
        assert done.returncode in {0, 1}, done.stderr
        entitled = arguments[0] in {"ingest", "search"}  # the operator's own list of files, and a reply to a searcher
        said += done.stderr if entitled else done.stderr + done.stdout
    assert traces(said, wanted) == []

    number = next(each for each in wanted if each.isascii() and len(each) >= 10)
    with open_archive(home) as archive:
        token = add_archivist(archive)
        with listening(make_server(archive)) as address, Client(base_url=address, timeout=20) as client:
            answers = (
                client.post("/api/search", json={"number": number}),
                client.post("/api/search", json={"number": [number]}, headers={"Authorization": f"Bearer {token}"}),
                client.get(f"/api/documents/{number}", headers={"Authorization": f"Bearer {token}"}),
                client.get("/api/batches", headers={"Authorization": f"Bearer {token}"}),
            )
        for answer in answers:
            assert traces(answer.content + repr(answer.headers).encode(), wanted) == []

    kept = [(str(path), str(path).encode() + path.read_bytes()) for path in home.rglob("*") if path.is_file()]
    if settings is not None:
        kept += kept_on_servers(home)
    assert len(kept) > 15
    for place, data in kept:
        assert traces(data, wanted) == [], place


def add_archivist(archive) -> str:
    from archive.catalog import users

    with archive.catalog.write() as connection:
        return users.add(connection, "archivist", "archivist", "2026")


def test_the_canary_would_be_seen(tmp_path):
    (tmp_path / "leak.log").write_text('{"event": "failed", "name": "龚浩然"}', "utf-8")
    assert traces((tmp_path / "leak.log").read_bytes(), {"龚浩然"}) == ["龚浩然"]
    assert traces(json.dumps("龚浩然").encode(), {"龚浩然"}) == ["龚浩然"]
