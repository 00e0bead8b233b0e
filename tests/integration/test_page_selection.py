"""Which pages of a catalog a filter means, held against a plain reading of its rules."""

import operator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.catalog import documents, intake, selection
from archive.catalog.documents import Document, Page
from archive.catalog.intake import NewItem
from archive.catalog.page_filter import Condition, PageFilter, parse_filter
from schemas.page import PageState
from tests.builders.archives import make_archive

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CLASSES = {"D-A": "medical_bill", "D-B": "receipt", "D-C": None}
BATCHES = {"D-A": {"B-1"}, "D-B": {"B-1", "B-2"}, "D-C": {"B-2"}}
ROWS = tuple(
    Page(document, number, state, reason, None, None, None, engine, confidence, None, None, version)
    for document in CLASSES
    for number, (state, reason, engine, confidence, version) in enumerate(
        [
            (PageState.READ, None, "ppocr/3.1/small", 0.5, 1),
            (PageState.READ, None, "ppocr/3.10/small", 0.8, 2),
            (PageState.READ, None, "PPOCR/3.1", 0.95, 3),
            (PageState.READ, None, "pdfplumber/1", None, 1),
            (PageState.BLANK, None, None, None, 1),
            (PageState.FAILED, "page_timeout", None, None, 1),
            (PageState.WAITING, None, None, None, None),
        ],
        1,
    )
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with make_archive(tmp_path_factory.mktemp("selection") / "home") as made:
        with made.catalog.write() as connection:
            for at, (document_id, document_class) in enumerate(CLASSES.items()):
                documents.add(connection, document(document_id, f"{at:064d}", document_class))
                documents.opened(connection, document_id, 7, ())
            for page in ROWS:
                documents.page_ended(connection, page)
            for batch_id in ("B-1", "B-2"):
                intake.open_batch(connection, batch_id, "2026", b"")
            for document_id, batch_ids in BATCHES.items():
                for batch_id in sorted(batch_ids):
                    intake.add_item(connection, NewItem(batch_id, "accepted", "2026", "t", b"", document_id=document_id))
            intake.add_item(connection, NewItem("B-1", "refused", "2026", "t", b"", reason="empty_file"))
        yield made


def document(document_id, digest, document_class):
    return Document(
        document_id, digest, 1, "image/png", "o", b"", "complete", None, None, (), document_class, None, None, "2026", None
    )


def holds(condition: Condition, page: Page) -> bool:
    if condition.field == "batch":
        return (condition.value in BATCHES[page.document_id]) == (condition.operator == "=")
    value = {
        "confidence": page.confidence,
        "engine": page.engine,
        "state": page.state.value,
        "reason": page.reason,
        "class": CLASSES[page.document_id],
        "document": page.document_id,
        "version": page.version,
    }[condition.field]
    if condition.value is None:
        return (value is None) == (condition.operator == "=")
    if value is None:
        return False
    if condition.field == "engine":
        wanted = str(condition.value).split("/")
        return (value.split("/")[: len(wanted)] == wanted) == (condition.operator == "=")
    return COMPARE[condition.operator](value, condition.value)


def each(field, operators, values):
    return st.builds(Condition, st.just(field), st.sampled_from(operators), values)


SAME, ORDER = ("=", "!="), ("<", "<=", ">", ">=")
CONDITIONS = st.one_of(
    each("confidence", ORDER, st.sampled_from((0.0, 0.5, 0.79, 0.8, 0.95, 1.0))),
    each("engine", SAME, st.sampled_from(("ppocr", "ppocr/3.1", "ppocr/3.10", "PPOCR", "pdfplumber", "pp", "%", "_"))),
    each("state", SAME, st.sampled_from(("read", "blank", "failed"))),
    each("reason", SAME, st.sampled_from(("page_timeout", "page_crash"))),
    each("class", SAME, st.sampled_from(("medical_bill", "receipt", "other"))),
    each("document", SAME, st.sampled_from(("D-A", "D-B", "D-Z"))),
    each("batch", SAME, st.sampled_from(("B-1", "B-2", "B-9"))),
    each("version", SAME + ORDER, st.integers(1, 4)),
    *(each(field, SAME, st.none()) for field in ("confidence", "engine", "reason", "class")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_the_catalog_selects_what_the_rules_say(archive, conditions):
    page_filter = PageFilter(tuple(conditions))
    with archive.catalog.read() as connection:
        found = selection.pages_where(connection, page_filter)
    finals = [page for page in ROWS if page.state is not PageState.WAITING]
    assert found == [page for page in finals if all(holds(condition, page) for condition in conditions)]


def places(archive, typed):
    with archive.catalog.read() as connection:
        return [(page.document_id, page.page_number) for page in selection.pages_where(connection, parse_filter(typed))]


def test_confidence_that_is_unknown_is_found_by_that_word_alone(archive):
    assert places(archive, "confidence<=1 and document=D-A") == [("D-A", 1), ("D-A", 2), ("D-A", 3)]
    assert places(archive, "confidence=unknown and document=D-A") == [("D-A", 4), ("D-A", 5), ("D-A", 6)]


def test_an_engine_is_named_by_whole_parts(archive):
    assert places(archive, "engine=ppocr/3.1 and document=D-A") == [("D-A", 1)]
    assert places(archive, "engine=ppocr and document=D-A") == [("D-A", 1), ("D-A", 2)]
