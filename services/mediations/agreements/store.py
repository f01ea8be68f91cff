"""Store of the agreements of mediations: versions are inserted, and only cleared."""

from collections.abc import Mapping

import msgspec
from pymongo import UpdateOne

from mongo_indexes.mediation_agreements import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.mediations.agreements.models import Agreement, agreement_id


async def insert(db: Database, tx: Transaction, agreement: Agreement) -> None:
    await db[COLLECTION].insert_one(to_document(agreement), session=tx)


async def find(
    db: Database, mediation_id: str, version: int, *, tx: Transaction | None = None
) -> Agreement | None:
    key = {"_id": agreement_id(mediation_id, version)}
    return msgspec.convert(await db[COLLECTION].find_one(key, session=tx), Agreement | None)


async def of(db: Database, tx: Transaction, mediation_id: str) -> list[Agreement]:
    """All versions of a mediation. Served by index `mediation`."""
    cursor = db[COLLECTION].find({"mediation": mediation_id}, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Agreement])


async def rewrite(db: Database, tx: Transaction, texts: Mapping[str, str]) -> None:
    """Write other words over those of versions: id → sealed text."""
    writes = [
        UpdateOne({"_id": each}, {"$set": {"text_sealed": t}}) for each, t in texts.items()
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
