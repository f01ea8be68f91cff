"""Decisions on browser sign-ins, made in the mini-program that scanned the QR code.

The number on the screen must be typed: whoever is sent another person's code sees no screen.
Only a mini-program decides, moments after WeChat said whose it is: neither a browser nor
whoever stole a token can allow a browser.
"""

import hmac

from msgspec import Struct

from services.audit import actions as audit
from services.browser_sign_ins import codes, states, store
from services.browser_sign_ins.models import (
    MOST_MISSES,
    AnswerBrowser,
    BrowserPurpose,
    BrowserSignIn,
    BrowserView,
)
from services.browser_sign_ins.states import Event
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.permissions import STAFF_ROLES, Actor
from services.sessions import lifecycle
from services.sessions.models import SessionKind


class BrowserNotForYou(errors.Forbidden):
    """Browsers are for staff; a confirmation is for whoever is signed in there."""

    code = "browser_not_for_you"


class MiniProgramOnly(errors.Forbidden):
    code = "mini_program_only"


class WrongNumberDetails(Struct, frozen=True, kw_only=True):
    """Tries that are left.

    `tries_left`: Further tries; at 0 the code is dead.
    """

    tries_left: int


class WrongNumber(errors.InvalidInput):
    """`tries_left` in details; at 0 the code is dead."""

    code = "wrong_number"
    details_type = WrongNumberDetails


async def preview(deps: Dependencies, actor: Actor, scene: str) -> BrowserView:
    """Show which browser asks, before it is decided on."""
    sign_in = await _waiting(deps, scene)

    async def note(tx: Transaction) -> None:
        await audit.record(deps, tx, actor, Act.BROWSER_LOOKED_AT, subject=sign_in.id)

    await deps.in_transaction(note)
    return BrowserView(
        purpose=sign_in.purpose,
        device=sign_in.device,
        asked_at=sign_in.asked_at,
        expires_at=sign_in.expires_at,
    )


async def decide(deps: Dependencies, actor: Actor, given: AnswerBrowser) -> None:
    """Allow a browser, confirm its session, or refuse. Raises WrongNumber, BrowserNotForYou."""
    session = await lifecycle.get_current(deps, actor.session_id)
    if session.kind is not SessionKind.WECHAT:
        raise MiniProgramOnly("请在微信小程序里确认")
    sign_in = await _waiting(deps, given.scene)
    _require_may_decide(actor, sign_in)
    if not given.allow:
        await _write(deps, actor, sign_in, Event.REFUSE)
    elif not hmac.compare_digest(given.number or "", sign_in.number):
        await _miss(deps, actor, sign_in)
    elif sign_in.purpose is BrowserPurpose.SIGN_IN:
        await _write(deps, actor, sign_in, Event.ALLOW)
    else:
        await _write(deps, actor, sign_in, Event.CONFIRM)


async def _waiting(deps: Dependencies, scene: str) -> BrowserSignIn:
    index = codes.scene_index(deps, scene)
    sign_in = await store.find_by_scene(deps.db, index)
    if sign_in is None:
        raise errors.NotFound("没有找到这个二维码,请刷新后重新扫码")
    states.require_waiting(states.state_at(sign_in.state, sign_in.expires_at, deps.now()))
    return sign_in


def _require_may_decide(actor: Actor, sign_in: BrowserSignIn) -> None:
    if sign_in.purpose is BrowserPurpose.CONFIRMATION:
        fits = actor.person_id == sign_in.person
    else:
        fits = any(grant.role in STAFF_ROLES for grant in actor.grants)
    if not fits:
        raise BrowserNotForYou("这个二维码不是给您的,请不要确认")


async def _write(
    deps: Dependencies, actor: Actor, sign_in: BrowserSignIn, event: Event
) -> None:
    now = deps.now()
    mine = {"person": actor.person_id, "answered_at": now}

    async def save(tx: Transaction) -> None:
        # or who signs out everywhere at this moment would leave a browser that comes in after
        await lifecycle.hold(deps, tx, actor.session_id)
        if not await store.move(deps.db, tx, sign_in.id, event, now, **mine):
            raise states.SignInAnswered("这个二维码已经确认过了")
        if event is Event.CONFIRM and not await lifecycle.confirm(
            deps, tx, sign_in.session, now
        ):
            raise states.SignInExpired("浏览器里的登录已结束")
        act, confirms = states.TABLE.act(event), sign_in.session
        await audit.record(deps, tx, actor, act, subject=sign_in.id, confirms=confirms)

    await deps.in_transaction(save)


async def _miss(deps: Dependencies, actor: Actor, sign_in: BrowserSignIn) -> None:
    """Count a wrong number; after the third the sign-in is refused."""

    async def save(tx: Transaction) -> int:
        now = deps.now()
        misses = await store.miss(deps.db, tx, sign_in.id, now)
        if misses >= MOST_MISSES:
            await store.move(deps.db, tx, sign_in.id, Event.GUESSED, now)
        if misses:
            act, why = states.TABLE.act(Event.GUESSED), WrongNumber.code
            await audit.record(deps, tx, actor, act, subject=sign_in.id, why=why, misses=misses)
        return misses

    misses = await deps.in_transaction(save)
    if not misses:
        raise states.SignInAnswered("这个二维码已经确认过了")
    left = max(0, MOST_MISSES - misses)
    raise WrongNumber("数字不对,请看清屏幕上的两位数字", tries_left=left)
