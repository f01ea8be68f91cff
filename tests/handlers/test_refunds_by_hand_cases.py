"""Refund cases 65-72 of docs/reference/wechat.md, of refunds that staff asked for."""

import asyncio
from typing import Any

import pytest

from tests.build.cast import Estate
from tests.build.payments import owing, paid, pass_time
from tests.build.refund_requests import NO, YES, approved, ask, asked, colleague, decide, shown
from tests.build.refunds import REFUND
from tests.build.refunds import asked as asked_wechat
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


@pytest.fixture
async def payment(estate: Estate, li: Member) -> str:
    return await paid(estate, li)


async def get(estate: Estate, path: str, who: str) -> dict[str, Any]:
    reply = await estate.world.api.get(f"/api/v1/{path}", as_=await estate.member(who))
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def test_case_70_of_two_requests_at_once_one_has_the_money(
    estate: Estate, li: Member
) -> None:
    """Asked by two people, whether or not the payment had a request before."""
    await colleague(estate)
    first, second = await estate.bill_ids("li")
    payment = await paid(estate, li)
    people = [await estate.member(name) for name in ("staff", "colleague", "staff")]
    for bill, fens in ((first, (3000, 3000, 3000)), (second, (FEE, 1, FEE))):
        wishes = [{"bills": [{"bill_id": bill, "amount_fen": fen}]} for fen in fens]
        asks = zip(people, wishes, strict=True)
        replies = await asyncio.gather(*(ask(estate, payment, p, **w) for p, w in asks))
        assert sorted(reply.status for reply in replies) == [201, 409, 409]
        assert {r.code for r in replies if r.status == 409} == {"refund_exceeds_paid"}
    kept = await estate.world.db.refund_reserves.find_one({"_id": payment})
    assert kept is not None
    assert kept["fen"][first] == 3000
    assert kept["fen"][second] in {FEE, 1}


async def test_case_71_after_a_year_neither_asked_for_nor_approved(
    estate: Estate, payment: str
) -> None:
    made = await asked(estate, payment)
    await estate.advance(days=365, minutes=1)
    late = await ask(estate, payment, await estate.member("staff"))
    assert (late.status, late.code) == (409, "refund_too_late")
    late = await decide(estate, made["request_id"], YES, await estate.member("admin"))
    assert (late.status, late.code) == (409, "refund_too_late")


async def test_case_71_the_fiftieth_is_refused_before_wechat_refuses_it(
    estate: Estate, payment: str
) -> None:
    made = await asked(
        estate, payment, bills=[{"bill_id": await first_paid(estate), "amount_fen": 1}]
    )
    many = {"$set": {"sent": 49}}
    await estate.world.db.refund_reserves.update_one({"_id": payment}, many)
    reply = await ask(estate, payment, await estate.member("staff"))
    assert (reply.status, reply.code) == (409, "too_many_refunds")
    reply = await decide(estate, made["request_id"], YES, await estate.member("admin"))
    assert (reply.status, reply.code) == (409, "too_many_refunds")


async def first_paid(estate: Estate) -> str:
    return str((await estate.bills("li", "paid"))[0]["bill_id"])


async def test_case_71_two_refunds_of_an_order_are_a_minute_apart(
    estate: Estate, li: Member
) -> None:
    bills = await estate.bill_ids("li")
    payment = await paid(estate, li)
    for bill in bills:
        await approved(estate, payment, bills=[{"bill_id": bill}])
    await estate.world.work()
    assert len(await asked_wechat(estate)) == 1
    await pass_time(estate)
    assert {call["status"] for call in await asked_wechat(estate)} == {200}
    assert await owing(estate) == 2


async def test_case_65_bills_stay_paid_while_wechat_is_at_it(
    estate: Estate, payment: str
) -> None:
    await estate.world.wechat.do("settings", refunds={"outcome": "PROCESSING"})
    made = await approved(estate, payment)
    await pass_time(estate)
    assert (await shown(estate, made["request_id"]))["state"] == "approved"
    assert await owing(estate) == 0
    again = await ask(estate, payment, await estate.member("staff"))
    assert (again.status, again.code) == (409, "nothing_to_refund")
    late = await decide(estate, made["request_id"], NO, await estate.member("admin"))
    assert (late.status, late.code) == (409, "refund_moved_on")
    number = made["refund_number"]
    await estate.world.wechat.do(f"refunds/{number}/settle", status="SUCCESS")
    await estate.world.wechat.do(f"refunds/{number}/notify")
    assert (await shown(estate, made["request_id"]))["state"] == "done"
    assert await owing(estate) == 2
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 1


@pytest.mark.parametrize("status", ["ABNORMAL", "CLOSED"])
async def test_cases_66_and_67_what_wechat_cannot_place_waits_on_the_work_list(
    estate: Estate, payment: str, status: str
) -> None:
    await estate.world.wechat.do("settings", refunds={"outcome": "PROCESSING"})
    made = await approved(estate, payment)
    await estate.world.work()
    number = made["refund_number"]
    await estate.world.wechat.do(f"refunds/{number}/settle", status=status)
    stuck = await get(estate, "refunds", "admin")
    assert [row["refund_id"] for row in stuck["items"]] == [number]
    assert await owing(estate) == 0
    await estate.world.wechat.do("settings", refunds={"outcome": "SUCCESS"})
    if status == "ABNORMAL":
        await estate.world.wechat.do(f"refunds/{number}/settle", status="SUCCESS")
    path = f"/api/v1/refunds/{number}/retry"
    reply = await estate.world.api.post(path, as_=await estate.member("admin"))
    assert reply.status == (409 if status == "ABNORMAL" else 202)
    await pass_time(estate)
    assert (await shown(estate, made["request_id"]))["state"] == "done"
    assert await owing(estate) == 2


async def test_case_68_what_the_merchant_lacks_goes_back_when_it_is_there(
    estate: Estate, payment: str
) -> None:
    await estate.world.wechat.fault(REFUND, http=403, code="NOT_ENOUGH")
    made = await approved(estate, payment)
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await shown(estate, made["request_id"]))["state"] == "approved"
    assert await owing(estate) == 0
    await pass_time(estate, minutes=61)
    estate.members.clear()  # their tokens are for minutes
    assert (await shown(estate, made["request_id"]))["state"] == "done"
    assert await owing(estate) == 2
    assert len({call["body"]["out_refund_no"] for call in await asked_wechat(estate)}) == 1


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_case_69_a_lost_answer_makes_no_second_refund(
    estate: Estate, payment: str, drop: str
) -> None:
    await estate.world.wechat.fault(REFUND, drop=drop)
    await approved(estate, payment)
    await estate.world.advance(minutes=1)
    await pass_time(estate)
    order = await estate.world.wechat.get(f"orders/{payment}")
    assert len(order["refund_nos"]) == 1
    assert await owing(estate) == 2


async def test_case_72_told_before_the_answer_it_is_booked_once(
    estate: Estate, payment: str
) -> None:
    plan = {"outcome": "SUCCESS", "after_seconds": 0}
    await estate.world.wechat.do("settings", refunds=plan)
    await approved(estate, payment)
    await pass_time(estate)
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 1
    assert await owing(estate) == 2
