"""Tables that hide badly, both ways: nothing planted is left by `redact`, and the verifier finds what each still tells."""

import pytest

from bench.hostile_tables.cases import CASES
from bench.hostile_tables.judging import judged, media_type_of, redacted
from bench.hostile_tables.register import redacted as hidden_well
from bench.hostile_tables.register import truth
from claimkeep.try_out import redacted_copy
from schemas.redaction import Audience
from schemas.tables import XLSX
from tests.builders.table_files import tools

IDS = [case.name for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_nothing_planted_is_left_in_a_redacted_copy(case, tmp_path):
    file = tmp_path / f"hostile.{case.suffix}"
    file.write_bytes(case.make())
    outcome = redacted(file, tools())
    assert outcome.left == ()
    assert outcome.withheld == ""


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_verifier_finds_what_is_planted(case):
    assert judged(case.make(), media_type_of(case.suffix), tools())


KEPT_BEHIND = {
    "hidden_sheet": "hidden_text: a hidden sheet",
    "very_hidden_sheet": "hidden_text: a hidden sheet",
    "hidden_row": "hidden_text: a hidden row",
    "row_without_height": "hidden_text: a hidden row",
    "hidden_columns": "hidden_text: a hidden column",
    "columns_too_narrow": "hidden_text: a column too narrow to be read",
    "under_merged_cells": "hidden_text: under a merged cell",
    "white_on_white": "hidden_text: the colour of its ground",
    "white_of_the_theme": "hidden_text: the colour of its ground",
    "black_on_black": "hidden_text: the colour of its ground",
    "format_that_shows_nothing": "hidden_text: a format that shows nothing",
    "comment": "structure: comments",
    "threaded_comment": "structure: comments",
    "pivot_cache": "structure: caches",
    "cache_of_another_workbook": "structure: caches",
    "workbook_inside": "structure: attachments",
    "object_inside": "structure: attachments",
    "xml_of_ones_own": "structure: attachments",
    "picture_that_says_it": "structure: pictures",
    "macro": "structure: macros",
    "log_of_revisions": "structure: revisions",
    "part_that_nothing_names": "structure: a part that nothing names",
    "bytes_behind_the_package": "structure: bytes between the parts",
    "comment_of_the_package": "structure: bytes between the parts",
}


@pytest.mark.parametrize("name", KEPT_BEHIND)
def test_what_is_kept_behind_the_cells_is_told_without_the_original(name):
    (case,) = [case for case in CASES if case.name == name]
    assert KEPT_BEHIND[name] in judged(case.make(), XLSX, tools(), with_original=False)


def test_a_register_whose_values_were_taken_out_passes():
    assert judged(hidden_well(), XLSX, tools()) == ()


def test_our_own_copy_passes(tmp_path):
    file = tmp_path / "register.xlsx"
    file.write_bytes(truth())
    assert judged(redacted_copy(file, tools(), Audience.PUBLIC, quiet=True).pdf, XLSX, tools()) == ()
