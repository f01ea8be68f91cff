"""Store of outages."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.outages import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.repairs.outages.models import Outage, OutagesQuery
from services.repairs.outages.states import TABLE, OutageAction, OutageState

NEWEST: Final = Keyset(Key("begins_at", ascending=False, kind=datetime), Key(ascending=False))
# Of a compound at once: far more than there are things that may stop.
MOST: Final = 100


async def insert(db: Database, tx: Transaction, outage: Outage) -> None:
    await db[COLLECTION].insert_one(to_document(outage), session=tx)


async def find(db: Database, outage_id: str, *, tx: Transaction | None = None) -> Outage | None:
    document = await db[COLLECTION].find_one({"_id": outage_id}, session=tx)
    return msgspec.convert(document, Outage | None)


async def announced(
    db: Database, compound: str, *, tx: Transaction | None = None
) -> list[Outage]:
    """Outages of a compound that run or are to come. Served by index `announced`."""
    query = {"compound": compound, "state": OutageState.ANNOUNCED}
    cursor = db[COLLECTION].find(query, session=tx).sort("begins_at", 1).limit(MOST)
    return msgspec.convert(await cursor.to_list(), list[Outage])


async def move(
    db: Database, tx: Transaction, found: Outage, action: OutageAction, changes: Document
) -> Outage | None:
    """Return the outage as it is afterwards; None when somebody changed it since."""
    key: Document = {"_id": found.id, "version": found.version}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Outage | None)


async def count_report(db: Database, tx: Transaction, outage_id: str) -> bool:
    """Count a report that is attached to an outage; False for one that is over.

    It writes the outage, so that of a report and its end at once one comes first.
    """
    done = await db[COLLECTION].update_one(
        {"_id": outage_id, "state": OutageState.ANNOUNCED},
        {"$inc": {"reports": 1}},
        session=tx,
    )
    return done.matched_count == 1


async def page(db: Database, place: str, query: OutagesQuery) -> Page[Outage]:
    """Outages at a place and below it. Served by index `newest`."""
    where = {"compound": under(place), **chosen(query, "kind", "state", "planned")}
    return await NEWEST.page(db[COLLECTION], Outage, where, query)
