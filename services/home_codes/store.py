"""Store of home codes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ReplaceOne

from mongo_indexes.home_codes import COLLECTION
from services.dependencies import Database, Transaction
from services.home_codes.models import HomeCode
from services.home_codes.states import TABLE, CodeAction
from services.kernel.documents import to_document


async def put(db: Database, tx: Transaction, codes: Sequence[HomeCode]) -> None:
    """Insert these codes in place of the residencies' earlier ones."""
    writes = []
    for code in codes:
        document = to_document(code)
        writes.append(ReplaceOne({"_id": document.pop("_id")}, document, upsert=True))
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def find_by_code(
    db: Database, code_index: str, *, tx: Transaction | None = None
) -> HomeCode | None:
    """Code that was typed in. Served by index `code`."""
    document = await db[COLLECTION].find_one({"code_index": code_index}, session=tx)
    return msgspec.convert(document, HomeCode | None)


async def use(
    db: Database, tx: Transaction, code: HomeCode, person_id: str, now: datetime
) -> bool:
    """Note who used a code; False when it was used, revoked, printed anew or too old."""
    key = {"_id": code.residency, "code_index": code.code_index, "expires_at": {"$gt": now}}
    changes = {"used_by": person_id, "used_at": now}
    return await TABLE.move(db[COLLECTION], key, CodeAction.USE, changes, tx=tx)


async def revoke(db: Database, tx: Transaction, residency_ids: Sequence[str]) -> None:
    key = {"_id": {"$in": list(residency_ids)}}
    await TABLE.move_many(db[COLLECTION], key, CodeAction.REVOKE, {}, tx=tx)
