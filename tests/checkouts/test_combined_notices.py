"""Notices of combined orders: what fits is booked once, what does not is asked about."""

import asyncio
from typing import Any

import pytest

from services.payments import notices as payments_notices
from tests.build.cast import Estate
from tests.build.checkouts import (
    combining,
    look,
    notified,
    part_states,
    parts,
    proceed,
    proceeded,
    start,
    told,
)
from tests.build.payments import journals, owing, pay
from tests.build.sign_ins import Member
from tests.build.trade_bills import next_morning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]
QUERY = r"^/v3/combine-transactions/out-trade-no/[^/]+$"


async def prepaid(estate: Estate, li: Member) -> dict[str, Any]:
    """A combined order that waits for its tap."""
    await combining(estate)
    return await proceeded(estate, li, await start(estate, li))


async def paid_silently(estate: Estate, li: Member) -> dict[str, Any]:
    """One that is paid, and of which WeChat told us nothing."""
    made = await prepaid(estate, li)
    assert (await pay(estate, li, made, notify=False))["result"] == "ok"
    return made


def with_part(plain: dict[str, Any], number: int, **change: Any) -> dict[str, Any]:
    """The same with one part told differently."""
    subs = list(plain["sub_orders"])
    subs[number] = {**subs[number], **change}
    return {**plain, "sub_orders": subs}


@pytest.mark.parametrize("how", ["twice", "simultaneous"])
async def test_cases_32_and_33_two_notices_book_each_part_once(
    estate: Estate, li: Member, how: str
) -> None:
    answer = await pay(estate, li, await prepaid(estate, li), notify=how)
    assert [each["status"] for each in answer["notices"]] == [204, 204]
    assert await journals(estate) == 2


async def test_case_33_different_notices_a_query_and_a_look_at_once(
    estate: Estate, li: Member
) -> None:
    made = await prepaid(estate, li)
    await pay(estate, li, made, notify=False)
    way = await start(estate, li)
    crafted = [notified(estate, made, event={"id": f"EV-{n}"}) for n in range(4)]
    *answers, _ = await asyncio.gather(*crafted, look(estate, li, way))
    assert {answer["status"] for answer in answers} == {204}
    assert await journals(estate) == 2
    assert await owing(estate) == 0


async def test_case_34_the_notice_overtakes_the_prepay_answer(
    estate: Estate, li: Member
) -> None:
    await combining(estate)
    await estate.world.wechat.do("users/li/pay", notify="early")
    late = await proceed(estate, li, await start(estate, li))
    assert (late.status, late.code) == (409, "bill_already_paid")
    assert await journals(estate) == 2


async def test_case_36_a_process_that_dies_between_two_parts_books_the_rest_later(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, whole, done = await paid_silently(estate, li), payments_notices.booking.book, []

    async def dies(*arguments: Any, **options: Any) -> None:
        if done:
            raise OSError("the process is gone")
        done.append(arguments)
        await whole(*arguments, **options)

    with monkeypatch.context() as broken:
        broken.setattr(payments_notices.booking, "book", dies)
        assert (await notified(estate, made, event={"id": "EV-1"}))["status"] >= 500
    assert sorted(await part_states(estate, made)) == ["paid", "prepaid"]
    assert (await notified(estate, made, event={"id": "EV-1"}))["status"] == 204
    assert await part_states(estate, made) == ["paid", "paid"]
    assert await journals(estate) == 2


async def test_case_38_a_forged_notice_changes_nothing(estate: Estate, li: Member) -> None:
    made = await paid_silently(estate, li)
    assert (await notified(estate, made, sign="bad"))["status"] == 401
    assert await journals(estate) == 0


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"amount": {"total_amount": 1, "currency": "CNY"}}, "amount"),
        ({"amount": {"total_amount": 500, "currency": "USD"}}, "currency"),
        ({"mchid": "1900009999"}, "other_merchant"),
        ({"out_trade_no": "nobody000000000000"}, "unknown_order"),
        ({"trade_state": "NOTPAY"}, "not_success"),
    ],
)
async def test_cases_45_to_48_a_part_that_does_not_fit_is_doubted_and_the_other_is_booked(
    estate: Estate, li: Member, change: dict[str, Any], doubt: str
) -> None:
    made = await paid_silently(estate, li)
    resource = with_part(await told(estate, made), 1, **change)
    assert (await notified(estate, made, resource=resource))["status"] == 204
    assert await part_states(estate, made) == ["paid", "prepaid"]
    [row] = await estate.world.db.discrepancies.find().to_list()
    assert doubt in row["doubts"]
    await estate.world.work()  # WeChat, asked for the combined number, knows better
    assert await part_states(estate, made) == ["paid", "paid"]


async def test_case_45_what_wechat_confirms_goes_to_suspense_part_by_part(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    amount = {"total_amount": 7, "payer_amount": 7, "currency": "CNY"}
    resource = with_part(await told(estate, made), 1, amount=amount)
    patch = {"sub_orders": resource["sub_orders"]}
    await estate.world.wechat.fault(QUERY, match={"times": None}, body_patch=patch)
    await notified(estate, made, resource=resource)
    await estate.world.work()
    assert await part_states(estate, made) == ["paid", "suspended"]
    [row] = await estate.world.db.discrepancies.find().to_list()
    assert (row["state"], row["amount_fen"]) == ("in_suspense", 7)
    await estate.world.wechat.control("DELETE", "faults")


async def test_case_46_a_part_of_another_combined_order_is_doubted(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    other = {**await told(estate, made), "combine_out_trade_no": "ANOTHER-ONE"}
    assert (await notified(estate, made, resource=other))["status"] == 204
    assert await journals(estate) == 0
    rows = await estate.world.db.discrepancies.find().to_list()
    assert [row["doubts"] for row in rows] == [["other_combined"]] * 2


async def test_case_46_an_order_of_another_merchants_placing_is_doubted(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    other = {**await told(estate, made), "combine_mchid": "1900009999"}
    assert (await notified(estate, made, resource=other))["status"] == 204
    assert await journals(estate) == 0


async def test_case_82_at_the_usual_address_it_credits_nothing(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    account = (await parts(estate, made))[0]["combined"]["account"]
    usual = f"{estate.world.api.base}/wx/pay/notify/{account}"
    assert (await notified(estate, made, url=usual))["status"] == 422
    assert await journals(estate) == 0
    assert await estate.world.db.wechat_events.count_documents({}) == 0


async def test_case_82_a_part_told_like_an_order_of_its_own_credits_nothing(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    part = (await parts(estate, made))[0]
    usual = f"{estate.world.api.base}/wx/pay/notify/{part['account']}"
    plain = (await told(estate, made))["sub_orders"][0]
    client = estate.world.deps.merchants[part["account"]]
    alone = {**plain, "appid": client.account.appid}
    alone["amount"] = {"total": part["amount_fen"], "currency": "CNY"}
    answer = await notified(estate, made, url=usual, resource=alone)
    assert answer["status"] == 204
    await estate.world.work()
    [row] = await estate.world.db.discrepancies.find({"doubts": "other_combined"}).to_list()
    assert row["out_trade_no"] == part["_id"]
    assert (await parts(estate, made))[0]["state"] == "prepaid"


async def test_an_order_at_the_address_of_combined_ones_credits_nothing(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    plain = (await told(estate, made))["sub_orders"][0]
    answer = await notified(estate, made, resource={**plain, "appid": "wx"})
    assert answer["status"] == 422


async def test_the_daily_bill_finds_parts_of_which_nobody_was_told(
    estate: Estate, li: Member
) -> None:
    made = await paid_silently(estate, li)
    await estate.world.db.outbox.delete_many({"kind": "payments.check"})
    await next_morning(estate)
    assert await part_states(estate, made) == ["paid", "paid"]
    days = await estate.world.db.reconciliations.find({"day": "2026-03-02"}).to_list()
    states = {day["account"]: day["state"] for day in days}
    assert states["firm"] == states["sanitation"] == "closed"


async def test_what_a_part_paid_too_much_goes_back_from_its_own_merchant(
    estate: Estate, li: Member
) -> None:
    """Its bills were void in the meantime: each merchant gives back its own part."""
    made = await paid_silently(estate, li)
    ids = [part["_id"] for part in await parts(estate, made)]
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_many({"_id": {"$in": ids}}, closed)
    again = await proceeded(estate, li, await start(estate, li))
    assert (await pay(estate, li, again))["result"] == "ok"
    assert (await notified(estate, made))["status"] == 204
    await estate.world.work()
    await estate.world.advance(minutes=2)
    await estate.world.work()
    back = await estate.world.db.refunds.find({"payment": {"$in": ids}}).to_list()
    assert sorted(one["account"] for one in back) == ["firm", "sanitation"]
    assert {one["state"] for one in back} == {"done"}


async def test_the_trail_of_a_part_says_that_it_was_paid_together(
    estate: Estate, li: Member
) -> None:
    made = await prepaid(estate, li)
    await pay(estate, li, made)
    for one in made["payments"]:
        path = f"/api/v1/money-trails/{one['payment_id']}"
        trail = (await estate.world.api.get(path, as_=li)).body
        steps = [entry["step"] for entry in trail["entries"]]
        assert any("一次支付" in entry["text"] for entry in trail["entries"])
        assert {"notice", "booked", "receipt"} <= set(steps)
    path = f"/api/v1/money-trails/{made['payments'][0]['payment_id']}/ask"
    assert (await estate.world.api.post(path, {}, as_=li)).body["state"] == "paid"
