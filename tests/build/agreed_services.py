"""Agreed services in tests: proposed by staff, opened by another, answered by homes."""

from typing import Any, Final

from services.fees.models import FeeKind
from services.kernel.acts import Act
from tests.build import photos
from tests.build.cast import LI_HOME, UNIT, WANG_HOME, Estate, payee_of
from tests.build.deeds import Ask, send
from tests.build.homes import get, post
from tests.build.merchants import second
from tests.build.world import Reply

SERVICE: Final[dict[str, Any]] = {
    "title": "单元门禁维护",
    "description": "每月检修一次",
    "pricing": "home",
    "amount_fen": 1500,
    "rhythm": "monthly",
    "part": "all",
    "from_day": "2026-04-01",
    "to_day": "2026-05-31",
    "closing_day": "2026-03-20",
    "needed_percent": 50,
    "counting": "homes",
    "source": "2单元业主议事规则第5条",
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
}
REASON: Final = {"reason": "价格与合同一致"}


async def propose(estate: Estate, who: str = "staff", place: str = UNIT, **more: Any) -> Reply:
    body = {name: value for name, value in {**SERVICE, **more}.items() if value is not None}
    return await post(estate, who, f"places/{place}/agreed-services", body)


async def opened(estate: Estate, **more: Any) -> str:
    """Have homes asked about a service; return its id."""
    made = await propose(estate, **more)
    assert made.status == 201, made.body
    service_id: str = made.body["service_id"]
    body = {**REASON, "approve": True}
    reply = await post(estate, "admin", f"agreed-services/{service_id}/decision", body)
    assert (reply.status, reply.body["state"]) == (200, "open"), reply.body
    return service_id


async def answer(
    estate: Estate, who: str, home: str, service_id: str, *, agree: bool = True
) -> Reply:
    path = f"/api/v1/homes/{home}/agreed-services/{service_id}/answer"
    ask = Ask(path, {"agree": agree}, method="PUT")
    return await send(estate, ask, await estate.member(who), f"{who}-{agree}")


async def paper(
    estate: Estate, who: str, home: str, service_id: str, *, agree: bool = True
) -> Reply:
    member = await estate.member(who)
    photo = await photos.sent(estate.world.api, member, purpose="visit")
    path = f"/api/v1/homes/{home}/agreed-services/{service_id}/paper-answer"
    body = {"agree": agree, "photo_ids": [photo]}
    return await send(estate, Ask(path, body, method="PUT"), member, f"{who}-paper-{agree}")


async def state(estate: Estate, service_id: str, place: str = UNIT) -> dict[str, Any]:
    listed = await get(estate, "staff", f"places/{place}/agreed-services")
    found = {item["service_id"]: item for item in listed.body["items"]}
    shown: dict[str, Any] = found[service_id]
    return shown


# What is left to be asked, for the tests of all acts


async def service_proposed(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{UNIT}/agreed-services", SERVICE)


async def service_decided(estate: Estate, *, approve: bool = True) -> Ask:
    made = await send(estate, await service_proposed(estate), await second(estate), "before")
    service_id = made.body["service_id"]
    body = {**REASON, "approve": approve}
    return Ask(f"/api/v1/agreed-services/{service_id}/decision", body, subject=service_id)


async def service_withdrawn(estate: Estate) -> Ask:
    return await service_decided(estate, approve=False)


async def service_ended(estate: Estate) -> Ask:
    """A service that was agreed: one of two homes is enough."""
    ask = await service_decided(estate)
    assert (await send(estate, ask, await estate.member("admin"), "opened")).status == 200
    assert (await answer(estate, "wang", WANG_HOME, ask.subject)).status == 200
    await estate.advance(days=19)
    await estate.world.work()
    return Ask(f"/api/v1/agreed-services/{ask.subject}/end", REASON, subject=ask.subject)


async def service_answered(estate: Estate) -> Ask:
    service_id = await opened(estate)
    path = f"/api/v1/homes/{LI_HOME}/agreed-services/{service_id}/answer"
    return Ask(path, {"agree": True}, by="li", subject=service_id, method="PUT")


async def service_entered(estate: Estate) -> Ask:
    """A paper whose photo an administrator sent."""
    service_id = await opened(estate)
    admin = await estate.member("admin")
    photo = await photos.sent(estate.world.api, admin, purpose="visit")
    path = f"/api/v1/homes/{LI_HOME}/agreed-services/{service_id}/paper-answer"
    return Ask(path, {"agree": True, "photo_ids": [photo]}, subject=service_id, method="PUT")


# Acts that nobody does at their own home.
AT_LI: Final = {
    Act.AGREED_SERVICE_PROPOSED: service_proposed,
    Act.AGREED_SERVICE_OPENED: service_decided,
    Act.AGREED_SERVICE_WITHDRAWN: service_withdrawn,
    Act.AGREED_SERVICE_ENDED: service_ended,
    Act.AGREED_SERVICE_PAPER_ENTERED: service_entered,
}
