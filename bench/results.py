"""Figures as they are kept: bench/results/NAME.json has flat names and numbers, the machine and the commit they are of.

python -m bench.results [NAME...]    print what is kept, of all programs or of those named
"""

import argparse
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "bench" / "results"


def save(name: str, figures: Mapping[str, float]) -> None:
    """Write *figures*, rounded to four places, in place of what was kept under *name*."""
    rounded = {figure: round(value, 4) for figure, value in figures.items()}
    content = json.dumps({"machine": machine(), "commit": commit(), **rounded}, ensure_ascii=False, indent=2)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(content + "\n", encoding="utf-8")


def kept(name: str) -> dict[str, Any]:
    """What `save` wrote under *name*: figures, `machine` and `commit`. FileNotFoundError where nothing is kept."""
    figures: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return figures


def flat(nested: Mapping[str, object]) -> dict[str, float]:
    """The numbers of *nested* mappings, all names above each joined by `_`, which stands for what is no letter or digit too:
    `names_as_it_is_first`.

    Raises TypeError where something is neither a mapping nor a number.
    """
    return dict(_leaves(nested, ()))


def _leaves(nested: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for name, value in nested.items():
        path = (*above, re.sub(r"\W+", "_", name).strip("_"))
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        elif isinstance(value, int | float):
            yield "_".join(path), value
        else:
            raise TypeError(f"{'_'.join(path)} is a {type(value).__name__}, not a number")


def print_table(figures: Mapping[str, float]) -> None:
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        print(f"{name:{width}}  {value:>12.4f}".rstrip("0").rstrip("."))


def machine() -> str:
    """What decides the speed: cores, memory and the widest vector instructions."""
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    widest = next((name for name in ("amx_bf16", "avx512f", "avx2") if name in flags), "no vector instructions known")
    return f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {widest}"


def commit() -> str:
    """The commit of the code that was measured, with `+` where files of it had been changed since."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!bench/results", ":!*.md", ":!docs/*.svg")
    return _git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="programs whose figures to print")
    wanted = parser.parse_args().names
    for path in sorted(FOLDER.glob("*.json")):
        if not wanted or path.stem in wanted:
            _print_kept(path)


def _print_kept(path: Path) -> None:
    figures = kept(path.stem)
    print(f"\n{path.stem}  ({figures.pop('machine', '?')}; {figures.pop('commit', '?')})")
    print_table(flat({name: value for name, value in figures.items() if not isinstance(value, str)}))


if __name__ == "__main__":
    main()
