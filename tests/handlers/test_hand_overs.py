"""One head hands over to the next: what is listed, and who may look and receive."""

import asyncio

import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, LI_HOME, NEXT_UNIT, SUN_HOME, UNIT, Estate
from tests.build.homes import acts, asked, post
from tests.build.offices import (
    BUILDING,
    CHEN,
    GRID,
    LIU,
    TODAY,
    appointment_of,
    head_of,
    make_grid,
    templates_told,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply, World


async def hand_over(estate: Estate, head_id: str, who: Member) -> Reply:
    path = f"/api/v1/appointments/{head_id}/hand-over"
    return await estate.world.api.post(path, as_=who)


@pytest.mark.billed("2026-01", "2026-02")
async def test_a_head_hands_over_what_there_is_to_do(estate: Estate, world: World) -> None:
    head_id = await appointment_of(estate)
    head = await estate.member("head")
    chen_chen = await world.sign_in("chenchen", "13900000091")
    waiting = await asked(estate, chen_chen, LI_HOME)
    await asked(estate, chen_chen, SUN_HOME)  # the next unit's
    made = await hand_over(estate, head_id, head)
    assert (made.status, made.body["state"], made.body["homes"]) == (201, "offered", 2)
    assert made.body["parts"] == [{"path": UNIT, "address": "春光小区3栋2单元"}]
    assert made.body["open_requests"] == [waiting]
    debts = [bill for name in ("li", "wang") for bill in await estate.bills(name)]
    owed = sum(bill["amount_fen"] for bill in debts)
    assert made.body["owing"] == {"homes": 2, "amount_fen": owed}
    path = f"/api/v1/hand-overs/{made.body['hand_over_id']}"
    assert (await world.api.post(f"{path}/receive", as_=head)).status == 403
    for name in ("li", "wang", "sun", "zhao"):
        stranger = await estate.member(name)
        assert (await world.api.get(path, as_=stranger)).status == 404
        assert (await world.api.post(f"{path}/receive", as_=stranger)).status == 404
        assert (await hand_over(estate, head_id, stranger)).status == 404
    assert len(await acts(world, "appointment.handed_over")) == 1
    kept = str(await world.db.hand_overs.find({}).to_list())
    assert not [text for text in ("陈晨", "13900000010", "13900000001") if text in kept]


async def test_the_next_head_receives_the_list_and_nobody_elses(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    head = await estate.member("head")
    leaving = {"reason": "搬家", "last_day": TODAY}
    reply = await post(estate, "head", f"appointments/{head_id}/resignation", leaving)
    assert reply.status == 200
    ids = [(await hand_over(estate, head_id, head)).body["hand_over_id"] for _ in range(2)]
    path = f"/api/v1/hand-overs/{ids[1]}"

    await estate.advance(days=1)
    liu = await world.sign_in("liu", LIU)
    assert (await world.api.get(path, as_=liu)).status == 404  # not in office yet
    await head_of(world, Role.UNIT_HEAD, UNIT, LIU)
    await head_of(world, Role.UNIT_HEAD, NEXT_UNIT, CHEN)
    neighbour = await world.sign_in("chen", CHEN)
    assert (await world.api.get(path, as_=neighbour)).status == 404
    assert (await world.api.post(f"{path}/receive", as_=neighbour)).status == 404
    assert (await world.api.get("/api/v1/hand-overs", as_=neighbour)).body["items"] == []
    listed = (await world.api.get("/api/v1/hand-overs", as_=liu)).body["items"]
    states = {each["hand_over_id"]: each["state"] for each in listed}
    assert states == {ids[0]: "replaced", ids[1]: "offered"}
    received = await asyncio.gather(
        *(world.api.post(f"{path}/receive", as_=liu) for _ in range(3))
    )
    assert sorted(reply.status for reply in received) == [200, 409, 409]
    assert {r.code for r in received if r.status == 409} == {"hand_over_closed"}
    assert len(await acts(world, "appointment.hand_over_received")) == 1
    for who in (liu, await estate.member("staff"), await estate.member("head")):
        assert (await world.api.get(path, as_=who)).body["state"] == "received"


async def test_after_the_term_the_community_makes_the_list(estate: Estate) -> None:
    world, head_id = estate.world, await appointment_of(estate)
    await estate.member("head")
    await estate.advance(days=305)
    late = await hand_over(estate, head_id, await estate.member("head"))
    assert (late.status, late.code) == (409, "not_in_office")
    liu = await world.sign_in("liu", LIU)
    await head_of(world, Role.UNIT_HEAD, UNIT, LIU, to_day="2027-12-31")
    made = await hand_over(estate, head_id, await estate.member("staff"))
    assert made.status == 201
    assert "hand_over_offered" in await templates_told(world, liu)


@pytest.mark.billed("2026-02")
async def test_a_grid_is_handed_over_building_by_building(estate: Estate, world: World) -> None:
    await make_grid(estate)
    chen = await world.sign_in("chen", CHEN)
    made = await head_of(world, Role.GRID_HEAD, GRID, CHEN)
    listed = await hand_over(estate, made.appointment_id, chen)
    assert [part["path"] for part in listed.body["parts"]] == [BUILDING]
    assert (listed.body["homes"], listed.body["owing"]["homes"]) == (3, 3)
    change = {"buildings": [], "reason": "撤销"}
    assert (await post(estate, "staff", f"grids/{GRID}/buildings", change)).status == 200
    empty = await hand_over(estate, made.appointment_id, chen)
    assert (empty.body["homes"], empty.body["owing"]["homes"]) == (0, 0)


async def test_staff_have_no_hand_over(estate: Estate) -> None:
    staff_id = await appointment_of(estate, "community_staff", COMMUNITY)
    reply = await hand_over(estate, staff_id, await estate.member("staff"))
    assert (reply.status, reply.code) == (422, "not_a_head")
    assert (await hand_over(estate, "x", await estate.member("staff"))).status == 404


async def test_the_community_pages_through_its_lists_each_once(estate: Estate) -> None:
    """Made, received and answered for by the same person: every list is theirs three times."""
    staff, head_id = await estate.member("staff"), await appointment_of(estate)
    api, made = estate.world.api, []
    for _ in range(3):
        made.append((await hand_over(estate, head_id, staff)).body["hand_over_id"])
        path = f"/api/v1/hand-overs/{made[-1]}/receive"
        assert (await api.post(path, as_=staff)).status == 200
        await estate.world.advance(seconds=1)
    first = (await api.get("/api/v1/hand-overs?limit=2", as_=staff)).body
    rest = f"/api/v1/hand-overs?limit=2&cursor={first['next_cursor']}"
    last = (await api.get(rest, as_=staff)).body
    seen = [each["hand_over_id"] for each in (*first["items"], *last["items"])]
    assert (seen, last["next_cursor"]) == (made[::-1], None)
