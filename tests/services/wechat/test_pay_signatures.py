"""Verification of notices and answers: cases 38-57, 82, 84 of docs/reference/wechat.md."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from services.wechat.errors import BadSignature, Forgery, PayError, PayReaction
from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from services.wechat.pay_models import Notice, TradeState
from tests.deadlines import SAFETY_NET
from tests.services.wechat.desk import Clock, Desk, Doorstep, Letter, order, paid

CERTIFICATES = "/v3/certificates"
NUMBER = "ORDER-0001"


async def believe(client: PayClient, letter: Letter) -> Notice:
    return await client.notification(letter.headers, letter.body)


async def disbelief(client: PayClient, letter: Letter) -> Forgery:
    with pytest.raises(BadSignature) as refused:
        await believe(client, letter)
    return refused.value.reason


async def notice(desk: Desk, doorstep: Doorstep, **craft: Any) -> Letter:
    """Have WeChat send one more notice, crafted as told."""
    await desk.do("notify", out_trade_no=NUMBER, **craft)
    return doorstep.letters[-1]


@pytest.fixture(params=["firm", "sanitation", "partner"])
def client(request: pytest.FixtureRequest, merchants: dict[str, PayClient]) -> PayClient:
    return merchants[request.param]


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
    desk.clock.instant -= timedelta(seconds=20)
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


async def test_case_40_forged_certificate_serials_cause_one_download_a_minute(
    firm: PayClient, sanitation: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(sanitation, desk)
    [genuine] = doorstep.letters
    for client in (firm, sanitation):
        before = await desk.count(CERTIFICATES)
        letters = [Letter(genuine.headers.copy(), genuine.body, {}, "") for _ in range(20)]
        for number, letter in enumerate(letters):
            letter.headers["Wechatpay-Serial"] = f"{number:040X}"
        reasons = await asyncio.gather(*(disbelief(client, letter) for letter in letters))
        assert set(reasons) == {Forgery.SERIAL}
        assert await desk.count(CERTIFICATES) - before <= 1
        await disbelief(client, letters[0])
        assert await desk.count(CERTIFICATES) - before <= 1
    await desk.advance(61)
    letter = await notice(desk, doorstep, serial="F" * 40)
    before = await desk.count(CERTIFICATES)
    assert await disbelief(sanitation, letter) is Forgery.SERIAL
    assert await desk.count(CERTIFICATES) == before + 1


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
    clock.instant += timedelta(seconds=seconds)
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


async def test_case_49_answers_by_public_key_notices_by_certificate(
    firm: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await desk.do("merchants/firm", grey_share=1)
    await paid(firm, desk)
    [letter] = doorstep.letters
    assert not letter.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
    assert (await believe(firm, letter)).event_id
    assert (await firm.query(NUMBER)).paid
    [call] = await desk.calls(CERTIFICATES)
    assert call["headers"]["Wechatpay-Serial"] == firm.account.public_key_id


async def test_case_49_answers_by_certificate_notices_by_public_key(
    accounts: dict[str, MerchantAccount], desk: Desk, doorstep: Doorstep, sanitation: PayClient
) -> None:
    shown = await desk.do("merchants/sanitation", grey_share=1)
    assert accounts["sanitation"].public_key_id is None
    await paid(sanitation, desk)
    [letter] = doorstep.letters
    assert letter.headers["Wechatpay-Serial"] == shown["public_key_id"]
    assert await disbelief(sanitation, letter) is Forgery.SERIAL  # until it is configured


async def test_case_50_a_new_certificate_is_known_on_its_first_notice(
    sanitation: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(sanitation, desk)
    assert await desk.count(CERTIFICATES) == 1
    [old] = doorstep.letters
    await desk.do("certificates/rotate")
    await desk.advance(61)
    new = await notice(desk, doorstep)
    assert new.headers["Wechatpay-Serial"] != old.headers["Wechatpay-Serial"]
    found = await asyncio.gather(*(believe(sanitation, new) for _ in range(20)))
    assert len({each.event_id for each in found}) == 1
    assert await desk.count(CERTIFICATES) == 2
    assert (await believe(sanitation, old)).event_id  # added, never cleared


async def test_certificates_are_fetched_once_for_many(
    sanitation: PayClient, desk: Desk
) -> None:
    await order(sanitation, desk)
    await asyncio.gather(*(sanitation.query(NUMBER) for _ in range(20)))
    assert await desk.count(CERTIFICATES) == 1


async def landed(client: PayClient) -> None:
    """Wait for the download that goes on beside the work."""
    if (flight := client._session.keys._flight) is not None:
        await asyncio.wait({flight}, timeout=SAFETY_NET)


async def test_after_twelve_hours_they_are_refreshed_beside_the_work(
    sanitation: PayClient, desk: Desk
) -> None:
    await order(sanitation, desk)
    await desk.fault(CERTIFICATES, http=500, code="SYSTEM_ERROR")
    await desk.advance(12 * 3600 + 1)
    assert await sanitation.query(NUMBER)  # the failed refresh disturbs nobody
    await landed(sanitation)
    await desk.advance(61)
    await sanitation.query(NUMBER)
    await sanitation.query(NUMBER)
    await landed(sanitation)
    assert await desk.count(CERTIFICATES) == 3
    await desk.advance(61)
    await sanitation.query(NUMBER)
    await landed(sanitation)
    assert await desk.count(CERTIFICATES) == 3


@pytest.mark.parametrize("sign", ["bad", "missing", "stale", "unknown_serial", "tampered"])
async def test_a_list_of_certificates_is_believed_only_when_signed(
    sanitation: PayClient, desk: Desk, sign: str
) -> None:
    await desk.fault(CERTIFICATES, sign=sign)
    with pytest.raises(PayError) as refused:
        await order(sanitation, desk)
    assert (refused.value.code, refused.value.unknown) == ("BAD_SIGNATURE", True)
    await desk.advance(61)
    assert await sanitation.query(NUMBER)


@pytest.mark.parametrize(
    "listing", [{"data": []}, {"data": [{"serial_no": "1"}]}, {}, "<html>"]
)
async def test_a_list_of_another_shape_is_none(
    sanitation: PayClient, desk: Desk, listing: object
) -> None:
    await desk.fault(CERTIFICATES, raw=listing)
    with pytest.raises(PayError):
        await order(sanitation, desk)


async def test_case_55_too_often(firm: PayClient, desk: Desk) -> None:
    await desk.fault("/v3/pay", http=429, code="FREQUENCY_LIMITED", message="请求过于频繁")
    with pytest.raises(PayError) as refused:
        await order(firm, desk)
    assert (refused.value.reaction, refused.value.unknown) == (PayReaction.BUSY, False)
    assert refused.value.request_id
    assert await order(firm, desk)


async def test_case_56_a_failing_server_leaves_the_outcome_unknown(
    firm: PayClient, desk: Desk
) -> None:
    await desk.fault("/v3/pay", http=500, code="SYSTEM_ERROR")
    with pytest.raises(PayError) as refused:
        await order(firm, desk)
    assert (refused.value.reaction, refused.value.unknown) == (PayReaction.QUERY_FIRST, True)
    assert await desk.count("/v3/pay") == 1
    assert await order(firm, desk)


async def test_case_56_a_slow_server_is_given_up(hurried_firm: PayClient, desk: Desk) -> None:
    await desk.fault("/v3/pay", http=500, delay_seconds=60)
    with pytest.raises(PayError) as refused:
        await order(hurried_firm, desk)
    assert (refused.value.status, refused.value.unknown) == (0, True)


@pytest.mark.parametrize(
    "sign", ["bad", "missing", "stale", "future", "unknown_serial", "signtest", "tampered"]
)
async def test_case_57_a_success_wechat_did_not_sign_is_unknown(
    client: PayClient, desk: Desk, sign: str
) -> None:
    await desk.fault("/v3/pay", sign=sign)
    with pytest.raises(PayError) as refused:
        await order(client, desk)
    assert (refused.value.status, refused.value.code) == (200, "BAD_SIGNATURE")
    assert (refused.value.reaction, refused.value.unknown) == (PayReaction.QUERY_FIRST, True)
    assert (await client.query(NUMBER)).trade_state is TradeState.NOTPAY


async def test_case_57_an_empty_answer_is_signed_too(firm: PayClient, desk: Desk) -> None:
    await order(firm, desk)
    await desk.fault("/v3/pay", match={"method": "POST"}, sign="bad")
    with pytest.raises(PayError) as refused:
        await firm.close_order(NUMBER)
    assert (refused.value.status, refused.value.unknown) == (204, True)


async def test_what_was_never_sent_may_be_sent_again(
    accounts: dict[str, MerchantAccount], desk: Desk, clock: Clock
) -> None:
    nowhere = PayClient(
        accounts["firm"], base="http://127.0.0.1:1", notify_base_url="http://x", now=clock
    )
    with pytest.raises(PayError) as refused:
        await order(nowhere, desk)
    nowhere.close()
    assert (refused.value.reaction, refused.value.unknown) == (PayReaction.RETRY_SAME, False)


@pytest.mark.parametrize("fate", ["before", "after"])
async def test_a_cut_line_leaves_the_outcome_unknown(
    firm: PayClient, desk: Desk, fate: str
) -> None:
    await desk.fault("/v3/pay", drop=fate)
    with pytest.raises(PayError) as refused:
        await order(firm, desk)
    assert (refused.value.reaction, refused.value.unknown) == (PayReaction.QUERY_FIRST, True)


async def test_case_84_our_clock_is_wrong(firm: PayClient, clock: Clock) -> None:
    clock.instant -= timedelta(minutes=6)
    with pytest.raises(PayError) as refused:
        await firm.query(NUMBER)
    assert (refused.value.status, refused.value.reaction) == (401, PayReaction.CONFIG_ALARM)
