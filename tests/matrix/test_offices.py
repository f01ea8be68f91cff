"""Rows about offices: places, heads, firms and their contracts."""

from dataclasses import replace
from typing import Any, Final

import pytest

from mongo_indexes import appointments, contracts, firms, hand_overs, places
from services.firms.models import Contract, Firm
from services.heads.models import HandOver, OwedHomes
from services.kernel.permissions import Permission, Role
from services.places.models import LADDER, Grid, Kind, Place
from tests.build.offices import credit_code
from tests.matrix import makers
from tests.matrix.posts import (
    BUILDING,
    COMMUNITY,
    COMPOUND,
    COMPOUNDS,
    HOME,
    OTHER_COMMUNITY,
    UNIT,
    UNITS,
    Post,
)
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, mine, public, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
OFFICE_LINE = {"phone": "0431-81234567", "hours": "工作日 8:30-16:30"}
OF_OFFICES = "what one gave or took, and what lies at the offices and places one holds"
SUCCESSOR = "whoever holds the office at that moment is the next one, and nobody else knows"
HOLDER_ONLY = "an office is left by its holder; the others are told no more than they may know"


def appoints(post: Post, place: str) -> bool:
    return post.may(P.APPOINT, place)


def may_resign(post: Post, place: str) -> Outcome:
    """Another's office: who appoints for it knows it and is told that only its holder can."""
    return Outcome.FORBIDDEN if appoints(post, place) else Outcome.MISSING


def is_next(post: Post, place: str) -> Outcome:
    """Who holds the office today takes the list over; so does who appoints for it."""
    holds = (Role.UNIT_HEAD, place) in post.held
    return Outcome.ALLOWED if holds or appoints(post, place) else Outcome.MISSING


def unit_head(scene: Scene, made: str) -> dict[str, Any]:
    return {
        "role": "unit_head",
        "place": made,
        "phone": makers.phone(scene),
        "to_day": "2026-12-31",
    }


def substitute(scene: Scene, _: str) -> dict[str, Any]:
    days = {"from_day": "2026-05-01", "to_day": "2026-05-31"}
    return {"name": "李桂英", "phone": makers.phone(scene), **days}


def new_place(scene: Scene, _: str) -> dict[str, Any]:
    return {"path": f"{scene.place}.n{scene.number}", "kind": "unit", "name": "新单元"}


def new_firm(scene: Scene, _: str) -> dict[str, Any]:
    return {"name": "新物业", "credit_code": credit_code(scene.number + 100_000)}


def a_contract(scene: Scene, _: str) -> dict[str, Any]:
    month = makers.month(scene)
    return {
        "compound": scene.place,
        "from_day": f"{month}-01",
        "to_day": f"{month}-28",
    }


async def for_a_grid(scene: Scene) -> dict[str, str]:
    """A building in no grid, and the community it belongs to."""
    building = await below(replace(scene, place=COMPOUND))
    return {"place": scene.place, "building": building}


async def below(scene: Scene) -> str:
    """A new place right below the scene's."""
    path = f"{scene.place}.n{scene.number}"
    place = Place(
        id=path,
        kind=LADDER[path.count(".")],
        name=path.rpartition(".")[2],
        address=path,
        created_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(places.COLLECTION, place)


async def grid(scene: Scene) -> dict[str, str]:
    """A grid without buildings, of the community that is the scene's place."""
    made = Grid(
        id=f"{scene.place}.n{scene.number}",
        kind=Kind.GRID,
        name="网格",
        address="网格",
        created_at=scene.town.world.deps.now(),
        buildings=[],
    )
    return {"place": await scene.town.insert(places.COLLECTION, made)}


async def own_office(scene: Scene) -> str:
    """A unit head's office of the owner's own, over since yesterday and so without power.

    Power would change what the owner may do in the next cell.
    """
    made = makers.unit_head(scene)
    made.person, made.to_day = scene.owner.person_id, scene.town.seats.yesterday
    return await scene.town.insert(appointments.COLLECTION, made)


async def hand_over(scene: Scene) -> str:
    """A list offered for an office at a unit; who gave it is not of the matrix."""
    now = scene.town.world.deps.now()
    made = HandOver(
        id=scene.town.new_id(),
        appointment=await makers.office(scene),
        role=Role.UNIT_HEAD,
        place=scene.place,
        giver=scene.town.new_id(),
        made_by="test",
        made_at=now,
        parts=[scene.place],
        homes=1,
        owing=OwedHomes(),
        substitutes=[],
        open_requests=[],
    )
    return await scene.town.insert(hand_overs.COLLECTION, made)


async def firm(scene: Scene) -> str:
    made = Firm(
        id=scene.town.new_id(),
        name="新物业",
        credit_code=credit_code(scene.number + 1000),
        added_by="test",
        added_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(firms.COLLECTION, made)


async def contract(scene: Scene) -> str:
    made = Contract(
        id=scene.town.new_id(),
        firm=await firm(scene),
        place=scene.place,
        from_day="2028-01-01",
        to_day="2028-12-31",
        agreed_to_day="2028-12-31",
        signed_by="test",
        signed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(contracts.COLLECTION, made)


# What there is of it everywhere, so that it can leak.
FURNITURE: Final[Furniture] = (
    (makers.office, UNITS),
    (hand_over, UNITS),
    (contract, COMPOUNDS),
    (grid, (COMMUNITY, OTHER_COMMUNITY)),
)
OWN_OFFICE: Final = "the place of an office of one's own, wherever one lives"
ROWS = (
    Row("post", "/api/v1/places", at(BUILDING), body=new_place),
    Row("get", "/api/v1/places/{place}", at(HOME, UNIT, COMPOUND)),
    Row("get", "/api/v1/places/{place}/places", at(UNIT, COMPOUND), query={"kind": "home"}),
    Row("get", "/api/v1/places/{place}/grids", at(COMMUNITY)),
    Row(
        "post",
        "/api/v1/places/{place}/grids",
        at(COMMUNITY),
        makes=for_a_grid,
        body=lambda _, made: {
            "segment": f"n{made['building'].rpartition('.n')[2]}",
            "name": "新网格",
            "buildings": [made["building"]],
        },
    ),
    Row(
        "post",
        "/api/v1/grids/{place}/buildings",
        at(COMMUNITY),
        makes=grid,
        body={"buildings": [], "reason": "撤销网格"},
    ),
    Row("get", "/api/v1/appointments", somewhere()),
    Row("post", "/api/v1/appointments", at(BUILDING), makes=below, body=unit_head),
    Row("delete", "/api/v1/appointments/{appointment_id}", at(UNIT), makes=makers.office),
    Row(
        "get",
        "/api/v1/homes/{home}/heads",
        public(HOME),
    ),
    Row(
        "get", "/api/v1/me/appointments", everyone(), past="the offices one held are one's own"
    ),
    Row(
        "post",
        "/api/v1/me/appointments/{appointment_id}/contact",
        mine(),
        makes=own_office,
        body={"phone_visible_to": "nobody"},
        beyond=OWN_OFFICE,
    ),
    Row(
        "post",
        "/api/v1/appointments/{appointment_id}/substitute",
        at(UNIT),
        makes=makers.office,
        body=substitute,
    ),
    Row(
        "post",
        "/api/v1/appointments/{appointment_id}/resignation",
        decided(may_resign, HOLDER_ONLY, UNIT, permission=P.APPOINT),
        makes=makers.office,
        body={"reason": "搬家", "last_day": "2026-12-31"},
    ),
    Row(
        "post",
        "/api/v1/appointments/{appointment_id}/hand-over",
        at(UNIT, permission=P.APPOINT),
        makes=makers.office,
    ),
    Row("get", "/api/v1/hand-overs", decided(lambda *_: Outcome.ALLOWED, OF_OFFICES)),
    Row(
        "get",
        "/api/v1/hand-overs/{hand_over_id}",
        decided(is_next, SUCCESSOR, UNIT),
        makes=hand_over,
    ),
    Row(
        "post",
        "/api/v1/hand-overs/{hand_over_id}/receive",
        decided(is_next, SUCCESSOR, UNIT),
        makes=hand_over,
    ),
    Row("get", "/api/v1/firms", somewhere(), bare="the city's directory is the same for all"),
    Row("post", "/api/v1/firms", somewhere(), body=new_firm),
    Row(
        "post",
        "/api/v1/firms/{firm_id}/contracts",
        at(COMPOUND),
        makes=firm,
        body=a_contract,
    ),
    Row(
        "post",
        "/api/v1/contracts/{contract_id}/end",
        at(COMPOUND),
        makes=contract,
        body={"reason": "业主大会决定解聘", "last_day": "2028-06-30"},
    ),
    Row(
        "post",
        "/api/v1/contracts/{contract_id}/contact",
        at(COMPOUND),
        makes=contract,
        body=OFFICE_LINE,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
