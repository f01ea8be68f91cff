"""Personal data of browser sign-ins, and its erasure."""

from services.browser_sign_ins import store
from services.dependencies import Dependencies, Transaction
from services.sessions import store as sessions_store


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> int:
    """Remove a person's sessions in the transaction that erases them; return how many.

    Close the account (people.closed_at) in the same transaction, or a sign-in that is under
    way comes after it.
    """
    await store.forget(deps.db, person_id, tx)
    return await sessions_store.forget(deps.db, person_id, tx)
