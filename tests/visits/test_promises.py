"""Promises to pay: noted where heads see debts, kept by a payment, broken by a day."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import payment_promises
from services.kernel.permissions import Role
from services.visits.promises import jobs
from tests.build.cast import COMMUNITY, LI_HOME, NEXT_UNIT, SUN_HOME, UNIT, appoint
from tests.build.offices import appointment_of
from tests.build.payments import paid
from tests.visits.conftest import Doors

pytestmark = pytest.mark.billed("2026-01")

PROMISES: Final = "payment-promises"


async def promised(doors: Doors, who: str = "head", **more: Any) -> str:
    body = {"home": LI_HOME, "day": "2026-03-03", **more}
    return str((await doors.done(who, PROMISES, **body))["promise_id"])


async def states(doors: Doors, who: str = "head") -> list[str]:
    return [each["state"] for each in (await doors.seen(who, PROMISES))["items"]]


async def looked_after(doors: Doors) -> None:
    await jobs.look_after(doors.world.deps, {})


async def test_a_promise_is_kept_by_a_payment(doors: Doors) -> None:
    await promised(doors)
    for kind in ("property_fee", "waste_fee"):
        await looked_after(doors)
        assert await states(doors) == ["open"]
        li = await doors.member("li")
        await paid(doors.estate, li, await doors.estate.bill_ids("li", kind))
    await looked_after(doors)
    assert await states(doors) == ["kept"]
    assert await doors.today("head", "visits.promises") == []


async def test_a_promise_is_broken_after_its_day_and_closed_by_the_head(doors: Doors) -> None:
    promise_id = await promised(doors)
    assert await doors.today("head", "visits.promises") == []
    await doors.estate.advance(days=1)
    [entry] = await doors.today("head", "visits.promises")
    assert (entry.key, entry.title) == (promise_id, "约定今天缴费,可以提醒一下")
    await looked_after(doors)
    assert await states(doors) == ["open"], "there is time until midnight"
    await doors.estate.advance(days=1)
    await looked_after(doors)
    assert await states(doors) == ["broken"]
    [entry] = await doors.today("head", "visits.promises")
    assert entry.title == "约定的缴费日已过,请再问一问"
    assert await doors.due("visits.promises", COMMUNITY) == {COMMUNITY: 1}
    await promised(doors, day="2026-03-10")
    assert await states(doors) == ["closed", "open"]
    again = await doors.post("head", f"{PROMISES}/{promise_id}/close")
    assert (again.status, again.code) == (409, "promise_moved_on")


async def test_a_broken_promise_goes_a_year_later_whoever_forgets_it(doors: Doors) -> None:
    await promised(doors)
    await doors.estate.advance(days=2)
    await looked_after(doors)
    [kept] = await doors.world.db[payment_promises.COLLECTION].find().to_list()
    assert (kept["state"], kept["waits"]) == ("broken", True)
    assert kept["forget_at"] == doors.world.clock.now + timedelta(days=365)


async def settled(doors: Doors) -> None:
    li = await doors.member("li")
    for kind in ("property_fee", "waste_fee"):
        await paid(doors.estate, li, await doors.estate.bill_ids("li", kind))


async def test_what_is_paid_after_the_day_ends_as_paid_late(doors: Doors) -> None:
    await promised(doors, day="2026-03-02")
    await doors.estate.advance(days=2)
    await looked_after(doors)
    assert await states(doors) == ["broken"]
    await settled(doors)
    await looked_after(doors)
    assert await states(doors) == ["paid_late"]
    assert await doors.today("head", "visits.promises") == []
    assert await doors.due("visits.promises", COMMUNITY) == {COMMUNITY: 0}


async def test_what_counts_is_when_it_was_paid(doors: Doors) -> None:
    """Not when the worker came by, or called it broken as the payment was not booked yet."""
    await promised(doors, day="2026-03-02")
    await settled(doors)
    await doors.estate.advance(days=2)
    broken = {"state": "broken", "forget_at": doors.world.clock.now + timedelta(days=365)}
    await doors.world.db[payment_promises.COLLECTION].update_many({}, {"$set": broken})
    await looked_after(doors)
    assert await states(doors) == ["kept"]


async def test_only_the_office_to_which_it_was_given_sees_it(doors: Doors) -> None:
    promise_id = await promised(doors)
    for who in ("next_head", "staff"):
        assert await states(doors, who) == []
        assert (await doors.post(who, f"{PROMISES}/{promise_id}/close")).status == 404
    assert (await doors.get("li", PROMISES)).status == 403
    other = await doors.post("next_head", PROMISES, home=LI_HOME, day="2026-03-03")
    assert other.status == 404
    leaving = {"reason": "搬家", "last_day": "2026-03-02"}
    path = f"appointments/{await appointment_of(doors.estate)}/resignation"
    await doors.done("head", path, **leaving)
    await doors.estate.advance(days=1)
    assert (await doors.get("head", PROMISES)).status == 403
    await appoint(doors.world.deps, Role.UNIT_HEAD, UNIT, "wang")
    assert await states(doors, "wang") == ["open"]


async def test_no_amount_is_kept_or_told(doors: Doors) -> None:
    await promised(doors)
    owed = sum(bill["amount_fen"] for bill in await doors.estate.bills("li"))
    [kept] = await doors.world.db[payment_promises.COLLECTION].find().to_list()
    told = await doors.world.db.messages.find({"template": {"$regex": "promise"}}).to_list()
    assert (str(owed) in str(kept), told) == (False, [])
    assert not [each for each in kept if each.endswith("_fen")]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"day": "2026-03-01"}, 422, "bad_promise_day"),
        ({"day": "2026-06-03"}, 422, "bad_promise_day"),
        ({"home": SUN_HOME}, 404, "not_found"),
    ],
)
async def test_what_is_no_promise(
    doors: Doors, wish: dict[str, str], status: int, code: str
) -> None:
    body = {"home": LI_HOME, "day": "2026-03-03", **wish}
    reply = await doors.post("head", PROMISES, **body)
    assert (reply.status, reply.code) == (status, code)


async def test_one_promise_at_a_time_and_none_without_a_debt(doors: Doors) -> None:
    await promised(doors)
    twice = await doors.post("head", PROMISES, home=LI_HOME, day="2026-03-09")
    assert (twice.status, twice.code) == (409, "promise_open")
    li = await doors.member("li")
    for kind in ("property_fee", "waste_fee"):
        await paid(doors.estate, li, await doors.estate.bill_ids("li", kind))
    await looked_after(doors)
    none = await doors.post("head", PROMISES, home=LI_HOME, day="2026-03-09")
    assert (none.status, none.code) == (409, "nothing_owed")


async def test_what_a_household_promised_goes_with_it(doors: Doors) -> None:
    await promised(doors)
    gone = {"$set": {"to_day": "2026-03-01"}}
    await doors.world.db.residencies.update_many({"home": LI_HOME}, gone)
    await looked_after(doors)
    assert await states(doors) == ["left"]


async def test_a_home_of_which_the_register_knows_nobody_promises_too(doors: Doors) -> None:
    await doors.world.db.residencies.delete_many({"home": LI_HOME})
    await promised(doors)
    await looked_after(doors)
    assert await states(doors) == ["open"]


async def test_an_erased_person_leaves_no_promise(doors: Doors) -> None:
    li = await doors.member("li")
    await promised(doors)
    await doors.world.confirm(li)
    await doors.done("li", "me/deletion", confirm="注销")
    await doors.world.work()
    assert await doors.world.db[payment_promises.COLLECTION].find().to_list() == []


async def test_a_community_may_hide_from_its_heads_which_homes_owe(doors: Doors) -> None:
    promise_id = await promised(doors)
    unpaid = f"places/{UNIT}/unpaid-homes?due=all"
    assert (await doors.seen("head", unpaid))["items"]
    path = f"places/{COMMUNITY}/heads-see-debts"
    assert (await doors.post("head", path, allowed=False)).status == 403
    wrong = await doors.post("staff", f"places/{UNIT}/heads-see-debts", allowed=False)
    assert (wrong.status, wrong.code) == (422, "debts_wrong_place")
    said = await doors.done("staff", path, allowed=False)
    assert said["heads_see_debts"] is False
    assert (await doors.get("head", unpaid)).status == 403
    head_id = await appointment_of(doors.estate)
    handed = await doors.done("head", f"appointments/{head_id}/hand-over")
    assert handed["owing"] is None
    assert (await doors.seen("staff", unpaid))["items"]
    refused = await doors.post("head", PROMISES, home=LI_HOME, day="2026-03-09")
    assert (refused.status, refused.code) == (403, "debts_hidden")
    listed = await doors.get("head", f"{PROMISES}?home={LI_HOME}")
    assert (listed.status, listed.code) == (403, "debts_hidden")
    assert (await doors.get("head", f"{PROMISES}?home={SUN_HOME}")).status == 404
    await doors.estate.advance(days=1)
    assert await doors.today("head", "visits.promises") == []
    assert await states(doors) == []
    await doors.estate.advance(days=1)
    assert await doors.due("visits.promises", UNIT, "cc") == {UNIT: 0, "cc": 0}
    assert (await doors.post("head", f"{PROMISES}/{promise_id}/close")).status == 404
    await doors.done("staff", path, allowed=True)
    assert await doors.due("visits.promises", UNIT, "cc") == {UNIT: 1, "cc": 1}
    assert await states(doors) == ["open"]
    assert (
        await doors.get("next_head", f"places/{NEXT_UNIT}/unpaid-homes?due=all")
    ).status == 200
