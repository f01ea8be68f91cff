"""What a head has to do about their office: a hand-over to receive, and a term that ends."""

from collections.abc import Sequence
from typing import Final

import msgspec

from services.appointments import offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.heads import store
from services.heads.models import HandOver
from services.kernel.days import end_of, plus_days
from services.kernel.permissions import Actor
from services.kernel.today import MOST_COUNTED, Entry, Part, TodayKind
from services.kernel.waits import of_each

# So long before the last day a head is told, and has time to say who comes after them.
DAYS_BEFORE: Final = 30


async def to_receive(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return the lists that the actor may receive as the next head."""
    offered = store.look_up_offered(actor.person_id)
    rows = await offices.held_through(deps, actor.person_id, offered)
    return part.of(_to_receive(made) for made in msgspec.convert(rows, list[HandOver]))


def _to_receive(made: HandOver) -> Entry:
    return Entry(
        key=made.id,
        place=made.place,
        subject=made.id,
        title=f"接收{made.role.label}工作交接清单",
    )


async def ending(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return the actor's own terms that end within thirty days."""
    last = plus_days(deps.today(), DAYS_BEFORE)
    found = await offices.ending_of(deps, actor.person_id, last)
    return part.of(_ending(held, held.to_day) for held in found if held.to_day)


def _ending(held: Appointment, last_day: str) -> Entry:
    return Entry(
        key=held.id,
        place=held.place,
        subject=held.id,
        title=f"{held.role.label}任期到{last_day}结束",
        due_at=end_of(last_day),
    )


async def count_to_receive(
    deps: Dependencies, _actor: Actor, places: Sequence[str]
) -> dict[str, int]:
    """Count the lists that wait to be received, of each place."""

    async def one(place: str) -> int:
        return await store.count_offered(deps.db, place, limit=MOST_COUNTED)

    return await of_each(places, one)


async def count_ending(
    deps: Dependencies, _actor: Actor, places: Sequence[str]
) -> dict[str, int]:
    """Count the heads' terms that end within thirty days, of each place."""
    last = plus_days(deps.today(), DAYS_BEFORE)

    async def one(place: str) -> int:
        return await offices.count_ending(deps, place, last, limit=MOST_COUNTED)

    return await of_each(places, one)


TODAY: Final = (
    TodayKind(
        name="heads.to_receive",
        label="接收交接",
        weight=70,
        needs=None,
        read=to_receive,
        count=count_to_receive,
        operations=("receiveHandOver",),
    ),
    TodayKind(
        name="heads.own_term",
        label="任期将满",
        weight=80,
        needs=None,
        read=ending,
        count=count_ending,
        done=offices.note_end,
    ),
)
