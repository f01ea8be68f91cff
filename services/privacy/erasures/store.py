"""Store of erasures."""

from datetime import datetime

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.erasures import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.privacy.erasures.models import Erasure
from services.privacy.erasures.states import TABLE, ErasureAction


async def insert(db: Database, tx: Transaction, erasure: Erasure) -> None:
    await db[COLLECTION].insert_one(to_document(erasure), session=tx)


async def find(db: Database, erasure_id: str) -> Erasure | None:
    document = await db[COLLECTION].find_one({"_id": erasure_id})
    return msgspec.convert(document, Erasure | None)


async def hold(db: Database, tx: Transaction, erasure_id: str) -> Erasure | None:
    """Lock an erasure and count a step of it; None when it is over.

    Of two workers with the same step one starts again and sees what the other did.
    """
    document = await db[COLLECTION].find_one_and_update(
        TABLE.where({"_id": erasure_id}, ErasureAction.FINISH),
        {"$inc": {"steps": 1}},
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, Erasure | None)


async def note_cleared(db: Database, tx: Transaction, erasure_id: str, package: str) -> None:
    change: Document = {"$addToSet": {"done": package}}
    await db[COLLECTION].update_one({"_id": erasure_id}, change, session=tx)


async def finish(db: Database, tx: Transaction, erasure_id: str, at: datetime) -> None:
    """End an erasure; whose it was goes with it."""
    key, changes = {"_id": erasure_id}, {"person": None, "finished_at": at}
    await TABLE.move(db[COLLECTION], key, ErasureAction.FINISH, changes, tx=tx)
