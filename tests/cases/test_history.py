"""Steps of every kind of case: each row of a table writes one row of history, or nothing."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import pytest

from server.features import FEATURES
from services.cases import actions
from services.cases.kinds import Kind
from services.dependencies import Transaction
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.labels import Labelled
from tests.build import feedback, mediations, repairs, rounds, tasks
from tests.build.cast import UNIT, Estate, homes
from tests.build.homes import asked, newcomer
from tests.build.world import World


async def home_request(estate: Estate) -> str:
    await homes(estate.world.deps, {f"{UNIT}.503": 5000})
    await estate.member("head")
    return await asked(estate, await newcomer(estate, "chen"), f"{UNIT}.503")


async def repair(estate: Estate) -> str:
    works = await repairs.build(estate)
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    return repair_id


async def review(estate: Estate) -> str:
    works = await repairs.build(estate)
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.do("li", repair_id, "answer", fixed=True)
    marks = {"speed": 5, "quality": 2, "manner": 5}
    assert (await works.post("li", f"repairs/{repair_id}/rating", **marks)).status == 201
    found = await estate.world.db.repair_reviews.find_one({})
    assert found is not None
    return str(found["_id"])


async def mediation(estate: Estate) -> str:
    talks = await mediations.build(estate)
    return await talks.open()


async def said(estate: Estate) -> str:
    voices = await feedback.build(estate)
    return await voices.file("li")


async def task(estate: Estate) -> str:
    given = await tasks.build(estate)
    return str((await given.part(await given.give(), UNIT))["part_id"])


async def a_round(estate: Estate) -> str:
    given = await tasks.build(estate)
    return str((await rounds.started(given, await rounds.planned(given)))["round_id"])


# A case of each kind with what its steps need.
MAKERS: Final[dict[str, Callable[[Estate], Awaitable[str]]]] = {
    "feedback": said,
    "home_request": home_request,
    "mediation": mediation,
    "repair": repair,
    "repair_review": review,
    "task": task,
    "task_round": a_round,
}


@pytest.fixture(params=MAKERS)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = FEATURES.cases[request.param]
    return found


async def read(world: World, kind: Kind, case_id: str) -> Document:
    found: Document | None = await world.db[kind.collection].find_one({"_id": case_id})
    assert found is not None
    return found


async def at(world: World, kind: Kind, kept: Document, state: Any, **count: Any) -> Any:
    """Put a case into a state; return it as somebody reads it then."""
    document = {**kept, "state": state, **count}
    await world.db[kind.collection].replace_one({"_id": kept["_id"]}, document)
    return msgspec.convert(document, kind.model)


async def advance(world: World, kind: Kind, found: Any, action: Any) -> Any:
    async def save(tx: Transaction) -> Any:
        return await actions.advance(world.deps, tx, None, kind, found, action)

    return await world.deps.in_transaction(save)


def test_every_kind_is_walked() -> None:
    assert MAKERS.keys() == FEATURES.cases.keys()


def test_every_action_has_a_name_that_people_read(kind: Kind) -> None:
    assert all(isinstance(row.action, Labelled) for row in kind.table.rows)


async def test_each_step_writes_one_row_of_history(estate: Estate, kind: Kind) -> None:
    world = estate.world
    case_id = await MAKERS[kind.name](estate)
    kept = await read(world, kind, case_id)
    history = world.db.case_events
    assert await history.count_documents({"case": case_id, "action": "reported"}) == 1
    for number, row in enumerate(kind.table.rows, start=1):
        steps = 10 * number
        found = await at(world, kind, kept, row.source, steps=steps)
        stale = msgspec.structs.replace(found)
        await advance(world, kind, found, row.action)
        now = await read(world, kind, case_id)
        assert (now["state"], now["steps"]) == (row.target, steps + 1), row
        written = {
            "_id": f"{case_id}:{steps + 1:05d}",
            "kind": kind.name,
            "action": row.action,
            "source": row.source,
            "target": row.target,
        }
        assert await history.count_documents(written) == 1, row
        with pytest.raises(errors.Conflict):  # somebody was first
            await advance(world, kind, stale, row.action)
    rows = {"case": case_id, "action": {"$ne": "reported"}}
    assert await history.count_documents(rows) == len(kind.table.rows)


async def test_what_was_kept_before_steps_were_counted_goes_on(
    estate: Estate, kind: Kind
) -> None:
    world = estate.world
    case_id = await MAKERS[kind.name](estate)
    kept = await read(world, kind, case_id)
    old = {name: kept[name] for name in kept.keys() - {"steps", "entered_at"}}
    row = next(row for row in kind.table.rows if row.target is not row.source)
    await world.db.case_events.delete_many({"case": case_id})
    found = await at(world, kind, old, row.source)
    await advance(world, kind, found, row.action)
    now = await read(world, kind, case_id)
    assert (now["state"], now["steps"]) == (row.target, 1)
