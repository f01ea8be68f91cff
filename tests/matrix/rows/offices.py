"""Rows about offices: places, heads, firms and their contracts."""

from dataclasses import replace
from typing import Any

from services.kernel.permissions import Permission, Role
from tests.build.offices import credit_code
from tests.matrix import makers, money
from tests.matrix.posts import BUILDING, COMMUNITY, COMPOUND, HOME, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, mine, public, somewhere
from tests.matrix.town import Scene

P = Permission


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
    month = money.month(scene)
    return {
        "compound": scene.place,
        "from_day": f"{month}-01",
        "to_day": f"{month}-28",
    }


async def for_a_grid(scene: Scene) -> dict[str, str]:
    """A building in no grid, and the community it belongs to."""
    building = await makers.below(replace(scene, place=COMPOUND))
    return {"place": scene.place, "building": building}


OF_OFFICES = "what one gave or took, and what lies at the offices and places one holds"
SUCCESSOR = "whoever holds the office at that moment is the next one, and nobody else knows"
HOLDER_ONLY = "an office is left by its holder; the others are told no more than they may know"
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
        makes=makers.grid,
        body={"buildings": [], "reason": "撤销网格"},
    ),
    Row("get", "/api/v1/appointments", somewhere()),
    Row("post", "/api/v1/appointments", at(BUILDING), makes=makers.below, body=unit_head),
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
        makes=makers.own_office,
        body={"phone_visible_to": "nobody"},
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
        makes=makers.hand_over,
    ),
    Row(
        "post",
        "/api/v1/hand-overs/{hand_over_id}/receive",
        decided(is_next, SUCCESSOR, UNIT),
        makes=makers.hand_over,
    ),
    Row("get", "/api/v1/firms", somewhere(), bare="the city's directory is the same for all"),
    Row("post", "/api/v1/firms", somewhere(), body=new_firm),
    Row(
        "post",
        "/api/v1/firms/{firm_id}/contracts",
        at(COMPOUND),
        makes=makers.firm,
        body=a_contract,
    ),
    Row(
        "post",
        "/api/v1/contracts/{contract_id}/end",
        at(COMPOUND),
        makes=makers.contract,
        body={"reason": "业主大会决定解聘", "last_day": "2028-06-30"},
    ),
    Row("get", "/api/v1/places/{place}/contracts", at(COMPOUND)),
)
