"""Money on its way back: the cases of WECHAT.md §8 that the automatic refund meets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests import books
from tests.cast import Estate, build
from tests.world import World

REFUND = "/v3/refund/domestic/refunds"


@pytest.fixture
async def estate(world: World) -> AsyncIterator[Estate]:
    built = await build(world, periods=("2026-01",))
    yield built
    await books.check(world)


@pytest.fixture
async def overpaid(estate: Estate) -> str:
    """Two phones paid the same bill: the second payment has to go back."""
    first = await pay(estate, "li", notify=False)
    change = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, change)
    second = await pay(estate, "mei", notify=True)
    assert first != second
    answer = await estate.world.wechat.do("notify", out_trade_no=first)
    assert answer["status"] == 204
    return first


async def pay(estate: Estate, name: str, *, notify: bool) -> str:
    who = await estate.member(name)
    wish = {"bill_ids": await estate.bill_ids(name)}
    made = (await estate.world.api.post("/api/v1/payments", wish, as_=who)).body
    paid = await estate.world.wechat.do(
        f"users/{name}/pay", **made["pay_params"], notify=notify
    )
    assert paid["result"] == "ok", paid
    return str(made["payment_id"])


async def refund_of(estate: Estate, payment_id: str) -> dict[str, Any]:
    found = await estate.world.db.refunds.find_one({"payment": payment_id})
    assert found is not None
    return dict(found)


async def asked(estate: Estate) -> list[dict[str, Any]]:
    calls = await estate.world.wechat.journal(REFUND)
    return [call for call in calls if call["method"] == "POST" and call["path"] == REFUND]


async def pass_time(estate: Estate, *, minutes: int = 2, times: int = 3) -> None:
    for _ in range(times):
        await estate.world.work()
        await estate.world.advance(minutes=minutes)


async def test_case_64_accepted_then_told_it_is_done(estate: Estate, overpaid: str) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await refund_of(estate, overpaid))["state"] == "sent"
    await pass_time(estate)
    refund = await refund_of(estate, overpaid)
    assert (refund["state"], refund["amount_fen"]) == ("done", 5118)
    li = await estate.member("li")
    inbox = await estate.world.api.get("/api/v1/me/messages", as_=li)
    assert "refund_done" in {message["template"] for message in inbox.body["items"]}


async def test_case_64_told_twice_it_is_booked_once(estate: Estate, overpaid: str) -> None:
    await pass_time(estate)
    number = (await refund_of(estate, overpaid))["_id"]
    told = [estate.world.wechat.do(f"refunds/{number}/notify") for _ in range(3)]
    assert {answer["status"] for answer in await asyncio.gather(*told)} <= {204}
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 1


async def test_case_68_the_merchants_balance_is_too_low_then_ok(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.wechat.fault({"path": REFUND}, {"http": 403, "code": "NOT_ENOUGH"})
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await refund_of(estate, overpaid))["state"] == "requested"
    await pass_time(estate, minutes=61)
    first, *rest = await asked(estate)
    assert rest
    assert (await refund_of(estate, overpaid))["state"] == "done"
    assert all(call["body"] == first["body"] for call in rest)


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_case_69_an_answer_that_was_lost_makes_no_second_refund(
    estate: Estate, overpaid: str, drop: str
) -> None:
    await estate.world.wechat.fault({"path": REFUND}, {"drop": drop})
    await estate.world.advance(minutes=1)
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "done"
    # A lost acceptance may be healed by WeChat's notice before we ask again.
    assert len({str(call["body"]) for call in await asked(estate)}) == 1
    order = await estate.world.wechat.control("GET", f"orders/{overpaid}")
    assert len(order["refund_nos"]) == 1


async def test_case_66_a_refund_the_card_cannot_take_waits_for_a_person(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    await estate.world.wechat.do(f"refunds/{number}/settle", status="ABNORMAL")
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "abnormal"
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 0


async def test_case_67_a_refund_wechat_gave_up_is_failed(estate: Estate, overpaid: str) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    await estate.world.wechat.do(f"refunds/{number}/settle", status="CLOSED")
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "failed"


async def test_a_refund_notice_that_is_forged_changes_nothing(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    answer = await estate.world.wechat.do(f"refunds/{number}/notify", sign="bad")
    assert answer["status"] == 401
    assert (await refund_of(estate, overpaid))["state"] == "sent"
