"""Lists of those who oversee: the audit, appointments, hand-overs."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import appointments, hand_overs
from services.audit import actions as audit
from services.dependencies import Transaction
from services.heads.models import HandOver, OwedHomes
from services.heads.states import HandOverState
from services.kernel.acts import Act
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Role
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    TERM,
    UNIT,
    ZHAO_HOME,
    Estate,
    appoint,
)
from tests.build.deeds import auditor
from tests.build.offices import BUILDING, CHEN, GUAN, LIU, firm_at
from tests.build.world import World
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

NAME: Final = "王秀兰"
DEEDS: Final = [
    (Act.FIRM_ADDED, COMMUNITY),
    (Act.PLACE_ADDED, COMPOUND),
    (Act.PLACE_ADDED, OTHER_COMPOUND),
    (Act.HOME_REQUESTED, LI_HOME),
    (Act.HOME_REQUESTED, ZHAO_HOME),
    (Act.PLACE_ADDED, COMPOUND),
]


async def done(world: World, actor: Actor, act: Act, place: str, subject: str) -> None:
    async def work(tx: Transaction) -> None:
        await audit.record(world.deps, tx, actor, act, place=place, subject=subject)

    await world.deps.in_transaction(work)


async def of_audit(estate: Estate) -> Case:
    """Deeds of two days; what reading the list adds to it is put aside by its day."""
    world = estate.world
    for number, (act, place) in enumerate(DEEDS):
        if number == 3:
            await world.advance(days=1)
        subject = FORMULA if number == 1 else f"s{number % 3}"
        await done(world, Actor(f"p{number % 2}", ""), act, place, subject)
    await audit.refused(
        world.deps, Actor("p1", ""), route="/api/v1/x", code="forbidden", place=COMPOUND
    )
    await world.advance(days=1)
    return Case(
        who=await auditor(estate, "community"),
        readers=[await auditor(estate, "city")],
        stranger=await estate.member("admin"),
        path="/api/v1/audit",
        place=COMMUNITY,
        places={"city": "cc"},
        base={"at_to": "2026-03-03"},
        filters=[
            {"person": "p0"},
            {"subject": "s2", "person": "p1"},
            {"act": Act.PLACE_ADDED.value},
            {"result": "refused"},
            {"result": "done", "act": Act.HOME_REQUESTED.value},
            {"place": COMPOUND},
            {"at_from": "2026-03-03", "at_to": "2026-03-03"},
            {"at_to": "2026-03-02", "place": OTHER_COMPOUND},
        ],
        orders={"newest": "-position", "oldest": "position"},
        rows=7,
        matches={
            "person": lambda item, value: item["person_id"] == value,
            "place": lambda item, value: covers(value, item["place"]),
        },
    )


async def of_appointments(estate: Estate) -> Case:
    world = estate.world
    firm = await firm_at(world, COMPOUND)
    given = [
        (Role.BUILDING_HEAD, BUILDING, GUAN, "2026-06-30", ""),
        (Role.UNIT_HEAD, NEXT_UNIT, LIU, "2026-09-30", ""),
        (Role.CASHIER, COMPOUND, CHEN, TERM, firm),
        (Role.COMMITTEE_MEMBER, OTHER_COMPOUND, CHEN, TERM, ""),
    ]
    for role, place, phone, to_day, firm_id in given:
        more = {"firm_id": firm_id} if firm_id else {}
        await appoint(world.deps, role, place, phone, to_day=to_day, name=NAME, **more)
    over = await appoint(world.deps, Role.COMMITTEE_MEMBER, COMPOUND, LIU, to_day="2026-12-01")
    ended = {"$set": {"to_day": "2026-03-01"}}
    await world.db[appointments.COLLECTION].update_one({"_id": over.appointment_id}, ended)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path="/api/v1/appointments",
        place=COMMUNITY,
        places={"admin": "cc"},
        filters=[
            {"role": "unit_head"},
            {"place": OTHER_COMPOUND},
            {"place": BUILDING, "role": "building_head"},
            {"firm_id": firm},
            {"ends_from": "2026-06-30", "ends_to": "2026-09-30"},
            {"ends_to": "2026-06-30"},
        ],
        orders={
            "oldest": "appointment_id",
            "newest": "-appointment_id",
            "place": "place,appointment_id",
        },
        rows=6,
        matches={
            "place": lambda item, value: covers(value, item["place"]),
            "ends_from": lambda item, value: (item["to_day"] or "") >= value,
            "ends_to": lambda item, value: (
                item["to_day"] is not None and item["to_day"] <= value
            ),
        },
        secrets=[NAME, GUAN, LIU, CHEN],
        free_text=False,
    )


async def of_hand_overs(estate: Estate) -> Case:
    """Some at a unit, some at a building; the head gave three and may receive none other."""
    world = estate.world
    head = await estate.member("head")
    places = [UNIT, BUILDING, UNIT, BUILDING, UNIT, OTHER_COMPOUND]
    states = [HandOverState.OFFERED, HandOverState.REPLACED, HandOverState.RECEIVED]
    made = [
        HandOver(
            id=f"h{number}",
            appointment=f"a{number}",
            role=Role.UNIT_HEAD if place == UNIT else Role.BUILDING_HEAD,
            place=place,
            giver=head.person_id if number < 3 else "somebody",
            made_by="test",
            made_at=world.clock.now - timedelta(days=number // 2),
            state=states[number % 3],
            parts=[place],
            homes=number,
            owing=OwedHomes(homes=number, amount_fen=1234 * number),
            open_requests=["r"] * number,
            substitutes=[],
        )
        for number, place in enumerate(places)
    ]
    await world.db[hand_overs.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[head],
        stranger=await estate.member("li"),
        path="/api/v1/hand-overs",
        place=COMMUNITY,
        places={"head": ""},
        filters=[
            {"state": "offered"},
            {"role": "unit_head"},
            {"place": BUILDING},
            {"made_from": "2026-03-01", "made_to": "2026-03-01"},
            {"made_to": "2026-02-28", "place": OTHER_COMPOUND},
        ],
        orders={"newest": "-hand_over_id", "oldest": "hand_over_id"},
        rows=6,
        matches={"place": lambda item, value: covers(value, item["place"])},
        free_text=False,
        is_for_all=True,
    )


MAKERS: Final[dict[str, Maker]] = {
    "audit": of_audit,
    "appointments": of_appointments,
    "hand_overs": of_hand_overs,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
