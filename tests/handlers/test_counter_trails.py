"""Where is my money: what was paid at the counter is told like a payment in WeChat."""

from datetime import timedelta
from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build import prepayment_returns
from tests.build.cast import COMPOUND, Estate
from tests.build.homes import get, newcomer, post
from tests.build.offices import hire
from tests.build.prepayments import take
from tests.build.refund_requests import approved, asked
from tests.build.sign_ins import Member
from tests.handlers.test_debts import BUYER, sell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]
CASHIER = "13900000061"


@pytest.fixture
async def payment(estate: Estate) -> str:
    """A transfer that staff booked for what Li's home owes."""
    slip = {"way": "transfer", "voucher": "T-0001"}
    body = {"bill_ids": await estate.bill_ids("li"), **slip}
    reply = await post(estate, "staff", "counter-payments", **body)
    assert reply.status == 201, reply.body
    return str(reply.body["payment_id"])


async def trail(estate: Estate, who: Member | str, number: str) -> dict[str, Any]:
    reply = await get(estate, who, f"money-trails/{number}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


def steps(found: dict[str, Any]) -> list[str]:
    return [entry["step"] for entry in found["entries"]]


async def test_it_is_told_from_the_slip_to_the_receipt(estate: Estate, payment: str) -> None:
    found = await trail(estate, "li", payment)
    assert steps(found) == ["paid", "booked", "receipt"]
    assert found["answer"] == "2026-03-02 51.18元已由安居物业收到。"
    first = found["entries"][0]
    assert first["text"] == "银行转账缴1张账单,共51.18元"
    assert first["number"] == "T-0001"
    assert (found["state"], found["can_ask"], found["amount_fen"]) == ("paid", False, 5118)


async def test_its_receipt_and_a_refund_of_it_find_it(estate: Estate, payment: str) -> None:
    found = await trail(estate, "staff", payment)
    receipt = found["entries"][-1]["number"]
    assert await trail(estate, "staff", receipt) == found
    made = await asked(estate, payment, counter=True)
    by_refund = await trail(estate, "staff", made["number"])
    assert by_refund["payment_id"] == payment
    assert steps(by_refund)[-1] == "refund_proposed"
    assert by_refund["answer"].endswith(",51.18元的退款正在审批。")


async def test_money_that_was_paid_out_is_told(estate: Estate, payment: str) -> None:
    made = await approved(estate, payment, counter=True)
    waiting = await trail(estate, "li", payment)
    assert waiting["answer"].endswith(",51.18元的退款已批准,请到收款单位领取。")
    wish = {"way": "transfer", "voucher": "R-0001"}
    path = f"refund-requests/{made['request_id']}/payout"
    assert (await post(estate, "staff", path, **wish)).status == 200
    found = await trail(estate, "li", payment)
    assert found["answer"].endswith(",51.18元已退回。")
    last = found["entries"][-1]
    assert (last["step"], last["number"]) == ("refund_done", "R-0001")


async def test_what_was_paid_in_advance_is_told_to_the_household(
    estate: Estate, payment: str
) -> None:
    made = await take(estate, await estate.member("staff"), months=1)
    assert (made.status, payment == made.body["payment_id"]) == (201, False), made.body
    number = made.body["payment_id"]
    found = await trail(estate, "li", number)
    assert found["entries"][0]["text"].startswith("现金预存物业费")
    assert (await get(estate, "wang", f"money-trails/{number}")).status == 404


async def test_prepaid_money_that_is_given_back_is_told(estate: Estate, payment: str) -> None:
    made = await take(estate, await estate.member("staff"), months=1)
    assert (made.status, payment == made.body["payment_id"]) == (201, False), made.body
    number, [kept] = (
        made.body["receipt_number"],
        await estate.world.db.prepayments.find().to_list(),
    )
    given = await prepayment_returns.approved(estate, kept["_id"])
    waiting = await trail(estate, "li", number)
    assert steps(waiting)[-2:] == ["refund_proposed", "refund_decided"]
    assert waiting["answer"].endswith(",预存款51.18元已批准退还,请到收款单位领取。")
    done = await prepayment_returns.pay_out(estate, given, await estate.member("staff"))
    assert done.status == 200, done.body
    found = await trail(estate, "li", number)
    last = found["entries"][-1]
    assert (last["step"], last["number"]) == ("refund_done", "T-1")
    assert (last["text"], last["amount_fen"]) == ("预存款51.18元已用银行转账退还", 5118)
    assert found["answer"].endswith(",预存款51.18元已退还。")
    moved_out = {"$set": {"asked_at": estate.world.clock.now - timedelta(days=1)}}
    await estate.world.db.prepayment_returns.update_one({"_id": given}, moved_out)
    assert "refund_done" not in steps(await trail(estate, "staff", number))


@pytest.mark.parametrize("sold", ["2026-03-12", "2026-03-01"])  # later, and entered late
async def test_who_sold_the_home_is_told_of_their_prepaid_money(
    estate: Estate, payment: str, sold: str
) -> None:
    made = await take(estate, await estate.member("staff"), months=1)
    assert (made.status, payment == made.body["payment_id"]) == (201, False), made.body
    number, [kept] = (
        made.body["receipt_number"],
        await estate.world.db.prepayments.find().to_list(),
    )
    await estate.advance(days=20)
    await sell(estate, sold)
    await prepayment_returns.approved(estate, kept["_id"])
    found = await trail(estate, "li", number)
    assert steps(found)[-2:] == ["refund_proposed", "refund_decided"]
    assert found["answer"].endswith(",预存款51.18元已批准退还,请到收款单位领取。")
    buyer = await newcomer(estate, "buyer", BUYER)
    assert (await get(estate, buyer, f"money-trails/{number}")).status == 404


async def test_wechat_is_not_asked_about_it(estate: Estate, payment: str) -> None:
    reply = await post(estate, "li", f"money-trails/{payment}/ask")
    assert (reply.status, reply.body["can_ask"]) == (200, False)
    assert not await estate.world.wechat.calls("/v3/pay/transactions/out-trade-no")


async def test_who_sees_it(estate: Estate, payment: str) -> None:
    path, db = f"money-trails/{payment}", estate.world.db
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=CASHIER)
    for who, status in (("staff", 200), ("admin", 200), ("wang", 404), ("head", 404)):
        assert (await get(estate, who, path)).status == status, who
    # the firm is paid by nobody here: what others are paid is not its business
    assert (await get(estate, cashier, path)).status == 404
    firm = await db.firms.find_one({})
    assert firm is not None
    change = {"$set": {"firm": firm["_id"], "place": COMPOUND}}
    await db.payees.update_many({"account": "firm"}, change)
    assert (await get(estate, cashier, path)).status == 200
