"""Store of journals. It inserts and reads; it never updates."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from mongo_indexes.journal import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.ledger.models import Journal


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


async def between(db: Database, start: datetime, end: datetime) -> AsyncIterator[Journal]:
    """Every journal of a span, in order of id within an instant. Served by index `at`."""
    cursor = db[COLLECTION].find({"at": {"$gte": start, "$lt": end}})
    async for document in cursor.sort([("at", 1), ("_id", 1)]):
        yield msgspec.convert(document, Journal)


def content(journal: Journal) -> Document:
    """The part of a journal its fingerprint covers."""
    document = to_document(journal)
    del document["fingerprint"]
    return document


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
