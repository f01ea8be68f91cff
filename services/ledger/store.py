"""Store of journals. It inserts and reads; it never updates."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.journal import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.ledger.models import Journal

AT_ONCE: Final = 1_000


async def insert(db: Database, tx: Transaction, journals: Sequence[Journal]) -> None:
    """DuplicateKeyError when one of them was posted before, also out of a bulk."""
    await insert_all(tx, db[COLLECTION], [to_document(journal) for journal in journals])


async def find(
    db: Database, journal_id: str, *, tx: Transaction | None = None
) -> Journal | None:
    document = await db[COLLECTION].find_one({"_id": journal_id}, session=tx)
    return msgspec.convert(document, Journal | None)


async def find_many(db: Database, journal_ids: Sequence[str]) -> list[Journal]:
    """Return those that exist. Served by `_id`."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(journal_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Journal])


async def amounts(db: Database, journal_ids: Sequence[str], account: str) -> dict[str, int]:
    """Return what journals post to an account, of those that exist. Served by `_id`."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(journal_ids)}}, {"postings": 1})
    return {
        document["_id"]: sum(
            posting["amount_fen"]
            for posting in document["postings"]
            if posting["account"] == account
        )
        async for document in cursor
    }


async def balance(db: Database, account: str, *, tx: Transaction | None = None) -> int:
    """Served by index `account`."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"postings.account": account}},
        {"$unwind": "$postings"},
        {"$match": {"postings.account": account}},
        {"$group": {"_id": None, "fen": {"$sum": "$postings.amount_fen"}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, session=tx)
    rows = await cursor.to_list()
    return int(rows[0]["fen"]) if rows else 0


async def on_accounts(db: Database, accounts: Sequence[str]) -> list[Journal]:
    """Every readable journal that posts to one of the accounts. Served by index `account`."""
    cursor = db[COLLECTION].find({"postings.account": {"$in": list(accounts)}})
    return [each async for kept in cursor if (each := read(kept))]


async def of_account(
    db: Database, account: str, kinds: Sequence[str], start: datetime, end: datetime
) -> AsyncIterator[Journal]:
    """Yield the readable journals of a span on an account, of some kinds. By `account`."""
    span = {"$gte": start, "$lt": end}
    query = {"postings.account": account, "at": span, "kind": {"$in": list(kinds)}}
    async for kept in db[COLLECTION].find(query):
        if journal := read(kept):
            yield journal


def read(kept: Document) -> Journal | None:
    """Return the journal that was kept; None for what is none any more: see proofs."""
    try:
        return msgspec.convert(kept, Journal)
    except msgspec.ValidationError:
        return None


async def between(
    db: Database, start: datetime, end: datetime, *, at_once: int
) -> AsyncIterator[list[Document]]:
    """Every journal of a span as it is kept, by instant and id, some at once. By `at`."""
    query = {"at": {"$gte": start, "$lt": end}}
    cursor = db[COLLECTION].find(query).sort([("at", 1), ("_id", 1)]).batch_size(at_once)
    while batch := await cursor.to_list(at_once):
        yield batch


async def of_place(
    db: Database, place: str, until: datetime, *, but: Sequence[str], at_once: int
) -> AsyncIterator[list[Journal]]:
    """Readable journals of a place before an instant, but of some kinds. By index `place`."""
    query: Document = {"place": place, "kind": {"$nin": list(but)}, "at": {"$lt": until}}
    cursor = db[COLLECTION].find(query, hint="place").batch_size(at_once)
    while batch := await cursor.to_list(at_once):
        yield [each for kept in batch if (each := read(kept))]


async def fingerprints(
    db: Database, start: datetime, end: datetime, *, place: str | None = None
) -> AsyncIterator[Document]:
    """Id, place and fingerprint of each journal of a span, by instant and id. By index `at`."""
    query: Document = {"at": {"$gte": start, "$lt": end}}
    if place is not None:
        query["place"] = place
    cursor = db[COLLECTION].find(query, {"place": 1, "fingerprint": 1})
    async for document in cursor.sort([("at", 1), ("_id", 1)]).batch_size(AT_ONCE):
        yield document


async def first_at(db: Database, since: datetime) -> datetime | None:
    """Return the instant of the first journal, not before another. Served by index `at`."""
    query = {"at": {"$gte": since}}
    cursor = db[COLLECTION].find(query, {"at": 1}).sort([("at", 1), ("_id", 1)]).limit(1)
    found = await cursor.to_list()
    return found[0]["at"] if found else None


async def count(db: Database, start: datetime, end: datetime) -> int:
    """Count the journals of a span. Covered by index `at`."""
    query = {"at": {"$gte": start, "$lt": end}}
    return await db[COLLECTION].count_documents(query, hint="at")


async def totals(db: Database, start: datetime, end: datetime) -> list[Document]:
    """Debits and credits of a span by class of account. Served by index `at`."""
    amount = "$postings.amount_fen"
    pipeline: list[dict[str, Any]] = [
        {"$match": {"at": {"$gte": start, "$lt": end}}},
        {"$unwind": "$postings"},
        {
            "$group": {
                "_id": {"$arrayElemAt": [{"$split": ["$postings.account", ":"]}, 0]},
                "debit_fen": {"$sum": {"$max": [amount, 0]}},
                "credit_fen": {"$sum": {"$max": [{"$multiply": [amount, -1]}, 0]}},
            }
        },
        {"$sort": {"_id": 1}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline)
    return await cursor.to_list()
