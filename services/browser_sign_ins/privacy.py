"""Personal data of browser sign-ins, and its erasure."""

from typing import Final

from mongo_indexes import browser_sign_ins
from services.browser_sign_ins import store
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=browser_sign_ins.COLLECTION,
        fate=Fate.REMOVED,
        person="person",
        why="扫码登录的临时记录,一小时内自动删除",
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove the sign-ins that a person allowed, and the confirmations they were asked for."""
    return await store.forget(deps.db, tx, person_id)
