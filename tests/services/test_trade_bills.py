"""WeChat's daily bill, read each morning: what it has and the books lack is booked, once."""

from typing import Any

import pytest

from services.jobs import schedules
from services.payments.trade_bills import jobs as trade_bills
from tests.build.books import balances
from tests.build.cast import Estate
from tests.build.documents import put, taken
from tests.build.payments import craft, journals, order, ordered, owing, paid, pay, state
from tests.build.sign_ins import Member
from tests.build.stage import empty

pytestmark = [pytest.mark.billed("2026-01", "2026-02"), pytest.mark.usefixtures("books_hold")]
DAY = "2026-03-02"
BY_NUMBER = r"^/v3/pay/transactions/out-trade-no/[^/]+$"
BY_ID = r"^/v3/pay/transactions/id/"
MISSING = {"http": 404, "code": "ORDER_NOT_EXIST"}


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database has ninety empty days to read; here two are enough."""
    monkeypatch.setattr(trade_bills, "KEPT_DAYS", 2)


async def next_morning(estate: Estate, *, hours: float = 22, minutes: float = 5) -> None:
    """Let it be five past ten of the next day in Beijing, and the worker do what is due."""
    await estate.advance(hours=hours, minutes=minutes)
    await schedules.plan(estate.world.deps, trade_bills.SCHEDULES, None)
    await estate.world.work()


async def unheard(estate: Estate, who: Member) -> str:
    """A payment of which nobody tells us, and whose order nobody follows."""
    payment_id = await paid(estate, who, notify=False)
    await estate.world.db.outbox.delete_many({"kind": "payments.check"})
    return payment_id


async def bill_of(estate: Estate, day: str = DAY, account: str = "firm") -> dict[str, Any]:
    found = await estate.world.db.trade_bills.find_one({"account": account, "day": day})
    assert found is not None
    return dict(found)


async def discrepancy(estate: Estate) -> dict[str, Any]:
    [found] = await estate.world.db.discrepancies.find().to_list()
    return dict(found)


async def in_console(estate: Estate, payment_id: str, fen: int, total: int = 10_236) -> None:
    """Give money back in the merchant's own console, which tells us nothing."""
    await estate.world.wechat.do("settings", refunds={"notify": False})
    firm = estate.world.deps.merchants["firm"]
    await firm.refund(payment_id, out_refund_no="BD71", refund_fen=fen, total_fen=total)
    await estate.world.advance(seconds=2)


async def test_money_that_no_notice_and_no_query_found_is_booked(
    estate: Estate, li: Member
) -> None:
    """Also for an order that our books hold for closed."""
    payment_id = await unheard(estate, li)
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": payment_id}, closed)
    await next_morning(estate)
    assert await state(estate, payment_id) == "paid"
    assert (await owing(estate), await journals(estate)) == (0, 1)
    assert await estate.world.db.receipts.count_documents({"_id": payment_id}) == 1
    bill = await bill_of(estate)
    assert (bill["state"], bill["said"]) == ("matched", bill["found"])
    assert (bill["said"]["payments"], bill["said"]["paid_fen"]) == (1, 10_236)
    assert (await bill_of(estate, account="sanitation"))["state"] == "matched"


async def test_a_backup_restored_learns_what_came_after_it(estate: Estate, li: Member) -> None:
    """The proof that docs/how-to/operate.md promises."""
    db = estate.world.db
    [early, late] = await estate.bill_ids("li")
    before = await paid(estate, li, [early])
    wang = await estate.member("wang")
    in_copy = await ordered(estate, wang)
    copy = await taken(db)
    await pay(estate, wang, in_copy)
    after = await paid(estate, li, [late])
    await empty(db)
    await put(db, copy)
    assert (await journals(estate), await owing(estate)) == (1, 1)

    await next_morning(estate)
    assert [await state(estate, p) for p in (before, in_copy["payment_id"])] == ["paid"] * 2
    assert await owing(estate, "wang") == 0
    # An order that the copy never knew: its money is there and waits for a person.
    found = await discrepancy(estate)
    assert (found["out_trade_no"], found["state"]) == (after, "in_suspense")
    cash = balances(await db.journal.find().to_list())["wechat:firm"]
    assert cash == 2 * 5118 + in_copy["amount_fen"]
    bill = await bill_of(estate)
    assert (bill["state"], bill["found"]["payments"]) == ("matched", 3)


async def test_what_fits_nothing_is_a_discrepancy_once(estate: Estate, li: Member) -> None:
    payment_id = await unheard(estate, li)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    await next_morning(estate)
    await estate.world.db.trade_bills.delete_many({})
    await next_morning(estate, hours=24, minutes=0)
    found = await discrepancy(estate)
    assert (found["doubts"], found["state"]) == (["unknown_order"], "in_suspense")
    assert await estate.world.db.journal.count_documents({"kind": "suspense"}) == 1


async def test_trades_of_other_programs_in_the_account_are_left_alone(
    estate: Estate, li: Member
) -> None:
    payment_id = await unheard(estate, li)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    other = {payment_id: {"公众账号ID": "wx0000000000000000"}}
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, set=other)
    await next_morning(estate)
    bill = await bill_of(estate)
    assert (bill["state"], bill["others"], bill["said"]["payments"]) == ("matched", 1, 0)
    assert await estate.world.wechat.calls(BY_ID) == []
    assert await estate.world.db.discrepancies.count_documents({}) == 0


@pytest.mark.parametrize(
    "patch", [{"transaction_id": "4200000000202603020000000000"}, {"trade_state": "NOTPAY"}]
)
async def test_an_answer_about_something_else_books_nothing(
    estate: Estate, li: Member, patch: dict[str, str]
) -> None:
    await unheard(estate, li)
    await estate.world.wechat.fault(BY_ID, body_patch=patch)
    await next_morning(estate)
    assert (await journals(estate), (await bill_of(estate))["state"]) == (0, "differs")
    assert (await discrepancy(estate))["doubts"] == ["not_confirmed"]


async def test_a_row_that_wechat_denies_is_a_discrepancy_until_it_does_not(
    estate: Estate, li: Member
) -> None:
    payment_id = await unheard(estate, li)
    await estate.world.wechat.fault(BY_ID, **MISSING)
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "differs"
    found = await discrepancy(estate)
    assert (found["doubts"], found["state"]) == (["not_confirmed"], "open")
    await next_morning(estate, hours=24, minutes=0)
    assert await state(estate, payment_id) == "paid"
    assert (await bill_of(estate))["state"] == "matched"
    assert (await discrepancy(estate))["state"] == "explained"


async def test_case_77_another_amount_in_the_bill(estate: Estate, li: Member) -> None:
    payment_id = await paid(estate, li)
    cells = {payment_id: {"应结订单金额": "102.37", "订单金额": "102.37"}}
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, set=cells)
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "differs"
    found = await discrepancy(estate)
    assert (found["doubts"], found["state"]) == (["amount"], "open")
    assert (found["amount_fen"], found["expected_fen"]) == (10_237, 10_236)


async def test_case_75_a_payment_that_no_bill_has(estate: Estate, li: Member) -> None:
    """The second reading has it: the doubt is explained, the day matches."""
    payment_id = await paid(estate, li)
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, drop=[payment_id])
    await next_morning(estate)
    bill = await bill_of(estate)
    assert (bill["state"], bill["lacking"]) == ("differs", 1)
    found = await discrepancy(estate)
    assert (found["doubts"], found["state"]) == (["not_in_bill"], "open")
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY)
    await next_morning(estate, hours=24, minutes=0)
    assert (await bill_of(estate))["state"] == "matched"
    assert (await discrepancy(estate))["state"] == "explained"


async def test_case_73_a_bill_that_is_not_made_yet(estate: Estate, li: Member) -> None:
    payment_id = await unheard(estate, li)
    path = "/v3/bill/tradebill"
    await estate.world.wechat.fault(
        path, match={"times": None}, http=400, code="STATEMENT_CREATING"
    )
    await next_morning(estate)
    assert await state(estate, payment_id) == "prepaid"
    await estate.world.wechat.control("DELETE", "faults")
    await estate.world.advance(minutes=31)
    await estate.world.work()
    assert await state(estate, payment_id) == "paid"


async def test_every_missed_day_is_read_and_no_settled_one_again(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trade_bills, "KEPT_DAYS", 4)
    payment_id = await unheard(estate, li)
    await next_morning(estate, hours=4 * 24 - 2)  # four mornings, three of them missed
    assert await state(estate, payment_id) == "paid"
    days = {b["day"] async for b in estate.world.db.trade_bills.find({"account": "firm"})}
    assert days == {"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}
    merchants = len(estate.world.deps.merchants)
    asked = len(await estate.world.wechat.calls("/v3/bill/tradebill"))
    await next_morning(estate, hours=24, minutes=0)
    assert len(await estate.world.wechat.calls("/v3/bill/tradebill")) == asked + merchants


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
    assert (cash["wechat:firm"], (await bill_of(estate))["state"]) == (0, "matched")
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
async def test_our_own_refund_whose_end_nobody_told(
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
    assert (await bill_of(estate))["state"] == "differs"  # under way
    settled = {"status": outcome, "notify": False}
    await estate.world.wechat.do(f"refunds/X{first}/settle", **settled)
    await next_morning(estate, hours=1, minutes=0)
    refund = await estate.world.db.refunds.find_one({"_id": f"X{first}"})
    assert refund is not None
    assert (refund["state"], (await bill_of(estate))["state"]) == (then, "matched")
    assert await estate.world.db.discrepancies.count_documents({}) == 0


async def test_an_order_that_wechat_denies_is_free_when_its_bill_shows_no_payment(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault(BY_NUMBER, match={"times": None}, **MISSING)
    await estate.world.advance(minutes=40)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"
    await next_morning(estate, hours=21, minutes=30)
    assert await state(estate, made["payment_id"]) == "closed"
    assert (await order(estate, await estate.member("li"))).status == 201


async def test_it_stays_held_while_the_bill_does_not_match(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    other = await paid(estate, await estate.member("wang"))
    await estate.world.wechat.fault(BY_NUMBER, match={"times": None}, **MISSING)
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, drop=[other])
    await estate.world.advance(minutes=40)
    await estate.world.work()
    await next_morning(estate, hours=21, minutes=30)
    assert await state(estate, made["payment_id"]) == "prepaid"


@pytest.mark.parametrize(("first_day_matches", "then"), [(True, "closed"), (False, "prepaid")])
async def test_an_order_over_midnight_needs_both_days(
    estate: Estate, *, first_day_matches: bool, then: str
) -> None:
    other = await paid(estate, await estate.member("wang"))
    if not first_day_matches:
        await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, drop=[other])
    await estate.advance(hours=11, minutes=50)
    made = await ordered(estate, await estate.member("li"))
    await estate.world.wechat.fault(BY_NUMBER, match={"times": None}, **MISSING)
    await estate.world.advance(minutes=40)
    await estate.world.work()
    await next_morning(estate, hours=9, minutes=35)
    assert await state(estate, made["payment_id"]) == "prepaid"
    await next_morning(estate, hours=24, minutes=0)
    assert (await bill_of(estate, "2026-03-03"))["state"] == "matched"
    assert await state(estate, made["payment_id"]) == then


async def test_a_merchant_replaced_under_its_key_has_other_days(estate: Estate) -> None:
    asked = {"account": "firm", "mchid": "1600000000", "day": DAY}
    assert await trade_bills.read(estate.world.deps, asked) is None
    assert await estate.world.wechat.calls("/v3/bill/tradebill") == []
