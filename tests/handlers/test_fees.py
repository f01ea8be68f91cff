"""Fee rules and bill runs over HTTP."""

import asyncio
from typing import Any

import pytest

from services.fees.models import FeeKind
from services.kernel.permissions import Role
from services.ledger import actions as ledger
from services.ledger.models import income, receivable
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    UNIT,
    WANG_HOME,
    Estate,
    homes,
    payee_of,
)
from tests.build.late_reads import one_behind
from tests.build.offices import hire
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World

PRICE = {
    "kind": "property_fee",
    "price": 7000,
    "start_day": "2026-03-01",
    "due_day": 10,
    "payee_id": payee_of(FeeKind.PROPERTY_FEE),
}


async def start(api: Api, staff: Member, place: str = COMPOUND, **body: Any) -> Reply:
    body = {"period": "2026-03", **body}
    return await api.post(f"/api/v1/places/{place}/bill-runs", body, as_=staff)


async def run_to(world: World, staff: Member, *asks: str, **body: Any) -> dict[str, Any]:
    """Start a run and let the worker finish; then ask for more, one after the other."""
    reply = await start(world.api, staff, **body)
    assert reply.status == 202, reply.body
    path = f"/api/v1/bill-runs/{reply.body['run_id']}"
    await world.work()
    for ask in asks:
        reply = await world.api.post(f"{path}/{ask}", as_=staff)
        assert reply.status == 202, reply.body
        await world.work()
    found = await world.api.get(path, as_=staff)
    assert found.status == 200
    return dict(found.body)


async def manager_of(world: World, place: str) -> Member:
    return await hire(world, Role.FIRM_MANAGER, place, name="manager", phone="13900000099")


async def drafts(api: Api, staff: Member, run: dict[str, Any], state: str = "draft") -> Any:
    path = f"/api/v1/bill-runs/{run['run_id']}/bills?state={state}"
    reply = await api.get(path, as_=staff)
    assert reply.status == 200, reply.body
    return reply.body["items"]


async def test_a_rule_is_written_once(api: Api, staff: Member) -> None:
    path = f"/api/v1/places/{UNIT}/fee-rules"
    first = await api.post(path, PRICE, as_=staff)
    assert (first.status, first.body["price"], first.body["end_day"]) == (201, 7000, None)
    again = await api.post(path, PRICE, as_=staff)
    assert (again.status, again.body) == (201, first.body)
    other = await api.post(path, {**PRICE, "price": 8000}, as_=staff)
    assert (other.status, other.code) == (409, "fee_rule_exists")
    later = await api.post(path, {**PRICE, "price": 8000, "start_day": "2026-04-01"}, as_=staff)
    assert later.status == 201
    listed = await api.get(path, as_=staff)
    assert sorted(r["price"] for r in listed.body["items"]) == [7000, 8000]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"monthly_fen": 500}, "bad_fee_rule"),
        ({"price": None}, "bad_fee_rule"),
        ({"due_days": 30}, "bad_fee_rule"),
        ({"due_day": None}, "bad_fee_rule"),
        ({"start_day": "2026-02-31"}, "bad_fee_rule"),
        ({"end_day": "2026-02-01"}, "bad_fee_rule"),
        ({"payee_id": "nobody"}, "unknown_payee"),
        ({"price": 0}, "invalid_input"),
        ({"price": 60_000_000}, "invalid_input"),
        ({"usages": []}, "invalid_input"),
    ],
)
async def test_a_rule_that_cannot_be_meant_is_refused(
    api: Api, staff: Member, change: dict[str, Any], code: str
) -> None:
    reply = await api.post(f"/api/v1/places/{UNIT}/fee-rules", {**PRICE, **change}, as_=staff)
    assert (reply.status, reply.code) == (422, code)


async def test_rules_stand_on_what_has_homes(api: Api, staff: Member) -> None:
    reply = await api.post(f"/api/v1/places/{COMMUNITY}/fee-rules", PRICE, as_=staff)
    assert (reply.status, reply.code) == (422, "bad_fee_rule")


async def test_only_those_who_manage_fees_here_touch_rules(
    world: World, estate: Estate, staff: Member, head: Member
) -> None:
    api = world.api
    path = f"/api/v1/places/{COMPOUND}/fee-rules"
    li = await estate.member("li")
    assert (await api.get(path, as_=None)).status == 401
    for nobody in (li, head):
        assert (await api.get(path, as_=nobody)).status == 403
        assert (await api.post(path, PRICE, as_=nobody)).status == 403
    elsewhere = "cc.chaoyang.guilin.elsewhere"
    community = NewPlace(path=elsewhere, kind=Kind.COMMUNITY, name="别处社区")
    await places.create(world.deps, community)
    reply = await api.get(f"/api/v1/places/{elsewhere}/fee-rules", as_=staff)
    assert (reply.status, reply.code) == (404, "not_found")


async def test_a_rule_ends_once(api: Api, staff: Member, head: Member) -> None:
    rule = (await api.post(f"/api/v1/places/{UNIT}/fee-rules", PRICE, as_=staff)).body
    path = f"/api/v1/fee-rules/{rule['rule_id']}/end"
    assert (await api.post(path, {"end_day": "2026-06-30"}, as_=head)).status == 403
    ended = await api.post(path, {"end_day": "2026-06-30"}, as_=staff)
    assert (ended.status, ended.body) == (200, {**rule, "end_day": "2026-06-30"})
    assert (await api.post(path, {"end_day": "2026-06-30"}, as_=staff)).status == 200
    other = await api.post(path, {"end_day": "2026-07-31"}, as_=staff)
    assert (other.status, other.code) == (409, "fee_rule_ended")
    missing = await api.post("/api/v1/fee-rules/none/end", {"end_day": "2026-06-30"}, as_=staff)
    assert missing.status == 404


async def test_a_withdrawn_rule_makes_room_for_the_right_one(api: Api, staff: Member) -> None:
    path = f"/api/v1/places/{UNIT}/fee-rules"
    wrong = (await api.post(path, PRICE, as_=staff)).body
    end = {"end_day": "2026-02-28"}
    reply = await api.post(f"/api/v1/fee-rules/{wrong['rule_id']}/end", end, as_=staff)
    assert reply.status == 200
    right = await api.post(path, {**PRICE, "price": 6500}, as_=staff)
    assert (right.status, right.body["price"]) == (201, 6500)


async def test_a_run_drafts_adds_up_and_publishes(
    world: World, estate: Estate, staff: Member
) -> None:
    run = await run_to(world, staff)
    assert (run["state"], run["homes"], run["homes_done"]) == ("drafted", 3, 3)
    assert run["totals"] == [
        # (85.30 + 60.00 + 70.00) × 0.60, and three homes × 5.00
        total("property_fee", "firm", "draft", 12918),
        total("waste_fee", "sanitation", "draft", 1500),
    ]
    li_draft = next(b for b in await drafts(world.api, staff, run) if b["home"] == LI_HOME)
    assert li_draft["explanation"] == "85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元"
    assert await estate.bills("li") == []

    run = await run_to(world, staff, "publish")
    assert (run["state"], run["issued"]) == ("published", 6)
    assert [t["state"] for t in run["totals"]] == ["owing", "owing"]
    titles = {b["title"]: b["amount_fen"] for b in await estate.bills("li")}
    assert titles == {"2026年3月物业费": 5118, "2026年3月生活垃圾处理费": 500}


def total(kind: str, account: str, state: str, amount_fen: int) -> dict[str, Any]:
    return {
        "kind": kind,
        "account": account,
        "state": state,
        "count": 3,
        "amount_fen": amount_fen,
    }


async def test_publishing_writes_the_journal(
    world: World, estate: Estate, staff: Member
) -> None:
    await run_to(world, staff, "publish")
    for bill in await estate.bills("li"):
        balance = await ledger.balance(world.deps, receivable(bill["bill_id"]))
        assert balance == bill["amount_fen"]
    assert await ledger.balance(world.deps, income("property_fee", COMPOUND)) == -12918


async def test_each_person_is_told_once_per_publishing(
    world: World, estate: Estate, staff: Member
) -> None:
    people = [await estate.member(name) for name in ("li", "mei", "wang", "zhao")]
    await run_to(world, staff, "publish")
    told = [
        (await world.api.get("/api/v1/me/messages", as_=who)).body["items"] for who in people
    ]
    assert [len(items) for items in told] == [1, 1, 1, 0]
    assert "3栋2单元502室的物业费、生活垃圾处理费(2026年3月)" in told[0][0]["body"]
    assert "56.18元" in told[0][0]["body"]


async def test_a_home_added_later_is_billed_by_the_same_run(
    world: World, estate: Estate, staff: Member
) -> None:
    await run_to(world, staff, "publish")
    before = await estate.bills("li")
    await homes(world.deps, {f"{UNIT}.503": 5000})
    run = await run_to(world, staff)
    found = await drafts(world.api, staff, run)
    assert {b["home"] for b in found} == {f"{UNIT}.503"}
    run = await run_to(world, staff, "publish")
    assert (run["state"], run["issued"]) == ("published", 8)
    assert await estate.bills("li") == before
    li = await estate.member("li")
    assert len((await world.api.get("/api/v1/me/messages", as_=li)).body["items"]) == 0


async def test_a_new_rule_changes_no_bill_that_exists(
    world: World, estate: Estate, staff: Member
) -> None:
    await run_to(world, staff, "publish")
    before = await estate.bills("li")
    rule = await world.api.post(f"/api/v1/places/{UNIT}/fee-rules", PRICE, as_=staff)
    assert rule.status == 201
    await run_to(world, staff, "publish")
    await run_to(world, staff, "publish", months=2)
    bills = await estate.bills("li")
    assert [b for b in bills if b["period"] == "2026-03"] == before
    assert {b["explanation"] for b in bills if b["period"] == "2026-04"} == {
        "85.30㎡ × 0.70元/㎡·月 × 1个月 = 59.71元",
        "每户5.00元/月 × 1个月 = 5.00元",
    }


async def test_what_cannot_be_billed_is_listed_with_its_reason(
    world: World, staff: Member
) -> None:
    await world.deps.db.places.update_one({"_id": WANG_HOME}, {"$set": {"area": None}})
    run = await run_to(world, staff)
    assert run["skips"] == 1
    gap = {"home": WANG_HOME, "kind": "property_fee", "reason": "no_area"}
    days = {"from_day": "2026-03-01", "to_day": "2026-03-31"}
    assert run["skipped"] == [{**gap, **days}]
    assert run["skip_reasons"] == {"no_area": 1}


async def test_cancelling_removes_drafts_and_the_run_may_start_again(
    world: World, estate: Estate, staff: Member
) -> None:
    run = await run_to(world, staff, "cancel")
    assert (run["state"], run["totals"]) == ("cancelled", [])
    assert await drafts(world.api, staff, run) == []
    run = await run_to(world, staff, "publish")
    assert run["state"] == "published"
    assert len(await estate.bills("li")) == 2


async def test_a_runs_bills_come_in_pages_by_home(world: World, staff: Member) -> None:
    run = await run_to(world, staff)
    found: list[tuple[str, str]] = []
    cursor = ""
    while cursor is not None:
        path = f"/api/v1/bill-runs/{run['run_id']}/bills?limit=4&cursor={cursor}"
        reply = await world.api.get(path, as_=staff)
        found += [(bill["home"], bill["bill_id"]) for bill in reply.body["items"]]
        cursor = reply.body["next_cursor"]
    assert found == sorted(set(found))
    assert len(found) == 6


async def test_asking_twice_is_asking_once(world: World, staff: Member) -> None:
    first, again = await start(world.api, staff), await start(world.api, staff)
    assert first.body == again.body
    assert first.body["state"] == "drafting"
    path = f"/api/v1/bill-runs/{first.body['run_id']}"
    early = await world.api.post(f"{path}/publish", as_=staff)
    assert (early.status, early.code) == (409, "bill_run_illegal_move")
    await world.work()
    one = await world.api.post(f"{path}/publish", as_=staff)
    two = await world.api.post(f"{path}/publish", as_=staff)
    assert (one.status, two.status, one.body) == (202, 202, two.body)
    busy = await start(world.api, staff)
    assert (busy.status, busy.code) == (409, "bill_run_illegal_move")


async def test_runs_are_for_compounds_and_for_those_who_run_bills(
    world: World, staff: Member, head: Member
) -> None:
    unit = await start(world.api, staff, UNIT)
    assert (unit.status, unit.code) == (422, "not_a_compound")
    assert (await start(world.api, head)).status == 403
    run = (await start(world.api, staff)).body
    manager = await manager_of(world, OTHER_COMPOUND)
    path = f"/api/v1/bill-runs/{run['run_id']}"
    assert (await world.api.get(path, as_=manager)).status == 404
    assert (await world.api.get(f"{path}/bills", as_=manager)).status == 404
    for ask in ("publish", "cancel"):
        assert (await world.api.post(f"{path}/{ask}", as_=manager)).status == 404
    assert (await start(world.api, manager)).status == 404
    listing = f"/api/v1/places/{COMPOUND}/bill-runs"
    assert (await world.api.get(listing, as_=manager)).status == 404
    found = await world.api.get(listing, as_=staff)
    assert [r["run_id"] for r in found.body["items"]] == [run["run_id"]]


async def test_a_rule_ended_often_at_once_is_ended_once(api: Api, staff: Member) -> None:
    made = await api.post(f"/api/v1/places/{UNIT}/fee-rules", PRICE, as_=staff)
    path = f"/api/v1/fee-rules/{made.body['rule_id']}/end"
    wish = {"end_day": "2026-12-31"}
    replies = await asyncio.gather(*(api.post(path, wish, as_=staff) for _ in range(4)))
    assert [reply.status for reply in replies] == [200] * 4
    assert {reply.body["end_day"] for reply in replies} == {"2026-12-31"}


async def test_of_two_days_at_once_the_second_is_told_the_first(
    api: Api, staff: Member
) -> None:
    made = await api.post(f"/api/v1/places/{UNIT}/fee-rules", PRICE, as_=staff)
    path = f"/api/v1/fee-rules/{made.body['rule_id']}/end"
    days = ("2026-11-30", "2026-12-31")
    replies = await asyncio.gather(*(api.post(path, {"end_day": d}, as_=staff) for d in days))
    won, lost = sorted(replies, key=lambda reply: reply.status)
    assert (won.status, lost.status, lost.code) == (200, 409, "fee_rule_ended")
    assert lost.body["details"] == {"end_day": won.body["end_day"]}


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [("2026-11-30", 200, None), ("2026-12-31", 409, "fee_rule_ended")],
)
async def test_an_end_that_is_read_late_meets_the_first(
    world: World, staff: Member, day: str, status: int, code: str | None
) -> None:
    made = await world.api.post(f"/api/v1/places/{UNIT}/fee-rules", PRICE, as_=staff)
    path = f"/api/v1/fee-rules/{made.body['rule_id']}/end"
    ends = (world.api.post(path, {"end_day": d}, as_=staff) for d in ("2026-11-30", day))
    won, lost = await one_behind(world.deps, *ends)
    assert (won.status, lost.status, lost.body.get("code")) == (200, status, code)
    told = lost.body.get("details", lost.body)
    assert told["end_day"] == "2026-11-30"


@pytest.mark.parametrize(("price", "status"), [(7000, 201), (8000, 409)])
async def test_a_rule_that_is_read_late_meets_the_first(
    world: World, staff: Member, price: int, status: int
) -> None:
    path = f"/api/v1/places/{UNIT}/fee-rules"
    wishes = (PRICE, {**PRICE, "price": price})
    written = (world.api.post(path, wish, as_=staff) for wish in wishes)
    won, lost = await one_behind(world.deps, *written)
    assert (won.status, lost.status) == (201, status), lost.body
    told = lost.body.get("details", lost.body)
    assert told["rule_id"] == won.body["rule_id"]
