"""Kept sums of bills are a recount of the bills, whatever happened at once, and when added."""

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.errors import DuplicateKeyError

from services.bills import actions as bills
from services.bills import store as bills_store
from services.bills.balances import actions as balances
from services.bills.models import MonthsAfterVoid
from services.bills.states import BillState
from services.dependencies import Dependencies, Transaction
from services.fees.models import FeeKind
from services.kernel.measures import Span
from services.place_sums import jobs
from services.statistics.measures import Question
from tests.build import books
from tests.build.world import World
from tests.depth import by_depth
from tests.services.test_place_sums import (
    HOMES,
    MONTHS,
    MUCH,
    bill,
    counted_figures,
    issue,
    kept,
)

pytestmark = pytest.mark.slow

NAMES = ("bills.billed", "bills.arrears", "bills.homes_billed", "bills.homes_billed_before")
BILLS = {b.id: b for b in [bill(h, k, m) for h in HOMES for k in FeeKind for m in MONTHS]}
VOIDED: dict[str, Any] = {"voided_at": None, "voided_by": "-", "void_reason": "-"}


async def change(deps: Dependencies, some: list[str], at: int) -> None:
    """Do with each bill what its state allows; of an owed one by its turn."""
    known = {each.id: each for each in await bills_store.find_many(deps.db, some)}
    fresh = [BILLS[name] for name in some if name not in known]
    with suppress(DuplicateKeyError):  # somebody else issued one of them at the same time
        await issue(deps, fresh)
    owed = [name for name in known if known[name].state is BillState.OWING]
    paid = [each for each in known.values() if each.paid]

    async def save(tx: Transaction) -> None:
        if owed and at % 3:
            part = {name: MUCH if at % 2 else known[name].owed_fen // 2 for name in owed}
            await balances.settle(deps, tx, part, f"pay:{owed[0]}:{at}", deps.now())
        elif owed:
            found = await bills_store.find_many(deps.db, owed, tx=tx)
            still = [b for b in found if b.state is BillState.OWING and not b.paid]
            voided = {**VOIDED, "voided_at": deps.now()}
            await bills.withdraw(deps, tx, still, voided, months=MonthsAfterVoid.OPEN)
        for each in paid:
            [portion, *_] = each.paid
            back = {each.id: portion.fen if at % 2 else portion.fen // 2 + 1}
            await balances.give_back(deps, tx, back, portion.journal)

    if known:
        await deps.in_transaction(save)


acts = st.one_of(
    st.tuples(
        st.just("change"),
        st.lists(st.sampled_from([*BILLS]), min_size=1, max_size=4, unique=True),
        st.integers(0, 9),
    ),
    st.tuples(st.just("fold")),
    st.tuples(st.just("rebuild")),
)


def done(deps: Dependencies, act: tuple[Any, ...]) -> Awaitable[Any]:
    match act:
        case ("change", some, at):
            return change(deps, some, at)
        case ("fold",):
            return jobs.fold(deps, {})
        case _:
            return jobs.rebuild(deps)


async def agree(world: World, spans: Iterable[Span]) -> None:
    await books.sums_check(world)
    asked = [
        Question(name=name, places=["cc"], depth=5, span=span)
        for span in spans
        for name in NAMES
    ]
    for question, found in zip(asked, await kept(world.deps, asked), strict=True):
        counted = await counted_figures(world.deps, question)
        assert found == {part: told for part, told in counted.items() if +told}, question


@settings(
    max_examples=by_depth(day=8, night=200),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.lists(st.lists(acts, min_size=1, max_size=3), min_size=1, max_size=6),
    spans=st.lists(
        st.builds(
            Span,
            period=st.sampled_from(MONTHS),
            months=st.sampled_from([1, 2, 12]),
            kind=st.sampled_from([None, FeeKind.WASTE_FEE.value]),
        ),
        min_size=2,
        max_size=2,
    ),
)
async def test_sums_are_a_recount_whatever_happens_at_once(
    world: World, history: list[list[tuple[Any, ...]]], spans: list[Span]
) -> None:
    """Few changes are added at once, so that others wait while some are added."""
    for name in ("bills", "journal", "place_sums", "outbox"):
        await world.db[name].delete_many({})
    await jobs.rebuild(world.deps)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jobs, "CHANGES_AT_ONCE", 2)
        patched.setattr(jobs, "MEMBERS_AT_ONCE", 1)
        for at_once in history:
            await asyncio.gather(*(done(world.deps, act) for act in at_once))
            await agree(world, spans)
        await jobs.fold(world.deps, {})
    assert await world.db.place_sums.count_documents({"pending": True}) == 0
    await agree(world, spans)


async def test_a_rebuild_is_exact_while_payments_go_on(world: World) -> None:
    deps = world.deps
    await issue(deps, [*BILLS.values()])
    payments = [change(deps, [name], 1) for name in BILLS]
    counted = asyncio.create_task(jobs.rebuild(deps))
    await asyncio.gather(*payments)
    assert await counted == 2
    await agree(world, [Span(MONTHS[0], 3), Span(MONTHS[3])])
    await jobs.fold(deps, {})
    await agree(world, [Span(MONTHS[0], 3), Span(MONTHS[3])])
