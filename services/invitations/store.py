"""Store of invitations into homes."""

from datetime import datetime

import msgspec

from mongo_indexes.home_invitations import COLLECTION
from services.dependencies import Database, Transaction
from services.invitations.models import Invitation
from services.invitations.states import TABLE, InvitationAction, InvitationState
from services.kernel.documents import Document, to_document


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


async def open_at(
    db: Database, home: str, now: datetime, *, tx: Transaction | None = None
) -> list[Invitation]:
    """Invitations of a home that can be accepted, newest first. Served by index `home`."""
    query = {"home": home, "state": InvitationState.OPEN, "expires_at": {"$gt": now}}
    cursor = db[COLLECTION].find(query, session=tx).sort("_id", -1)
    return msgspec.convert(await cursor.to_list(), list[Invitation])


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


async def of_person(
    db: Database, tx: Transaction, person_id: str, accepted: list[str]
) -> list[Invitation]:
    """Invitations a person sent, and those among `accepted`. Served by index `person`."""
    sent = await db[COLLECTION].find({"person": person_id}, session=tx).to_list()
    used = await db[COLLECTION].find({"_id": {"$in": accepted}}, session=tx).to_list()
    return msgspec.convert([*sent, *used], list[Invitation])


async def blank(db: Database, tx: Transaction, invitation: Invitation, gone: str) -> None:
    """Replace the guest's name by `gone`, sealed, and revoke the invitation if it is open."""
    key = {"_id": invitation.id}
    await db[COLLECTION].update_one(key, {"$set": {"name_sealed": gone}}, session=tx)
    await TABLE.move(db[COLLECTION], key, InvitationAction.LAPSE, {}, tx=tx)
