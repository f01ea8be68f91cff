"""Late reads: what a read outside of a transaction finds while the majority is behind."""

from collections.abc import Awaitable
from typing import Any, TypeVar

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection

from services.dependencies import Dependencies

T = TypeVar("T")


async def one_behind(
    deps: Dependencies, first: Awaitable[T], second: Awaitable[T]
) -> tuple[T, T]:
    """Do one thing, and then another that reads as if the first had not been done.

    So it is for a moment after a commit: a transaction sees it, a read of what the majority
    has does not. It is over once the second commits a transaction of its own, which waits
    for all that is before it.
    """
    find, commit = AsyncCollection.find, AsyncClientSession.commit_transaction
    async with deps.mongo.start_session(snapshot=True) as before:
        await deps.db.people.find_one({"_id": ""}, session=before)  # this is the moment
        won = await first
        is_behind = True

        def find_late(self: Any, *given: Any, session: Any = None, **more: Any) -> Any:
            late = before if is_behind else None
            return find(self, *given, session=session or late, **more)

        async def catch_up(self: AsyncClientSession) -> None:
            nonlocal is_behind
            await commit(self)
            is_behind = False

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(AsyncCollection, "find", find_late)
            patch.setattr(AsyncClientSession, "commit_transaction", catch_up)
            return won, await second
