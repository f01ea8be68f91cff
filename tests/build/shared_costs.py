"""Shared costs in tests: proposed by staff, approved by an administrator."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from services.fees.models import FeeKind
from services.kernel.acts import Act
from tests.build.cast import COMPOUND, UNIT, Estate, payee_of
from tests.build.deeds import Ask, send
from tests.build.merchants import second
from tests.build.world import Reply

COST: Final[dict[str, Any]] = {
    "title": "2月电梯电费",
    "total_fen": 120000,
    "split": "area",
    "from_day": "2026-02-01",
    "to_day": "2026-02-28",
    "document_number": "发票1",
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
}


async def propose(
    estate: Estate, who: str = "staff", place: str = COMPOUND, **more: Any
) -> Reply:
    path, body = f"/api/v1/places/{place}/shared-costs", {**COST, **more}
    return await estate.world.api.post(path, body, as_=await estate.member(who))


async def decide(
    estate: Estate, cost_id: str, who: str = "admin", *, approve: bool = True
) -> Reply:
    body = {"approve": approve, "reason": "与发票一致"}
    path = f"/api/v1/shared-costs/{cost_id}/decision"
    return await estate.world.api.post(path, body, as_=await estate.member(who))


async def billed(estate: Estate, **more: Any) -> str:
    """Have a cost proposed, approved and billed; return its id."""
    made = await propose(estate, **more)
    assert made.status == 201, made.body
    cost_id: str = made.body["shared_cost_id"]
    assert (await decide(estate, cost_id)).status == 200
    await estate.world.work()
    return cost_id


async def cost_proposed(_: Estate, place: str = UNIT) -> Ask:
    return Ask(f"/api/v1/places/{place}/shared-costs", COST)


async def cost_decided(estate: Estate, *, approve: bool = True, place: str = UNIT) -> Ask:
    made = await send(
        estate, await cost_proposed(estate, place), await second(estate), "before"
    )
    cost_id = made.body["shared_cost_id"]
    body = {"approve": approve, "reason": "与发票一致"}
    return Ask(f"/api/v1/shared-costs/{cost_id}/decision", body, subject=cost_id)


async def cost_refused(estate: Estate, place: str = UNIT) -> Ask:
    return await cost_decided(estate, approve=False, place=place)


# What nobody does for a home of their own.
AT_LI: Final[dict[Act, Callable[[Estate], Awaitable[Ask]]]] = {
    Act.SHARED_COST_PROPOSED: cost_proposed,
    Act.SHARED_COST_APPROVED: cost_decided,
    Act.SHARED_COST_REFUSED: cost_refused,
}
