"""Refunds by hand over HTTP: money of a WeChat payment goes back, by decision of two."""

import asyncio
from typing import Any

import pytest

from services.ledger import actions as ledger
from services.ledger.models import receivable, wechat_cash
from tests.build.cast import LI_HOME, Estate
from tests.build.payments import owing, paid, pass_time
from tests.build.refund_requests import NO, REASON, YES, approved, ask, asked, decide, shown
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


async def test_all_of_a_payment_goes_back_once_wechat_says_so(
    estate: Estate, payment: str
) -> None:
    made = await approved(estate, payment)
    assert (made["state"], made["amount_fen"]) == ("approved", 2 * FEE)
    assert await owing(estate) == 0  # until WeChat's word
    await pass_time(estate)
    estate.members.clear()
    done = await shown(estate, made["request_id"])
    assert (done["state"], done["refund_number"]) == ("done", f"H{payment}01")
    assert await owing(estate) == 2
    deps = estate.world.deps
    assert await ledger.balance(deps, wechat_cash("firm")) == 0
    for line in made["lines"]:
        assert await ledger.balance(deps, receivable(line["bill_id"])) == FEE
    [call] = await asked_wechat(estate)
    assert call["body"]["reason"] == REASON


async def test_a_part_of_one_bill_goes_back_and_the_receipt_says_so(
    estate: Estate, li: Member
) -> None:
    first, _ = await estate.bill_ids("li")
    payment = await paid(estate, li)
    made = await approved(estate, payment, bills=[{"bill_id": first, "amount_fen": 1000}])
    await pass_time(estate)
    estate.members.clear()
    [bill] = [b for b in await estate.bills("li") if b["kind"] == "property_fee"]
    assert (bill["bill_id"], bill["owed_fen"]) == (first, 1000)
    receipt = await get(estate, f"payments/{payment}/receipt", "li")
    assert (receipt["amount_fen"], receipt["returned_fen"]) == (2 * FEE, 1000)
    assert [each["amount_fen"] for each in receipt["reversals"]] == [1000]
    left = await approved(estate, payment)
    assert [line["amount_fen"] for line in left["lines"]] == [FEE - 1000, FEE]
    await pass_time(estate)
    assert (await shown(estate, made["request_id"]))["state"] == "done"
    assert await owing(estate) == 2
    order = await estate.world.wechat.get(f"orders/{payment}")
    assert order["refund_nos"] == [f"H{payment}01", f"H{payment}02"]


async def get(estate: Estate, path: str, who: str) -> dict[str, Any]:
    reply = await estate.world.api.get(f"/api/v1/{path}", as_=await estate.member(who))
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def test_case_70_of_two_requests_at_once_one_has_the_money(
    estate: Estate, li: Member
) -> None:
    """Also of three, and whether or not the payment had a request before."""
    first, second = await estate.bill_ids("li")
    payment, staff = await paid(estate, li), await estate.member("staff")
    for bill, fens in ((first, (3000, 3000, 3000)), (second, (FEE, 1, FEE))):
        wishes = [{"bills": [{"bill_id": bill, "amount_fen": fen}]} for fen in fens]
        replies = await asyncio.gather(
            *(ask(estate, payment, staff, **wish) for wish in wishes)
        )
        assert sorted(reply.status for reply in replies) == [201, 409, 409]
        assert {r.code for r in replies if r.status == 409} == {"refund_exceeds_paid"}
    kept = await estate.world.db.refund_reserves.find_one({"_id": payment})
    assert kept is not None
    assert kept["fen"][first] == 3000
    assert kept["fen"][second] in {FEE, 1}


async def test_of_two_decisions_at_once_one_counts_and_wechat_is_asked_once(
    estate: Estate, payment: str
) -> None:
    made, admin = await asked(estate, payment), await estate.member("admin")
    bodies = (YES, NO, YES, NO)
    replies = await asyncio.gather(
        *(decide(estate, made["request_id"], body, admin) for body in bodies)
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"refund_moved_on"}
    await pass_time(estate)
    is_approved = replies[0].status == 200 or replies[2].status == 200
    assert len({str(call["body"]) for call in await asked_wechat(estate)}) == is_approved


async def test_what_was_refused_or_withdrawn_may_be_asked_for_again(
    estate: Estate, payment: str
) -> None:
    staff, admin = await estate.member("staff"), await estate.member("admin")
    made = await asked(estate, payment)
    own = await decide(estate, made["request_id"], YES, staff)
    assert (own.status, own.code) == (403, "same_person")
    again = await ask(estate, payment, staff)
    assert (again.status, again.code) == (409, "nothing_to_refund")
    refused = await decide(estate, made["request_id"], NO, admin)
    assert (refused.body["state"], refused.body["decided_because"]) == ("refused", NO["reason"])
    made = await asked(estate, payment)
    path = f"/api/v1/refund-requests/{made['request_id']}/withdrawal"
    assert (await estate.world.api.post(path, as_=admin)).status == 404
    assert (await estate.world.api.post(path, as_=staff)).body["state"] == "withdrawn"
    assert (await estate.world.api.post(path, as_=staff)).code == "refund_moved_on"
    assert (await approved(estate, payment))["amount_fen"] == 2 * FEE


@pytest.mark.parametrize(
    ("bills", "status", "code"),
    [
        ([{"amount_fen": FEE + 1}], 409, "refund_exceeds_paid"),
        ([{"bill_id": "another", "amount_fen": 1}], 409, "refund_exceeds_paid"),
        ([{"bill_id": "another"}], 409, "nothing_to_refund"),
        ([{}, {}], 422, "invalid_input"),
        ([], 422, "invalid_input"),
    ],
    ids=["more", "other", "other_whole", "twice", "none"],
)
async def test_what_a_payment_did_not_pay_cannot_be_asked_back(
    estate: Estate, li: Member, bills: list[dict[str, Any]], status: int, code: str
) -> None:
    first, _ = await estate.bill_ids("li")
    payment = await paid(estate, li, [first])
    wanted = [{"bill_id": first, **each} for each in bills]
    reply = await ask(estate, payment, await estate.member("staff"), bills=wanted)
    assert (reply.status, reply.code) == (status, code)


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
        estate, payment, bills=[{"bill_id": await bill_of(estate), "amount_fen": 1}]
    )
    many = {"$set": {"sent": 49}}
    await estate.world.db.refund_reserves.update_one({"_id": payment}, many)
    reply = await ask(estate, payment, await estate.member("staff"))
    assert (reply.status, reply.code) == (409, "too_many_refunds")
    reply = await decide(estate, made["request_id"], YES, await estate.member("admin"))
    assert (reply.status, reply.code) == (409, "too_many_refunds")


async def bill_of(estate: Estate) -> str:
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


async def test_the_payer_is_told_and_sees_it_in_the_trail(
    estate: Estate, payment: str, li: Member
) -> None:
    made = await asked(estate, payment)
    trail = await get(estate, f"money-trails/{made['number']}", "li")
    assert "退款正在审批" in trail["answer"]
    await decide(estate, made["request_id"], YES, await estate.member("admin"))
    await pass_time(estate)
    inbox = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    told = {each["template"] for each in inbox}
    assert told >= {"refund_approved", "refund_done", "bill_reopened"}
    trail = await get(estate, f"money-trails/{made['number']}", "li")
    steps = [each["step"] for each in trail["entries"]]
    assert [s for s in steps if s.startswith("refund")] == [
        "refund_proposed",
        "refund_decided",
        "refund_asked",
        "refund_done",
    ]
    assert "returned" not in steps  # nothing was given back in the merchant's own console
    statement = await get(estate, f"homes/{LI_HOME}/statement?year=2026", "li")
    [fee] = [each for each in statement["sums"] if each["fee"] == "property_fee"]
    assert (fee["refunded_fen"], fee["end_fen"]) == (2 * FEE, 2 * FEE)
