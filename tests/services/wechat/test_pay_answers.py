"""Verification of answers: cases 55-57, 84 of docs/reference/wechat.md."""

from datetime import timedelta

import pytest

from services.wechat.errors import PayError, PayReaction
from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from tests.build.world import Clock
from tests.services.wechat.conftest import HURRY, Merchants
from tests.services.wechat.desk import NUMBER, Desk, order


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


async def test_case_56_a_slow_server_is_given_up(merchants: Merchants, desk: Desk) -> None:
    merchants.seconds = HURRY
    await desk.fault("/v3/pay", http=500, delay_seconds=60)
    with pytest.raises(PayError) as refused:
        await order(merchants["firm"], desk)
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
    clock.now -= timedelta(minutes=6)
    with pytest.raises(PayError) as refused:
        await firm.query(NUMBER)
    assert (refused.value.status, refused.value.reaction) == (401, PayReaction.CONFIG_ALARM)
