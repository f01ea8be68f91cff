"""One head hands over to the next: what there is to do, counted at this moment."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.appointments import checks
from services.appointments import offices as appointments_offices
from services.appointments.models import Appointment
from services.appointments.views import title
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.heads import store
from services.heads.models import HandOver, HandOverState, HandOverView, PartView
from services.home_requests import actions as home_requests
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.documents import new_id
from services.kernel.permissions import HEADS, Actor, Permission, Role
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import actions as places
from services.places import grids
from services.places import store as places_store
from services.places.models import Kind
from services.statistics import actions as statistics

MAX_PARTS: Final = 200
MAX_REQUESTS: Final = 200


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
    """List what there is to do at a head's place and offer it to the next one."""
    found = await appointments_offices.access(deps, actor, appointment_id)
    checks.require_head(found)
    _check_office(found, actor, day_of(deps.now()))
    made = await _count(deps, actor, found)
    next_ones = await _successors(deps, made)
    values = await _values(deps, made)

    async def save(tx: Transaction) -> None:
        await store.replace(deps.db, made, tx)
        for person in next_ones:
            await messaging.notify(
                deps,
                tx,
                person_id=person,
                template=TemplateKey.HAND_OVER_OFFERED,
                key=made.id,
                values=values,
            )
        await audit.record(deps, tx, actor, Act.HANDED_OVER, place=made.place, subject=made.id)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise HandOverMade("刚刚已生成一份清单,请刷新后再试") from None
    return await _view(deps, made)


def _check_office(found: Appointment, actor: Actor, today: str) -> None:
    if actor.may(Permission.APPOINT, found.place):
        return
    if found.from_day > today or (found.to_day is not None and found.to_day < today):
        raise NotInOffice("不在任期内,请联系社区办理交接")


async def _values(deps: Dependencies, made: HandOver) -> dict[str, str]:
    addresses = await places.addresses(deps, [made.place])
    office = title(made.role, substitute="")
    return {"place": addresses.get(made.place, made.place), "office": office}


async def _count(deps: Dependencies, actor: Actor, found: Appointment) -> HandOver:
    """Look at everything under the place at this moment."""
    areas = [found.place]
    if found.role is Role.GRID_HEAD:
        areas = (await grids.buildings_of(deps, areas)).get(found.place, [])
    parts, owing, requests, substitutes = await asyncio.gather(
        _parts(deps, found, areas),
        statistics.owed_under(deps, areas),
        home_requests.open_under(deps, areas, limit=MAX_REQUESTS),
        appointments_offices.substitutes_of(deps, found.id),
    )
    return HandOver(
        id=new_id(deps.now()),
        appointment=found.id,
        role=found.role,
        place=found.place,
        giver=found.person,
        made_by=actor.person_id,
        made_at=deps.now(),
        parts=parts,
        homes=await _homes(deps, areas),
        owing=owing,
        open_requests=requests,
        substitutes=[substitute.id for substitute in substitutes],
    )


async def _parts(deps: Dependencies, found: Appointment, areas: Sequence[str]) -> list[str]:
    """Return the buildings of a grid, the units of a building, or the unit."""
    if found.role is not Role.BUILDING_HEAD:
        return list(areas)
    under = await places_store.of_kind_under(
        deps.db, found.place, Kind.UNIT, after="", limit=MAX_PARTS
    )
    return [unit.id for unit in under]


async def _homes(deps: Dependencies, areas: Sequence[str]) -> int:
    return sum([await places_store.count_homes(deps.db, area) for area in areas])


async def _successors(deps: Dependencies, made: HandOver) -> list[str]:
    """Return who holds the office today and did not give the list."""
    found = await appointments_offices.holders_at(deps, [made.place], [made.role])
    people = {a.person for a in found if a.person and not a.substitute_for}
    return sorted(people - {made.giver})


async def receive(deps: Dependencies, actor: Actor, hand_over_id: str) -> HandOverView:
    """Say as the successor, or as the community, that the list is complete and taken over."""
    found = await access(deps, actor, hand_over_id)
    if actor.person_id == found.giver:
        raise errors.Forbidden("请由接任的人来接收")
    now = deps.now()

    async def save(tx: Transaction) -> None:
        if not await store.receive(deps.db, found.id, by=actor.person_id, at=now, tx=tx):
            raise HandOverClosed("这份清单已经接收或已换新")
        place, act = found.place, Act.HAND_OVER_RECEIVED
        await audit.record(deps, tx, actor, act, place=place, subject=found.id)

    await deps.in_transaction(save)
    received = msgspec.structs.replace(found, state=HandOverState.RECEIVED, received_at=now)
    return await _view(deps, received)


async def access(deps: Dependencies, actor: Actor, hand_over_id: str) -> HandOver:
    """Return a list the actor gave, received, may receive or answers for. NotFound."""
    found = await store.find(deps.db, hand_over_id)
    if found is None or not await _may_know(deps, actor, found):
        raise errors.NotFound("没有找到这份交接清单")
    return found


async def _may_know(deps: Dependencies, actor: Actor, found: HandOver) -> bool:
    mine = actor.person_id in {found.giver, found.received_by}
    if mine or actor.may(Permission.APPOINT, found.place):
        return True
    return actor.person_id in await _successors(deps, found)


async def get(deps: Dependencies, actor: Actor, hand_over_id: str) -> HandOverView:
    return await _view(deps, await access(deps, actor, hand_over_id))


async def listing(
    deps: Dependencies, actor: Actor, *, before: str, limit: int
) -> list[HandOverView]:
    """Lists I gave, received, may receive or answer for, the newest first."""
    roles = await appointments_offices.roles_of(deps, actor.person_id)
    heads = [a for a in roles if a.role in HEADS and not a.substitute_for]
    offices = [(a.role.value, a.place) for a in heads]
    found = await store.listing(
        deps.db,
        actor.person_id,
        offices,
        actor.places(Permission.APPOINT),
        before=before,
        limit=limit,
    )
    return await _views(deps, found)


async def _view(deps: Dependencies, made: HandOver) -> HandOverView:
    [view] = await _views(deps, [made])
    return view


async def _views(deps: Dependencies, found: Sequence[HandOver]) -> list[HandOverView]:
    paths = {path for made in found for path in (made.place, *made.parts)}
    addresses = await places.addresses(deps, sorted(paths))
    return [
        HandOverView(
            hand_over_id=made.id,
            appointment_id=made.appointment,
            role=made.role,
            place=made.place,
            address=addresses.get(made.place, made.place),
            state=made.state,
            made_at=made.made_at,
            parts=[PartView(path=p, address=addresses.get(p, p)) for p in made.parts],
            homes=made.homes,
            owing=made.owing,
            open_requests=made.open_requests,
            substitutes=made.substitutes,
            received_at=made.received_at,
        )
        for made in found
    ]
