"""Store of merchant accounts."""

from typing import Any, Final

import msgspec

from mongo_indexes.merchants import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.unions import Part
from services.merchants.models import Merchant, MerchantsQuery

ORDER: Final = Keyset(Key("name"), Key())


async def find(db: Database, key: str, *, tx: Transaction | None = None) -> Merchant | None:
    document = await db[COLLECTION].find_one({"_id": key}, session=tx)
    return msgspec.convert(document, Merchant | None)


async def with_number(
    db: Database, tx: Transaction, mchid: str, sub_mchid: str | None
) -> Merchant | None:
    """Return the account of a merchant of WeChat's. Served by index `payee`."""
    query = {"mchid": mchid, "sub_mchid": sub_mchid}
    return msgspec.convert(await db[COLLECTION].find_one(query, session=tx), Merchant | None)


async def newest_version(db: Database, tx: Transaction) -> int:
    """Served by index `version`."""
    cursor = db[COLLECTION].find({}, {"version": 1}, session=tx).sort("version", -1).limit(1)
    return max([row["version"] for row in await cursor.to_list()], default=0)


def part_since(version: int) -> Part[Merchant]:
    """Accounts that changed since. Served by index `version`."""
    return Part(COLLECTION, Merchant, {"version": {"$gt": version}})


async def put(db: Database, tx: Transaction, merchant: Merchant) -> None:
    """Write an account as it is now."""
    document = to_document(merchant)
    await db[COLLECTION].replace_one({"_id": merchant.id}, document, upsert=True, session=tx)


async def note(db: Database, key: str, version: int, **facts: Any) -> bool:
    """Note what is no change of the account; False when it was changed since `version`."""
    query = {"_id": key, "version": version}
    return (await db[COLLECTION].update_one(query, {"$set": facts})).matched_count == 1


async def page(db: Database, query: MerchantsQuery) -> Page[Merchant]:
    """Accounts by their names: by index `name`."""
    return await ORDER.page(
        db[COLLECTION], Merchant, chosen(query, "is_on"), query, hint="name"
    )
