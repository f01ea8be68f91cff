"""Refunds in tests: money that has to go back, and what WeChat was asked for."""

from typing import Any, Final

from tests.build.cast import Estate
from tests.build.payments import paid

REFUND: Final = "/v3/refund/domestic/refunds"


async def paid_twice(estate: Estate) -> str:
    """Two phones pay the same bill: return the payment that has to go back."""
    first = await paid(estate, await estate.member("li"), notify=False)
    change = {"$set": {"state": "closed", "open": False}}
    await estate.world.db.payments.update_one({"_id": first}, change)
    second = await paid(estate, await estate.member("mei"))
    assert first != second
    answer = await estate.world.wechat.do("notify", out_trade_no=first)
    assert answer["status"] == 204
    return first


async def refund_of(estate: Estate, payment_id: str) -> dict[str, Any]:
    found = await estate.world.db.refunds.find_one({"payment": payment_id})
    assert found is not None
    return dict(found)


async def asked(estate: Estate) -> list[dict[str, Any]]:
    """Return the requests of refunds that WeChat got, oldest first."""
    calls = await estate.world.wechat.calls(REFUND)
    return [call for call in calls if call["method"] == "POST" and call["path"] == REFUND]
