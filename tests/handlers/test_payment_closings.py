"""Payment cases 58-62 of docs/reference/wechat.md: orders closed, money that comes after."""

import pytest

from tests.build.cast import Estate
from tests.build.payments import (
    craft,
    journals,
    order,
    ordered,
    owing,
    paid_silently,
    pass_time,
    pay,
    state,
)
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
ORDERS = "/v3/pay/transactions/"
QUERY = r"^/v3/pay/transactions/out-trade-no/[^/]+$"
CLOSE = r"^/v3/pay/transactions/out-trade-no/[^/]+/close"


async def test_case_58_an_order_whose_time_is_over_is_closed(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    for _ in range(40):
        await estate.world.advance(minutes=1)
        await estate.world.work()
    assert await state(estate, made["payment_id"]) == "closed"
    order_there = await estate.world.wechat.get(f"orders/{made['payment_id']}")
    assert order_there["trade_state"] == "CLOSED"


async def test_case_58_the_second_phone_closes_the_first_ones_order(
    estate: Estate, li: Member
) -> None:
    """Li and the daughter pay for the same home: one order at a time."""
    first = await ordered(estate, li)
    mei = await estate.member("mei")
    second = await ordered(estate, mei)
    assert await state(estate, first["payment_id"]) == "closed"
    assert (await pay(estate, li, first))["result"] == "fail"
    assert (await pay(estate, mei, second))["result"] == "ok"
    assert await owing(estate) == 0


async def test_case_59_closing_while_somebody_types_the_password(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    assert (await pay(estate, li, made, slow=True))["result"] == "paying"
    mei = await estate.member("mei")
    refused = await order(estate, mei)
    assert (refused.status, refused.code) == (409, "payment_in_progress")
    await estate.world.wechat.do(
        "users/li/finish-payment", out_trade_no=made["payment_id"], notify=False
    )
    told = await order(estate, mei, await estate.bill_ids("mei"))
    assert (told.status, told.code) == (409, "bill_already_paid")
    assert await journals(estate) == 1


async def test_case_60_closing_an_order_that_is_paid(estate: Estate, li: Member) -> None:
    payment_id = await paid_silently(estate, li)
    mei = await estate.member("mei")
    told = await order(estate, mei)
    assert (told.status, told.code) == (409, "bill_already_paid")
    assert await state(estate, payment_id) == "paid"
    assert await journals(estate) == 1


async def test_case_61_the_payment_lands_after_the_close_timed_out(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault(CLOSE, drop="before")
    mei = await estate.member("mei")
    assert (await order(estate, mei)).code == "payment_in_progress"
    assert (await pay(estate, li, made, notify=False))["result"] == "ok"
    assert (await order(estate, mei)).code == "bill_already_paid"
    assert await state(estate, made["payment_id"]) == "paid"


async def test_case_61_nothing_is_freed_while_wechat_is_silent(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault(ORDERS, match={"times": None}, drop="before")
    mei = await estate.member("mei")
    assert (await order(estate, mei)).code == "payment_in_progress"
    await estate.world.advance(hours=3)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"


async def test_case_62_paid_after_our_own_end(estate: Estate, li: Member) -> None:
    """The password was begun in time and finished late: it is money all the same."""
    made = await ordered(estate, li)
    await pay(estate, li, made, slow=True)
    await estate.world.advance(minutes=36)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"
    await estate.world.wechat.do("users/li/finish-payment", out_trade_no=made["payment_id"])
    assert await state(estate, made["payment_id"]) == "paid"


async def test_case_62_money_for_an_order_we_hold_for_closed(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid_silently(estate, li)
    await estate.world.db.payments.update_one(
        {"_id": payment_id}, {"$set": {"state": "closed", "open": False}}
    )
    assert (await craft(estate, payment_id))["status"] == 204
    assert await state(estate, payment_id) == "paid"
    assert await owing(estate) == 0


@pytest.mark.parametrize("paid_meanwhile", [1, 2])
async def test_case_62_money_for_bills_paid_meanwhile_goes_back(
    estate: Estate, li: Member, paid_meanwhile: int
) -> None:
    wanted = (await estate.bill_ids("li"))[:paid_meanwhile]
    first = await paid_silently(estate, li)
    await estate.world.db.payments.update_one(
        {"_id": first}, {"$set": {"state": "closed", "open": False}}
    )
    mei = await estate.member("mei")
    await pay(estate, mei, await ordered(estate, mei, wanted))
    assert (await craft(estate, first))["status"] == 204
    await pass_time(estate)
    refund = await estate.world.db.refunds.find_one({"payment": first})
    assert refund is not None
    assert (refund["amount_fen"], refund["state"]) == (5_118 * paid_meanwhile, "done")
    assert await journals(estate) == 2


@pytest.mark.parametrize(
    ("voided", "reason"),
    [(2, "账单已作废,原款退回"), (1, "账单已作废,原款退回"), (0, "重复缴费退款")],
)
async def test_money_for_voided_bills_goes_back_with_the_true_reason(
    estate: Estate, li: Member, voided: int, reason: str
) -> None:
    wanted = await estate.bill_ids("li")
    payment_id = await paid_silently(estate, li)
    staff = await estate.member("staff")
    for bill_id in wanted[:voided]:
        path, wish = f"/api/v1/bills/{bill_id}/void", {"reason": "登记有误", "months": "open"}
        assert (await estate.world.api.post(path, wish, as_=staff)).status == 200
    if not voided:
        closed = {"$set": {"state": "closed", "open": False}}
        await estate.world.db.payments.update_one({"_id": payment_id}, closed)
        await pay(estate, li, await ordered(estate, li))
    assert (await craft(estate, payment_id))["status"] == 204
    refund = await estate.world.db.refunds.find_one({"payment": payment_id})
    assert refund is not None
    assert (refund["amount_fen"], refund["reason"]) == (5118 * (voided or 2), reason)
    await pass_time(estate)
    sent = await estate.world.wechat.get(f"refunds/{refund['number']}")
    assert sent["request"]["reason"] == reason


async def test_money_for_a_bill_paid_and_one_voided_goes_back_for_both_reasons(
    estate: Estate, li: Member
) -> None:
    one, other = await estate.bill_ids("li")
    first = await paid_silently(estate, li)
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, closed)
    await pay(estate, li, await ordered(estate, li, [one]))
    staff = await estate.member("staff")
    path, wish = f"/api/v1/bills/{other}/void", {"reason": "登记有误", "months": "open"}
    assert (await estate.world.api.post(path, wish, as_=staff)).status == 200
    assert (await craft(estate, first))["status"] == 204
    refund = await estate.world.db.refunds.find_one({"payment": first})
    assert refund is not None
    assert refund["reason"] == "账单已缴或已作废,原款退回"


@pytest.mark.parametrize(
    ("trade_state", "then"),
    [
        ("REVOKED", "closed"),
        ("CLOSED", "closed"),
        ("PAYERROR", "prepaid"),
        ("USERPAYING", "prepaid"),
        ("NOTPAY", "prepaid"),
        ("ACCEPT", "prepaid"),  # a state that WeChat's page does not name
    ],
)
async def test_what_each_trade_state_does(
    estate: Estate, li: Member, trade_state: str, then: str
) -> None:
    made = await ordered(estate, li)
    patch = {"trade_state": trade_state}
    await estate.world.wechat.fault(QUERY, body_patch=patch)
    await estate.world.advance(seconds=5)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == then
    assert (await owing(estate), await journals(estate)) == (2, 0)


async def test_the_receipt_tells_what_was_settled_not_what_was_paid(
    estate: Estate, li: Member
) -> None:
    """One of two bills was voided meanwhile: its half goes back and is on no receipt."""
    voided, settled = await estate.bill_ids("li")
    payment_id = await paid_silently(estate, li)
    staff, api = await estate.member("staff"), estate.world.api
    wish = {"reason": "登记有误", "months": "open"}
    assert (await api.post(f"/api/v1/bills/{voided}/void", wish, as_=staff)).status == 200
    assert (await craft(estate, payment_id))["status"] == 204
    receipt = (await api.get(f"/api/v1/payments/{payment_id}/receipt", as_=li)).body
    assert (receipt["amount_fen"], receipt["amount_capital"]) == (5118, "伍拾壹元壹角捌分")
    assert [line["bill_id"] for line in receipt["lines"]] == [settled]
