"""Refunds in WeChat's daily bill: ours, and those made in the merchant's own console."""

import pytest

from services.reconciliations import jobs as reconciliations
from tests.build.books import balances
from tests.build.cast import Estate
from tests.build.payments import craft, journals, order, owing, paid, state
from tests.build.sign_ins import Member
from tests.build.trade_bills import bill_of, discrepancy, in_console, next_morning, unheard

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database has ninety empty days to read; here two are enough."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)


async def test_what_was_given_back_in_the_console_is_owing_again(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid(estate, li)
    await in_console(estate, payment_id, 10_236)
    await next_morning(estate)
    assert await owing(estate) == 2
    found = await discrepancy(estate)
    assert (found["doubts"], found["state"]) == (["returned_elsewhere"], "open")
    cash = balances(await estate.world.db.journal.find().to_list())
    assert (cash["wechat:firm"], (await bill_of(estate))["state"]) == (0, "closed")
    li = await estate.member("li")
    api = estate.world.api
    told = (await api.get("/api/v1/me/messages", as_=li)).body["items"]
    assert "收款单位已退回" in next(m["body"] for m in told if m["template"] == "refund_done")
    receipt = (await api.get(f"/api/v1/payments/{payment_id}/receipt", as_=li)).body
    assert (receipt["amount_fen"], receipt["returned_fen"]) == (10_236, 10_236)
    # A notice repeated wrongly does not explain it away: only a person knows why.
    await craft(estate, payment_id, overrides={"amount": {"total": 1}})
    await estate.world.work()
    assert (await discrepancy(estate))["state"] == "open"
    again = await paid(estate, li)
    assert (again != payment_id, await owing(estate)) == (True, 0)


async def test_a_second_payment_given_back_in_the_console_reopens_nothing(
    estate: Estate, li: Member
) -> None:
    """The bills are paid by another one: they stay so."""
    second = await unheard(estate, li)
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": second}, closed)
    await paid(estate, await estate.member("mei"))
    await craft(estate, second)
    await estate.world.db.outbox.delete_many({"kind": "payments.refund"})
    await in_console(estate, second, 10_236)
    await next_morning(estate)
    assert await owing(estate) == 0
    assert (await discrepancy(estate))["doubts"] == ["returned_elsewhere"]
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 1


async def test_a_part_given_back_in_the_console_waits_for_a_person(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid(estate, li)
    await in_console(estate, payment_id, 1000)
    await next_morning(estate)
    assert await owing(estate) == 0
    assert (await discrepancy(estate))["doubts"] == ["returned_elsewhere"]
    held = balances(await estate.world.db.journal.find().to_list())
    assert held["wechat:firm"] == 9236
    assert [fen for name, fen in held.items() if "suspense:" in name] == [1000]


async def test_what_was_given_back_in_parts_is_owing_again_when_all_of_it_is(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid(estate, li)
    for number, fen in (("BD71", 1000), ("BD72", 4236), ("BD73", 5000)):
        assert await owing(estate) == 0
        await in_console(estate, payment_id, fen, number=number)
        await estate.world.advance(seconds=70)  # WeChat takes one refund of an order a minute
    await next_morning(estate)
    assert (await owing(estate), (await bill_of(estate))["state"]) == (2, "closed")
    held = balances(await estate.world.db.journal.find().to_list())
    assert held["wechat:firm"] == 0
    assert [fen for name, fen in held.items() if "suspense:" in name] == [0]
    path = f"/api/v1/payments/{payment_id}/receipt"
    receipt = (await estate.world.api.get(path, as_=await estate.member("li"))).body
    assert receipt["returned_fen"] == 10_236


async def test_refund_told_by_a_query_leaves_the_bills_owing(
    estate: Estate, li: Member
) -> None:
    """How much went back WeChat's answer does not say: suspense, until the bill does."""
    payment_id = await paid(estate, li, notify=False)
    await in_console(estate, payment_id, 10_236)
    await estate.world.advance(seconds=10)
    await estate.world.work()
    assert await state(estate, payment_id) == "suspended"
    assert (await owing(estate), await journals(estate)) == (2, 0)
    found = await discrepancy(estate)
    assert (found["doubts"], found["state"]) == (["returned_elsewhere"], "in_suspense")
    await next_morning(estate)
    assert await state(estate, payment_id) == "closed"
    found = await discrepancy(estate)
    assert (found["amount_fen"], found["state"]) == (0, "open")
    held = balances(await estate.world.db.journal.find().to_list())
    assert {fen for name, fen in held.items() if name.startswith(("wechat", "suspense"))} == {0}
    assert (await order(estate, await estate.member("li"))).status == 201


async def test_the_rest_of_what_went_back_in_part_is_sent_back_by_a_person(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid(estate, li, notify=False)
    await in_console(estate, payment_id, 1000)
    await estate.world.advance(seconds=10)
    await next_morning(estate)
    found = await discrepancy(estate)
    assert (found["amount_fen"], found["state"]) == (9236, "in_suspense")
    admin, api = await estate.member("admin"), estate.world.api
    path = f"/api/v1/discrepancies/{found['_id']}/return"
    assert (await api.post(path, as_=admin)).status == 204
    for _ in range(2):
        await estate.world.work()
        await estate.world.advance(minutes=2)
    assert await state(estate, payment_id) == "closed"
    assert (await discrepancy(estate))["state"] == "returned"


@pytest.mark.parametrize(("outcome", "then"), [("SUCCESS", "done"), ("CLOSED", "failed")])
async def test_case_78_our_own_refund_whose_end_nobody_told(
    estate: Estate, li: Member, outcome: str, then: str
) -> None:
    await estate.world.wechat.do("settings", refunds={"outcome": "PROCESSING"})
    first = await paid(estate, li, notify=False)
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, closed)
    await paid(estate, await estate.member("mei"))
    await estate.world.wechat.do("notify", out_trade_no=first)
    await estate.world.work()
    await estate.world.db.outbox.delete_many({"kind": "payments.refund"})
    await next_morning(estate)
    day = await bill_of(estate)
    assert (day["pending"], day["agrees"]) == (1, False)  # under way
    settled = {"status": outcome, "notify": False}
    await estate.world.wechat.do(f"refunds/X{first}/settle", **settled)
    await next_morning(estate, hours=1, minutes=0)
    refund = await estate.world.db.refunds.find_one({"_id": f"X{first}"})
    assert refund is not None
    assert (refund["state"], (await bill_of(estate))["state"]) == (then, "closed")
    assert await estate.world.db.discrepancies.count_documents({}) == 0
