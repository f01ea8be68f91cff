"""Personal data of loans of keys, and its erasure."""

from typing import Final

from mongo_indexes import key_loans
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding
from services.keys import store
from services.keys.states import LoanState

LOANS: Final = Holding(
    collection=key_loans.COLLECTION,
    fate=Fate.REMOVED,
    title="借用的钥匙",
    person="person",
    shows={"home": "房屋", "door": "哪扇门", "state": "状态", "back_on": "归还日期"},
    words={"state": LoanState},
)
HOLDINGS: Final = (LOANS,)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove some of what a person borrowed: a key that is out is asked back at the door."""
    return await store.remove_of(deps.db, tx, person_id)
