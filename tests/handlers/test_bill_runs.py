"""Bill runs over HTTP that are not published, and that are taken back."""

from typing import Any

import pytest

from services.bills.runs import jobs as runs_jobs
from services.ledger import actions as ledger
from services.ledger.models import income, receivable
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate, homes
from tests.build.offices import firm_at
from tests.build.payments import ordered, paid, pay
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.handlers.test_fees import PRICE, run_to, start
from tests.handlers.test_payees import write as write_payee

pytestmark = pytest.mark.slow

WHY = {"reason": "单价填错了", "months": "open"}
HOME = f"{UNIT}.701"


async def ask(
    world: World, staff: Member, run: dict[str, Any], what: str, **body: Any
) -> Reply:
    path = f"/api/v1/bill-runs/{run['run_id']}/{what}"
    return await world.api.post(path, body, as_=staff)


async def look(world: World, staff: Member, run: dict[str, Any], what: str = "") -> Any:
    path = f"/api/v1/bill-runs/{run['run_id']}{what}"
    reply = await world.api.get(path, as_=staff)
    assert reply.status == 200, reply.body
    return reply.body


async def rule(world: World, staff: Member, **change: Any) -> dict[str, Any]:
    """Write a rule of the compound."""
    wish = {**PRICE, "price": 6000, "start_day": "2026-03-01", **change}
    reply = await world.api.post(f"/api/v1/places/{COMPOUND}/fee-rules", wish, as_=staff)
    assert reply.status == 201, reply.body
    return dict(reply.body)


async def end_rule(world: World, staff: Member, rule_id: str, day: str) -> None:
    path = f"/api/v1/fee-rules/{rule_id}/end"
    assert (await world.api.post(path, {"end_day": day}, as_=staff)).status == 200


async def amount_of(world: World, home: str) -> int | None:
    bill = await world.db.bills.find_one({"home": home, "kind": "property_fee"})
    return bill and bill["amount_fen"]


async def test_what_was_drafted_by_a_rule_that_is_gone_is_not_published(
    world: World, staff: Member
) -> None:
    """80.00 ㎡: 48.00 by the rule that is withdrawn, 40.00 by the one that is right."""
    await homes(world.deps, {HOME: 8000})
    wrong = await rule(world, staff)
    run = await run_to(world, staff, kinds=["property_fee"])
    assert await amount_of(world, HOME) == 4800
    await end_rule(world, staff, wrong["rule_id"], "2026-02-28")
    await rule(world, staff, price=5000)
    refused = await ask(world, staff, run, "publish")
    assert (refused.status, refused.code) == (409, "bill_run_outdated")
    await run_to(world, staff, "publish", kinds=["property_fee"])
    bill = await world.db.bills.find_one({"home": HOME})
    assert bill is not None
    assert (bill["amount_fen"], bill["state"]) == (4000, "owing")


async def kept_in(world: World, *indexes: str) -> list[int]:
    """Return how many bills some indexes hold."""
    keys = (await world.db.command("validate", "bills"))["keysPerIndex"]
    return [keys[index] for index in indexes]


async def test_a_bill_is_in_an_index_only_while_a_query_asks_there_for_its_state(
    world: World, staff: Member
) -> None:
    run = await run_to(world, staff)
    drafts = await world.db.bills.count_documents({"state": "draft"})
    of_homes = ("home_liable", "issued_fees", "owing", "received_portions")
    assert await kept_in(world, "run", *of_homes) == [drafts, 0, 0, 0, 0]
    assert (await ask(world, staff, run, "publish")).status == 202
    await world.work()
    assert await kept_in(world, "run", *of_homes) == [drafts, drafts, drafts, drafts, 0]


async def test_a_rule_of_other_days_holds_up_no_publishing(world: World, staff: Member) -> None:
    run = await run_to(world, staff)
    await rule(world, staff, start_day="2026-04-01")
    assert (await ask(world, staff, run, "publish")).status == 202


async def test_drafts_of_an_earlier_version_are_drafted_again_first(
    world: World, staff: Member
) -> None:
    run = await run_to(world, staff)
    earlier = {"$unset": {"basis": "", "skip_reasons": "", "published_totals": ""}}
    await world.db.bill_runs.update_one({"_id": run["run_id"]}, earlier)
    refused = await ask(world, staff, run, "publish")
    assert (refused.status, refused.code) == (409, "bill_run_outdated")
    assert (await run_to(world, staff, "publish"))["state"] == "published"


@pytest.mark.parametrize(
    ("period", "months", "status"),
    [
        ("2028-03", 1, 202),
        ("2028-03", 2, 422),
        ("2024-03", 1, 202),
        ("2024-02", 3, 422),
        ("2096-03", 1, 422),
    ],
)
async def test_months_two_years_away_are_a_slip(
    world: World, staff: Member, period: str, months: int, status: int
) -> None:
    reply = await start(world.api, staff, period=period, months=months)
    assert reply.status == status
    assert status == 202 or reply.code == "period_too_far"


async def test_a_month_without_rules_says_so_and_is_not_published(
    world: World, staff: Member
) -> None:
    await world.db.fee_rules.delete_many({})
    run = await run_to(world, staff)
    assert (run["state"], run["skips"], run["skip_reasons"]) == ("drafted", 6, {"no_rule": 6})
    refused = await ask(world, staff, run, "publish")
    assert (refused.status, refused.code) == (409, "no_rule")


async def test_nothing_is_published_where_no_home_could_be_billed(
    world: World, staff: Member
) -> None:
    await world.db.places.update_many({"kind": "home"}, {"$set": {"area": None}})
    run = await run_to(world, staff, kinds=["property_fee"])
    refused = await ask(world, staff, run, "publish")
    assert (refused.status, refused.code) == (409, "nothing_to_publish")


async def test_a_run_names_every_home_it_skipped_and_why(
    world: World, estate: Estate, staff: Member
) -> None:
    """The firm's contract ends on 25 November; December's run of it bills nobody."""
    admin = await estate.member("admin")
    await world.db.payees.delete_one({"account": "firm"})
    firm = await firm_at(world, COMPOUND, to_day="2026-11-25")
    firms = {"name": "安居物业", "account": "firm", "kinds": ["property_fee"], "firm_id": firm}
    made = await write_payee(world.api, admin, **firms, from_day="2026-01-01")
    await rule(world, staff, payee_id=made.body["payee_id"])
    run = await run_to(world, staff, period="2026-12")
    assert [t["kind"] for t in run["totals"]] == ["waste_fee"]
    assert run["skip_reasons"] == {"contract_over": 3}
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = await look(world, staff, run, f"/skipped?limit=2&cursor={cursor}")
        found += page["items"]
        cursor = page["next_cursor"]
    gap = {"kind": "property_fee", "reason": "contract_over"}
    days = {"from_day": "2026-12-01", "to_day": "2026-12-31"}
    skipped = {
        SUN_HOME: "春光小区3栋1单元101室",
        WANG_HOME: "春光小区3栋2单元501室",
        LI_HOME: "春光小区3栋2单元502室",
    }
    assert found == [
        {"home": home, "address": address, **gap, **days} for home, address in skipped.items()
    ]


async def test_a_contract_that_ends_after_drafting_holds_up_publishing(
    world: World, estate: Estate, staff: Member
) -> None:
    admin = await estate.member("admin")
    await world.db.payees.delete_one({"account": "firm"})
    firm = await firm_at(world, COMPOUND)
    firms = {"name": "安居物业", "account": "firm", "kinds": ["property_fee"], "firm_id": firm}
    made = await write_payee(world.api, admin, **firms, from_day="2026-01-01")
    await rule(world, staff, payee_id=made.body["payee_id"])
    run = await run_to(world, staff)
    contract = await world.db.contracts.find_one({"firm": firm})
    assert contract is not None
    path = f"/api/v1/contracts/{contract['_id']}/end"
    body = {"reason": "业主大会决定解聘", "last_day": "2026-03-10"}
    assert (await world.api.post(path, body, as_=staff)).status == 200
    refused = await ask(world, staff, run, "publish")
    assert (refused.status, refused.code) == (409, "bill_run_outdated")
    await run_to(world, staff)
    bill = await world.db.bills.find_one({"home": LI_HOME, "kind": "property_fee"})
    assert bill is not None
    assert (bill["from_day"], bill["to_day"]) == ("2026-03-01", "2026-03-10")


async def test_totals_are_of_now_with_those_of_publishing_beside_them(
    world: World, estate: Estate, staff: Member
) -> None:
    run = await run_to(world, staff, "publish")
    await paid(estate, await estate.member("li"))
    now = await look(world, staff, run)
    assert now["published_totals"] == run["totals"] == run["published_totals"]
    sums = {(t["kind"], t["state"]): (t["count"], t["amount_fen"]) for t in now["totals"]}
    assert sums == {
        ("property_fee", "owing"): (2, 7800),
        ("property_fee", "paid"): (1, 5118),
        ("waste_fee", "owing"): (3, 1500),
    }
    path = f"/api/v1/places/{COMPOUND}/bill-runs"
    [listed] = (await world.api.get(path, as_=staff)).body["items"]
    assert listed == now


async def test_a_run_is_taken_back_as_a_whole_and_people_are_told_once(
    world: World, estate: Estate, staff: Member
) -> None:
    names = ("li", "mei", "wang", "sun")
    people = {name: await estate.member(name) for name in names}
    run = await run_to(world, staff, "publish")
    bills = [bill["bill_id"] for bill in await estate.bills("li")]
    for _ in range(2):  # the second is the same request
        assert (await ask(world, staff, run, "withdraw", **WHY)).status == 202
    await world.work()
    now = await look(world, staff, run)
    assert (now["state"], now["withdrawn"]) == ("withdrawn", 6)
    assert (now["withdrawn_because"], {t["state"] for t in now["totals"]}) == (
        WHY["reason"],
        {"void"},
    )
    assert await estate.bills("li") == []
    for bill_id in bills:
        assert await ledger.balance(world.deps, receivable(bill_id)) == 0
    for kind in ("property_fee", "waste_fee"):
        assert await ledger.balance(world.deps, income(kind, COMPOUND)) == 0
    for who in people.values():
        inbox = (await world.api.get("/api/v1/me/messages", as_=who)).body["items"]
        told = [m["body"] for m in inbox if m["template"] == "bills_withdrawn"]
        assert len(told) == 1
        assert WHY["reason"] in told[0]
    late = await ask(world, staff, run, "withdraw", **WHY)
    assert (late.status, late.code) == (409, "bill_run_illegal_move")


async def test_months_of_a_run_that_was_taken_back_are_billed_again_or_forgiven(
    world: World, estate: Estate, staff: Member
) -> None:
    li = await estate.member("li")
    for months, bills in (("open", 2), ("forgiven", 0)):
        run = await run_to(world, staff, "publish")
        why = {"reason": "面积有误", "months": months}
        assert (await ask(world, staff, run, "withdraw", **why)).status == 202
        await world.work()
        again = await run_to(world, staff)
        assert sum(t["count"] for t in again["totals"] if t["state"] == "draft") == 3 * bills
    everything = await world.db.bills.find({}).to_list()
    assert {bill["state"] for bill in everything} == {"void"}
    query = {"person": li.person_id, "template": "bills_withdrawn"}
    told = [message["body"] async for message in world.db.messages.find(query)]
    assert [("共56.18元" in body) for body in told] == [True, True]  # each its own round's


@pytest.mark.usefixtures("books_hold")
async def test_once_somebody_has_paid_only_the_rest_is_taken_back_if_asked_for(
    world: World, estate: Estate, staff: Member
) -> None:
    run = await run_to(world, staff, "publish")
    payment = await paid(estate, await estate.member("li"))
    refused = await ask(world, staff, run, "withdraw", **WHY)
    assert (refused.status, refused.code) == (409, "bill_run_paid")
    assert refused.body["details"] == {"count": 1, "amount_fen": 5118}
    rest = await ask(world, staff, run, "withdraw", **WHY, unpaid_only=True)
    assert rest.status == 202
    await world.work()
    now = await look(world, staff, run)
    assert (now["state"], now["withdrawn"]) == ("withdrawn", 5)
    states = {(t["kind"], t["state"], t["count"]) for t in now["totals"]}
    assert states == {
        ("property_fee", "paid", 1),
        ("property_fee", "void", 2),
        ("waste_fee", "void", 3),
    }
    li = await estate.member("li")
    assert (await world.api.get(f"/api/v1/payments/{payment}/receipt", as_=li)).status == 200


@pytest.mark.usefixtures("books_hold")
async def test_a_run_somebody_paid_before_the_worker_began_is_not_taken_back_unasked(
    world: World, estate: Estate, staff: Member
) -> None:
    run = await run_to(world, staff, "publish")
    li = await estate.member("li")
    order = await ordered(estate, li)
    assert (await ask(world, staff, run, "withdraw", **WHY)).status == 202
    await pay(estate, li, order)
    await world.work()
    now = await look(world, staff, run)
    assert (now["state"], now["withdrawal_stopped"], now["withdrawn"]) == ("published", True, 0)
    assert (now["withdrawn_at"], now["withdrawn_because"]) == (None, "")
    assert (await ask(world, staff, run, "withdraw", **WHY)).code == "bill_run_paid"
    rest = await ask(world, staff, run, "withdraw", **WHY, unpaid_only=True)
    assert (rest.status, rest.body["withdrawal_stopped"]) == (202, False)
    await world.work()
    assert (await look(world, staff, run))["withdrawn"] == 5


async def test_who_pays_while_a_run_is_taken_back_stops_it_no_more(
    world: World, estate: Estate, staff: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the neighbours would owe what the others do not."""
    monkeypatch.setattr(runs_jobs, "BILLS_AT_ONCE", 1)
    run = await run_to(world, staff, "publish")
    li = await estate.member("li")
    order = await ordered(estate, li)
    assert (await ask(world, staff, run, "withdraw", **WHY)).status == 202
    await runs_jobs.step(world.deps, {"run_id": run["run_id"], "round": 3})
    await pay(estate, li, order)
    await world.work()
    now = await look(world, staff, run)
    assert (now["state"], now["withdrawal_stopped"], now["withdrawn"]) == (
        "withdrawn",
        False,
        5,
    )


@pytest.mark.parametrize(
    "other", [{"months": "forgiven"}, {"unpaid_only": True}, {"reason": "面积有误"}]
)
async def test_another_wish_while_a_run_is_taken_back_is_another_request(
    world: World, staff: Member, other: dict[str, Any]
) -> None:
    run = await run_to(world, staff, "publish")
    assert (await ask(world, staff, run, "withdraw", **WHY)).status == 202
    refused = await ask(world, staff, run, "withdraw", **{**WHY, **other})
    assert (refused.status, refused.code) == (409, "bill_run_changed")


async def test_there_must_be_something_to_take_back(world: World, staff: Member) -> None:
    run = await run_to(world, staff)
    early = await ask(world, staff, run, "withdraw", **WHY)
    assert (early.status, early.code) == (409, "bill_run_illegal_move")
    run = await run_to(world, staff, "cancel")
    nothing = await ask(world, staff, run, "withdraw", **WHY)
    assert (nothing.status, nothing.code) == (409, "nothing_to_withdraw")
    for body in ({"months": "open"}, {**WHY, "reason": "\n"}, {**WHY, "months": "lost"}):
        assert (await ask(world, staff, run, "withdraw", **body)).status == 422


async def test_a_withdrawal_goes_on_where_a_dead_worker_left_it(
    world: World, estate: Estate, staff: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_jobs, "BILLS_AT_ONCE", 2)
    run = await run_to(world, staff, "publish")
    [bill_id, *_] = await estate.bill_ids("li")
    assert (await ask(world, staff, run, "withdraw", **WHY)).status == 202
    payload = {"run_id": run["run_id"], "round": 3}
    assert await runs_jobs.step(world.deps, payload) is not None  # and dies
    half = await look(world, staff, run)
    assert (half["state"], half["withdrawn"]) == ("withdrawing", 2)
    await world.work()
    assert (await look(world, staff, run))["withdrawn"] == 6
    assert await world.db.journal.count_documents({"kind": "void"}) == 6
    assert await ledger.balance(world.deps, receivable(bill_id)) == 0
