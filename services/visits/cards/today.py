"""Entries of household cards that are to be asked again, in the heads' list of the day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.dependencies import Dependencies
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.visits.cards import store
from services.visits.cards.models import ASKED_DAYS
from services.visits.offices import due, keepers


def _until(deps: Dependencies) -> datetime:
    return deps.now() + timedelta(days=ASKED_DAYS)


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return what is to be asked again, by the day on which it goes otherwise.

    What is sensitive for offices alone that may know of it.
    """
    mine, reveal = keepers.tokens(actor), keepers.tokens(actor, Permission.REVEAL_CARDS)
    rows, known = store.collection(deps.db), store.known_to(reveal)
    own, until = homes_of(actor), _until(deps)
    found = await due.read(rows, mine, known, part, until=until, apart=own)
    return [
        Entry(
            key=row["_id"],
            place=row["home"],
            subject=row["_id"],
            title="户卡内容快到期,请再问一次",
            due_at=row["due_at"],
        )
        for row in found
    ]


async def _count(deps: Dependencies, _: Actor, places: Sequence[str]) -> dict[str, int]:
    rows = store.collection(deps.db)
    return await due.count(rows, places, store.ACTIVE, until=_until(deps))


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
