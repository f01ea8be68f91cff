"""Actions on fees, bills, registers and money, up to the one request a test makes itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.kernel.permissions import Role
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.build.cast import COMMUNITY, COMPOUND, STAFF, Estate
from tests.build.payments import paid
from tests.build.registers import workbook
from tests.build.sign_ins import Member
from tests.build.world import Reply

ID = "the-one-request"
ELSEWHERE = "cc.chaoyang.guilin.other"
SHOP = ("4号楼", "", "12", 120.5, "商铺", "孙八", "13800000003", "")
RULE = {
    "kind": "property_fee",
    "price": 7000,
    "start_day": "2026-03-01",
    "due_day": 10,
    "account": "firm",
    "payee_name": "安居物业",
}
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


Prepare = Callable[[Estate], Awaitable[Ask]]


async def send(estate: Estate, ask: Ask, who: Member | None, request_id: str = ID) -> Reply:
    raw = ask.body if isinstance(ask.body, bytes) else msgspec.json.encode(ask.body or {})
    body = raw if ask.method == "POST" else None
    headers = {"X-Request-Id": request_id}
    return await estate.world.api.call(ask.method, ask.path, body, as_=who, headers=headers)


async def audited(estate: Estate, request_id: str = ID) -> list[dict[str, Any]]:
    return list(await estate.world.db.audit.find({"request_id": request_id}).to_list())


async def uploaded(_: Estate) -> Ask:
    path = f"/api/v1/places/{COMPOUND}/register-imports"
    return Ask(path, workbook([SHOP]))


async def previewed(estate: Estate, action: str = "confirm") -> Ask:
    staff = await estate.member("staff")
    import_id = (await send(estate, await uploaded(estate), staff, "before")).body["import_id"]
    await estate.world.work()
    body = {"accept_warnings": True} if action == "confirm" else None
    path = f"/api/v1/register-imports/{import_id}/{action}"
    return Ask(path, body, subject=import_id)


async def discarded(estate: Estate) -> Ask:
    return await previewed(estate, "discard")


async def undone(estate: Estate) -> Ask:
    ask = await previewed(estate)
    reply = await send(estate, ask, await estate.member("staff"), "before")
    assert reply.status == 202, reply.body
    await estate.world.work()
    return Ask(ask.path.replace("confirm", "undo"), subject=ask.subject)


async def rule_added(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{COMPOUND}/fee-rules", RULE)


async def rule_ended(estate: Estate) -> Ask:
    reply = await send(estate, await rule_added(estate), await estate.member("staff"), "before")
    rule_id = reply.body["rule_id"]
    body = {"end_day": "2026-12-31"}
    return Ask(f"/api/v1/fee-rules/{rule_id}/end", body, subject=rule_id)


async def run_started(_: Estate) -> Ask:
    return Ask(f"/api/v1/places/{COMPOUND}/bill-runs", {"period": "2026-03"})


async def run_published(estate: Estate, action: str = "publish") -> Ask:
    request = StartBillRun(period="2026-03")
    run = await runs.start(estate.world.deps, STAFF, COMPOUND, request)
    await estate.world.work()
    return Ask(f"/api/v1/bill-runs/{run.run_id}/{action}", subject=run.run_id)


async def run_cancelled(estate: Estate) -> Ask:
    return await run_published(estate, "cancel")


async def voided(estate: Estate) -> Ask:
    [bill_id, *_] = await estate.bill_ids("li")
    return Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN, subject=bill_id)


async def ordered(estate: Estate) -> Ask:
    return Ask("/api/v1/payments", {"bill_ids": await estate.bill_ids("li")}, by="li")


async def in_suspense(estate: Estate) -> Ask:
    """Money that WeChat confirms and that we know no order for."""
    payment_id = await paid(estate, await estate.member("li"), notify=False)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    await estate.world.wechat.do("notify", out_trade_no=payment_id)
    await estate.world.work()
    found = f"firm:{payment_id}"
    return Ask(f"/api/v1/discrepancies/{found}/return", by="admin", subject=found)


async def refund_stuck(estate: Estate) -> Ask:
    """Paid twice; WeChat will not take the refund of the first payment."""
    world = estate.world
    first = await paid(estate, await estate.member("li"), notify=False)
    closed = {"$set": {"state": "closed", "open": False}}
    await world.db.payments.update_one({"_id": first, "open": True}, closed)
    await paid(estate, await estate.member("mei"))
    await world.wechat.do("notify", out_trade_no=first)
    fault = {"http": 403, "code": "RULE_LIMIT"}
    await world.wechat.fault({"path": "/v3/refund/domestic/refunds"}, fault)
    await world.advance(minutes=1)
    await world.work()
    refund_id = f"X{first}"
    return Ask(f"/api/v1/refunds/{refund_id}/retry", by="admin", subject=refund_id)


async def audit_read(estate: Estate) -> Ask:
    await auditor(estate, "community")
    return Ask("/api/v1/audit", by="community", method="GET")


async def auditor(estate: Estate, name: str) -> Member:
    """An auditor of the community, of another one, or of the city."""
    phone, place = AUDITORS[name]
    if place == ELSEWHERE:
        other = NewPlace(path=place, kind=Kind.COMMUNITY, name="另一社区")
        await places.create(estate.world.deps, other)
    request = Appoint(role=Role.AUDITOR, place=place, phone=phone)
    await appointments.grant(estate.world.deps, request, appointed_by="test")
    estate.members[name] = await estate.world.sign_in(name, phone)
    return estate.members[name]
