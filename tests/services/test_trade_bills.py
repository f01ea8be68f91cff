"""WeChat's daily bill, read each morning: what it has and the books lack is booked, once."""

import pytest

from services.reconciliations import jobs as reconciliations
from tests.build.books import balances
from tests.build.cast import Estate
from tests.build.documents import empty, put, taken
from tests.build.payments import journals, ordered, owing, paid, pay, state
from tests.build.sign_ins import Member
from tests.build.trade_bills import (
    DAY,
    FLOW,
    bill_of,
    difference,
    discrepancy,
    flow_row,
    left_out,
    next_morning,
    unheard,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
BY_ID = r"^/v3/pay/transactions/id/"
ROW = {
    "交易时间": "2026-03-03 00:00:00",
    "交易类型": "JSAPI",
    "交易状态": "SUCCESS",
    "应结订单金额": "102.36",
    "订单金额": "102.36",
    "退款金额": "0.00",
    "申请退款金额": "0.00",
    "手续费": "0.61416",
}
MISSING = {"http": 404, "code": "ORDER_NOT_EXIST"}


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database has ninety empty days to read; here three are enough."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 3)


async def test_case_76_money_that_no_notice_and_no_query_found_is_booked(
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
    day = await bill_of(estate)
    assert (day["state"], day["billed"], day["told"]) == (
        "closed",
        day["booked"],
        day["booked"],
    )
    assert (day["billed"]["payments"], day["billed"]["paid_fen"]) == (1, 10_236)
    assert (await bill_of(estate, account="sanitation"))["state"] == "closed"


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
    assert (bill["state"], bill["booked"]["payments"]) == ("closed", 3)


async def test_many_payments_that_are_lacking_are_booked_together(
    estate: Estate, li: Member
) -> None:
    """Two of them paid the same bill: one settles it, the other goes back."""
    [one, other] = await estate.bill_ids("li")
    closed = {"$set": {"state": "closed", "open": False}}
    for bill_ids in ([one], [other], [one]):
        payment_id = await paid(estate, li, bill_ids, notify=False)
        await estate.world.db.payments.update_one({"_id": payment_id}, closed)
    await paid(estate, await estate.member("wang"), notify=False)
    await estate.world.db.outbox.delete_many({"kind": "payments.check"})
    await next_morning(estate)
    assert (await owing(estate), await owing(estate, "wang")) == (0, 0)
    assert await journals(estate) == 4
    refunds = await estate.world.db.refunds.find().to_list()
    assert [refund["amount_fen"] for refund in refunds] == [5118]
    assert (await bill_of(estate))["state"] == "closed"


async def test_what_fits_nothing_is_a_discrepancy_once(estate: Estate, li: Member) -> None:
    payment_id = await unheard(estate, li)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    await next_morning(estate)
    await estate.world.db.reconciliations.delete_many({})
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
    assert (bill["state"], bill["billed"]["payments"]) == ("closed", 0)
    assert (bill["others"]["payments"], bill["others"]["paid_fen"]) == (1, 10_236)
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
    assert (await journals(estate), (await bill_of(estate))["state"]) == (0, "differing")
    assert (await difference(estate))["kind"] == "not_booked"


async def test_a_row_that_wechat_denies_is_a_discrepancy_until_it_does_not(
    estate: Estate, li: Member
) -> None:
    payment_id = await unheard(estate, li)
    await estate.world.wechat.fault(BY_ID, **MISSING)
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "differing"
    found = await difference(estate)
    assert (found["kind"], found["state"]) == ("not_booked", "open")
    assert (found["billed_fen"], found["booked_fen"]) == (10_236, None)
    await next_morning(estate, hours=24, minutes=0)
    assert await state(estate, payment_id) == "paid"
    assert (await bill_of(estate))["state"] == "closed"
    assert (await difference(estate))["state"] == "credited"


async def test_case_77_another_amount_in_the_bill(estate: Estate, li: Member) -> None:
    payment_id = await paid(estate, li)
    cells = {payment_id: {"应结订单金额": "102.37", "订单金额": "102.37"}}
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, set=cells)
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "differing"
    found = await difference(estate)
    assert (found["kind"], found["state"]) == ("amount", "open")
    assert (found["billed_fen"], found["told_fen"]) == (10_237, 10_236)
    assert (found["booked_fen"], found["flowed_fen"]) == (10_236, 10_236)


async def test_case_75_a_payment_that_no_bill_has(estate: Estate, li: Member) -> None:
    """The second reading has it: the doubt is explained, the day matches."""
    payment_id = await paid(estate, li)
    await left_out(estate, payment_id)
    await next_morning(estate)
    day = await bill_of(estate)
    assert (day["state"], day["booked"]["payments"]) == ("differing", 1)
    found = await difference(estate)
    assert (found["kind"], found["state"]) == ("not_at_wechat", "open")
    assert (found["billed_fen"], found["booked_fen"]) == (None, 10_236)
    await left_out(estate)
    await next_morning(estate, hours=24, minutes=0)
    assert (await bill_of(estate))["state"] == "closed"
    assert (await difference(estate))["state"] == "explained"


@pytest.mark.parametrize("in_next", [True, False])
async def test_case_80_a_payment_just_before_midnight_may_be_in_the_next_bill(
    estate: Estate, *, in_next: bool
) -> None:
    """WeChat's clock may be a second before or behind: no doubt until that bill was read."""
    await estate.advance(hours=11, minutes=59, seconds=58)
    payment_id = await paid(estate, await estate.member("li"))
    wechat, db = estate.world.wechat, estate.world.db
    transaction = (await wechat.get(f"orders/{payment_id}"))["transaction_id"]
    await left_out(estate, payment_id)
    cells = {**ROW, "微信订单号": transaction, "商户订单号": payment_id}
    cells["手续费"], firm = "0.00000", estate.world.deps.merchants["firm"]
    cells["公众账号ID"] = firm.account.appid
    if in_next:
        await wechat.do("bills", mchid="firm", bill_date="2026-03-03", add=[cells])
        flow = flow_row(transaction, "102.36", at="2026-03-03 00:00:00", voucher=payment_id)
        await wechat.do("bills", **FLOW, bill_date="2026-03-03", add=[flow])
    await next_morning(estate, hours=10, minutes=6)
    day = await bill_of(estate)
    assert (day["state"], day["pending"]) == ("fetched", 1)
    assert await db.reconciliation_differences.count_documents({}) == 0
    for _ in range(2):
        await next_morning(estate, hours=24, minutes=0)
    days = [(await bill_of(estate, day))["state"] for day in (DAY, "2026-03-03")]
    assert days == (["closed", "closed"] if in_next else ["differing", "closed"])
    kinds = [row["kind"] async for row in db.reconciliation_differences.find()]
    assert kinds == ([] if in_next else ["not_at_wechat"])


async def test_case_56_a_question_that_fails_is_asked_again_the_same_day(
    estate: Estate, li: Member
) -> None:
    payment_id = await unheard(estate, li)
    await estate.world.wechat.fault(BY_ID, http=500, code="SYSTEM_ERROR")
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "differing"
    await estate.world.advance(minutes=61)
    await estate.world.work()
    assert await state(estate, payment_id) == "paid"
    assert (await bill_of(estate))["state"] == "closed"


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
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 4)
    payment_id = await unheard(estate, li)
    await next_morning(estate, hours=4 * 24 - 2)  # four mornings, three of them missed
    assert await state(estate, payment_id) == "paid"
    kept = estate.world.db.reconciliations.find({"account": "firm"})
    days = {day["day"] async for day in kept}
    assert days == {"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}
    merchants = len(estate.world.deps.merchants)
    asked = len(await estate.world.wechat.calls("/v3/bill/tradebill"))
    await next_morning(estate, hours=24, minutes=0)
    assert len(await estate.world.wechat.calls("/v3/bill/tradebill")) == asked + merchants


async def test_a_merchant_replaced_under_its_key_has_other_days(estate: Estate) -> None:
    asked = {"account": "firm", "mchid": "1600000000", "day": DAY}
    assert await reconciliations.compare(estate.world.deps, asked) is None
    assert await estate.world.wechat.calls("/v3/bill/tradebill") == []
