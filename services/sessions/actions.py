"""Sessions of a person: signing in by WeChat, each request's actor, signing out."""

from functools import partial

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.kernel import errors, unions
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import FRESH, Actor
from services.kernel.views import show
from services.people import actions as people
from services.people import identity
from services.sessions import lifecycle, store, tokens
from services.sessions.devices import device_of
from services.sessions.models import (
    Confirmed,
    Session,
    SessionKind,
    SessionView,
    SignedIn,
    Tokens,
    Visit,
)


class AnotherPerson(errors.Forbidden):
    """The phone that should confirm belongs to another WeChat user."""

    code = "another_wechat_user"


async def sign_in(deps: Dependencies, code: str, visit: Visit = Visit()) -> Tokens:  # noqa: B008  # frozen
    """Start a session for the WeChat user behind `code` (wx.login, single use, 5 minutes)."""
    login = await identity.login_of(deps, code)
    person = await people.find_or_add(deps, login.openid, unionid=login.unionid)
    now = deps.now()
    kind = SessionKind.WECHAT
    device = device_of(visit.user_agent, kind)
    counted = await people.counted_as(deps, person.id)
    session = lifecycle.begin(
        person.id, kind, device, now=now, confirmed_at=now, counted_as=counted
    )

    async def save(tx: Transaction) -> None:
        await lifecycle.open_session(deps, tx, session, visit)

    try:
        await deps.in_transaction(save)
    except identity.SignInRefused as refusal:
        who = lifecycle.owner_of(session, visit)
        await audit.refused(deps, who, route="sign_in", code=refusal.code)
        raise
    return lifecycle.tokens_of(deps, session)


async def confirm(deps: Dependencies, actor: Actor, code: str) -> Confirmed:
    """Confirm who the actor is once more, for a sensitive act: `code` of wx.login().

    Raises AnotherPerson when the phone is another WeChat user's.
    """
    openid = await identity.openid_of(deps, code)
    person = await people.find(deps, actor.person_id)
    if person is None or person.wechat_key != identity.key_of(deps, openid):
        raise AnotherPerson("请用登录时的微信确认")
    now = deps.now()

    async def save(tx: Transaction) -> None:
        if not await store.confirm(deps.db, tx, actor.session_id, now):
            raise errors.Unauthenticated("登录已失效,请重新登录")
        await audit.record(deps, tx, actor, Act.CONFIRMED, subject=actor.session_id)

    await deps.in_transaction(save)
    return Confirmed(confirmed_at=now, fresh_until=now + FRESH)


def named_by(deps: Dependencies, access_token: str) -> str:
    """Return the person a token was given to, or "", without asking the database.

    Enough to count by, not to let anybody in: the session may be over.
    """
    try:
        return tokens.read_access(deps.vault, access_token, deps.now())[0]
    except errors.Unauthenticated:
        return ""


async def authenticate(deps: Dependencies, access_token: str) -> SignedIn:
    """Return the actor of a request with today's grants, read anew for every request.

    Session, homes and offices in one round trip: each request makes it.
    """
    person_id, session_id = tokens.read_access(deps.vault, access_token, deps.now())
    own, theirs = lifecycle.part(session_id), grants.parts(deps, person_id)
    found = await unions.read(deps.db, [own, *theirs])
    session = lifecycle.require_current(deps, next(iter(found.of(own)), None))
    if session.person != person_id:
        raise errors.Unauthenticated("登录信息无效,请重新登录")
    held = await grants.holdings(deps, theirs, found)
    lifecycle.require_staff(session, held.grants)
    return SignedIn(
        person_id,
        session_id,
        held.grants,
        session.confirmed_at,
        counted_as=session.counted_as,
        holdings=held,
    )


async def sign_out(deps: Dependencies, actor: Actor) -> None:
    """End the session of the request."""
    await _end(deps, actor, actor.session_id, Act.SIGNED_OUT)


async def end(deps: Dependencies, actor: Actor, session_id: str) -> None:
    """End a session of one's own, on this device or another. Raises NotFound."""
    if not await _end(deps, actor, session_id, Act.SESSION_ENDED):
        raise errors.NotFound("没有找到这个登录")


async def _end(deps: Dependencies, actor: Actor, session_id: str, act: Act) -> bool:
    async def save(tx: Transaction) -> bool:
        ended = await store.end(
            deps.db, tx, session_id, actor.person_id, at=deps.now(), because=act
        )
        if ended:
            await audit.record(deps, tx, actor, act, subject=session_id)
        return ended

    return await deps.in_transaction(save)


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[SessionView]:
    """Return the actor's own sessions that can still be used, the newest first."""
    found = await store.current_of(deps.db, actor.person_id, deps.now(), query)
    return found.map(partial(view, actor))


def view(actor: Actor, session: Session) -> SessionView:
    """Show a session to whoever it is of."""
    return show(
        session,
        SessionView,
        current=session.id == actor.session_id,
        session_id=session.id,
        signed_in_at=session.created_at,
        used_at=session.rotated_at,
    )
