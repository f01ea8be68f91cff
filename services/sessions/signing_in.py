"""Who this is, by WeChat's word: signing in, and proving it once more."""

from services.accounts import by_wechat
from services.accounts import store as accounts_store
from services.accounts.models import Person
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import new_id
from services.kernel.permissions import FRESH, Actor
from services.sessions import living, store
from services.sessions.devices import device_of
from services.sessions.models import Confirmed, SessionKind, Tokens, Visit
from services.wechat.errors import WeChatError


class AnotherPerson(errors.Forbidden):
    """The phone that should confirm belongs to another WeChat user."""

    code = "another_wechat_user"


async def _openid(deps: Dependencies, code: str) -> str:
    try:
        login = await deps.wechat.login(code)
    except WeChatError as error:
        raise by_wechat.problem(error) from error
    return login.openid


async def sign_in(deps: Dependencies, code: str, visit: Visit = Visit()) -> Tokens:  # noqa: B008  # frozen
    """Start a session for the WeChat user behind `code` (wx.login, single use, 5 minutes)."""
    openid = await _openid(deps, code)
    now = deps.now()
    stranger = Person(
        id=new_id(now),
        wechat_key=f"{deps.wechat.appid}:{openid}",
        openid=openid,
        created_at=now,
    )
    person = await accounts_store.upsert_person(deps.db, stranger)
    kind = SessionKind.WECHAT
    device = device_of(visit.user_agent, kind)
    session = living.begin(person.id, kind, device, now=now, confirmed_at=now)

    async def save(tx: Transaction) -> None:
        await living.open_session(deps, tx, session, visit)

    try:
        await deps.in_transaction(save)
    except by_wechat.SignInRefused as refusal:
        who = living.owner_of(session, visit)
        await audit.refused(deps, who, route="sign_in", code=refusal.code)
        raise
    return living.tokens_of(deps, session)


async def confirm(deps: Dependencies, actor: Actor, code: str) -> Confirmed:
    """Prove once more who one is, for a sensitive act: `code` of wx.login().

    Raises AnotherPerson when the phone is another WeChat user's.
    """
    openid = await _openid(deps, code)
    person = await accounts_store.find_person(deps.db, actor.person_id)
    if person is None or person.wechat_key != f"{deps.wechat.appid}:{openid}":
        raise AnotherPerson("请用登录时的微信确认")
    now = deps.now()

    async def save(tx: Transaction) -> None:
        if not await store.confirm(deps.db, actor.session_id, now, tx):
            raise errors.Unauthenticated("登录已失效,请重新登录")
        await audit.record(deps, tx, actor, Act.CONFIRMED, subject=actor.session_id)

    await deps.in_transaction(save)
    return Confirmed(confirmed_at=now, fresh_until=now + FRESH)
