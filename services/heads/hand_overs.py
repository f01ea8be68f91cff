"""Hand-overs of heads: a list of what there is to do, offered to the next one and received."""

import msgspec
from pymongo.errors import DuplicateKeyError

from services.appointments import checks, offices
from services.appointments.models import Appointment
from services.audiences import holders
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.heads import counts, notify, store, views
from services.heads.models import HandOver, HandOversQuery, HandOverView
from services.heads.states import TABLE, HandOverAction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.pages import Page
from services.kernel.permissions import HEADS, Actor, Permission


class NotInOffice(errors.Conflict):
    """Only while in office; afterwards, the community makes the list."""

    code = "not_in_office"


class HandOverMade(errors.Conflict):
    """Another list was made at this moment."""

    code = "hand_over_made"


class HandOverClosed(errors.Conflict):
    """Received already, or replaced by a newer list."""

    code = "hand_over_closed"


async def hand_over(deps: Dependencies, actor: Actor, appointment_id: str) -> HandOverView:
    """Make the list of what there is to do at a head's place and offer it to the next one."""
    found = await offices.access(deps, actor, appointment_id)
    checks.require_head(found)
    _check_office(actor, found, deps.today())
    made = await counts.count(deps, actor, found)
    next_ones = await _successors(deps, made)
    values = await notify.values_of(deps, made)

    async def save(tx: Transaction) -> None:
        await store.replace(deps.db, tx, made)
        for person in next_ones:
            await notify.offered(deps, tx, person, made, values)
        act = TABLE.act(HandOverAction.OFFER)
        await audit.record(deps, tx, actor, act, place=made.place, subject=made.id)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise HandOverMade("刚刚已生成一份清单,请刷新后再试") from None
    return await views.view(deps, made)


def _check_office(actor: Actor, found: Appointment, today: str) -> None:
    if actor.may(Permission.APPOINT, found.place):
        return
    if found.from_day > today or (found.to_day is not None and found.to_day < today):
        raise NotInOffice("不在任期内,请联系社区办理交接")


async def _successors(deps: Dependencies, made: HandOver) -> list[str]:
    """Return who holds the office today and did not give the list."""
    return sorted(await holders.of_office(deps, made.place, made.role) - {made.giver})


async def receive(deps: Dependencies, actor: Actor, hand_over_id: str) -> HandOverView:
    """Receive a list, as the next head or for them: it is complete and taken over."""
    found = await access(deps, actor, hand_over_id)
    if actor.person_id == found.giver:
        raise errors.Forbidden("请由接任的人来接收")
    now = deps.now()

    async def save(tx: Transaction) -> None:
        if not await store.receive(deps.db, tx, found.id, by=actor.person_id, at=now):
            raise HandOverClosed("这份清单已经接收或已换新")
        place, act = found.place, TABLE.act(HandOverAction.RECEIVE)
        await audit.record(deps, tx, actor, act, place=place, subject=found.id)

    await deps.in_transaction(save)
    received = msgspec.structs.replace(
        found, state=TABLE.target(HandOverAction.RECEIVE), received_at=now
    )
    return await views.view(deps, received)


async def access(deps: Dependencies, actor: Actor, hand_over_id: str) -> HandOver:
    """Return a list the actor gave, received, may receive or answers for. NotFound."""
    found = await store.find(deps.db, hand_over_id)
    next_ones = await _successors(deps, found) if found else []
    return accessible(
        actor,
        found,
        Permission.APPOINT,
        at=lambda made: made.place,
        people=lambda made: [made.giver, made.received_by, *next_ones],
        missing="没有找到这份工作交接清单",
    )


async def get(deps: Dependencies, actor: Actor, hand_over_id: str) -> HandOverView:
    return await views.view(deps, await access(deps, actor, hand_over_id))


async def listing(
    deps: Dependencies, actor: Actor, query: HandOversQuery
) -> Page[HandOverView]:
    """Return hand-overs the actor gave, received, may receive or answers for."""
    roles = await offices.roles_of(deps, actor.person_id)
    heads = [a for a in roles if a.role in HEADS and not a.substitute_for]
    held = [(a.role.value, a.place) for a in heads]
    places = actor.places(Permission.APPOINT)
    found = await store.known_to(deps.db, actor.person_id, held, places, query)
    return found.of(await views.views(deps, found.items))
