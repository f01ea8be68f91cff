"""Rules of WeChat Pay: what is refused, and with which code."""

import time
from typing import Any

import pytest

from tests.contracts.clients import Forged, PayClient
from tests.contracts.stage import Control, Receiver, fetch

URL = "https://shenghuo.example.com/wx/pay/notify/firm"
NUMBER = "RULES0001"


@pytest.fixture
async def openid(control: Control) -> str:
    return await control.openid("li")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unknown": 1}, "/"),
        ({"attach": None}, "/attach"),
        ({"attach": "x" * 129}, "/attach"),
        ({"description": "述" * 128}, "/description"),
        ({"description": ""}, "/description"),
        ({"out_trade_no": "short"}, "/out_trade_no"),
        ({"out_trade_no": "x" * 33}, "/out_trade_no"),
        ({"out_trade_no": "带汉字的号码"}, "/out_trade_no"),
        ({"amount": {"total": 0}}, "/amount/total"),
        ({"amount": {"total": 1.5}}, "/amount/total"),
        ({"amount": {"total": "100"}}, "/amount/total"),
        ({"amount": {"total": 100, "currency": "USD"}}, "/amount/currency"),
        ({"amount": {"total": 100, "fee": 1}}, "/amount"),
        ({"payer": {}}, "/payer"),
        ({"payer": {"openid": "nobody"}}, "/payer/openid"),
        ({"notify_url": "http://shenghuo.example.com/notify"}, "/notify_url"),
        ({"notify_url": f"{URL}?firm=1"}, "/notify_url"),
        ({"notify_url": f"https://a.example.com/{'x' * 255}"}, "/notify_url"),
        ({"time_expire": "2026-01-01 10:00:00"}, "/time_expire"),
        ({"time_expire": "2020-01-01T10:00:00+08:00"}, "/time_expire"),
        ({"time_expire": "2126-01-01T10:00:00+08:00"}, "/time_expire"),
        ({"scene_info": {"payer_client_ip": "127.0.0.1", "x": 1}}, "/scene_info"),
    ],
)
async def test_a_wrong_field_is_named(
    firm: PayClient, openid: str, change: dict[str, Any], field: str
) -> None:
    reply = await firm.prepay(firm.order(NUMBER, openid, URL) | change)
    assert (reply.status, reply.code) == (400, "PARAM_ERROR")
    assert reply.body["detail"]["field"] == field
    assert reply.headers["Request-ID"]


@pytest.mark.parametrize("name", ["appid", "mchid", "amount", "payer", "notify_url"])
async def test_nothing_may_be_missing(firm: PayClient, openid: str, name: str) -> None:
    order = firm.order(NUMBER, openid, URL)
    del order[name]
    reply = await firm.prepay(order)
    assert (reply.status, reply.code) == (400, "PARAM_ERROR")
    assert name in reply.body["message"]


@pytest.mark.parametrize(
    ("mchid", "status", "code"),
    [("1900000000", 400, "MCH_NOT_EXISTS"), ("sanitation", 403, "NO_AUTH")],
)
async def test_orders_are_made_for_oneself_only(
    firm: PayClient, sanitation: PayClient, openid: str, mchid: str, status: int, code: str
) -> None:
    other = sanitation.mchid if mchid == "sanitation" else mchid
    reply = await firm.prepay(firm.order(NUMBER, openid, URL) | {"mchid": other})
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize(
    "fault", ["scheme", "mchid", "serial", "timestamp", "signature", "body"]
)
async def test_only_the_merchants_own_fresh_signature_opens_the_door(
    firm: PayClient, fault: str
) -> None:
    uri, body = "/v3/pay/transactions/jsapi", b'{"a":1}'
    head = firm.authorization("POST", uri, body)
    changed = {
        "scheme": head.replace("SHA256", "SM2"),
        "mchid": head.replace(firm.mchid, "1900000000"),
        "serial": head.replace(firm.merchant["serial"], "0" * 40),
        "timestamp": head.replace('timestamp="', 'timestamp="1'),
        "signature": head.replace('signature="', 'signature="AAAA'),
        "body": head,
    }
    sent = body + b" " if fault == "body" else body
    headers = {"Authorization": changed[fault], "Content-Type": "application/json"}
    response = await fetch(firm.process.url + uri, "POST", sent, headers)
    assert response.code == 401
    assert b"SIGN_ERROR" in response.body


async def test_a_serial_in_the_request_chooses_the_key_of_the_answer(
    control: Control, firm: PayClient
) -> None:
    await control.do("merchants/firm", certificates=True)
    serials = await firm.load_certificates()
    path = f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={firm.mchid}"
    for serial in serials:
        headers = {
            "Authorization": firm.authorization("GET", path, b""),
            "Wechatpay-Serial": serial,
        }
        response = await fetch(firm.process.url + path, "GET", None, headers)
        firm.check(response.headers, response.body)
        signed_by = response.headers["Wechatpay-Serial"]
        assert signed_by.startswith("PUB") == serial.startswith("PUB")


async def test_a_public_key_account_has_no_certificates(
    control: Control, firm: PayClient
) -> None:
    assert await control.get("clock")
    response = await firm.send("GET", "/v3/certificates")
    assert response.code == 404


async def test_unknown_paths_products_and_methods(firm: PayClient, openid: str) -> None:
    assert (await firm.call("GET", "/v3/nothing")).status == 404
    assert (await firm.call("GET", "/v3/pay/transactions/jsapi")).status == 405
    combined = await firm.call("POST", "/v3/combine-transactions/jsapi", {})
    assert (combined.status, combined.code) == (403, "NO_AUTH")
    other = await firm.call("GET", "/v3/combine-transactions/out-trade-no/X")
    assert other.code == "ORDER_NOT_EXIST"
    assert openid


async def test_an_order_can_be_asked_for_only_by_its_owner(
    firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    await sanitation.load_certificates()
    await firm.prepaid(NUMBER, openid, URL)
    assert (await firm.query(NUMBER)).body["trade_state"] == "NOTPAY"
    assert (await sanitation.query(NUMBER)).code == "ORDER_NOT_EXIST"
    path = f"/v3/pay/transactions/out-trade-no/{NUMBER}"
    assert (await firm.call("GET", path)).status == 400
    assert (await firm.call("GET", f"{path}?mchid={sanitation.mchid}")).code == "NO_AUTH"
    assert (await firm.call("GET", f"{path}?mchid={firm.mchid}&x=1")).code == "PARAM_ERROR"


async def test_a_transaction_can_be_asked_for_only_by_its_owner(
    control: Control, firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    await sanitation.load_certificates()
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    paid = await control.do("users/li/pay", prepay_id=prepay_id, notify=False)
    path = f"/v3/pay/transactions/id/{paid['transaction_id']}"
    found = await firm.call("GET", f"{path}?mchid={firm.mchid}")
    assert found.body["out_trade_no"] == NUMBER
    hidden = await sanitation.call("GET", f"{path}?mchid={sanitation.mchid}")
    assert hidden.code == "ORDER_NOT_EXIST"


async def test_a_closed_order_cannot_be_paid(
    control: Control, firm: PayClient, openid: str
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    assert (await firm.close(NUMBER)).status == 204
    refused = await control.do("users/li/pay", prepay_id=prepay_id)
    assert (refused["result"], refused["reason"]) == ("fail", "该订单已关闭")


async def test_bodies_are_said_to_be_json(firm: PayClient) -> None:
    uri, body = "/v3/pay/transactions/jsapi", b"{}"
    headers = {"Authorization": firm.authorization("POST", uri, body)}
    headers["Content-Type"] = "text/plain"
    assert (await fetch(firm.process.url + uri, "POST", body, headers)).code == 415


async def test_only_the_typing_user_finishes_a_payment(
    control: Control, firm: PayClient, openid: str
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    await control.refusal("users/li/finish-payment", out_trade_no=NUMBER)
    await control.do("users/li/pay", prepay_id=prepay_id, slow=True)
    await control.refusal("users/wang/finish-payment", out_trade_no=NUMBER)
    done = await control.do("users/li/finish-payment", out_trade_no=NUMBER, cancel=True)
    assert done["result"] == "cancel"
    assert (await firm.query(NUMBER)).body["trade_state"] == "NOTPAY"


async def test_numbers_may_hold_bars_and_stars(firm: PayClient, openid: str) -> None:
    await firm.prepaid("A|B*C_D-1", openid, URL)
    assert (await firm.query("A|B*C_D-1")).status == 200


async def test_time_expire_ends_payment_not_the_order(
    control: Control, firm: PayClient, openid: str
) -> None:
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(firm.now() + 120))
    order = firm.order(NUMBER, openid, URL) | {"time_expire": until}
    prepay_id = (await firm.prepay(order)).body["prepay_id"]
    await control.advance(121)
    firm.skew_seconds = 121
    assert (await control.do("users/li/pay", prepay_id=prepay_id))["result"] == "fail"
    assert (await firm.prepay(order)).code == "INVALID_REQUEST"
    assert (await firm.query(NUMBER)).body["trade_state"] == "NOTPAY"
    assert (await firm.close(NUMBER)).status == 204


async def test_pay_sign_is_checked_as_the_client_does(
    control: Control, firm: PayClient, openid: str
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    params = firm.pay_params(prepay_id)
    wrong = params | {"paySign": params["paySign"][::-1]}
    assert (await control.do("users/li/pay", **wrong))["result"] == "fail"
    other = params | {"nonceStr": "other"}
    assert (await control.do("users/li/pay", **other))["result"] == "fail"
    assert (await control.do("users/li/pay", **params, cancel=True))["result"] == "cancel"
    assert (await control.do("users/wang/pay", **params))["result"] == "fail"
    assert (await control.do("users/li/pay", **params))["result"] == "ok"


async def test_the_grey_share_is_kept_exactly(
    control: Control, firm: PayClient, receiver: Receiver, openid: str
) -> None:
    await control.do("merchants/firm", grey_share=0.2)
    await firm.load_certificates()
    for number in range(10):
        prepay_id = await firm.prepaid(f"GREY{number:04}", openid, receiver.url)
        await control.do("users/li/pay", prepay_id=prepay_id)
    serials = [each.headers["Wechatpay-Serial"] for each in receiver.deliveries]
    assert sum(not serial.startswith("PUB_KEY_ID_") for serial in serials) == 2
    assert all(firm.opened(delivery) for delivery in receiver.deliveries)


async def test_a_notice_goes_to_this_machine_or_nowhere(
    control: Control, firm: PayClient, openid: str
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    paid = await control.do("users/li/pay", prepay_id=prepay_id)
    assert paid["notices"] == [{"status": 0, "body": "not a loopback address"}]


@pytest.mark.parametrize("sign", ["bad", "missing", "stale", "future", "tampered", "signtest"])
async def test_a_spoilt_answer_is_not_believed(
    control: Control, firm: PayClient, openid: str, sign: str
) -> None:
    await control.fault("/v3/pay", sign=sign)
    with pytest.raises(Forged):
        await firm.prepaid(NUMBER, openid, URL)


async def test_the_balance_follows_the_money(
    control: Control, firm: PayClient, openid: str
) -> None:
    async def balance() -> int:
        return int((await control.do("merchants/firm"))["balance_fen"])

    await control.do("merchants/firm", balance_fen=10)
    await control.do("settings", refunds={"outcome": "CLOSED"})
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    await control.do("users/li/pay", prepay_id=prepay_id, notify=False)
    assert await balance() == 110
    assert (await firm.refund(NUMBER, "R1", 60)).status == 200
    assert await balance() == 50
    await control.advance(1)
    assert await balance() == 110
    await control.refusal("refunds/R1/settle", status="SUCCESS")


async def test_only_an_abnormal_refund_goes_to_another_card(
    control: Control, firm: PayClient, openid: str
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    await control.do("users/li/pay", prepay_id=prepay_id, notify=False)
    made = await firm.refund(NUMBER, "R1", 60)
    path = f"/v3/refund/domestic/refunds/{made.body['refund_id']}/apply-abnormal-refund"
    body: dict[str, Any] = {"out_refund_no": "R1", "type": "MERCHANT_BANK_CARD"}
    assert (await firm.call("POST", path, body)).code == "INVALID_REQUEST"
    await control.do("refunds/R1/settle", status="ABNORMAL")
    in_clear = body | {"type": "USER_BANK_CARD", "bank_account": "622588", "real_name": "李明"}
    assert (await firm.call("POST", path, in_clear)).code == "PARAM_ERROR"
    assert (await firm.call("POST", path, body)).body["status"] == "PROCESSING"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-03-03", "PARAM_ERROR"),
        ("2026-03-04", "PARAM_ERROR"),
        ("2026-3-2", "PARAM_ERROR"),
        ("2025-11-30", "INVALID_REQUEST"),
        ("2026-03-02", "NO_STATEMENT_EXIST"),
    ],
)
async def test_bills_are_of_the_last_three_months(
    control: Control, firm: PayClient, day: str, code: str
) -> None:
    moved = await control.do("clock", now="2026-03-03T12:00:00+08:00", frozen=True)
    firm.skew_seconds = moved["epoch"] - time.time()
    reply = await firm.call("GET", f"/v3/bill/tradebill?bill_date={day}")
    assert (reply.status, reply.code) == (400, code)


async def test_a_bill_is_fetched_only_by_its_owner(
    control: Control, firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    await control.do("users/li/pay", prepay_id=prepay_id, notify=False)
    await control.advance(2 * 86400)
    for client in (firm, sanitation):
        client.skew_seconds = 2 * 86400
    paid_at = (await control.get(f"orders/{NUMBER}"))["success_time"]
    reply = await firm.call("GET", f"/v3/bill/tradebill?bill_date={paid_at[:10]}")
    uri = reply.body["download_url"].removeprefix(firm.process.url)
    assert (await sanitation.send("GET", uri)).code == 404
    assert (await firm.send("GET", uri)).code == 200


async def test_partner_refunds_name_the_sub_merchant(
    control: Control, partner: PayClient, openid: str
) -> None:
    prepay_id = await partner.prepaid(NUMBER, openid, URL)
    await control.do("users/li/pay", prepay_id=prepay_id, notify=False)
    assert (await partner.refund(NUMBER, "R1", 60, sub_mchid="")).status == 400
    assert (await partner.refund(NUMBER, "R1", 60, sub_mchid="1799999999")).code == "NO_AUTH"
    assert (await partner.refund(NUMBER, "R1", 60)).status == 200
    await control.advance(1)
    assert await partner.refund_status("R1") == "SUCCESS"
    assert (await partner.query(NUMBER)).body["trade_state"] == "REFUND"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"total": 99}, 400),
        ({"reason": "由" * 81}, 400),
        ({"out_trade_no": "UNKNOWN0001"}, 404),
        ({"notify_url": "http://shenghuo.example.com"}, 400),
        ({"out_refund_no": "汉"}, 400),
    ],
)
async def test_a_wrong_refund_is_refused(
    control: Control, firm: PayClient, openid: str, change: dict[str, Any], status: int
) -> None:
    prepay_id = await firm.prepaid(NUMBER, openid, URL)
    assert (await firm.refund(NUMBER, "R1", 60)).status == 404  # not paid yet
    await control.do("users/li/pay", prepay_id=prepay_id, notify=False)
    assert (await firm.refund(NUMBER, "R1", 60, **change)).status == status
    assert (await firm.refund(NUMBER, "R1", 60)).status == 200
    assert (await firm.refund(NUMBER, "R1", 61)).code == "INVALID_REQUEST"  # same number
