"""Personal data of checkouts: what somebody set out to pay; it is over within a day."""

from typing import Final

from mongo_indexes import checkouts
from services.checkouts import store
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=checkouts.COLLECTION,
        fate=Fate.REMOVED,
        title="多笔账单一起支付",
        person="person",
        shows={"parts": "账单", "created_at": "开始时间", "expires_at": "有效期至"},
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove some of what a person set out to pay; tell whether there may be more."""
    return await store.remove(deps.db, tx, person_id)
