"""Papers that are to be entered again, on the list of what a head has to do.

Not those that they entered first, nor of a home of their own.
"""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor, Permission
from services.kernel.today import MOST_COUNTED, Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.surveys.second_entries import store
from services.surveys.second_entries.models import key_of


async def read(deps: Dependencies, actor: Actor, part: Part) -> list[Entry]:
    """Return what waits for a second entry at the actor's places, in one query."""
    if part.until is not None:  # none has an end
        return []
    found = await store.waiting(
        deps.db,
        actor.places(Permission.CHECK_SURVEY_PAPERS),
        but=actor.person_id,
        homes=sorted(homes_of(actor)),
        part=part,
    )
    return [
        Entry(key=key_of(each), place=each.home, subject=each.id, title="再录一次纸质意见")
        for each in found
    ]


async def count(deps: Dependencies, _actor: Actor, places: Sequence[str]) -> dict[str, int]:
    """Return place → how many wait there and below."""

    async def one(place: str) -> int:
        return await store.count_waiting(deps.db, place, limit=MOST_COUNTED)

    return await of_each(places, one)


TODAY: Final = (
    TodayKind(
        name="surveys.second_entries",
        label="纸质意见二次录入",
        weight=55,
        needs=Permission.CHECK_SURVEY_PAPERS,
        read=read,
        count=count,
        operations=("checkSurveyEntry",),
    ),
)
