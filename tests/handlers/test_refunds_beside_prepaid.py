"""Refunds by hand where money also lies there for bills to come."""

import pytest

from services.reconciliations import jobs as reconciliations
from tests.build.cast import LI_HOME, Estate
from tests.build.payments import owing, paid, pass_time, pay
from tests.build.prepayments import PATH, paid_ahead, take
from tests.build.refund_requests import approved, ask, shown
from tests.build.sign_ins import Member
from tests.build.trade_bills import in_console, next_morning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


async def balance(estate: Estate) -> int:
    [found] = await estate.world.db.prepayments.find().to_list()
    return int(found["fen"])


async def cash(estate: Estate, bill_id: str) -> None:
    slip = {"bill_ids": [bill_id], "way": "cash", "voucher": "A-1"}
    staff = await estate.member("staff")
    taken = await estate.world.api.post("/api/v1/counter-payments", slip, as_=staff)
    assert taken.status == 201, taken.body


@pytest.mark.billed("2026-01", "2026-02")
async def test_what_a_payment_paid_of_bills_goes_back_and_what_it_keeps_stays(
    estate: Estate, li: Member
) -> None:
    """The counter was faster with the first bill, and the payer had its money kept."""
    first, second = await estate.bill_ids("li")
    wish = {"bill_ids": [first, second], "excess": "prepay"}
    made = await estate.world.api.post("/api/v1/payments", wish, as_=li)
    payment = made.body["payment_id"]
    await estate.world.db.payments.update_one({"_id": payment}, {"$set": {"open": False}})
    await cash(estate, first)
    assert (await pay(estate, li, made.body))["result"] == "ok"
    await estate.world.work()
    assert await balance(estate) == FEE
    asked = await approved(estate, payment)
    assert (asked["amount_fen"], [x["bill_id"] for x in asked["lines"]]) == (FEE, [second])
    await pass_time(estate)
    assert (await shown(estate, asked["request_id"]))["state"] == "done"
    assert (await owing(estate), await balance(estate)) == (0, 0)


@pytest.mark.billed
async def test_what_was_only_paid_in_advance_is_no_refund_of_bills(
    estate: Estate, li: Member
) -> None:
    online = await paid_ahead(estate, li, months=1)
    staff = await estate.member("staff")
    slip = (await take(estate, staff, months=1)).body["payment_id"]
    for payment, counter in ((online, False), (slip, True)):
        refused = await ask(estate, payment, staff, counter=counter)
        assert (refused.status, refused.code) == (409, "nothing_to_refund")


async def test_a_bill_that_is_owed_again_is_paid_by_what_lies_there(
    estate: Estate, li: Member
) -> None:
    """Otherwise its owners would be reminded of a debt, and could pay nothing in advance."""
    payment = await paid(estate, li)
    await paid_ahead(estate, li, amount_fen=FEE + 100)
    await approved(estate, payment)
    await pass_time(estate)
    assert (await owing(estate), await balance(estate)) == (0, 100)
    inbox = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    told = {each["template"] for each in inbox}
    assert "prepayment_used" in told
    assert "bill_reopened" not in told


async def test_who_owes_is_told_what_the_money_does_not_reach(
    estate: Estate, li: Member
) -> None:
    payment = await paid(estate, li)
    await paid_ahead(estate, li, amount_fen=118)
    await approved(estate, payment)
    await pass_time(estate)
    assert (await owing(estate), await balance(estate)) == (1, 0)
    inbox = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    [told] = [each["values"] for each in inbox if each["template"] == "bill_reopened"]
    assert told["amount"] == "50.00元"
    mine = (await estate.world.api.get(PATH, as_=await estate.member("li"))).body["items"]
    assert [(each["home"], each["balance_fen"]) for each in mine] == [(LI_HOME, 0)]


@pytest.mark.billed("2026-01", "2026-02")
async def test_what_the_console_gave_back_is_paid_by_what_lies_there(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)  # of ninety empty days to read
    payment = await paid(estate, li)
    await paid_ahead(estate, li, amount_fen=2 * FEE + 100)
    await in_console(estate, payment, 2 * FEE)
    await next_morning(estate)
    assert (await owing(estate), await balance(estate)) == (0, 100)
