"""Year-end books (年度账册) of a compound: what is asked for, and what journals say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from services.bills.models import Bill
from services.kernel.days import Day
from services.kernel.labels import Labelled

KIND: Final = "year_book"
FIRST_YEAR, LAST_YEAR = 2020, 2099
Year = Annotated[int, Meta(ge=FIRST_YEAR, le=LAST_YEAR)]


class NewYearBook(Struct, forbid_unknown_fields=True, kw_only=True):
    """Year of which the books are wanted.

    `year`: The year, which may be under way: then it is what was booked until now.
    """

    year: Year


class Effect(Labelled):
    """What a journal is to what is owed on a bill."""

    BILLED = "billed", "出账"
    RECEIVED = "received", "收款"
    REFUNDED = "refunded", "退款"
    VOIDED = "voided", "作废和减免"
    OTHER = "other", "其他增减"  # taken from prepayment, written off, moved


# Class of the account that money lies in → how it came or went. Money in an account that is not
# here is among the other changes of what is owed, and under its own name in the trial balance.
WAYS: Final = {
    "wechat": "微信支付",
    "cash": "现金",
    "bank": "银行转账",
    "pos": "POS 刷卡",
}
# Class of an account → where cash is that was taken from payers and handed over (a safe), or
# was found to be too little or too much then: nobody paid it and nobody got it back.
HANDED_OVER: Final = {"safe": "已上交现金", "cashdiff": "现金长短款"}
# Class of an account → what accountants call it.
ACCOUNTS: Final = {
    "receivable": "应收账款",
    "income": "收入",
    "overpaid": "多收待退",
    "suspense": "待查款项",
    "prepaid": "预存款",
    "payable": "其他应付款(待退预存款)",
    "deposit": "押金和保证金",
    "writeoff": "坏账核销",
    **{name: f"货币资金({way})" for name, way in WAYS.items()},
    **HANDED_OVER,
}

OTHER_INCOME: Final = {"deposit": "押金扣除"}  # of what no bill is for


class Movement(Struct, frozen=True, kw_only=True):
    """Change of what is owed on a bill by one journal. `fen`: above 0 when more is owed.

    `contra`: account on the other side. `way`: how money came or went; "" for no money.
    `payment`, `refund`: what the journal names.
    """

    at: datetime
    journal: str
    effect: Effect
    contra: str
    way: str
    fen: int
    payment: str = ""
    refund: str = ""


class Pair(Struct, frozen=True):
    """Part of a journal: so much from the credited account to the debited one."""

    debit: str
    credit: str
    fen: int


class Excess(Struct, frozen=True, kw_only=True):
    """Part of a journal that is about no bill: what was paid in excess, and what of it went."""

    at: datetime
    journal: str
    pair: Pair
    payment: str = ""
    refund: str = ""


class Span(Struct, frozen=True, kw_only=True):
    """Time that a book is about. `start` is in it, `end` is not; `to_day`: the last day."""

    year: int
    start: datetime
    end: datetime
    to_day: Day


class BillYear(Struct, frozen=True, kw_only=True):
    """Bill with all that moved what is owed on it, until the end of a span."""

    bill: Bill
    before: Sequence[Movement]
    within: Sequence[Movement]

    @property
    def start_fen(self) -> int:
        return sum(each.fen for each in self.before)

    @property
    def end_fen(self) -> int:
        return self.start_fen + sum(each.fen for each in self.within)

    def of(self, effect: Effect) -> int:
        """Return by how much more is owed by one sort of movements of the span, in fen."""
        return sum(each.fen for each in self.within if each.effect is effect)
