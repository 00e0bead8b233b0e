"""Ink of a page: what is darker than paper, and what of it are no rules."""

import cv2
import numpy as np

from workers.not_text.sheet import Ink, Sheet


def darker(sheet: Sheet, level: float) -> Ink:
    """What is darker than *level* of the paper's brightness."""
    paper = float(np.percentile(sheet.grey[::4, ::4], 80))
    return np.asarray(cv2.threshold(sheet.grey, paper * level, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)


def without_rules(ink: Ink, length: int) -> Ink:
    """*ink* without strokes along the edges of the page that are at least *length* pixels long."""
    rules = np.zeros_like(ink)
    for shape in ((1, length), (length, 1)):
        rules |= np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), np.uint8)
    return np.where(cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0, 0, ink).astype(np.uint8)
