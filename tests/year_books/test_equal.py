"""A year's books of random journals: every total is what the journals come to, to the fen."""

from collections import Counter
from typing import Any

import pytest

from services.fees.models import BillKind
from services.year_books import entries
from tests.build.cast import COMPOUND, OTHER_COMPOUND, Estate
from tests.build.sign_ins import Member
from tests.build.year_books import Ledger, Sheet, book, fen, posted, write
from tests.lists.case import FORMULA

pytestmark = pytest.mark.slow

FIRST, END = "2025-01", "2026-01"
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
RECEIVED = slice(4, 8)  # columns of the ways in which money came
# Class of an account → how its rows of the trial balance begin.
ROWS = {
    "receivable": "应收账款",
    "income": "收入",
    "overpaid": "多收待退",
    "prepaid": "预存款",
    "wechat": "货币资金(微信支付)",
    "cash": "货币资金(现金)",
}


def own(made: Ledger, place: str, kind: BillKind) -> list[str]:
    """Return the accounts of what is owed on bills of a compound and kind."""
    return [
        f"receivable:{bill.id}"
        for bill in made.bills
        if bill.home.startswith(place) and bill.kind is kind
    ]


async def test_every_total_equals_the_journals(
    estate: Estate, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "AT_ONCE", 7)  # homes and payments begin and end anywhere
    world, made = estate.world, Ledger()
    made.bills[0].payee_name = FORMULA
    await write(world, made)
    journals = await world.db.journal.find().to_list()
    books = {place: await book(world, admin, place) for place in (COMPOUND, OTHER_COMPOUND)}
    for place, sheets in books.items():
        _summary(sheets["收费汇总"], made, journals, place)
        _rows(sheets)
        _ages(sheets["年末欠费账龄"], sheets["收费汇总"])
    _balances([sheets["科目余额表"] for sheets in books.values()], journals)
    assert any(FORMULA in row for row in books[COMPOUND]["账单"])


def _summary(sheet: Sheet, made: Ledger, journals: list[Any], place: str) -> None:
    rows = {(row[0], row[1]): row[2:] for row in sheet[1:]}
    for kind in BillKind:
        accounts = own(made, place, kind)
        for month, later in zip(MONTHS, [*MONTHS[1:], END], strict=True):
            start, *parts, end = map(fen, rows[kind.label, month])
            assert start == posted(journals, accounts, month)
            assert end == posted(journals, accounts, later)
            billed, received, (back, void, other) = parts[0], parts[1:5], parts[5:]
            assert start + billed - sum(received) + back - void + other == end
            for name, told in (("issue", billed), ("void", -void)):
                some = [j for j in journals if j["kind"] == name]
                assert told == posted(some, accounts, later, month)
            returned = [j for j in journals if j["_id"].startswith("back:")]
            assert back == posted(returned, accounts, later, month)
            paid = [j for j in journals if j["kind"] == "payment"]
            assert other - sum(received) == posted(paid, accounts, later, month)
        year = [*map(fen, rows[kind.label, "合计"])]
        for column in range(1, len(year) - 1):
            assert year[column] == sum(fen(rows[kind.label, m][column]) for m in MONTHS)
    last = [*map(fen, rows["合计", "合计"])]
    for column in range(len(last)):
        assert last[column] == sum(fen(rows[kind.label, "合计"][column]) for kind in BillKind)


def _rows(sheets: dict[str, Sheet]) -> None:
    """The rows of each sheet come to what the summary says of the year."""
    total = [*map(fen, sheets["收费汇总"][-1][2:])]
    columns = [sum(fen(row[at]) for row in sheets["账单"][1:]) for at in range(7, 14)]
    start, billed, received, (back, void, other, end) = (
        total[0],
        total[1],
        sum(total[2:6]),
        total[6:],
    )
    assert columns == [start, billed, received, back, void, other, end]
    for name, sum_fen in (("收款", received), ("退款", back)):
        about_bills = [row for row in sheets[name][1:] if row[4]]
        assert sum(fen(row[7]) for row in about_bills) == sum_fen
        rest = [row for row in sheets[name][1:] if not row[4]]
        assert {row[5] for row in rest} <= {"多收待退"}
    ways: Counter[str] = Counter()
    for row in sheets["收款"][1:]:
        ways[row[1]] += fen(row[7]) if row[4] else 0
    assert [ways[way] for way in ("微信支付", "现金", "银行转账", "POS 刷卡")] == total[2:6]


def _ages(sheet: Sheet, summary: Sheet) -> None:
    *homes, total = [[*map(fen, row[2:])] for row in sheet[1:]]
    assert total[-1] == fen(summary[-1][-1])
    assert total == [sum(column) for column in zip(*homes, strict=True)]
    assert len({row[0] for row in sheet[1:]}) == len(sheet) - 1  # each home once


def _balances(books: list[Sheet], journals: list[Any]) -> None:
    """Debits equal credits in each compound; and all compounds come to all journals."""
    for sheet in books:
        *accounts, total = [[*map(fen, row[1:])] for row in sheet[1:]]
        assert total == [sum(column) for column in zip(*accounts, strict=True)]
        assert (total[0], total[3]) == (0, 0)
        assert total[1] == total[2] > 0
    rows = [row for sheet in books for row in sheet[1:-1]]
    for name, label in ROWS.items():
        own_rows = [[*map(fen, row[1:])] for row in rows if row[0].startswith(label)]
        start, debit, credit, end = (sum(column) for column in zip(*own_rows, strict=True))
        assert start == posted(journals, [f"{name}:"], FIRST)
        assert debit - credit == posted(journals, [f"{name}:"], END, FIRST)
        assert end == posted(journals, [f"{name}:"], END)
    assert all(any(row[0].startswith(each) for each in ROWS.values()) for row in rows)
