"""Schemas of request bodies, as strict as WeChat: no unknown, null or overlong fields."""

import re
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sandbox.outbound import is_loopback
from sandbox.pay.errors import PayError, param_error
from sandbox.web import Call

T = TypeVar("T")
Text32 = Annotated[str, Meta(min_length=1, max_length=32)]
Text128 = Annotated[str, Meta(min_length=1, max_length=128)]
TradeNo = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z_\-|*]{6,32}\Z")]
RefundNo = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z_\-|*@]{1,64}\Z")]
Fen = Annotated[int, Meta(ge=1, le=10_000_000_000)]
WHERE = re.compile(r" - at `\$(.*)`$")


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class Amount(Strict, kw_only=True):
    total: Fen
    currency: Literal["CNY"] = "CNY"


class Goods(Strict, kw_only=True):
    merchant_goods_id: Text32
    wechatpay_goods_id: str | UnsetType = UNSET
    goods_name: str | UnsetType = UNSET
    quantity: int
    unit_price: int


class Detail(Strict, kw_only=True):
    cost_price: int | UnsetType = UNSET
    invoice_id: str | UnsetType = UNSET
    goods_detail: list[Goods] | UnsetType = UNSET


class Shop(Strict, kw_only=True):
    id: Text32
    name: str | UnsetType = UNSET
    area_code: str | UnsetType = UNSET
    address: str | UnsetType = UNSET


class Scene(Strict, kw_only=True):
    payer_client_ip: Annotated[str, Meta(min_length=1, max_length=45)]
    device_id: Text32 | UnsetType = UNSET
    store_info: Shop | UnsetType = UNSET


class Settle(Strict, kw_only=True):
    profit_sharing: bool = False


class Prepay(Strict, kw_only=True):
    description: Annotated[str, Meta(min_length=1, max_length=127)]
    out_trade_no: TradeNo
    notify_url: Annotated[str, Meta(min_length=1, max_length=255)]
    amount: Amount
    time_expire: str | UnsetType = UNSET
    attach: Text128 | UnsetType = UNSET
    goods_tag: Text32 | UnsetType = UNSET
    support_fapiao: bool = False
    detail: Detail | UnsetType = UNSET
    scene_info: Scene | UnsetType = UNSET
    settle_info: Settle | UnsetType = UNSET


class DirectPayer(Strict, kw_only=True):
    openid: Text128


class DirectPrepay(Prepay, kw_only=True):
    appid: Text32
    mchid: Text32
    payer: DirectPayer


class PartnerPayer(Strict, kw_only=True):
    sp_openid: Text128 | UnsetType = UNSET
    sub_openid: Text128 | UnsetType = UNSET


class PartnerPrepay(Prepay, kw_only=True):
    sp_appid: Text32
    sp_mchid: Text32
    sub_mchid: Text32
    sub_appid: Text32 | UnsetType = UNSET
    payer: PartnerPayer


class PartAmount(Strict, kw_only=True):
    total_amount: Fen
    currency: Literal["CNY"]


class CombinedPart(Strict, kw_only=True):
    mchid: Text32
    out_trade_no: TradeNo
    attach: Text128
    description: Annotated[str, Meta(min_length=1, max_length=127)]
    amount: PartAmount
    sub_mchid: Text32 | UnsetType = UNSET
    sub_appid: Text32 | UnsetType = UNSET
    goods_tag: Text32 | UnsetType = UNSET
    detail: Detail | UnsetType = UNSET
    settle_info: Settle | UnsetType = UNSET


class CombinedPrepay(Strict, kw_only=True):
    combine_appid: Text32
    combine_mchid: Text32
    combine_out_trade_no: TradeNo
    sub_orders: list[CombinedPart]
    combine_payer_info: DirectPayer
    notify_url: Annotated[str, Meta(min_length=1, max_length=255)]
    scene_info: Scene | UnsetType = UNSET
    time_start: str | UnsetType = UNSET
    time_expire: str | UnsetType = UNSET


class ClosedPart(Strict, kw_only=True):
    mchid: Text32
    out_trade_no: TradeNo
    sub_mchid: Text32 | UnsetType = UNSET
    sub_appid: Text32 | UnsetType = UNSET


class CombinedClose(Strict, kw_only=True):
    combine_appid: Text32
    sub_orders: list[ClosedPart]


class DirectClose(Strict, kw_only=True):
    mchid: Text32


class PartnerClose(Strict, kw_only=True):
    sp_mchid: Text32
    sub_mchid: Text32


class RefundFrom(Strict, kw_only=True):
    account: Literal["AVAILABLE", "UNAVAILABLE"]
    amount: Fen


class RefundAmount(Strict, kw_only=True):
    refund: Fen
    total: Fen
    currency: Literal["CNY"]
    from_: list[RefundFrom] | UnsetType = msgspec.field(default=UNSET, name="from")


class RefundGoods(Strict, kw_only=True):
    merchant_goods_id: Text32
    wechatpay_goods_id: str | UnsetType = UNSET
    goods_name: str | UnsetType = UNSET
    unit_price: int
    refund_amount: int
    refund_quantity: int


class RefundRequest(Strict, kw_only=True):
    out_refund_no: RefundNo
    amount: RefundAmount
    transaction_id: Text32 | UnsetType = UNSET
    out_trade_no: TradeNo | UnsetType = UNSET
    sub_mchid: Text32 | UnsetType = UNSET
    reason: Annotated[str, Meta(min_length=1, max_length=80)] | UnsetType = UNSET
    notify_url: Annotated[str, Meta(min_length=1, max_length=256)] | UnsetType = UNSET
    funds_account: Literal["AVAILABLE", "UNSETTLED"] | UnsetType = UNSET
    goods_detail: list[RefundGoods] | UnsetType = UNSET


class AbnormalRefund(Strict, kw_only=True):
    out_refund_no: RefundNo
    type: Literal["USER_BANK_CARD", "MERCHANT_BANK_CARD"]
    sub_mchid: Text32 | UnsetType = UNSET
    bank_type: Text32 | UnsetType = UNSET
    bank_account: str | UnsetType = UNSET
    real_name: str | UnsetType = UNSET


def read(call: Call, body_type: type[T]) -> T:
    """Parse the request body; PARAM_ERROR names the wrong field."""
    try:
        return msgspec.json.decode(call.body, type=body_type)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise param_error("/", "请求体不是合法的JSON") from error


def _refusal(issue: str) -> PayError:
    found = WHERE.search(issue)
    field = found.group(1).replace(".", "/") if found else ""
    issue = WHERE.sub("", issue)
    if "unknown field" in issue:
        issue = f"参数中含有非法的额外参数（{issue}）"
    return param_error(field or "/", issue)


def check_notify_url(url: str) -> None:
    """Check a notify_url: https without a query; http is allowed for this machine."""
    if not (url.startswith("https://") or (url.startswith("http://") and is_loopback(url))):
        raise param_error("/notify_url", "notify_url必须是https地址")
    if "?" in url or "#" in url:
        raise param_error("/notify_url", "notify_url不能携带参数")
