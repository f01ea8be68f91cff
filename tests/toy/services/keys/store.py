"""Store of loans of keys."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.key_loans import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.keys.models import Loan, LoanSort, LoansQuery
from services.keys.states import TABLE, LoanAction

ORDERS: Final = {
    LoanSort.HOME: Keyset(Key("home"), Key()),
    LoanSort.LAST_HOME: Keyset(Key("home", ascending=False), Key(ascending=False)),
}


async def insert(db: Database, tx: Transaction, loan: Loan) -> None:
    await db[COLLECTION].insert_one(to_document(loan), session=tx)


async def find(db: Database, loan_id: str) -> Loan | None:
    document = await db[COLLECTION].find_one({"_id": loan_id})
    return msgspec.convert(document, Loan | None)


async def page(db: Database, place: str, query: LoansQuery) -> Page[Loan]:
    """Loans of the homes under a place. Served by index `home`."""
    where = {"home": under(place), **chosen(query, "state")}
    return await ORDERS[query.sort].page(db[COLLECTION], Loan, where, query, hint="home")


async def take_back(db: Database, tx: Transaction, loan_id: str, at: datetime) -> bool:
    """Note that a key is back; False when somebody noted it before."""
    key, back = {"_id": loan_id}, {"returned_at": at}
    return await TABLE.move(db[COLLECTION], key, LoanAction.RETURN, back, tx=tx)


async def remind(db: Database, tx: Transaction, loan_id: str) -> bool:
    return await TABLE.move(db[COLLECTION], {"_id": loan_id}, LoanAction.REMIND, {}, tx=tx)


# Erasure


async def remove_of(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove some loans of a person. Served by index `person`."""
    return await steps.remove(tx, db[COLLECTION], {"person": person_id})
