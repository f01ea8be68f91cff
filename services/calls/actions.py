"""Actions on calls: asked for by who works for somebody, and answered by that person.

The number is opened for one answer of the API, each time by what holds at that moment: the
matter, the office of who asks, the person's choice and the time. It is kept nowhere.
"""

from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.calls import notify, offices, settings, store, views
from services.calls.models import (
    AnswerCall,
    AnsweredCall,
    AskCall,
    Call,
    CallAnswer,
    CallNumber,
    CallView,
    MyCallView,
)
from services.calls.states import (
    ASKED_FOR,
    SHOWN_FOR,
    TABLE,
    CallAboutUnknown,
    CallAction,
    CallMovedOn,
    CallState,
    CallToOneself,
    NobodyToAsk,
    NoNumber,
    NumberNotShown,
    TooManyCalls,
)
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, interests, phones
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.callables import Callee
from services.kernel.documents import Document
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor
from services.kernel.views import show
from services.people import actions as people
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota

MISSING: Final = "没有找到这次通话请求"
NOT_SHOWN: Final = "对方没有允许,或允许的时间已过"
ACTIONS: Final = {
    CallAnswer.ALLOW_ONCE: CallAction.ALLOW,
    CallAnswer.CALL_BACK: CallAction.CALL_BACK,
    CallAnswer.DECLINE: CallAction.DECLINE,
}
# Who was allowed to, by an answer or by the settings, may not any more.
TAKEN_BACK: Final = {(CallState.ALLOWED, CallAction.DECLINE): CallAction.TAKE_BACK}
MOVED_ON: Final = "已经答复过,或时间已过"


async def ask(deps: Dependencies, actor: Actor, wish: AskCall) -> CallView:
    """Ask to call somebody; who shows the number to who asks is not disturbed.

    Asked again while the first is open, it is the same. Raises NotFound, Forbidden,
    OwnHome, CallAboutUnknown, CallToOneself, NobodyToAsk, TooManyCalls.
    """
    callee = await _callee(deps, actor, wish.about, wish.subject_id)
    if callee.person == actor.person_id:
        raise CallToOneself("这是您自己的号码")
    call = await _draft(deps, actor, wish, callee)
    has_number = bool(callee.phone) or await _proved(deps, callee.person) is not None

    async def save(tx: Transaction) -> Call:
        if callee.person and await people.hold(deps, tx, callee.person) is None:
            raise errors.NotFound("没有找到这位住户")
        earlier = await _open(deps, tx, call)
        if earlier is not None:
            await _record(deps, tx, actor, earlier, Act.CALL_ASKED, again=True)
            return earlier
        chosen = await settings.shown_to(deps, callee.person, tx=tx)
        return await _insert(deps, tx, actor, call, shows=has_number and _meets(callee, chosen))

    try:
        return views.asked(deps, await deps.in_transaction(save))
    except DuplicateKeyError:  # somebody asked the same with another finger
        return views.asked(deps, await deps.in_transaction(save))


async def _callee(deps: Dependencies, actor: Actor, about: str, subject: str) -> Callee:
    kind = deps.features.callables.get(about)
    if kind is None:
        raise CallAboutUnknown("没有这类通话事项")
    found = await kind.find(deps, actor, subject)
    if found.person != actor.person_id:
        interests.require_not_own(actor, [found.place])
    return found


def _meets(callee: Callee, chosen: frozenset[object]) -> bool:
    return not chosen.isdisjoint(callee.circles)


async def _proved(deps: Dependencies, person: str | None) -> str | None:
    found = await people.find(deps, person) if person else None
    return people.phone_of(deps, found) if found else None


async def _draft(deps: Dependencies, actor: Actor, wish: AskCall, callee: Callee) -> Call:
    office = await offices.of_asker(deps, actor.person_id, callee.place, callee.roles)
    now = deps.now()
    return Call(
        id=deps.new_id(),
        about=wish.about,
        subject=wish.subject_id,
        place=callee.place,
        person=callee.person,
        asker=actor.person_id,
        asked_at=now,
        ends_at=now + ASKED_FOR,
        open_key=f"{actor.person_id}|{wish.about}|{wish.subject_id}",
        **office,
    )


async def _open(deps: Dependencies, tx: Transaction, call: Call) -> Call | None:
    """Return the same call that is open still; one whose time is over ends here."""
    found = await store.find_open(deps.db, tx, str(call.open_key))
    is_same = found is not None and found.person == call.person
    if found is None or (is_same and found.ends_at > deps.now()):
        return found
    await store.move(deps.db, tx, found, CallAction.LAPSE, {"open_key": None})
    return None


async def _insert(
    deps: Dependencies, tx: Transaction, actor: Actor, call: Call, *, shows: bool
) -> Call:
    if call.person is None and not shows:
        raise NobodyToAsk("这位住户没有用小程序,请上门联系")
    pair = f"{actor.counter}|{call.person or call.subject}"
    if not await quotas.take(deps, tx, Quota.CALLS, deps.vault.blind(pair, purpose="quota")):
        raise TooManyCalls("今天请求的次数太多了,请明天再试", most=SHARES[Quota.CALLS].times)
    await store.insert(deps.db, tx, call)
    if shows:
        until: Document = {"by_settings": True, "ends_at": deps.now() + SHOWN_FOR}
        call = await store.move(deps.db, tx, call, CallAction.PASS, until) or call
    else:
        await notify.ask(deps, tx, call)
    await _record(deps, tx, actor, call, Act.CALL_ASKED, state=call.state)
    return call


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, call: Call, act: Act, **facts: Any
) -> None:
    known = {"about": call.about, **facts}
    await audit.record(deps, tx, actor, act, place=call.place, subject=call.id, **known)


async def reveal(deps: Dependencies, actor: Actor, call_id: str) -> CallNumber:
    """Show the number to who asked, for this one answer; noted before it is shown.

    Raises NotFound where the matter, or the office of who asks, is over; OwnHome;
    NumberNotShown where the person does not allow it, or no more; NoNumber.
    """
    call = _own(actor, await store.find(deps.db, call_id))
    callee = await _callee(deps, actor, call.about, call.subject)
    if callee.person != call.person:
        raise errors.NotFound(MISSING)

    async def save(tx: Transaction) -> tuple[Call, str]:
        if callee.person and await people.hold(deps, tx, callee.person) is None:
            raise errors.NotFound(MISSING)
        held = _own(actor, await store.find(deps.db, call_id, tx=tx))
        await _require_shown(deps, tx, held, callee)
        phone = callee.phone or await _proved(deps, callee.person)
        if not phone:
            raise NoNumber("对方没有留电话,请上门联系")
        await store.note_shown(deps.db, tx, held.id, deps.now())
        await _record(deps, tx, actor, held, Act.CALL_NUMBER_SHOWN)
        return held, phone

    held, phone = await deps.in_transaction(save)
    return CallNumber(phone=phones.as_dialled(phone), until=held.ends_at)


def _own(actor: Actor, call: Call | None) -> Call:
    return accessible(actor, call, people=lambda one: [one.asker], missing=MISSING)


async def _require_shown(
    deps: Dependencies, tx: Transaction, call: Call, callee: Callee
) -> None:
    if views.state_at(call, deps.now()) is not CallState.ALLOWED:
        raise NumberNotShown(NOT_SHOWN)
    if call.by_settings:
        chosen = await settings.shown_to(deps, call.person, tx=tx)
        if not _meets(callee, chosen):
            raise NumberNotShown(NOT_SHOWN)


async def answer(
    deps: Dependencies, actor: Actor, call_id: str, wish: AnswerCall
) -> AnsweredCall:
    """Answer who wants to call me, or say no after all to who may.

    Raises NotFound, CallMovedOn, NoNumber.
    """
    action = ACTIONS[wish.answer]

    async def save(tx: Transaction) -> Call:
        found = accessible(
            actor,
            await store.find(deps.db, call_id, tx=tx),
            people=lambda one: [one.person],
            missing=MISSING,
        )
        await people.require_open(deps, tx, actor.person_id)
        state = views.state_at(found, deps.now())
        taken = TAKEN_BACK.get((state, action), action)
        TABLE.require(state, taken, CallMovedOn(MOVED_ON))
        moved = await store.move(deps.db, tx, found, taken, _answered(deps, taken))
        if moved is None:
            raise CallMovedOn(MOVED_ON)
        await notify.tell(deps, tx, moved)
        await _record_answer(deps, tx, actor, moved, TABLE.act(taken))
        return moved

    number = await _call_back(deps, actor, call_id) if action is CallAction.CALL_BACK else None
    moved = await deps.in_transaction(save)
    [shown] = await views.mine(deps, [moved])
    return show(shown, AnsweredCall, call_back=number)


async def _record_answer(
    deps: Dependencies, tx: Transaction, actor: Actor, call: Call, act: Act
) -> None:
    """Record an answer: where the kind is veiled, neither which call it was nor about what."""
    kind = deps.features.callables.get(call.about)
    if kind is not None and kind.veiled:
        await audit.record(deps, tx, actor, act)
        return
    await _record(deps, tx, actor, call, act, state=call.state)


def _answered(deps: Dependencies, action: CallAction) -> Document:
    now = deps.now()
    if action is CallAction.ALLOW:
        return {"answered_at": now, "ends_at": now + SHOWN_FOR}
    return {"answered_at": now, "ends_at": now, "open_key": None}


async def _call_back(deps: Dependencies, actor: Actor, call_id: str) -> str | None:
    """Return where to call back, for whom the call is about. Raises NoNumber."""
    call = await store.find(deps.db, call_id)
    if call is None or call.person != actor.person_id:
        return None
    number = await offices.call_back(deps, call)
    if number is None:
        raise NoNumber("对方没有公开电话,请选别的答复")
    return number


async def get(deps: Dependencies, actor: Actor, call_id: str) -> CallView:
    """Return a call that I asked for. Raises NotFound."""
    return views.asked(deps, _own(actor, await store.find(deps.db, call_id)))


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[CallView]:
    """Calls that I asked for, the newest first."""
    page = await store.asked_by(deps.db, actor.person_id, query)
    return page.map(lambda call: views.asked(deps, call))


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[MyCallView]:
    """Who asked to call me, and who saw my number, the newest first."""
    page = await store.asked_of(deps.db, actor.person_id, query)
    return page.of(await views.mine(deps, page.items))
