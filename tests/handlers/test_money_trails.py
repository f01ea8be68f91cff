"""Where is my money: a payment told step by step, to who paid it and to the cashier."""

from typing import Any

import pytest

from mongo_indexes import payees
from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, Estate
from tests.build.homes import get, post
from tests.build.offices import hire
from tests.build.payments import craft, order, ordered, paid, paid_silently, pass_time

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]

REFUND = "/v3/refund/domestic/refunds"
CASHIER = "13900000060"


async def trail(estate: Estate, who: Any, number: str) -> dict[str, Any]:
    reply = await get(estate, who, f"money-trails/{number}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def ask(estate: Estate, who: str, number: str) -> dict[str, Any]:
    reply = await post(estate, who, f"money-trails/{number}/ask")
    assert reply.status == 200, reply.body
    return dict(reply.body)


def steps(found: dict[str, Any]) -> list[str]:
    return [entry["step"] for entry in found["entries"]]


async def test_a_payment_is_told_from_the_order_to_the_receipt(estate: Estate) -> None:
    payment_id = await paid(estate, await estate.member("li"))
    found = await trail(estate, "li", payment_id)
    assert found["answer"] == "2026-03-02 51.18元已由安居物业收到。"
    assert sorted(steps(found)) == [
        "booked",
        "notice",
        "ordered",
        "paid",
        "prepared",
        "receipt",
    ]
    assert steps(found)[0] == "ordered"
    at = [entry["at"] for entry in found["entries"]]
    assert at == sorted(at)
    assert (found["state"], found["can_ask"], found["amount_fen"]) == ("paid", False, 5118)


async def test_any_number_of_it_finds_a_payment(estate: Estate) -> None:
    """The order's, the receipt's, WeChat's and the refund's."""
    payment_id = await paid(estate, await estate.member("li"))
    found = await trail(estate, "li", payment_id)
    numbers = {e["step"]: e["number"] for e in found["entries"] if e["number"]}
    for step in ("paid", "receipt", "notice"):
        assert await trail(estate, "li", numbers[step]) == found
    assert (await get(estate, "li", "money-trails/4200009999")).status == 404


async def test_a_payer_whom_wechat_told_nothing_of_asks(estate: Estate) -> None:
    payment_id = await paid_silently(estate, await estate.member("li"))
    waiting = await trail(estate, "li", payment_id)
    assert waiting["can_ask"] is True
    assert "还没有确认" in waiting["answer"]
    asked = await ask(estate, "li", payment_id)
    assert asked["state"] == "paid"
    assert "asked" in steps(asked)
    assert "notice" not in steps(asked)


async def test_money_that_came_after_an_order_was_closed_is_found_by_asking(
    estate: Estate,
) -> None:
    payment_id = await paid_silently(estate, await estate.member("li"))
    closed = {"$set": {"state": "closed", "open": False, "closed_at": estate.world.clock.now}}
    await estate.world.db.payments.update_one({"_id": payment_id}, closed)
    told = await trail(estate, "li", payment_id)
    assert "没有收到这笔款" in told["answer"]
    assert "closed" in steps(told)
    assert (await ask(estate, "li", payment_id))["state"] == "paid"


async def test_who_asks_too_soon_sees_what_is_known(estate: Estate) -> None:
    made = await ordered(estate, await estate.member("li"))
    before = len(await estate.world.wechat.calls("/v3/pay/transactions/out-trade-no"))
    for _ in range(3):
        assert (await ask(estate, "li", made["payment_id"]))["state"] == "prepaid"
    calls = await estate.world.wechat.calls("/v3/pay/transactions/out-trade-no")
    assert len(calls) - before == 1


async def test_money_that_goes_back_is_told_until_it_arrived(estate: Estate) -> None:
    """Two phones paid one bill; the refund is found by its number, too."""
    first = await paid(estate, await estate.member("li"), notify=False)
    change = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, change)
    await paid(estate, await estate.member("mei"))
    await craft(estate, first)
    found = await trail(estate, "li", first)
    assert found["answer"] == "2026-03-02 51.18元正在退回。"
    assert (found["can_ask"], "receipt" in steps(found)) == (True, False)
    number = next(e["number"] for e in found["entries"] if e["step"] == "refund_asked")
    await estate.world.advance(minutes=1)
    await estate.world.work()
    await estate.advance(minutes=30)
    done = await ask(estate, "li", number)
    assert done["answer"] == "2026-03-02 51.18元已退回。"
    assert steps(done)[-1] == "refund_done"


async def test_a_refund_that_wechat_refuses_waits_for_staff(estate: Estate) -> None:
    first = await paid(estate, await estate.member("li"), notify=False)
    change = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, change)
    await paid(estate, await estate.member("mei"))
    await craft(estate, first)
    await estate.world.wechat.fault(REFUND, http=403, code="USER_ACCOUNT_ABNORMAL")
    await pass_time(estate)
    assert "工作人员正在处理" in (await trail(estate, "li", first))["answer"]


async def test_money_that_does_not_fit_is_said_to_be_safe(estate: Estate) -> None:
    payment_id = await paid(estate, await estate.member("li"), notify=False)
    await estate.world.db.payments.update_one({"_id": payment_id}, {"$inc": {"amount_fen": 1}})
    await craft(estate, payment_id)
    await estate.world.work()
    found = await trail(estate, "li", payment_id)
    assert "不会丢失" in found["answer"]
    assert "doubted" in steps(found)


async def test_money_that_did_not_fit_and_went_back_is_said_to_be_back(estate: Estate) -> None:
    payment_id = await paid(estate, await estate.member("li"), notify=False)
    await estate.world.db.payments.update_one({"_id": payment_id}, {"$inc": {"amount_fen": 1}})
    await craft(estate, payment_id)
    await estate.world.work()
    path = f"discrepancies/firm:{payment_id}/return"
    assert (await post(estate, "admin", path)).status == 204
    await pass_time(estate)
    estate.members.clear()  # their tokens are for minutes
    found = await trail(estate, "li", payment_id)
    assert (found["state"], found["answer"]) == ("closed", "51.18元已退回。")
    [closed] = [entry for entry in found["entries"] if entry["step"] == "closed"]
    assert closed["at"] is not None


async def test_asking_about_an_order_that_wechat_refused_alarms_nobody(
    estate: Estate, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was never there; of an open order that would be an alarm."""
    await estate.world.wechat.fault("/v3/pay/transactions/jsapi", http=403, code="RULE_LIMIT")
    assert (await order(estate, await estate.member("li"))).code == "payment_refused"
    [made] = await estate.world.db.payments.find().to_list()
    await estate.advance(minutes=2)
    capsys.readouterr()
    assert (await ask(estate, "li", made["_id"]))["state"] == "closed"
    assert "order_missing_at_wechat" not in capsys.readouterr().out + caplog.text


async def test_who_paid_and_who_minds_the_money_see_it(estate: Estate) -> None:
    payment_id = await paid(estate, await estate.member("li"))
    path = f"money-trails/{payment_id}"
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=CASHIER)
    for who, status in (("staff", 200), ("admin", 200), ("mei", 404), ("wang", 404)):
        assert (await get(estate, who, path)).status == status, who
    assert (await get(estate, "head", path)).status == 404
    # the firm is paid by nobody here: what others are paid is not its business
    assert (await get(estate, cashier, path)).status == 404
    await be_paid(estate)
    assert (await get(estate, cashier, path)).status == 200


async def be_paid(estate: Estate) -> None:
    """Make the cashier's firm the payee of the property fee."""
    db = estate.world.db
    firm = await db.firms.find_one({})
    assert firm is not None
    change = {"$set": {"firm": firm["_id"], "place": COMPOUND}}
    await db[payees.COLLECTION].update_many({"account": "firm"}, change)


async def test_an_order_that_was_closed_says_when(estate: Estate) -> None:
    li = await estate.member("li")
    made = await ordered(estate, li)
    await pass_time(estate, minutes=20)
    estate.members.clear()  # their tokens are for minutes
    found = await trail(estate, "li", made["payment_id"])
    [closed] = [entry for entry in found["entries"] if entry["step"] == "closed"]
    assert closed["at"] > found["entries"][0]["at"]
    assert (await order(estate, await estate.world.sign_in("li"))).status == 201
