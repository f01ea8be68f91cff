"""Statements of a home for a year equal the journal, to the fen, for whoever may see what."""

import io
from collections import Counter
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.kernel.permissions import Role
from services.reconciliations import jobs as reconciliations
from tests.build.books import balances
from tests.build.cast import COMPOUND, LI_HOME, Estate, bill
from tests.build.homes import acts, get, newcomer, post
from tests.build.offices import firm_at, hire
from tests.build.papers import pages_of
from tests.build.payments import paid
from tests.build.receipts import PROPERTY, receipt_of
from tests.build.trade_bills import in_console, next_morning

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]

BUYER, CASHIER = "13900000040", "13900000060"
STATEMENT = f"homes/{LI_HOME}/statement"
NOTHING = dict.fromkeys(
    (
        *("start_fen", "billed_fen", "paid_fen", "refunded_fen"),
        *("voided_fen", "corrected_fen", "end_fen"),
    ),
    0,
)


async def statement(estate: Estate, who: Any, year: int = 2026) -> dict[str, Any]:
    reply = await get(estate, who, f"{STATEMENT}?year={year}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def owed_by_the_books(estate: Estate) -> Counter[str]:
    """Return fee → what the journal says that Li's home owes."""
    held = balances(await estate.world.db.journal.find().to_list())
    found: Counter[str] = Counter()
    async for row in estate.world.db.bills.find({"home": LI_HOME}):
        found[row["kind"]] += held[f"receivable:{row['_id']}"]
    return found


async def test_a_year_of_a_home_equals_the_books(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two bills of 51.18 and two of 5.00; two paid, given back, one paid again, one void."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    payment_id = await paid(estate, await estate.member("li"))
    await in_console(estate, payment_id, 10_236)
    await next_morning(estate)
    li = await estate.member("li")
    first, second = await estate.bill_ids("li")
    again = await paid(estate, li, [first])
    wish = {"reason": "面积登记有误", "months": "forgiven"}
    assert (await post(estate, "staff", f"bills/{second}/void", **wish)).status == 200
    found = await statement(estate, li)
    property_fee, waste_fee = found["sums"]
    assert property_fee == NOTHING | {
        "fee": "property_fee",
        "billed_fen": 2 * 5118,
        "paid_fen": 3 * 5118,
        "refunded_fen": 2 * 5118,
        "voided_fen": 5118,
    }
    assert waste_fee == NOTHING | {"fee": "waste_fee", "billed_fen": 1000, "end_fen": 1000}
    books = await owed_by_the_books(estate)
    assert {each["fee"]: each["end_fen"] for each in found["sums"]} == dict(books)
    assert sum(entry["amount_fen"] for entry in found["entries"]) == books.total()
    number = (await receipt_of(estate, li, again))["number"]
    [last] = [e for e in found["entries"] if e["reference"] == number]
    said = (last["kind"], last["how"], last["amount_fen"], last["paid_at"][:16])
    assert said == ("paid", "微信支付", -5118, "2026-03-03T02:05")
    before, after = [await statement(estate, li, year) for year in (2025, 2027)]
    assert (before["sums"], before["entries"]) == ([], [])
    assert [(s["start_fen"], s["end_fen"]) for s in after["sums"]] == [(0, 0), (1000, 1000)]


async def test_the_sheet_and_the_table_say_the_same(estate: Estate) -> None:
    li = await estate.member("li")
    await paid(estate, li)
    reply = await get(estate, li, f"{STATEMENT}/sheet?year=2026")
    [page] = pages_of(reply.raw)
    assert page.lines[:7] == [
        "房屋年度对账单",
        *("房屋", "春光小区3栋2单元502室"),
        *("期间", "2026-01-01 至 2026-03-02"),
        *("打印日期", "2026-03-02"),
    ]
    owed = page.lines.index("期末欠费")
    assert page.lines[7:9] == ["费用", "物业费"]
    assert page.lines[owed - 2 : owed + 2] == ["本年已缴", "102.36元", "期末欠费", "0.00元"]
    table = await get(estate, li, f"{STATEMENT}/table?year=2026")
    book = CalamineWorkbook.from_filelike(io.BytesIO(table.raw))
    rows = book.get_sheet_by_index(0).to_python()
    amounts = [row[4] for row in rows[1:] if isinstance(row[4], float)]
    assert sorted(amounts) == [-51.18, -51.18, 5.0, 5.0, 51.18, 51.18]
    told = await acts(estate.world, "fee.statement_printed")
    assert [(row["place"], row["facts"]) for row in told] == [(LI_HOME, {"year": 2026})] * 2


async def test_who_bought_a_home_has_no_statement_of_the_sellers_days(estate: Estate) -> None:
    """Family is told that it is for owners; who sold the home has no part of it any more."""
    assert (await get(estate, "mei", f"{STATEMENT}?year=2026")).status == 403
    buyer = await newcomer(estate, "buyer", BUYER)
    wish = {"name": "赵强", "phone": BUYER, "day": "2026-03-01", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    await bill(estate.world, "2026-03")
    own = await statement(estate, buyer)
    assert {entry["period"] for entry in own["entries"]} == {"2026-03"}
    assert (await get(estate, "li", f"{STATEMENT}?year=2026")).status == 404
    whole = await statement(estate, "staff")
    assert {e["period"] for e in whole["entries"]} == {"2026-01", "2026-02", "2026-03"}


async def test_a_firm_has_a_statement_of_what_is_paid_to_itself(estate: Estate) -> None:
    firm = await firm_at(estate.world, COMPOUND)
    whose = {"name": "cashier", "phone": CASHIER, "firm": firm}
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, **whose)
    assert (await statement(estate, cashier))["sums"] == []
    own = {"$set": {"firm": firm, "place": COMPOUND}}
    await estate.world.db.payees.update_one({"_id": PROPERTY}, own)
    [only] = (await statement(estate, cashier))["sums"]
    assert (only["fee"], only["end_fen"]) == ("property_fee", 10_236)
