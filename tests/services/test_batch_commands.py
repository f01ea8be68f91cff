"""Commands of a batch of a bill run and of an import: the same for any number of rows."""

from typing import Any

import pytest

from services.bills.runs import actions as runs
from services.bills.runs import jobs as runs_jobs
from services.bills.runs import store as runs_store
from services.bills.runs.models import StartBillRun
from services.fees.models import FeeKind
from services.register import jobs as register_jobs
from services.register import store as register_store
from tests.build.cast import COMPOUND, STAFF, Estate
from tests.build.query_recorder import QueryRecorder
from tests.build.registers import large, open_office
from tests.build.world import World


@pytest.fixture
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands that MongoDB is sent, each as "name collection"."""
    assert world
    commands, begin = list[str](), QueryRecorder.started

    def started(recorder: QueryRecorder, event: Any) -> None:
        commands.append(f"{event.command_name} {event.command[event.command_name]}")
        begin(recorder, event)

    monkeypatch.setattr(QueryRecorder, "started", started)
    return commands


DRAFTING = [
    "find bill_runs",
    # what an earlier round drafted
    "find bills",
    "find bill_run_skips",
    "commitTransaction 1",
    # the next homes, what they are billed by, and what they were billed
    "find places",
    "find fee_rules",
    "find payees",
    # which of them changed hands
    "find residencies",
    # which of them pay less
    "find fee_reductions",
    "find bills",
    "aggregate bills",
    # the compound is held, the run moves on, homes are used
    "findAndModify places",
    "findAndModify bill_runs",
    "update places",
    "find places",
    "insert bills",
    "commitTransaction 1",
]
PUBLISHING = [
    "find bill_runs",
    "find bills",
    "findAndModify bill_runs",
    # which homes changed hands since their bills were drafted
    "find residencies",
    "delete bills",
    "insert bills",
    "insert place_sums",
    "update payees",
    "insert journal",
    # whether money lies there that pays some of them
    "find prepayments",
    "commitTransaction 1",
]
CHUNK = [
    "find register_chunks",
    "find places",
    "update register_imports",
    "insert places",
    "insert place_sums",
    "find phones",
    "insert phones",
    "find residencies",
    "insert residencies",
    # whose homes were owned by somebody before
    "find residencies",
    "commitTransaction 1",
]


async def test_a_batch_of_a_bill_run(estate: Estate, sent: list[str]) -> None:
    deps = estate.world.deps
    wish = StartBillRun(period="2026-04", kinds=[FeeKind.PROPERTY_FEE])
    run_id = (await runs.start(deps, STAFF, COMPOUND, wish)).run_id
    made = []
    for action in (None, runs.publish):
        if action:
            await action(deps, STAFF, run_id)
        run = await runs_store.get(deps.db, run_id)
        payload = {"run_id": run_id, "round": run.round}
        sent.clear()
        await runs_jobs.step(deps, payload)
        made.append([*sent])
        while await runs_jobs.step(deps, payload):
            pass
    assert made == [DRAFTING, PUBLISHING]


async def test_a_chunk_of_an_import(world: World, sent: list[str]) -> None:
    office = await open_office(world)
    view = await office.preview(large(100))
    await office.do(view["import_id"], "confirm")
    found = await register_store.get(world.deps.db, view["import_id"])
    sent.clear()
    await register_jobs.write_chunk(world.deps, found, 0)
    assert sent == CHUNK
