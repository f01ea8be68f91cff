"""Acts on registers, fees and runs, up to the one request a test makes itself."""

from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.fees.models import FeeKind
from tests.build.cast import (
    COMPOUND,
    STAFF,
    Estate,
    payee_of,
)
from tests.build.deeds import Ask, send
from tests.build.registers import workbook

SHOP = ("4号楼", "", "12", 120.5, "商铺", "孙八", "13800000003", "")
RULE = {
    "kind": "property_fee",
    "price": 7000,
    "start_day": "2026-03-01",
    "due_day": 10,
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
}


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


async def run_withdrawn(estate: Estate) -> Ask:
    found = await estate.world.db.bill_runs.find_one({"place": COMPOUND})
    assert found is not None
    body = {"reason": "单价有误", "months": "open"}
    return Ask(f"/api/v1/bill-runs/{found['_id']}/withdraw", body, subject=found["_id"])
