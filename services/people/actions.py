"""People: their WeChat address, and a hold on an open account."""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.people import store


async def openids(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → openid, for messages; nobody writes to a closed account."""
    found = await store.find_many(deps.db, person_ids)
    return {person.id: person.openid for person in found if person.closed_at is None}


async def require_open(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Call this in a transaction that hangs something on a person.

    Nothing is left over then when they erase themself at the same moment. Raises
    Unauthenticated.
    """
    if await store.hold(deps.db, person_id, tx) is None:
        raise errors.Unauthenticated("这个账号已注销,请重新登录")
