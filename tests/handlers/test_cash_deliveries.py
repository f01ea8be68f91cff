"""Cash that was taken is handed over, counted by two, and a difference has a name."""

import asyncio
from typing import Any

import pytest

from tests.build.cast import UNIT, Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


@pytest.fixture
async def head(estate: Estate) -> Member:
    """A head who took what Li's home owes of the property fee, in cash."""
    who = await estate.member("head")
    body = {"bill_ids": await estate.bill_ids("li"), "way": "cash", "voucher": "D-1"}
    reply = await estate.world.api.post("/api/v1/counter-payments", body, as_=who)
    assert reply.status == 201, reply.body
    return who


async def offer(estate: Estate, who: Member, fen: int = 2 * FEE, **more: Any) -> Reply:
    body = {"account": "firm", "counted_fen": fen, **more}
    path = f"/api/v1/places/{UNIT}/cash-deliveries"
    return await estate.world.api.post(path, body, as_=who)


async def take(estate: Estate, who: Member, delivery: str, fen: int = 2 * FEE) -> Reply:
    path = f"/api/v1/cash-deliveries/{delivery}/taking"
    return await estate.world.api.post(path, {"counted_fen": fen}, as_=who)


async def in_hand(estate: Estate, who: Member) -> dict[str, int]:
    reply = await estate.world.api.get(f"/api/v1/places/{UNIT}/cash-in-hand", as_=who)
    assert reply.status == 200, reply.body
    return {each["account"]: each["amount_fen"] for each in reply.body["items"]}


async def balances(estate: Estate, name: str) -> int:
    rows = await estate.world.db.journal.find({"kind": "cash_delivery"}).to_list()
    postings = [posting for row in rows for posting in row["postings"]]
    return sum(p["amount_fen"] for p in postings if p["account"].startswith(f"{name}:firm"))


async def test_two_people_count_what_was_taken(estate: Estate, head: Member) -> None:
    assert await in_hand(estate, head) == {"firm": 2 * FEE}
    offered = (await offer(estate, head)).body
    assert (offered["booked_fen"], offered["difference_fen"]) == (2 * FEE, 0)
    taken = await take(estate, await estate.member("staff"), offered["delivery_id"])
    assert (taken.status, taken.body["state"]) == (200, "taken")
    assert await in_hand(estate, head) == {}
    assert await balances(estate, "safe") == 2 * FEE


@pytest.mark.parametrize("difference", [-18, 32])
async def test_a_difference_stays_with_who_took_the_money(
    estate: Estate, head: Member, difference: int
) -> None:
    counted = 2 * FEE + difference
    offered = (await offer(estate, head, counted, note="找零有误")).body
    assert offered["difference_fen"] == difference
    staff = await estate.member("staff")
    assert (await take(estate, staff, offered["delivery_id"], counted)).status == 200
    assert await balances(estate, "safe") == counted
    assert await balances(estate, "cashdiff") == -difference
    assert await in_hand(estate, head) == {}


async def test_nobody_takes_over_from_themselves(estate: Estate) -> None:
    staff = await estate.member("staff")
    body = {"bill_ids": await estate.bill_ids("li"), "way": "cash", "voucher": "D-2"}
    await estate.world.api.post("/api/v1/counter-payments", body, as_=staff)
    offered = (await offer(estate, staff)).body
    refused = await take(estate, staff, offered["delivery_id"])
    assert (refused.status, refused.code) == (403, "own_delivery")


async def test_other_counts_are_counted_again(estate: Estate, head: Member) -> None:
    offered = (await offer(estate, head)).body
    staff = await estate.member("staff")
    refused = await take(estate, staff, offered["delivery_id"], 2 * FEE - 1)
    assert (refused.status, refused.code) == (409, "counts_differ")
    path = f"/api/v1/cash-deliveries/{offered['delivery_id']}/withdrawal"
    assert (await estate.world.api.post(path, {}, as_=staff)).status == 404
    assert (await estate.world.api.post(path, {}, as_=head)).body["state"] == "withdrawn"
    late = await take(estate, staff, offered["delivery_id"])
    assert (late.status, late.code) == (409, "delivery_moved_on")
    assert await in_hand(estate, head) == {"firm": 2 * FEE}


async def test_money_is_handed_over_once(estate: Estate, head: Member) -> None:
    offers = await asyncio.gather(*(offer(estate, head) for _ in range(3)))
    assert sorted(reply.status for reply in offers) == [201, 409, 409]
    assert {reply.code for reply in offers if reply.status == 409} == {"delivery_open"}
    [offered] = [reply.body for reply in offers if reply.status == 201]
    staff = await estate.member("staff")
    takes = [take(estate, staff, offered["delivery_id"]) for _ in range(3)]
    assert sorted(r.status for r in await asyncio.gather(*takes)) == [200, 409, 409]
    assert await balances(estate, "safe") == 2 * FEE
    nothing = await offer(estate, head, 0)
    assert (nothing.status, nothing.code) == (409, "no_cash")
