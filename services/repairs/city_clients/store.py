"""Store of city clients."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.city_clients import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import under
from services.repairs.city_clients.models import CityClient, CityClientsQuery

OLDEST: Final = Keyset(Key("added_at", kind=datetime), Key())


async def insert(db: Database, tx: Transaction, client: CityClient) -> None:
    await db[COLLECTION].insert_one(to_document(client), session=tx)


async def find(
    db: Database, client_id: str, *, tx: Transaction | None = None
) -> CityClient | None:
    document = await db[COLLECTION].find_one({"_id": client_id}, session=tx)
    return msgspec.convert(document, CityClient | None)


async def find_by_key(db: Database, key_index: str) -> CityClient | None:
    """Client in use that has this key. Served by index `key`."""
    query: Document = {"key_index": key_index, "ended_at": None}
    return msgspec.convert(await db[COLLECTION].find_one(query), CityClient | None)


async def count_filed(db: Database, tx: Transaction, client_id: str) -> bool:
    """Count a report of a client; False when its key is ended.

    It writes the client, so that of the same report twice at once the second sees the first.
    """
    key: Document = {"_id": client_id, "ended_at": None}
    done = await db[COLLECTION].update_one(key, {"$inc": {"filed": 1}}, session=tx)
    return done.matched_count == 1


async def end(db: Database, tx: Transaction, client_id: str, *, by: str, at: datetime) -> bool:
    """End the key of a client; False when it is ended already."""
    key: Document = {"_id": client_id, "ended_at": None}
    change = {"$set": {"ended_by": by, "ended_at": at}}
    done = await db[COLLECTION].update_one(key, change, session=tx)
    return done.matched_count == 1


async def page(db: Database, place: str, query: CityClientsQuery) -> Page[CityClient]:
    """Clients of a place and below it. Served by index `oldest`."""
    where: Document = {"place": under(place)}
    if query.ended is not None:
        where["ended_at"] = {"$ne": None} if query.ended else None
    return await OLDEST.page(db[COLLECTION], CityClient, where, query)
