"""Actions of the mediator on sessions: planned, held or cancelled. Parties are told."""

from datetime import timedelta
from typing import Any

from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import FARTHEST_DAYS
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.mediations import steps
from services.mediations.models import Mediation
from services.mediations.parties import actions as parties
from services.mediations.parties import store as parties_store
from services.mediations.sessions import store
from services.mediations.sessions.models import (
    MINUTES,
    MOST,
    WHERE,
    HoldSession,
    PlanSession,
    Session,
)
from services.mediations.sessions.states import SessionAction, SessionState
from services.mediations.states import MediationAction
from services.mediations.views import Seen, one


class BadSessionTime(errors.InvalidInput):
    """A session is planned for a time that is over, or more than two years ahead."""

    code = "mediation_bad_time"


class SessionMovedOn(errors.Conflict):
    """The session was held or cancelled before."""

    code = "mediation_session_moved_on"


class SessionNotBegun(errors.Conflict):
    """What came of a session is written down once it has begun."""

    code = "mediation_session_not_begun"


class TooManySessions(errors.Conflict):
    """As many sessions as a mediation may have; `most` in details."""

    code = "mediation_too_many_sessions"
    details_type = errors.Most


async def plan(deps: Dependencies, actor: Actor, mediation_id: str, wish: PlanSession) -> Seen:
    """Plan a session as the mediator.

    Raises BadSessionTime, TooManySessions, NotFound, Forbidden, MediationInterest,
    MediationMovedOn.
    """
    now = deps.now()
    if not now < wish.begins <= now + timedelta(days=FARTHEST_DAYS):
        raise BadSessionTime("时间要在现在以后、两年以内,请重新选择")

    async def change(tx: Transaction, found: Mediation) -> Document:
        if len(await store.of(deps.db, found.id, tx=tx)) >= MOST:
            raise TooManySessions("调解会次数太多了,请考虑终止调解", most=MOST)
        session_id = deps.new_id()
        session = Session(
            id=session_id,
            mediation=found.id,
            state=SessionState.PLANNED,
            begins=wish.begins,
            where_sealed=WHERE.seal(deps.vault, session_id, wish.where),
            by=actor.person_id,
            created_at=deps.now(),
        )
        await store.insert(deps.db, tx, session)
        return {}

    found = await steps.take(deps, actor, mediation_id, MediationAction.PLAN, change)
    return await one(deps, actor, found)


async def hold(
    deps: Dependencies, actor: Actor, mediation_id: str, session_id: str, wish: HoldSession
) -> Seen:
    """Write down what came of a session.

    Raises SessionNotBegun, SessionMovedOn, and as `plan`.
    """

    async def change(tx: Transaction, found: Mediation) -> Document:
        planned = await store.of(deps.db, found.id, tx=tx)
        if any(each.id == session_id and each.begins > deps.now() for each in planned):
            raise SessionNotBegun("调解会还没有开始,开始后再记录")
        rows = await parties_store.of(deps.db, found.id, tx=tx)
        present = [parties.get(rows, each).id for each in dict.fromkeys(wish.present)]
        sealed = MINUTES.seal(deps.vault, session_id, wish.minutes)
        kept = {"minutes_sealed": sealed, "present": present}
        await _move(deps, tx, found, session_id, SessionAction.HOLD, **kept)
        return {}

    found = await steps.take(deps, actor, mediation_id, MediationAction.HOLD, change)
    return await one(deps, actor, found)


async def cancel(deps: Dependencies, actor: Actor, mediation_id: str, session_id: str) -> Seen:
    """Cancel a session as the mediator. Raises SessionMovedOn, and as `plan`."""

    async def change(tx: Transaction, found: Mediation) -> Document:
        await _move(deps, tx, found, session_id, SessionAction.CANCEL)
        return {}

    found = await steps.take(deps, actor, mediation_id, MediationAction.CANCEL, change)
    return await one(deps, actor, found)


async def _move(
    deps: Dependencies,
    tx: Transaction,
    found: Mediation,
    session_id: str,
    action: SessionAction,
    **kept: Any,
) -> None:
    """Move a session. Raises NotFound for one of no such mediation, and SessionMovedOn."""
    if await store.move(deps.db, tx, session_id, found.id, action, **kept):
        return
    known = {session.id for session in await store.of(deps.db, found.id, tx=tx)}
    if session_id not in known:
        raise errors.NotFound("没有找到这次调解会")
    raise SessionMovedOn("这次调解会已经记录或取消,请刷新")
