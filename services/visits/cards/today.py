"""Entries of household cards that are to be asked again, in the heads' list of the day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from services.dependencies import Dependencies
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.visits.cards import store
from services.visits.cards.models import ASKED_DAYS
from services.visits.offices import keepers


def _until(deps: Dependencies) -> datetime:
    return deps.now() + timedelta(days=ASKED_DAYS)


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return what is to be asked again, by the day on which it goes otherwise.

    What is sensitive for offices alone that may know of it.
    """
    found = await store.read_due(
        deps.db,
        keepers.tokens(actor),
        keepers.tokens(actor, Permission.REVEAL_CARDS),
        part,
        until=_until(deps),
        apart=homes_of(actor),
    )
    return [
        Entry(
            key=each.id,
            place=each.home,
            subject=each.id,
            title="户卡内容快到期,请再问一次",
            due_at=each.due_at,
        )
        for each in found
    ]


async def _count(deps: Dependencies, _: Actor, places: Sequence[str]) -> dict[str, int]:
    return await of_each(places, partial(store.count_due, deps.db, _until(deps)))


TODAY: Final = (
    TodayKind(
        name="visits.cards",
        label="户卡到期",
        weight=65,
        needs=Permission.KEEP_CARDS,
        read=_read,
        count=_count,
        operations=("confirmHouseholdCardEntry", "endHouseholdCardEntry"),
    ),
)
