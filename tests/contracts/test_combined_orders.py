"""Combined orders of the stand-in: one payment to two merchants, all of it or nothing."""

from typing import Any, Final

import pytest

from tests.contracts.clients import PayClient, Reply
from tests.contracts.stage import Control, Receiver

URL: Final = "https://shenghuo.example.com/wx/pay/combined-notify/firm"
ROOT: Final = "/v3/combine-transactions"
NUMBER: Final = "COMBINED01"


@pytest.fixture
async def openid(control: Control, sanitation: PayClient) -> str:
    """A payer, where both merchants may combine."""
    for key in ("firm", "sanitation"):
        await control.do(f"merchants/{key}", combines=True)
    await sanitation.load_certificates()
    return await control.openid("li")


def part(client: PayClient, number: str, fen: int) -> dict[str, Any]:
    amount = {"total_amount": fen, "currency": "CNY"}
    named = {"mchid": client.mchid, "out_trade_no": number}
    return {**named, "attach": NUMBER, "description": "物业费", "amount": amount}


def order(firm: PayClient, openid: str, parts: list[dict[str, Any]], url: str = URL) -> Any:
    return {
        "combine_appid": firm.merchant["appid"],
        "combine_mchid": firm.mchid,
        "combine_out_trade_no": NUMBER,
        "sub_orders": parts,
        "combine_payer_info": {"openid": openid},
        "notify_url": url,
    }


def two(firm: PayClient, sanitation: PayClient) -> list[dict[str, Any]]:
    return [part(firm, "PART0001", 300), part(sanitation, "PART0002", 500)]


async def prepay(firm: PayClient, body: Any) -> Reply:
    return await firm.call("POST", f"{ROOT}/jsapi", body)


async def query(firm: PayClient) -> dict[str, Any]:
    reply = await firm.call("GET", f"{ROOT}/out-trade-no/{NUMBER}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def close(firm: PayClient, parts: list[dict[str, Any]]) -> Reply:
    named = [{name: each[name] for name in ("mchid", "out_trade_no")} for each in parts]
    body = {"combine_appid": firm.merchant["appid"], "sub_orders": named}
    return await firm.call("POST", f"{ROOT}/out-trade-no/{NUMBER}/close", body)


def state_of(seen: dict[str, Any]) -> list[str]:
    return [each["trade_state"] for each in seen["sub_orders"]]


async def test_one_payment_pays_both_and_is_told_once(
    control: Control, firm: PayClient, sanitation: PayClient, receiver: Receiver, openid: str
) -> None:
    body = order(firm, openid, two(firm, sanitation), receiver.url)
    made = await prepay(firm, body)
    assert state_of(await query(firm)) == ["NOTPAY", "NOTPAY"]
    params = firm.pay_params(made.body["prepay_id"])
    assert (await control.do("users/li/pay", **params))["result"] == "ok"
    seen = await query(firm)
    (delivery,) = receiver.deliveries
    event, told = firm.opened(delivery)
    assert (event["event_type"], told) == ("TRANSACTION.SUCCESS", seen)
    assert state_of(seen) == ["SUCCESS", "SUCCESS"]
    paid = [(one["mchid"], one["amount"]["payer_amount"]) for one in seen["sub_orders"]]
    assert paid == [(firm.mchid, 300), (sanitation.mchid, 500)]
    assert len({one["transaction_id"] for one in seen["sub_orders"]}) == 2


async def test_a_part_is_no_order_of_its_own_but_is_refunded_by_its_merchant(
    control: Control, firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    made = await prepay(firm, order(firm, openid, two(firm, sanitation)))
    await control.do("users/li/pay", prepay_id=made.body["prepay_id"], notify=False)
    assert (await sanitation.query("PART0002")).code == "ORDER_NOT_EXIST"
    assert (await sanitation.close("PART0002")).code == "ORDER_NOT_EXIST"
    transaction_id = (await query(firm))["sub_orders"][1]["transaction_id"]
    path = f"/v3/pay/transactions/id/{transaction_id}?mchid={sanitation.mchid}"
    assert (await sanitation.call("GET", path)).code == "ORDER_NOT_EXIST"
    back = await sanitation.refund("PART0002", "BACK1", 200, total=500)
    assert back.status == 200
    assert state_of(await query(firm)) == ["SUCCESS", "REFUND"]
    assert (await firm.refund("PART0002", "BACK2", 200, total=500)).status == 404


async def test_all_of_it_is_closed_or_nothing(
    control: Control, firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    parts = two(firm, sanitation)
    made = await prepay(firm, order(firm, openid, parts))
    assert (await close(firm, parts[:1])).code == "INVALID_REQUEST"
    await control.do("users/li/pay", prepay_id=made.body["prepay_id"], slow=True)
    typing = await close(firm, parts)
    assert (typing.status, typing.code) == (202, "USERPAYING")
    await control.do("users/li/finish-payment", out_trade_no=NUMBER, cancel=True)
    assert (await close(firm, parts)).status == 204
    assert state_of(await query(firm)) == ["CLOSED", "CLOSED"]
    failed = await control.do("users/li/pay", prepay_id=made.body["prepay_id"])
    assert failed["result"] == "fail"


async def test_who_may_not_combine_takes_nothing(
    control: Control, firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    await control.do("merchants/sanitation", combines=False)
    refused = await prepay(firm, order(firm, openid, two(firm, sanitation)))
    assert (refused.status, refused.code) == (403, "NO_AUTH")
    unknown = await firm.call("GET", f"{ROOT}/out-trade-no/{NUMBER}")
    assert unknown.code == "ORDER_NOT_EXIST"


@pytest.mark.parametrize("count", [1, 11])
async def test_from_two_to_ten_parts(firm: PayClient, openid: str, count: int) -> None:
    parts = [part(firm, f"PART{number:04}", 1) for number in range(count)]
    refused = await prepay(firm, order(firm, openid, parts))
    assert (refused.status, refused.code) == (400, "PARAM_ERROR")


async def test_repeats_need_the_same_parameters(
    firm: PayClient, sanitation: PayClient, openid: str
) -> None:
    body = order(firm, openid, two(firm, sanitation))
    first, again = await prepay(firm, body), await prepay(firm, body)
    assert first.body["prepay_id"] != again.body["prepay_id"]
    body["sub_orders"][0]["amount"]["total_amount"] = 301
    assert (await prepay(firm, body)).code == "INVALID_REQUEST"
    used = order(firm, openid, two(firm, sanitation)) | {"combine_out_trade_no": "COMBINED02"}
    assert (await prepay(firm, used)).code == "OUT_TRADE_NO_USED"
