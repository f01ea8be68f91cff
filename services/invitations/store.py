"""Store of invitations into homes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.home_invitations import COLLECTION
from services.dependencies import Database, Transaction
from services.invitations.models import Invitation
from services.invitations.states import TABLE, InvitationAction, InvitationState
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

NEWEST: Final = Keyset(Key(ascending=False))


async def insert(db: Database, tx: Transaction, invitation: Invitation) -> None:
    await db[COLLECTION].insert_one(to_document(invitation), session=tx)


async def find(
    db: Database, invitation_id: str, *, tx: Transaction | None = None
) -> Invitation | None:
    document = await db[COLLECTION].find_one({"_id": invitation_id}, session=tx)
    return msgspec.convert(document, Invitation | None)


async def find_by_token(db: Database, token_index: str) -> Invitation | None:
    """Invitation that a token opens. Served by index `token`."""
    document = await db[COLLECTION].find_one({"token_index": token_index})
    return msgspec.convert(document, Invitation | None)


def _open_at(home: str, now: datetime) -> Document:
    return {"home": home, "state": InvitationState.OPEN, "expires_at": {"$gt": now}}


async def page(db: Database, home: str, now: datetime, query: ListQuery) -> Page[Invitation]:
    """Invitations of a home that can be accepted, newest first. Served by index `home`."""
    return await NEWEST.page(db[COLLECTION], Invitation, _open_at(home, now), query)


async def count_open(db: Database, tx: Transaction, home: str, now: datetime) -> int:
    """Count the invitations of a home that can be accepted. Served by index `home`."""
    return await db[COLLECTION].count_documents(_open_at(home, now), session=tx, hint="home")


async def use(
    db: Database, tx: Transaction, invitation_id: str, person_id: str, now: datetime
) -> bool:
    """Note who used an invitation; False when it was used, revoked or too old."""
    key = {"_id": invitation_id, "expires_at": {"$gt": now}}
    changes = {"used_by": person_id, "used_at": now}
    return await TABLE.move(db[COLLECTION], key, InvitationAction.USE, changes, tx=tx)


async def note_residency(
    db: Database, tx: Transaction, invitation_id: str, residency_id: str
) -> None:
    change = {"$set": {"residency": residency_id}}
    await db[COLLECTION].update_one({"_id": invitation_id}, change, session=tx)


async def revoke(db: Database, tx: Transaction, invitation_id: str) -> bool:
    key, revoke = {"_id": invitation_id}, InvitationAction.REVOKE
    return await TABLE.move(db[COLLECTION], key, revoke, {}, tx=tx)


async def revoke_at(db: Database, tx: Transaction, home: str, *, person: str | None) -> int:
    """Revoke a home's open invitations, or those of one person. Served by index `home`."""
    key: Document = {"home": home}
    if person is not None:
        key["person"] = person
    return await TABLE.move_many(db[COLLECTION], key, InvitationAction.LAPSE, {}, tx=tx)


# Erasure


async def revoke_of(db: Database, tx: Transaction, person_id: str, now: datetime) -> None:
    """Revoke what a person sent and is not too old. Served by index `person`."""
    key = {"person": person_id, "expires_at": {"$gt": now}}
    await TABLE.move_many(db[COLLECTION], key, InvitationAction.LAPSE, {}, tx=tx)


async def named_of(db: Database, tx: Transaction, person_id: str) -> dict[str, bool]:
    """Return a step of what a person sent or used and still has a name: id → whether used.

    Served by indexes `person` and `used_by`.
    """
    either = [{"person": person_id}, {"used_by": person_id}]
    query = {"$or": either, "erased": {"$ne": True}}
    cursor = db[COLLECTION].find(query, {"used_by": 1}, session=tx).limit(steps.AT_ONCE)
    return {row["_id"]: row.get("used_by") == person_id for row in await cursor.to_list()}


async def blank(db: Database, tx: Transaction, gone: Mapping[str, str]) -> None:
    """Replace names by what stands for one, id → sealed; revoke what is open."""
    if not gone:
        return
    writes = [
        UpdateOne({"_id": each}, {"$set": {"name_sealed": name, "erased": True}})
        for each, name in gone.items()
    ]
    await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
    key = {"_id": {"$in": list(gone)}}
    await TABLE.move_many(db[COLLECTION], key, InvitationAction.LAPSE, {}, tx=tx)
