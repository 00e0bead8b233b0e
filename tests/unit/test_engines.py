"""Engines by name."""

import sys

import pytest

from archive.errors import Rejected
from workers.recognize.engines import load_engine


def test_an_engine_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ValueError, match="'tesseract'; choose ppocr or paddle"):
        load_engine("tesseract")


def test_an_engine_whose_extra_is_missing_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "paddleocr", None)
    with pytest.raises(Rejected, match=r"claimkeep\[paddle\]") as refused:
        load_engine("paddle")
    assert refused.value.reason == "engine_not_installed"
