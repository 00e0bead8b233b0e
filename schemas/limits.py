"""How much one file, page or process may ask for. Checked before the costly step, and again while it runs."""

from dataclasses import dataclass, fields

_MEBIBYTE = 1024 * 1024
_GIBIBYTE = 1024 * _MEBIBYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number is positive and inclusive: what equals a limit passes. ValueError where one is not positive."""

    max_file_bytes: int = 2 * _GIBIBYTE
    """One file, or one member of a container. A box of 5,000 pages at 300 dpi in JPEG is about this large."""

    max_pages: int = 5_000
    """Pages of one document. The largest bound claim file is some hundred pages; beyond this a document is a mistake."""

    max_page_pixels: int = 150_000_000
    """Pixels of one page. A0 at 300 dpi has 9,933 x 14,043 = 139.5 million and passes; as RGB this limit is 450 MB."""

    max_nesting: int = 2
    """Containers around a file: 1 is a file in a ZIP, 2 a file in a ZIP in a ZIP, as mail systems and scanners make."""

    max_members: int = 10_000
    """Members of one container, those of containers inside it included. Also bounds the directory held in memory."""

    max_expansion_ratio: int = 200
    """Bytes out of a container per byte in. Deflate reaches 1,032 on zeros; scans are compressed already and stay under 20."""

    max_unjudged_bytes: int = 64 * _MEBIBYTE
    """Bytes out of a container before the ratio counts: a blank A4 page in BMP has 26 MB, packs 1,000 to 1 and is honest."""

    max_expanded_bytes: int = 16 * _GIBIBYTE
    """Bytes out of one container, those of containers inside it included: eight times the largest file that is taken."""

    page_seconds: float = 120.0
    """Wall clock for all work on one page. Reading a dense A4 page takes 2 to 8 s on one core; A0 has 16 times the area."""

    document_seconds: float = 300.0
    """Wall clock for opening a document and counting its pages, repair included."""

    worker_memory_bytes: int = 2 * _GIBIBYTE
    """Resident memory of one worker process: models 0.7 GB, and the largest page once as decoded and once as RGB."""

    least_free_bytes: int = _GIBIBYTE
    """Free bytes of the archive's disk below which nothing is taken in and work waits: room for the steps in hand to end."""

    def __post_init__(self) -> None:
        if wrong := [field.name for field in fields(self) if getattr(self, field.name) <= 0]:
            raise ValueError(f"limits must be positive: {', '.join(wrong)}")
