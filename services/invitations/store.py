"""Store of invitations into homes."""

from datetime import datetime

import msgspec

from mongo_indexes.home_invitations import COLLECTION
from services.dependencies import Database, Transaction
from services.homes.models import SlipState
from services.invitations.models import Invitation
from services.kernel.documents import to_document


async def insert(db: Database, invitation: Invitation, tx: Transaction) -> None:
    await db[COLLECTION].insert_one(to_document(invitation), session=tx)


async def find(
    db: Database, invitation_id: str, tx: Transaction | None = None
) -> Invitation | None:
    document = await db[COLLECTION].find_one({"_id": invitation_id}, session=tx)
    return msgspec.convert(document, Invitation | None)


async def find_by_token(db: Database, token_index: str) -> Invitation | None:
    """What a token opens. Served by index `token`."""
    document = await db[COLLECTION].find_one({"token_index": token_index})
    return msgspec.convert(document, Invitation | None)


async def open_at(
    db: Database, home: str, now: datetime, tx: Transaction | None = None
) -> list[Invitation]:
    """A home's invitations that somebody may still accept. Served by index `home`."""
    query = {"home": home, "state": SlipState.OPEN, "expires_at": {"$gt": now}}
    cursor = db[COLLECTION].find(query, session=tx).sort("_id", -1)
    return msgspec.convert(await cursor.to_list(), list[Invitation])


async def use(
    db: Database, invitation_id: str, person_id: str, now: datetime, tx: Transaction
) -> bool:
    """Let one person use it, once and in time; False when somebody or time was first."""
    query = {"_id": invitation_id, "state": SlipState.OPEN, "expires_at": {"$gt": now}}
    change = {"state": SlipState.USED, "used_by": person_id, "used_at": now}
    result = await db[COLLECTION].update_one(query, {"$set": change}, session=tx)
    return result.modified_count == 1


async def note_residency(
    db: Database, invitation_id: str, residency_id: str, tx: Transaction
) -> None:
    change = {"$set": {"residency": residency_id}}
    await db[COLLECTION].update_one({"_id": invitation_id}, change, session=tx)


async def revoke(db: Database, invitation_id: str, tx: Transaction) -> bool:
    query = {"_id": invitation_id, "state": SlipState.OPEN}
    change = {"$set": {"state": SlipState.REVOKED}}
    return (await db[COLLECTION].update_one(query, change, session=tx)).modified_count == 1


async def revoke_at(db: Database, home: str, tx: Transaction, **which: str) -> int:
    """Revoke a home's open invitations; `person`: only theirs. Served by index `home`."""
    query = {"home": home, "state": SlipState.OPEN, **which}
    change = {"$set": {"state": SlipState.REVOKED}}
    return (await db[COLLECTION].update_many(query, change, session=tx)).modified_count
