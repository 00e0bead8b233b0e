"""Whose account of the operating system the servers run under."""

import os
import pwd
from pathlib import Path

from deploy.native.install import installing, run

SYSTEM_ACCOUNT = "claimkeep"


def system_account() -> pwd.struct_passwd | None:
    """None: as whoever asks. Root gets an account made, because PostgreSQL and Elasticsearch refuse to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        return _made()


def _made() -> pwd.struct_passwd:
    with installing("account"):
        if SYSTEM_ACCOUNT not in {each.pw_name for each in pwd.getpwall()}:
            run("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT)
    return pwd.getpwnam(SYSTEM_ACCOUNT)


def give(path: Path) -> None:
    """Make *path*, and what is in it, belong to the servers' account."""
    account = system_account()
    if account is None:
        return
    for each in (path, *path.rglob("*")):
        os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)
