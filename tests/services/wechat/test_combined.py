"""Client of combined orders: placed, queried, closed, told; and who fits into one."""

from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from services.wechat import combined_orders
from services.wechat.combined_orders import CombinedPart
from services.wechat.errors import PayError, PayReaction
from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from tests.services.wechat.desk import Desk

NUMBER: Final = "COMBINED-1"
PARTS: Final = {"firm": ("PART-0001", 300), "sanitation": ("PART-0002", 500)}


async def request(merchants: dict[str, PayClient], desk: Desk, *keys: str) -> bytes:
    """Return the firm's order for itself and the sanitation, or for others."""
    named = keys or tuple(PARTS)
    for key in set(named):
        await desk.do(f"merchants/{key}", combines=True)
    first = merchants[named[0]]
    parts = [
        CombinedPart(
            account=merchants[key].account,
            out_trade_no=PARTS["firm"][0] if key == "partner" else PARTS[key][0],
            amount_fen=PARTS.get(key, PARTS["firm"])[1],
            description="物业费",
        )
        for key in named
    ]
    return combined_orders.prepay_body(
        first.account,
        NUMBER,
        parts,
        openid=await desk.openid(),
        expires_at=desk.clock() + timedelta(minutes=30),
        notify_url=first.combined_notify_url,
    )


async def test_query_before_and_after_the_payment_of_both(
    merchants: dict[str, PayClient], desk: Desk
) -> None:
    firm = merchants["firm"]
    prepay_id = await firm.prepay_combined(await request(merchants, desk))
    before = await firm.query_combined(NUMBER)
    assert [part.trade_state for part in before.parts] == [TradeState.NOTPAY] * 2
    answer = await desk.do("users/li/pay", **firm.pay_params(prepay_id))
    assert answer["result"] == "ok"
    after = await firm.query_combined(NUMBER)
    assert (after.number, after.mchid) == (NUMBER, firm.account.mchid)
    for part, (key, (number, fen)) in zip(after.parts, PARTS.items(), strict=True):
        account = merchants[key].account
        assert (part.out_trade_no, part.amount_fen, part.payer_fen) == (number, fen, fen)
        assert (part.mchid, part.appid, part.currency) == (account.mchid, account.appid, "CNY")
        assert (part.combined, part.trade_type) == (NUMBER, "JSAPI")
        assert (part.paid, part.success_at) == (True, desk.clock())
        assert part.transaction_id


async def test_a_close_names_the_same_parts_as_the_order(
    merchants: dict[str, PayClient], desk: Desk
) -> None:
    firm, body = merchants["firm"], await request(merchants, desk)
    await firm.prepay_combined(body)
    await firm.close_combined(NUMBER, combined_orders.close_body(body))
    states = [part.trade_state for part in (await firm.query_combined(NUMBER)).parts]
    assert states == [TradeState.CLOSED] * 2


async def test_a_partners_order_names_the_sub_merchants(
    merchants: dict[str, PayClient], desk: Desk
) -> None:
    partner, body = merchants["partner"], await request(merchants, desk, "partner", "partner")
    parts = msgspec.json.decode(body)["sub_orders"]
    parts[1]["out_trade_no"] = "PART-0002"
    body = msgspec.json.encode(msgspec.json.decode(body) | {"sub_orders": parts})
    await partner.prepay_combined(body)
    await partner.close_combined(NUMBER, combined_orders.close_body(body))
    seen = await partner.query_combined(NUMBER)
    assert {part.sub_mchid for part in seen.parts} == {partner.account.sub_mchid}
    assert partner.has_made(body)
    assert not merchants["firm"].has_made(body)


async def test_what_was_made_names_both_merchants(
    merchants: dict[str, PayClient], desk: Desk
) -> None:
    body = await request(merchants, desk)
    assert merchants["firm"].has_made(body)
    assert merchants["sanitation"].has_made(body)
    assert not merchants["partner"].has_made(body)


async def test_without_the_right_to_combine_it_is_refused(
    merchants: dict[str, PayClient], desk: Desk
) -> None:
    body = await request(merchants, desk)
    await desk.do("merchants/sanitation", combines=False)
    with pytest.raises(PayError) as refused:
        await merchants["firm"].prepay_combined(body)
    assert refused.value.reaction is PayReaction.CONFIG_ALARM


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ([{}], False),
        ([{}] * 2, True),
        ([{}, {"mchid": "1900000002"}], True),
        ([{}] * 10, True),
        ([{}] * 11, False),
        ([{}, {"appid": "wx-other"}], False),
        ([{}, {"mode": "partner", "sub_mchid": "1700000001"}], False),
        ([{"mode": "partner", "sub_mchid": "1700000001"}] * 11, True),
        ([{"mode": "partner", "sub_mchid": "1700000001"}] * 51, False),
        ([{"mode": "partner", "sub_mchid": "1", "mchid": n} for n in ("12", "13")], False),
        ([{"mode": "partner", "sub_mchid": "1", "sub_appid": "wx-theirs"}] * 2, False),
    ],
)
def test_who_fits_into_one_order(
    accounts: dict[str, MerchantAccount], changes: list[dict[str, Any]], *, fits: bool
) -> None:
    first = accounts["firm"]
    named = [msgspec.structs.replace(first, **change) for change in changes]
    assert combined_orders.fit(named) is fits


@pytest.mark.parametrize(
    "plain",
    [
        {"out_trade_no": "PART-0001", "trade_state": "SUCCESS", "mchid": "1", "appid": "wx"},
        {"combine_appid": "wx", "combine_mchid": "1", "combine_out_trade_no": NUMBER},
        {
            "combine_appid": "wx",
            "combine_mchid": "1",
            "combine_out_trade_no": NUMBER,
            "sub_orders": [],
        },
    ],
)
def test_a_notice_of_another_shape_is_no_combined_order(
    firm: PayClient, plain: dict[str, Any]
) -> None:
    with pytest.raises(PayError) as refused:
        firm.combined(plain)
    assert refused.value.reaction is PayReaction.QUERY_FIRST
