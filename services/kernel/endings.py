"""Ending of a transaction: what is written last in it, and what follows its commit.

Writes of one collection that several parts of a feature ask for, as they enqueue jobs, are one
command at the end instead of one each. Only for writes that nothing reads in the same
transaction, and that meet no duplicate key: upserts and updates.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession as Transaction
from pymongo.asynchronous.database import AsyncDatabase

from services.kernel.documents import Document


class Ending:
    """`follow`: name → what is done after the commit, once for each name."""

    def __init__(self) -> None:
        self._writes: dict[str, list[UpdateOne]] = {}
        self.follow: dict[str, Callable[[], Awaitable[None]]] = {}

    def write(self, collection: str, update: UpdateOne) -> None:
        """Write at the end, in the order asked for."""
        self._writes.setdefault(collection, []).append(update)

    async def finish(self, db: AsyncDatabase[Document], tx: Transaction) -> None:
        """Write what was asked for: one command for each collection."""
        for collection, updates in self._writes.items():
            await db[collection].bulk_write(updates, session=tx)


_ENDINGS: Final = WeakKeyDictionary[Any, Ending]()


def begin(tx: Transaction) -> Ending:
    """Return the ending of a transaction that begins, or begins again: nothing is in it."""
    ending = _ENDINGS[tx] = Ending()
    return ending


def of(tx: Transaction) -> Ending:
    """Return the ending of a transaction. KeyError for one that nobody ends so."""
    return _ENDINGS[tx]
