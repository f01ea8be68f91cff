"""Households behind cards and promises: of a home that is let, its tenants, each for itself."""

from typing import Any

import pytest

from services.residencies.models import Relation
from services.visits.cards import jobs
from services.visits.promises import jobs as promises_jobs
from tests.build import exports
from tests.build.cast import LI_HOME, live_there
from tests.visits.conftest import Doors
from tests.visits.test_cards import MINE, card, kept, moved_out, noted

SAID = "我妈妈王桂芳 13844445555"


async def let(doors: Doors, tenant: str) -> str:
    """Li's home is let; return the relation of the tenant to it."""
    await live_there(doors.world.deps, [(LI_HOME, tenant, Relation.TENANT)])
    await doors.member(tenant)
    return f"r0-{tenant}"


async def own(doors: Doors, who: str) -> Any:
    return await doors.seen(who, MINE)


async def test_what_tenants_say_is_neither_the_landlords_nor_the_next_tenants(
    doors: Doors,
) -> None:
    tenancy = await let(doors, "zhao")
    body = {"home": LI_HOME, "kind": "emergency_contact", "text": SAID, "is_of_home": True}
    entry = (
        f"{MINE}/entries/{(await doors.done('zhao', f'{MINE}/entries', **body))['entry_id']}"
    )
    await jobs.look_after(doors.world.deps, {})
    assert [each["text"] for each in (await own(doors, "zhao"))["entries"]] == [SAID]
    assert [each["text"] for each in await card(doors)] == [SAID]
    for who in ("li", "mei"):
        assert (await own(doors, who))["entries"] == []
        assert (await doors.post(who, f"{entry}/withdrawal")).status == 404
        refused = await doors.post(who, f"{MINE}/entries", **body | {"kind": "has_dog"})
        assert refused.status == 404
    li = await doors.member("li")
    await doors.world.confirm(li)
    assert SAID not in str((await exports.my_data(doors.world, li)).body)
    await let(doors, "sun")
    await moved_out(doors, tenancy)
    assert await card(doors) == [], "another household, although somebody lets it still"
    await jobs.look_after(doors.world.deps, {})
    assert [each["state"] for each in await kept(doors)] == ["left"]
    for who in ("li", "sun"):
        assert await own(doors, who) == {"entries": [], "ended": []}


async def test_what_was_said_of_a_home_ends_when_it_is_let(doors: Doors) -> None:
    await doors.member("li")
    await noted(doors, kind="has_dog", text=None)
    await noted(doors, residency_id="r0-li")
    await let(doors, "zhao")
    assert [each["kind"] for each in await card(doors)] == ["best_time"], "of Li alone"
    await jobs.look_after(doors.world.deps, {})
    seen = await own(doors, "li")
    assert [each["kind"] for each in seen["entries"]] == ["best_time"]
    assert [each["state"] for each in seen["ended"]] == ["left"]
    assert await own(doors, "zhao") == {"entries": [], "ended": []}


async def test_visits_of_tenants_are_in_their_export_and_not_in_the_landlords(
    doors: Doors,
) -> None:
    await let(doors, "zhao")
    zhao = await doors.member("zhao")
    body = {"home": LI_HOME, "purpose": "greeting", "outcome": "met"}
    await doors.done("head", "visits/unplanned", **body)
    [visit] = await doors.world.db.visits.find().to_list()
    assert visit["people"] == [zhao.person_id]


@pytest.mark.billed("2026-01")
async def test_a_promise_of_tenants_ends_with_them(doors: Doors) -> None:
    tenancy = await let(doors, "zhao")
    zhao = await doors.member("zhao")
    await doors.member("li")
    await doors.done("head", "payment-promises", home=LI_HOME, day="2026-03-03")
    [promise] = await doors.world.db.payment_promises.find().to_list()
    assert promise["people"] == [zhao.person_id]
    await moved_out(doors, tenancy)
    await promises_jobs.look_after(doors.world.deps, {})
    [promise] = (await doors.seen("head", "payment-promises"))["items"]
    assert promise["state"] == "left"


async def test_newcomers_do_not_learn_that_there_were_entries(doors: Doors) -> None:
    await doors.member("li")
    made = await noted(doors, kind="has_dog", text=None)
    await noted(doors, kind="lives_alone", text=None)
    await doors.done("li", f"{MINE}/entries/{made['entry_id']}/withdrawal")
    await moved_out(doors, "r0-li")
    await moved_out(doors, "r1-mei")
    await live_there(doors.world.deps, [(LI_HOME, "sun", Relation.OWNER)])
    await doors.member("sun")
    await jobs.look_after(doors.world.deps, {})
    assert await own(doors, "sun") == {"entries": [], "ended": []}
