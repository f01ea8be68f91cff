"""Turns at ordinary pushes: frequency cap of one an hour and person, over all broadcasts.

In the database and not in Redis: a restart must not wake people twice. Receipts and other
answers to what somebody did themselves are not counted: they are waited for.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.messaging.push_turns import store

EVERY: Final = timedelta(hours=1)


async def take(deps: Dependencies, people: Sequence[str], by: str) -> set[str]:
    """Take the turns of some people for a broadcast; return whose were free.

    The same broadcast may take again what it took: a worker that was killed before it pushed
    finds its turns.
    """
    if not people:
        return set()
    now = deps.now()
    await store.take(deps.db, people, now=now, free_at=now + EVERY, by=by)
    return await store.taken(deps.db, people, by)


async def give_back(deps: Dependencies, people: Sequence[str], by: str) -> None:
    """Give turns back that came to nothing."""
    if people:
        await store.give_back(deps.db, people, by)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Erase the turn of a person."""
    await store.remove(deps.db, tx, person_id)
