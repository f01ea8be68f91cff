"""Store of meters."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mongo_indexes.meters import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.meters.models import Meter, MeterKind, MetersQuery, Reading
from services.places import actions as places

BY_HOME: Final = Keyset(Key("home"), Key())


def documents(readings: Sequence[Reading]) -> list[Document]:
    """Return readings as a meter keeps them."""
    return [to_document(reading) for reading in readings]


async def insert(db: Database, tx: Transaction, meter: Meter) -> None:
    """Raise DuplicateKeyError when a meter of its number hangs in the compound."""
    await db[COLLECTION].insert_one(to_document(meter), session=tx)


async def find(db: Database, meter_id: str, *, tx: Transaction | None = None) -> Meter | None:
    document = await db[COLLECTION].find_one({"_id": meter_id}, session=tx)
    return msgspec.convert(document, Meter | None)


async def change(db: Database, tx: Transaction, meter: Meter, **changes: Any) -> bool:
    """Compare and set a meter as it was read; False when somebody was first."""
    key = {"_id": meter.id, "version": meter.version}
    update = {"$set": {**changes, "version": meter.version + 1}}
    return (await db[COLLECTION].update_one(key, update, session=tx)).matched_count == 1


async def page(db: Database, place: str, query: MetersQuery) -> Page[Meter]:
    """Meters under a place, by home. Served by index `compound_home`."""
    where: Document = {"compound": places.compound_of(place), **chosen(query, "kind")}
    where["home"] = under(place)
    if query.unread_since:
        where |= {"to_day": None, "readings.day": {"$not": {"$gte": query.unread_since}}}
    return await BY_HOME.page(db[COLLECTION], Meter, where, query, hint="compound_home")


async def of_kind(
    db: Database,
    place: str,
    kind: MeterKind,
    *,
    after: Sequence[str],
    limit: int,
    tx: Transaction | None = None,
) -> list[Meter]:
    """Return the next meters of a kind under a place, by home. Served by index `kind_home`.

    `after`: home and id of the one before; none for the first.
    """
    where: Document = {"compound": places.compound_of(place), "kind": kind}
    where["home"] = under(place)
    if after:
        home, meter = after
        where["home"] = {**under(place), "$gte": home}
        where["$or"] = [{"home": {"$gt": home}}, {"home": home, "_id": {"$gt": meter}}]
    cursor = db[COLLECTION].find(where, session=tx).sort(BY_HOME.order).hint("kind_home")
    return msgspec.convert(await cursor.limit(limit).to_list(), list[Meter])
