"""Every figure is one or two queries that read index keys only, and few that it drops."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.monitoring import CommandListener

from mongo_indexes.bills import COLLECTION
from server.dependencies import open_mongo
from server.settings import Settings
from services.bills import actions as bills_actions
from services.bills import store as bills_store
from services.bills.models import Bill, MyBillsQuery, Portion, RunBillsQuery
from services.bills.states import BillState
from services.bills.unpaid_homes import store
from services.bills.unpaid_homes.models import Debts
from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.kernel.days import plus_days, plus_months, start_of
from services.kernel.documents import to_document
from services.kernel.measures import Span
from services.kernel.paths import under_any
from services.kernel.permissions import Actor, Grant, Role
from services.places.models import Kind
from services.statistics import measures
from services.statistics.measures import Figures
from tests.build.documents import Database
from tests.build.world import World

pytestmark = pytest.mark.slow

COMMUNITY = "cc.chaoyang.guilin.xincheng"
COMPOUND = f"{COMMUNITY}.c01"
HOMES_PER_UNIT, UNITS_PER_BUILDING, BUILDINGS = 10, 3, 3
HOMES_PER_COMPOUND = HOMES_PER_UNIT * UNITS_PER_BUILDING * BUILDINGS
TODAY = "2026-03-02"
PERIODS = [plus_months("2025-01", n) for n in range(12)]
PAID_EVERY = 5  # four of five bills are paid, a month after they were issued


class Listener(CommandListener):
    """Keeps the queries on bills, and on what else is `watched`, as they were sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.watched = {COLLECTION}

    def started(self, event: Any) -> None:
        asks = event.command_name in {"find", "aggregate"}
        if asks and event.command[event.command_name] in self.watched:
            dropped = ("lsid", "txnNumber", "$clusterTime", "$db", "$readPreference")
            dropped += ("readConcern",)  # of a snapshot, which explain does not take
            self.sent.append({k: v for k, v in event.command.items() if k not in dropped})

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


def home(compound: int, number: int) -> str:
    unit, flat = divmod(number, HOMES_PER_UNIT)
    building, unit = divmod(unit, UNITS_PER_BUILDING)
    return f"{COMMUNITY}.c{compound:02d}.b{building}.u{unit}.{flat:03d}"


def bill(where: str, period: str, kind: FeeKind, number: int) -> Bill:
    issued = start_of(f"{period}-02")
    paid = number % PAID_EVERY != 0
    paid_at = issued + timedelta(days=31 + number % 30)
    return Bill(
        id=f"{where}|{kind}|{period}",
        run_id=period,
        rule_id="rule",
        kind=kind,
        home=where,
        period=period,
        months=1,
        slots=[f"{kind}|{period}"],
        amount_fen=5118,
        explanation="-",
        account="firm",
        payee_name="物业",
        due_on=plus_days(f"{period}-02", 30),
        state=BillState.PAID if paid else BillState.OWING,
        created_at=issued,
        issued_at=issued,
        paid=[Portion(journal="pay", fen=5118, at=paid_at)] if paid else [],
        paid_at=paid_at if paid else None,
    )


async def fill(db: Database, compounds: int) -> int:
    """Write a year of bills for some compounds; return how many."""
    total = 0
    for compound in range(1, compounds + 1):
        bills = [
            bill(home(compound, number), period, kind, number + month)
            for number in range(HOMES_PER_COMPOUND)
            for month, period in enumerate(PERIODS)
            for kind in FeeKind
        ]
        await db[COLLECTION].insert_many([to_document(b) for b in bills], ordered=False)
        total += len(bills)
    return total


@asynccontextmanager
async def observed(
    deps: Dependencies, settings: Settings
) -> AsyncIterator[tuple[Dependencies, Listener]]:
    listener = Listener()
    async with open_mongo(settings, event_listeners=[listener]) as mongo:
        yield replace(deps, db=mongo[settings.mongodb_database]), listener


async def explain(db: Database, command: Any) -> tuple[int, int]:
    """Return (documents, index keys) examined by a query."""
    if "aggregate" in command:
        command = {**command, "cursor": {}}
    plan = await db.command({"explain": command, "verbosity": "executionStats"})
    stats = list(executions(plan))
    assert "COLLSCAN" not in str(plan)
    return (
        sum(s["totalDocsExamined"] for s in stats),
        sum(s["totalKeysExamined"] for s in stats),
    )


def executions(node: Any) -> Any:
    """Find every executionStats of a plan, those of $unionWith's inner pipelines too."""
    if isinstance(node, dict):
        if "totalDocsExamined" in node:
            yield node
            return
        for inner in node.values():
            yield from executions(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from executions(inner)


@pytest.fixture
async def year(world: World) -> int:
    return await fill(world.db, 2)


@pytest.fixture
async def seen(
    year: int, world: World, base_settings: Settings
) -> AsyncIterator[tuple[Dependencies, Listener]]:
    assert year == 2 * HOMES_PER_COMPOUND * len(PERIODS) * len(FeeKind)
    async with observed(world.deps, base_settings) as found:
        yield found


async def examined(
    world: World, listener: Listener, query: Awaitable[Any]
) -> list[tuple[int, int]]:
    listener.sent.clear()
    await query
    return [await explain(world.db, command) for command in listener.sent]


SPAN = Span("2025-12", 1, None)
BILLED = HOMES_PER_COMPOUND * len(FeeKind)


def asked(deps: Dependencies, name: str, *, depth: int) -> Awaitable[dict[str, Figures]]:
    return measures.by_place(deps, [name], [COMPOUND], depth=depth, span=SPAN)


async def test_what_a_period_billed_is_read_from_keys(
    world: World, seen: tuple[Dependencies, Listener]
) -> None:
    deps, listener = seen
    [(documents, keys)] = await examined(world, listener, asked(deps, "bills.billed", depth=7))
    assert documents == 0
    # the range of each state is left once per home
    assert BILLED <= keys <= 2 * BILLED + HOMES_PER_COMPOUND


async def test_the_groups_of_earlier_months_are_read_from_keys(
    world: World, seen: tuple[Dependencies, Listener]
) -> None:
    deps, listener = seen
    [(documents, keys)] = await examined(
        world, listener, asked(deps, "bills.homes_billed_before", depth=7)
    )
    assert documents == 0
    earlier = len(PERIODS) - 1
    assert earlier * BILLED <= keys <= earlier * (2 * BILLED + HOMES_PER_COMPOUND)


async def test_arrears_are_read_from_keys(
    world: World, seen: tuple[Dependencies, Listener]
) -> None:
    deps, listener = seen
    found = await asked(deps, "bills.arrears", depth=5)
    figures = found[COMPOUND]
    matched = (figures["recovered_fen"] + figures["remaining_fen"]) // 5118
    [(documents, keys)] = await examined(world, listener, asked(deps, "bills.arrears", depth=5))
    # what was paid since is read from the bills, and nothing else
    assert 0 < documents <= await paid_later(deps)
    # for each home some keys end a range; no history of paid bills is read
    assert matched <= keys <= matched + 8 * HOMES_PER_COMPOUND
    assert keys < HOMES_PER_COMPOUND * len(PERIODS) * len(FeeKind) / 2


async def paid_later(deps: Dependencies) -> int:
    """Count the bills of before the span that were paid since it began."""
    since = {"paid.at": {"$gte": start_of(f"{SPAN.period}-01")}}
    before = {"period": {"$lt": SPAN.period}, "due_on": {"$lt": f"{SPAN.period}-01"}}
    return await deps.db[COLLECTION].count_documents({**since, **before})


async def retire_some(db: Database) -> None:
    """Write the homes of two compounds, one of ten retired."""
    homes = [home(compound, n) for compound in (1, 2) for n in range(HOMES_PER_COMPOUND)]
    about = {
        "kind": Kind.HOME,
        "name": "-",
        "address": "-",
        "created_at": start_of("2025-01-02"),
    }
    rows = [
        {"_id": path, **about, "retired_from": None if n % 10 else "2025-02-01"}
        for n, path in enumerate(homes)
    ]
    await db.places.insert_many(rows)


@pytest.mark.parametrize(
    "places", [[COMPOUND], [f"{COMPOUND}.b0", f"{COMPOUND}.b1"]], ids=["a place", "two"]
)
async def test_every_measure_is_read_from_the_keys_of_its_places(
    world: World, seen: tuple[Dependencies, Listener], places: list[str]
) -> None:
    deps, listener = seen
    await retire_some(world.db)
    for name, measure in deps.features.measures.items():
        listener.watched.add(measure.collection)
        query = measures.by_place(deps, [name], places, depth=6, span=SPAN)
        [(documents, keys)] = await examined(world, listener, query)
        held = [under_any(measure.path, [place]) for place in places]
        below = sum([await world.db[measure.collection].count_documents(one) for one in held])
        counted = await paid_later(deps) if name == "bills.arrears" else 0
        assert documents <= counted, name
        assert 0 < keys <= below * 1.5, name


async def test_homes_are_counted_without_those_that_are_retired(world: World) -> None:
    await retire_some(world.db)
    found = await measures.by_place(world.deps, ["places.homes"], [COMPOUND], depth=6)
    assert found == {f"{COMPOUND}.b{n}": {"homes": 27} for n in range(BUILDINGS)}
    for nowhere in ([], [f"{COMPOUND}.b9"]):
        assert await measures.total(world.deps, ["places.homes"], nowhere) == {}


@pytest.mark.parametrize("after", ["", home(1, 70)])
async def test_a_page_of_unpaid_homes_reads_that_page(
    world: World, seen: tuple[Dependencies, Listener], after: str
) -> None:
    deps, listener = seen
    listener.sent.clear()
    found = await store.unpaid(deps.db, COMPOUND, Debts(TODAY), after=after, limit=5)
    assert len(found) == 5
    [command] = listener.sent
    bills = sum(row.bills for row in found)
    # the cursor is left at the first bill of the sixth home
    documents, keys = await explain(world.db, {**command, "limit": bills + 1})
    assert (documents, keys) == (0, bills + 1)
    assert command["batchSize"] == 5 * store.BILLS_PER_HOME


async def test_a_period_of_unpaid_homes_skips_the_other_periods(
    world: World, seen: tuple[Dependencies, Listener]
) -> None:
    deps, listener = seen
    found = await store.unpaid(deps.db, COMPOUND, Debts(TODAY, "2025-06"), after="", limit=100)
    [command] = listener.sent
    documents, keys = await explain(world.db, command)
    assert documents == 0
    assert sum(row.bills for row in found) <= keys <= 4 * HOMES_PER_COMPOUND


async def test_a_residents_page_reads_its_bills(
    world: World, seen: tuple[Dependencies, Listener]
) -> None:
    deps, listener = seen
    mine = [home(1, 3), home(1, 33)]
    actor = Actor("li", "", tuple(Grant(Role.RESIDENT, place) for place in mine))
    behind = bills_store.LATEST.write({"liable_on": "2025-06-30", "_id": "z"})
    asked = MyBillsQuery(state="paid", cursor=behind, limit=10)
    page, total = await examined(world, listener, bills_actions.listing(deps, actor, asked))
    assert page[0] <= 10 + len(mine)
    assert total[0] <= 2 * len(PERIODS) * len(FeeKind)


async def test_a_page_of_a_runs_bills_reads_that_page(
    world: World, seen: tuple[Dependencies, Listener]
) -> None:
    deps, listener = seen
    last = home(1, 70)
    row = {"home": last, "_id": f"{last}|property_fee|2025-06"}
    query = RunBillsQuery(state=BillState.PAID, cursor=bills_store.BY_HOME.write(row), limit=20)
    asked = bills_store.of_run(deps.db, "2025-06", query)
    [(documents, keys)] = await examined(world, listener, asked)
    assert documents == 21  # the one behind the page tells that there is another
    assert keys <= 23
