"""Checkouts of payees that are paid one order after another."""

import asyncio

import pytest

from tests.build.cast import Estate
from tests.build.checkouts import combining, look, owed, proceed, proceeded, start, states
from tests.build.merchants import change
from tests.build.payments import journals, paid, pay
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]


async def test_one_order_after_another_pays_all(estate: Estate, li: Member) -> None:
    way = await start(estate, li)
    assert await states(estate, li, way) == ["waiting", "waiting"]
    first = await proceeded(estate, li, way)
    assert await states(estate, li, way) == ["paying", "waiting"]
    assert (await pay(estate, li, first))["result"] == "ok"
    second = await proceeded(estate, li, way)
    assert first["left_fen"] == second["amount_fen"]
    assert (await pay(estate, li, second))["result"] == "ok"
    seen = await look(estate, li, way)
    assert (seen["is_done"], seen["owed_fen"]) == (True, 0)
    made = [order["payments"][0]["payment_id"] for order in (first, second)]
    assert [part["payment_id"] for part in seen["parts"]] == made
    over = await proceed(estate, li, way)
    assert (over.status, over.code) == (409, "bill_already_paid")


async def test_fees_are_never_mixed_in_one_order(estate: Estate, li: Member) -> None:
    way = await start(estate, li)
    first = await proceeded(estate, li, way)
    await pay(estate, li, first)
    second = await proceeded(estate, li, way)
    await pay(estate, li, second)
    kinds = [
        {line["kind"] for line in payment["lines"]}
        async for payment in estate.world.db.payments.find({})
    ]
    assert sorted(map(tuple, kinds)) == [("property_fee",), ("waste_fee",)]


async def test_an_order_that_was_not_paid_is_handed_out_again(
    estate: Estate, li: Member
) -> None:
    way = await start(estate, li)
    first = await proceeded(estate, li, way)
    again = await proceeded(estate, li, way)
    assert again["payments"] == first["payments"]


async def test_a_payment_of_which_nobody_was_told_is_found_by_looking(
    estate: Estate, li: Member
) -> None:
    way = await start(estate, li)
    await pay(estate, li, await proceeded(estate, li, way), notify=False)
    assert await states(estate, li, way) == ["done", "waiting"]


async def test_a_payment_of_which_nobody_was_told_is_passed_over(
    estate: Estate, li: Member
) -> None:
    way = await start(estate, li)
    first = await proceeded(estate, li, way)
    await pay(estate, li, first, notify=False)
    second = await proceeded(estate, li, way)
    assert second["payments"][0]["payee_name"] != first["payments"][0]["payee_name"]
    assert await journals(estate) == 1


async def test_what_somebody_else_paid_is_passed_over(estate: Estate, li: Member) -> None:
    way = await start(estate, li)
    mei = await estate.member("mei")
    await paid(estate, mei)  # the property fee
    assert sorted(await states(estate, li, way)) == ["done", "waiting"]
    left = await proceeded(estate, li, way)
    assert (left["left_fen"], left["amount_fen"]) == (0, 500)


async def test_a_payee_that_is_switched_off_does_not_stand_in_the_way(
    estate: Estate, li: Member
) -> None:
    way = await start(estate, li)
    await change(estate, "firm", "switch_off")
    made = await proceeded(estate, li, way)
    assert [one["payee_name"] for one in made["payments"]] == ["环卫中心"]
    await pay(estate, li, made)
    refused = await proceed(estate, li, way)
    assert (refused.status, refused.code) == (503, "payee_unavailable")


@pytest.mark.parametrize("is_combined", [False, True])
async def test_money_in_suspense_does_not_keep_the_others_from_theirs(
    estate: Estate, li: Member, *, is_combined: bool
) -> None:
    """A person may look into it for days; nothing is ordered for its bills meanwhile."""
    way = await start(estate, li)
    [first] = (await proceeded(estate, li, way))["payments"]
    stuck = {"$set": {"state": "suspended"}}
    await estate.world.db.payments.update_one({"_id": first["payment_id"]}, stuck)
    if is_combined:
        await combining(estate)
    assert (await look(estate, li, way))["is_one_order"] is False
    made = await proceeded(estate, li, way)
    [other] = made["payments"]
    assert other["payee_name"] != first["payee_name"]
    assert (await pay(estate, li, made))["result"] == "ok"
    refused = await proceed(estate, li, way)
    assert (refused.status, refused.code) == (409, "payment_in_progress")


async def test_two_phones_that_go_on_at_once_get_one_order(estate: Estate, li: Member) -> None:
    way = await start(estate, li)
    replies = await asyncio.gather(*(proceed(estate, li, way) for _ in range(3)))
    made = [reply.body["payments"] for reply in replies if reply.status == 201]
    assert {reply.status for reply in replies} <= {201, 409}
    assert made
    assert all(each == made[0] for each in made)
    assert await estate.world.db.payments.count_documents({"open": True}) == 1


async def test_a_checkout_is_over_after_a_day(estate: Estate, li: Member) -> None:
    way = await start(estate, li)
    await estate.advance(hours=24)
    gone = await proceed(estate, await estate.member("li"), way)
    assert (gone.status, gone.code) == (404, "not_found")


async def test_nobody_else_goes_on_with_it(estate: Estate, li: Member) -> None:
    way = await start(estate, li)
    mei = await estate.member("mei")
    assert (await proceed(estate, mei, way)).status == 404


async def test_bills_that_are_paid_start_nothing(estate: Estate, li: Member) -> None:
    bills = await owed(estate, li)
    await paid(estate, li)
    refused = await estate.world.api.post("/api/v1/me/checkouts", {"bill_ids": bills}, as_=li)
    assert (refused.status, refused.code) == (409, "bill_already_paid")
