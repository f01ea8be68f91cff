"""Actions on fees, bills, registers and money, up to the one request a test makes itself."""

from dataclasses import dataclass
from typing import Any

import msgspec

from services.kernel.permissions import Role
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.build.cast import COMMUNITY, LI_HOME, Estate, appoint
from tests.build.sign_ins import Member
from tests.build.world import Reply

ID = "the-one-request"
ELSEWHERE = "cc.chaoyang.guilin.other"
FORGIVEN = {"reason": "空置", "months": "forgiven"}
AUDITORS = {
    "community": ("13900000041", COMMUNITY),
    "elsewhere": ("13900000042", ELSEWHERE),
    "city": ("13900000043", "cc"),
}


@dataclass
class Ask:
    """One request that is left to be made. `subject` when the answer does not say it."""

    path: str
    body: Any = None
    by: str = "staff"
    subject: str = ""
    method: str = "POST"


async def send(estate: Estate, ask: Ask, who: Member | None, request_id: str = ID) -> Reply:
    raw = ask.body if isinstance(ask.body, bytes) else msgspec.json.encode(ask.body or {})
    body = raw if ask.method in {"POST", "PUT"} else None
    headers = {"X-Request-Id": request_id}
    return await estate.world.api.call(ask.method, ask.path, body, as_=who, headers=headers)


async def audited(estate: Estate, request_id: str = ID) -> list[dict[str, Any]]:
    return list(await estate.world.db.audit.find({"request_id": request_id}).to_list())


async def voided(estate: Estate) -> Ask:
    [bill_id, *_] = await estate.bill_ids("li")
    return Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN, subject=bill_id)


async def ordered(estate: Estate) -> Ask:
    return Ask("/api/v1/payments", {"bill_ids": await estate.bill_ids("li")}, by="li")


async def auditor(estate: Estate, name: str) -> Member:
    """An auditor of the community, of another one, or of the city."""
    phone, place = AUDITORS[name]
    if place == ELSEWHERE:
        other = NewPlace(path=place, kind=Kind.COMMUNITY, name="另一社区")
        await places.create(estate.world.deps, other)
    await appoint(estate.world.deps, Role.AUDITOR, place, phone)
    estate.members[name] = await estate.world.sign_in(name, phone)
    return estate.members[name]


async def leased(estate: Estate) -> Ask:
    change = {"$set": {"relation": "tenant"}}
    await estate.world.db.residencies.update_one({"_id": "r1-mei"}, change)
    body = {"pays": True, "reason": "租约"}
    return Ask("/api/v1/residencies/r1-mei/tenant-pays", body, method="PUT")


async def certified(_: Estate) -> Ask:
    return Ask(f"/api/v1/homes/{LI_HOME}/debt-certificates", {"purpose": "sale"})
