"""Rows and sums of WeChat Pay's daily bills."""

from datetime import datetime
from decimal import Decimal

import msgspec


class TradeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the trade bill. A refund line keeps the status of the day it was accepted."""

    traded_at: datetime
    mchid: str
    appid: str
    transaction_id: str
    out_trade_no: str
    openid: str
    trade_type: str
    trade_state: str  # SUCCESS, REFUND, REVOKED
    amount_fen: int  # of the order
    description: str
    attach: str
    fee_yuan: Decimal  # WeChat's own fee, up to five decimals
    sub_mchid: str | None = None
    refund_id: str | None = None
    out_refund_no: str | None = None
    refund_fen: int = 0
    refund_status: str | None = None


class TradeBill(msgspec.Struct, frozen=True, kw_only=True):
    """A Beijing day's trades; count and sums already compared with WeChat's own summary."""

    day: str  # Beijing, 2026-11-23
    rows: list[TradeRow]
    amount_fen: int = 0
    refund_fen: int = 0


class FundRow(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of the merchant's account. `amount_fen` is positive when money came in."""

    booked_at: datetime
    transaction_id: str  # 微信支付业务单号: a payment's or a refund's
    flow_id: str
    business_name: str
    business_type: str
    amount_fen: int
    balance_fen: int
    applicant: str
    remark: str
    voucher: str


class FundFlowBill(msgspec.Struct, frozen=True, kw_only=True):
    """A Beijing day's movements; counts and sums already compared with the summary."""

    day: str  # Beijing, 2026-11-23
    rows: list[FundRow]
    income_fen: int = 0
    expense_fen: int = 0
