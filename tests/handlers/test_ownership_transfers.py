"""A home changes its owner: who goes, who stays, and what nobody takes along."""

from typing import Any

import pytest

from services.residencies.models import Relation
from tests.build.cast import LI_HOME, UNIT, WANG_HOME, Estate, live_there
from tests.build.homes import (
    accept,
    acts,
    advised,
    ask,
    asked,
    at_once,
    get,
    homes_of,
    invite,
    newcomer,
    people_of,
    post,
    told,
)
from tests.build.world import Reply

pytestmark = pytest.mark.billed("2026-02")

BUYER = "13900000040"
PATH = f"homes/{LI_HOME}/transfer"


async def sell(estate: Estate, who: str = "staff", **more: Any) -> Reply:
    wish = {"name": "赵强", "phone": BUYER, "day": "2026-03-02", "reason": "已过户", **more}
    return await post(estate, who, PATH, **wish)


async def test_the_household_goes_and_the_tenant_stays(estate: Estate) -> None:
    world = estate.world
    li, mei = await estate.member("li"), await estate.member("mei")
    tenant, payer = await newcomer(estate, "chen"), await newcomer(estate, "zhou")
    await accept(estate, tenant, (await invite(estate, "tenant"))["token"])
    await accept(estate, payer, (await invite(estate, "payer", name="周舟"))["token"])
    buyer = await newcomer(estate, "buyer", BUYER)
    before = len(await people_of(world, LI_HOME))

    reply = await sell(estate)
    assert (reply.status, reply.body["bound"], reply.body["ended"]) == (201, True, 3)
    for gone in (li, mei, payer):
        assert await homes_of(estate, gone) == {}
        assert len(await told(world, gone, "home_news")) >= 1
    assert await homes_of(estate, tenant) == {LI_HOME: "tenant"}
    assert await homes_of(estate, buyer) == {LI_HOME: "owner"}
    kept = await people_of(world, LI_HOME)
    assert len(kept) == before + 1  # history stays with those who lived it
    assert {r["to_day"] for r in kept if r["person"] in {li.person_id, mei.person_id}} == {
        "2026-03-01"
    }
    [noted] = await acts(world, "home.owner_changed")
    assert noted["facts"] == {
        "day": "2026-03-02",
        "ended": 3,
        "invitations": 0,
        "requests": 0,
    }


async def test_a_sale_changes_nothing_of_a_bill_but_until_when_its_debtors_own_the_home(
    estate: Estate,
) -> None:
    world = estate.world
    owed = await world.db.bills.find({"home": LI_HOME}).to_list()
    await sell(estate)
    until = {"owners_until": "2026-03-01"}
    now = await world.db.bills.find({"home": LI_HOME}).to_list()
    assert now == [bill | until for bill in owed]
    assert owed


async def test_a_sale_to_come(estate: Estate) -> None:
    li = await estate.member("li")
    buyer = await newcomer(estate, "buyer", BUYER)
    family = (await invite(estate, "family"))["token"]
    reply = await sell(estate, day="2026-03-04")
    assert (reply.body["ended"], reply.body["invitations_revoked"]) == (2, 1)
    assert await homes_of(estate, li) == {LI_HOME: "owner"}
    assert await homes_of(estate, buyer) == {}
    chen = await newcomer(estate, "chen")
    assert (await accept(estate, chen, family)).code == "invitation_over"
    late = (await invite(estate, "family"))["token"]  # still theirs to invite, till they go
    assert (await accept(estate, chen, late)).body["to_day"] == "2026-03-03"
    await estate.world.advance(days=2)
    for name, now in (("li", {}), ("chen", {}), ("buyer", {LI_HOME: "owner"})):
        assert await homes_of(estate, await estate.world.sign_in(name)) == now


async def test_what_hung_on_the_old_owners_goes_with_them(estate: Estate) -> None:
    world = estate.world
    await live_there(world.deps, [(LI_HOME, "wang", Relation.FAMILY)])
    codes = (await post(estate, "staff", f"places/{LI_HOME}/home-codes")).body["codes"]
    await estate.member("li")
    await estate.member("head")
    chen, zhou, wu = [await newcomer(estate, name) for name in ("chen", "zhou", "wu")]
    await asked(estate, chen, LI_HOME, relation="family")
    await asked(estate, zhou, LI_HOME, relation="tenant", to_day="2026-12-31")
    await asked(estate, wu, LI_HOME)
    token = (await invite(estate, "tenant"))["token"]
    reply = await sell(estate)
    assert reply.body["requests_withdrawn"] == 1
    assert reply.body["invitations_revoked"] == 1
    states = {r["person"]: r["state"] for r in await world.db.home_requests.find().to_list()}
    assert states == {
        chen.person_id: "withdrawn",
        zhou.person_id: "with_head",
        wu.person_id: "with_head",
    }
    assert (await accept(estate, zhou, token)).code == "invitation_over"
    for code in codes:
        reply = await post(estate, wu, "me/homes/code", code=code["code"])
        assert reply.code == "home_code_over"


async def test_the_buyer_without_a_phone_comes_later(estate: Estate) -> None:
    reply = await sell(estate, phone=None)
    assert reply.body["bound"] is False
    [code] = (await post(estate, "staff", f"places/{LI_HOME}/home-codes")).body["codes"]
    buyer = await newcomer(estate, "buyer")
    assert (await post(estate, buyer, "me/homes/code", code=code["code"])).status == 200
    assert await homes_of(estate, buyer) == {LI_HOME: "owner"}


@pytest.mark.parametrize(("who", "status"), [("li", 403), ("head", 403), ("sun", 403)])
async def test_only_the_community_writes_a_sale(estate: Estate, who: str, status: int) -> None:
    assert (await sell(estate, who)).status == status
    assert await homes_of(estate, "li") == {LI_HOME: "owner"}


async def test_a_sale_asks_again(estate: Estate) -> None:
    await estate.member("staff")
    await estate.world.advance(minutes=11)
    assert (await sell(estate)).code == "confirmation_needed"


@pytest.mark.parametrize("day", ["2024-01-01", "2028-01-01", "2026-02-30"])
async def test_a_day_far_off_is_a_slip(estate: Estate, day: str) -> None:
    assert (await sell(estate, day=day)).status == 422
    assert await homes_of(estate, "li") == {LI_HOME: "owner"}


async def test_no_home_is_sold_that_is_none(estate: Estate) -> None:
    for place in (UNIT, f"{UNIT}.999"):
        wish = {"name": "赵强", "day": "2026-03-02", "reason": "已过户"}
        assert (await post(estate, "staff", f"homes/{place}/transfer", **wish)).status == 404


async def test_two_sales_at_once_are_one(estate: Estate) -> None:
    await estate.member("staff"), await estate.member("admin")
    replies = await at_once(
        sell(estate), sell(estate, "admin", name="钱多", phone="13900000041")
    )
    assert sorted(r.status for r in replies) == [201, 409]
    assert [r.code for r in replies if r.status == 409] == ["already_transferred"]
    owners = [r for r in await people_of(estate.world, LI_HOME) if r["to_day"] is None]
    assert len(owners) == 1


@pytest.mark.parametrize("relation", ["family", "payer"])
async def test_a_sale_and_a_guest_at_once_leave_no_guest(estate: Estate, relation: str) -> None:
    await estate.member("staff")
    chen = await newcomer(estate, "chen")
    token = (await invite(estate, relation))["token"]
    sold, accepted = await at_once(sell(estate), accept(estate, chen, token))
    assert sold.status == 201
    assert accepted.status in {200, 409}
    assert await homes_of(estate, chen) == {}


async def test_a_sale_and_an_open_claim(estate: Estate) -> None:
    """The claimant who bought it needs no decision any more."""
    await estate.member("head")
    buyer = await newcomer(estate, "buyer", BUYER)
    request_id = await asked(estate, buyer, LI_HOME, name="赵强")
    await advised(estate, request_id)
    assert (await sell(estate)).body["requests_withdrawn"] == 1
    assert await homes_of(estate, buyer) == {LI_HOME: "owner"}
    assert (await ask(estate, buyer, LI_HOME)).code == "already_bound"


async def test_the_neighbours_home_is_untouched(estate: Estate) -> None:
    await sell(estate)
    assert await homes_of(estate, "wang") == {WANG_HOME: "owner"}
    assert (await get(estate, "wang", f"homes/{WANG_HOME}/residents")).status == 200
