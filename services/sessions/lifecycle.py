"""Lifecycle of sessions: opened, read for each request, refreshed, confirmed, ended.

A session is read from MongoDB for every request: what ends it is effective on the next one,
with Redis or without.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import new_id
from services.kernel.permissions import STAFF_ROLES, Actor, Grant
from services.kernel.unions import Part
from services.people import actions as people
from services.sessions import store, tokens
from services.sessions.models import LIVES, Session, SessionKind, Tokens, Visit

# A lost response makes the phone send the old token again: for a minute that is no theft.
REFRESH_GRACE: Final = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class RefreshReused(errors.Unauthenticated):
    """An old refresh token came back: it may be stolen, so the session ends."""

    code = "refresh_token_reused"


def begin(
    person_id: str,
    kind: SessionKind,
    device: str,
    *,
    now: datetime,
    confirmed_at: datetime,
    counted_as: str = "",
) -> Session:
    """Return a new session that is not kept yet: `open_session` writes it."""
    return Session(
        id=new_id(now),
        person=person_id,
        counted_as=counted_as,
        kind=kind,
        device=device,
        rotated_at=now,
        created_at=now,
        expires_at=now + LIVES[kind].longest,
        confirmed_at=confirmed_at,
    )


async def open_session(
    deps: Dependencies, tx: Transaction, session: Session, visit: Visit
) -> None:
    """Write a new session. Raises SignInRefused when the account is closed."""
    await people.note_sign_in(deps, tx, session.person, session.created_at)
    await store.insert(deps.db, tx, session)
    who = owner_of(session, visit)
    await audit.record(deps, tx, who, Act.SIGNED_IN, subject=session.id, kind=session.kind)


def owner_of(session: Session, visit: Visit) -> Actor:
    """Return the person of a session as an actor without grants, for the audit."""
    return Actor(session.person, session.id, request_id=visit.request_id, address=visit.address)


def tokens_of(deps: Dependencies, session: Session) -> Tokens:
    """Return a session's tokens: the same ones for the same generation, however often asked."""
    access = tokens.issue_access(
        deps.vault,
        person_id=session.person,
        session_id=session.id,
        serial=session.generation,
        at=session.rotated_at,
    )
    left = session.rotated_at + tokens.ACCESS_LIFE - deps.now()
    return Tokens(
        access_token=access,
        expires_in_seconds=int(left.total_seconds()),
        refresh_token=tokens.issue_refresh(deps.vault, session.id, session.generation),
        refresh_expires_at=session.expires_at,
    )


async def get_current(deps: Dependencies, session_id: str) -> Session:
    """Return a session that can be used now. Raises Unauthenticated."""
    return require_current(deps, await store.find(deps.db, session_id))


def part(session_id: str) -> Part[Session]:
    """Return the query for a session, to be read with others; then `require_current`."""
    return store.part(session_id)


def require_current(deps: Dependencies, session: Session | None) -> Session:
    """Return a session that was read, if it can be used now. Raises Unauthenticated."""
    if session is None or session.revoked_at or _over(session, deps.now()):
        raise errors.Unauthenticated("登录已失效,请重新登录")
    return session


def _over(session: Session, now: datetime) -> bool:
    unused = now - session.rotated_at
    return session.expires_at <= now or unused >= LIVES[session.kind].idle


def require_staff(session: Session, held: tuple[Grant, ...]) -> None:
    """Raise Unauthenticated in a browser of a person who is no member of staff any more."""
    is_staff = any(grant.role in STAFF_ROLES for grant in held)
    if session.kind is SessionKind.BROWSER and not is_staff:
        raise errors.Unauthenticated("您的职务已结束,请使用微信小程序")


async def hold(deps: Dependencies, tx: Transaction, session_id: str) -> None:
    """Keep a session from ending until this transaction is over. Raises Unauthenticated."""
    if not await store.hold(deps.db, tx, session_id):
        raise errors.Unauthenticated("登录已失效,请重新登录")


async def confirm(deps: Dependencies, tx: Transaction, session_id: str, at: datetime) -> bool:
    """Write that the person proved who they are; False when the session has ended."""
    return await store.confirm(deps.db, tx, session_id, at)


async def end_all(deps: Dependencies, tx: Transaction, person_id: str, *, because: str) -> int:
    """End every session of a person; return how many."""
    return await store.end_all(deps.db, tx, person_id, at=deps.now(), because=because)


async def refresh(deps: Dependencies, refresh_token: str, visit: Visit) -> Tokens:
    """Rotate a refresh token. The same old token within a minute gives the same successor."""
    session_id, generation = tokens.read_refresh(deps.vault, refresh_token)
    session = await get_current(deps, session_id)
    if session.kind is SessionKind.BROWSER:
        require_staff(session, await grants.grants_of(deps, session.person))
    now = deps.now()
    if generation == session.generation:
        # Losing the race is fine: the winner made the same successor.
        await store.rotate(deps.db, session, now)
        session = await get_current(deps, session_id)
    recent = now - session.rotated_at <= REFRESH_GRACE
    if generation != session.generation - 1 or not recent:
        await _end_reused(deps, session, visit)
        raise RefreshReused("为了您的安全,请重新登录")
    return tokens_of(deps, session)


async def _end_reused(deps: Dependencies, session: Session, visit: Visit) -> None:
    because = RefreshReused.code

    async def save(tx: Transaction) -> None:
        if await store.end(
            deps.db, tx, session.id, session.person, at=deps.now(), because=because
        ):
            who = owner_of(session, visit)
            await audit.record(deps, tx, who, Act.REFRESH_REUSED, subject=session.id)

    await deps.in_transaction(save)
    log.warning(because, session=session.id)
