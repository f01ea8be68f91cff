"""Store of probes."""

from typing import Final

import msgspec

from mongo_indexes.merchant_probes import COLLECTION
from services.dependencies import Database
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.merchants.probes.models import Probe, ProbesQuery

ORDER: Final = Keyset(Key("account"), Key())


async def find(db: Database, probe_id: str) -> Probe | None:
    document = await db[COLLECTION].find_one({"_id": probe_id})
    return msgspec.convert(document, Probe | None)


async def put(db: Database, probe: Probe) -> None:
    await db[COLLECTION].replace_one({"_id": probe.id}, to_document(probe), upsert=True)


async def page(db: Database, query: ProbesQuery) -> Page[Probe]:
    """By account and kind; only those that failed, or went well, by index `passed`."""
    where = chosen(query, "passed")
    by = "passed" if where else "account"
    return await ORDER.page(db[COLLECTION], Probe, where, query, hint=by)


async def count_failed(db: Database) -> int:
    """Served by index `passed`."""
    return await db[COLLECTION].count_documents({"passed": False}, hint="passed")
