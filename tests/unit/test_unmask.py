"""The watermark of a page that is seen unmasked."""

import io

import numpy as np
import pytest
from PIL import Image

from workers.page_image import PageImage
from workers.review.unmask import watermarked

WORDS = "zhao 2026-11-23T10:00:00.000000+00:00 G-4T8W2N6C0H"


def drawn(width=1240, height=1754, shade=255, words=WORDS):
    data, media_type = watermarked(PageImage(1, np.full((height, width, 3), shade, np.uint8), 150), words)
    assert media_type == "image/jpeg"
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int), picture.info


@pytest.mark.parametrize("shade", [255, 128, 0], ids=["paper", "grey", "ink"])
def test_words_lie_over_every_part_of_the_page(shade):
    pixels, _ = drawn(shade=shade)
    changed = np.abs(pixels - shade).max(axis=2) > 40
    parts = [part for rows in np.array_split(changed, 4) for part in np.array_split(rows, 4, axis=1)]
    assert all(part.mean() > 0.01 for part in parts)


def test_what_stands_on_the_page_can_still_be_told():
    pixels, _ = drawn()
    assert (pixels.min(axis=2) > 200).mean() > 0.5
    assert pixels.max(axis=2).min() > 100  # red on white; nothing is blackened


def test_another_person_leaves_another_mark():
    assert not np.array_equal(drawn(words=WORDS)[0], drawn(words=WORDS.replace("zhao", "lin"))[0])


def test_names_in_chinese_are_written_too():
    with_name = drawn(words="赵 G-4T8W2N6C0H")[0]
    assert not np.array_equal(with_name, drawn(words="林 G-4T8W2N6C0H")[0])


@pytest.mark.parametrize("size", [(1, 1), (30, 2000), (2000, 30)])
def test_a_page_of_any_shape_takes_it(size):
    assert drawn(*size)[0].shape[:2] == (size[1], size[0])


def test_the_picture_carries_no_metadata():
    assert set(drawn()[1]) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
