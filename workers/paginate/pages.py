"""The rules that hold for pages of every kind of document."""

from archive.errors import Rejected
from schemas.limits import Limits


def check_page_count(count: int, limits: Limits) -> None:
    """Raises Rejected("no_pages" | "too_many_pages")."""
    if count < 1:
        raise Rejected("no_pages")
    if count > limits.max_pages:
        raise Rejected("too_many_pages", f"over {limits.max_pages}")


def check_page_number(page_number: int, page_count: int) -> None:
    """ValueError unless *page_number* is one of 1 to *page_count*."""
    if not 1 <= page_number <= page_count:
        raise ValueError(f"page {page_number} of {page_count}")
