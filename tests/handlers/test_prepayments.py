"""Prepayments: money for bills to come, paid by WeChat and used when bills are published."""

import asyncio
from typing import Any

import pytest

from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from tests.build.cast import COMPOUND, LI_HOME, STAFF, WANG_HOME, Estate, bill
from tests.build.counter_payments import firms_cashier
from tests.build.payments import pass_time, pay
from tests.build.prepayments import PATH, ahead, paid_ahead, take
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed(),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


@pytest.fixture
async def cashier(estate: Estate) -> Member:
    return await firms_cashier(estate)


async def balance(estate: Estate, who: Member) -> list[int]:
    found = await estate.world.api.get(PATH, as_=who)
    assert found.status == 200, found.body
    return [each["balance_fen"] for each in found.body["items"]]


async def test_what_was_paid_in_advance_pays_the_next_bill(estate: Estate, li: Member) -> None:
    payment = await paid_ahead(estate, li, months=3)
    assert await balance(estate, li) == [3 * FEE]
    receipt = await estate.world.api.get(f"/api/v1/payments/{payment}/receipt", as_=li)
    [line] = receipt.body["lines"]
    assert (line["title"], line["amount_fen"]) == ("预存物业费", 3 * FEE)
    assert "预收3个月" in line["explanation"]
    await bill(estate.world, "2026-03")
    assert await estate.bill_ids("li") == []
    assert await balance(estate, li) == [2 * FEE]
    [paid] = [b for b in await estate.bills("li", "paid") if b["kind"] == "property_fee"]
    assert paid["paid_fen"] == FEE
    messages = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    told = [each for each in messages if each["template"] == "prepayment_used"]
    assert [each["values"]["left_amount"] for each in told] == ["102.36元"]
    issued = [each for each in messages if each["template"] == "bill_issued"]
    assert all("物业费" not in each["values"]["fee"] for each in issued)


async def test_all_that_lies_there_is_a_year_at_most(estate: Estate, li: Member) -> None:
    await paid_ahead(estate, li, months=10)
    refused = await ahead(estate, li, months=3)
    assert (refused.status, refused.code) == (422, "too_much_ahead")
    assert refused.body["details"] == {"most_fen": 2 * FEE}
    await paid_ahead(estate, li, amount_fen=2 * FEE)
    assert await balance(estate, li) == [12 * FEE]


async def test_two_phones_at_once_pay_no_more_than_a_year(estate: Estate, li: Member) -> None:
    mei = await estate.member("mei")
    wishes = [(li, 12), (mei, 12), (li, 11), (mei, 1)]
    made = await asyncio.gather(*(ahead(estate, who, months=n) for who, n in wishes))
    for (who, _), reply in zip(wishes, made, strict=True):
        if reply.status == 201:
            await pay(estate, who, reply.body)
    await pass_time(estate)
    assert len(await estate.world.db.payments.find({"open": True}).to_list()) == 0
    [left] = await balance(estate, li)
    assert left in {n * FEE for _, n in wishes}


async def test_what_came_too_much_goes_back(
    estate: Estate, li: Member, cashier: Member
) -> None:
    """An order stays payable at WeChat for a moment after the counter took money."""
    made = await ahead(estate, li, months=12)
    db = estate.world.db
    await db.payments.update_one({"_id": made.body["payment_id"]}, {"$set": {"open": False}})
    assert (await take(estate, cashier, months=2)).status == 201
    await pay(estate, li, made.body)
    await pass_time(estate)
    assert await balance(estate, li) == [12 * FEE]
    [refund] = await db.refunds.find().to_list()
    assert (refund["amount_fen"], refund["state"]) == (2 * FEE, "done")
    assert refund["reason"] == "超过可预存的金额,原款退回"


@pytest.mark.billed("2026-02")
async def test_what_is_owed_comes_first(estate: Estate, li: Member) -> None:
    refused = await ahead(estate, li, months=1)
    assert (refused.status, refused.code) == (409, "older_debt")


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({}, 422, "months_or_sum"),
        ({"months": 1, "amount_fen": 1}, 422, "months_or_sum"),
        ({"months": 13}, 422, "invalid_input"),
        ({"months": 1, "home": WANG_HOME}, 404, "not_found"),
        ({"months": 1, "kind": "shared_cost"}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_is_refused(
    estate: Estate, li: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await ahead(estate, li, **wish)
    assert (reply.status, reply.code) == (status, code), reply.body


async def test_a_bill_is_paid_as_far_as_it_reaches(estate: Estate, li: Member) -> None:
    await paid_ahead(estate, li, amount_fen=5000)
    await bill(estate.world, "2026-03")
    owed = [b for b in await estate.bills("li") if b["kind"] == "property_fee"]
    assert [(b["owed_fen"], b["paid_fen"]) for b in owed] == [(118, 5000)]
    assert await balance(estate, li) == [0]
    messages = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    [told] = [each["values"] for each in messages if each["template"] == "bill_issued"]
    assert told["amount"] == "6.18元"  # the rest, and the waste fee


async def test_money_at_the_counter_is_paid_ahead_once(
    estate: Estate, li: Member, cashier: Member
) -> None:
    replies = await asyncio.gather(*(take(estate, cashier, months=3) for _ in range(4)))
    assert {reply.status for reply in replies} == {201}, [r.body for r in replies]
    assert len({reply.body["payment_id"] for reply in replies}) == 1
    [line] = replies[0].body["lines"]
    assert (line["title"], replies[0].body["bills"]) == ("预存物业费", 0)
    assert await balance(estate, li) == [3 * FEE]
    journal = await estate.world.db.journal.find_one({"kind": "counter_payment"})
    assert journal is not None
    assert journal["postings"][0]["account"] == f"cash:firm:{cashier.person_id}"
    waste = await take(estate, cashier, months=3, kind="waste_fee", voucher="A-9")
    assert (waste.status, waste.code) == (403, "other_payee")


async def test_a_voided_bill_puts_its_money_back(estate: Estate, li: Member) -> None:
    await paid_ahead(estate, li, months=3)
    await bill(estate.world, "2026-03")
    [paid] = [b for b in await estate.bills("li", "paid") if b["kind"] == "property_fee"]
    wish = {"reason": "登记有误", "months": "open"}
    path = f"/api/v1/bills/{paid['bill_id']}/void"
    staff = await estate.member("staff")
    replies = await asyncio.gather(
        *(estate.world.api.post(path, wish, as_=staff) for _ in range(2))
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert await balance(estate, li) == [3 * FEE]
    await bill(estate.world, "2026-03")  # its month is open again
    assert await balance(estate, li) == [2 * FEE]
    found = await estate.world.api.get(PATH, as_=li)
    moves = [(m["kind"], m["amount_fen"]) for m in found.body["items"][0]["movements"]]
    assert moves == [
        ("used", -FEE),
        ("returned", FEE),
        ("used", -FEE),
        ("paid_in", 3 * FEE),
    ]


async def test_who_buys_the_home_gets_nothing_of_it(estate: Estate, li: Member) -> None:
    await paid_ahead(estate, li, months=3)
    wish = {"name": "赵强", "phone": "13900000040", "day": "2026-03-02", "reason": "已过户"}
    staff = await estate.member("staff")
    path = f"/api/v1/homes/{LI_HOME}/transfer"
    assert (await estate.world.api.post(path, wish, as_=staff)).status == 201
    await bill(estate.world, "2026-04")
    found = await estate.world.db.bills.find({"home": LI_HOME, "state": "owing"}).to_list()
    assert len(found) == 2
    assert await balance(estate, li) == [3 * FEE]  # the seller still sees it
    listed = await estate.world.api.get(
        f"/api/v1/places/{COMPOUND}/prepayments?owners=former", as_=staff
    )
    assert [each["owners_until"] for each in listed.body["items"]] == ["2026-03-01"]
    again = await ahead(estate, li, months=1)
    assert (again.status, again.code) == (404, "not_found")


@pytest.mark.billed("2026-02")
@pytest.mark.parametrize(("excess", "kept"), [("prepay", [FEE]), ("refund", [])])
async def test_what_was_paid_twice_is_kept_or_goes_back(
    estate: Estate, li: Member, cashier: Member, excess: str, kept: list[int]
) -> None:
    ids = await estate.bill_ids("li")
    wish = {"bill_ids": ids, "excess": excess}
    made = await estate.world.api.post("/api/v1/payments", wish, as_=li)
    db = estate.world.db
    await db.payments.update_one({"_id": made.body["payment_id"]}, {"$set": {"open": False}})
    slip = {"bill_ids": ids, "way": "cash", "voucher": "A-1"}
    taken = await estate.world.api.post("/api/v1/counter-payments", slip, as_=cashier)
    assert taken.status == 201, taken.body
    await pay(estate, li, made.body)
    await pass_time(estate)
    assert await balance(estate, li) == kept
    assert await db.refunds.count_documents({}) == (0 if kept else 1)


async def test_the_offer_says_what_months_cost(estate: Estate, li: Member) -> None:
    async def offer() -> dict[str, Any]:
        path = f"/api/v1/homes/{LI_HOME}/prepayment-offer?kind=property_fee"
        return dict((await estate.world.api.get(path, as_=li)).body)

    found = await offer()
    assert (found["most_fen"], found["owes"], len(found["sums"])) == (12 * FEE, False, 12)
    assert found["sums"][2] == {"months": 3, "amount_fen": 3 * FEE}
    await paid_ahead(estate, li, months=10)
    found = await offer()
    assert (found["balance_fen"], found["most_fen"]) == (10 * FEE, 2 * FEE)
    assert [each["months"] for each in found["sums"]] == [1, 2]


async def test_a_firms_people_are_offered_nothing_of_other_payees(
    estate: Estate, li: Member, cashier: Member
) -> None:
    async def offer(who: Member, kind: str) -> Reply:
        path = f"/api/v1/homes/{LI_HOME}/prepayment-offer?kind={kind}"
        return await estate.world.api.get(path, as_=who)

    await paid_ahead(estate, li, kind="waste_fee", months=2)
    await paid_ahead(estate, li, months=2)
    refused = await offer(cashier, "waste_fee")
    assert (refused.status, refused.code) == (403, "other_payee")
    staff = await estate.member("staff")
    assert (await offer(staff, "waste_fee")).body["balance_fen"] == 2 * 500
    assert (await offer(cashier, "property_fee")).body["balance_fen"] == 2 * FEE
    other = {"$set": {"account": "sanitation"}}  # as of a firm that was paid before
    await estate.world.db.prepayments.update_many({"kind": "property_fee"}, other)
    assert (await offer(cashier, "property_fee")).body["balance_fen"] == 0
    assert (await offer(li, "property_fee")).body["balance_fen"] == 2 * FEE
    await estate.world.db.prepayments.update_many(
        {"kind": "property_fee"}, {"$set": {"account": "firm"}}
    )


async def test_nothing_is_paid_beyond_the_contract(
    estate: Estate, li: Member, cashier: Member
) -> None:
    """What was paid for days without service would have to be given back."""
    assert cashier.person_id
    await estate.world.db.contracts.update_many({}, {"$set": {"to_day": "2026-06-30"}})
    refused = await ahead(estate, li, months=5)
    assert (refused.status, refused.body["details"]) == (422, {"most_fen": 4 * FEE})


async def test_money_that_comes_while_bills_are_published_pays_them_once(
    estate: Estate, li: Member
) -> None:
    made = await ahead(estate, li, months=3)
    deps, world = estate.world.deps, estate.world
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await world.work()
    await runs.publish(deps, STAFF, run.run_id)
    await asyncio.gather(world.work(), pay(estate, li, made.body), world.work())
    assert await balance(estate, li) == [2 * FEE]
    assert await estate.bill_ids("li") == []
    assert await world.db.journal.count_documents({"kind": "drawn"}) == 1
