"""Browser sign-in of staff by QR code, seen from the browser; decisions.py is the phone's side.

One state machine has two purposes: a code that becomes a session, and a code that confirms the
browser's session for a sensitive act.
"""

import hmac
import secrets
from datetime import datetime

from services.audit import actions as audit
from services.browser_sign_ins import codes, states, store
from services.browser_sign_ins.models import LIFE, Asked, BrowserSignIn
from services.browser_sign_ins.states import BrowserState, Event
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.permissions import FRESH, Actor
from services.people import actions as people
from services.sessions import lifecycle
from services.sessions.devices import device_of
from services.sessions.models import Confirmed, Session, SessionKind, Tokens, Visit

SECRET_BYTES = 32


async def ask(deps: Dependencies, visit: Visit) -> Asked:
    """Start a sign-in: a code for the screen, and a secret to fetch the session with."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = _draft(deps, device_of(visit.user_agent, SessionKind.BROWSER))
    made.secret_index = codes.secret_index(deps, secret)
    await store.insert(deps.db, made)
    return Asked(made, secret)


async def ask_to_confirm(deps: Dependencies, actor: Actor) -> BrowserSignIn:
    """Start a confirmation, by the person of this session and nobody else, in WeChat."""
    session = await lifecycle.get_current(deps, actor.session_id)
    made = _draft(deps, session.device)
    made.session, made.person = session.id, session.person

    async def save(tx: Transaction) -> None:
        await store.insert(deps.db, made, tx=tx)
        await audit.record(deps, tx, actor, Act.CONFIRMATION_ASKED, subject=made.id)

    await deps.in_transaction(save)
    return made


def _draft(deps: Dependencies, device: str) -> BrowserSignIn:
    now = deps.now()
    sign_in_id = deps.new_id()
    return BrowserSignIn(
        id=sign_in_id,
        device=device,
        number=codes.new_number(),
        scene_index=codes.scene_index(deps, codes.scene_of(deps, sign_in_id)),
        asked_at=now,
        expires_at=now + LIFE,
    )


async def draw(deps: Dependencies, sign_in_id: str) -> bytes:
    """Return the picture of a code that waits: PNG or JPEG, as WeChat draws it."""
    sign_in = await store.find(deps.db, sign_in_id)
    if sign_in is None:
        raise missing()
    states.require_waiting(states.state_at(sign_in.state, sign_in.expires_at, deps.now()))
    return await codes.picture(deps, sign_in_id)


async def take(deps: Dependencies, sign_in_id: str, secret: str, visit: Visit) -> Tokens:
    """Fetch the session that was allowed, once.

    Raises SignInWaiting, SignInRefused, SignInExpired, SignInUsed; NotFound for a wrong secret.
    """
    sign_in = await store.find(deps.db, sign_in_id)
    given = codes.secret_index(deps, secret)
    if sign_in is None or not hmac.compare_digest(sign_in.secret_index, given):
        raise missing()
    now = deps.now()
    states.require(
        BrowserState.ALLOWED, states.state_at(sign_in.state, sign_in.expires_at, now)
    )
    counted = await people.counted_as(deps, sign_in.person)
    session = _session_of(sign_in, now, counted)

    async def save(tx: Transaction) -> bool:
        won = await store.move(deps.db, tx, sign_in_id, Event.USE, now)
        if won:
            await lifecycle.open_session(deps, tx, session, visit)
        return won

    if not await deps.in_transaction(save):
        raise states.SignInUsed("这个二维码已经用过,请刷新")
    return lifecycle.tokens_of(deps, session)


def _session_of(sign_in: BrowserSignIn, now: datetime, counted_as: str) -> Session:
    """Return the session of an allowed sign-in, confirmed when its person allowed it."""
    kind, confirmed_at = SessionKind.BROWSER, sign_in.answered_at or now
    return lifecycle.begin(
        sign_in.person,
        kind,
        sign_in.device,
        now=now,
        confirmed_at=confirmed_at,
        counted_as=counted_as,
    )


async def confirmation(deps: Dependencies, actor: Actor, sign_in_id: str) -> Confirmed:
    """Tell a browser whether its code was confirmed. Raises as `take` does."""
    sign_in = await store.find(deps.db, sign_in_id)
    if sign_in is None or sign_in.session != actor.session_id:
        raise missing()
    now = deps.now()
    states.require(BrowserState.USED, states.state_at(sign_in.state, sign_in.expires_at, now))
    confirmed_at = sign_in.answered_at or now
    return Confirmed(confirmed_at=confirmed_at, fresh_until=confirmed_at + FRESH)


async def refuse_all(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Refuse what a person allowed and no browser has used yet."""
    await store.refuse_all(deps.db, tx, person_id, deps.now())


def missing() -> errors.NotFound:
    return errors.NotFound("没有找到这个二维码,请刷新")
