"""A process's own clock, which can be set wrong while it runs.

What the process takes its time from is replaced: the archive's clock, and the one that requests to the store are signed with.
Preloading libfaketime would do the same from outside, but with its monotonic clock left alone it breaks Python's `sleep`.
"""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import minio.time

import archive.clock

VARIABLE = "CLAIMKEEP_BENCH_CLOCK"
"""Names the file that holds by how many seconds the clock is wrong; where it is not set, nothing is replaced."""


def follow() -> None:
    """From here on the clocks of this process are as wrong as the file says."""
    name = os.environ.get(VARIABLE)  # noqa: TID251 - to reach child processes, whoever starts them
    if name:
        _WrongTime.file = Path(name)
        for module in (archive.clock, minio.time):
            vars(module)["datetime"] = _WrongTime


class _WrongTime(datetime):
    file: Path

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(seconds=float(cls.file.read_text(encoding="ascii") or 0))
