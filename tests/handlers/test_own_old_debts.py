"""Nobody says by office of their own debt that it was paid, wherever they live now."""

import pytest

from tests.build.bank_statements import confirm, csv_file, transfers
from tests.build.cast import Estate
from tests.build.deeds import Ask, send
from tests.build.sign_ins import Member
from tests.handlers.test_own_interests import live_at_lis

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]


@pytest.fixture
async def staff(estate: Estate) -> Member:
    """One who lived at Li's home until the end of January."""
    await live_at_lis(estate, "staff")
    moved = {"to_day": "2026-01-31", "ended_at": estate.world.clock.now}
    await estate.world.db.residencies.update_one({"_id": "r9-office"}, {"$set": moved})
    return await estate.member("staff")


async def by_month(estate: Estate, kind: str) -> dict[str, str]:
    found = await estate.bills("li")
    return {bill["period"]: bill["bill_id"] for bill in found if bill["kind"] == kind}


async def test_at_the_counter_others_take_the_money(estate: Estate, staff: Member) -> None:
    ids = await by_month(estate, "property_fee")
    for period, status in (("2026-01", 403), ("2026-02", 201)):
        slip = {"bill_ids": [ids[period]], "way": "transfer", "voucher": "T-1"}
        reply = await send(estate, Ask("/api/v1/counter-payments", slip), staff)
        assert reply.status == status, reply.body


async def test_by_a_banks_file_others_confirm_it(estate: Estate, staff: Member) -> None:
    rows = [("2026-02-27", "B1", "5.00", "", "li", "3-2-502 卫生费")]
    file = csv_file(rows)
    reply = await estate.world.api.post(
        "/api/v1/accounts/sanitation/bank-statements", file, as_=staff
    )
    assert reply.status == 202, reply.body
    await estate.world.work()
    [found] = await transfers(estate, staff)
    january = (await by_month(estate, "waste_fee"))["2026-01"]
    chosen = {found["transfer_id"]: [january]}
    refused = await confirm(estate, staff, reply.body["statement_id"], chosen)
    assert (refused.status, refused.code) == (403, "own_home")
    assert await estate.world.db.counter_payments.count_documents({}) == 0
