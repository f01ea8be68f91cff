"""Shared costs over HTTP: split to the fen, looked at, approved by another person, billed once.

The compound has Li's home (85.30 m²) and Wang's (60 m²) on one staircase, Sun's (70 m²) on the
next. Today is 2 March 2026.
"""

from typing import Any

import pytest

from services.places import homes as place_homes
from services.shared_costs import jobs, store
from tests.build import photos
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.homes import get, newcomer, told
from tests.build.merchants import second
from tests.build.shared_costs import billed, decide, propose
from tests.handlers.test_debts import BUYER, sell
from tests.handlers.test_own_interests import firms_manager

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]


async def shares(estate: Estate, cost_id: str, query: str = "") -> dict[str, int]:
    reply = await get(estate, "staff", f"shared-costs/{cost_id}/shares{query}")
    assert reply.status == 200, reply.body
    return {item["home"]: item["amount_fen"] for item in reply.body["items"]}


async def owed(estate: Estate, who: str) -> list[tuple[int, str]]:
    return [(bill["amount_fen"], bill["explanation"]) for bill in await estate.bills(who)]


async def test_a_cost_is_split_looked_at_approved_and_billed_to_the_fen(estate: Estate) -> None:
    li = await estate.member("li")
    photo = await photos.sent(estate.world.api, await estate.member("staff"), purpose="charge")
    made = await propose(estate, photo_ids=[photo])
    assert (made.status, made.body["state"], made.body["homes"]) == (201, "proposed", 3)
    assert len(made.body["photos"]) == 1
    cost_id = made.body["shared_cost_id"]
    split = await shares(estate, cost_id)
    assert split == {WANG_HOME: 33442, LI_HOME: 47543, SUN_HOME: 39015}
    assert sum(split.values()) == 120000
    assert await owed(estate, "li") == []
    assert (await decide(estate, cost_id)).body["state"] == "approved"
    await estate.world.work()
    said = "2月电梯电费1200.00元(凭证:发票1) × 85.30㎡/215.30㎡ = 475.43元"
    assert await owed(estate, "li") == [(47543, said)]
    assert [fen for fen, _ in await owed(estate, "sun")] == [39015]
    assert await owed(estate, "zhao") == []
    [told_li] = await told(estate.world, li, "bill_issued")
    assert "公摊费(2026年2月)共475.43元" in told_li
    listed = await get(estate, "staff", f"places/{COMPOUND}/shared-costs")
    assert [item["state"] for item in listed.body["items"]] == ["billed"]


async def test_who_proposed_it_does_not_approve_it_and_may_take_it_back(estate: Estate) -> None:
    cost_id = (await propose(estate)).body["shared_cost_id"]
    own = await decide(estate, cost_id, "staff")
    assert (own.status, own.code) == (403, "same_person")
    taken_back = await decide(estate, cost_id, "staff", approve=False)
    assert (taken_back.status, taken_back.body["state"]) == (200, "refused")
    late = await decide(estate, cost_id)
    assert (late.status, late.code) == (409, "shared_cost_decided")
    await estate.world.work()
    assert await owed(estate, "li") == []
    assert (await propose(estate)).status == 201  # the document is free again


async def test_a_document_is_split_once_at_a_place(estate: Estate) -> None:
    assert (await propose(estate)).status == 201
    again = await propose(estate, "admin", total_fen=1)
    assert (again.status, again.code) == (409, "shared_cost_exists")
    assert (await propose(estate, place=UNIT)).status == 201


async def test_homes_without_an_area_are_named_and_nothing_is_split(estate: Estate) -> None:
    unset = {"$set": {"area": None}}
    await estate.world.db.places.update_one({"_id": WANG_HOME}, unset)
    refused = await propose(estate)
    assert (refused.status, refused.code) == (409, "homes_unmeasured")
    named = {"home": WANG_HOME, "address": "春光小区3栋2单元501室"}
    assert refused.body["details"] == {"count": 1, "homes": [named]}
    assert await estate.world.db.shared_costs.count_documents({}) == 0
    assert (await propose(estate, split="home")).status == 201


async def test_by_homes_the_fen_left_over_goes_to_the_first_path(estate: Estate) -> None:
    made = await propose(estate, split="home", total_fen=100)
    split = await shares(estate, made.body["shared_cost_id"])
    assert split == {SUN_HOME: 34, WANG_HOME: 33, LI_HOME: 33}


async def test_by_persons_every_home_needs_a_number_and_an_empty_one_pays_nothing(
    estate: Estate,
) -> None:
    persons = [{"home": LI_HOME, "persons": 3}, {"home": SUN_HOME, "persons": 1}]
    refused = await propose(estate, split="persons", persons=persons)
    assert (refused.code, refused.body["details"]["count"]) == ("homes_unmeasured", 1)
    persons.append({"home": WANG_HOME, "persons": 0})
    await billed(estate, split="persons", persons=persons, total_fen=1000)
    [(fen, said)] = await owed(estate, "li")
    assert (fen, said.partition("×")[2]) == (750, " 3人/4人 = 7.50元")
    assert await owed(estate, "wang") == []


async def test_homes_are_left_out_for_a_reason(estate: Estate) -> None:
    without = await propose(estate, left_out=[SUN_HOME])
    assert (without.status, without.code) == (422, "bad_shared_cost")
    because = {"left_out_because": "业主大会决定一楼不分摊"}
    made = await propose(estate, left_out=[SUN_HOME], **because)
    assert (made.body["homes"], made.body["left_out"]) == (2, 1)
    assert SUN_HOME not in await shares(estate, made.body["shared_cost_id"])


async def test_the_homes_and_areas_of_the_last_day_count(estate: Estate) -> None:
    deps = estate.world.deps
    retire = place_homes.retire
    await deps.in_transaction(lambda tx: retire(deps, tx, SUN_HOME, "2026-02-28"))
    made = await propose(estate, split="home", total_fen=100)
    assert await shares(estate, made.body["shared_cost_id"]) == {WANG_HOME: 50, LI_HOME: 50}
    before = await propose(estate, split="home", to_day="2026-02-27", document_number="2")
    assert before.body["homes"] == 3


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"to_day": "2026-01-31"}, 422, "bad_shared_cost"),
        ({"from_day": "2025-02-15"}, 422, "bad_shared_cost"),
        ({"to_day": "2026-02-30"}, 422, "invalid_input"),
        ({"usages": ["shop"]}, 422, "bad_shared_cost"),
        ({"payee_id": "nobody"}, 422, "unknown_payee"),
        ({"left_out": [NEXT_UNIT], "left_out_because": "x"}, 422, "bad_shared_cost"),
        ({"persons": [{"home": LI_HOME, "persons": 1}]}, 422, "bad_shared_cost"),
        ({"total_fen": 0}, 422, "invalid_input"),
        ({"photo_ids": ["missing"]}, 404, "not_found"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
async def test_what_does_not_fit_is_refused(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    refused = await propose(estate, **wish)
    assert (refused.status, refused.code) == (status, code), refused.body
    assert await estate.world.db.shared_costs.count_documents({}) == 0


async def test_who_sold_the_home_owes_the_share_of_the_time_before(estate: Estate) -> None:
    await estate.member("li")
    buyer = await newcomer(estate, "buyer", BUYER)
    await sell(estate, "2026-03-01")
    await billed(estate)
    assert len(await owed(estate, "li")) == 1
    assert (await get(estate, buyer, "me/bills")).body["items"] == []


async def test_a_step_that_comes_twice_bills_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SHARES_AT_ONCE", 2)
    cost_id = (await propose(estate)).body["shared_cost_id"]
    await decide(estate, cost_id)
    deps = estate.world.deps
    stale = await store.find(deps.db, cost_id, shares=True)
    assert await jobs.step(deps, {"cost": cost_id}) is not None
    assert await estate.world.db.bills.count_documents({}) == 2
    assert stale is not None
    late = await deps.in_transaction(lambda tx: store.advance(deps.db, tx, stale, 2))
    assert not late
    await estate.world.work()
    assert await estate.world.db.bills.count_documents({}) == 3


async def test_a_firm_splits_only_what_it_is_paid_itself(estate: Estate) -> None:
    estate.members["manager"] = await firms_manager(estate)
    assert (await propose(estate, "manager")).status == 201
    await estate.world.db.payees.update_one({"account": "firm"}, {"$set": {"firm": "other"}})
    other = await propose(estate, "manager", document_number="2")
    assert other.code in {"payee_may_not_charge", "other_payee"}


async def test_a_firm_reads_only_what_it_is_paid_itself(estate: Estate) -> None:
    estate.members["manager"] = await firms_manager(estate)
    cost_id = (await propose(estate, "manager")).body["shared_cost_id"]
    path, listed = f"shared-costs/{cost_id}/shares", f"places/{COMPOUND}/shared-costs"
    assert (await get(estate, "manager", path)).status == 200
    assert len((await get(estate, "manager", listed)).body["items"]) == 1
    others = {"$set": {"account": "sanitation"}}
    await estate.world.db.shared_costs.update_one({"_id": cost_id}, others)
    assert (await get(estate, "manager", path)).status == 404
    assert (await get(estate, "manager", listed)).body["items"] == []
    assert len((await get(estate, "staff", listed)).body["items"]) == 1


async def test_two_who_decide_at_once_decide_once(estate: Estate) -> None:
    estate.members["second"] = await second(estate)
    cost_id = (await propose(estate)).body["shared_cost_id"]
    assert (await decide(estate, cost_id, "second")).status == 200
    assert (await decide(estate, cost_id, "admin", approve=False)).status == 409
    await estate.world.work()
    assert len(await owed(estate, "li")) == 1
