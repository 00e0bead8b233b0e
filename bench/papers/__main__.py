"""`python -m bench.papers --seed 1 --count 40 --out DIR`: write papers with their truth, one line each."""

import argparse
from pathlib import Path

from bench.papers.files import write
from bench.papers.generate import KINDS, generate


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.papers", description="Write invented claim papers with ground truth."
    )
    parser.add_argument("--seed", type=int, default=1, help="the first paper's seed; each next one is one more")
    parser.add_argument("--count", type=int, default=40, help="how many papers")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to; truth goes to truth/ in it")
    parser.add_argument("--dpi", type=int, choices=(150, 200, 300), default=200)
    parser.add_argument("--kind", choices=KINDS, help="only this kind of paper")
    parser.add_argument("--clean", action="store_true", help="without scan damage")
    told = parser.parse_args(arguments)
    for seed in range(told.seed, told.seed + told.count):
        paper = generate(seed, told.kind, None if told.clean else "random", dpi=told.dpi)
        path = write(paper, told.out, f"paper-{seed:05d}")
        print(f"{path.name}\t{paper.kind}\t{len(paper.pages)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
