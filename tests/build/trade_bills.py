"""WeChat's daily bill in tests: the morning it is read, and what it finds."""

from typing import Any

from services.jobs import schedules
from services.payments.trade_bills import jobs as trade_bills
from tests.build.cast import Estate
from tests.build.payments import paid
from tests.build.sign_ins import Member

DAY = "2026-03-02"


async def next_morning(estate: Estate, *, hours: float = 22, minutes: float = 5) -> None:
    """Let it be five past ten of the next day in Beijing, and the worker do what is due."""
    await estate.advance(hours=hours, minutes=minutes)
    await schedules.plan(estate.world.deps, trade_bills.SCHEDULES, None)
    await estate.world.work()


async def unheard(estate: Estate, who: Member) -> str:
    """A payment of which nobody tells us, and whose order nobody follows."""
    payment_id = await paid(estate, who, notify=False)
    await estate.world.db.outbox.delete_many({"kind": "payments.check"})
    return payment_id


async def bill_of(estate: Estate, day: str = DAY, account: str = "firm") -> dict[str, Any]:
    found = await estate.world.db.trade_bills.find_one({"account": account, "day": day})
    assert found is not None
    return dict(found)


async def discrepancy(estate: Estate) -> dict[str, Any]:
    [found] = await estate.world.db.discrepancies.find().to_list()
    return dict(found)


async def in_console(
    estate: Estate, payment_id: str, fen: int, total: int = 10_236, *, number: str = "BD71"
) -> None:
    """Give money back in the merchant's own console, which tells us nothing."""
    await estate.world.wechat.do("settings", refunds={"notify": False})
    firm = estate.world.deps.merchants["firm"]
    body = firm.refund_body(payment_id, out_refund_no=number, refund_fen=fen, total_fen=total)
    await firm.refund(body)
    await estate.world.advance(seconds=2)
