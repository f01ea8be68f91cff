"""Combined orders at the same moment as something else that pays or frees their bills."""

import asyncio

import pytest

from tests.build.cast import Estate
from tests.build.checkouts import combining, part_states, proceed, proceeded, start
from tests.build.counter_payments import payment_taken
from tests.build.payments import journals, order, owing, pass_time, pay
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]
QUERY = r"^/v3/combine-transactions/out-trade-no/[^/]+$"
MISSING = {"http": 404, "code": "ORDER_NOT_EXIST"}


async def test_two_payers_at_once_hold_each_bill_once(estate: Estate, li: Member) -> None:
    """Li taps for both payees, the daughter for one: one open order holds each bill."""
    await combining(estate)
    way, mei = await start(estate, li), await estate.member("mei")
    fees = await estate.bill_ids("mei")
    asked = [proceed(estate, li, way), order(estate, mei, fees), proceed(estate, li, way)]
    replies = await asyncio.gather(*asked)
    assert {reply.status for reply in replies} <= {201, 409}
    assert any(reply.status == 201 for reply in replies)
    found = await estate.world.db.payments.find({"open": True}).to_list()
    held = [bill for each in found for bill in each["bill_ids"]]
    assert len(held) == len(set(held))
    numbers = {each["combined"]["number"] for each in found if each["combined"]}
    assert len(numbers) <= 1  # never part of one beside part of another


async def test_the_tap_and_a_payment_of_one_bill_at_once_lose_no_money(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    mei = await estate.member("mei")
    fees = await estate.bill_ids("mei")
    tapped, asked = await asyncio.gather(pay(estate, li, made), order(estate, mei, fees))
    if tapped["result"] == "ok":
        assert asked.status == 409
        assert await part_states(estate, made) == ["paid", "paid"]
        assert await journals(estate) == 2
    else:
        assert asked.status == 201
        assert await part_states(estate, made) == ["closed", "closed"]


async def test_who_pays_one_of_its_bills_at_the_counter_closes_all_of_it(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    ask, staff = await payment_taken(estate), await estate.member("staff")
    taken = await estate.world.api.post(ask.path, ask.body, as_=staff)
    assert taken.status == 201, taken.body
    assert await part_states(estate, made) == ["closed", "closed"]
    assert (await pay(estate, li, made))["result"] == "fail"


async def test_one_404_frees_nothing_that_a_phone_can_pay(estate: Estate, li: Member) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    await estate.world.advance(seconds=70)
    await estate.world.wechat.fault(QUERY, match={"times": None}, **MISSING)
    await estate.world.work()
    assert await part_states(estate, made) == ["prepaid", "prepaid"]
    await estate.world.wechat.control("DELETE", "faults")
    assert (await pay(estate, li, made, notify=False))["result"] == "ok"
    await pass_time(estate)
    assert await part_states(estate, made) == ["paid", "paid"]
    assert await owing(estate) == 0
