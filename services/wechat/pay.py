"""WeChat Pay API v3 for one merchant account, direct or partner.

Every method raises PayError. One call is one request: whether to repeat it is the caller's
decision, by `PayError.reaction`.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from services.kernel.days import BEIJING
from services.wechat import pay_wire as wire
from services.wechat import signatures
from services.wechat.bill_download import batches, fetch_bill
from services.wechat.bill_models import FundFlowBill, FundRow, TradeBill, TradeRow
from services.wechat.bills import (
    fund_rows,
    parse_fund_flow_bill,
    parse_trade_bill,
    trade_rows,
)
from services.wechat.combined_orders import COMBINED, names
from services.wechat.errors import BadSignature, Forgery
from services.wechat.merchant import MerchantAccount
from services.wechat.pay_models import CombinedTransaction, Notice, Refund, Transaction
from services.wechat.pay_requests import (
    ANY_REFUND_NO,
    ATTACH_BYTES,
    DESCRIPTION_BYTES,
    REASON_BYTES,
    REFUND_NO,
    TRADE_NO,
    checked,
    clip_bytes,
    payee,
    payer,
)
from services.wechat.pay_session import Earlier, PaySession
from services.wechat.transport import Observe, ignore


class PayClient:
    """`base`: https://api.mch.weixin.qq.com; `notify_base_url`: our public address.

    `earlier`: the account's keys from before a rotation.
    """

    def __init__(
        self,
        account: MerchantAccount,
        *,
        base: str,
        notify_base_url: str,
        now: Callable[[], datetime],
        timeout_seconds: float = 8,
        observe: Observe = ignore,
        earlier: Earlier | None = None,
    ) -> None:
        self.account = account
        self._session = PaySession(
            account,
            base=base,
            now=now,
            timeout_seconds=timeout_seconds,
            observe=observe,
            earlier=earlier,
        )
        notify = notify_base_url.rstrip("/")
        self.pay_notify_url = f"{notify}/wx/pay/notify/{account.key}"
        self._refund_notify_url = f"{notify}/wx/pay/refund-notify/{account.key}"
        self.combined_notify_url = f"{notify}/wx/pay/combined-notify/{account.key}"
        partner = account.mode == "partner"
        self._orders = "/v3/pay/partner/transactions" if partner else "/v3/pay/transactions"

    def close(self) -> None:
        self._session.close()

    async def platform_keys_end(self) -> datetime | None:
        """Fetch what WeChat signs with; return when it ends, None for a key without an end.

        Raises KeysUnavailable.
        """
        return await self._session.keys.last_day()

    # ── orders ──────────────────────────────────────────────────────────────────────────

    def prepay_body(
        self,
        out_trade_no: str,
        *,
        amount_fen: int,
        description: str,
        openid: str,
        expires_at: datetime,
        attach: str | None = None,
    ) -> bytes:
        """Return the exact order request; persist it before `prepay`.

        Repeated with other bytes it is refused, with the same it gives a fresh prepay_id.
        """
        checked(TRADE_NO, out_trade_no)
        if amount_fen < 1:
            raise ValueError("an order is at least 1 fen")
        if attach is not None and len(attach.encode()) > ATTACH_BYTES:
            raise ValueError(f"attach: at most {ATTACH_BYTES} bytes")
        order: dict[str, Any] = {
            **payer(self.account, openid),
            "description": clip_bytes(description, DESCRIPTION_BYTES),
            "out_trade_no": out_trade_no,
            "time_expire": expires_at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "notify_url": self.pay_notify_url,
            "amount": {"total": amount_fen, "currency": "CNY"},
        }
        if attach is not None:  # null would be refused
            order["attach"] = attach
        return msgspec.json.encode(order)

    def has_made(self, body: bytes) -> bool:
        """Tell whether an order request names this merchant as the payee, or as one."""
        try:
            order = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            return False
        if "sub_orders" in order:
            return any(names(self.account, part) for part in order["sub_orders"])
        return payee(self.account).items() <= order.items()

    async def prepay(self, body: bytes) -> str:
        """Place the order made by `prepay_body`; return its prepay_id, good for two hours."""
        answer = await self._session.call("POST", f"{self._orders}/jsapi", body)
        return wire.convert(answer, wire.Prepaid).prepay_id

    def pay_params(self, prepay_id: str) -> dict[str, str]:
        """Return the arguments of wx.requestPayment, all that the client may know."""
        stamp, nonce = self._session.stamp(), signatures.nonce()
        package = f"prepay_id={prepay_id}"
        signature = self._session.sign(self.account.calling_appid, stamp, nonce, package)
        return {
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": signature,
        }

    async def query(self, out_trade_no: str) -> Transaction:
        """Ask for an order of ours, paid or not."""
        target = f"{self._order(out_trade_no)}?{urlencode(payee(self.account))}"
        return wire.read_transaction(await self._session.call("GET", target))

    async def query_transaction(self, transaction_id: str) -> Transaction:
        """Ask for a paid order by WeChat's own number: another system may have made it."""
        number = quote(transaction_id, safe="")
        target = f"{self._orders}/id/{number}?{urlencode(payee(self.account))}"
        return wire.read_transaction(await self._session.call("GET", target))

    async def close_order(self, out_trade_no: str) -> None:
        """Close an unpaid order. Before its bill is freed: close, then query, then free."""
        body = msgspec.json.encode(payee(self.account))
        await self._session.call("POST", f"{self._order(out_trade_no)}/close", body)

    # ── combined orders: one payment to several merchants, placed by one of them ──────────

    async def prepay_combined(self, body: bytes) -> str:
        """Place the combined order of `combined_orders.prepay_body`; as `prepay`."""
        answer = await self._session.call("POST", f"{COMBINED}/jsapi", body)
        return wire.convert(answer, wire.Prepaid).prepay_id

    async def query_combined(self, number: str) -> CombinedTransaction:
        """Ask for a combined order. The usual query knows nothing of its parts."""
        return wire.read_combined(await self._session.call("GET", self._combined(number)))

    async def close_combined(self, number: str, body: bytes) -> None:
        """Close all of it, by `combined_orders.close_body`. Then query, as after any close.

        While somebody types the password WeChat answers 202, and has closed nothing.
        """
        await self._session.call("POST", f"{self._combined(number)}/close", body)

    def _combined(self, number: str) -> str:
        return f"{COMBINED}/out-trade-no/{checked(TRADE_NO, number)}"

    # ── refunds ─────────────────────────────────────────────────────────────────────────

    def refund_body(
        self,
        out_trade_no: str,
        *,
        out_refund_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str | None = None,
    ) -> bytes:
        """Return the exact request of a refund; persist it before `refund`.

        `total_fen` is the whole order's; `reason` is shown to the payer.
        """
        checked(TRADE_NO, out_trade_no)
        checked(REFUND_NO, out_refund_no)
        if not 1 <= refund_fen <= total_fen:
            raise ValueError("a refund is at least 1 fen and at most the order")
        wanted: dict[str, Any] = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "notify_url": self._refund_notify_url,
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
        }
        if reason:
            wanted["reason"] = clip_bytes(reason, REASON_BYTES)
        if self.account.sub_mchid:
            wanted["sub_mchid"] = self.account.sub_mchid
        return msgspec.json.encode(wanted)

    async def refund(self, body: bytes) -> Refund:
        """Ask for the refund of `refund_body`. The answer means accepted, not refunded.

        Always repeat with the same bytes: another out_refund_no is another refund, and the
        same one with other parameters is refused though the money is on its way.
        """
        answer = await self._session.call("POST", "/v3/refund/domestic/refunds", body)
        return wire.read_refund(answer)

    async def query_refund(self, out_refund_no: str) -> Refund:
        """Ask how a refund stands; also one that was made without us."""
        number = quote(checked(ANY_REFUND_NO, out_refund_no), safe="")
        target = f"/v3/refund/domestic/refunds/{number}"
        if self.account.sub_mchid:
            target += f"?sub_mchid={self.account.sub_mchid}"
        return wire.read_refund(await self._session.call("GET", target))

    # ── bills ───────────────────────────────────────────────────────────────────────────

    async def trade_bill(self, day: str) -> TradeBill:
        """Fetch a Beijing day's trades; from 10:00 the next day, three months back.

        A day without trades gives an empty bill: alarm if we have some.
        """
        target = self._trade_bill(day)
        bill = await fetch_bill(self._session, target, partial(parse_trade_bill, day))
        return bill or TradeBill(day=day, rows=[])

    def trade_batches(self, day: str, *, size: int) -> AsyncGenerator[list[TradeRow], None]:
        """Fetch the same bill and yield its rows, `size` at a time, in constant memory."""
        return batches(self._session, self._trade_bill(day), trade_rows, size)

    def _trade_bill(self, day: str) -> str:
        asked = {"bill_date": day, "bill_type": "ALL", "tar_type": "GZIP"}
        if self.account.sub_mchid:
            asked["sub_mchid"] = self.account.sub_mchid
        return f"/v3/bill/tradebill?{urlencode(asked)}"

    async def fund_flow_bill(self, day: str) -> FundFlowBill:
        """Fetch a Beijing day's movements of the merchant's basic account.

        In partner mode this is the partner's own account, not the sub-merchant's.
        """
        parse = partial(parse_fund_flow_bill, day)
        bill = await fetch_bill(self._session, self._fund_flow_bill(day), parse)
        return bill or FundFlowBill(day=day, rows=[])

    def fund_batches(self, day: str, *, size: int) -> AsyncGenerator[list[FundRow], None]:
        """Fetch the same bill and yield its rows, `size` at a time, in constant memory."""
        return batches(self._session, self._fund_flow_bill(day), fund_rows, size)

    def _fund_flow_bill(self, day: str) -> str:
        asked = {"bill_date": day, "account_type": "BASIC", "tar_type": "GZIP"}
        return f"/v3/bill/fundflowbill?{urlencode(asked)}"

    # ── notices ─────────────────────────────────────────────────────────────────────────

    async def notification(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify and decrypt a notice. Raises BadSignature: answer 401, never 2xx.

        `headers` must find names whatever their case; `body` is the raw bytes.
        """
        await self._session.keys.verify(headers, body)
        try:
            envelope = msgspec.json.decode(body, type=wire.Envelope)
            resource = msgspec.json.decode(
                signatures.unseal(self._session.sealing, envelope.resource), type=dict[str, Any]
            )
        except ValueError:
            raise BadSignature(Forgery.MALFORMED) from None
        return Notice(event_id=envelope.id, event_type=envelope.event_type, resource=resource)

    def transaction(self, resource: dict[str, Any]) -> Transaction:
        """Read a TRANSACTION.* resource. PayError if it is none, such as a combined order."""
        return wire.read_transaction(resource)

    def combined(self, resource: dict[str, Any]) -> CombinedTransaction:
        """Read the notice of a combined order. PayError if it is none, such as an order."""
        return wire.read_combined(resource)

    def refund_notice(self, resource: dict[str, Any]) -> Refund:
        """Read a REFUND.* resource. PayError if it is none."""
        return wire.read_refund(resource)

    def _order(self, out_trade_no: str) -> str:
        return f"{self._orders}/out-trade-no/{checked(TRADE_NO, out_trade_no)}"
