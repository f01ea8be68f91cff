"""Verification of notices: cases 38-48, 82 of docs/reference/wechat.md."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from services.wechat.errors import BadSignature, Forgery, PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from tests.build.world import Clock
from tests.services.wechat.desk import (
    CERTIFICATES,
    NUMBER,
    Desk,
    Doorstep,
    believe,
    disbelief,
    notice,
    paid,
)


def payee(client: PayClient, **strange: str) -> tuple[str | None, ...]:
    """Merchant, mini-program and sub-merchant of an account, some of them another's."""
    names = ("mchid", "appid", "sub_mchid")
    return tuple(strange.get(name, getattr(client.account, name)) for name in names)


async def test_a_genuine_notice_is_believed(
    client: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(client, desk)
    [letter] = doorstep.letters
    assert letter.path == f"/wx/pay/notify/{client.account.key}"
    found = await believe(client, letter)
    assert found.event_type == "TRANSACTION.SUCCESS"
    transaction = client.transaction(found.resource)
    assert (transaction.mchid, transaction.appid, transaction.sub_mchid) == payee(client)
    assert transaction.paid
    assert (transaction.out_trade_no, transaction.amount_fen) == (NUMBER, 12_345)
    assert transaction.openid == await desk.openid()
    assert transaction.currency == "CNY"
    assert transaction.success_at == desk.clock()


async def test_a_repeated_notice_has_the_same_event_id(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    doorstep.on_letter = lambda _letter: 500
    await paid(firm, desk)
    await desk.advance(20)
    first, again = doorstep.letters
    assert first.headers["Wechatpay-Nonce"] != again.headers["Wechatpay-Nonce"]
    ids = {(await believe(firm, letter)).event_id for letter in (again,)}
    desk.clock.now -= timedelta(seconds=20)
    ids.add((await believe(firm, first)).event_id)
    assert len(ids) == 1


async def test_case_38_a_forged_signature(
    client: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(client, desk)
    assert await disbelief(client, await notice(desk, doorstep, sign="bad")) is (
        Forgery.SIGNATURE
    )


async def test_case_38_no_signature_at_all(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(firm, desk)
    assert await disbelief(firm, await notice(desk, doorstep, sign="missing")) is (
        Forgery.MALFORMED
    )


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "Serial", "Signature"])
async def test_every_header_is_needed_and_signed(
    firm: PayClient, desk: Desk, doorstep: Doorstep, name: str
) -> None:
    await paid(firm, desk)
    [letter] = doorstep.letters
    shown = letter.headers[f"Wechatpay-{name}"]
    letter.headers[f"Wechatpay-{name}"] = shown[:-1] + ("1" if shown[-1] != "1" else "2")
    assert await disbelief(firm, letter)
    del letter.headers[f"Wechatpay-{name}"]
    assert await disbelief(firm, letter) is Forgery.MALFORMED


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "²", "9" * 5000, "1 772 424 000"])
async def test_a_timestamp_is_a_plain_number(firm: PayClient, stamp: str) -> None:
    headers = {"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": "n", "Wechatpay-Serial": "S"}
    with pytest.raises(BadSignature):
        await firm.notification(headers, b"{}")


async def test_case_39_a_tampered_body(
    client: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(client, desk)
    [letter] = doorstep.letters
    letter.body = letter.body.replace(b"SUCCESS", b"SUCCES5")
    assert await disbelief(client, letter) is Forgery.SIGNATURE


async def test_case_39_the_bytes_are_signed_not_the_json(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(firm, desk)
    [letter] = doorstep.letters
    letter.body = json.dumps(json.loads(letter.body)).encode()
    assert await disbelief(firm, letter) is Forgery.SIGNATURE


async def test_case_40_an_unknown_public_key_is_refused_without_a_download(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(firm, desk)
    letter = await notice(desk, doorstep, sign="unknown_serial")
    assert letter.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
    assert await disbelief(firm, letter) is Forgery.SERIAL
    assert await desk.count(CERTIFICATES) == 0


async def test_case_40_another_merchants_public_key(
    firm: PayClient, partner: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(firm, desk)
    letter = await notice(desk, doorstep, signed_by=partner.account.mchid)
    assert await disbelief(firm, letter) is Forgery.SERIAL


@pytest.mark.parametrize("fault", ["stale", "future"])
async def test_case_41_outside_of_five_minutes(
    client: PayClient, desk: Desk, doorstep: Doorstep, fault: str
) -> None:
    await paid(client, desk)
    letter = await notice(desk, doorstep, sign=fault)
    assert await disbelief(client, letter) is Forgery.TIMESTAMP


@pytest.mark.parametrize(
    ("seconds", "believed"), [(299, True), (300, False), (-299, True), (-300, False)]
)
async def test_case_41_the_window_to_the_second(
    firm: PayClient,
    desk: Desk,
    doorstep: Doorstep,
    clock: Clock,
    *,
    seconds: int,
    believed: bool,
) -> None:
    await paid(firm, desk)
    [letter] = doorstep.letters
    clock.now += timedelta(seconds=seconds)
    if believed:
        assert (await believe(firm, letter)).event_id
    else:
        assert await disbelief(firm, letter) is Forgery.TIMESTAMP


async def test_case_42_wechats_own_probe_fails_like_any_forgery(
    client: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(client, desk)
    letter = await notice(desk, doorstep, sign="signtest")
    assert "WECHATPAY/SIGNTEST/" in letter.headers["Wechatpay-Signature"]
    assert await disbelief(client, letter) is Forgery.SIGNATURE


async def test_case_44_sealed_with_another_key(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(firm, desk)
    letter = await notice(desk, doorstep, api_v3_key="another-key-of-thirty-two-bytes!")
    assert await disbelief(firm, letter) is Forgery.DECRYPT


async def test_case_46_another_merchants_notice(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    """Signed by our merchant's key, but speaking of others: read, and known as foreign."""
    await paid(firm, desk)
    for strange in ({"mchid": "1699999999"}, {"appid": "wx0"}, {"sub_mchid": "1799999999"}):
        found = await believe(firm, await notice(desk, doorstep, overrides=strange))
        trade = firm.transaction(found.resource)
        assert (trade.mchid, trade.appid, trade.sub_mchid) == payee(firm, **strange)


async def test_case_48_a_state_that_is_not_success(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(firm, desk)
    for state, is_paid in (("NOTPAY", False), ("CLOSED", False), ("REFUND", True)):
        letter = await notice(desk, doorstep, overrides={"trade_state": state})
        found = firm.transaction((await believe(firm, letter)).resource)
        assert (found.trade_state, found.paid) == (TradeState(state), is_paid)


@pytest.mark.parametrize(
    "resource",
    [
        {"combine_out_trade_no": "C-1", "sub_orders": [{"out_trade_no": NUMBER}]},
        {"out_trade_no": NUMBER, "trade_state": "NEW_STATE", "mchid": "1", "appid": "wx"},
        {"out_trade_no": NUMBER, "trade_state": "SUCCESS"},
        {"out_trade_no": 7, "trade_state": "SUCCESS", "mchid": "1", "appid": "wx"},
    ],
)
async def test_case_82_a_notice_of_another_shape_credits_nothing(
    firm: PayClient, desk: Desk, doorstep: Doorstep, resource: Mapping[str, Any]
) -> None:
    await paid(firm, desk)
    found = await believe(firm, await notice(desk, doorstep, resource=resource))
    with pytest.raises(PayError) as refused:
        firm.transaction(found.resource)
    assert refused.value.reaction is PayReaction.QUERY_FIRST
