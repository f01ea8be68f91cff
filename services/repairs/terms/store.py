"""Store of terms of repairs: versions are added, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.repair_terms import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.repairs.classes import Danger
from services.repairs.terms.models import TermsQuery, TermsSort, TermsVersion

ORDERS: Final = {
    TermsSort.PLACE: Keyset(Key("place"), Key()),
    TermsSort.NEWEST: Keyset(
        Key("set_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, version: TermsVersion) -> None:
    """DuplicateKeyError when its scope has a version of this number."""
    await db[COLLECTION].insert_one(to_document(version), session=tx)


async def latest(db: Database, tx: Transaction, like: TermsVersion) -> TermsVersion | None:
    """Return the latest version of the same scope. Served by index `scope`."""
    names = ("place", "danger", "contract", "category")
    query = {name: getattr(like, name) for name in names}
    document = await db[COLLECTION].find_one(query, sort=[("version", -1)], session=tx)
    return msgspec.convert(document, TermsVersion | None)


async def begun(
    db: Database, places: Sequence[str], contract: str, danger: Danger, day: Day
) -> list[TermsVersion]:
    """Versions of places, for a contract or for all, that have begun. Served by `scope`."""
    query = {
        "place": {"$in": list(places)},
        "danger": danger,
        "contract": {"$in": sorted({"", contract})},
        "from_day": {"$lte": day},
    }
    found = await db[COLLECTION].find(query).to_list()
    return msgspec.convert(found, list[TermsVersion])


async def page(db: Database, place: str, query: TermsQuery) -> Page[TermsVersion]:
    """Versions of a place and below it. Served by the indexes `place` and `newest`."""
    where = {
        "place": under(place),
        **chosen(query, "category", "danger", contract_id="contract"),
    }
    if query.begun_by is not None:
        where["from_day"] = {"$lte": query.begun_by}
    return await ORDERS[query.sort].page(db[COLLECTION], TermsVersion, where, query)
