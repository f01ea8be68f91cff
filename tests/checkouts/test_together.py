"""Checkouts of payees that WeChat lets be paid by one combined order."""

import asyncio

import pytest

from tests.build.cast import Estate
from tests.build.checkouts import (
    combining,
    look,
    number_of,
    owed,
    part_states,
    parts,
    proceed,
    proceeded,
    start,
    states,
    told,
)
from tests.build.merchants import change
from tests.build.payments import journals, order, paid, pass_time, pay
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]
COMBINED = "/v3/combine-transactions/jsapi"
QUERY = r"^/v3/combine-transactions/out-trade-no/[^/]+$"
CLOSE = r"^/v3/combine-transactions/out-trade-no/[^/]+/close"


async def test_one_tap_pays_both_payees_each_with_its_own_receipt(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    way = await start(estate, li)
    assert (await look(estate, li, way))["is_one_order"]
    made = await proceeded(estate, li, way)
    assert {one["payee_name"] for one in made["payments"]} == {"安居物业", "环卫中心"}
    assert made["left_fen"] == 0
    assert (await pay(estate, li, made))["result"] == "ok"
    assert await states(estate, li, way) == ["done", "done"]
    assert await journals(estate) == 2
    for one in made["payments"]:
        path = f"/api/v1/payments/{one['payment_id']}/receipt"
        receipt = await estate.world.api.get(path, as_=li)
        assert (receipt.status, receipt.body["amount_fen"]) == (200, one["amount_fen"])
    kinds = [{line["kind"] for line in part["lines"]} for part in await parts(estate, made)]
    assert sorted(map(list, kinds)) == [["property_fee"], ["waste_fee"]]


async def test_two_people_say_which_accounts_combine(estate: Estate, li: Member) -> None:
    await estate.world.wechat.do("merchants/firm", combines=True)
    await estate.world.wechat.do("merchants/sanitation", combines=True)
    await change(estate, "firm", "combine")
    way = await start(estate, li)
    assert not (await look(estate, li, way))["is_one_order"]
    await change(estate, "sanitation", "combine")
    assert len((await proceeded(estate, li, way))["payments"]) == 2
    await change(estate, "firm", "stop_combining")
    assert len((await proceeded(estate, li, way))["payments"]) == 1


async def test_where_wechat_lets_them_not_they_are_paid_one_by_one(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    await estate.world.wechat.do("merchants/sanitation", combines=False)
    way = await start(estate, li)
    first = await proceeded(estate, li, way)
    assert (await proceeded(estate, li, way))["payments"] == first["payments"]
    await pay(estate, li, first)
    second = await proceeded(estate, li, way)
    await pay(estate, li, second)
    assert [len(made["payments"]) for made in (first, second)] == [1, 1]
    assert (await look(estate, li, way))["is_done"]
    assert len(await estate.world.wechat.calls(COMBINED)) == 1


async def test_the_open_order_is_handed_out_again(estate: Estate, li: Member) -> None:
    await combining(estate)
    way = await start(estate, li)
    first = await proceeded(estate, li, way)
    other_way = await start(estate, li, (await owed(estate, li))[::-1])
    again = await proceeded(estate, li, other_way)
    ids = [{one["payment_id"] for one in made["payments"]} for made in (first, again)]
    assert ids[0] == ids[1]
    one, two = await estate.world.wechat.calls(COMBINED)
    assert one["body"] == two["body"]


async def test_an_unheard_answer_leaves_it_unknown_and_the_next_call_finds_it(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    way = await start(estate, li)
    await estate.world.wechat.fault(COMBINED, drop="after")
    lost = await proceed(estate, li, way)
    assert (lost.status, lost.code) == (503, "wechat_pay_unavailable")
    assert await estate.world.db.payments.count_documents({"state": "unknown"}) == 2
    made = await proceeded(estate, li, way)
    assert await part_states(estate, made) == ["prepaid", "prepaid"]
    assert await estate.world.db.payments.count_documents({}) == 2
    await pay(estate, li, made)
    assert await part_states(estate, made) == ["paid", "paid"]


async def test_two_phones_at_once_make_one_combined_order(estate: Estate, li: Member) -> None:
    await combining(estate)
    way = await start(estate, li)
    replies = await asyncio.gather(*(proceed(estate, li, way) for _ in range(3)))
    assert {reply.status for reply in replies} <= {201, 409}
    made = [reply.body["payments"] for reply in replies if reply.status == 201]
    assert made
    assert all(each == made[0] for each in made)
    assert await estate.world.db.payments.count_documents({"open": True}) == 2


async def test_whoever_pays_one_of_its_bills_closes_all_of_it(
    estate: Estate, li: Member
) -> None:
    """The daughter pays the property fee alone: the tap that would pay both is over."""
    await combining(estate)
    way = await start(estate, li)
    made = await proceeded(estate, li, way)
    await paid(estate, await estate.member("mei"))
    assert await part_states(estate, made) == ["closed", "closed"]
    assert (await pay(estate, li, made))["result"] == "fail"
    left = await proceeded(estate, li, way)
    assert [one["payee_name"] for one in left["payments"]] == ["环卫中心"]
    assert left["left_fen"] == 0


async def test_part_of_it_is_never_handed_out_as_an_order(estate: Estate, li: Member) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    alone = await order(estate, li)
    assert alone.status == 201
    assert alone.body["payment_id"] not in {one["payment_id"] for one in made["payments"]}
    assert await part_states(estate, made) == ["closed", "closed"]


async def test_while_the_password_is_typed_nothing_is_freed(estate: Estate, li: Member) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    await pay(estate, li, made, slow=True)
    mei = await estate.member("mei")
    busy = await order(estate, mei)
    assert (busy.status, busy.code) == (409, "payment_in_progress")
    number = await number_of(estate, made)
    finish = {"out_trade_no": number, "notify": False}
    await estate.world.wechat.do("users/li/finish-payment", **finish)
    late = await order(estate, mei, await estate.bill_ids("mei"))
    assert (late.status, late.code) == (409, "bill_already_paid")
    assert await journals(estate) == 2


async def test_its_job_asks_for_the_combined_number(estate: Estate, li: Member) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    await pay(estate, li, made, notify=False)
    await pass_time(estate)
    assert await part_states(estate, made) == ["paid", "paid"]
    assert await estate.world.wechat.calls("/v3/combine-transactions/out-trade-no/")
    assert not await estate.world.wechat.calls("/v3/pay/transactions/out-trade-no/")


async def test_an_order_whose_time_is_over_is_closed_whole(estate: Estate, li: Member) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    await estate.advance(minutes=36)
    await estate.world.work()
    assert await part_states(estate, made) == ["closed", "closed"]
    assert (await pay(estate, li, made))["result"] == "fail"
    again = await estate.member("li")
    assert (await proceed(estate, again, await start(estate, again))).status == 201


async def test_a_close_that_was_not_heard_frees_nothing(estate: Estate, li: Member) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    await estate.world.wechat.fault(CLOSE, drop="before")
    await estate.world.wechat.fault(QUERY, drop="before")
    busy = await order(estate, await estate.member("mei"))
    assert (busy.status, busy.code) == (409, "payment_in_progress")
    assert await part_states(estate, made) == ["prepaid", "prepaid"]
    assert (await pay(estate, li, made))["result"] == "ok"
    assert await part_states(estate, made) == ["paid", "paid"]


async def test_a_merchant_that_is_switched_off_closes_all_of_it(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    way = await start(estate, li)
    made = await proceeded(estate, li, way)
    await change(estate, "sanitation", "combine")
    assert (await look(estate, li, way))["is_one_order"]
    await change(estate, "sanitation", "switch_off")
    assert not (await look(estate, li, way))["is_one_order"]
    await estate.world.work()
    assert await part_states(estate, made) == ["closed", "closed"]
    assert (await pay(estate, li, made))["result"] == "fail"


async def test_an_order_that_never_reached_wechat_frees_all_its_bills(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    await estate.world.wechat.fault(COMBINED, drop="before")
    assert (await proceed(estate, li, await start(estate, li))).status == 503
    await pass_time(estate)
    found = await estate.world.db.payments.find({}).to_list()
    assert [one["closed_because"] for one in found] == ["never_reached_wechat"] * 2


async def test_an_answer_about_another_combined_order_closes_nothing(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    made = await proceeded(estate, li, await start(estate, li))
    closed = [
        {**part, "trade_state": "CLOSED"} for part in (await told(estate, made))["sub_orders"]
    ]
    patch = {"combine_out_trade_no": "ANOTHER-ONE", "sub_orders": closed}
    await estate.world.wechat.fault(QUERY, match={"times": None}, body_patch=patch)
    await estate.advance(minutes=36)
    await estate.world.work()
    assert await part_states(estate, made) == ["prepaid", "prepaid"]
    await estate.world.wechat.control("DELETE", "faults")


@pytest.mark.billed("2026-01", "2026-02")
async def test_a_tap_that_would_pay_more_than_is_asked_for_is_not_handed_out_again(
    estate: Estate, li: Member
) -> None:
    """Three parts are ordered; then two of them are asked for: all three are closed first."""
    await combining(estate)
    bills = await owed(estate, li)
    another = (await estate.bill_ids("li", "waste_fee"))[0]
    named = {"$set": {"payee_name": "环卫中心二部"}}
    await estate.world.db.bills.update_one({"_id": another}, named)
    all_three = await proceeded(estate, li, await start(estate, li, bills))
    assert len(all_three["payments"]) == 3
    without = [bill for bill in bills if bill != another]
    two = await proceeded(estate, li, await start(estate, li, without))
    assert len(two["payments"]) == 2
    assert await part_states(estate, all_three) == ["closed"] * 3
    fewer = await proceeded(estate, li, await start(estate, li, without[1:]))
    assert len(fewer["payments"]) == 2
    assert fewer["amount_fen"] < two["amount_fen"]
    assert await part_states(estate, two) == ["closed"] * 2
