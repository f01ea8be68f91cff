"""The stand-in satisfies wechatpayv3, a WeChat Pay client of other authors."""

import gzip
import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core

from tests.contracts.stage import Control, Process, Receiver
from tests.deadlines import SAFETY_NET

Clients = Callable[[str], WeChatPay]


@pytest.fixture
def clients(process: Process, monkeypatch: pytest.MonkeyPatch) -> Clients:
    """Return a WeChatPay for a merchant; its constructor loads the certificates."""
    gateway = property(lambda _: process.url, lambda *_: None)
    monkeypatch.setattr(Core, "_gate_way", gateway, raising=False)

    def make(key: str) -> WeChatPay:
        merchant = process.merchant(key)
        return WeChatPay(
            wechatpay_type=WeChatPayType.MINIPROG,
            mchid=merchant["mchid"],
            private_key=merchant["private_key_pem"],
            cert_serial_no=merchant["serial"],
            apiv3_key=merchant["api_v3_key"],
            appid=merchant["appid"],
            notify_url="https://shenghuo.example.com/wx/pay/notify/firm",
            partner_mode=merchant["mode"] == "partner",
            public_key=merchant.get("public_key_pem"),
            public_key_id=merchant.get("public_key_id"),
            timeout=SAFETY_NET,
        )

    return make


def _payer(key: str, openid: str) -> dict[str, str]:
    return {"sp_openid": openid} if key == "partner" else {"openid": openid}


@pytest.mark.parametrize("key", ["firm", "sanitation", "partner"])
async def test_prepay_pay_query_and_notice(
    control: Control, clients: Clients, receiver: Receiver, process: Process, key: str
) -> None:
    pay, openid = clients(key), await control.openid("li")
    sub = {"sub_mchid": process.merchant(key)["sub_mchid"]} if key == "partner" else {}
    status, text = pay.pay(
        description="物业服务费",
        out_trade_no="A0000001",
        amount={"total": 12345, "currency": "CNY"},
        payer=_payer(key, openid),
        notify_url=receiver.url,
        **sub,
    )
    assert status == 200
    prepay_id = json.loads(text)["prepay_id"]
    paid = await control.do("users/li/pay", prepay_id=prepay_id)
    assert (paid["result"], paid["notices"][0]["status"]) == ("ok", 204)

    status, text = pay.query(out_trade_no="A0000001", **sub)
    assert (status, json.loads(text)["trade_state"]) == (200, "SUCCESS")
    status, text = pay.query(transaction_id=paid["transaction_id"], **sub)
    assert (status, json.loads(text)["amount"]["total"]) == (200, 12345)

    [delivery] = receiver.deliveries
    notice = pay.callback(delivery.headers, delivery.body)
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    assert notice["resource"]["transaction_id"] == paid["transaction_id"]
    assert notice["resource"]["amount"]["total"] == 12345


@pytest.mark.parametrize("key", ["firm", "sanitation"])
async def test_close_is_signed_over_its_empty_body(
    control: Control, clients: Clients, receiver: Receiver, key: str
) -> None:
    pay, openid = clients(key), await control.openid("li")
    pay.pay(
        description="物业服务费",
        out_trade_no="A0000002",
        amount={"total": 1},
        payer={"openid": openid},
        notify_url=receiver.url,
    )
    assert pay.close(out_trade_no="A0000002")[0] == 204
    status, text = pay.query(out_trade_no="A0000002")
    assert (status, json.loads(text)["trade_state"]) == (200, "CLOSED")


async def _paid(control: Control, pay: WeChatPay, url: str, number: str) -> None:
    _, text = pay.pay(
        description="物业服务费",
        out_trade_no=number,
        amount={"total": 1000},
        payer={"openid": await control.openid("li")},
        notify_url=url,
    )
    prepay_id = json.loads(text)["prepay_id"]
    assert (await control.do("users/li/pay", prepay_id=prepay_id))["result"] == "ok"


@pytest.mark.parametrize("key", ["firm", "sanitation"])
async def test_refund_and_its_notice(
    control: Control, clients: Clients, receiver: Receiver, key: str
) -> None:
    pay = clients(key)
    await _paid(control, pay, receiver.url, "A0000003")
    amount = {"refund": 400, "total": 1000, "currency": "CNY"}
    status, text = pay.refund(
        out_refund_no="R1", amount=amount, out_trade_no="A0000003", notify_url=receiver.url
    )
    assert (status, json.loads(text)["status"]) == (200, "PROCESSING")
    await control.do("refunds/R1/settle")
    notice = pay.callback(receiver.deliveries[-1].headers, receiver.deliveries[-1].body)
    assert notice["event_type"] == "REFUND.SUCCESS"
    assert notice["resource"]["amount"]["refund"] == 400
    status, text = pay.query_refund(out_refund_no="R1")
    assert (status, json.loads(text)["status"]) == (200, "SUCCESS")


async def _set_clock(control: Control, patch: pytest.MonkeyPatch, now: str) -> None:
    """Move the stand-in's clock and, by patching, the library's."""
    moved = await control.do("clock", now=now, frozen=True)
    patch.setattr("wechatpayv3.utils.time", SimpleNamespace(time=lambda: moved["epoch"]))


async def test_trade_and_fund_flow_bill(
    control: Control, clients: Clients, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay, refund = clients("firm"), {"refund": 400, "total": 1000, "currency": "CNY"}
    await _set_clock(control, monkeypatch, "2026-03-02T12:00:00+08:00")
    await _paid(control, pay, receiver.url, "A0000004")
    assert pay.refund(out_refund_no="R1", amount=refund, out_trade_no="A0000004")[0] == 200
    await _set_clock(control, monkeypatch, "2026-03-03T12:00:00+08:00")

    last_lines = {
        pay.trade_bill: "`2,`10.00,`4.00,`0.00,`0.03600,`10.00,`4.00",
        pay.fundflow_bill: "`3.0,`1.0,`10.00,`2.0,`4.06",
    }
    for apply, last_line in last_lines.items():
        status, text = apply(bill_date="2026-03-02")
        assert status == 200
        _, packed = pay.download_bill(json.loads(text)["download_url"])
        plain = gzip.decompress(packed)
        assert hashlib.sha1(plain).hexdigest() == json.loads(text)["hash_value"]  # noqa: S324 - WeChat's choice
        assert plain.decode().split("\r\n")[-2] == last_line
