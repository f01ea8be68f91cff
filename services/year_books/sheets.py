"""Sheets of a year's books: what an accountant reads, and the rows that it comes from.

No sheet names a person or a phone number: a home, a receipt's number and the day are enough to
find a payment, and whoever must know the payer looks the receipt up.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from services.bills.views import title_of
from services.fees.models import BillKind
from services.kernel.tables import Column
from services.payments.receipts.models import Receipt
from services.year_books.allocations import way_of
from services.year_books.models import WAYS, BillYear, Effect, Excess
from services.year_books.totals import Age, MonthSum, name_of

SUMMARY, BILLS, PAYMENTS = "收费汇总", "账单", "收款"
REFUNDS, ARREARS, BALANCES, ABOUT = "退款", "年末欠费账龄", "科目余额表", "说明"


class MoneyRow(Struct, frozen=True, kw_only=True):
    """Money that came or went. `about`: the bill, or that there is none."""

    at: datetime
    way: str
    receipt: str
    refund: str
    address: str
    about: str
    kind: BillKind | None
    fen: int


class ArrearsRow(Struct, frozen=True, kw_only=True):
    """What a home owes at the end, by age. `since`: first month that it owes."""

    address: str
    since: str
    ages: Mapping[Age, int]


def _column(label: str, read: Callable[[Any], Any], unit: str = "text") -> Column:
    return Column(label, label, read, unit)


def _received(way: str) -> Callable[[MonthSum], int]:
    return lambda row: row.received[way]


def _aged(age: Age) -> Callable[[ArrearsRow], int]:
    return lambda row: row.ages.get(age, 0)


SUMMARY_COLUMNS: Final = (
    _column("费用", lambda row: row.fee),
    _column("月份", lambda row: row.month),
    _column("期初欠费(元)", lambda row: row.start_fen, "yuan"),
    _column("出账(元)", lambda row: row.billed_fen, "yuan"),
    *(_column(f"收款:{way}(元)", _received(way), "yuan") for way in WAYS.values()),
    _column("退款(元)", lambda row: row.refunded_fen, "yuan"),
    _column("作废和减免(元)", lambda row: row.voided_fen, "yuan"),
    _column("其他增减(元)", lambda row: row.other_fen, "yuan"),
    _column("期末欠费(元)", lambda row: row.end_fen, "yuan"),
)
BALANCE_COLUMNS: Final = (
    _column("科目", lambda row: row.name),
    _column("期初余额(元)", lambda row: row.start_fen, "yuan"),
    _column("本期借方(元)", lambda row: row.debit_fen, "yuan"),
    _column("本期贷方(元)", lambda row: row.credit_fen, "yuan"),
    _column("期末余额(元)", lambda row: row.end_fen, "yuan"),
)
MONEY_COLUMNS: Final = (
    _column("入账时间", lambda row: row.at, "instant"),
    _column("方式", lambda row: row.way),
    _column("收据号", lambda row: row.receipt),
    _column("退款单号", lambda row: row.refund),
    _column("房屋", lambda row: row.address),
    _column("账单", lambda row: row.about),
    _column("费用", lambda row: row.kind),
    _column("金额(元)", lambda row: row.fen, "yuan"),
)
ARREARS_COLUMNS: Final = (
    _column("房屋", lambda row: row.address),
    _column("最早欠费月份", lambda row: row.since),
    *(_column(f"{age.label}(元)", _aged(age), "yuan") for age in Age),
    _column("合计(元)", lambda row: sum(row.ages.values()), "yuan"),
)
ABOUT_COLUMNS: Final = (
    _column("项目", lambda row: row[0]),
    _column("内容", lambda row: row[1]),
)


def bill_columns(addresses: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns of bills; the addresses of their homes are written in as they come."""
    return (
        _column("房屋", lambda row: addresses.get(row.bill.home, row.bill.home)),
        _column("账单", lambda row: title_of(row.bill)),
        _column("费用", lambda row: row.bill.kind),
        _column("收款单位", lambda row: row.bill.payee_name),
        _column("出账时间", lambda row: row.bill.issued_at, "instant"),
        _column("缴费期限", lambda row: row.bill.due_on, "day"),
        _column("账单金额(元)", lambda row: row.bill.amount_fen, "yuan"),
        _column("期初欠费(元)", lambda row: row.start_fen, "yuan"),
        _column("本期出账(元)", lambda row: row.of(Effect.BILLED), "yuan"),
        _column("本期收款(元)", lambda row: -row.of(Effect.RECEIVED), "yuan"),
        _column("本期退款(元)", lambda row: row.of(Effect.REFUNDED), "yuan"),
        _column("作废和减免(元)", lambda row: -row.of(Effect.VOIDED), "yuan"),
        _column("其他增减(元)", lambda row: row.of(Effect.OTHER), "yuan"),
        _column("期末欠费(元)", lambda row: row.end_fen, "yuan"),
    )


def money_of(
    each: BillYear, effect: Effect, address: str, receipts: Mapping[str, Receipt]
) -> Iterator[MoneyRow]:
    """Yield what was received, or refunded, of a bill within the span."""
    for movement in each.within:
        if movement.effect is effect:
            yield MoneyRow(
                at=movement.at,
                way=movement.way,
                receipt=number_of(receipts.get(movement.payment)),
                refund=movement.refund,
                address=address,
                about=title_of(each.bill),
                kind=each.bill.kind,
                fen=abs(movement.fen),
            )


def excess_of(each: Excess, receipts: Mapping[str, Receipt]) -> MoneyRow:
    """Return money that came or went and is about no bill, but an account of another sort."""
    money, contra = each.pair.debit, each.pair.credit
    if not way_of(money):
        money, contra = contra, money
    return MoneyRow(
        at=each.at,
        way=way_of(money),
        receipt=number_of(receipts.get(each.payment)),
        refund=each.refund,
        address="",
        about=name_of(contra),
        kind=None,
        fen=each.pair.fen,
    )


def number_of(receipt: Receipt | None) -> str:
    """Return the number of a receipt: that without gaps, where it has one."""
    return (receipt.serial_number or receipt.number) if receipt else ""


def total_of(row: ArrearsRow, other: ArrearsRow) -> ArrearsRow:
    """Return the sum of two rows under the name of the first."""
    ages = {age: row.ages.get(age, 0) + other.ages.get(age, 0) for age in Age}
    return ArrearsRow(address=row.address, since=row.since, ages=ages)
