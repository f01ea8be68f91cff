"""Follow-ups in the list of today: agreements that a mediator is to ask about."""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.permissions import Actor, Permission
from services.kernel.today import MOST_COUNTED, Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.mediations import interests, store
from services.mediations.kind import mediates_in


async def read(deps: Dependencies, actor: Actor, part: Part) -> list[Entry]:
    """Return what the actor is to ask about: without matter and names."""
    near = await interests.near(deps, actor)
    found = await store.to_follow_up(deps.db, near, mediates_in(actor), part)
    return [
        Entry(
            key=each.id,
            place=each.place,
            subject=each.id,
            title="回访一件调解",
            due_at=each.due_at,
        )
        for each in found
    ]


async def count(deps: Dependencies, actor: Actor, places: Sequence[str]) -> dict[str, int]:
    """Count those under places, for the community's mediation member and for nobody else.

    A number of one would tell other supervisors who was in dispute, and so the member whose own
    it is: those are not counted.
    """
    seen = [place for place in places if actor.may(Permission.ASSIGN_MEDIATOR, place)]
    if not seen:
        return {}
    near = await interests.near(deps, actor)

    async def one(place: str) -> int:
        return await store.count_to_follow_up(deps.db, place, near, most=MOST_COUNTED)

    return await of_each(seen, one)


TODAY: Final = (
    TodayKind(
        name="mediations.follow_up",
        label="调解回访",
        weight=45,
        needs=Permission.MEDIATE,
        read=read,
        count=count,
        operations=("submitMediationFollowUp",),
    ),
)
