"""Reading pages again with another engine, and what came of it.

A page keeps what was read on it until another reading has text. Which engine is to read stands in the work that waits, so that
any worker can do it, and goes on with it after a kill.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from archive.catalog import documents, readings, selection, work
from archive.catalog.documents import Page
from archive.catalog.page_filter import PageFilter
from archive.catalog.readings import Reading
from archive.errors import Refused
from archive.wiring import Archive
from schemas.page import PageState
from schemas.work import Job, Stage
from workers.steps import results

_AT_ONCE = 500
"""Pages put to wait in one transaction: workers want to write, too."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The pages that a filter means, as they are before they are read again by `engine`.

    `pages` are to be read, of which some may wait already. `already` were read by the same version of the engine before;
    `busy` are to be read by another one first.
    """

    engine: str
    pages: tuple[Page, ...]
    waiting: frozenset[tuple[str, int]]
    already: int
    busy: int

    @property
    def documents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(page.document_id for page in self.pages))


class Outcome(StrEnum):
    """What reading one page again came to. The last three leave the page as it was."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NOT_COMPARABLE = "not_comparable"
    """there is text, and the confidence of one of the two readings is unknown"""
    BLANK = "blank"
    """no text where there was text before"""
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Reread:
    """One page before and after; `after` is None while it waits."""

    before: Page
    after: Reading | None

    @property
    def outcome(self) -> Outcome:
        if self.after is None:
            return Outcome.WAITING
        if self.after.state is PageState.FAILED:
            return Outcome.FAILED
        if self.after.state is PageState.BLANK:
            return Outcome.BLANK if self.before.state is PageState.READ else Outcome.SAME
        return self._compared(self.before.confidence, self.after.confidence)

    @property
    def reason(self) -> str | None:
        """Why the page stays as it was; None where it does not, or waits."""
        is_kept = self.outcome in {Outcome.BLANK, Outcome.FAILED}
        return results.why_kept(self.before, self.after) if self.after and is_kept else None

    def _compared(self, before: float | None, after: float | None) -> Outcome:
        if before is None or after is None:
            return Outcome.NOT_COMPARABLE
        return Outcome.SAME if before == after else Outcome.BETTER if after > before else Outcome.WORSE


def select(archive: Archive, page_filter: PageFilter, engine: str, key: str, *, again: bool = False) -> Selected:
    """Which pages *engine*, whose version key is *key*, is to read; *again* takes those too that it has read before."""
    with archive.catalog.read() as connection:
        pages = selection.pages_where(connection, page_filter)
        is_open = work.open_pages(connection, Stage.READ)
        done = set() if again else readings.read_by(connection, key)
    busy = {page for page, by in is_open.items() if by != engine}
    waiting = {page for page, by in is_open.items() if by == engine}
    unread = [page for page in pages if _place(page) in waiting or _place(page) not in done]
    return Selected(
        engine=engine,
        pages=tuple(page for page in unread if _place(page) not in busy),
        waiting=frozenset(waiting),
        already=len(pages) - len(unread),
        busy=sum(_place(page) in busy for page in unread),
    )


def put(archive: Archive, selected: Selected, page_filter: PageFilter) -> None:
    """Have the pages wait for their engine; those that wait already are left as they are."""
    jobs = [
        Job(Stage.READ, *_place(page), engine=selected.engine)
        for page in selected.pages
        if _place(page) not in selected.waiting
    ]
    if jobs:
        with archive.catalog.write() as connection:
            archive.ledger.append(connection, "reread.asked", engine=selected.engine, where=str(page_filter), pages=len(jobs))
    for some in _in_parts(jobs):
        with archive.catalog.write() as connection:
            work.put_all_again(connection, some, archive.clock())
        archive.queue.announce(tuple(some))


def outcomes(archive: Archive, selected: Selected) -> tuple[Reread, ...]:
    """What came of every selected page."""
    with archive.catalog.read() as connection:
        by_document = {each: readings.of_document(connection, each) for each in selected.documents}
    return tuple(_outcome(page, by_document[page.document_id]) for page in selected.pages)


def counts(reread: Iterable[Reread]) -> Mapping[Outcome, int]:
    """How many pages came to each outcome; every outcome is named."""
    counted = Counter(each.outcome for each in reread)
    return {outcome: counted[outcome] for outcome in Outcome}


def mean_confidences(reread: Iterable[Reread]) -> tuple[float, float] | None:
    """Before and after, over the pages that have a new reading and both of whose confidences are known."""
    pairs = [
        (each.before.confidence, each.after.confidence)
        for each in reread
        if each.after and each.before.confidence is not None and each.after.confidence is not None
    ]
    return (fmean(before for before, _ in pairs), fmean(after for _, after in pairs)) if pairs else None


def use_reading(archive: Archive, document_id: str, page_number: int, version: int) -> bool:
    """Have a page show another version of what was read on it; False where it shows that one already.

    Raises NotFound, Refused(reading_failed).
    """
    with archive.catalog.write() as connection:
        page = documents.page(connection, document_id, page_number)
        reading = readings.get(connection, document_id, page_number, version)
        if reading.state is PageState.FAILED:
            raise Refused("reading_failed", f"{document_id} page {page_number} version {version}")
        if page.version == version:
            return False
        readings.use(connection, reading)
        archive.ledger.append(
            connection,
            "page.reading.chosen",
            document_id=document_id,
            page=page_number,
            version=version,
            former=page.version,
        )
        jobs = results.out_of_date(archive, connection, document_id)
    archive.queue.announce(jobs)
    return True


def _place(page: Page) -> tuple[str, int]:
    return page.document_id, page.page_number


def _in_parts(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    return (jobs[start : start + _AT_ONCE] for start in range(0, len(jobs), _AT_ONCE))


def _outcome(before: Page, of_document: Iterable[Reading]) -> Reread:
    newer = [each for each in of_document if each.page_number == before.page_number and each.version > (before.version or 0)]
    return Reread(before, newer[-1] if newer else None)
