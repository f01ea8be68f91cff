"""Store of changes of merchant accounts."""

from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.merchant_changes import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.merchant_changes.models import Change, ChangesQuery
from services.merchant_changes.states import TABLE, ChangeAction

LATEST: Final = Keyset(Key("proposed_at", ascending=False, kind=datetime), Key(ascending=False))


async def insert(db: Database, tx: Transaction, change: Change) -> None:
    """Raise DuplicateKeyError when a change of the account waits already."""
    await db[COLLECTION].insert_one(to_document(change), session=tx)


async def find(db: Database, change_id: str, *, tx: Transaction | None = None) -> Change | None:
    document = await db[COLLECTION].find_one({"_id": change_id}, session=tx)
    return msgspec.convert(document, Change | None)


async def move(
    db: Database, tx: Transaction, change_id: str, action: ChangeAction, **changes: Any
) -> bool:
    """Compare and set the state of a change; False when it is decided."""
    return await TABLE.move(db[COLLECTION], {"_id": change_id}, action, changes, tx=tx)


async def page(db: Database, query: ChangesQuery) -> Page[Change]:
    """The latest first: by index `state_time` in a state, else by `time`."""
    where = chosen(query, "state", "account")
    by = "state_time" if query.state else "time"
    return await LATEST.page(db[COLLECTION], Change, where, query, hint=by)
