"""Store of corrections of homes: rows are added and never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.home_corrections import COLLECTION
from services.dependencies import Database, Transaction
from services.home_corrections.models import (
    Change,
    CorrectionSort,
    CorrectionsQuery,
    HomeCorrection,
)
from services.kernel.bulk import insert_all
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.kernel.paths import under

ORDERS: Final = {
    CorrectionSort.HOME: Keyset(Key("home"), Key()),
    CorrectionSort.NEWEST: Keyset(
        Key("at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, rows: Sequence[HomeCorrection]) -> None:
    await insert_all(tx, db[COLLECTION], [to_document(row) for row in rows])


async def latest(
    db: Database, tx: Transaction, home: str, change: Change
) -> HomeCorrection | None:
    """Return the latest correction of one kind of a home. Served by index `home`."""
    query = {"home": home, "change": change}
    document = await db[COLLECTION].find_one(query, sort=[("_id", -1)], session=tx)
    return msgspec.convert(document, HomeCorrection | None)


async def count_under(db: Database, place: str) -> int:
    """Covered by index `home`."""
    return await db[COLLECTION].count_documents({"home": under(place)}, hint="home")


async def homes_corrected(
    db: Database, place: str, *, since: str, limit: int
) -> dict[str, str]:
    """Home → earliest first day, by home, from a home on. Served by index `home`.

    A $group would read everything under the place for every page; this ends where it is full.
    """
    below = {**under(place), "$gte": max(since, place)}
    cursor = db[COLLECTION].find({"home": below}, {"home": 1, "from_day": 1})
    found: dict[str, str] = {}
    async with cursor.sort([("home", 1), ("_id", 1)]).batch_size(limit) as rows:
        async for row in rows:
            home, day = row["home"], row["from_day"]
            if home not in found and len(found) == limit:
                break
            found[home] = min(found.get(home, day), day)
    return found


async def page(db: Database, place: str, query: CorrectionsQuery) -> Page[HomeCorrection]:
    """Corrections under a place. Served by the indexes `home`, `change_home` and `time`."""
    where = {
        "home": under(place),
        **chosen(query, "change"),
        **within("at", query.written_from, query.written_to),
    }
    return await ORDERS[query.sort].page(db[COLLECTION], HomeCorrection, where, query)
