"""A code on a screen, seen from the mini-program that scanned it.

The number on the screen must be typed: whoever is sent somebody else's code sees no screen.
Only a mini-program answers, moments after WeChat said whose it is: a browser, or somebody who
found a token, never lets in a browser.
"""

import hmac

from services.audit import actions as audit
from services.audit.models import Act
from services.browser_sign_ins import codes, states, store
from services.browser_sign_ins.models import (
    MOST_MISSES,
    AnswerBrowser,
    BrowserSignIn,
    BrowserView,
    Purpose,
)
from services.browser_sign_ins.states import Event
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.permissions import STAFF_ROLES, Actor
from services.sessions import lifecycle
from services.sessions import store as sessions_store
from services.sessions.models import SessionKind


class BrowserNotForYou(errors.Forbidden):
    """Browsers are for staff; a confirmation is for whoever is signed in there."""

    code = "browser_not_for_you"


class MiniProgramOnly(errors.Forbidden):
    code = "mini_program_only"


class WrongNumber(errors.InvalidInput):
    """`tries_left` in details; at 0 the code is dead."""

    code = "wrong_number"


async def preview(deps: Dependencies, actor: Actor, scene: str) -> BrowserView:
    """Show who asks, before anybody answers."""
    found = await _waiting(deps, scene)

    async def note(tx: Transaction) -> None:
        await audit.record(deps, tx, actor, Act.BROWSER_LOOKED_AT, subject=found.id)

    await deps.in_transaction(note)
    return BrowserView(
        purpose=found.purpose,
        device=found.device,
        asked_at=found.asked_at,
        expires_at=found.expires_at,
    )


async def decide(deps: Dependencies, actor: Actor, given: AnswerBrowser) -> None:
    """Let a browser in, confirm its session, or refuse. Raises WrongNumber and 403s."""
    session = await lifecycle.get_current(deps, actor.session_id)
    if session.kind is not SessionKind.WECHAT:
        raise MiniProgramOnly("请在微信小程序里确认")
    found = await _waiting(deps, given.scene)
    _require_may_answer(actor, found)
    if not given.allow:
        await _end(deps, actor, found, Event.REFUSE)
    elif not hmac.compare_digest(given.number or "", found.number):
        await _miss(deps, actor, found)
    elif found.purpose is Purpose.SIGN_IN:
        await _end(deps, actor, found, Event.ALLOW)
    else:
        await _end(deps, actor, found, Event.CONFIRM)


async def _waiting(deps: Dependencies, scene: str) -> BrowserSignIn:
    index = codes.scene_index(deps, scene)
    found = await store.find_by_scene(deps.db, index)
    if found is None:
        raise errors.NotFound("没有找到这个二维码,请刷新后重新扫码")
    states.require_waiting(states.state_at(found.state, found.expires_at, deps.now()))
    return found


def _require_may_answer(actor: Actor, found: BrowserSignIn) -> None:
    if found.purpose is Purpose.CONFIRMATION:
        fits = actor.person_id == found.person
    else:
        fits = any(grant.role in STAFF_ROLES for grant in actor.grants)
    if not fits:
        raise BrowserNotForYou("这个二维码不是给您的,请不要确认")


ACTS = {
    Event.ALLOW: Act.BROWSER_ALLOWED,
    Event.CONFIRM: Act.CONFIRMED,
    Event.REFUSE: Act.BROWSER_REFUSED,
}


async def _end(deps: Dependencies, actor: Actor, found: BrowserSignIn, event: Event) -> None:
    now = deps.now()
    mine = {"person": actor.person_id, "answered_at": now}

    async def save(tx: Transaction) -> None:
        # or who signs out everywhere at this moment would leave a browser that comes in after
        if not await sessions_store.hold(deps.db, actor.session_id, tx):
            raise errors.Unauthenticated("登录已失效,请重新登录")
        if not await store.move(deps.db, found.id, event, now, tx=tx, **mine):
            raise states.SignInAnswered("这个二维码已经确认过了")
        if event is Event.CONFIRM and not await sessions_store.confirm(
            deps.db, found.session, now, tx
        ):
            raise states.SignInExpired("浏览器里的登录已结束")
        act, confirms = ACTS[event], found.session
        await audit.record(deps, tx, actor, act, subject=found.id, confirms=confirms)

    await deps.in_transaction(save)


async def _miss(deps: Dependencies, actor: Actor, found: BrowserSignIn) -> None:
    """Count a wrong number; after the third the code is dead."""

    async def save(tx: Transaction) -> int:
        now = deps.now()
        misses = await store.miss(deps.db, found.id, now, tx)
        if misses >= MOST_MISSES:
            await store.move(deps.db, found.id, Event.GUESSED, now, tx=tx)
        if misses:
            act, why = Act.BROWSER_REFUSED, WrongNumber.code
            await audit.record(deps, tx, actor, act, subject=found.id, why=why, misses=misses)
        return misses

    misses = await deps.in_transaction(save)
    if not misses:
        raise states.SignInAnswered("这个二维码已经确认过了")
    left = max(0, MOST_MISSES - misses)
    raise WrongNumber("数字不对,请看清屏幕上的两位数字", tries_left=left)
