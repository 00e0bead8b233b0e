"""bench/results/ocr_profile.json as a section of docs/ocr.md."""

import json
from collections.abc import Mapping
from typing import Any

from bench.results import FOLDER

KEPT = FOLDER / "ocr_profile.json"

STEPS = {  # step, as bench.ocr_profile measures it: what it is
    "decode": "decode the file",
    "reduce": "reduce, turn, straighten",
    "detection_input": "input of the detection network",
    "detection_network": "detection network",
    "detection_boxes": "boxes from its answer",
    "cut_strips": "cut strips",
    "recognition_input": "input of the recognition network",
    "recognition_network": "recognition network",
    "decode_steps": "time steps to characters",
    "character_columns": "place characters in strips",
    "second_look": "second look: choosing lines and readings",
    "cells": "cells of forms",
    "reading_order": "reading order",
    "character_boxes": "boxes of characters on the page",
    "rest": "rest",
}


def section() -> str:
    """Empty where nothing was measured."""
    return text(json.loads(KEPT.read_text(encoding="utf-8"))) if KEPT.exists() else ""


def text(kept: Mapping[str, Any]) -> str:
    page = kept["page_ms"]
    rows = [f"| {title} | {kept[f'{step}_ms']:.0f} | {kept[f'{step}_ms'] / page:.1%} |" for step, title in STEPS.items()]
    rows += [f"| **page** | **{page:.0f}** | |"]
    return "\n".join(
        (
            "## Where the time goes",
            "",
            _measured(kept),
            "",
            "| step | ms | share |",
            "| --- | ---: | ---: |",
            *rows,
            "",
            _peak(kept),
        )
    )


def _measured(kept: Mapping[str, Any]) -> str:
    return (
        f"Processor time of one thread, mean of {kept['pages']:.0f} forms, each step without those it calls "
        f"(`python -m bench.ocr_profile`; {kept['machine']}; commit {kept['commit']})."
    )


def _peak(kept: Mapping[str, Any]) -> str:
    return (
        f"A page has {kept['strips_a_page']:.0f} strips, {kept['strip_columns_a_page']:,.0f} columns in all; padding adds "
        f"{kept['padding_share']:.1%}. By the networks' graphs and the widths really read that takes "
        f"{kept['recognition_gflop_a_page']:.0f} GFLOP for recognition and {kept['detection_gflop_a_page']:.0f} for detection. "
        f"A matrix product in float32 runs at {kept['peak_gflop_per_second']:.0f} GFLOP/s on one core: recognition reaches "
        f"{kept['recognition_share_of_peak']:.0%} of that, detection {kept['detection_share_of_peak']:.0%}. One core that did "
        f"nothing but these operations, at that speed, would read {kept['pages_per_minute_at_peak']:.1f} pages a minute."
    )
