"""Cases 50 and 81 of docs/reference/wechat.md, with merchant accounts of the database."""

from typing import Any

import pytest

from tests.build.cast import Estate
from tests.build.merchants import add, change, forgotten
from tests.build.payments import order, ordered, paid, pay, state
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]
PREPAY = "/v3/pay/partner/transactions/jsapi"


async def test_case_50_the_platform_certificate_rotates_for_a_kept_account(
    estate: Estate, li: Member
) -> None:
    """Loaded anew by the client that the change made, and again after WeChat's rotation."""
    await change(estate, "sanitation", "ship")
    first, *_ = await estate.bill_ids("li", "waste_fee")
    made = await ordered(estate, li, [first])
    await estate.world.advance(minutes=2)
    await estate.world.wechat.do("certificates/rotate")
    answer = await pay(estate, li, made)
    assert [notice["status"] for notice in answer["notices"]] == [204]
    assert await state(estate, made["payment_id"]) == "paid"
    assert len(await estate.world.wechat.calls("/v3/certificates")) == 2


async def partner(estate: Estate, **others: Any) -> dict[str, Any]:
    """Let the account of the property fees be one of a partner; return how it is added."""
    wish = forgotten(estate, "partner")
    forgotten(estate, "firm")
    return {**wish, "account": "firm", **others}


async def test_case_81_an_account_of_a_partner_is_added_and_paid_into(
    estate: Estate, li: Member
) -> None:
    wish = await partner(estate)
    await add(estate, wish)
    assert await state(estate, await paid(estate, li)) == "paid"
    [call] = await estate.world.wechat.calls(PREPAY)
    assert (call["body"]["sp_mchid"], call["body"]["sub_mchid"]) == (
        wish["mchid"],
        wish["sub_mchid"],
    )
    assert call["body"]["payer"] == {"sp_openid": await estate.world.wechat.openid("li")}


async def test_case_81_a_merchant_that_is_not_the_partners_takes_no_order(
    estate: Estate, li: Member
) -> None:
    await add(estate, await partner(estate, sub_mchid="1799999999"))
    refused = await order(estate, li)
    assert (refused.status, refused.code) == (503, "payee_unavailable")
