"""Store of checkouts."""

import msgspec

from mongo_indexes.checkouts import COLLECTION
from services.checkouts.models import Checkout
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import to_document


async def insert(db: Database, checkout: Checkout) -> None:
    await db[COLLECTION].insert_one(to_document(checkout))


async def find(db: Database, checkout_id: str) -> Checkout | None:
    return msgspec.convert(await db[COLLECTION].find_one({"_id": checkout_id}), Checkout | None)


async def note_payment(db: Database, checkout_id: str, part: int, payment_id: str) -> None:
    """Remember the order that was made for a part; once, however often it is handed out."""
    change = {"$addToSet": {f"parts.{part}.payments": payment_id}}
    await db[COLLECTION].update_one({"_id": checkout_id}, change)


async def go_one_by_one(db: Database, checkout_id: str) -> None:
    """Remember that WeChat refuses these payees as one order."""
    await db[COLLECTION].update_one({"_id": checkout_id}, {"$set": {"one_by_one": True}})


async def remove(db: Database, tx: Transaction, person: str) -> bool:
    """Remove a step of what a person set out to pay. Served by index `person`."""
    return await steps.remove(tx, db[COLLECTION], {"person": person})
