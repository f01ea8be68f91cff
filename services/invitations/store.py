"""Store of invitations into homes."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.home_invitations import COLLECTION
from services.dependencies import Database, Transaction
from services.invitations.models import Invitation
from services.invitations.states import InvitationState
from services.kernel.documents import Document, to_document

REVOKED: Final = {"$set": {"state": InvitationState.REVOKED}}


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
    query = {"_id": invitation_id, "state": InvitationState.OPEN, "expires_at": {"$gt": now}}
    change = {"state": InvitationState.USED, "used_by": person_id, "used_at": now}
    result = await db[COLLECTION].update_one(query, {"$set": change}, session=tx)
    return result.modified_count == 1


async def note_residency(
    db: Database, tx: Transaction, invitation_id: str, residency_id: str
) -> None:
    change = {"$set": {"residency": residency_id}}
    await db[COLLECTION].update_one({"_id": invitation_id}, change, session=tx)


async def revoke(db: Database, tx: Transaction, invitation_id: str) -> bool:
    query = {"_id": invitation_id, "state": InvitationState.OPEN}
    return (await db[COLLECTION].update_one(query, REVOKED, session=tx)).modified_count == 1


async def revoke_at(db: Database, tx: Transaction, home: str, *, person: str | None) -> int:
    """Revoke a home's open invitations, or those of one person. Served by index `home`."""
    query: Document = {"home": home, "state": InvitationState.OPEN}
    if person is not None:
        query["person"] = person
    return (await db[COLLECTION].update_many(query, REVOKED, session=tx)).modified_count


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
    change: Document = {"name_sealed": gone}
    if invitation.state is InvitationState.OPEN:
        change["state"] = InvitationState.REVOKED
    await db[COLLECTION].update_one({"_id": invitation.id}, {"$set": change}, session=tx)
