"""Consents: rows of their own, and the versions in force on the person.

Whoever is about to collect something reads the person anyway; nobody reads the rows for it.
"""

from datetime import datetime

import msgspec

from mongo_indexes import consents, people
from services.accounts.consent_models import Consent
from services.accounts.policies import PolicyKey
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document


async def in_force(db: Database, person_id: str) -> dict[str, int] | None:
    """Return policy → version; None for a closed account."""
    query = {"_id": person_id, "closed_at": None}
    document = await db[people.COLLECTION].find_one(query, {"consents": 1})
    return None if document is None else document.get("consents", {})


async def hold(db: Database, person_id: str, tx: Transaction) -> dict[str, int] | None:
    """The same inside a transaction, holding the person.

    The write is what makes this and a withdrawal, or the closing of the account, at the same
    moment conflict: one of the two transactions starts again and sees the other.
    """
    document = await db[people.COLLECTION].find_one_and_update(
        {"_id": person_id, "closed_at": None},
        {"$inc": {"touches": 1}},
        {"consents": 1},
        session=tx,
    )
    return None if document is None else document.get("consents", {})


async def note(
    db: Database, person_id: str, policy: PolicyKey, version: int | None, tx: Transaction
) -> None:
    """Write which version is in force from now on; None: none any more."""
    name = f"consents.{policy}"
    change: Document = {"$unset": {name: ""}} if version is None else {"$set": {name: version}}
    await db[people.COLLECTION].update_one({"_id": person_id}, change, session=tx)


async def insert(db: Database, consent: Consent, tx: Transaction) -> None:
    await db[consents.COLLECTION].insert_one(to_document(consent), session=tx)


async def standing(
    db: Database, person_id: str, policy: PolicyKey, version: int, tx: Transaction
) -> Consent | None:
    """The agreement to a text, unless it was withdrawn. Served by index `person`."""
    query = {
        "person": person_id,
        "policy": policy,
        "version": version,
        "withdrawn_at": None,
    }
    document = await db[consents.COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Consent | None)


async def withdraw(
    db: Database, person_id: str, at: datetime, tx: Transaction, *policies: PolicyKey
) -> None:
    """Write the end of what a person agreed to, once. Served by index `person`."""
    query = {"person": person_id, "policy": {"$in": list(policies)}, "withdrawn_at": None}
    await db[consents.COLLECTION].update_many(query, {"$set": {"withdrawn_at": at}}, session=tx)


async def of_person(db: Database, person_id: str, *, before: str, limit: int) -> list[Consent]:
    """Newest first. Served by index `person`."""
    query: Document = {"person": person_id}
    if before:
        query["_id"] = {"$lt": before}
    cursor = db[consents.COLLECTION].find(query).sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Consent])
