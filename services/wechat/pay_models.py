"""Transactions, refunds and notices of WeChat Pay v3, for direct and partner accounts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class TradeState(StrEnum):
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"  # was paid; a refund exists
    NOTPAY = "NOTPAY"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """One order as WeChat sees it. Amounts and payer may be absent while unpaid."""

    out_trade_no: str
    trade_state: TradeState
    mchid: str  # partner: sp_mchid
    appid: str  # partner: sp_appid
    sub_mchid: str | None = None
    sub_appid: str | None = None
    transaction_id: str | None = None
    trade_type: str | None = None  # JSAPI for mini-programs
    openid: str | None = None  # of the mini-program in which the payer paid
    amount_fen: int | None = None
    payer_fen: int | None = None  # what the payer gave, after WeChat's own coupons
    currency: str | None = None
    success_at: datetime | None = None
    attach: str | None = None
    bank_type: str | None = None
    combined: str = ""  # number of the combined order that it is a part of

    @property
    def paid(self) -> bool:
        """Tell whether money was paid, whatever became of it since."""
        return self.trade_state in {TradeState.SUCCESS, TradeState.REFUND}


class CombinedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """One combined order as WeChat sees it: what each merchant gets is a transaction."""

    number: str
    mchid: str  # of who placed it; partner: sp_mchid
    parts: list[Transaction]


class RefundStatus(StrEnum):
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"  # failed for good; only now may a new out_refund_no be right
    PROCESSING = "PROCESSING"
    ABNORMAL = "ABNORMAL"  # the payer's card cannot take it: a person must act


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """One refund, from an answer or from a notice. `mchid` is known only from a notice."""

    out_refund_no: str
    refund_id: str
    out_trade_no: str
    transaction_id: str
    status: RefundStatus
    refund_fen: int
    total_fen: int  # of the original order
    payer_refund_fen: int | None = None
    mchid: str | None = None
    sub_mchid: str | None = None
    success_at: datetime | None = None
    user_received_account: str | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A verified notice. `event_id` is the same in every repeat of it."""

    event_id: str
    event_type: str  # TRANSACTION.SUCCESS, REFUND.SUCCESS, REFUND.ABNORMAL, REFUND.CLOSED
    resource: dict[str, Any]
