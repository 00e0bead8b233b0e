"""What the SQLite files of an archive have in common: how they are opened, and what their errors mean."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event

BUSY_SECONDS = 60.0
"""How long a transaction waits for another that writes."""
_LOOK_AGAIN_SECONDS = 0.02

Function = Callable[..., object]


class Fault(StrEnum):
    """Why a file cannot be used."""

    FULL = "full"
    DAMAGED = "damaged"
    AWAY = "away"


_FAULTS = {
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
}


def open_engine(path: Path, *pragmas: str, make: bool = True, functions: Mapping[str, Function] | None = None) -> Engine:
    """An engine on the file *path*, in write-ahead mode; *pragmas* such as `synchronous = FULL` hold for each connection.

    Where the file is absent it is made with *make*, else connecting fails. *functions*, which give the same for the same
    values, can be called in statements by their names. The driver begins no transactions of its own, so that BEGIN IMMEDIATE is
    ours to say.
    """

    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")
        _write_ahead(connection)
        for pragma in ("secure_delete = ON", *pragmas):  # what is removed leaves no bytes behind
            connection.execute(f"PRAGMA {pragma}")
        for name, function in (functions or {}).items():
            connection.create_function(name, -1, function, deterministic=True)

    # hide_parameters: a failing statement must not carry values into a traceback or log.
    mode = "rwc" if make else "rw"
    engine = create_engine(f"sqlite:///file:{quote(str(path))}?mode={mode}&uri=true", hide_parameters=True)
    event.listen(engine, "connect", set_up)
    return engine


def _write_ahead(connection: Any) -> None:  # noqa: ANN401 - a driver's own connection
    """Where several open a new file at once, SQLite says "locked" to this without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def fault_of(error: BaseException | None) -> Fault | None:
    """What a driver's *error* says about the file; None where the statement is at fault and not the file."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int) and code & 0xFF in _FAULTS:  # the low byte is the kind, the rest tells more about it
        return _FAULTS[code & 0xFF]
    return Fault.AWAY if isinstance(error, sqlite3.OperationalError) else None
