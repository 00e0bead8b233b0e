"""A piece of a redacted page: the place of a match without the sheet around it."""

import io

from PIL import Image

from archive.errors import Rejected

MEDIA_TYPE = "image/png"


def read_crop(typed: str) -> tuple[int, int, int, int]:
    """`left,top,right,bottom` in pixels of the page. Raises Rejected(invalid_request)."""
    numbers = typed.split(",")
    if len(numbers) != 4 or not all(each.isascii() and each.isdigit() and len(each) <= 6 for each in numbers):
        raise Rejected("invalid_request", "crop")
    left, top, right, bottom = map(int, numbers)
    if left >= right or top >= bottom:
        raise Rejected("invalid_request", "crop")
    return left, top, right, bottom


def cropped(picture: bytes, box: tuple[int, int, int, int]) -> bytes:
    """A PNG of what lies in *box*, as far as that is on the page. Raises Rejected(invalid_request) where nothing is."""
    with Image.open(io.BytesIO(picture)) as page:
        left, top, right, bottom = box
        right, bottom = min(right, page.width), min(bottom, page.height)
        if left >= right or top >= bottom:
            raise Rejected("invalid_request", "crop")
        out = io.BytesIO()
        page.crop((left, top, right, bottom)).save(out, "PNG")
    return out.getvalue()
