"""Personal data of sessions, and its erasure."""

from typing import Final

from mongo_indexes import sessions
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import ERASED, Fate, Holding
from services.sessions import lifecycle, store
from services.sessions.models import SessionKind

HOLDINGS: Final = (
    Holding(
        collection=sessions.COLLECTION,
        fate=Fate.REMOVED,
        title="登录设备",
        person="person",
        shows={
            "device": "设备",
            "kind": "方式",
            "created_at": "登录时间",
            "rotated_at": "最近使用",
            "expires_at": "有效期至",
            "revoked_at": "退出时间",
        },
        words={"kind": SessionKind},
    ),
)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """End a person's sessions that can still be used, all at once.

    Close the account (people.closed_at) in the same transaction, or a sign-in that is under
    way comes after it.
    """
    await lifecycle.end_all(deps, tx, person_id, because=ERASED)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove a person's sessions."""
    return await store.forget(deps.db, tx, person_id)
