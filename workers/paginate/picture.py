"""Pictures as documents: one page per frame of a TIFF, GIF, WebP or HEIF, and one page for every other format."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, Self, cast

import pillow_heif
from PIL import ExifTags, Image

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.page import PageText
from workers.page_image import PageImage
from workers.paginate import tiff
from workers.paginate.cursor import Cursor, translated
from workers.paginate.pages import check_page_count, check_page_number
from workers.paginate.pixels import rgb_pixels, upright

pillow_heif.register_heif_opener()

# At debug level Pillow logs the tags of a file with their values: descriptions, names, places.
logging.getLogger("PIL").setLevel(logging.WARNING)

_FRAMED_FORMATS = frozenset({"GIF", "WEBP", "HEIF"})  # a PNG or JPEG with more pictures shows the first, the rest is decoration
_MAX_INCHES = (
    48.0  # A0 is 46.8 long: what claims to be larger is a photograph with the "72 dpi" that cameras write for "unknown"
)
_MIN_DPI, _MAX_DPI = 30.0, 2_400.0
_MAX_ASPECT = 4.0  # coarse fax has 204 x 98 dots per inch


class _Frames(Protocol):
    def __len__(self) -> int: ...

    def load(self, index: int) -> Image.Image:
        """The frame, decoded. Rejected("page_too_large") before anything is decoded."""
        ...


class PictureDocument:
    """See `OpenDocument`. A file of one frame is decoded when it is opened: if that fails, the document is damaged."""

    def __init__(self, cursor: Cursor, pillow_format: str, limits: Limits) -> None:
        self._cursor = cursor
        self._limits = limits
        self._decoded: Image.Image | None = None
        with translated("damaged_document", cursor), _pillow_limits(limits):
            self._frames = _frames_of(cursor, pillow_format, limits)
            check_page_count(len(self._frames), limits)
            if len(self._frames) == 1:
                self._decoded = self._frames.load(0)

    @property
    def page_count(self) -> int:
        return len(self._frames)

    @property
    def remarks(self) -> tuple[str, ...]:
        return ()

    def render(self, page_number: int) -> PageImage:
        check_page_number(page_number, self.page_count)
        reason = "damaged_page" if self.page_count > 1 else "damaged_document"
        with translated(reason, self._cursor), _pillow_limits(self._limits):
            return _page_image(self._take(page_number - 1), page_number, self._limits)

    def text_layer(self, page_number: int) -> PageText | None:
        check_page_number(page_number, self.page_count)
        return None

    def text_doubts(self, page_number: int) -> tuple[str, ...]:
        check_page_number(page_number, self.page_count)
        return ()

    def close(self) -> None:
        self._decoded = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _take(self, index: int) -> Image.Image:
        decoded, self._decoded = self._decoded, None
        return self._frames.load(index) if decoded is None else decoded


def _page_image(image: Image.Image, page_number: int, limits: Limits) -> PageImage:
    orientation = 1 if image.format == "TIFF" else image.getexif().get(ExifTags.Base.Orientation, 1)  # TIFF: turned by Pillow
    across, down = _resolution(image)
    image = _squared(image, across, down, limits)
    pixels = upright(rgb_pixels(image), orientation)
    return PageImage(page_number, pixels, _plausible_dpi(max(across, down), max(image.size)))


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down as the file says; zeros where it does not."""
    across, down = image.info.get("dpi", (0.0, 0.0))
    is_sane = all(_MIN_DPI <= dots <= _MAX_DPI for dots in (across, down))
    return (float(across), float(down)) if is_sane else (0.0, 0.0)


def _squared(image: Image.Image, across: float, down: float, limits: Limits) -> Image.Image:
    """Coarse fax has half as many rows as columns per inch, and viewers stretch it; so does this."""
    ratio = max(across, down) / (min(across, down) or 1.0)
    if not 1.2 < ratio <= _MAX_ASPECT:
        return image
    width, height = (round(length * max(across, down) / dots) for length, dots in zip(image.size, (across, down), strict=True))
    _check_pixels((width, height), limits)
    return image.resize((width, height), Image.Resampling.NEAREST)


def _plausible_dpi(dpi: float, longest: int) -> float | None:
    return dpi if dpi and longest / dpi <= _MAX_INCHES else None


def _frames_of(cursor: Cursor, pillow_format: str, limits: Limits) -> _Frames:
    if pillow_format == "TIFF":
        return _TiffFrames(cursor, limits)
    return _PillowFrames(cursor, pillow_format, limits)


class _PillowFrames:
    def __init__(self, cursor: Cursor, pillow_format: str, limits: Limits) -> None:
        self._image = Image.open(cast("io.BufferedReader", cursor), formats=(pillow_format,))
        self._cursor = cursor
        self._format = pillow_format
        self._limits = limits
        _check_pixels(self._image.size, limits)
        self._count = int(getattr(self._image, "n_frames", 1)) if pillow_format in _FRAMED_FORMATS else 1

    def __len__(self) -> int:
        return self._count

    def load(self, index: int) -> Image.Image:
        if self._format in _FRAMED_FORMATS:
            self._image.seek(index)
        elif self._image.fp is None:  # decoded once already, which closes the file
            self._image = Image.open(cast("io.BufferedReader", self._cursor), formats=(self._format,))
        _check_pixels(self._image.size, self._limits)  # a GIF grows with its frames
        self._image.load()
        return self._image


class _TiffFrames:
    def __init__(self, cursor: Cursor, limits: Limits) -> None:
        self._cursor = cursor
        self._limits = limits
        self._frames = tiff.frames(cursor, limits.max_pages)

    def __len__(self) -> int:
        return len(self._frames)

    def load(self, index: int) -> Image.Image:
        image = self._opened(self._frames[index])
        _check_pixels(image.size, self._limits)
        image.load()
        return image

    def _opened(self, frame: tiff.Frame) -> Image.Image:
        if frame.directory is None:
            raise tiff.BrokenTiff("a directory that cannot be read")
        self._check_size(frame.directory)
        if tiff.integer(self._cursor, frame.directory, tiff.COMPRESSION) == tiff.OLD_JPEG:
            # Its tables lie anywhere in the file, so the page cannot be cut out.
            image = Image.open(cast("io.BufferedReader", self._cursor), formats=("TIFF",))
            image.seek(frame.index)
            return image
        return Image.open(io.BytesIO(tiff.standalone(self._cursor, frame.directory)), formats=("TIFF",))

    def _check_size(self, directory: tiff.Directory) -> None:
        width, height = (tiff.integer(self._cursor, directory, tag) or 0 for tag in (tiff.WIDTH, tiff.HEIGHT))
        _check_pixels((width, height), self._limits)


def _check_pixels(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width * height > limits.max_page_pixels:
        raise Rejected("page_too_large", f"{width} x {height} pixels, limit {limits.max_page_pixels}")


@contextmanager
def _pillow_limits(limits: Limits) -> Iterator[None]:
    """Pillow's own guard, set to ours while it works: it also looks inside formats where a tile can be larger than the page."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, limits.max_page_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd tags and truncated metadata, quoting them
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Rejected("page_too_large", f"limit {limits.max_page_pixels} pixels") from error
    finally:
        Image.MAX_IMAGE_PIXELS = before
