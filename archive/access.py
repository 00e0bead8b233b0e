"""How often people may ask, and an alarm where somebody sees very many: the mark of whoever carries an archive away.

A limit is a leaky bucket: a person may ask as often as the setting says at once, and again as time empties it. It stands in the
catalog, so that it holds over all servers together. What counts for the alarm are different documents and different people
within an hour; whoever looks at one claim all day raises none. An alarm refuses nothing: compliance looks at it, and decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog
from sqlalchemy import Connection

from archive.catalog import access
from archive.catalog.access import AccessAlarm, Opening
from archive.catalog.work import moment
from archive.errors import TooMany
from archive.search_keys import names
from archive.wiring import Archive

SEARCH, SUGGESTION, VIEW, LIST_ROW = "search", "suggestion", "view", "list_row"
OPENED, SHOWN = "opened", "shown"
"""Manners of seeing a document: its pages, fields or file; a line of a list of hits."""

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_KEPT = _DAY
_PEOPLE_FIELDS = ("insured", "policyholder", "claimant", "beneficiary")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Threshold:
    kind: str
    manner: str
    of: str
    most: int


@dataclass(frozen=True, slots=True)
class _Pace:
    """How many of a kind a person may have within `window`; 0: as many as they like."""

    most: int
    window: timedelta
    reason: str


def require_pace(archive: Archive, user_id: str | None, kind: str) -> None:
    """Before the work is done: raises TooMany where `spend` would."""
    if user_id is not None and _pace(archive, kind).most:
        with archive.catalog.read() as connection:
            _next(archive, connection, user_id, kind, 1)


def spend(archive: Archive, connection: Connection, user_id: str | None, kind: str, count: int = 1) -> None:
    """Count *count* requests or rows, in the transaction that records them. Nobody (None) is not counted: who runs a command on
    the archive's folder has its keys. Raises TooMany(too_many_requests | too_many_rows), and then nothing is counted."""
    if user_id is not None and _pace(archive, kind).most:
        access.spend(connection, user_id, kind, moment(_next(archive, connection, user_id, kind, count)))


def note_seen(
    archive: Archive, connection: Connection, user_id: str | None, manner: str, seen: Mapping[str, Mapping[str, str]]
) -> None:
    """Record which documents somebody saw, by id, with what fields they told; raise an alarm where it is too many. There is one
    of a kind an hour."""
    if user_id is None or not seen:
        return
    now = archive.clock()
    access.note(connection, user_id, manner, _openings(archive, seen), moment(now))
    access.forget(connection, user_id, manner, moment(now - _KEPT))
    watched = [each for each in _thresholds(archive) if each.manner == manner and each.most]
    silent = [each for each in watched if not access.has_alarm_since(connection, user_id, each.kind, moment(now - _HOUR))]
    if not silent:
        return  # what somebody sees after an alarm need not be counted, and it is thousands
    count = access.opened_since(connection, user_id, manner, moment(now - _HOUR))
    for threshold in silent:
        if threshold.most < getattr(count, threshold.of):
            _alarm(archive, connection, user_id, threshold, getattr(count, threshold.of))


def newest_alarms(archive: Archive, limit: int, before: int | None = None) -> list[AccessAlarm]:
    with archive.catalog.read() as connection:
        return access.newest_alarms(connection, limit, before)


def _pace(archive: Archive, kind: str) -> _Pace:
    settings = archive.settings.access
    if kind == LIST_ROW:
        return _Pace(settings.list_rows_a_day, _DAY, "too_many_rows")
    most = {
        SEARCH: settings.searches_a_minute,
        SUGGESTION: settings.suggestions_a_minute,
        VIEW: settings.views_a_minute,
    }[kind]
    return _Pace(most, _MINUTE, "too_many_requests")


def _next(archive: Archive, connection: Connection, user_id: str, kind: str, count: int) -> datetime:
    """Until when the person has spent, with *count* more (the generic cell rate algorithm, as in ATM networks)."""
    now, pace = archive.clock(), _pace(archive, kind)
    spent = access.spent_until(connection, user_id, kind)
    until = max(now, datetime.fromisoformat(spent)) if spent else now
    until += count * pace.window / pace.most
    if until - now > pace.window:
        raise TooMany(pace.reason, ceil((until - now - pace.window).total_seconds()))
    return until


def _openings(archive: Archive, seen: Mapping[str, Mapping[str, str]]) -> Iterable[Opening]:
    for document_id, fields in seen.items():
        named = next((names.same(fields[name]) for name in _PEOPLE_FIELDS if name in fields), "")
        yield Opening(document_id, archive.search_key.token("person", "seen", named or document_id))


def _thresholds(archive: Archive) -> tuple[_Threshold, ...]:
    settings = archive.settings.access
    return (
        _Threshold("documents_opened", OPENED, "documents", settings.documents_opened_an_hour),
        _Threshold("people_opened", OPENED, "people", settings.people_opened_an_hour),
        _Threshold("people_shown", SHOWN, "people", settings.people_shown_an_hour),
    )


def _alarm(archive: Archive, connection: Connection, user_id: str, threshold: _Threshold, count: int) -> None:
    access.raise_alarm(connection, user_id, threshold.kind, count, threshold.most, moment(archive.clock()))
    archive.ledger.append(connection, "access.alarm", user=user_id, alarm=threshold.kind, count=count, threshold=threshold.most)
    log.warning("access.alarm", cause=threshold.kind)
