"""Bill runs under crashes, repeats and rivals: what was promised is billed, once."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.bills import store as bills_store
from services.bills.runs import actions as runs
from services.bills.runs import jobs as runs_jobs
from services.bills.runs import notify as runs_notify
from services.bills.runs import store as runs_store
from services.bills.runs.models import BillRun, StartBillRun
from services.bills.runs.states import RunState
from services.dependencies import Dependencies, Transaction
from services.fees import actions as fees
from services.fees import store as fees_store
from services.fees.models import FeeKind, NewFeeRule
from services.kernel.days import months_from
from services.kernel.errors import Conflict
from services.kernel.measures import Span
from services.ledger import actions as ledger
from services.ledger.models import receivable
from services.messaging.broadcasts import jobs as broadcasts_jobs
from services.places.models import Kind
from services.statistics import measures
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    STAFF,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    homes,
    payee_of,
)
from tests.build.world import World
from tests.depth import by_depth

pytestmark = pytest.mark.slow

T = TypeVar("T")
STEPS_TO_STAND_STILL = 200


class Killed(Exception):
    """The process died here."""


@dataclass(frozen=True, kw_only=True)
class Mortal(Dependencies):
    """Dependencies of a worker that dies at some of its transactions."""

    deaths: list[str]  # "before" the commit, right "after" it, or "no"

    async def in_transaction(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        death = self.deaths.pop() if self.deaths else "no"

        async def dying(tx: Transaction) -> T:
            result = await work(tx)
            if death == "before":
                raise Killed
            return result

        result = await super().in_transaction(dying)
        if death == "after":
            raise Killed
        return result


def mortal(deps: Dependencies, deaths: list[str]) -> Mortal:
    own = {field.name: getattr(deps, field.name) for field in fields(deps)}
    return Mortal(**own, deaths=deaths)


async def drain(deps: Dependencies, run_id: str) -> BillRun:
    """Work as the outbox would: a killed worker's job is done again by the next one."""
    run = await runs_store.find(deps.db, run_id)
    assert run is not None
    payload = {"run_id": run_id, "round": run.round}
    for _ in range(STEPS_TO_STAND_STILL):
        try:
            if await runs_jobs.step(deps, payload) is None:
                break
        except Killed:
            continue
    await tell(deps, run)
    run = await runs_store.find(deps.db, run_id)
    assert run is not None
    return run


async def tell(deps: Dependencies, run: BillRun) -> None:
    """Tell people of a round, if it has any news."""
    for template in runs_notify.TEMPLATES:
        told = {"broadcast_id": f"{template.key}:{run.id}:{run.round}"}
        for _ in range(STEPS_TO_STAND_STILL):
            if await broadcasts_jobs.step(deps, told) is None:
                break


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few homes make many transactions."""
    monkeypatch.setattr(runs_jobs, "FEWEST_HOMES", 1)
    monkeypatch.setattr(runs_jobs, "BILLS_AT_ONCE", 2)
    monkeypatch.setattr(broadcasts_jobs, "AT_ONCE", 1)


REQUESTS = st.builds(
    StartBillRun,
    period=st.sampled_from(["2026-01", "2026-02", "2026-03"]),
    months=st.sampled_from([1, 3]),
    kinds=st.sampled_from([[FeeKind.PROPERTY_FEE], list(FeeKind)]),
)
ASKED = st.lists(
    st.tuples(REQUESTS, st.sampled_from(["", "publish", "cancel", "home"])), max_size=5
)


@settings(
    max_examples=by_depth(day=8, night=100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=ASKED, deaths=st.lists(st.sampled_from(["no", "before", "after"]), max_size=30))
async def test_every_home_is_billed_for_every_month_exactly_once(
    estate: Estate,
    asked: list[tuple[StartBillRun, str]],
    deaths: list[str],
) -> None:
    deps = estate.world.deps
    await forget_bills(estate.world)
    dying = mortal(deps, list(deaths))
    for number, (request, then) in enumerate(asked):
        run = await runs.start(deps, STAFF, COMPOUND, request)
        await drain(dying, run.run_id)
        if then == "home":
            await homes(deps, {f"{UNIT}.60{number}": 5000 + number})
        elif then:
            ask = {"publish": runs.publish, "cancel": runs.cancel}[then]
            await ask(deps, STAFF, run.run_id)
            await drain(dying, run.run_id)
    for request, _ in asked:
        run = await runs.start(deps, STAFF, COMPOUND, request)
        await drain(dying, run.run_id)
        await runs.publish(deps, STAFF, run.run_id)
        done = await drain(dying, run.run_id)
        assert done.state is RunState.PUBLISHED
    await check(estate.world, [request for request, _ in asked])


async def forget_bills(world: World) -> None:
    for name in ("bills", "bill_runs", "journal", "messages", "broadcasts", "outbox"):
        await world.db[name].delete_many({})
    await world.db.places.delete_many({"_id": {"$regex": rf"^{UNIT}\.60"}})


async def check(world: World, requests: list[StartBillRun]) -> None:
    """Billed = homes × kinds × months that were asked for, each once, each in the books."""
    paths = [doc["_id"] async for doc in world.db.places.find({"kind": Kind.HOME})]
    wanted = {
        (home, f"{kind}|{month}")
        for request in requests
        for home, kind in itertools.product(paths, request.kinds)
        for month in months_from(request.period, request.months)
        if home.startswith(COMPOUND)
    }
    bills = [doc async for doc in world.db.bills.find({})]
    billed = [(bill["home"], slot) for bill in bills for slot in bill["slots"]]
    assert sorted(billed) == sorted(wanted)
    assert {bill["state"] for bill in bills} <= {"owing"}
    journals = [doc["_id"] async for doc in world.db.journal.find({})]
    assert sorted(journals) == sorted(f"issue:{bill['_id']}" for bill in bills)
    for bill in bills[:3]:
        assert await ledger.balance(world.deps, receivable(bill["_id"])) == bill["amount_fen"]


async def test_a_killed_publishing_tells_everybody_once(estate: Estate) -> None:
    world = estate.world
    people = [await estate.member(name) for name in ("li", "mei", "wang", "sun")]
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    dying = mortal(world.deps, ["no", "after", "before"] * 10)
    await drain(dying, run.run_id)
    await runs.publish(world.deps, STAFF, run.run_id)
    await drain(dying, run.run_id)
    told = [
        message["person"]
        async for message in world.db.messages.find({"template": "bill_issued"})
    ]
    assert sorted(told) == sorted(who.person_id for who in people)


async def test_one_message_names_the_sum_of_a_persons_homes(
    estate: Estate, world: World
) -> None:
    li = await estate.member("li")
    sun_home = {"$set": {"person": li.person_id}}
    await world.db.residencies.update_one({"_id": "r3-sun"}, sun_home)
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(world.deps, run.run_id)
    await runs.publish(world.deps, STAFF, run.run_id)
    await drain(world.deps, run.run_id)
    message = await world.db.messages.find_one({"_id": {"$exists": True}})
    assert message is not None
    # 70.00㎡ and 85.30㎡ at 0.60, and twice 5.00 for waste
    assert "等2处" in message["body"]
    assert "103.18元" in message["body"]


async def test_rival_workers_bill_once(estate: Estate) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await asyncio.gather(*(drain(deps, run.run_id) for _ in range(3)))
    await runs.publish(deps, STAFF, run.run_id)
    payload = {"run_id": run.run_id, "round": 2}
    for _ in range(STEPS_TO_STAND_STILL):
        outcomes: list[Any] = await asyncio.gather(
            *(runs_jobs.step(deps, payload) for _ in range(3)), return_exceptions=True
        )
        # a rival that read the same drafts finds them issued and writes nothing
        assert not [o for o in outcomes if isinstance(o, Exception)]
        if None in outcomes:
            break
    await check(estate.world, [StartBillRun(period="2026-03")])


async def test_two_people_who_start_the_same_run_start_one(estate: Estate) -> None:
    deps = estate.world.deps
    request = StartBillRun(period="2026-03")
    outcomes: list[Any] = await asyncio.gather(
        *(runs.start(deps, STAFF, COMPOUND, request) for _ in range(4)),
        return_exceptions=True,
    )
    refused = [o for o in outcomes if isinstance(o, Exception)]
    assert all(isinstance(o, Conflict) for o in refused)
    assert await estate.world.db.bill_runs.count_documents({}) == 1
    assert await estate.world.db.outbox.count_documents({"kind": "bills.run"}) == 1


async def test_a_run_enqueued_under_the_old_name_of_its_job_is_done(estate: Estate) -> None:
    """It may have been under way when the job got its present name."""
    world = estate.world
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    row = await world.db.outbox.find_one_and_delete({"kind": "bills.run"})
    assert row
    before = row["_id"].replace("bills.", "fees.")
    await world.db.outbox.insert_one({**row, "_id": before, "kind": "fees.run"})
    await world.work()
    assert (await runs.get(world.deps, STAFF, run.run_id)).state is RunState.DRAFTED


async def test_of_publishing_and_cancelling_at_once_one_wins(estate: Estate) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(deps, run.run_id)
    outcomes: list[Any] = await asyncio.gather(
        runs.publish(deps, STAFF, run.run_id),
        runs.cancel(deps, STAFF, run.run_id),
        return_exceptions=True,
    )
    [lost] = [o for o in outcomes if isinstance(o, Exception)]
    assert isinstance(lost, Conflict)
    [won] = [o for o in outcomes if not isinstance(o, Exception)]
    done = await drain(deps, run.run_id)
    published = won.state is RunState.PUBLISHING
    assert done.state is (RunState.PUBLISHED if published else RunState.CANCELLED)
    assert await estate.world.db.bills.count_documents({}) == (6 if published else 0)


async def test_a_worker_of_an_earlier_round_does_nothing(estate: Estate) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await runs.cancel(deps, STAFF, run.run_id)
    assert await runs_jobs.step(deps, {"run_id": run.run_id, "round": 1}) is None
    assert (await drain(deps, run.run_id)).state is RunState.CANCELLED
    assert await estate.world.db.bills.count_documents({}) == 0


async def test_a_rule_made_while_a_run_drafts_waits_for_the_next_round(
    estate: Estate,
) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await runs_jobs.step(deps, {"run_id": run.run_id, "round": 1})
    await estate.world.advance(seconds=1)
    await estate.world.db.fee_rules.update_many({}, {"$set": {"created_at": deps.now()}})
    await drain(deps, run.run_id)
    assert await estate.world.db.bills.count_documents({}) == 2  # the first home's
    await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(deps, run.run_id)
    assert await estate.world.db.bills.count_documents({}) == 6


async def test_a_home_withdrawn_while_a_run_drafts_gets_no_bill(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import may be undone between reading the homes and writing their drafts."""
    world = estate.world
    read_rules = fees_store.for_homes

    async def withdraw_meanwhile(*arguments: Any) -> Any:
        await world.db.places.delete_one({"_id": WANG_HOME})
        return await read_rules(*arguments)

    monkeypatch.setattr(fees_store, "for_homes", withdraw_meanwhile)
    monkeypatch.setattr(runs_jobs, "homes_at_once", lambda _: 10)
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(world.deps, run.run_id)
    homes_billed = {bill["home"] async for bill in world.db.bills.find({})}
    assert homes_billed == {LI_HOME, SUN_HOME}


async def test_drafts_that_changed_meanwhile_are_not_issued(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = estate.world
    read_drafts = bills_store.some_of_run

    async def change_meanwhile(*arguments: Any, **named: Any) -> Any:
        drafts = await read_drafts(*arguments, **named)
        await world.db.bills.update_one({"_id": drafts[0].id}, {"$set": {"state": "void"}})
        return drafts

    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(world.deps, run.run_id)
    await runs.publish(world.deps, STAFF, run.run_id)
    monkeypatch.setattr(bills_store, "some_of_run", change_meanwhile)
    with pytest.raises(runs_jobs.DraftsMoved):
        await runs_jobs.step(world.deps, {"run_id": run.run_id, "round": 2})
    assert await world.db.bills.count_documents({"state": "owing"}) == 0
    assert await world.db.journal.count_documents({}) == 0


async def test_what_was_billed_or_has_a_rule_is_used(estate: Estate) -> None:
    """No import may take it back any more."""
    world = estate.world
    rule = NewFeeRule(
        kind=FeeKind.WASTE_FEE,
        monthly_fen=600,
        start_day="2026-01-01",
        due_days=30,
        payee_id=payee_of(FeeKind.WASTE_FEE),
    )
    await world.db.places.update_many({}, {"$set": {"used": False}})
    await fees.add(world.deps, STAFF, NEXT_UNIT, rule)
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(world.deps, run.run_id)
    used = {place["_id"] async for place in world.db.places.find({"used": True})}
    assert used == {COMPOUND, NEXT_UNIT, LI_HOME, WANG_HOME, SUN_HOME}


async def test_a_long_list_of_skipped_homes_is_cut_and_counted(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = estate.world
    monkeypatch.setattr(runs_store, "MAX_SKIPPED", 2)
    await world.db.places.update_many({"kind": Kind.HOME}, {"$set": {"area": None}})
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    done = await drain(world.deps, run.run_id)
    assert (done.skips, len(done.skipped)) == (3, 2)


async def test_the_counts_of_a_run_equal_the_statistics(estate: Estate) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(deps, run.run_id)
    await runs.publish(deps, STAFF, run.run_id)
    done = await drain(deps, run.run_id)
    counts = await measures.total(deps, ["bills.billed"], [COMPOUND], span=Span("2026-03"))
    assert counts["due_fen"] == sum(total.amount_fen for total in done.totals)
    assert counts["billed_homes"] == done.homes_done
