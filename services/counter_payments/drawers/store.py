"""Store of drawers."""

from mongo_indexes.cash_drawers import COLLECTION
from services.dependencies import Database, Transaction


async def add(db: Database, drawer: str, person: str) -> None:
    """Write down that there is a drawer; harmless to repeat."""
    new = {"$setOnInsert": {"person": person, "holds": 0}}
    await db[COLLECTION].update_one({"_id": drawer}, new, upsert=True)


async def hold(db: Database, tx: Transaction, drawer: str) -> None:
    change = {"$inc": {"holds": 1}}
    await db[COLLECTION].update_one({"_id": drawer}, change, session=tx)
