"""Late charges in tests: a rule of a contract, and what it comes to, by two people."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from services.fees.models import FeeKind
from services.kernel.acts import Act
from tests.build.cast import COMPOUND, LI_HOME, Estate, payee_of
from tests.build.deeds import Ask, send
from tests.build.merchants import second
from tests.build.world import Reply

PAYEE: Final = payee_of(FeeKind.PROPERTY_FEE)
RULE: Final[dict[str, Any]] = {
    "payee_id": PAYEE,
    "kinds": ["property_fee"],
    "daily_rate": 500,
    "stops": ["pause", "mediation", "instalments"],
    "source": "物业服务合同第18条",
    "page": 7,
    "start_day": "2026-01-01",
    "acknowledged": True,
}
YES: Final = {"approve": True, "acknowledged": True, "reason": "与合同一致"}
LOAN: Final = {"rate": 300, "source": "全国银行间同业拆借中心公告"}


async def propose_rule(estate: Estate, who: str = "staff", **more: Any) -> Reply:
    path = f"/api/v1/places/{COMPOUND}/late-charge-rules"
    return await estate.world.api.post(path, {**RULE, **more}, as_=await estate.member(who))


async def decide_rule(estate: Estate, rule_id: str, who: str = "admin", **more: Any) -> Reply:
    path = f"/api/v1/late-charge-rules/{rule_id}/decision"
    return await estate.world.api.post(path, {**YES, **more}, as_=await estate.member(who))


async def ruled(estate: Estate, **more: Any) -> str:
    """Have a rule proposed and approved; return its id."""
    made = await propose_rule(estate, **more)
    assert made.status == 201, made.body
    rule_id: str = made.body["rule_id"]
    done = await decide_rule(estate, rule_id)
    assert done.status == 200, done.body
    return rule_id


async def propose(
    estate: Estate, who: str = "staff", place: str = COMPOUND, **more: Any
) -> Reply:
    path, body = f"/api/v1/places/{place}/late-charges", {"payee_id": PAYEE, **more}
    return await estate.world.api.post(path, body, as_=await estate.member(who))


async def decide(
    estate: Estate, fees_id: str, who: str = "admin", *, approve: bool = True
) -> Reply:
    body = {"approve": approve, "reason": "已核对"}
    path = f"/api/v1/late-charges/{fees_id}/decision"
    return await estate.world.api.post(path, body, as_=await estate.member(who))


async def charged(estate: Estate, to_day: str, **more: Any) -> str:
    """Have late charges proposed, approved and billed; return their id."""
    made = await propose(estate, to_day=to_day, **more)
    assert made.status == 201, made.body
    fees_id: str = made.body["late_fees_id"]
    done = await decide(estate, fees_id)
    assert done.status == 200, done.body
    await estate.world.work()
    return fees_id


async def rule_proposed(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{COMPOUND}/late-charge-rules", RULE)


async def rule_decided(estate: Estate, *, approve: bool = True) -> Ask:
    made = await send(estate, await rule_proposed(estate), await second(estate), "before")
    rule_id = made.body["rule_id"]
    path = f"/api/v1/late-charge-rules/{rule_id}/decision"
    return Ask(path, {**YES, "approve": approve}, subject=rule_id)


async def rule_refused(estate: Estate) -> Ask:
    return await rule_decided(estate, approve=False)


async def rule_ended(estate: Estate) -> Ask:
    rule_id = await ruled(estate)
    path = f"/api/v1/late-charge-rules/{rule_id}/end"
    return Ask(path, {"end_day": "2026-12-31"}, subject=rule_id)


async def loan_set(_: Estate) -> Ask:
    path = "/api/v1/loan-rates/2026-02-20"
    return Ask(path, LOAN, by="admin", subject="2026-02-20", method="PUT")


async def fees_proposed(estate: Estate) -> Ask:
    """A request for the late charges of Li's home, whose bills are 29 days late."""
    await ruled(estate)
    await estate.advance(days=60)
    body = {"payee_id": PAYEE, "to_day": "2026-04-30"}
    return Ask(f"/api/v1/places/{LI_HOME}/late-charges", body)


async def fees_decided(estate: Estate, *, approve: bool = True) -> Ask:
    made = await send(estate, await fees_proposed(estate), await second(estate), "before")
    fees_id = made.body["late_fees_id"]
    path = f"/api/v1/late-charges/{fees_id}/decision"
    return Ask(path, {"approve": approve, "reason": "已核对"}, subject=fees_id)


async def fees_refused(estate: Estate) -> Ask:
    return await fees_decided(estate, approve=False)


ACTS: Final = (
    (Act.LOAN_RATE_SET, "cc", loan_set),
    (Act.LATE_RULE_PROPOSED, COMPOUND, rule_proposed),
    (Act.LATE_RULE_APPROVED, COMPOUND, rule_decided),
    (Act.LATE_RULE_REFUSED, COMPOUND, rule_refused),
    (Act.LATE_RULE_ENDED, COMPOUND, rule_ended),
    (Act.LATE_FEES_PROPOSED, LI_HOME, fees_proposed),
    (Act.LATE_FEES_APPROVED, LI_HOME, fees_decided),
    (Act.LATE_FEES_REFUSED, LI_HOME, fees_refused),
)
AT_LI: Final[dict[Act, Callable[[Estate], Awaitable[Ask]]]] = {
    Act.LATE_FEES_PROPOSED: fees_proposed,
    Act.LATE_FEES_APPROVED: fees_decided,
    Act.LATE_FEES_REFUSED: fees_refused,
}
