"""Discrepancies with WeChat Pay: what is kept and seen of them."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ShortListQuery
from services.kernel.types import Id
from services.payments.discrepancies.states import DiscrepancyState

CLARIFY: Final = "payments.clarify"  # the job that queries the order of a doubtful notice


class Doubt(Labelled):
    """Kind of difference between what WeChat said and what we wrote down."""

    UNKNOWN_ORDER = "unknown_order", "没有这个订单"
    OTHER_ACCOUNT = "other_account", "收款单位不符"  # the order belongs to another payee
    OTHER_MERCHANT = "other_merchant", "商户号不符"
    OTHER_APP = "other_app", "小程序不符"
    OTHER_COMBINED = "other_combined", "合单订单不符"  # told alone, or as a part of another one
    AMOUNT = "amount", "金额不符"
    CURRENCY = "currency", "币种不符"
    TRADE_TYPE = "trade_type", "交易类型不符"
    NOT_SUCCESS = "not_success", "支付未成功"
    SECOND_TRANSACTION = "second_transaction", "重复支付"
    RETURNED_ELSEWHERE = (
        "returned_elsewhere",
        "已在商户平台退款",
    )  # given back in the merchant's own console, not by us
    # Only in older ones: what the daily bill shows is a difference of its day now.
    NOT_CONFIRMED = "not_confirmed", "账单里有,微信查询没有"
    NOT_IN_BILL = "not_in_bill", "微信账单里没有"


# What the daily bill raised before there were reconciliations.
OF_BILLS: Final = frozenset({Doubt.NOT_CONFIRMED, Doubt.NOT_IN_BILL})


class Discrepancy(Struct, kw_only=True):
    """A difference with WeChat about one order; its state says who deals with it.

    `amount_fen`: what a notice claims; in suspense, what of the money lies there still.
    `total_fen`: what WeChat confirmed was paid; None before, and in older ones.
    """

    id: str = field(name="_id")  # account:out_trade_no
    account: str
    doubts: list[Doubt]
    out_trade_no: str
    transaction_id: str
    amount_fen: int
    expected_fen: int | None
    total_fen: int | None = None
    state: DiscrepancyState = DiscrepancyState.OPEN
    found_at: datetime
    settled_at: datetime | None = None
    billed_on: Day | None = None  # the day of WeChat's trade bill that has the suspended money


class DiscrepancySort(Labelled):
    ORDER = "order", "按商户订单号"  # of one merchant account after the other
    OLDEST = "oldest", "最早在前"
    NEWEST = "newest", "最新在前"


class DiscrepanciesQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which differences to list.

    `state`: How far they are; without it those that wait for a person.
    `doubt`: What does not fit, among other things; anything without it.
    `account`: Key of the payee's merchant account; all without it.
    `found_from`: First day on which they were found.
    `found_to`: Last day on which they were found.
    `sort`: Order of the list.
    """

    state: DiscrepancyState | None = None
    doubt: Doubt | None = None
    account: Id | None = None
    found_from: Day | None = None
    found_to: Day | None = None
    sort: DiscrepancySort = DiscrepancySort.ORDER


class DiscrepancyView(Struct, kw_only=True):
    """Difference between WeChat and the books about one order.

    `discrepancy_id`: Opaque id of the difference.
    `account`: Key of the payee's merchant account.
    `doubts`: What does not fit.
    `out_trade_no`: Number of the order that WeChat names.
    `transaction_id`: WeChat's number of the transaction.
    `amount_fen`: What WeChat says was paid, in fen.
    `expected_fen`: What was written down, in fen; null when nothing was.
    `state`: How far the difference is cleared.
    `found_at`: When it was found.
    """

    discrepancy_id: str
    account: str
    doubts: list[Doubt]
    out_trade_no: str
    transaction_id: str
    amount_fen: int
    expected_fen: int | None
    state: DiscrepancyState
    found_at: datetime


def discrepancy_id(account: str, out_trade_no: str) -> str:
    """Name the difference about one order of one merchant account."""
    return f"{account}:{out_trade_no}"
