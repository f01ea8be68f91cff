"""JSON of WeChat Pay → our structs, for direct and partner accounts alike."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec

from services.wechat.errors import PayError
from services.wechat.pay_models import (
    CombinedTransaction,
    Refund,
    RefundStatus,
    TradeState,
    Transaction,
)
from services.wechat.signatures import Sealed

T = TypeVar("T")
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Payer(msgspec.Struct):
    openid: str | None = None
    sp_openid: str | None = None
    sub_openid: str | None = None


class _Amount(msgspec.Struct):
    total: int | None = None
    payer_total: int | None = None
    currency: str | None = None


class _Transaction(msgspec.Struct):
    out_trade_no: str
    trade_state: TradeState
    mchid: str | None = None
    appid: str | None = None
    sp_mchid: str | None = None
    sp_appid: str | None = None
    sub_mchid: str | None = None
    sub_appid: str | None = None
    transaction_id: str | None = None
    trade_type: str | None = None
    success_time: Instant | None = None
    attach: str | None = None
    bank_type: str | None = None
    payer: _Payer = msgspec.field(default_factory=_Payer)
    amount: _Amount = msgspec.field(default_factory=_Amount)


class _PartAmount(msgspec.Struct):
    total_amount: int | None = None
    payer_amount: int | None = None
    currency: str | None = None


class _Part(msgspec.Struct):
    out_trade_no: str
    trade_state: TradeState
    mchid: str
    sub_mchid: str | None = None
    sub_appid: str | None = None
    transaction_id: str | None = None
    trade_type: str | None = None
    success_time: Instant | None = None
    attach: str | None = None
    bank_type: str | None = None
    amount: _PartAmount = msgspec.field(default_factory=_PartAmount)


class _Combined(msgspec.Struct):
    combine_appid: str
    combine_mchid: str
    combine_out_trade_no: str
    sub_orders: Annotated[list[_Part], msgspec.Meta(min_length=1)]
    combine_payer_info: _Payer = msgspec.field(default_factory=_Payer)


class _RefundAmount(msgspec.Struct):
    refund: int
    total: int
    payer_refund: int | None = None


class _Refund(msgspec.Struct):
    out_refund_no: str
    refund_id: str
    out_trade_no: str
    transaction_id: str
    amount: _RefundAmount
    status: RefundStatus | None = None  # in answers
    refund_status: RefundStatus | None = None  # in notices
    success_time: Instant | None = None
    user_received_account: str | None = None
    mchid: str | None = None
    sp_mchid: str | None = None
    sub_mchid: str | None = None


class Envelope(msgspec.Struct):
    id: str
    event_type: str
    resource: Sealed


class Prepaid(msgspec.Struct):
    prepay_id: str


class BillPlace(msgspec.Struct):
    hash_value: str
    download_url: str


class Complaint(msgspec.Struct):
    code: str = ""
    message: str = ""


def read_transaction(plain: dict[str, Any]) -> Transaction:
    """Read an order. PayError when it is of another shape."""
    wire = convert(plain, _Transaction)
    mchid, appid = wire.mchid or wire.sp_mchid, wire.appid or wire.sp_appid
    if not mchid or not appid:
        raise unreadable("no mchid or no appid")
    return Transaction(
        out_trade_no=wire.out_trade_no,
        trade_state=wire.trade_state,
        mchid=mchid,
        appid=appid,
        sub_mchid=wire.sub_mchid,
        sub_appid=wire.sub_appid,
        transaction_id=wire.transaction_id,
        trade_type=wire.trade_type,
        openid=wire.payer.openid or wire.payer.sub_openid or wire.payer.sp_openid,
        amount_fen=wire.amount.total,
        payer_fen=wire.amount.payer_total,
        currency=wire.amount.currency,
        success_at=_utc(wire.success_time),
        attach=wire.attach,
        bank_type=wire.bank_type,
    )


def read_combined(plain: dict[str, Any]) -> CombinedTransaction:
    """Read a combined order. PayError when it is of another shape, such as an order."""
    wire = convert(plain, _Combined)
    return CombinedTransaction(
        number=wire.combine_out_trade_no,
        mchid=wire.combine_mchid,
        parts=[_part(wire, part) for part in wire.sub_orders],
    )


def _part(wire: _Combined, part: _Part) -> Transaction:
    return Transaction(
        out_trade_no=part.out_trade_no,
        trade_state=part.trade_state,
        mchid=part.mchid,
        appid=wire.combine_appid,
        sub_mchid=part.sub_mchid,
        sub_appid=part.sub_appid,
        transaction_id=part.transaction_id,
        trade_type=part.trade_type,
        openid=wire.combine_payer_info.openid,
        amount_fen=part.amount.total_amount,
        payer_fen=part.amount.payer_amount,
        currency=part.amount.currency,
        success_at=_utc(part.success_time),
        attach=part.attach,
        bank_type=part.bank_type,
        combined=wire.combine_out_trade_no,
    )


def read_refund(plain: dict[str, Any]) -> Refund:
    """Read a refund, from an answer or a notice. PayError when it is of another shape."""
    wire = convert(plain, _Refund)
    status = wire.status or wire.refund_status
    if status is None:
        raise unreadable("no status")
    return Refund(
        out_refund_no=wire.out_refund_no,
        refund_id=wire.refund_id,
        out_trade_no=wire.out_trade_no,
        transaction_id=wire.transaction_id,
        status=status,
        refund_fen=wire.amount.refund,
        total_fen=wire.amount.total,
        payer_refund_fen=wire.amount.payer_refund,
        mchid=wire.mchid or wire.sp_mchid,
        sub_mchid=wire.sub_mchid,
        success_at=_utc(wire.success_time),
        user_received_account=wire.user_received_account,
    )


def convert(plain: Any, kind: type[T]) -> T:
    """Convert WeChat's JSON to a struct. PayError when it is of another shape."""
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as surprise:
        raise unreadable(str(surprise)) from None


def unreadable(why: str) -> PayError:
    """Verified, but not of the shape agreed on: nothing may be concluded from it."""
    return PayError(200, "UNREADABLE", why, unknown=True)


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC) if instant else None
