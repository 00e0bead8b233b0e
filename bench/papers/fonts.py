"""The type faces of the papers, by a name of ours. All come from Debian packages; `fonts.txt` lists them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_ROOT = Path("/usr/share/fonts")
_PACKAGES = Path(__file__).with_name("fonts.txt")


@dataclass(frozen=True, slots=True)
class Face:
    """A font file below the system's font folder, the face's index in it, and the package that brings it."""

    path: str
    package: str
    index: int = 0


FACES = {
    "hei": Face("opentype/noto/NotoSansCJK-Regular.ttc", "fonts-noto-cjk", 2),
    "hei_bold": Face("opentype/noto/NotoSansCJK-Bold.ttc", "fonts-noto-cjk", 2),
    "micro_hei": Face("truetype/wqy/wqy-microhei.ttc", "fonts-wqy-microhei"),
    "song": Face("opentype/noto/NotoSerifCJK-Regular.ttc", "fonts-noto-cjk", 2),
    "song_bold": Face("opentype/noto/NotoSerifCJK-Bold.ttc", "fonts-noto-cjk", 2),
    "ming": Face("truetype/arphic/uming.ttc", "fonts-arphic-uming"),
    "thin_song": Face("truetype/arphic-gbsn00lp/gbsn00lp.ttf", "fonts-arphic-gbsn00lp"),
    "kai": Face("truetype/arphic/ukai.ttc", "fonts-arphic-ukai"),
    "brush_kai": Face("truetype/arphic-gkai00mp/gkai00mp.ttf", "fonts-arphic-gkai00mp"),
    "pen_kai": Face("truetype/lxgw-wenkai/LXGWWenKai-Light.ttf", "fonts-lxgw-wenkai"),
    "pen_kai_firm": Face("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", "fonts-lxgw-wenkai"),
    "sans": Face("truetype/liberation/LiberationSans-Regular.ttf", "fonts-liberation"),
    "sans_bold": Face("truetype/liberation/LiberationSans-Bold.ttf", "fonts-liberation"),
    "serif": Face("truetype/liberation/LiberationSerif-Regular.ttf", "fonts-liberation"),
    "serif_bold": Face("truetype/liberation/LiberationSerif-Bold.ttf", "fonts-liberation"),
    "mono": Face("truetype/liberation/LiberationMono-Regular.ttf", "fonts-liberation"),
    "ocr": Face("opentype/ocr-b/OCRB.otf", "fonts-ocr-b"),
    "scrawl": Face("truetype/breip/Breip.ttf", "fonts-breip"),
    "script": Face("opentype/dancingscript/DancingScript-Regular.otf", "fonts-dancingscript"),
}


class FontMissing(RuntimeError):
    """A face is not installed. The message names every package needed."""

    def __init__(self, face: Face) -> None:
        super().__init__(f"{_ROOT / face.path} is missing; install it with: apt-get install {' '.join(packages())}")


def packages() -> tuple[str, ...]:
    """The Debian packages that bring every face, as in `fonts.txt`."""
    return tuple(_PACKAGES.read_text(encoding="ascii").split())


def missing_packages() -> tuple[str, ...]:
    """The packages of faces that are not installed."""
    return tuple(sorted({face.package for face in FACES.values() if not (_ROOT / face.path).is_file()}))


@lru_cache(maxsize=256)
def font(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    """The face called *name* with an em of *pixels*. Raises FontMissing."""
    face = FACES[name]
    path = _ROOT / face.path
    if not path.is_file():
        raise FontMissing(face)
    return ImageFont.truetype(str(path), pixels, index=face.index, layout_engine=ImageFont.Layout.BASIC)
