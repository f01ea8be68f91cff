"""Store of visits about notices."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.notice_visits import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under_each
from services.kernel.work import Worked
from services.notices.visits.models import REACHED, Visit, VisitsQuery

BY_HOME: Final = Keyset(Key("home"), Key())


async def insert(db: Database, tx: Transaction, visit: Visit) -> None:
    """Insert a visit. Of two with one number the second one's transaction begins anew."""
    await db[COLLECTION].insert_one(to_document(visit), session=tx)


async def of_home(
    db: Database, notice: str, home: str, *, tx: Transaction | None = None
) -> list[Visit]:
    """Return the visits of a home about a notice, the first in front. Served by `homes`."""
    cursor = db[COLLECTION].find({"notice": notice, "home": home}, session=tx)
    return msgspec.convert(await cursor.sort("_id", 1).to_list(), list[Visit])


async def of_homes(db: Database, notices: Sequence[str], homes: Sequence[str]) -> list[Visit]:
    """Return the visits of some homes about some notices. Served by index `homes`."""
    where = {"notice": {"$in": list(notices)}, "home": {"$in": list(homes)}}
    return msgspec.convert(await db[COLLECTION].find(where).to_list(), list[Visit])


async def page(
    db: Database, notice: str, places: Sequence[str], query: VisitsQuery
) -> Page[Visit]:
    """Visits about a notice under some places, by home. Served by `homes`, `homes_result`."""
    where = {"notice": notice, **chosen(query, "result")}
    name = "homes" if query.result is None else "homes_result"
    parts = [(name, {**where, **each}) for each in under_each("home", places)]
    return await BY_HOME.page_of_any(db[COLLECTION], Visit, parts, query)


async def count_delivered(db: Database, worked: Worked) -> int:
    """Count what a head delivered at doors in some days. Served by index `by`."""
    query: Document = {
        "by": worked.person,
        "at": worked.span,
        "result": {"$in": sorted(REACHED)},
        **worked.at("home"),
    }
    return await db[COLLECTION].count_documents(query, hint="by")
