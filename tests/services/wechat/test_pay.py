"""Client of orders, refunds and bills: cases 51-81 of docs/reference/wechat.md."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.wechat.errors import PayError, PayReaction
from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from services.wechat.pay_models import RefundStatus, TradeState
from tests.build.world import Clock
from tests.services.wechat.desk import Desk, Doorstep, order, paid

NUMBER = "ORDER-0001"
DAY = "2026-03-02"


@pytest.fixture(params=["firm", "sanitation", "partner"])
def client(request: pytest.FixtureRequest, merchants: dict[str, PayClient]) -> PayClient:
    return merchants[request.param]


async def refusal(call: Any) -> PayError:
    with pytest.raises(PayError) as refused:
        await call
    return refused.value


def body(client: PayClient, **change: Any) -> bytes:
    wanted: dict[str, Any] = {
        "amount_fen": 12_345,
        "description": "物业费",
        "openid": "o-li",
        "expires_at": datetime(2026, 3, 2, 4, 30, 0, 999_000, tzinfo=UTC),
    } | change
    return client.prepay_body(wanted.pop("out_trade_no", NUMBER), **wanted)


async def test_pay_params_are_signed_for_the_mini_program(
    client: PayClient, desk: Desk
) -> None:
    params = client.pay_params(await order(client, desk))
    assert set(params) == {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    answer = await desk.do("users/li/pay", appId=desk.appid, **params)
    assert answer["result"] == "ok"
    forged = params | {"paySign": params["paySign"][::-1]}
    answer = await desk.do("users/li/pay", appId=desk.appid, **forged)
    assert answer["result"] == "fail"


async def test_query_before_and_after_payment(client: PayClient, desk: Desk) -> None:
    prepay_id = await order(client, desk)
    before = await client.query(NUMBER)
    assert (before.trade_state, before.paid) == (TradeState.NOTPAY, False)
    assert before.transaction_id is None
    await desk.do("users/li/pay", prepay_id=prepay_id)
    after = await client.query(NUMBER)
    assert after.paid
    assert (after.mchid, after.appid) == (client.account.mchid, client.account.appid)
    assert after.sub_mchid == client.account.sub_mchid
    assert after.transaction_id
    assert (after.amount_fen, after.payer_fen) == (12_345, 12_345)
    assert (after.openid, after.trade_type) == (await desk.openid(), "JSAPI")
    assert after.success_at == desk.clock()


def test_the_body_is_the_same_each_time(client: PayClient) -> None:
    assert body(client) == body(client)
    wanted = msgspec.json.decode(body(client, attach="bill-7"))
    assert wanted["time_expire"] == "2026-03-02T12:30:00+08:00"
    assert wanted["amount"] == {"total": 12_345, "currency": "CNY"}
    assert wanted["notify_url"].endswith(f"/wx/pay/notify/{client.account.key}")
    assert wanted["attach"] == "bill-7"
    assert b"null" not in body(client)


def test_a_long_description_is_cut_between_characters(firm: PayClient) -> None:
    wanted = msgspec.json.decode(body(firm, description="物业费\n" * 30))
    assert len(wanted["description"].encode()) <= 127
    assert wanted["description"].startswith("物业费 物业费")


@pytest.mark.parametrize(
    "change",
    [
        {"out_trade_no": "short"},
        {"out_trade_no": "x" * 33},
        {"out_trade_no": "star*bar|"},
        {"out_trade_no": "slash/../x"},
        {"out_trade_no": "ORDER-0001\n"},
        {"amount_fen": 0},
        {"amount_fen": -1},
        {"description": " \n"},
        {"attach": "字" * 43},
    ],
)
def test_an_order_wechat_would_refuse_is_not_even_made(
    firm: PayClient, change: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"shape|fen|empty|attach"):
        body(firm, **change)


def test_in_the_firms_own_mini_program(
    accounts: dict[str, MerchantAccount], clock: Clock
) -> None:
    account = msgspec.structs.replace(accounts["partner"], sub_appid="wx-firm")
    client = PayClient(account, base="http://x", notify_base_url="http://x", now=clock)
    wanted = msgspec.json.decode(body(client))
    assert wanted["payer"] == {"sub_openid": "o-li"}
    assert wanted["sub_appid"] == account.calling_appid == "wx-firm"


async def test_case_51_a_lost_answer_then_the_same_bytes_again(
    client: PayClient, desk: Desk
) -> None:
    wanted = body(client, openid=await desk.openid())
    await desk.fault("/v3/pay", drop="after")
    assert (await refusal(client.prepay(wanted))).reaction is PayReaction.QUERY_FIRST
    assert (await client.query(NUMBER)).trade_state is TradeState.NOTPAY
    assert (await client.prepay(wanted)).startswith("wx")


async def test_case_52_another_amount_under_the_same_number(
    firm: PayClient, desk: Desk
) -> None:
    openid = await desk.openid()
    await firm.prepay(body(firm, openid=openid))
    refused = await refusal(firm.prepay(body(firm, openid=openid, amount_fen=1)))
    assert (refused.code, refused.reaction) == ("INVALID_REQUEST", PayReaction.PERMANENT)


async def test_case_53_a_prepay_id_lives_two_hours(firm: PayClient, desk: Desk) -> None:
    wanted = body(firm, openid=await desk.openid(), expires_at=desk.clock() + timedelta(days=1))
    first = await firm.prepay(wanted)
    await desk.advance(7200)
    assert (await desk.do("users/li/pay", prepay_id=first))["result"] == "fail"
    second = await firm.prepay(wanted)
    assert (await desk.do("users/li/pay", prepay_id=second))["result"] == "ok"


@pytest.mark.parametrize(
    ("http", "code", "reaction"),
    [
        (400, "ORDERPAID", PayReaction.ORDER_PAID),
        (400, "ORDER_PAID", PayReaction.ORDER_PAID),
        (403, "OUT_TRADE_NO_USED", PayReaction.QUERY_FIRST),
        (400, "ORDER_CLOSED", PayReaction.ORDER_CLOSED),
        (400, "APPID_MCHID_NOT_MATCH", PayReaction.CONFIG_ALARM),
        (403, "NO_AUTH", PayReaction.CONFIG_ALARM),
    ],
)
async def test_case_54_every_refusal_has_its_reaction(
    firm: PayClient, desk: Desk, http: int, code: str, reaction: PayReaction
) -> None:
    await desk.fault("/v3/pay", http=http, code=code)
    assert (await refusal(order(firm, desk))).reaction is reaction


async def test_case_58_close(client: PayClient, desk: Desk) -> None:
    await order(client, desk)
    await client.close_order(NUMBER)
    await client.close_order(NUMBER)
    assert (await client.query(NUMBER)).trade_state is TradeState.CLOSED


async def test_case_59_close_while_the_password_is_typed(firm: PayClient, desk: Desk) -> None:
    prepay_id = await order(firm, desk)
    await desk.do("users/li/pay", prepay_id=prepay_id, slow=True)
    assert (await refusal(firm.close_order(NUMBER))).reaction is PayReaction.BUSY
    assert (await firm.query(NUMBER)).trade_state is TradeState.USERPAYING
    await desk.do("users/li/finish-payment", out_trade_no=NUMBER)
    assert (await firm.query(NUMBER)).paid


async def test_case_60_close_of_a_paid_order(client: PayClient, desk: Desk) -> None:
    await paid(client, desk)
    assert (await refusal(client.close_order(NUMBER))).reaction is PayReaction.ORDER_PAID


async def test_an_order_that_never_arrived(client: PayClient) -> None:
    assert (await refusal(client.query(NUMBER))).reaction is PayReaction.ORDER_MISSING


async def test_case_63_two_taps_at_once(client: PayClient, desk: Desk) -> None:
    wanted = body(client, openid=await desk.openid())
    ids = await asyncio.gather(client.prepay(wanted), client.prepay(wanted))
    for prepay_id in ids:
        await desk.do("users/li/pay", prepay_id=prepay_id, notify=False)
    assert (await client.query(NUMBER)).paid


async def refund(client: PayClient, number: str = "R-1", refund_fen: int = 345) -> Any:
    return await client.refund(
        client.refund_body(
            NUMBER, out_refund_no=number, refund_fen=refund_fen, total_fen=12_345, reason="多收"
        )
    )


async def test_case_64_accepted_is_not_refunded(
    client: PayClient, desk: Desk, doorstep: Doorstep
) -> None:
    await paid(client, desk)
    accepted = await refund(client)
    assert (accepted.status, accepted.refund_fen) == (RefundStatus.PROCESSING, 345)
    await desk.advance(5)
    letter = doorstep.letters[-1]
    assert letter.path == f"/wx/pay/refund-notify/{client.account.key}"
    found = await client.notification(letter.headers, letter.body)
    assert found.event_type == "REFUND.SUCCESS"
    done = client.refund_notice(found.resource)
    assert (done.status, done.out_refund_no) == (RefundStatus.SUCCESS, "R-1")
    assert (done.refund_fen, done.total_fen) == (345, 12_345)
    assert (done.mchid, done.sub_mchid) == (client.account.mchid, client.account.sub_mchid)
    assert done.success_at is not None
    assert (await client.query_refund("R-1")).status is RefundStatus.SUCCESS
    assert (await client.query(NUMBER)).trade_state is TradeState.REFUND


@pytest.mark.parametrize("outcome", ["ABNORMAL", "CLOSED"])
async def test_case_66_and_67_refunds_that_fail(
    firm: PayClient, desk: Desk, doorstep: Doorstep, outcome: str
) -> None:
    await paid(firm, desk)
    await desk.do("settings", refunds={"outcome": outcome})
    await refund(firm)
    await desk.advance(5)
    letter = doorstep.letters[-1]
    found = await firm.notification(letter.headers, letter.body)
    assert found.event_type == f"REFUND.{outcome}"
    assert firm.refund_notice(found.resource).status is RefundStatus(outcome)


async def test_case_68_the_account_is_empty(firm: PayClient, desk: Desk) -> None:
    await paid(firm, desk)
    await desk.do("merchants/firm", balance_fen=0)
    assert (await refusal(refund(firm))).reaction is PayReaction.NOT_ENOUGH
    await desk.do("merchants/firm", balance_fen=100_000)
    assert (await refund(firm)).status is RefundStatus.PROCESSING


async def test_case_69_a_lost_answer_is_repeated_under_the_same_number(
    client: PayClient, desk: Desk
) -> None:
    await paid(client, desk)
    await desk.fault("/v3/refund", drop="after")
    assert (await refusal(refund(client))).unknown
    assert (await refund(client)).refund_fen == 345
    assert (await desk.get(f"orders/{NUMBER}"))["refund_nos"] == ["R-1"]


@pytest.mark.parametrize(("fen", "number"), [(0, "R-1"), (12_346, "R-1"), (1, "R*1"), (1, "")])
async def test_a_refund_wechat_would_refuse_is_not_sent(
    firm: PayClient, desk: Desk, fen: int, number: str
) -> None:
    with pytest.raises(ValueError, match=r"shape|fen"):
        await refund(firm, number, fen)
    assert await desk.count("/v3") == 0


@pytest.mark.parametrize("number", ["R-9", "BD|7*1@2026"])
async def test_a_refund_never_asked_for(client: PayClient, number: str) -> None:
    """Also by a number that only the merchant's own console makes."""
    assert (await refusal(client.query_refund(number))).reaction is PayReaction.ORDER_MISSING


async def test_a_payment_is_found_by_wechats_own_number(client: PayClient, desk: Desk) -> None:
    await paid(client, desk)
    by_ours = await client.query(NUMBER)
    assert await client.query_transaction(by_ours.transaction_id or "") == by_ours


async def test_the_trade_bill_in_batches(client: PayClient, desk: Desk) -> None:
    await paid(client, desk)
    await refund(client)
    assert [batch async for batch in client.trade_batches("2026-03-01", size=9)] == []
    await next_morning(desk)
    batches = [batch async for batch in client.trade_batches(DAY, size=1)]
    assert batches == [[row] for row in (await client.trade_bill(DAY)).rows]


async def test_a_bill_that_breaks_off_gives_no_row_at_all(firm: PayClient, desk: Desk) -> None:
    await paid(firm, desk)
    await refund(firm)
    broken = {"R-1": {"交易时间": "yesterday"}}
    await desk.do("bills", mchid=firm.account.mchid, bill_date=DAY, set=broken)
    await next_morning(desk)
    batches = firm.trade_batches(DAY, size=1)
    assert (await refusal(anext(batches))).code == "BILL_UNREADABLE"


async def next_morning(desk: Desk, hours: int = 22) -> None:
    """From noon to ten o'clock of the next day."""
    await desk.advance(hours * 3600)


async def test_case_73_and_74_bills_are_made_in_the_morning(
    client: PayClient, desk: Desk
) -> None:
    await next_morning(desk, hours=21)
    assert (await refusal(client.trade_bill(DAY))).reaction is PayReaction.NOT_READY
    await next_morning(desk, hours=1)
    assert (await client.trade_bill(DAY)).rows == []
    assert (await client.fund_flow_bill(DAY)).rows == []


async def test_the_trade_bill(client: PayClient, desk: Desk) -> None:
    await paid(client, desk)
    transaction = await client.query(NUMBER)
    await refund(client)
    await next_morning(desk)
    bill = await client.trade_bill(DAY)
    first, second = bill.rows
    assert (first.out_trade_no, first.transaction_id) == (NUMBER, transaction.transaction_id)
    assert (first.amount_fen, first.traded_at) == (12_345, transaction.success_at)
    assert (first.mchid, first.sub_mchid) == (client.account.mchid, client.account.sub_mchid)
    assert (second.out_refund_no, second.refund_fen) == ("R-1", 345)
    assert (bill.amount_fen, bill.refund_fen) == (12_345, 345)


async def test_the_fund_flow_bill(firm: PayClient, desk: Desk) -> None:
    await paid(firm, desk)
    await refund(firm)
    await next_morning(desk)
    bill = await firm.fund_flow_bill(DAY)
    assert [each.amount_fen for each in bill.rows] == [12_345, -74, -345]
    assert (bill.income_fen, bill.expense_fen) == (12_345, 74 + 345)


async def edited(client: PayClient, desk: Desk, **edit: Any) -> None:
    await paid(client, desk)
    await desk.do("bills", mchid=client.account.mchid, bill_date=DAY, **edit)
    await next_morning(desk)


async def test_case_79_a_truncated_bill(firm: PayClient, desk: Desk) -> None:
    await edited(firm, desk, truncate=True)
    refused = await refusal(firm.trade_bill(DAY))
    assert (refused.code, refused.reaction) == ("BILL_TRUNCATED", PayReaction.RETRY_SAME)


async def test_case_79_another_bill_than_announced(firm: PayClient, desk: Desk) -> None:
    await edited(firm, desk)
    await desk.fault("/v3/bill/", body_patch={"hash_value": "0" * 40})
    assert (await refusal(firm.trade_bill(DAY))).code == "BILL_HASH"


async def test_case_79_an_address_that_expired(firm: PayClient, desk: Desk) -> None:
    await edited(firm, desk)
    await desk.fault("/v3/billdownload", http=400, code="INVALID_REQUEST")
    refused = await refusal(firm.trade_bill(DAY))
    assert (refused.code, refused.reaction) == ("BILL_DOWNLOAD", PayReaction.RETRY_SAME)
    assert len((await firm.trade_bill(DAY)).rows) == 1


async def test_the_bill_is_fetched_from_our_host_only(firm: PayClient, desk: Desk) -> None:
    await edited(firm, desk)
    await desk.fault(
        "/v3/bill/",
        body_patch={"download_url": "http://169.254.169.254/v3/billdownload/file?token=x"},
    )
    assert (await refusal(firm.trade_bill(DAY))).code == "BILL_DOWNLOAD"
    [call] = await desk.calls("/v3/billdownload/file")
    assert call["query"]["token"] == "***"


async def test_case_80_bom_free_text_and_old_columns(firm: PayClient, desk: Desk) -> None:
    name = 'a,`b",``'
    await edited(
        firm,
        desk,
        bom=True,
        set={NUMBER: {"商品名称": name}},
        rename={"订单金额": "总金额", "申请退款金额": "退款额"},
    )
    [row] = (await firm.trade_bill(DAY)).rows
    assert (row.description, row.amount_fen) == (name, 12_345)


async def test_a_bill_with_half_a_fen_is_not_rounded(firm: PayClient, desk: Desk) -> None:
    await edited(firm, desk, set={NUMBER: {"订单金额": "123.455"}})
    refused = await refusal(firm.trade_bill(DAY))
    assert (refused.code, refused.reaction) == ("BILL_UNREADABLE", PayReaction.PERMANENT)
    assert "123.455" not in str(refused)


async def test_case_81_a_sub_merchant_that_is_not_ours(
    accounts: dict[str, MerchantAccount], desk: Desk, clock: Clock
) -> None:
    account = msgspec.structs.replace(accounts["partner"], sub_mchid="1799999999")
    stranger = PayClient(account, base=desk.base, notify_base_url=desk.base, now=clock)
    refused = await refusal(order(stranger, desk))
    stranger.close()
    assert (refused.code, refused.reaction) == ("NO_AUTH", PayReaction.CONFIG_ALARM)
