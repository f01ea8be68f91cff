"""Store of payment links."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.payment_links import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.payments.links.models import PaymentLink
from services.payments.links.states import TABLE, LinkAction, LinkState

NEWEST: Final = Keyset(Key(ascending=False))


async def insert(db: Database, tx: Transaction, link: PaymentLink) -> None:
    await db[COLLECTION].insert_one(to_document(link), session=tx)


async def find(
    db: Database, link_id: str, *, tx: Transaction | None = None
) -> PaymentLink | None:
    document = await db[COLLECTION].find_one({"_id": link_id}, session=tx)
    return msgspec.convert(document, PaymentLink | None)


async def find_by_token(db: Database, token_index: str) -> PaymentLink | None:
    """Served by index `token`."""
    document = await db[COLLECTION].find_one({"token_index": token_index})
    return msgspec.convert(document, PaymentLink | None)


async def page(db: Database, person_id: str, query: ListQuery) -> Page[PaymentLink]:
    """Links of a person, newest first. Served by index `person`."""
    return await NEWEST.page(db[COLLECTION], PaymentLink, {"person": person_id}, query)


async def count_open(db: Database, tx: Transaction, person_id: str, now: datetime) -> int:
    """Count a person's links that can still be paid by. Served by index `person`."""
    query = {"person": person_id, "state": LinkState.OPEN, "expires_at": {"$gt": now}}
    return await db[COLLECTION].count_documents(query, session=tx, hint="person")


async def withdraw(db: Database, tx: Transaction, link_id: str) -> bool:
    return await TABLE.move(db[COLLECTION], {"_id": link_id}, LinkAction.WITHDRAW, {}, tx=tx)


# Erasure


async def withdraw_of(db: Database, tx: Transaction, person_id: str) -> None:
    """Withdraw what a person sent. Served by index `person`."""
    await TABLE.move_many(db[COLLECTION], {"person": person_id}, LinkAction.LAPSE, {}, tx=tx)


async def remove_of(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove a step of a person's links; True while there may be more. Index `person`."""
    return await steps.remove(tx, db[COLLECTION], {"person": person_id})
