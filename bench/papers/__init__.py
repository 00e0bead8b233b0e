"""Invented claim papers with ground truth.

    paper = generate(seed=7, kind="claim_application", damage="random")
    write(paper, Path("out"), "paper-0007")

Needs the type faces of the packages in `fonts.txt`.
"""

from bench.papers.case import Case, casebook, invent_case
from bench.papers.damage import Damage, invent_damage
from bench.papers.files import PaperTruth, encode, write
from bench.papers.generate import KINDS, Paper, PaperPage, generate
from bench.papers.truth import PageTruth, TruthEntity, TruthField, TruthMark

__all__ = [
    "KINDS",
    "Case",
    "Damage",
    "PageTruth",
    "Paper",
    "PaperPage",
    "PaperTruth",
    "TruthEntity",
    "TruthField",
    "TruthMark",
    "casebook",
    "encode",
    "generate",
    "invent_case",
    "invent_damage",
    "write",
]
