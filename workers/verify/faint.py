"""What is on a page in shades so near one another that neither an eye nor an OCR engine sees it: under a marker of dark grey,
bleached, in one colour on nearly the same. Any picture editor brings it up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.page_image import PageImage
from workers.verify.residue import noise

_BLOCK = 8
"""Pixels."""
_STRONG = 60
"""Shades of 255 between ink and paper from which an engine reads without help."""
_WEAKEST = 6.0
_NOISE_STEPS = 10.0
"""Noise alone makes a difference of about six of its standard deviations among the pixels around a block."""
_PAPER_STEPS = 2.0
"""Times the difference that three in four blocks of the page surpass: the grain of its paper, which is coarser than noise."""
_CHARACTER = (2, 3)
"""Blocks, high and wide or the other way round, that faint ink fills where it says something. Along strokes and rules in black,
a JPEG leaves a fringe one block wide."""
_FEWEST_BLOCKS = 18
"""Three times a character's: the blocks around its ink count with it."""
_BESIDE = 2
"""Blocks above and below faint ink that are kept: labels stand there."""

Grid = NDArray[np.float32]


def brought_up(image: PageImage) -> PageImage | None:
    """*image* with its faint ink as dark as ink can be, on white, and of the rest of the page only the lines in which there
    is some; None where there is no faint ink."""
    shades = image.pixels[..., _most_telling(image.pixels)]
    darkest, brightest = (_around(_by_block(shades, of), of) for of in (np.minimum, np.maximum))
    spread = brightest - darkest
    weakest = max(_WEAKEST, _NOISE_STEPS * noise(image.pixels), _PAPER_STEPS * float(np.percentile(spread, 25)))
    faint = _without_fringes((spread >= weakest) & (spread <= _STRONG))
    if np.count_nonzero(faint) < _FEWEST_BLOCKS:
        return None
    shown = _against_ground(shades, shades[_to_pixels(faint, shades.shape)], weakest)
    shown[~_rows_beside(faint, len(shades))] = 255
    return PageImage(image.page_number, np.repeat(shown[..., None], 3, axis=2), image.dpi)


def _against_ground(shades: NDArray[np.uint8], where_faint: NDArray[np.uint8], weakest: float) -> NDArray[np.uint8]:
    """The commonest of the shades *where_faint* as white, those a little darker or brighter as ink; what is
    far from it stays as it is."""
    ground = int(np.bincount(where_faint).argmax())
    reach = max(float(np.percentile(np.abs(where_faint.astype(np.int16) - ground), 99)), weakest)
    away = np.abs(shades.astype(np.float32) - ground)
    brought = 255 * (1 - np.minimum(away / reach, 1))
    return np.where(away <= _STRONG, brought, shades).astype(np.uint8)


def _without_fringes(faint: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those blocks that lie with others in a field of a character's size."""
    height, width = _CHARACTER
    return _in_fields(faint, height, width) | _in_fields(faint, width, height)


def _in_fields(faint: NDArray[np.bool_], height: int, width: int) -> NDArray[np.bool_]:
    """The blocks of *faint* that a field of *height* x *width* blocks, all of them faint, covers."""
    wide = np.pad(faint, ((height - 1, height - 1), (width - 1, width - 1)))
    full = np.lib.stride_tricks.sliding_window_view(wide, (height, width)).all(axis=(2, 3))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(full, (height, width)).any(axis=(2, 3)))


def _most_telling(pixels: NDArray[np.uint8]) -> int:
    """The colour with the most faint ink; green where they are alike, which carries most of the brightness."""
    spreads = [int(np.count_nonzero(_faint_steps(pixels[..., colour]))) for colour in range(3)]
    return 1 if spreads[1] == max(spreads) else int(np.argmax(spreads))


def _faint_steps(shades: NDArray[np.uint8]) -> NDArray[np.bool_]:
    steps = np.abs(np.diff(shades.astype(np.int16), axis=1))
    return (steps >= _WEAKEST) & (steps <= _STRONG)


def _by_block(shades: NDArray[np.uint8], of: np.ufunc) -> Grid:
    """The darkest or the brightest pixel of each block; the page's last rows and columns count with the block before."""
    height, width = (max(length // _BLOCK, 1) * _BLOCK for length in shades.shape)
    cut = shades[:height, :width]
    whole = np.pad(cut, ((0, height - cut.shape[0]), (0, width - cut.shape[1])), mode="edge")
    return np.asarray(of.reduce(whole.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK), axis=(1, 3)), np.float32)


def _around(grid: Grid, of: np.ufunc) -> Grid:
    """Of each block and its eight neighbours."""
    wide = np.pad(grid, 1, mode="edge")
    height, width = grid.shape
    near = [wide[down : down + height, right : right + width] for down in range(3) for right in range(3)]
    return np.asarray(of.reduce(np.stack(near), axis=0), np.float32)


def _to_pixels(grid: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    large = grid.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)
    return np.pad(large, ((0, max(shape[0] - large.shape[0], 0)), (0, max(shape[1] - large.shape[1], 0))), mode="edge")[
        : shape[0], : shape[1]
    ]


def _rows_beside(faint: NDArray[np.bool_], height: int) -> NDArray[np.bool_]:
    blocks = np.convolve(faint.any(axis=1).astype(int), np.ones(2 * _BESIDE + 1, int), mode="same") > 0
    rows = blocks.repeat(_BLOCK)[:height]
    return np.pad(rows, (0, height - len(rows)), mode="edge")
