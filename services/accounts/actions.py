"""Sign-in with WeChat, who a person is, and what they hold today."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from services import errors
from services.accounts import (
    appointing,
    appointment_store,
    phones,
    residency_store,
    residents,
    session_store,
    standing,
    store,
    tokens,
)
from services.accounts.models import (
    HomeView,
    Me,
    Person,
    RoleView,
    Session,
    Tokens,
)
from services.days import day_of
from services.dependencies import Dependencies, Transaction
from services.documents import new_id
from services.permissions import Actor
from services.places import actions as places
from services.wechat.errors import Reaction, WeChatError

SESSION_LIFE: Final = timedelta(days=30)
# A lost answer makes the phone ask again with the old token: for a minute that is no theft.
REFRESH_GRACE: Final = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class CodeRefused(errors.InvalidInput):
    """The code from the phone is used up, too old or not ours: wx.login() again."""

    code = "wechat_code_refused"


class SignInRefused(errors.Forbidden):
    code = "sign_in_refused"


class WeChatBusy(errors.Unavailable):
    code = "wechat_unavailable"


class RefreshReused(errors.Unauthenticated):
    """An old refresh token came back: it may be stolen, so the session ends."""

    code = "refresh_token_reused"


def wechat_problem(error: WeChatError) -> errors.DomainError:
    """Say in our words why WeChat would not tell us who this is."""
    match error.reaction:
        case Reaction.BAD_CODE:
            return CodeRefused("登录凭证已失效,请重新登录")
        case Reaction.BLOCKED:
            return SignInRefused("暂时无法登录,请稍后再试或联系社区")
        case Reaction.MINUTE_LIMIT:
            return errors.TooMany("操作太频繁,请一分钟后再试", retry_after_seconds=60)
        case _:
            log.error("wechat_refused", errcode=error.errcode, reaction=error.reaction)
            return WeChatBusy("微信暂时没有回应,请重新登录试试", retry_after_seconds=3)


async def sign_in(deps: Dependencies, code: str) -> Tokens:
    """Start a session for the WeChat user behind `code` (wx.login, single use, 5 minutes)."""
    try:
        login = await deps.wechat.login(code)
    except WeChatError as error:
        raise wechat_problem(error) from error
    now = deps.now()
    stranger = Person(
        id=new_id(now),
        wechat_key=f"{deps.wechat.appid}:{login.openid}",
        openid=login.openid,
        created_at=now,
    )
    person = await store.upsert_person(deps.db, stranger)
    session = Session(
        id=new_id(now),
        person=person.id,
        rotated_at=now,
        created_at=now,
        expires_at=now + SESSION_LIFE,
        confirmed_at=now,
    )
    await session_store.insert_session(deps.db, session)
    return _tokens(deps, session)


def _tokens(deps: Dependencies, session: Session) -> Tokens:
    access = tokens.issue_access(
        deps.vault, person_id=session.person, session_id=session.id, now=deps.now()
    )
    return Tokens(
        access_token=access,
        expires_in_seconds=int(tokens.ACCESS_LIFE.total_seconds()),
        refresh_token=tokens.issue_refresh(deps.vault, session.id, session.generation),
        refresh_expires_at=session.expires_at,
    )


async def refresh(deps: Dependencies, refresh_token: str) -> Tokens:
    """Rotate a refresh token. The same old token within a minute gives the same successor."""
    session_id, generation = tokens.read_refresh(deps.vault, refresh_token)
    session = await _live_session(deps, session_id)
    now = deps.now()
    if generation == session.generation:
        await session_store.rotate(
            deps.db, session, now
        )  # losing the race is fine: same successor
        session = await _live_session(deps, session_id)
    recent = now - session.rotated_at <= REFRESH_GRACE
    if generation != session.generation - 1 or not recent:
        await session_store.revoke(deps.db, session_id, at=now, because="refresh_token_reused")
        log.warning("refresh_token_reused", session=session_id)
        raise RefreshReused("为了您的安全,请重新登录")
    return _tokens(deps, session)


async def _live_session(deps: Dependencies, session_id: str) -> Session:
    session = await session_store.find_session(deps.db, session_id)
    if session is None or session.revoked_at or session.expires_at <= deps.now():
        raise errors.Unauthenticated("登录已失效,请重新登录")
    return session


async def sign_out(deps: Dependencies, actor: Actor) -> None:
    await session_store.revoke(deps.db, actor.session_id, at=deps.now(), because="signed_out")


async def authenticate(deps: Dependencies, access_token: str) -> Actor:
    """Return who asks, with today's homes and roles: read anew for every request."""
    person_id, session_id = tokens.read_access(deps.vault, access_token, deps.now())
    session, grants = await asyncio.gather(
        _live_session(deps, session_id), standing.grants_of(deps, person_id)
    )
    if session.person != person_id:
        raise errors.Unauthenticated("登录信息无效,请重新登录")
    return Actor(person_id, session_id, grants, session.confirmed_at)


async def give_phone(deps: Dependencies, actor: Actor, code: str) -> Me:
    """Prove a phone number and receive the homes and roles that were written under it.

    A number has one holder, whoever proved it last: numbers move to other people, and the
    former tenant must not go on seeing the home.
    """
    try:
        given = await deps.wechat.phone_number(code)
    except WeChatError as error:
        raise wechat_problem(error) from error
    phone = phones.normalise(f"+{given.country_code}{given.number}")
    sealed = deps.vault.seal(phone, place=f"people/{actor.person_id}/phone")
    index = phone_index(deps, phone)

    async def bind(tx: Transaction) -> None:
        await store.take_phone(
            deps.db, index, actor.person_id, sealed=sealed, at=deps.now(), tx=tx
        )

    await deps.in_transaction(bind)
    return await me(deps, actor)


def phone_index(deps: Dependencies, phone: str) -> str:
    """Return the blind index of an E.164 number: equality without the number."""
    return phones.blind_index(deps.vault, phone)


async def me(deps: Dependencies, actor: Actor) -> Me:
    """Who I am, where I live, what I am responsible for."""
    today = day_of(deps.now())
    person, homes, roles = await asyncio.gather(
        store.find_person(deps.db, actor.person_id),
        residency_store.residencies_of(deps.db, actor.person_id, today),
        appointment_store.appointments_of(deps.db, actor.person_id, today),
    )
    if person is None:
        raise errors.Unauthenticated("请重新登录")
    addresses = await places.addresses(deps, [home.home for home in homes])
    return Me(
        person_id=person.id,
        phone_masked=_masked_phone(deps, person),
        homes=[
            HomeView(place=h.home, address=addresses.get(h.home, h.home), relation=h.relation)
            for h in homes
        ],
        roles=[RoleView(role=r.role, place=r.place, until_day=r.to_day) for r in roles],
    )


def _masked_phone(deps: Dependencies, person: Person) -> str | None:
    if person.phone_sealed is None:
        return None
    return phones.mask(
        deps.vault.unseal(person.phone_sealed, place=f"people/{person.id}/phone")
    )


async def openids(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → openid, for messages."""
    found = await store.find_people(deps.db, person_ids)
    return {person.id: person.openid for person in found}


residents_of = residency_store.residents_of
any_bound_under = residency_store.any_bound_under
enrol = residents.enrol
known_people = residents.known_people
bound_homes = residency_store.bound_homes
any_bound_from = residency_store.any_bound_from
withdraw = residency_store.delete_residencies_from
appoint = appointing.appoint
grant = appointing.grant
end_appointment = appointing.end
appointments = appointing.listing
