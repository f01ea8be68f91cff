"""Days of a merchant account: caught up after an outage, compared once, also when killed."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.jobs import schedules
from services.reconciliations import jobs as reconciliations
from services.reconciliations import sources, store
from services.reconciliations.differences import actions as differences
from tests.build.cast import Estate
from tests.build.payments import journals, paid, pass_time
from tests.build.sign_ins import Member
from tests.build.trade_bills import (
    DAY,
    FLOW,
    bill_of,
    difference,
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
NOON = f"{DAY} 12:30:00"


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database has ninety empty days to read; here two are enough."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)


async def kinds(estate: Estate) -> list[tuple[str, str]]:
    kept = estate.world.db.reconciliation_differences
    return [(d["entry"], d["kind"]) async for d in kept.find().sort("_id", 1)]


async def test_case_74_no_bill_and_no_trade_is_a_closed_day(estate: Estate) -> None:
    await next_morning(estate)
    day = await bill_of(estate)
    assert (day["state"], day["closed_by"], day["billed"]["payments"]) == ("closed", "", 0)
    assert day["closed_at"] is not None


async def test_case_74_no_bill_although_there_were_trades(estate: Estate, li: Member) -> None:
    await left_out(estate, await paid(estate, li))
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "differing"
    assert await kinds(estate) == [("payment", "not_at_wechat")]


async def test_a_refund_that_no_bill_has(estate: Estate, li: Member) -> None:
    """Money came twice, and the second went back; WeChat's bills know nothing of that."""
    first = await unheard(estate, li)
    closed = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, closed)
    await paid(estate, await estate.member("mei"))
    await estate.world.wechat.do("notify", out_trade_no=first)
    await pass_time(estate)
    refund = await estate.world.db.refunds.find_one({"_id": f"X{first}"})
    assert refund is not None
    await left_out(estate, refund["number"])
    await next_morning(estate)
    assert await kinds(estate) == [("refund", "not_at_wechat")]
    assert (await difference(estate))["reference"] == refund["refund_id"]
    await left_out(estate)
    await next_morning(estate, hours=24, minutes=0)
    assert (await bill_of(estate))["state"] == "closed"


async def test_what_moved_in_the_account_is_added_up(estate: Estate, li: Member) -> None:
    """102.36 came in, 0.61 was the fee, 100.00 went to the bank."""
    await paid(estate, li)
    out = {"业务名称": "提现", "业务类型": "提现", "收支类型": "支出", "账户结余(元)": "1.75"}
    row = flow_row("W1", "100.00", at=NOON, voucher="", **out)
    await estate.world.wechat.do("bills", **FLOW, bill_date=DAY, add=[row])
    await next_morning(estate)
    day = await bill_of(estate)
    assert (day["state"], await kinds(estate)) == ("closed", [])
    assert day["flow"] == {
        "rows": 3,
        "opening_fen": 0,
        "income_fen": 10_236,
        "expense_fen": 10_061,
        "closing_fen": 175,
        "fees_fen": 61,
        "withdrawn_fen": 10_000,
        "other_fen": 0,
    }


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ({"set": {"收支金额(元)": "102.35"}}, [("payment", "flow_amount")]),
        ({"drop": True}, [("payment", "not_in_flow")]),
    ],
)
async def test_the_fund_flow_says_something_else(
    estate: Estate, li: Member, edit: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    payment_id = await paid(estate, li)
    number = (await estate.world.wechat.get(f"orders/{payment_id}"))["transaction_id"]
    name = f"F1{number}"
    change = {"drop": [name]} if "drop" in edit else {"set": {name: edit["set"]}}
    await estate.world.wechat.do("bills", **FLOW, bill_date=DAY, **change)
    await next_morning(estate)
    assert [each for each in await kinds(estate) if each[0] == "payment"] == found
    assert (await bill_of(estate))["state"] == "differing"


async def test_the_balance_goes_on_from_day_to_day(estate: Estate, li: Member) -> None:
    """What was on the account at night is there in the morning, or somebody looks why."""
    await paid(estate, li)
    await next_morning(estate)
    assert (await bill_of(estate))["state"] == "closed"
    row = flow_row("4200X", "1.00", at="2026-03-03 12:00:00", voucher="")
    other = {"业务名称": "充值", "业务类型": "充值", "账户结余(元)": "102.00"}
    await estate.world.wechat.do("bills", **FLOW, bill_date="2026-03-03", add=[row | other])
    await next_morning(estate, hours=24, minutes=0)
    found = await difference(estate)
    assert (found["entry"], found["kind"]) == ("balance", "balance")
    assert (found["booked_fen"], found["flowed_fen"]) == (10_175, 10_100)


async def test_a_trade_of_another_program_under_our_number(estate: Estate, li: Member) -> None:
    payment_id = await paid(estate, li)
    other = {payment_id: {"公众账号ID": "wx0000000000000000"}}
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, set=other)
    await next_morning(estate)
    assert await kinds(estate) == [("payment", "foreign_trade")]


async def test_a_partners_fund_flow_is_none_of_the_merchants(estate: Estate) -> None:
    await next_morning(estate)
    day = await bill_of(estate, account="partner")
    assert (day["state"], day["flow"]) == ("closed", None)
    assert (await bill_of(estate))["flow"] is not None


async def test_missed_days_are_caught_up_some_at_a_time_the_oldest_first(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since the payee was written down: nobody can have paid into the account before."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 90)
    monkeypatch.setattr(reconciliations, "DAYS_A_MINUTE", 2)
    await estate.advance(days=4, hours=-2, minutes=5)
    await schedules.plan(estate.world.deps, reconciliations.SCHEDULES, None)
    world = estate.world
    await reconciliations.compare_all(world.deps, {})

    async def closed() -> list[str]:
        query = {"account": "firm", "state": "closed"}
        return [d["day"] async for d in world.db.reconciliations.find(query).sort("day", 1)]

    assert await world.db.reconciliations.count_documents({"account": "firm"}) == 4
    await world.db.outbox.delete_many({"payload.account": {"$ne": "firm"}})
    await world.work()
    assert await closed() == ["2026-03-02", "2026-03-03"]
    await world.advance(minutes=1)
    await world.work()
    assert await closed() == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]


def then_dies(whole: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def work(*arguments: Any, **named: Any) -> None:
        await whole(*arguments, **named)
        raise OSError("power cut")

    return work


@pytest.mark.parametrize(
    ("module", "name"),
    [(sources, "read"), (store, "hold"), (differences, "note"), (store, "move")],
    ids=["read", "held", "noted", "moved"],
)
async def test_a_day_that_dies_in_the_middle_is_compared_once(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    """Wherever it dies: nothing is booked twice, and no difference is there twice."""
    await unheard(estate, li)
    await left_out(estate, await paid(estate, await estate.member("wang")))
    await estate.advance(hours=22, minutes=5)
    deps = estate.world.deps
    mchid = deps.merchants["firm"].account.mchid
    asked = {"account": "firm", "mchid": mchid, "day": DAY}
    with monkeypatch.context() as patched:
        patched.setattr(module, name, then_dies(getattr(module, name)))
        with pytest.raises(OSError, match="power cut"):
            await reconciliations.compare(deps, asked)
    assert (await bill_of(estate))["state"] == "waiting"
    assert await kinds(estate) == []
    for _ in range(2):
        await reconciliations.compare(deps, asked)
        assert (await bill_of(estate))["state"] == "differing"
        assert await kinds(estate) == [("payment", "not_at_wechat")]
        assert await journals(estate) == 2


async def test_a_day_that_stays_open_is_an_alarm(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 5)
    await left_out(estate, await paid(estate, li))
    await next_morning(estate)
    with capture_logs() as logs:
        await reconciliations.compare_all(estate.world.deps, {})
    assert "reconciliation_open" not in [each["event"] for each in logs]
    await estate.advance(days=3)
    with capture_logs() as logs:
        await reconciliations.compare_all(estate.world.deps, {})
    [alarm] = [each for each in logs if each["event"] == "reconciliation_open"]
    assert (alarm["account"], alarm["oldest"]) == ("firm", DAY)
