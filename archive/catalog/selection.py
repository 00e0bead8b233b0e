"""The pages that a filter means."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from archive.catalog.documents import Page
from archive.catalog.page_filter import Condition, PageFilter
from archive.catalog.tables import AT_ONCE, documents, items, pages
from schemas.page import PageState

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "confidence": pages.c.confidence,
    "engine": pages.c.engine,
    "state": pages.c.state,
    "reason": pages.c.reason,
    "class": documents.c.document_class,
    "document": pages.c.document_id,
    "version": pages.c.version,
}


def pages_where(connection: Connection, page_filter: PageFilter) -> list[Page]:
    """The pages of which all conditions hold, by document and number. Pages that wait to be read are never among them."""
    query = (
        select(pages)
        .join(documents, documents.c.document_id == pages.c.document_id)
        .where(pages.c.state != PageState.WAITING, *map(_clause, page_filter.conditions))
        .order_by(pages.c.document_id, pages.c.page_number)
    )
    rows = connection.execute(query, execution_options={"yield_per": AT_ONCE}).mappings()
    return [Page(**{**row, "state": PageState(row["state"])}) for row in rows]


def _clause(condition: Condition) -> ColumnElement[bool]:
    is_equal = condition.operator == "="
    if condition.field == "batch":
        return _is_in_batch(condition.value) if is_equal else not_(_is_in_batch(condition.value))
    column = _COLUMNS[condition.field]
    if condition.value is None:
        return column.is_(None) if is_equal else column.is_not(None)
    if condition.field == "engine":
        same = _begins_with_parts(column, str(condition.value))
        return same if is_equal else and_(column.is_not(None), not_(same))
    clause: ColumnElement[bool] = _COMPARISONS[condition.operator](column, condition.value)
    return clause


def _is_in_batch(batch_id: object) -> ColumnElement[bool]:
    in_batch = select(items.c.document_id).where(items.c.batch_id == batch_id, items.c.document_id.is_not(None))
    return pages.c.document_id.in_(in_batch)


def _begins_with_parts(column: ColumnElement[str], parts: str) -> ColumnElement[bool]:
    """Without LIKE, for which capital letters and small ones are the same in one database and not in the other."""
    return or_(column == parts, func.substr(column, 1, len(parts) + 1) == f"{parts}/")
