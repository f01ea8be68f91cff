"""Entries: what each side says of one movement of money, in one form, and how they compare.

WeChat's bills, a bank's file, a cash box, our records and the ledger are all read into rows of
{kind, reference, amount, instant}. The rules look at nothing else, and so serve each of them.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.labels import Labelled

# Neither page of WeChat's says how it rounds its fee, which a trade bill has to five decimals.
FEE_ROUNDING_FEN: Final = 1


class MovementKind(Labelled):
    """What moved."""

    PAYMENT = "payment", "收款"
    REFUND = "refund", "退款"
    FEE = "fee", "手续费"
    BALANCE = "balance", "账户结余"
    DELIVERY = "delivery", "现金交接"


class Side(StrEnum):
    """Who says that money moved."""

    BILLED = auto()  # the trade bill, the bank's file, or what was handed over
    TOLD = auto()  # what notices and answers to our questions left in our records
    BOOKED = auto()  # the journals
    FLOWED = auto()  # the fund flow bill
    FOREIGN = auto()  # the trade bill, of another mini-program in the same account
    VOID = auto()  # WeChat closed the refund: no money moved


class DifferenceKind(Labelled):
    """How the sides differ."""

    NOT_BOOKED = "not_booked", "账单有,我方未入账"
    NOT_AT_WECHAT = "not_at_wechat", "我方已入账,账单没有"
    AMOUNT = "amount", "金额不符"
    NOT_TOLD = "not_told", "已入账,与订单或退款记录不符"
    TWICE = "twice", "同一笔出现多次"
    FOREIGN_TRADE = "foreign_trade", "其他小程序的交易用了我方订单号"
    NOT_IN_FLOW = "not_in_flow", "资金账单没有"
    FLOW_ONLY = "flow_only", "只在资金账单里有"
    FLOW_AMOUNT = "flow_amount", "资金账单金额不符"
    FEE = "fee", "手续费不符"
    BALANCE = "balance", "账户结余不连续"
    NOT_HANDED_OVER = "not_handed_over", "收了现金还没有交"
    NOT_SETTLED = "not_settled", "刷卡款还没有到账"
    COUNT = "count", "清点金额与账面不符"


class Entry(Struct, frozen=True, kw_only=True):
    """One movement as one side has it. `reference`: WeChat's, or the bank's, number of it."""

    kind: MovementKind
    reference: str
    amount_fen: int
    at: datetime | None = None
    order: str = ""


class Match(Struct, frozen=True, kw_only=True):
    """All that the sides say under one reference. `counts`: how often each side has it."""

    kind: MovementKind
    reference: str
    order: str = ""
    fen: Mapping[Side, int]
    counts: Mapping[Side, int] = {}

    def difference(self, compared: frozenset[Side]) -> DifferenceKind | None:
        """Return how the sides differ; None when they agree.

        `compared`: the sides that were read. A side that was not is asked nothing.
        """
        if Side.VOID in self.fen:
            return None
        if any(count > 1 for count in self.counts.values()):
            return DifferenceKind.TWICE
        if self.kind is MovementKind.FEE:
            return self._fees(compared)
        return self._books(compared) or self._flow(compared)

    def _fees(self, compared: frozenset[Side]) -> DifferenceKind | None:
        if Side.FLOWED not in compared:
            return None
        apart = self.fen.get(Side.BILLED, 0) - self.fen.get(Side.FLOWED, 0)
        return DifferenceKind.FEE if abs(apart) > FEE_ROUNDING_FEN else None

    def _books(self, compared: frozenset[Side]) -> DifferenceKind | None:
        billed, booked = self.fen.get(Side.BILLED), self.fen.get(Side.BOOKED)
        told = self.fen.get(Side.TOLD)
        if Side.FOREIGN in self.fen:
            is_ours = told is not None or booked is not None
            return DifferenceKind.FOREIGN_TRADE if is_ours else None
        if billed == booked == told or (Side.TOLD not in compared and billed == booked):
            return None
        if billed is None:
            return DifferenceKind.NOT_AT_WECHAT
        if booked is None:
            return DifferenceKind.NOT_BOOKED
        return DifferenceKind.AMOUNT if billed != booked else DifferenceKind.NOT_TOLD

    def _flow(self, compared: frozenset[Side]) -> DifferenceKind | None:
        traded = self.fen.get(Side.BILLED, self.fen.get(Side.FOREIGN))
        flowed = self.fen.get(Side.FLOWED)
        if Side.FLOWED not in compared or traded == flowed:
            return None
        if flowed is None:
            return DifferenceKind.NOT_IN_FLOW
        return DifferenceKind.FLOW_ONLY if traded is None else DifferenceKind.FLOW_AMOUNT
