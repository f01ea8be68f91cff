"""The sandbox must satisfy a client that neither we nor the product wrote."""

import json
from collections.abc import Callable

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core

from tests.contracts.stage import Control, Process, Receiver

Clients = Callable[[str], WeChatPay]


@pytest.fixture
def clients(process: Process, monkeypatch: pytest.MonkeyPatch) -> Clients:
    """A WeChatPay for a merchant. Certificates are loaded by its constructor already."""
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
            timeout=10,
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
    paid = await control.post("users/li/pay", prepay_id=prepay_id)
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
