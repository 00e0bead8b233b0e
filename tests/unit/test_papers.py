"""Papers from seeds: what each kind must show, and that a seed is enough to make it again. Needs `make fonts`."""

import io
import random
from collections import Counter

import numpy as np
import pikepdf
import pytest
from PIL import Image

from bench.papers import KINDS, Damage, PaperTruth, casebook, encode, generate, invent_damage, write
from bench.papers.__main__ import main
from bench.papers.files import suffix_for, truth_json
from bench.papers.fonts import missing_packages
from bench.papers.generate import kind_of
from bench.papers.numbers import identity18_of_15, identity_check
from schemas.claim import DOCUMENT_CLASSES, FIELD_NAMES
from schemas.codec import from_json
from schemas.geometry import Box

pytestmark = pytest.mark.skipif(bool(missing_packages()), reason="type faces are missing: run `make fonts`")

DPI = 100
NEEDED = {
    "claim_application": {"insured", "policy_number", "identity_number", "loss_date", "beneficiary"},
    "outpatient_record": {"insured", "hospital", "diagnosis"},
    "discharge_summary": {"insured", "hospital", "diagnosis", "admission_date", "discharge_date"},
    "medical_bill": {"insured", "amount", "hospital"},
    "identity_card": {"insured", "identity_number", "birth_date"},
    "accident_certificate": {"insured", "identity_number", "loss_date", "hospital"},
    "power_of_attorney": {"insured", "policy_number", "identity_number", "loss_date", "beneficiary"},
    "english_claim": {"insured", "policy_number", "claim_number", "loss_date", "amount"},
    "hospital_record": {"insured", "hospital", "diagnosis", "admission_date", "discharge_date"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [3, 104])
def test_every_kind_yields_its_class_and_the_fields_it_must_have(kind, seed):
    paper = generate(seed, kind, dpi=DPI)
    assert paper.document_class in DOCUMENT_CLASSES
    assert {page.truth.document_class for page in paper.pages} == {paper.document_class}
    shown = set().union(*(page.truth.fields for page in paper.pages))
    assert NEEDED[kind] <= shown <= set(FIELD_NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_entities_lie_where_the_lines_say(kind):
    for page in generate(11, kind, "random", dpi=DPI).pages:
        truth = page.truth
        assert truth.entities
        for entity in truth.entities:
            assert "".join(truth.lines[line].text[start:end] for line, start, end in entity.places) == entity.text
            assert len(truth.char_boxes_of(entity)) == len(entity.text)
            assert len(entity.boxes) == len(entity.places)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_keep_within_the_page_and_fields_are_ink(kind):
    for page in generate(21, kind, Damage(skew=1.5), dpi=DPI).pages:
        grey = np.asarray(page.image.convert("L"))
        for line in page.truth.lines:
            box = Box.around([line.box])
            assert box.clipped(page.truth.width, page.truth.height) == box
        for field in page.truth.fields.values():
            box = Box.around(field.boxes)
            paper = np.median(grey[max(0, box.top - 30) : box.bottom + 30])
            assert grey[box.top : box.bottom, box.left : box.right].min() < paper - 60


@pytest.mark.parametrize("kind", ["claim_application", "medical_bill", "power_of_attorney", "identity_card"])
def test_the_same_seed_makes_the_same_file(kind):
    first, second = (generate(8, kind, "random", dpi=DPI) for _ in range(2))
    suffix = suffix_for(first)
    assert encode(first, suffix) == encode(second, suffix)
    assert truth_json(first, "a") == truth_json(second, "a")


def test_different_seeds_lay_the_same_kind_out_differently():
    layouts = set()
    for seed in range(12):
        truth = generate(seed, "claim_application", dpi=DPI).pages[0].truth
        box = Box.around(truth.fields["insured"].boxes)
        layouts.add((box.left // 10, box.top // 10, len(truth.lines)))
    assert len(layouts) == 12


def test_kinds_all_come_up_when_none_is_asked_for():
    assert {kind_of(seed) for seed in range(60)} == set(KINDS)
    assert generate(3, dpi=DPI).kind == kind_of(3)


def test_check_digits_on_paper_hold_as_the_truth_says():
    found = Counter()
    for seed in range(30):
        for entity in generate(seed, "power_of_attorney", dpi=DPI).pages[0].truth.entities:
            if entity.kind == "CN_ID18":
                assert (identity_check(entity.text[:17]) == entity.text[17]) is entity.sound
            if entity.kind == "CN_ID15":
                assert identity18_of_15(entity.text) == entity.canonical
            found[(entity.kind, entity.sound)] += 1
    assert found["CN_ID18", True]
    assert found["CN_ID18", False]
    assert found["CN_ID15", None]
    assert found["CN_BANK", True]
    assert found["CN_BANK", False]


def test_papers_of_one_case_name_the_same_person_and_policy():
    (case,) = casebook(1, 1)
    papers = [generate(seed, kind, case=case, dpi=DPI) for seed, kind in ((1, "claim_application"), (2, "power_of_attorney"))]
    assert {paper.pages[0].truth.fields["policy_number"].canonical for paper in papers} == {case.policy_number}
    assert {paper.pages[0].truth.fields["insured"].canonical for paper in papers} == {case.insured.name}


def test_seals_lie_over_a_field_when_told():
    over = 0
    for seed in range(8):
        truth = generate(seed, "medical_bill", Damage(seals=1.0), dpi=DPI).pages[0].truth
        seal = next(Box.around([mark.box]) for mark in truth.marks if mark.kind == "seal")
        over += seal.overlaps(Box.around(truth.fields["amount"].boxes))
    assert over == 8


def test_marks_cover_the_range_of_what_is_pressed_and_signed():
    kinds = {mark.kind for seed in range(25) for page in generate(seed, dpi=DPI).pages for mark in page.truth.marks}
    assert {"seal", "signature", "stamp", "qr", "tick", "thumbprint", "photo", "personal_seal"} <= kinds


def test_a_fax_has_one_bit_and_is_kept_in_group_4():
    paper = generate(4, "claim_application", Damage(one_bit=True, skew=0.5), dpi=DPI)
    assert paper.pages[0].image.mode == "1"
    with Image.open(io.BytesIO(encode(paper, ".tif"))) as image:
        assert image.info["compression"] == "group4"
        assert round(float(image.info["dpi"][0])) == DPI


@pytest.mark.parametrize("damage", [None, Damage(one_bit=True)], ids=["colour", "fax"])
def test_several_pages_go_into_one_pdf_or_tiff(damage):
    paper = generate(5, "hospital_record", damage, dpi=DPI)
    assert len(paper.pages) in {2, 3}
    assert [page.truth.page_number for page in paper.pages] == list(range(1, len(paper.pages) + 1))
    with pikepdf.open(io.BytesIO(encode(paper, ".pdf"))) as pdf:
        assert len(pdf.pages) == len(paper.pages)
    with Image.open(io.BytesIO(encode(paper, ".tif"))) as image:
        assert image.n_frames == len(paper.pages)
    with pytest.raises(ValueError, match="holds one page"):
        encode(paper, ".jpg")


def test_what_is_written_reads_back(tmp_path):
    paper = generate(6, "outpatient_record", "random", dpi=DPI)
    path = write(paper, tmp_path, "paper-6")
    truth = from_json(PaperTruth, (tmp_path / "truth" / "paper-6.json").read_bytes())
    assert path.name == truth.file
    assert truth.pages == tuple(page.truth for page in paper.pages)
    assert truth.damage == paper.damage


def test_random_damage_is_of_every_kind_and_sometimes_none():
    damages = [invent_damage(random.Random(seed)) for seed in range(300)]
    assert {damage.turn for damage in damages} == {0, 90, 180, 270}
    for name in ("skew", "noise", "salt", "folds", "shadow", "blur", "faint", "jpeg", "one_bit", "grey"):
        values = {getattr(damage, name) for damage in damages}
        assert len(values) > 1, name


@pytest.mark.parametrize("wrong", [{"turn": 45}, {"skew": 16.0}])
def test_damage_outside_its_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"turn is|skew is"):
        Damage(**wrong)


@pytest.mark.parametrize(
    ("damage", "is_darker"),
    [(Damage(shadow=0.4), True), (Damage(folds=2), True), (Damage(faint=0.5), False)],
    ids=["shadow", "folds", "faint"],
)
def test_damage_darkens_or_pales_the_page(damage, is_darker):
    clean, worn = (generate(7, "discharge_summary", told, dpi=DPI).pages[0] for told in (None, damage))
    dark_clean, dark_worn = (
        float((255 - np.asarray(page.image.convert("L"), dtype=np.float32)).mean()) for page in (clean, worn)
    )
    ink_clean, ink_worn = (int(np.asarray(page.image.convert("L")).min()) for page in (clean, worn))
    assert (dark_worn > dark_clean) if is_darker else (ink_worn > ink_clean + 60)
    assert worn.truth.lines == clean.truth.lines


def test_the_command_writes_one_file_and_one_truth_per_paper(tmp_path, capsys):
    assert main(["--seed", "30", "--count", "3", "--out", str(tmp_path), "--dpi", "150"]) == 0
    assert len(list(tmp_path.glob("paper-*"))) == len(list((tmp_path / "truth").glob("*.json"))) == 3
    assert len(capsys.readouterr().out.splitlines()) == 3
