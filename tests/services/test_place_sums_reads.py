"""Kept sums of places: how many commands they take, and of which moment an answer is."""

import itertools
from typing import Any

import pytest
from msgspec.structs import replace
from pymongo.errors import OperationFailure
from pymongo.monitoring import CommandListener

from server.dependencies import open_dependencies
from server.settings import Settings
from services import dependencies
from services.bills import store as bills_store
from services.bills.sums import changes
from services.dependencies import Transaction
from services.fees.models import FeeKind
from services.place_sums import store
from services.statistics import measures
from services.statistics.measures import Question
from tests.build.cast import sums_complete
from tests.build.world import World
from tests.services.test_place_sums import (
    HOMES,
    MONTHS,
    NAMES,
    SPANS,
    bill,
    counted_figures,
    fill,
    issue,
    kept,
    settle,
)


class Commands(CommandListener):
    """Names of the commands that MongoDB is sent."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: Any) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


async def test_a_payment_writes_its_sums_in_one_command_and_reads_nothing_for_them(
    world: World, base_settings: Settings
) -> None:
    await issue(world.deps, [bill(HOMES[0], kind, MONTHS[0]) for kind in FeeKind])
    recorder = Commands()
    async with open_dependencies(
        base_settings, world.clock, mongo_options={"event_listeners": [recorder]}
    ) as deps:
        paid = await bills_store.find_many(
            deps.db, [f"{HOMES[0]}|{k}|{MONTHS[0]}" for k in FeeKind]
        )
        recorder.names.clear()

        async def save(tx: Transaction) -> None:
            await changes.record(deps, tx, before=paid)

        await deps.in_transaction(save)
        assert recorder.names == ["insert", "commitTransaction"]


async def test_a_source_that_is_not_complete_is_not_read(
    world: World, base_settings: Settings
) -> None:
    await fill(world.deps)
    question = Question(name=NAMES[0], places=["cc"], depth=1, span=SPANS[0])
    recorder = Commands()
    async with open_dependencies(
        base_settings, world.clock, mongo_options={"event_listeners": [recorder]}
    ) as deps:
        assert await kept(deps, [question]) == [None]
        assert recorder.names == ["find"]  # of the note that it is complete
        await sums_complete(world.deps)
        recorder.names.clear()
        asked = [replace(question, name=name) for name in (*NAMES, "places.homes")]
        assert None not in await kept(deps, asked)
        assert recorder.names == ["find", "aggregate"]


@pytest.mark.parametrize(("times", "is_told"), [(2, False), (9, True)])
async def test_a_snapshot_that_is_not_there_yet_is_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch, *, times: int, is_told: bool
) -> None:
    await sums_complete(world.deps)
    await fill(world.deps)
    read, away = store.read, itertools.count()

    async def not_there(*about: Any) -> Any:
        if next(away) < times:
            raise OperationFailure("pending collection catalog changes", 246)
        return await read(*about)

    monkeypatch.setattr(store, "read", not_there)
    monkeypatch.setattr(dependencies, "SNAPSHOT_PAUSE_SECONDS", 0)
    question = Question(name=NAMES[0], places=["cc"], depth=1, span=SPANS[0])
    if is_told:
        with pytest.raises(OperationFailure) as failure:
            await measures.answers(world.deps, [question])
        assert dependencies.is_outage(failure.value)
    else:
        [found] = await measures.answers(world.deps, [question])
        assert found


async def test_an_answer_is_of_one_moment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody pays between two of its queries: neither sees it."""
    deps, look = world.deps, measures.kept_figures
    await fill(deps)  # not complete: each measure is counted by itself

    async def look_and_pay(*about: Any) -> Any:
        found = await look(*about)
        await settle(deps, [f"{HOMES[0]}|{FeeKind.PROPERTY_FEE}|{MONTHS[0]}"], deps.now())
        return found

    question = Question(name=NAMES[0], places=["cc"], depth=1, span=SPANS[0])
    before = await counted_figures(deps, question)
    monkeypatch.setattr(measures, "kept_figures", look_and_pay)
    assert await measures.answers(deps, [question]) == [before]
    assert await counted_figures(deps, question) != before
