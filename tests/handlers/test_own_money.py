"""The people of a firm and money of others: what another payee is owed is not theirs to touch.

The cast's two payees are replaced by two of one fee, one after the other in the same quarter.
"""

from typing import Any

import pytest

from services.firms import contracts
from services.firms.models import SignContract
from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, LI_HOME, STAFF, WANG_HOME, Estate
from tests.build.deeds import FORGIVEN, Ask, send
from tests.build.homes import get, post
from tests.build.offices import firm_at, hire
from tests.build.sign_ins import Member
from tests.handlers.test_own_interests import firms_manager

pytestmark = pytest.mark.slow

QUARTER = {"period": "2026-01", "months": 3, "kinds": ["property_fee"]}
PAPER = {"document": "不动产权证", "reason": "抄错", "from_day": "2026-01-01"}


async def payee(estate: Estate, name: str, account: str, **more: Any) -> None:
    """Write a payee and its rule for these days, as administrator and staff do."""
    admin = await estate.member("admin")
    await estate.world.confirm(admin)
    wish = {"name": name, "account": account, "kinds": ["property_fee"], **more}
    made = await post(estate, admin, f"places/{COMPOUND}/payees", **wish)
    assert made.status == 201, made.body
    days = {"start_day": more["from_day"]}
    days |= {"end_day": more["to_day"]} if "to_day" in more else {}
    rule = {"kind": "property_fee", "price": 6000, "due_days": 30, **days}
    path = f"places/{COMPOUND}/fee-rules"
    ruled = await post(estate, "staff", path, payee_id=made.body["payee_id"], **rule)
    assert ruled.status == 201, ruled.body


async def billed(estate: Estate) -> str:
    """Bill the quarter as staff; return the run."""
    made = await post(estate, "staff", f"places/{COMPOUND}/bill-runs", **QUARTER)
    await estate.world.work()
    run = str(made.body["run_id"])
    assert (await post(estate, "staff", f"bill-runs/{run}/publish")).status == 202
    await estate.world.work()
    return run


@pytest.fixture
async def nobody_is_paid(estate: Estate) -> None:
    await estate.world.db.fee_rules.delete_many({})
    await estate.world.db.payees.delete_many({})


async def manager_of(estate: Estate, firm: str) -> Member:
    phone = "13900000099"
    return await hire(
        estate.world, Role.FIRM_MANAGER, COMPOUND, name="m", phone=phone, firm=firm
    )


async def asked(estate: Estate, manager: Member, run: str) -> set[tuple[int, str | None]]:
    """Ask for everything that may be asked of a quarter's run; return the answers."""
    path = f"/api/v1/bill-runs/{run}"
    asks = [Ask(f"/api/v1/places/{COMPOUND}/bill-runs", QUARTER)]
    asks += [Ask(f"{path}/publish"), Ask(f"{path}/cancel"), Ask(f"{path}/withdraw", FORGIVEN)]
    replies = [await send(estate, ask, manager) for ask in asks]
    return {(reply.status, reply.code) for reply in replies}


@pytest.mark.usefixtures("nobody_is_paid")
async def test_a_run_with_days_of_an_earlier_firm_is_not_the_next_ones(estate: Estate) -> None:
    world, days = estate.world, {"from_day": "2026-01-01", "to_day": "2026-03-04"}
    first = await firm_at(world, COMPOUND, name="甲物业", **days)
    second = await firm_at(world, COMPOUND, name="乙物业", from_day="2026-03-05")
    await payee(estate, "甲物业", "firm", firm_id=first, **days)
    await payee(estate, "乙物业", "sanitation", firm_id=second, from_day="2026-03-05")
    run = await billed(estate)
    await estate.advance(days=4)
    manager = await manager_of(estate, second)
    assert await asked(estate, manager, run) == {(403, "other_payee")}
    states = {(b["account"], b["state"]) async for b in world.db.bills.find({})}
    assert states == {("firm", "owing"), ("sanitation", "owing")}
    march = {"period": "2026-03", "kinds": ["property_fee"]}  # its first four days are not its
    for period, status in ((march, 403), ({**march, "period": "2026-04"}, 202)):
        start = Ask(f"/api/v1/places/{COMPOUND}/bill-runs", period)
        assert (await send(estate, start, manager)).status == status
    for account, status in (("firm", 403), ("sanitation", 200)):
        bill = await world.db.bills.find_one({"account": account, "home": LI_HOME})
        assert bill is not None
        void = Ask(f"/api/v1/bills/{bill['_id']}/void", FORGIVEN)
        assert (await send(estate, void, manager)).status == status


@pytest.mark.usefixtures("nobody_is_paid")
async def test_a_run_with_bills_of_another_payee_is_not_the_firms(estate: Estate) -> None:
    """Also where the firm's contract holds on all its days, and it may charge the fee."""
    firm = await firm_at(estate.world, COMPOUND)
    await payee(estate, "社区", "sanitation", from_day="2026-01-01", to_day="2026-02-28")
    await payee(estate, "安居物业", "firm", firm_id=firm, from_day="2026-03-01")
    run = await billed(estate)
    manager = await manager_of(estate, firm)
    assert await asked(estate, manager, run) == {(403, "other_payee")}
    seen = await get(estate, manager, f"bill-runs/{run}/bills?state=owing")
    assert {bill["account"] for bill in seen.body["items"]} == {"firm"}
    seen = await get(estate, "staff", f"bill-runs/{run}/bills?state=owing")
    assert {bill["account"] for bill in seen.body["items"]} == {"firm", "sanitation"}


@pytest.mark.billed("2026-01", "2026-02")
async def test_a_firm_whose_contract_was_renewed_is_still_that_firm(estate: Estate) -> None:
    world = estate.world
    firm = await firm_at(world, COMPOUND, to_day="2026-03-04")
    renewed = SignContract(compound=COMPOUND, from_day="2026-03-05", to_day="2027-03-04")
    await contracts.sign(world.deps, STAFF, firm, renewed)
    its = {"$set": {"place": COMPOUND, "firm": firm}}
    await world.db.payees.update_one({"account": "firm"}, its)
    await estate.advance(days=4)
    manager = await manager_of(estate, firm)
    [bill_id, *_] = await estate.bill_ids("li")
    void = Ask(f"/api/v1/bills/{bill_id}/void", FORGIVEN)
    assert (await send(estate, void, manager)).status == 200
    march = {"period": "2026-03", "kinds": ["property_fee"]}  # of both contracts
    run = Ask(f"/api/v1/places/{COMPOUND}/bill-runs", march)
    assert (await send(estate, run, manager)).status == 202


@pytest.mark.billed("2026-01")
async def test_outdated_bills_of_other_payees_are_not_shown_to_a_firm(estate: Estate) -> None:
    manager = await firms_manager(estate)
    assert (await post(estate, "staff", f"homes/{WANG_HOME}/retirement", **PAPER)).status == 201
    path = f"places/{COMPOUND}/outdated-bills"
    seen = [(await get(estate, who, path)).body["items"] for who in (manager, "staff")]
    kinds = [sorted(item["bill"]["kind"] for item in items) for items in seen]
    assert kinds == [["property_fee"], ["property_fee", "waste_fee"]]
