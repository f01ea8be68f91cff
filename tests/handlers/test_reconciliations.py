"""Days of a merchant account: who sees them, and how a person closes one."""

import pytest

from services.kernel.permissions import Role
from services.reconciliations import jobs as reconciliations
from tests.build.cast import COMMUNITY, COMPOUND, Estate, appoint
from tests.build.offices import firm_at, hire
from tests.build.payments import paid
from tests.build.reconciliations import (
    DAYS,
    DIFFERENCES,
    REASON,
    close,
    day_closed,
    differing,
)
from tests.build.sign_ins import Member
from tests.build.trade_bills import DAY, bill_of, difference, next_morning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database has ninety empty days to read; here three are enough."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 3)


async def test_a_difference_is_taken_and_closed_and_then_the_day(estate: Estate) -> None:
    found = await differing(estate)
    admin, api = await estate.member("admin"), estate.world.api
    day_id = (await bill_of(estate))["_id"]
    early = await close(estate, admin, f"{DAYS}/{day_id}")
    assert (early.status, early.code) == (409, "day_not_ready")
    [row] = (await api.get(DIFFERENCES, as_=admin)).body["items"]
    assert (row["kind"], row["entry"], row["office"]) == (
        "not_at_wechat",
        "payment",
        "administrator",
    )
    taken = await api.post(f"{DIFFERENCES}/{found}/take", as_=admin)
    assert (taken.status, taken.body["held_by"]) == (200, admin.person_id)
    closed = await close(estate, admin, f"{DIFFERENCES}/{found}")
    assert (closed.status, closed.body["state"]) == (200, "closed")
    assert closed.body["closed_because"] == REASON["reason"]
    again = await close(estate, admin, f"{DIFFERENCES}/{found}")
    assert (again.status, again.code) == (409, "difference_settled")
    assert (await close(estate, admin, f"{DAYS}/{day_id}")).body["state"] == "closed"
    shown = (await api.get(f"{DAYS}/{day_id}", as_=admin)).body
    assert (shown["open_differences"], shown["settled_differences"]) == (0, 1)
    assert (shown["billed"]["paid_fen"], shown["booked"]["paid_fen"]) == (0, 10_236)
    assert (shown["closed_by"], shown["flow"]["rows"]) == (admin.person_id, 0)
    twice = await close(estate, admin, f"{DAYS}/{day_id}")
    assert (twice.status, twice.code) == (409, "day_not_ready")


async def test_what_was_closed_stays_closed_until_something_else_is_found(
    estate: Estate,
) -> None:
    ask = await day_closed(estate)
    await next_morning(estate, hours=24, minutes=0)
    assert ((await difference(estate))["state"], (await bill_of(estate))["state"]) == (
        "closed",
        "differing",
    )
    # The books have another sum now: nothing that was closed says so.
    more = {"$inc": {"booked.paid_fen": 1}}
    await estate.world.db.reconciliations.update_one({"_id": ask.subject}, more)
    refused = await estate.world.api.post(ask.path, ask.body, as_=await estate.member("admin"))
    assert (refused.status, refused.code) == (409, "day_unequal")
    other = {"$set": {"booked_fen": 1}}
    await estate.world.db.reconciliation_differences.update_one({}, other)
    await next_morning(estate, hours=24, minutes=0)
    found = await difference(estate)
    assert (found["state"], found["returned"], found["closed_by"]) == ("open", 1, "")


async def test_a_closed_day_is_not_read_again(estate: Estate) -> None:
    ask = await day_closed(estate)
    reply = await estate.world.api.post(ask.path, ask.body, as_=await estate.member("admin"))
    assert reply.status == 200, reply.body
    before = await bill_of(estate)
    asked = len(await estate.world.wechat.calls("/v3/bill/tradebill"))
    again = {"account": "firm", "mchid": before["mchid"], "day": DAY}
    assert await reconciliations.compare(estate.world.deps, again) is None
    assert len(await estate.world.wechat.calls("/v3/bill/tradebill")) == asked
    assert await bill_of(estate) == before


async def cashier(estate: Estate) -> Member:
    """A cashier of the firm that is paid by the account `firm`, and serves the compound."""
    firm = await firm_at(estate.world, COMPOUND)
    its = {"$set": {"place": COMPOUND, "firm": firm}}
    await estate.world.db.payees.update_one({"account": "firm"}, its)
    phone = "13900000098"
    return await hire(
        estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=phone, firm=firm
    )


async def test_a_firm_sees_the_days_of_its_own_account_only(estate: Estate) -> None:
    api = estate.world.api
    await paid(estate, await estate.member("li"))
    await next_morning(estate)
    who = await cashier(estate)
    items = (await api.get(DAYS, as_=who)).body["items"]
    assert {item["account"] for item in items} == {"firm"}
    own, others = (await bill_of(estate))["_id"], await bill_of(estate, account="sanitation")
    assert (await api.get(f"{DAYS}/{own}", as_=who)).body["billed"]["paid_fen"] == 10_236
    assert (await api.get(f"{DAYS}/{others['_id']}", as_=who)).status == 404
    asked = f"{DAYS}?account=sanitation"
    assert (await api.get(asked, as_=who)).body["items"] == []
    everything = (await api.get(DAYS, as_=await estate.member("admin"))).body["items"]
    assert {item["account"] for item in everything} >= {"firm", "sanitation"}


async def test_a_communitys_administrator_sees_nobodys_account(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.ADMINISTRATOR, COMMUNITY, "staff")
    reply = await estate.world.api.get(DAYS, as_=await estate.member("staff"))
    assert (reply.status, reply.code) == (403, "forbidden")


async def test_a_difference_of_a_firms_money_is_its_cashiers_work(estate: Estate) -> None:
    who = await cashier(estate)
    await differing(estate)
    who = await estate.world.sign_in("cashier", "13900000098")
    [row] = (await estate.world.api.get(DIFFERENCES, as_=who)).body["items"]
    assert row["office"] == "cashier"
    path = f"{DIFFERENCES}/{row['difference_id']}"
    assert (await close(estate, who, path)).body["closed_by"] == who.person_id
    others = {"$set": {"account": "sanitation"}}
    await estate.world.db.reconciliation_differences.update_one({}, others)
    assert (await estate.world.api.post(f"{path}/take", as_=who)).status == 404
