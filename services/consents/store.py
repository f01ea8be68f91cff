"""Store of consents: one row for each agreement to one text."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes import consents
from services.consents.models import Consent
from services.consents.policies import PolicyKey
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

NEWEST: Final = Keyset(Key(ascending=False))


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


async def of_person(db: Database, person_id: str, query: ListQuery) -> Page[Consent]:
    """A person's consents, newest first. Served by index `person`."""
    return await NEWEST.page(db[consents.COLLECTION], Consent, {"person": person_id}, query)


# Erasure


async def withdraw_all(db: Database, tx: Transaction, person_id: str, at: datetime) -> bool:
    """Withdraw a step of whatever a person agreed to. Served by index `person`."""
    query = {"person": person_id, "withdrawn_at": None}
    return await steps.change(
        tx, db[consents.COLLECTION], query, {"$set": {"withdrawn_at": at}}
    )
