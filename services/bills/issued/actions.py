"""Issued bills of a compound, for its books: also those that are paid or void."""

from collections.abc import AsyncIterator, Sequence

from services.bills.issued import store
from services.bills.models import Bill
from services.dependencies import Dependencies


async def of_place(
    deps: Dependencies, place: str, accounts: Sequence[str] | None, *, at_once: int
) -> AsyncIterator[list[Bill]]:
    """Yield all issued bills under a place, by home; of some accounts where it says so.

    Who asks has seen to the permission.
    """
    async for some in store.of_place(deps.db, place, accounts, at_once=at_once):
        yield some
