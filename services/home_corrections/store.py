"""Store of corrections of homes: rows are added and never changed."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.home_corrections import COLLECTION
from services.dependencies import Database, Transaction
from services.home_corrections.models import HomeCorrection
from services.kernel.documents import Document, to_document
from services.kernel.paths import under


async def insert(db: Database, tx: Transaction, rows: Sequence[HomeCorrection]) -> None:
    await db[COLLECTION].insert_many([to_document(row) for row in rows], session=tx)


async def of_place(db: Database, place: str, *, after: str, limit: int) -> list[HomeCorrection]:
    """Corrections under a place, by home and time, after "home|id". Served by index `home`."""
    home, _, correction = after.partition("|")
    query: Document = {"home": under(place)}
    if home:
        query["home"]["$gte"] = home
        query["$or"] = [{"home": {"$gt": home}}, {"_id": {"$gt": correction}}]
    cursor = db[COLLECTION].find(query).sort([("home", 1), ("_id", 1)]).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[HomeCorrection])
