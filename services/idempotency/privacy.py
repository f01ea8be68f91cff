"""Personal data of answers kept for repeated requests, and its erasure."""

from typing import Final

from mongo_indexes import idempotency_keys
from services.dependencies import Dependencies, Transaction
from services.idempotency import store
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=idempotency_keys.COLLECTION,
        fate=Fate.REMOVED,
        why="一天内重复请求的答复,加密,一天后自动删除",
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase what a person was answered."""
    return await store.remove_all(deps.db, tx, person_id)
