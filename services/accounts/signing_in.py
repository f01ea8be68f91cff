"""Who this is, by WeChat's word: signing in, and proving it once more."""

import structlog

from services import errors
from services.accounts import session_store, sessions, store
from services.accounts.devices import device_of
from services.accounts.models import Person
from services.accounts.session_models import Confirmed, SessionKind, Tokens, Visit
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.documents import new_id
from services.permissions import FRESH, Actor
from services.wechat.errors import Reaction, WeChatError

log = structlog.get_logger(__name__)


class CodeRefused(errors.InvalidInput):
    """The code from the phone is used up, too old or not ours: wx.login() again."""

    code = "wechat_code_refused"


class WeChatBusy(errors.Unavailable):
    code = "wechat_unavailable"


class AnotherPerson(errors.Forbidden):
    """The phone that should confirm belongs to another WeChat user."""

    code = "another_wechat_user"


def wechat_problem(error: WeChatError) -> errors.DomainError:
    """Say in our words why WeChat would not tell us who this is."""
    match error.reaction:
        case Reaction.BAD_CODE:
            return CodeRefused("登录凭证已失效,请重新登录")
        case Reaction.BLOCKED:
            return sessions.SignInRefused("暂时无法登录,请稍后再试或联系社区")
        case Reaction.MINUTE_LIMIT:
            return errors.TooMany("操作太频繁,请一分钟后再试", retry_after_seconds=60)
        case _:
            log.error("wechat_refused", errcode=error.errcode, reaction=error.reaction)
            return WeChatBusy("微信暂时没有回应,请重新登录试试", retry_after_seconds=3)


async def _openid(deps: Dependencies, code: str) -> str:
    try:
        login = await deps.wechat.login(code)
    except WeChatError as error:
        raise wechat_problem(error) from error
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
    person = await store.upsert_person(deps.db, stranger)
    kind = SessionKind.WECHAT
    device = device_of(visit.user_agent, kind)
    session = sessions.begin(person.id, kind, device, now=now, confirmed_at=now)

    async def save(tx: Transaction) -> None:
        await sessions.open_session(deps, tx, session, visit)

    try:
        await deps.in_transaction(save)
    except sessions.SignInRefused as refusal:
        who = sessions.owner_of(session, visit)
        await audit.refused(deps, who, route="sign_in", code=refusal.code)
        raise
    return sessions.tokens_of(deps, session)


async def confirm(deps: Dependencies, actor: Actor, code: str) -> Confirmed:
    """Prove once more who one is, for a sensitive act: `code` of wx.login().

    Raises AnotherPerson when the phone is another WeChat user's.
    """
    openid = await _openid(deps, code)
    person = await store.find_person(deps.db, actor.person_id)
    if person is None or person.wechat_key != f"{deps.wechat.appid}:{openid}":
        raise AnotherPerson("请用登录时的微信确认")
    now = deps.now()

    async def save(tx: Transaction) -> None:
        if not await session_store.confirm(deps.db, actor.session_id, now, tx):
            raise errors.Unauthenticated("登录已失效,请重新登录")
        await audit.record(deps, tx, actor, Act.CONFIRMED, subject=actor.session_id)

    await deps.in_transaction(save)
    return Confirmed(confirmed_at=now, fresh_until=now + FRESH)
