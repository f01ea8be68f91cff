"""Requests of combined orders (合单支付): one payment to several merchants.

pay.weixin.qq.com/docs/merchant/apis/combine-payment, for partners
pay.weixin.qq.com/docs/partner/apis/combine-payment. One of the merchants places, queries and
closes all of it; each part is a transaction, a refund and a row of a bill of its own merchant.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from services.kernel.days import BEIJING
from services.wechat.merchant import MerchantAccount
from services.wechat.pay_requests import DESCRIPTION_BYTES, TRADE_NO, checked, clip_bytes

COMBINED: Final = "/v3/combine-transactions"
FEWEST: Final = 2  # one part alone is an ordinary order
MOST: Final = {"direct": 10, "partner": 50}


class CombinedPart(Struct, frozen=True, kw_only=True):
    """What one merchant gets. `out_trade_no`: of the merchant's own, like that of an order."""

    account: MerchantAccount
    out_trade_no: str
    amount_fen: int
    description: str


def fit(accounts: Sequence[MerchantAccount]) -> bool:
    """Tell whether WeChat takes one order for these merchants, each as often as it is paid.

    All are direct merchants, or all of one partner, and the payer pays in the mini-program that
    all are bound to: `combine_payer_info` names the payer there only.
    """
    first = accounts[0]
    is_partner = first.mode == "partner"
    alike = {(one.mode, one.appid, one.mchid if is_partner else "") for one in accounts}
    is_ours = not any(one.sub_appid for one in accounts)
    return len(alike) == 1 and is_ours and FEWEST <= len(accounts) <= MOST[first.mode]


def prepay_body(
    first: MerchantAccount,
    number: str,
    parts: Sequence[CombinedPart],
    *,
    openid: str,
    expires_at: datetime,
    notify_url: str,
) -> bytes:
    """Return the exact request; persist it before `PayClient.prepay_combined`.

    `first`: who places it.
    """
    return msgspec.json.encode(
        {
            "combine_appid": first.appid,
            "combine_mchid": first.mchid,
            "combine_out_trade_no": checked(TRADE_NO, number),
            "sub_orders": [_part(number, part) for part in parts],
            "combine_payer_info": {"openid": openid},
            "time_expire": expires_at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "notify_url": notify_url,
        }
    )


def _part(number: str, part: CombinedPart) -> dict[str, Any]:
    if part.amount_fen < 1:
        raise ValueError("a part is at least 1 fen")
    return {
        **_payee(part.account),
        "out_trade_no": checked(TRADE_NO, part.out_trade_no),
        "attach": number,  # WeChat wants one; in a trade bill it says what belongs together
        "description": clip_bytes(part.description, DESCRIPTION_BYTES),
        "amount": {"total_amount": part.amount_fen, "currency": "CNY"},
    }


def _payee(account: MerchantAccount) -> dict[str, str]:
    sub_mchid = {"sub_mchid": account.sub_mchid} if account.sub_mchid else {}
    return {"mchid": account.mchid, **sub_mchid}


def names(account: MerchantAccount, part: Mapping[str, Any]) -> bool:
    """Tell whether a part of a request is for this merchant."""
    said = (part.get("mchid"), part.get("sub_mchid"))
    return said == (account.mchid, account.sub_mchid)


def close_body(request: bytes) -> bytes:
    """Return the request that closes an order: the same parts as in its own, or none."""
    order = msgspec.json.decode(request, type=dict[str, Any])
    said = ("mchid", "sub_mchid", "out_trade_no")
    parts = [{key: part[key] for key in said if key in part} for part in order["sub_orders"]]
    return msgspec.json.encode({"combine_appid": order["combine_appid"], "sub_orders": parts})
