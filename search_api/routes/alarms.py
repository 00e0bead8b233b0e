"""Alarms about people who saw very many documents or people within an hour."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from archive.access import newest_alarms
from archive.catalog.access import AccessAlarm
from search_api.errors import responses
from search_api.sign_in import ArchiveHere, may_review

router = APIRouter(prefix="/api/alarms", tags=["alarms"])

_MOST_ALARMS = 200


@dataclass(frozen=True, slots=True)
class Alarms:
    """The newest first. `next`, given as `after`, brings those before them."""

    alarms: tuple[AccessAlarm, ...]
    next: int | None


@router.get("", responses=responses(401, 403, 422, 503), dependencies=[Depends(may_review)])
def all_alarms(
    archive: ArchiveHere,
    limit: Annotated[int, Query(ge=1, le=_MOST_ALARMS)] = 50,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Alarms:
    """Who saw how many, and how many are allowed. `kind`: documents_opened, people_opened, people_shown."""
    found = newest_alarms(archive, limit + 1, after)
    shown = tuple(found[:limit])
    return Alarms(shown, shown[-1].alarm_id if len(found) > limit else None)
