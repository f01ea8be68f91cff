"""Fee reductions in tests: rules, and requests up to the one act that a test does itself."""

from typing import Any

from services.kernel.acts import Act
from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, Estate, appoint
from tests.build.deeds import Ask
from tests.build.homes import post
from tests.build.offices import hire
from tests.build.sign_ins import Member

RULE: dict[str, Any] = {
    "cause": "vacant",
    "kinds": ["property_fee"],
    "share": 3000,
    "longest_months": 12,
    "decider": "community",
    "source": "物业服务合同第12条",
    "start_day": "2026-01-01",
}
EXEMPTION: dict[str, Any] = {
    **RULE,
    "cause": "low_income",
    "kinds": ["waste_fee"],
    "share": 10000,
    "source": "市垃圾处理费减免办法",
}
VACANT = {"cause": "vacant", "from_day": "2026-03-01", "to_day": "2026-08-31"}
LOW_INCOME = {**VACANT, "cause": "low_income", "document": "吉低保2026-00123"}
REASON = {"reason": "材料一致"}
MANAGER, CASHIER = "13900000061", "13900000062"


async def ruled(estate: Estate, rule: dict[str, Any] = RULE, **more: Any) -> str:
    """Return the id of a rule of the compound, written by the community."""
    path = f"places/{COMPOUND}/fee-reduction-rules"
    reply = await post(estate, "staff", path, {**rule, **more})
    assert reply.status == 201, reply.body
    return str(reply.body["rule_id"])


async def asked(
    estate: Estate, wish: dict[str, Any] = VACANT, home: str = LI_HOME, by: str = "li"
) -> str:
    """Return the id of what an owner asked for."""
    reply = await post(estate, by, f"homes/{home}/fee-reductions", wish)
    assert reply.status == 201, reply.body
    return str(reply.body["reduction_id"])


async def granted(
    estate: Estate, wish: dict[str, Any] = VACANT, home: str = LI_HOME, by: str = "li"
) -> str:
    """Return the id of what an owner asked for and the community granted."""
    reduction_id = await asked(estate, wish, home, by)
    path = f"fee-reductions/{reduction_id}/decision"
    reply = await post(estate, "staff", path, {**REASON, "grant": True})
    assert reply.status == 200, reply.body
    return reduction_id


async def manager(estate: Estate, firm: str = "") -> Member:
    """The manager of the firm that serves the compound."""
    name, phone = "manager", MANAGER
    return await hire(
        estate.world, Role.FIRM_MANAGER, COMPOUND, name=name, phone=phone, firm=firm
    )


async def colleague(estate: Estate) -> None:
    """The administrator works for the community, too."""
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "admin")


# Acts, up to the one request a test makes itself


async def rule_added(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{COMPOUND}/fee-reduction-rules", RULE)


async def rule_ended(estate: Estate) -> Ask:
    rule_id = await ruled(estate)
    path = f"/api/v1/fee-reduction-rules/{rule_id}/end"
    return Ask(path, {"end_day": "2026-12-31"}, subject=rule_id)


async def entered(estate: Estate) -> Ask:
    await colleague(estate)
    await ruled(estate)
    return Ask(f"/api/v1/homes/{LI_HOME}/entered-fee-reductions", VACANT)


async def decided(estate: Estate) -> Ask:
    await colleague(estate)
    await ruled(estate)
    own = await asked(estate)
    path = f"/api/v1/fee-reductions/{own}/decision"
    return Ask(path, {**REASON, "grant": True}, subject=own)


async def ended(estate: Estate) -> Ask:
    await colleague(estate)
    await ruled(estate)
    own = await granted(estate)
    body = {**REASON, "last_day": "2026-05-31"}
    return Ask(f"/api/v1/fee-reductions/{own}/end", body, subject=own)


# Act, where it is filed, how it is prepared.
ACTS = [
    (Act.FEE_REDUCTION_RULE_ADDED, COMPOUND, rule_added),
    (Act.FEE_REDUCTION_RULE_ENDED, COMPOUND, rule_ended),
    (Act.FEE_REDUCTION_DECIDED, LI_HOME, decided),
    (Act.FEE_REDUCTION_ENDED, LI_HOME, ended),
]
# Acts that nobody does at their own home.
AT_LI = {
    Act.FEE_REDUCTION_ENTERED: entered,
    Act.FEE_REDUCTION_DECIDED: decided,
    Act.FEE_REDUCTION_ENDED: ended,
}
