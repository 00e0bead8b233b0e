"""`claimkeep serve` as a process: it answers, keeps its mouth shut, and ends when it is asked to."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from archive.wiring import create_archive

TYPED = "canary-ouyang"


@pytest.fixture
def home(tmp_path):
    with create_archive(tmp_path / "home"):
        pass
    return tmp_path / "home"


@contextmanager
def serving(home, *options: str):
    command = [sys.executable, "-c", "from claimkeep.cli import main; main()", "serve", "--home", str(home), *options]
    environment = {
        **os.environ,  # noqa: TID251 - a child needs the whole of it
        "CLAIMKEEP_LOG__LEVEL": "debug",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address(process):
    line = process.stdout.readline()
    match = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert match, line
    return match.group()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_it_is_asked_to_end(home, number):
    with serving(home, "--port", "0", "--processes", "0") as process:
        base, hint = address(process), process.stdout.readline()
        reply = httpx.get(f"{base}api/search", params={"name": TYPED}, headers={"Authorization": f"Bearer {TYPED}"})
        assert reply.status_code == 401
        assert "server" not in reply.headers
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "claimkeep users add" in hint
    assert '"route": "/api/search"' in err
    assert TYPED not in out + err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_said_plainly(home):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        serving(home, "--port", str(taken.getsockname()[1]), "--processes", "0") as process,
    ):
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert err.startswith("Cannot listen on 127.0.0.1 port")
    assert "Traceback" not in err
