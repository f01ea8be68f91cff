"""Payments in tests: an order with us, the payment in WeChat, what is left of both."""

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


async def paid_silently(estate: Estate, who: Member) -> str:
    """Order and pay, but WeChat tells us nothing; return the id of the payment."""
    return await paid(estate, who, notify=False)


async def craft(estate: Estate, payment_id: str, **how: Any) -> Any:
    """Have WeChat send one more notice of a payment, made as `how` says."""
    return await estate.world.wechat.do("notify", out_trade_no=payment_id, **how)


async def pass_time(estate: Estate, *, minutes: int = 2, times: int = 3) -> None:
    for _ in range(times):
        await estate.world.work()
        await estate.world.advance(minutes=minutes)


async def state(estate: Estate, payment_id: str) -> str:
    document = await estate.world.db.payments.find_one({"_id": payment_id})
    assert document is not None
    return str(document["state"])


async def owing(estate: Estate, name: str = "li") -> int:
    """Count the property fees that somebody's home owes."""
    return len(await estate.bill_ids(name))


async def journals(estate: Estate) -> int:
    """Count the payments that are booked."""
    return await estate.world.db.journal.count_documents({"kind": "payment"})
