"""Kept sums of places: changes at once, folding, counting again, before they are complete."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from pymongo.errors import ExecutionTimeout

from services.bills import actions as bills
from services.bills import store as bills_store
from services.bills.balances import actions as balances
from services.bills.models import Bill, MonthsAfterVoid
from services.bills.states import BillAction, BillState
from services.bills.sums import changes
from services.dependencies import Dependencies, Transaction
from services.fees.models import FeeKind
from services.jobs.models import Again
from services.kernel.days import plus_months, start_of
from services.kernel.measures import Span
from services.place_sums import jobs
from services.place_sums.models import FOLD
from services.places import homes, imports
from services.places.models import Kind, Place
from services.statistics import measures
from services.statistics.measures import Figures, Question
from tests.build import books
from tests.build.cast import sums_complete
from tests.build.world import World

UNIT = "cc.chaoyang.guilin.xincheng.c01.b1.u1"
HOMES = [f"{UNIT}.101", f"{UNIT}.102", "cc.chaoyang.guilin.xincheng.c02.b1.u1.101"]
MONTHS = [plus_months("2025-11", n) for n in range(4)]
NAMES = ("bills.billed", "bills.arrears", "bills.homes_billed", "bills.homes_billed_before")
SPANS = [
    Span(MONTHS[first], months, kind)
    for first in range(4)
    for months in (1, 3, 12)
    for kind in (None, "property_fee")
]


MUCH = 10**6  # more than any of the bills


def bill(home: str, kind: FeeKind, period: str) -> Bill:
    return Bill(
        id=f"{home}|{kind}|{period}",
        run_id="run",
        rule_id="rule",
        kind=kind,
        home=home,
        period=period,
        months=1,
        slots=[f"{kind}|{period}"],
        amount_fen=5000 + int(period[5:]),
        explanation="-",
        account="firm",
        payee_name="物业",
        due_on=f"{plus_months(period, 1)}-10",
        created_at=start_of(f"{period}-02"),
    )


async def issue(deps: Dependencies, some: Sequence[Bill]) -> None:
    """Write bills that are owed, as a run does."""

    async def save(tx: Transaction) -> None:
        await bills_store.insert_drafts(deps.db, tx, some)
        ids = [each.id for each in some]
        await bills_store.move(deps.db, tx, ids, BillAction.ISSUE)
        issued = [
            Bill(**{name: getattr(each, name) for name in Bill.__struct_fields__})
            for each in some
        ]
        for each in issued:
            each.state = BillState.OWING
        await changes.record(deps, tx, after=issued)

    await deps.in_transaction(save)


async def settle(deps: Dependencies, bill_ids: list[str], at: datetime) -> None:
    async def save(tx: Transaction) -> None:
        amounts = dict.fromkeys(bill_ids, MUCH)
        await balances.settle(deps, tx, amounts, f"pay:{bill_ids[0]}", at)

    await deps.in_transaction(save)


async def fill(deps: Dependencies) -> None:
    """Issue a bill of every home, fee and month, and settle some."""
    some = [bill(home, kind, month) for home in HOMES for kind in FeeKind for month in MONTHS]
    await issue(deps, some)
    for number, each in enumerate(some):
        if number % 3:
            paid_at = start_of(f"{plus_months(each.period, number % 4)}-20")
            await settle(deps, [each.id], paid_at)


async def agree(world: World) -> None:
    """The kept figures are those counted from the bills: of all places and spans."""
    deps = world.deps
    await books.sums_check(world)
    for depth in (0, 1, 5, 7):
        for span in SPANS:
            asked = [
                Question(name=name, places=["cc"], depth=depth, span=span) for name in NAMES
            ]
            for question, figures_kept in zip(asked, await kept(deps, asked), strict=True):
                counted = await counted_figures(deps, question)
                assert figures_kept == {
                    part: figures for part, figures in counted.items() if +figures
                }


async def kept(
    deps: Dependencies, asked: Sequence[Question]
) -> list[dict[str, Figures] | None]:
    """What is read of sums; nothing is counted."""

    async def read(snapshot: Transaction) -> list[dict[str, Figures] | None]:
        return await measures.kept_figures(deps, snapshot, asked)

    return await deps.in_snapshot(read)


async def counted_figures(deps: Dependencies, question: Question) -> dict[str, Figures]:
    measure = deps.features.measures[question.name]
    return await measures.counted(deps, measure, question)


async def test_sums_are_those_of_the_bills_before_and_after_they_are_added(
    world: World,
) -> None:
    await sums_complete(world.deps)
    await fill(world.deps)
    await agree(world)
    await sums_complete(world.deps)
    assert await world.db.place_sums.count_documents({"pending": True}) == 0
    await agree(world)


@pytest.mark.parametrize(("homes", "jobs_of_it"), [(10, 0), (60, 1)])
async def test_changes_of_many_homes_are_added_soon(
    world: World, homes: int, jobs_of_it: int
) -> None:
    """A run of bills enqueues it in its own transaction; a payment waits for the minute."""
    some = [bill(f"{UNIT}.{n}", FeeKind.PROPERTY_FEE, MONTHS[0]) for n in range(homes)]
    await issue(world.deps, some)
    assert await world.db.outbox.count_documents({"kind": FOLD}) == jobs_of_it
    assert await world.db.place_sums.count_documents({"pending": True}) == 1


async def test_what_never_ends_leaves_the_others_their_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Payments that come as fast as they are added."""
    monkeypatch.setattr(jobs, "STEPS_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "MEMBERS_AT_ONCE", 0)  # a step adds those of one place
    deps, waiting = world.deps, {"pending": True}
    await sums_complete(deps)
    await issue(deps, [bill(home, FeeKind.PROPERTY_FEE, MONTHS[0]) for home in HOMES])
    units = await world.db.place_sums.count_documents(waiting)
    assert units > 1
    assert await jobs.fold(deps, {}) == Again(deps.now())
    assert await world.db.place_sums.count_documents(waiting) == units - 1
    await agree(world)


async def test_in_a_minute_in_which_much_changes_it_is_added_many_times(world: World) -> None:
    deps = world.deps
    await sums_complete(deps)
    minute = {"at": deps.now().isoformat()}
    assert await jobs.fold(deps, minute) is None
    await issue(deps, [bill(HOMES[0], FeeKind.PROPERTY_FEE, MONTHS[0])])
    assert await jobs.fold(deps, minute) == Again(deps.now() + jobs.SOON)
    await settle(deps, [f"{HOMES[0]}|{FeeKind.PROPERTY_FEE}|{MONTHS[0]}"], deps.now())
    over = {"at": (deps.now() - jobs.EVERY).isoformat()}
    assert await jobs.fold(deps, over) is None
    await agree(world)


async def test_what_is_taken_back_is_taken_from_the_sums(world: World) -> None:
    deps = world.deps
    await sums_complete(deps)
    await fill(deps)
    ids = [f"{HOMES[0]}|{FeeKind.PROPERTY_FEE}|{MONTHS[1]}"]

    async def give_back(tx: Transaction) -> None:
        await balances.give_back(deps, tx, dict.fromkeys(ids, MUCH), f"pay:{ids[0]}")

    await deps.in_transaction(give_back)
    await agree(world)

    async def withdraw(tx: Transaction) -> None:
        owed = await bills_store.some_of_run(deps.db, "run", BillState.OWING, limit=3, tx=tx)
        voided: dict[str, Any] = {"voided_at": deps.now(), "voided_by": "-", "void_reason": "-"}
        await bills.withdraw(deps, tx, owed, voided, months=MonthsAfterVoid.OPEN)

    await deps.in_transaction(withdraw)
    await agree(world)


async def test_until_they_are_complete_figures_are_counted_from_the_bills(
    world: World,
) -> None:
    deps = world.deps
    await fill(deps)
    await world.db.place_sums.delete_many({})  # as if all that had been before there were sums
    await settle(deps, [f"{HOMES[0]}|{FeeKind.PROPERTY_FEE}|{MONTHS[0]}"], deps.now())
    question = Question(name=NAMES[0], places=["cc"], depth=1, span=SPANS[0])
    assert await kept(deps, [question]) == [None]
    found = await measures.by_place(deps, [NAMES[0]], ["cc"], depth=1, span=SPANS[0])
    assert found["cc"]["billed_homes"] == len(HOMES)
    await sums_complete(deps)
    await agree(world)


async def test_a_rebuild_mends_every_row(world: World) -> None:
    deps = world.deps
    await fill(deps)
    await sums_complete(deps)
    await settle(deps, [f"{HOMES[0]}|{FeeKind.PROPERTY_FEE}|{MONTHS[0]}"], deps.now())
    wrong = {"$set": {"cells.property_fee|due": 1}}
    await world.db.place_sums.update_many({"depth": {"$gt": 3}}, wrong)
    rows = await world.db.place_sums.find({"depth": {"$in": [3, 7]}}).to_list()
    await world.db.place_sums.delete_many({"_id": {"$in": [row["_id"] for row in rows[::2]]}})
    astray = {"source": "bills", "depth": 6, "place": "cc.a.b.c.d.e", "month": "2025-11"}
    name = f"bills|{astray['place']}|2025-11"
    cells = {"property_fee|due": 1}
    await world.db.place_sums.insert_one({**astray, "_id": name, "cells": cells})
    assert await jobs.rebuild(deps) == 2
    await agree(world)


@pytest.mark.parametrize("times", [2, 9])
@pytest.mark.parametrize("step", ["count", "_next_unit", "_add_up", "_next_of_rung"])
async def test_a_rebuild_goes_on_when_the_database_was_late(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    deps, take, late = world.deps, getattr(jobs, step), itertools.count()
    await issue(deps, [bill(HOMES[0], FeeKind.PROPERTY_FEE, MONTHS[0])])

    async def slow(*about: Any) -> Any:
        if next(late) < times:
            raise ExecutionTimeout("operation exceeded time limit")
        return await take(*about)

    monkeypatch.setattr(jobs, step, slow)
    if times < jobs.TRIES:
        assert await jobs.rebuild(deps) == 1
        await agree(world)
    else:
        with pytest.raises(ExecutionTimeout):
            await jobs.rebuild(deps)


async def homes_agree(world: World, count: int) -> None:
    for depth in (1, 7):
        question = Question(name="places.homes", places=["cc"], depth=depth)
        counted = await counted_figures(world.deps, question)
        assert await kept(world.deps, [question]) == [counted]
    assert (await measures.total(world.deps, ["places.homes"], ["cc"]))["homes"] == count


def place(home: str, kind: Kind = Kind.HOME) -> Place:
    created_at = start_of("2025-01-02")
    return Place(
        id=home, kind=kind, name="-", address="-", source="import", created_at=created_at
    )


async def test_homes_are_counted_as_they_are_made_retired_and_removed(world: World) -> None:
    deps = world.deps
    await sums_complete(deps)
    made = [place(home) for home in HOMES]
    for some in (made[:2], made[2:], [place(UNIT, Kind.UNIT)]):
        await deps.in_transaction(partial(imports.add, deps, places=some))
    await homes_agree(world, 3)
    for day, left in (("2026-01-01", 2), ("2026-02-01", 2), (None, 3), (None, 3)):
        await deps.in_transaction(partial(retire, deps, HOMES[0], day))
        await homes_agree(world, left)
    await sums_complete(deps)
    await homes_agree(world, 3)
    await deps.in_transaction(
        partial(imports.remove_unused, deps, source="import", paths=HOMES[1:])
    )
    await homes_agree(world, 1)
    await sums_complete(deps)
    await homes_agree(world, 1)
    await world.db.place_sums.delete_many({"source": "homes"})
    await jobs.rebuild(deps)
    await homes_agree(world, 1)


async def retire(deps: Dependencies, home: str, day: str | None, tx: Transaction) -> None:
    await homes.retire(deps, tx, home, day)


async def test_payments_of_a_home_at_once_are_all_in_its_sums(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None has seen another: what they come to together is found where they are read."""
    deps, began = world.deps, Counter[str]()
    await sums_complete(deps)
    await issue(deps, [bill(HOMES[0], kind, month) for kind in FeeKind for month in MONTHS[:2]])
    await sums_complete(deps)
    ids = [f"{HOMES[0]}|{kind}|{month}" for kind in FeeKind for month in MONTHS[:2]]
    await at_once(deps, monkeypatch, ids, began)
    assert began == Counter(ids)
    await agree(world)
    await sums_complete(deps)
    await agree(world)


async def test_changes_of_a_home_are_added_together_however_few_are_added_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = world.deps
    await sums_complete(deps)
    some = [bill(HOMES[0], FeeKind.PROPERTY_FEE, month) for month in MONTHS]
    for each in some:
        await issue(deps, [each])
    await issue(deps, [bill(HOMES[2], FeeKind.PROPERTY_FEE, MONTHS[0])])
    monkeypatch.setattr(jobs, "CHANGES_AT_ONCE", 2)
    add, moments = jobs.store.add, itertools.count()

    async def look(*about: Any) -> None:
        next(moments)
        await add(*about)

    monkeypatch.setattr(jobs.store, "add", look)
    await sums_complete(deps)
    await agree(world)
    assert next(moments) == 2


async def at_once(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch, ids: list[str], began: Counter[str]
) -> None:
    """Settle bills in transactions of which each has begun before any writes its sums."""
    together, record = asyncio.Barrier(len(ids)), changes.record

    async def meet(*about: Any, **more: Any) -> None:
        [paid] = more["after"]
        began[paid.id] += 1
        if began[paid.id] == 1:
            await together.wait()
        await record(*about, **more)

    monkeypatch.setattr(changes, "record", meet)
    await asyncio.gather(*(settle(deps, [each], deps.now()) for each in ids))


async def test_payments_of_a_staircase_at_once_do_not_wait_for_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each begins once: what all of them change is in documents of their own."""
    deps, began = world.deps, Counter[str]()
    paying = [f"{UNIT}.{n}" for n in range(12)]
    await issue(deps, [bill(home, FeeKind.PROPERTY_FEE, MONTHS[0]) for home in paying])
    ids = [f"{home}|{FeeKind.PROPERTY_FEE}|{MONTHS[0]}" for home in paying]
    await at_once(deps, monkeypatch, ids, began)
    assert began == Counter(ids)
