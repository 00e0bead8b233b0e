"""`claimkeep work --watch` with an engine that reads in no time and that a certain page kills.

python -m bench.faulty.work HOME [--processes 2]
"""

import argparse
from pathlib import Path

from archive.logs import set_up_logs
from archive.wiring import open_archive
from bench.faulty import wrong_clock
from bench.faulty.poison import load
from workers.running.pools import make_pool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    wrong_clock.follow()
    with open_archive(options.home) as archive:
        set_up_logs(archive.settings.log.level)
        make_pool(archive, options.processes, load=load).run(until_idle=False)


if __name__ == "__main__":
    main()
