"""Paying in tests: an order with us, then the payment in WeChat."""

from collections.abc import Sequence
from typing import Any

from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply


async def order(estate: Estate, who: Member, bill_ids: Sequence[str] = ()) -> Reply:
    """Ask to pay bills; without any, all property fees that they owe."""
    wanted = list(bill_ids) or await estate.bill_ids(who.name)
    return await estate.world.api.post("/api/v1/payments", {"bill_ids": wanted}, as_=who)


async def ordered(estate: Estate, who: Member, bill_ids: Sequence[str] = ()) -> dict[str, Any]:
    reply = await order(estate, who, bill_ids)
    assert reply.status == 201, reply.body
    return dict(reply.body)


async def pay(estate: Estate, who: Member, made: dict[str, Any], **how: Any) -> Any:
    """Pay an order in WeChat, which tells us unless `how` says otherwise; return its answer."""
    wish = {**made["pay_params"], **how}
    return await estate.world.wechat.do(f"users/{who.name}/pay", **wish)


async def paid(estate: Estate, who: Member, bill_ids: Sequence[str] = (), **how: Any) -> str:
    """Order and pay; return the id of the payment."""
    made = await ordered(estate, who, bill_ids)
    answer = await pay(estate, who, made, **how)
    assert answer["result"] == "ok", answer
    return str(made["payment_id"])
