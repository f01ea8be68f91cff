"""Jobs of household cards: what is over goes, and what soon will be is asked again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import steps
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.places import actions as places
from services.visits.cards import access, actions, notify, store
from services.visits.cards.models import ASKED_DAYS, CardEntry
from services.visits.offices import households
from services.visits.offices.households import Household

LOOK_AFTER: Final = "visits.look_after_cards"


async def look_after(deps: Dependencies, _payload: Document) -> None:
    """Job: end entries whose day is over or whose people have left; ask about others again.

    Every day, by pages; harmless to repeat.
    """
    after = ""
    while found := await store.next_active(deps.db, after, limit=steps.AT_ONCE):
        homes = sorted({entry.home for entry in found})
        there = await households.of_homes(deps, homes)
        addresses = await places.addresses(deps, homes)
        for entry in found:
            home, address = there.get(entry.home), addresses.get(entry.home, "")
            await _look_after(deps, entry, home, address)
        after = found[-1].id


async def _look_after(
    deps: Dependencies, entry: CardEntry, home: Household | None, address: str
) -> None:
    action = access.ends_by(deps, entry, home)
    asks = entry.asked_at is None and entry.due_at <= deps.now() + timedelta(days=ASKED_DAYS)
    bound = _bound(entry, home)
    if action is None and not asks and bound == entry.people:
        return

    async def save(tx: Transaction) -> None:
        if action is not None:
            await actions.end(deps, tx, entry, action)
            return
        still = await households.still_open(deps, tx, bound)
        asked_at = deps.now() if asks else entry.asked_at
        if await store.note(deps.db, tx, entry, still, asked_at) and asks:
            await _ask(deps, tx, entry, still, address)

    try:
        await deps.in_transaction(save)
    except access.CardMovedOn:
        return  # withdrawn or renewed at this moment: what is left to do, the next night does


async def _ask(
    deps: Dependencies, tx: Transaction, entry: CardEntry, bound: Sequence[str], address: str
) -> None:
    """Ask whether an entry still holds."""
    ends_on = day_of(entry.due_at - timedelta(milliseconds=1))
    for person in bound:
        await notify.ends(deps, tx, person, entry, {"place": address, "ends_on": ends_on})


def _bound(entry: CardEntry, home: Household | None) -> list[str]:
    """Return who is bound today of whom an entry is about."""
    return home.people_of(entry.residencies) if home is not None else []


JOBS: Final[dict[str, jobs.Handler]] = {LOOK_AFTER: look_after}
LANES: Final = {LOOK_AFTER: Lane.LONG}
# 00:50 Beijing time.
SCHEDULES: Final = (Schedule(LOOK_AFTER, timedelta(days=1), timedelta(hours=16, minutes=50)),)
