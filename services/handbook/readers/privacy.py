"""Personal data of readers of the handbook, and its erasure."""

from typing import Final

from mongo_indexes import handbook_opens, handbook_verdicts
from services.dependencies import Dependencies, Transaction
from services.handbook.readers import store
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=handbook_verdicts.COLLECTION,
        fate=Fate.REMOVED,
        title="对手册内容的评价",
        person="person",
        shows={"version": "手册内容编号", "helped": "有帮助", "at": "时间"},
    ),
    Holding(
        collection=handbook_opens.COLLECTION,
        fate=Fate.FADES,
        why="手册内容每天有多少人看过,只存加密指纹,四十天后自动删除",
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove some of what a person said of articles; the next night counts without it."""
    return await store.remove_of(deps.db, tx, person_id)
