"""Sheets of statements: a home's year on paper and as a spreadsheet, with the same figures."""

import asyncio
from typing import TYPE_CHECKING, Final

from services.kernel.days import Day, day_of
from services.kernel.deferred import deferred
from services.kernel.money import yuan
from services.kernel.sheets import Facts, Sheet, Text
from services.kernel.tables import Workbook, columns
from services.payments.statements.models import (
    EntryKind,
    Statement,
    StatementEntry,
    StatementSum,
)

if TYPE_CHECKING:
    from services.kernel import papers
else:
    papers = deferred("services.kernel.papers")

TITLE: Final = "房屋年度对账单"
COLUMNS: Final = columns(
    StatementEntry,
    at="入账时间",
    kind="事项",
    fee="费用",
    title="账单",
    amount_fen="金额(元)",
    how="方式",
    paid_at="缴款时间",
    reference="收据号或更正号",
)
# What the sums are called, in the order in which they add up.
SUMS: Final = {
    "start_fen": "年初欠费",
    "billed_fen": "本年出账",
    "paid_fen": "本年已缴",
    "refunded_fen": "本年退款",
    "voided_fen": "本年作废",
    "corrected_fen": "本年更正",
    "end_fen": "期末欠费",
}


async def pdf(found: Statement, today: Day) -> bytes:
    """Return a statement as PDF."""
    about = Facts((("房屋", found.address), ("期间", _span(found)), ("打印日期", today)))
    sums = [Facts((("费用", each.fee.label), *_sums(each))) for each in found.sums]
    rows = tuple(map(_row, found.entries))
    entries = [Facts(rows)] if rows else [Text("这一年没有账单。")]
    sheet = Sheet(TITLE, (about, *sums, Text("明细"), *entries))
    title = f"{TITLE} {found.year}"
    return await asyncio.to_thread(lambda: papers.pdf(title, [sheet]))


def _span(found: Statement) -> str:
    return f"{found.year}-01-01 至 {found.to_day}"


def _sums(each: StatementSum) -> tuple[tuple[str, str], ...]:
    """Return the sums of a fee; of what is seldom only what there was."""
    seldom = ("refunded_fen", "voided_fen", "corrected_fen")
    shown = [name for name in SUMS if getattr(each, name) or name not in seldom]
    return tuple((SUMS[name], f"{yuan(getattr(each, name))}元") for name in shown)


def _row(entry: StatementEntry) -> tuple[str, str]:
    said = [entry.kind.label, entry.title, f"{yuan(entry.amount_fen)}元", entry.how]
    paper = "更正号" if entry.kind is EntryKind.CORRECTED else "收据"
    said.append(f"{paper} {entry.reference}" if entry.reference else "")
    return day_of(entry.at), " ".join(filter(None, said))


async def workbook(found: Statement, today: Day) -> bytes:
    """Return a statement as spreadsheet: each movement, and the sums below."""
    notes = [f"{found.address} {_span(found)}"]
    for each in found.sums:
        said = ",".join(f"{label}{value}" for label, value in _sums(each))
        notes.append(f"{each.fee.label}:{said}")

    def write() -> bytes:
        book = Workbook(TITLE, COLUMNS)
        book.add(found.entries)
        return book.close(*notes, f"打印日期 {today}")

    return await asyncio.to_thread(write)
