"""File of a year's books: its sheets, written one after another in memory that does not grow.

Each sheet goes through the bills of the compound by itself, some at once. All of them see the
same: what was booked before the end of a day that was over when the books were asked for.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec import Struct

from services.bills import own_money
from services.dependencies import Dependencies
from services.exports import origins
from services.exports.files import Writer
from services.kernel import errors
from services.kernel.permissions import Actor, Permission
from services.kernel.tables import Column
from services.kernel.workbooks import StreamedWorkbook
from services.payments.receipts import actions as receipts
from services.places import actions as places
from services.year_books import actions, entries, sheets, totals
from services.year_books.allocations import effect_of
from services.year_books.models import BillYear, Effect, Excess, Span
from services.year_books.sheets import ArrearsRow
from services.year_books.totals import ALL, Totals


class BookTooLarge(errors.TooLarge):
    """The file would be larger than one that is handed out: ask for it by another way."""

    code = "year_book_too_large"


class Source(Struct, frozen=True, eq=False, kw_only=True):
    """Entries of a compound, as somebody may have them. `accounts`: None for all."""

    deps: Any
    compound: str
    accounts: Sequence[str] | None
    span: Span

    def bills(self) -> AsyncIterator[list[BillYear]]:
        return entries.of_bills(self.deps, self.compound, self.accounts, self.span)

    def excess(self) -> AsyncIterator[list[Excess]]:
        return entries.of_excess(self.deps, self.compound, self.accounts, self.span)


class Book:
    """File that is being written: a workbook, and where its bytes go."""

    def __init__(self, writer: Writer, foot: str) -> None:
        self.rows = 0
        self._writer = writer
        self._book = StreamedWorkbook(foot)

    async def sheet(
        self, name: str, columns: Sequence[Column], rows: Iterable[Any] = ()
    ) -> None:
        self._book.begin(name, columns)
        await self.add(rows)

    async def add(self, rows: Iterable[Any]) -> None:
        """Write rows, and hand over what of the file there is. Raises BookTooLarge."""
        some = list(rows)
        await asyncio.to_thread(self._book.add, some)
        self.rows += len(some)
        await self._hand_over(self._book.take())
        await self._writer.progress(self.rows)

    async def close(self) -> None:
        await self._hand_over(self._book.close())
        await self._writer.finish(rows=self.rows, complete=True)

    async def _hand_over(self, content: bytes) -> None:
        if not self._writer.has_room(content):
            raise BookTooLarge("账册太大,无法生成,请联系管理员")
        await self._writer.write(content)


async def write(deps: Dependencies, actor: Actor, writer: Writer) -> None:
    """Write the books of a year, as whoever asked may have them now."""
    export = writer.export
    place = await actions.access(deps, actor, export.subject)
    own = await own_money.find(deps, actor, place.id, by=Permission.VIEW_DEBTORS)
    span = actions.span_of(int(export.filters["year"]), export.created_at)
    source = Source(
        deps=deps,
        compound=place.id,
        accounts=None if own is None else own.accounts,
        span=span,
    )
    origin = await origins.of(deps, export, place.address)
    book = Book(writer, origin.foot)
    summed = await _totals(source)
    await book.sheet(sheets.SUMMARY, sheets.SUMMARY_COLUMNS, summed.by_month())
    await _bills(book, source)
    await _money(book, source, sheets.PAYMENTS, Effect.RECEIVED)
    await _money(book, source, sheets.REFUNDS, Effect.REFUNDED)
    await _arrears(book, source)
    await book.sheet(sheets.BALANCES, sheets.BALANCE_COLUMNS, summed.balances())
    about = [*origin.facts, ("截止日期", span.to_day), *ABOUT]
    await book.sheet(sheets.ABOUT, sheets.ABOUT_COLUMNS, about)
    await book.close()


ABOUT: Final = (
    ("依据", "各表的金额都来自复式记账的凭证,不取账单状态。"),
    ("月份", "按入账日期(北京时间)计入月份。"),
    ("收款", "一笔收款多于应收的部分列为多收待退,不冲抵欠费。"),
    ("个人信息", "不含姓名和电话。需要核对缴款人时,请凭收据号查询。"),
)


async def _totals(source: Source) -> Totals:
    summed = Totals(source.span)
    async for some in source.bills():
        for each in some:
            summed.add_bill(each)
    async for excess in source.excess():
        for one in excess:
            summed.add_excess(one)
    return summed


async def _bills(book: Book, source: Source) -> None:
    addresses: dict[str, str] = {}
    await book.sheet(sheets.BILLS, sheets.bill_columns(addresses))
    async for some in source.bills():
        addresses.clear()
        addresses |= await _addresses(source, some)
        await book.add(some)


async def _money(book: Book, source: Source, name: str, effect: Effect) -> None:
    """Write what was received, or refunded: of bills by home, then what is about none."""
    await book.sheet(name, sheets.MONEY_COLUMNS)
    async for some in source.bills():
        moved = [m for each in some for m in each.within if m.effect is effect]
        known = await receipts.of_payments(source.deps, sorted({m.payment for m in moved}))
        named = await _addresses(source, some) if moved else {}
        await book.add(
            row
            for each in some
            for row in sheets.money_of(each, effect, named.get(each.bill.home, ""), known)
        )
    async for excess in source.excess():
        own = [e for e in excess if e.at >= source.span.start and effect is effect_of(e.pair)]
        known = await receipts.of_payments(source.deps, sorted({e.payment for e in own}))
        await book.add(sheets.excess_of(each, known) for each in own)


async def _arrears(book: Book, source: Source) -> None:
    """Write what homes owe at the end by age, and the sum. Bills of a home come together."""
    await book.sheet(sheets.ARREARS, sheets.ARREARS_COLUMNS)
    total = ArrearsRow(address=ALL, since="", ages={})
    waiting: list[BillYear] = []
    async for some in source.bills():
        owing = [*waiting, *(each for each in some if each.end_fen)]
        last = owing[-1].bill.home if owing else ""
        waiting = [each for each in owing if each.bill.home == last]
        rows = await _rows(source, [each for each in owing if each.bill.home != last])
        await book.add(rows)
        for row in rows:
            total = sheets.total_of(total, row)
    rest = await _rows(source, waiting)
    for row in rest:
        total = sheets.total_of(total, row)
    await book.add([*rest, total])


async def _rows(source: Source, owing: Sequence[BillYear]) -> list[ArrearsRow]:
    named = await _addresses(source, owing)
    return [
        ArrearsRow(
            address=named.get(home, home),
            since=min(each.bill.period for each in own),
            ages=totals.by_age(own, source.span.to_day),
        )
        for home, found in groupby(owing, key=lambda each: each.bill.home)
        if (own := list(found))
    ]


async def _addresses(source: Source, some: Iterable[BillYear]) -> dict[str, str]:
    return await places.addresses(source.deps, sorted({each.bill.home for each in some}))
