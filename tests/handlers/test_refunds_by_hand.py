"""Refunds by hand over HTTP: money of a WeChat payment goes back, by decision of two."""

import asyncio
from typing import Any

import pytest

from services.fees.models import FeeKind
from services.kernel.permissions import Role
from services.ledger import actions as ledger
from services.ledger.models import receivable, wechat_cash
from tests.build.cast import COMPOUND, LI_HOME, Estate, payee_of
from tests.build.offices import firm_at, hire
from tests.build.payments import owing, paid, pass_time
from tests.build.refund_requests import NO, REASON, YES, approved, ask, asked, decide, shown
from tests.build.refunds import asked as asked_wechat
from tests.build.sign_ins import Member
from tests.build.trade_bills import bill_of, in_console, next_morning

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


async def test_what_the_console_gives_back_beside_it_opens_the_rest(
    estate: Estate, li: Member
) -> None:
    first, _ = await estate.bill_ids("li")
    payment = await paid(estate, li)
    await approved(estate, payment, bills=[{"bill_id": first, "amount_fen": 1000}])
    await pass_time(estate)
    await in_console(estate, payment, 2 * FEE - 1000)
    await next_morning(estate)
    assert sorted(bill["owed_fen"] for bill in await estate.bills("li"))[-2:] == [FEE, FEE]
    reply = await ask(estate, payment, await estate.member("staff"))
    assert (reply.status, reply.code) == (409, "nothing_to_refund")
    trail = await get(estate, f"money-trails/{payment}", "li")
    [back] = [each for each in trail["entries"] if each["step"] == "returned"]
    assert back["amount_fen"] == 2 * FEE - 1000
    receipt = await get(estate, f"payments/{payment}/receipt", "li")
    assert receipt["returned_fen"] == 2 * FEE
    day = await bill_of(estate)  # all sides know both refunds
    assert (day["state"], day["pending"]) == ("closed", 0)


async def test_who_waits_for_money_keeps_the_account_until_it_is_there(
    estate: Estate, payment: str, li: Member
) -> None:
    made = await asked(estate, payment)
    await estate.world.confirm(li)
    body = {"confirm": "注销"}
    reply = await estate.world.api.post("/api/v1/me/deletion", body, as_=li)
    assert (reply.code, reply.body["details"]["refunds"]) == (
        "money_under_way",
        [made["request_id"]],
    )


async def test_of_a_payer_whose_account_is_closed_wechat_is_not_asked(
    estate: Estate, payment: str
) -> None:
    await estate.world.db.payments.update_one({"_id": payment}, {"$set": {"body": b""}})
    reply = await ask(estate, payment, await estate.member("staff"))
    assert (reply.status, reply.code) == (503, "payee_unavailable")


async def test_a_firms_people_ask_and_decide_about_their_own_money_only(
    estate: Estate, payment: str, li: Member
) -> None:
    """The cashier asks, the manager approves; waste is paid to somebody else."""
    firm = await firm_at(estate.world, COMPOUND)
    change = {"$set": {"firm": firm, "place": COMPOUND}}
    key = {"_id": payee_of(FeeKind.PROPERTY_FEE)}
    await estate.world.db.payees.update_one(key, change)
    people = {}
    for number, role in enumerate((Role.CASHIER, Role.FIRM_MANAGER)):
        whose = {"name": role.value, "phone": f"1390000009{number}", "firm": firm}
        people[role] = await hire(estate.world, role, COMPOUND, **whose)
    cashier, manager = people[Role.CASHIER], people[Role.FIRM_MANAGER]
    waste = await paid(estate, li, await estate.bill_ids("li", "waste_fee"))
    refused = await ask(estate, waste, cashier)
    assert (refused.status, refused.code) == (403, "other_payee")
    other = await asked(estate, waste)
    made = await ask(estate, payment, cashier)
    assert made.status == 201, made.body
    assert (await decide(estate, made.body["request_id"], YES, cashier)).status == 403
    refused = await decide(estate, other["request_id"], YES, manager)
    assert (refused.status, refused.code) == (403, "other_payee")
    path = f"/api/v1/refund-requests/{other['request_id']}"
    assert (await estate.world.api.get(path, as_=cashier)).status == 404
    path = f"/api/v1/places/{COMPOUND}/refund-requests"
    listed = (await estate.world.api.get(path, as_=cashier)).body["items"]
    assert [row["request_id"] for row in listed] == [made.body["request_id"]]
    done = await decide(estate, made.body["request_id"], YES, manager)
    assert done.status == 200, done.body
