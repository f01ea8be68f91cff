"""Bills that are paid in part: what an order pays, what is left, and what goes back."""

from typing import Any

import pytest

from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.payments import craft, journals, ordered, paid, pass_time, pay
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


async def order_of(
    estate: Estate, who: Member, fen: int, ids: list[str] | None = None
) -> Reply:
    wish = {"bill_ids": ids or await estate.bill_ids(who.name), "amount_fen": fen}
    return await estate.world.api.post("/api/v1/payments", wish, as_=who)


async def paid_part(estate: Estate, who: Member, fen: int) -> str:
    made = (await order_of(estate, who, fen)).body
    assert (await pay(estate, who, made))["result"] == "ok"
    await estate.world.work()
    return str(made["payment_id"])


async def owed(estate: Estate, who: Member) -> list[tuple[str, int, int, int]]:
    """Return month, due, paid and owed of the property fees that somebody owes."""
    bills = [b for b in await estate.bills(who.name) if b["kind"] == "property_fee"]
    parts = ("period", "due_fen", "paid_fen", "owed_fen")
    return sorted(tuple(bill[part] for part in parts) for bill in bills)


async def rates(estate: Estate, period: str) -> dict[str, Any]:
    path = f"/api/v1/places/{COMPOUND}/rates?period={period}&kind=property_fee"
    who = await estate.member("staff")
    return dict((await estate.world.api.get(path, as_=who)).body)


async def test_a_sum_pays_the_oldest_bill_first(estate: Estate, li: Member) -> None:
    await paid_part(estate, li, 3000)
    assert await owed(estate, li) == [
        ("2026-01", FEE, 3000, FEE - 3000),
        ("2026-02", FEE, 0, FEE),
    ]
    await paid_part(estate, li, 3000)
    assert await owed(estate, li) == [("2026-02", FEE, 882, FEE - 882)]
    await paid(estate, li)
    await estate.world.work()
    assert await owed(estate, li) == []
    assert await journals(estate) == 3


async def test_what_is_left_is_said_wherever_it_is_asked(estate: Estate, li: Member) -> None:
    await paid_part(estate, li, 3000)
    world, staff = estate.world, await estate.member("staff")
    mine = (await world.api.get("/api/v1/me/bills", as_=li)).body["owed"]
    assert mine == {"count": 4, "amount_fen": 2 * FEE + 1000 - 3000}
    path = f"/api/v1/homes/{LI_HOME}/debts"
    assert (await world.api.get(path, as_=staff)).body["amount_fen"] == 2 * FEE + 1000 - 3000
    path = f"/api/v1/places/{COMPOUND}/unpaid-homes?due=all"
    found = (await world.api.get(path, as_=staff)).body["items"]
    [home] = [each for each in found if each["place"] == LI_HOME]
    assert (home["bills"], home["amount_fen"]) == (4, 2 * FEE + 1000 - 3000)


async def test_rates_count_the_money_and_not_the_home(estate: Estate, li: Member) -> None:
    before = await rates(estate, "2026-01")
    await paid_part(estate, li, 3000)
    after = await rates(estate, "2026-01")
    received = [each["rates"]["amount_rate"]["numerator"] for each in (before, after)]
    assert received == [0, 3000]
    assert after["rates"]["household_rate"] == before["rates"]["household_rate"]


async def test_a_receipt_says_what_was_paid_of_each_bill(estate: Estate, li: Member) -> None:
    payment = await paid_part(estate, li, FEE + 1)
    reply = await estate.world.api.get(f"/api/v1/payments/{payment}/receipt", as_=li)
    lines = [(line["period"], line["amount_fen"]) for line in reply.body["lines"]]
    assert sorted(lines) == [("2026-01", FEE), ("2026-02", 1)]
    assert reply.body["amount_fen"] == FEE + 1


async def test_more_than_is_owed_is_refused_and_nothing_is_ordered(
    estate: Estate, li: Member
) -> None:
    refused = await order_of(estate, li, 2 * FEE + 1)
    assert (refused.status, refused.code) == (422, "more_than_owed")
    assert refused.body["details"] == {"owed_fen": 2 * FEE}
    assert await estate.world.db.payments.count_documents({}) == 0


async def test_another_sum_is_another_order(estate: Estate, li: Member) -> None:
    first = (await order_of(estate, li, 3000)).body
    again = (await order_of(estate, li, 3000)).body
    assert again["payment_id"] == first["payment_id"]
    other = (await order_of(estate, li, 3001)).body
    assert other["payment_id"] != first["payment_id"]
    whole = await ordered(estate, li)
    assert whole["amount_fen"] == 2 * FEE
    opened = await estate.world.db.payments.count_documents({"open": True})
    assert opened == 1


async def test_what_a_bill_takes_no_more_goes_back(estate: Estate, li: Member) -> None:
    """Somebody pays in part for bills of which more is on its way: only the rest is taken."""
    first = await paid(estate, li, notify=False)
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, closed)
    await paid_part(estate, await estate.member("mei"), 3000)
    assert (await craft(estate, first))["status"] == 204
    await pass_time(estate)
    refund = await estate.world.db.refunds.find_one({"payment": first})
    assert refund is not None
    assert (refund["amount_fen"], refund["state"]) == (3000, "done")
    receipt = await estate.world.api.get(f"/api/v1/payments/{first}/receipt", as_=li)
    assert receipt.body["amount_fen"] == 2 * FEE - 3000
    assert await owed(estate, li) == []


async def test_a_bill_paid_in_part_is_not_voided(
    estate: Estate, li: Member, staff: Member
) -> None:
    bill_id, *_ = await estate.bill_ids("li")
    made = (await order_of(estate, li, 1, [bill_id])).body
    await pay(estate, li, made)
    await estate.world.work()
    body = {"reason": "面积有误", "months": "open"}
    refused = await estate.world.api.post(f"/api/v1/bills/{bill_id}/void", body, as_=staff)
    assert (refused.status, refused.code) == (409, "bill_not_owing")
