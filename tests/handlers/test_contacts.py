"""Contact lines: whom the people of a home may call, at the community and at the firm."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, SUN_HOME, UNIT, Estate, appoint
from tests.build.homes import accept, get, invite, post
from tests.build.offices import firm_at

LINE = {"phone": "0431-81234567", "hours": "工作日 8:30-16:30"}
DESK = {"phone": "139 0000 0077", "hours": "每天 8:00-20:00"}


async def lines(estate: Estate, home: str = LI_HOME, who: str = "li") -> Any:
    reply = await get(estate, who, f"homes/{home}/contacts")
    assert reply.status == 200, reply.body
    return reply.body["community"], reply.body["firm"]


async def contract_of(estate: Estate, **days: str) -> str:
    firm = await firm_at(estate.world, COMPOUND, **days)
    found = await estate.world.db.contracts.find_one({"firm": firm})
    assert found is not None
    return str(found["_id"])


async def test_people_of_a_home_see_whom_to_call(estate: Estate) -> None:
    assert await lines(estate) == (None, None)
    await post(estate, "staff", f"places/{COMMUNITY}/contact", LINE)
    contract = await contract_of(estate)
    assert await lines(estate) == ({"name": "新城社区", **LINE}, None)
    reply = await post(estate, "staff", f"contracts/{contract}/contact", DESK)
    assert (reply.status, reply.body["contact"]) == (200, DESK)
    firm = {"name": "安居物业", **DESK}
    assert await lines(estate) == ({"name": "新城社区", **LINE}, firm)
    reply = await post(estate, "staff", f"places/{COMPOUND}/contact", DESK)
    assert (reply.status, reply.body["contact"]) == (200, DESK)
    assert await lines(estate) == ({"name": "春光小区", **DESK}, firm)
    assert await lines(estate, SUN_HOME, "sun") == ({"name": "春光小区", **DESK}, firm)


async def test_who_pays_from_elsewhere_may_call_too_and_strangers_may_not(
    estate: Estate,
) -> None:
    son = await estate.world.sign_in("son", "13900000078")
    invited = await invite(estate, "payer")
    assert (await accept(estate, son, invited["token"])).status == 200
    assert (await get(estate, son, f"homes/{LI_HOME}/contacts")).status == 200
    assert (await get(estate, "wang", f"homes/{LI_HOME}/contacts")).status == 404
    assert (await get(estate, "head", f"homes/{LI_HOME}/contacts")).status == 403


async def test_a_firm_that_is_gone_is_not_called(estate: Estate) -> None:
    contract = await contract_of(estate, to_day="2026-03-02")
    await post(estate, "staff", f"contracts/{contract}/contact", DESK)
    assert (await lines(estate))[1] is not None
    await estate.advance(days=1)
    assert (await lines(estate))[1] is None


@pytest.mark.parametrize(
    ("place", "line", "status"),
    [
        (UNIT, LINE, 422),
        ("cc", LINE, 404),
        (COMPOUND, {**LINE, "phone": "电话不详"}, 422),
        (COMPOUND, {**LINE, "phone": "0431"}, 422),
        (COMPOUND, {**LINE, "hours": " "}, 422),
    ],
)
async def test_a_line_is_a_number_of_an_office_that_is_there(
    estate: Estate, place: str, line: dict[str, str], status: int
) -> None:
    reply = await post(estate, "staff", f"places/{place}/contact", line)
    assert reply.status == status


async def test_a_line_is_written_by_who_manages_the_place(estate: Estate) -> None:
    contract = await contract_of(estate)
    for who in ("li", "head"):
        assert (await post(estate, who, f"places/{COMPOUND}/contact", LINE)).status == 403
        assert (await post(estate, who, f"contracts/{contract}/contact", LINE)).status == 403
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, f"{COMMUNITY}.c08", "13900000079")
    other = await estate.world.sign_in("other", "13900000079")
    assert (await post(estate, other, f"contracts/{contract}/contact", LINE)).status == 404
