"""Store of loans of keys."""

from datetime import datetime

import msgspec

from mongo_indexes.key_loans import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.paths import under
from services.keys.models import Loan
from services.keys.states import TABLE, LoanAction


async def insert(db: Database, tx: Transaction, loan: Loan) -> None:
    await db[COLLECTION].insert_one(to_document(loan), session=tx)


async def find(db: Database, loan_id: str) -> Loan | None:
    document = await db[COLLECTION].find_one({"_id": loan_id})
    return msgspec.convert(document, Loan | None)


async def under_place(db: Database, place: str, *, after: str, limit: int) -> list[Loan]:
    """Loans of the homes under a place, by id. Served by index `home`."""
    query = {"home": under(place), "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("home")
    return msgspec.convert(await cursor.to_list(), list[Loan])


async def take_back(db: Database, tx: Transaction, loan_id: str, at: datetime) -> bool:
    """Note that a key is back; False when somebody noted it before."""
    key, back = {"_id": loan_id}, {"returned_at": at}
    return await TABLE.move(db[COLLECTION], key, LoanAction.RETURN, back, tx=tx)


async def remind(db: Database, tx: Transaction, loan_id: str) -> bool:
    return await TABLE.move(db[COLLECTION], {"_id": loan_id}, LoanAction.REMIND, {}, tx=tx)


# Erasure


async def remove_of(db: Database, tx: Transaction, person_id: str) -> None:
    """Remove the loans of a person. Served by index `person`."""
    await db[COLLECTION].delete_many({"person": person_id}, session=tx)
