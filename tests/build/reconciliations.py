"""Daily reconciliation in tests: a day on which WeChat's bills and our books differ."""

from typing import Any

from tests.build.cast import Estate
from tests.build.deeds import Ask
from tests.build.payments import paid
from tests.build.sign_ins import Member
from tests.build.trade_bills import bill_of, difference, left_out, next_morning
from tests.build.world import Reply

DAYS = "/api/v1/reconciliations"
DIFFERENCES = "/api/v1/reconciliation-differences"
REASON = {"reason": "微信客服确认为账单漏列"}


async def differing(estate: Estate) -> str:
    """Li paid, and neither of WeChat's bills has it; return the id of the difference."""
    await left_out(estate, await paid(estate, await estate.member("li")))
    await next_morning(estate)
    return str((await difference(estate))["_id"])


async def close(estate: Estate, who: Member, path: str, wish: Any = None) -> Reply:
    return await estate.world.api.post(f"{path}/close", wish or REASON, as_=who)


async def difference_taken(estate: Estate) -> Ask:
    found = await differing(estate)
    return Ask(f"{DIFFERENCES}/{found}/take", by="admin", subject=found)


async def difference_closed(estate: Estate) -> Ask:
    found = await differing(estate)
    return Ask(f"{DIFFERENCES}/{found}/close", REASON, by="admin", subject=found)


async def day_closed(estate: Estate) -> Ask:
    """A day of which somebody closed the only difference."""
    found = await differing(estate)
    done = await close(estate, await estate.member("admin"), f"{DIFFERENCES}/{found}")
    assert done.status == 200, done.body
    day = (await bill_of(estate))["_id"]
    return Ask(f"{DAYS}/{day}/close", REASON, by="admin", subject=day)
