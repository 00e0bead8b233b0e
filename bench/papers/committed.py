"""`python -m bench.papers.committed --out samples/papers`: the set that lies in the repository, made again from its one seed.

Nine claims, their papers scattered as in a box of scans, and with them two files twice, a blank page and a broken file.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.papers.case import Case, casebook
from bench.papers.damage import Damage, scan
from bench.papers.files import encode, suffix_for, truth_json
from bench.papers.generate import Paper, PaperPage, generate
from bench.papers.sheet import Sheet

SEED = 2032
CASES = 9
_LARGEST_PNG = 250_000
_STAYS = ("discharge_summary", "hospital_record", "discharge_summary", "outpatient_record")
_WEAR = (
    Damage(skew=0.8, noise=3, jpeg=60, grey=True),
    Damage(jpeg=75),
    Damage(one_bit=True, grey=True, skew=-0.6, salt=0.0004, noise=4),
    Damage(skew=-1.6, shadow=0.25, blur=0.04, jpeg=60, grey=True, seals=0.9),
    Damage(grey=True, jpeg=80),
    Damage(turn=90, noise=2, jpeg=60, grey=True),
    Damage(folds=2, shadow=0.2, jpeg=60, skew=0.5),
    Damage(faint=0.45, jpeg=65, grey=True, skew=1.1),
    Damage(one_bit=True, grey=True, turn=180, skew=0.4),
    Damage(jpeg=70, seals=0.9, skew=-0.7, blur=0.05),
    Damage(turn=270, jpeg=65, grey=True, folds=1),
    Damage(noise=5, jpeg=45, grey=True, skew=2.0),
)


@dataclass(frozen=True, slots=True)
class _Scan:
    """One file of the set: its bytes, and its truth if it can be read."""

    suffix: str
    content: bytes
    paper: Paper | None
    claim: str
    remark: str = ""


def papers(seed: int = SEED) -> Iterator[tuple[int, Paper]]:
    """The papers of the casebook, each with the number of its case from 1."""
    number = 0
    for case_number, case in enumerate(casebook(seed, CASES), start=1):
        for kind in _kinds_of(case, case_number):
            told = _WEAR[number % len(_WEAR)]
            yield case_number, generate(seed * 100 + number, kind, told, case=case, dpi=200 if told.one_bit else 150)
            number += 1


def scans(seed: int = SEED) -> list[_Scan]:
    """Every file of the set in the order of the box, which is no order."""
    made = [_scan_of(paper, case_number) for case_number, paper in papers(seed)]
    rng = random.Random(f"box {seed}")
    readable = [found for found in made if found.suffix != ".pdf"]
    twice = [replace(found, remark="the same bytes as another file") for found in rng.sample(readable, 2)]
    whole = next(found for found in made if found.suffix == ".pdf")
    broken = _Scan(".pdf", whole.content[: len(whole.content) // 3], None, "", "broken: the file ends in its first third")
    box = [*made, *twice, _blank(rng), broken]
    rng.shuffle(box)
    return box


def write_set(folder: Path, seed: int = SEED) -> int:
    """Write all files, their truth and `truth/index.tsv`; returns the number of files."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    rows = ["file\tkind\tpages\tcase\tremark"]
    for number, found in enumerate(scans(seed), start=1):
        stem = f"scan-{number:03d}"
        name = f"{stem}{found.suffix}"
        (folder / name).write_bytes(found.content)
        kind, pages = (found.paper.kind, len(found.paper.pages)) if found.paper else ("", 0)
        rows.append(f"{name}\t{kind}\t{pages}\t{found.claim}\t{found.remark}")
        if found.paper:
            (folder / "truth" / f"{stem}.json").write_bytes(truth_json(found.paper, name))
    (folder / "truth" / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows) - 1


def _kinds_of(case: Case, number: int) -> tuple[str, ...]:
    """A claim's usual papers; every third one has an English form from a stay abroad."""
    proof = "accident_certificate" if case.by_accident else "outpatient_record"
    third = "english_claim" if number % 3 == 0 else "identity_card" if number % 3 == 1 else "power_of_attorney"
    return ("claim_application", third, "medical_bill", _STAYS[number % len(_STAYS)], proof)[: 5 if number % 2 else 4]


def _scan_of(paper: Paper, case_number: int) -> _Scan:
    """In the paper's own format, but for a PNG of worn paper, which would be many times as large as a JPEG."""
    suffix = suffix_for(paper)
    content = encode(paper, suffix)
    if suffix == ".png" and len(content) > _LARGEST_PNG:
        suffix, content = ".jpg", encode(paper, ".jpg")
    return _Scan(suffix, content, paper, str(case_number))


def _blank(rng: random.Random) -> _Scan:
    """The empty back of a page: paper grain, a shadow, nothing else."""
    damage = Damage(noise=2, shadow=0.12, jpeg=55, grey=True)
    sheet = Sheet(rng, 150)
    image, truth = scan(sheet.image, sheet.truth(1, "other"), damage, seed=1)
    paper = Paper("blank", "other", SEED, 150, damage, (PaperPage(image, truth),))
    return _Scan(".jpg", encode(paper, ".jpg"), paper, "", "blank page")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.papers.committed", description="Make the committed set again.")
    parser.add_argument("--out", type=Path, default=Path("samples/papers"))
    parser.add_argument("--seed", type=int, default=SEED)
    told = parser.parse_args(arguments)
    print(f"{write_set(told.out, told.seed)} files in {told.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
