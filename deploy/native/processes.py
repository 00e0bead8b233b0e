"""Starting, finding and ending the processes of a server.

They are found by a mark in their environment, with all their descendants. There are no files of process ids, so none can be
stale: not after a crash, not after the machine was restarted.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import psutil

from deploy.native.errors import CannotProvide
from deploy.native.owner import system_account
from deploy.native.server import Launch

_MARK = "CLAIMKEEP_NATIVE_SERVER"
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")
_POLL_SECONDS = 0.02


def start(name: str, folder: Path, launch: Launch, log: Path) -> None:
    """Start the server *name* of the stack in *folder*, detached from this process and its terminal."""
    mark = {_MARK: _mark(name, folder)}
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as output:
        # setsid forks and leaves: the server is no child of ours that we would have to wait for.
        run_as_server(("setsid", "--fork", *launch.command), folder, {**launch.environment, **mark}, output)


def run_as_server(command: tuple[str, ...], folder: Path, environment: Mapping[str, str], output: BinaryIO) -> None:
    """Run *command* in *folder* under the servers' account. Raises CannotProvide where it fails."""
    account = system_account()
    passed_on = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}  # noqa: TID251 - to hand it on
    try:
        subprocess.run(  # noqa: S603 - commands come from the servers' modules
            command,
            env=passed_on | dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=() if account else None,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotProvide(f"`{command[0]}` failed: {error}. See {output.name}.") from error


def find(name: str, folder: Path) -> tuple[psutil.Process, ...]:
    """All living processes of the server *name* of the stack in *folder*."""
    mark = _mark(name, folder)
    marked = [process for process in psutil.process_iter() if _environment(process).get(_MARK) == mark]
    found = {process.pid: process for root in marked for process in (root, *_descendants(root))}
    return tuple(process for process in found.values() if _lives(process))


def send(processes: tuple[psutil.Process, ...], number: signal.Signals) -> None:
    """To each; one that ended meanwhile needs none."""
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def heads(processes: tuple[psutil.Process, ...]) -> tuple[psutil.Process, ...]:
    """Those that were not started by another of them."""
    ids = {process.pid for process in processes}
    return tuple(process for process in processes if _parent_id(process) not in ids)


def wait_for_end(processes: tuple[psutil.Process, ...], seconds: float) -> None:
    """Until all have ended, or *seconds* have passed. One that nobody has collected yet has ended too."""
    until = time.monotonic() + seconds
    while any(map(_lives, processes)) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)


def place(number: int) -> Path | None:
    """The folder in which the process *number* works; None where there is none, or it has ended."""
    try:
        return Path(psutil.Process(number).cwd())
    except psutil.Error:
        return None


def program(process: psutil.Process) -> str:
    """What it runs; empty where it ended meanwhile."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def _mark(name: str, folder: Path) -> str:
    return f"{folder.resolve()}:{name}"


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.Error, OSError):  # ended meanwhile, or somebody else's
        return {}


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _parent_id(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return 0


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
