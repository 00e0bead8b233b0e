"""`claimkeep serve` and `work` as processes: asked to end, they do so within their grace, with nothing half done."""

import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from archive.catalog import users, work
from archive.catalog.tables import documents, items
from archive.wiring import create_archive, open_archive
from tests.builders.kept_documents import picture
from tests.builders.read_documents import ingest, scan
from tests.fakes import two_engines

PROJECT = Path(__file__).resolve().parents[2]
SERVE_GRACE, WORK_GRACE = 10.0, 30.0
MACHINE = 15.0  # starting and ending of processes on a busy machine

WORK = """
import sys
from pathlib import Path
from archive.logs import set_up_logs
from archive.wiring import open_archive
from tests.fakes import two_engines
from workers.running.pool import Pool
with open_archive(Path(sys.argv[1])) as archive:
    set_up_logs("debug")
    print("working", flush=True)
    Pool(archive, 2, load=two_engines.load).run(until_idle=False)
"""


@pytest.fixture
def home(tmp_path):
    create_archive(tmp_path / "home").close()
    return tmp_path / "home"


@contextmanager
def running(*command: str, **environment: str):
    whole = {**os.environ, "CLAIMKEEP_LOG__LEVEL": "debug", "PYTHONUNBUFFERED": "1", **environment}  # noqa: TID251 - for a child
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=whole, cwd=PROJECT
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def serving(home, *options: str, **environment: str):
    start = "from claimkeep.cli import main; main()"
    return running("-c", start, "serve", "--home", str(home), "--port", "0", "--processes", "0", *options, **environment)


def port_of(process) -> int:
    match = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
    assert match
    return int(match[1])


def token_for(home) -> str:
    with open_archive(home) as archive, archive.catalog.write() as connection:
        return users.add(connection, "archivist", "archivist", work.moment(archive.clock()))


def open_a_batch(port: int, token: str) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/batches",
        json.dumps({"source": "scanner", "box": "1", "operator": "op"}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return str(json.load(reply)["batch"])


def begin_upload(port: int, token: str, batch: str, length: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", f"/api/batches/{batch}/files")
    for name, value in (("Authorization", f"Bearer {token}"), ("X-File-Path", "scan.png"), ("Content-Length", str(length))):
        connection.putheader(name, value)
    connection.endheaders()
    return connection


def held(home) -> tuple[int, int, int]:
    """Documents, custody entries, and objects that were begun."""
    with open_archive(home) as archive, archive.catalog.read() as connection:
        counts = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (documents, items)]
        return (*counts, len(list(archive.store.keys("incoming/"))))


def end(process, number: int = signal.SIGTERM) -> tuple[float, str]:
    """Seconds that it took, and what was said on standard error."""
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=90)
    return time.monotonic() - began, err


def large_picture() -> bytes:
    out = io.BytesIO()
    Image.frombytes("L", (800, 800), os.urandom(640_000)).save(out, "PNG")
    return out.getvalue()


def test_an_upload_under_way_is_ended_before_the_service_ends(home):
    token, data = token_for(home), large_picture()
    with serving(home) as process:
        port = port_of(process)
        upload = begin_upload(port, token, open_a_batch(port, token), len(data))
        upload.send(data[:300_000])
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        upload.send(data[300_000:])
        reply = upload.getresponse()
        assert reply.status == 201
        assert json.load(reply)["receipts"][0]["outcome"] == "accepted"
        upload.close()
        process.communicate(timeout=SERVE_GRACE + MACHINE)
    assert process.returncode == 0
    assert held(home) == (1, 1, 0)


def test_an_upload_that_never_ends_does_not_hold_up_the_end_and_leaves_nothing(home):
    token = token_for(home)
    with serving(home) as process:
        port = port_of(process)
        upload = begin_upload(port, token, open_a_batch(port, token), 10_000_000)
        upload.send(large_picture()[:300_000])
        time.sleep(0.5)
        seconds, err = end(process)
        with suppress(OSError):
            upload.close()
    assert seconds < SERVE_GRACE + MACHINE
    assert "Traceback" not in err
    documents_held, _, begun = held(home)
    assert (documents_held, begun) == (0, 0)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_the_service_gives_metrics_at_an_address_of_their_own_and_not_at_the_apis(home):
    metrics = free_port()
    with serving(home, CLAIMKEEP_METRICS__PORT=str(metrics)) as process:
        port = port_of(process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=10) as reply:
            assert re.fullmatch(r"[0-9a-f]{16}", reply.headers["X-Request-Id"])
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=20) as reply:
            text = reply.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10)
        seconds, _ = end(process)
    assert 'claimkeep_http_requests_total{method="GET",route="/health/live",status="200"} 1.0' in text
    assert 'claimkeep_part_up{part="catalog"} 1.0' in text
    assert seconds < SERVE_GRACE + MACHINE


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_workers_end_their_pages_before_they_end_and_the_rest_waits(home, number):
    with open_archive(home) as archive:
        ingest(archive, scan(*[two_engines.GOOD] * 40))
    with running("-c", WORK, str(home)) as process:
        assert process.stdout.readline() == "working\n"
        wait_for_pages(home)
        seconds, err = end(process, number)
    assert seconds < WORK_GRACE + MACHINE
    assert process.returncode == 0
    assert "Traceback" not in err
    with open_archive(home) as archive, archive.catalog.read() as connection:
        steps = {state for (_, state), count in work.counts(connection).items() if count}
        assert "leased" not in steps
        assert archive.ledger.verify(connection).intact
        interrupted = connection.exec_driver_sql("SELECT sum(interruptions) FROM work").scalar()
        assert interrupted == 0


def wait_for_pages(home) -> None:
    until = time.monotonic() + 60
    with open_archive(home) as archive:
        while time.monotonic() < until:
            with archive.catalog.read() as connection:
                if connection.exec_driver_sql("SELECT count(*) FROM pages WHERE state = 'read'").scalar() > 2:
                    return
            time.sleep(0.1)
    raise AssertionError("no page was read in time")


def test_an_upload_that_is_refused_for_want_of_room_ends_at_once(home):
    token = token_for(home)
    with serving(home, CLAIMKEEP_LIMITS__LEAST_FREE_BYTES="1000000000000000000") as process:
        port = port_of(process)
        upload = begin_upload(port, token, open_a_batch(port, token), len(picture(1)) + 50_000_000)
        upload.send(picture(1))
        reply = upload.getresponse()  # before the rest is sent
        assert (reply.status, json.load(reply)["reason"]) == (503, "disk_nearly_full")
        assert int(reply.headers["Retry-After"]) > 0
        upload.close()
        end(process)
    assert held(home) == (0, 0, 0)
