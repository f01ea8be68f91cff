"""Store of requests for invoices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.invoice_requests import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.payments.invoices.models import InvoiceRequest, InvoiceSort, InvoicesQuery
from services.payments.invoices.states import TABLE, InvoiceAction

ORDERS: Final = {
    InvoiceSort.NEWEST: Keyset(
        Key("asked_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    InvoiceSort.PLACE: Keyset(Key("place"), Key()),
}
SEALED: Final = ("title_sealed", "tax_number_sealed", "email_sealed", "phone_sealed")


async def insert(db: Database, tx: Transaction, request: InvoiceRequest) -> None:
    """DuplicateKeyError when the receipt has a request."""
    await db[COLLECTION].insert_one(to_document(request), session=tx)


async def find(
    db: Database, request_id: str, *, tx: Transaction | None = None
) -> InvoiceRequest | None:
    document = await db[COLLECTION].find_one({"_id": request_id}, session=tx)
    return msgspec.convert(document, InvoiceRequest | None)


async def move(
    db: Database, tx: Transaction, request_id: str, action: InvoiceAction, changes: Document
) -> InvoiceRequest | None:
    """Return the request as it is afterwards; None when the table does not allow it."""
    key = {"_id": request_id}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, InvoiceRequest | None)


async def page(
    db: Database, place: str, query: InvoicesQuery, *, accounts: Sequence[str] | None
) -> Page[InvoiceRequest]:
    """Requests under a place. Served by the indexes `place` and `asked`.

    `accounts`: only of what was paid into these.
    """
    where: Document = {"place": under(place), **chosen(query, "state", "kind")}
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    return await ORDERS[query.sort].page(db[COLLECTION], InvoiceRequest, where, query)


async def blank(db: Database, tx: Transaction, person: str) -> bool:
    """Remove a step of what a person wrote into requests. Served by index `person`."""
    query = {"person": person, "$or": [{name: {"$ne": ""}} for name in SEALED]}
    change = {"$set": dict.fromkeys(SEALED, "")}
    return await steps.change(tx, db[COLLECTION], query, change)
