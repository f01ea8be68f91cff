"""Whoever signed in sees where, and ends it: here, on one device, everywhere."""

from typing import Final

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.permissions import Actor
from services.sessions import browser_store, store
from services.sessions.models import SessionView

MOST_LISTED: Final = 50


async def sign_out(deps: Dependencies, actor: Actor) -> None:
    """End the session that asks."""
    await _end(deps, actor, actor.session_id, Act.SIGNED_OUT)


async def end(deps: Dependencies, actor: Actor, session_id: str) -> None:
    """End a session of one's own, on this device or another. Raises NotFound."""
    if not await _end(deps, actor, session_id, Act.SESSION_ENDED):
        raise errors.NotFound("没有找到这个登录")


async def _end(deps: Dependencies, actor: Actor, session_id: str, act: Act) -> bool:
    async def save(tx: Transaction) -> bool:
        ended = await store.end(
            deps.db, session_id, actor.person_id, at=deps.now(), because=act, tx=tx
        )
        if ended:
            await audit.record(deps, tx, actor, act, subject=session_id)
        return ended

    return await deps.in_transaction(save)


async def end_everywhere(deps: Dependencies, actor: Actor) -> None:
    """End every session of one's own, this one too, and what was about to become one."""
    act = Act.SIGNED_OUT_EVERYWHERE

    async def save(tx: Transaction) -> None:
        now = deps.now()
        ended = await store.end_all(deps.db, actor.person_id, at=now, because=act, tx=tx)
        await browser_store.refuse_all(deps.db, actor.person_id, now, tx)
        await audit.record(deps, tx, actor, act, sessions=ended)

    await deps.in_transaction(save)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> int:
    """Remove a person's sessions in the transaction that erases them; return how many.

    Close the account (people.closed_at) in the same transaction, or a sign-in that is under
    way comes after it.
    """
    await browser_store.forget(deps.db, person_id, tx)
    return await store.forget(deps.db, person_id, tx)


async def listing(deps: Dependencies, actor: Actor) -> list[SessionView]:
    """One's own sessions that can still be used, the newest first: at most 50."""
    found = await store.living(deps.db, actor.person_id, deps.now(), limit=MOST_LISTED)
    return [
        SessionView(
            session_id=session.id,
            kind=session.kind,
            device=session.device,
            current=session.id == actor.session_id,
            signed_in_at=session.created_at,
            used_at=session.rotated_at,
            expires_at=session.expires_at,
        )
        for session in found
    ]
