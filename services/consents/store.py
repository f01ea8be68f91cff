"""Store of consents: one row for each agreement to one text."""

from datetime import datetime

import msgspec

from mongo_indexes import consents
from services.consents.models import Consent
from services.consents.policies import PolicyKey
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document


async def insert(db: Database, tx: Transaction, consent: Consent) -> None:
    await db[consents.COLLECTION].insert_one(to_document(consent), session=tx)


async def find_given(
    db: Database, tx: Transaction, person_id: str, policy: PolicyKey, version: int
) -> Consent | None:
    """Find a consent to a text that was not withdrawn. Served by index `person`."""
    query = {
        "person": person_id,
        "policy": policy,
        "version": version,
        "withdrawn_at": None,
    }
    document = await db[consents.COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Consent | None)


async def withdraw(
    db: Database, tx: Transaction, person_id: str, at: datetime, *policies: PolicyKey
) -> None:
    """Write when a person withdrew their consents, once. Served by index `person`."""
    query = {"person": person_id, "policy": {"$in": list(policies)}, "withdrawn_at": None}
    await db[consents.COLLECTION].update_many(query, {"$set": {"withdrawn_at": at}}, session=tx)


async def of_person(db: Database, person_id: str, *, before: str, limit: int) -> list[Consent]:
    """List a person's consents, newest first. Served by index `person`."""
    query: Document = {"person": person_id}
    if before:
        query["_id"] = {"$lt": before}
    cursor = db[consents.COLLECTION].find(query).sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Consent])


# Erasure


async def withdraw_all(db: Database, tx: Transaction, person_id: str, at: datetime) -> bool:
    """Withdraw a step of whatever a person agreed to. Served by index `person`."""
    query = {"person": person_id, "withdrawn_at": None}
    return await steps.change(
        tx, db[consents.COLLECTION], query, {"$set": {"withdrawn_at": at}}
    )
