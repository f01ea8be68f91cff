"""Payment cases 51-57, 63 of docs/reference/wechat.md: orders made, repeated and refused."""

import asyncio
from typing import Any

import pytest

from tests.build.cast import Estate
from tests.build.payments import (
    craft,
    order,
    ordered,
    owing,
    paid_silently,
    pay,
    state,
)
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
PREPAY = "/v3/pay/transactions/jsapi"


async def test_case_51_prepay_answer_lost_the_next_call_gets_the_same_order(
    estate: Estate, li: Member
) -> None:
    await estate.world.wechat.fault(PREPAY, drop="after")
    lost = await order(estate, li)
    assert (lost.status, lost.code) == (503, "wechat_pay_unavailable")
    payment_id = lost.body["details"]["payment_id"]
    assert await state(estate, payment_id) == "unknown"

    made = await ordered(estate, li)
    assert made["payment_id"] == payment_id
    await pay(estate, li, made)
    assert await state(estate, payment_id) == "paid"


async def test_case_52_a_repeat_is_sent_byte_for_byte(estate: Estate, li: Member) -> None:
    await ordered(estate, li)
    await estate.world.advance(seconds=40)
    await ordered(estate, li)
    first, second = await estate.world.wechat.calls(PREPAY)
    assert first["body"] == second["body"]
    assert (first["status"], second["status"]) == (200, 200)


async def test_case_52_a_refused_repeat_offers_nothing_to_pay(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault(
        PREPAY, http=400, code="INVALID_REQUEST", message="请求重入"
    )
    refused = await order(estate, li)
    assert refused.status == 503
    # The first order may still be paid with the first prepay id: its bills are not free.
    assert await state(estate, made["payment_id"]) == "prepaid"
    answer = await pay(estate, li, made)
    assert answer["result"] == "ok"
    await estate.world.advance(seconds=60)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "paid"


async def test_case_53_a_prepay_id_older_than_two_hours(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    await estate.world.advance(hours=2, seconds=1)
    assert (await pay(estate, li, made))["result"] == "fail"
    li.token = (await estate.world.sign_in("li")).token
    again = await ordered(estate, li)
    assert again["payment_id"] != made["payment_id"]
    assert (await pay(estate, li, again))["result"] == "ok"


@pytest.mark.parametrize(
    ("http", "code", "status", "told", "then"),
    [
        (400, "ORDERPAID", 409, "payment_in_progress", "unknown"),
        (400, "ORDER_PAID", 409, "payment_in_progress", "unknown"),
        (403, "OUT_TRADE_NO_USED", 503, "wechat_pay_unavailable", "unknown"),
        (400, "ORDER_CLOSED", 409, "payment_in_progress", "unknown"),
        (400, "APPID_MCHID_NOT_MATCH", 503, "payee_unavailable", "closed"),
        (403, "NO_AUTH", 503, "payee_unavailable", "closed"),
        (403, "RULE_LIMIT", 409, "payment_refused", "closed"),
    ],
)
async def test_case_54_refused_orders(
    estate: Estate, li: Member, http: int, code: str, status: int, told: str, then: str
) -> None:
    await estate.world.wechat.fault(PREPAY, http=http, code=code)
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (status, told)
    document = await estate.world.db.payments.find_one({})
    assert document is not None
    assert document["state"] == then
    assert (await order(estate, li)).status == 201


async def test_case_55_too_many_requests(estate: Estate, li: Member) -> None:
    await estate.world.wechat.fault(PREPAY, http=429, code="FREQUENCY_LIMITED")
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (503, "wechat_pay_unavailable")
    assert reply.headers["Retry-After"] == "3"
    assert (await order(estate, li)).status == 201


async def test_case_56_system_error_then_ok(estate: Estate, li: Member) -> None:
    await estate.world.wechat.fault(PREPAY, http=500, code="SYSTEM_ERROR")
    assert (await order(estate, li)).code == "wechat_pay_unavailable"
    made = await ordered(estate, li)
    assert await estate.world.db.payments.count_documents({}) == 1
    await pay(estate, li, made)
    assert await owing(estate) == 0


@pytest.mark.parametrize("sign", ["bad", "missing", "stale", "unknown_serial"])
async def test_case_57_a_good_answer_badly_signed_is_no_answer(
    estate: Estate, li: Member, sign: str
) -> None:
    await estate.world.wechat.fault(PREPAY, sign=sign)
    assert (await order(estate, li)).code == "wechat_pay_unavailable"
    document = await estate.world.db.payments.find_one({})
    assert document is not None
    assert (document["state"], document["open"]) == ("unknown", True)
    assert (await order(estate, li)).status == 201


async def test_case_63_a_double_tap_makes_one_order(estate: Estate, li: Member) -> None:
    wanted = await estate.bill_ids("li")
    replies = await asyncio.gather(*(order(estate, li, wanted) for _ in range(5)))
    assert {r.status for r in replies} <= {201, 409}
    assert {r.body["payment_id"] for r in replies if r.status == 201}
    open_orders = await estate.world.db.payments.count_documents({"open": True})
    assert open_orders == 1


async def test_case_63_two_phones_at_once_make_one_open_order(
    estate: Estate, li: Member
) -> None:
    mei = await estate.member("mei")
    wanted = await estate.bill_ids("li")
    await asyncio.gather(*(order(estate, w, wanted) for w in (li, mei, li, mei)))
    assert await estate.world.db.payments.count_documents({"open": True}) <= 1


async def test_case_63_the_same_key_gets_the_same_answer(estate: Estate, li: Member) -> None:
    body = {"bill_ids": await estate.bill_ids("li")}
    api = estate.world.api
    first = await api.post("/api/v1/payments", body, as_=li, key="tap-1")
    again = await api.post("/api/v1/payments", body, as_=li, key="tap-1")
    other = await api.post("/api/v1/payments", {"bill_ids": ["x"]}, as_=li, key="tap-1")
    assert (first.status, first.raw) == (again.status, again.raw)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


async def test_a_repeat_after_a_crash_waits_for_nobody(estate: Estate, li: Member) -> None:
    """The process died after it made the order and before it kept its answer."""
    body, api = {"bill_ids": await estate.bill_ids("li")}, estate.world.api
    first = await api.post("/api/v1/payments", body, as_=li, key="tap-1")
    left = {"$set": {"state": "running", "owner": "dead:1", "answer_sealed": ""}}
    await estate.world.db.idempotency_keys.update_one({}, left)
    again = await api.post("/api/v1/payments", body, as_=li, key="tap-1")
    assert again.status == 201, again.body
    assert again.body["payment_id"] == first.body["payment_id"]


async def test_property_fee_and_waste_fee_are_never_one_payment(
    estate: Estate, li: Member
) -> None:
    mixed = [b["bill_id"] for b in await estate.bills("li")]
    reply = await order(estate, li, mixed)
    assert (reply.status, reply.code) == (422, "different_payees")


async def test_nobody_pays_or_sees_for_another_home(estate: Estate, li: Member) -> None:
    wang = await estate.member("wang")
    theirs = await estate.bill_ids("wang")
    assert (await order(estate, li, theirs)).status == 404
    made = await ordered(estate, wang)
    path = f"/api/v1/payments/{made['payment_id']}"
    assert (await estate.world.api.get(path, as_=li)).status == 404
    assert (await estate.world.api.get(f"{path}/receipt", as_=li)).status == 404
    assert (await estate.world.api.get(path, as_=wang)).status == 200


async def test_a_bill_paid_while_the_order_is_made(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking at the bills and writing the order, somebody else's money lands."""
    from services.payments import orders  # noqa: PLC0415  # slowed down below

    payment_id = await paid_silently(estate, li)
    change = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": payment_id}, change)
    whole = orders.read

    async def slow(*arguments: Any) -> Any:
        sources = await whole(*arguments)
        assert (await craft(estate, payment_id))["status"] == 204
        return sources

    monkeypatch.setattr(orders, "read", slow)
    reply = await order(estate, await estate.member("mei"))
    assert (reply.status, reply.code) == (409, "bill_already_paid")
    assert await estate.world.db.payments.count_documents({"open": True}) == 0


async def test_an_open_order_is_handed_out_for_exactly_its_bills_only(
    estate: Estate, li: Member
) -> None:
    """Neither for one of them (too much would be paid) nor for more (too little)."""
    one, other = await estate.bill_ids("li")
    both = await ordered(estate, li, [one, other])
    again = await ordered(estate, li, [other, one])
    assert again["payment_id"] == both["payment_id"]
    fewer = await ordered(estate, li, [one])
    assert (fewer["payment_id"] != both["payment_id"], fewer["amount_fen"]) == (True, 5118)
    assert await state(estate, both["payment_id"]) == "closed"
    more = await ordered(estate, li, [one, other])
    assert (more["payment_id"] != fewer["payment_id"], more["amount_fen"]) == (True, 10_236)
