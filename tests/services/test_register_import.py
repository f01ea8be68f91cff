"""Imports under kills and races: every home once, nothing half, nothing that is used taken."""

import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import pytest

from services.dependencies import Transaction
from services.kernel.documents import to_document
from services.people import store as people_store
from services.places import actions as places
from services.places import store as places_store
from services.register import jobs as register_jobs
from services.register import preview, store
from services.register import store as register_store
from services.register.chunks import actions as chunks
from services.register.models import Import
from services.register.sheet import process
from services.register.sheet.child import BATCH_ROWS
from services.register.states import BUSY, TABLE, Action, State
from services.residencies import actions as residencies
from services.residencies import enrolment
from tests.build import cast
from tests.build.registers import LADDER, LI, WANG, Office, large, open_office, workbook
from tests.build.sign_ins import Member
from tests.build.world import NOON, World

pytestmark = pytest.mark.slow

HOMES = 700  # three chunks
LI_PHONE, WANG_PHONE = "13800000001", "13800000002"


class Step(Protocol):
    """An asynchronous function of a module."""

    __name__: str
    __module__: str

    def __call__(self, *args: Any, **kwargs: Any) -> Awaitable[Any]: ...


@pytest.fixture
async def office(world: World) -> Office:
    return await open_office(world)


class Killed(Exception):
    """Stands for the end of the process."""


def patch(
    monkeypatch: pytest.MonkeyPatch, function: Step, before: Callable[..., Awaitable[Any]]
) -> None:
    """Run `before` in front of each call of a function, whose name its callers look up."""

    async def patched(*args: Any, **kwargs: Any) -> Any:
        await before(*args)
        return await function(*args, **kwargs)

    monkeypatch.setattr(sys.modules[function.__module__], function.__name__, patched)


def once(
    monkeypatch: pytest.MonkeyPatch, function: Step, before: Callable[..., Awaitable[Any]]
) -> None:
    """Run `before` in front of the first call of a function."""
    calls = itertools.count(1)

    async def first(*args: Any) -> None:
        if next(calls) == 1:
            await before(*args)

    patch(monkeypatch, function, first)


def dies_at(monkeypatch: pytest.MonkeyPatch, function: Step, call: int) -> None:
    """Kill the process at one call of a function."""
    calls = itertools.count(1)

    async def die(*_: Any) -> None:
        if next(calls) == call:
            raise Killed

    patch(monkeypatch, function, die)


async def again(world: World) -> None:
    await world.advance(seconds=10)
    await world.work()


async def written(world: World) -> tuple[int, int, set[str]]:
    """Return how many homes and people there are, and the names of the people."""
    homes = await world.db.places.count_documents({"kind": "home"})
    rows = await world.db.residencies.find().to_list()
    names = {
        world.deps.vault.unseal(row["name_sealed"], place=f"residencies/{row['_id']}/name")
        for row in rows
    }
    return homes, len(rows), names


# Killed workers


@pytest.mark.parametrize(
    ("function", "call"),
    [
        (register_jobs.write_chunk, 2),  # between two chunks
        (enrolment.enrol, 2),  # inside a transaction: homes written, people not yet
        (register_jobs._finish, 1),
        (chunks.remove_rows, 1),  # applied, but the rows are still there
    ],
)
async def test_a_worker_killed_while_applying_is_taken_over(
    office: Office, monkeypatch: pytest.MonkeyPatch, function: Step, call: int
) -> None:
    view = await office.preview(large(HOMES))
    dies_at(monkeypatch, function, call)
    await office.do(view["import_id"], "confirm")
    await office.world.work()
    await again(office.world)
    assert (await office.look(view["import_id"]))["state"] == "applied"
    homes, people, names = await written(office.world)
    assert (homes, people, len(names)) == (HOMES, HOMES, HOMES)
    assert await office.world.db.register_chunks.count_documents({}) == 0


async def test_a_chunk_is_inserted_and_not_written_row_by_row(office: Office) -> None:
    """An upsert takes the database three times as long as its part of an insert."""
    await office.do((await office.preview(large(HOMES)))["import_id"], "confirm")
    db = office.world.db
    await db.command("profile", 2)
    await office.world.work()
    await db.command("profile", 0)
    of = {"$in": [f"{db.name}.{name}" for name in ("places", "residencies", "phones")]}
    written = db["system.profile"].find({"ns": of, "op": {"$in": ["insert", "update"]}})
    assert {(row["op"], row["ns"]) async for row in written} == {
        ("insert", name) for name in of["$in"]
    }


async def test_a_worker_that_slept_writes_nothing_twice(office: Office) -> None:
    view = await office.preview(large(HOMES))
    await office.do(view["import_id"], "confirm")
    stale = await store.find(office.world.deps.db, view["import_id"])
    assert stale is not None
    await asyncio.gather(
        *(register_jobs.write_chunk(office.world.deps, stale, 0) for _ in range(3))
    )
    current = await store.find(office.world.deps.db, view["import_id"])
    assert current is not None
    assert (current.mark, current.done) == ("1", BATCH_ROWS)
    await office.world.work()
    await register_jobs.apply(office.world.deps, {"import_id": stale.id, "run": stale.run})
    assert (await written(office.world))[:2] == (HOMES, HOMES)


async def test_a_worker_killed_while_reading_is_taken_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at(monkeypatch, chunks.keep_rows, 2)
    view = await office.preview(large(HOMES))
    assert view["state"] == "reading"
    await again(office.world)
    view = await office.look(view["import_id"])
    assert (view["state"], view["counts"]["new_homes"]) == ("previewed", HOMES)
    await office.do(view["import_id"], "confirm")
    await office.world.work()
    assert (await written(office.world))[:2] == (HOMES, HOMES)


async def test_of_two_readings_at_once_one_counts(office: Office) -> None:
    rows = [("3", "2", 100 + n, "") for n in range(9)]
    reply = await office.upload(workbook(rows))
    payload = {"import_id": reply.body["import_id"], "round": 1}
    await asyncio.gather(*(preview.read(office.world.deps, payload) for _ in range(2)))
    view = await office.look(reply.body["import_id"])
    assert (view["state"], view["counts"]["warnings"]) == ("previewed", 9)
    assert len(await office.problems(view["import_id"])) == 9
    assert await office.world.db.register_problems.count_documents({}) == 9
    assert await office.world.db.register_chunks.count_documents({}) == 1


async def test_a_child_ended_from_outside_is_started_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: Any) -> None:
        raise process.ReaderStopped

    once(monkeypatch, chunks.keep_rows, stopped)
    view = await office.preview(workbook([LI]))
    assert view["state"] == "reading"
    await again(office.world)
    assert (await office.look(view["import_id"]))["state"] == "previewed"


async def test_an_import_discarded_while_it_is_read_stays_discarded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook([(*LI[:3], "")])
    import_id = (await office.upload(content)).body["import_id"]

    async def discard(*_: Any) -> None:
        assert (await office.do(import_id, "discard")).status == 200

    once(monkeypatch, chunks.keep_rows, discard)
    await office.world.work()
    assert (await office.look(import_id))["state"] == "discarded"
    assert await office.world.db.register_chunks.count_documents({}) == 0
    assert await office.world.db.register_problems.count_documents({}) == 0


async def test_a_file_that_is_gone_is_said_to_be_gone(office: Office) -> None:
    reply = await office.upload(workbook([LI]))
    await office.world.db.register_chunks.delete_many({})
    await office.world.work()
    view = await office.look(reply.body["import_id"])
    assert view["refusal"]["code"] == "register_expired"


async def test_confirmed_rows_that_are_gone_need_a_person(office: Office) -> None:
    view = await office.preview(workbook([LI]))
    await office.do(view["import_id"], "confirm")
    await office.world.db.register_chunks.delete_many({})
    await office.world.work()
    dead = await office.world.db.outbox.find({"state": "dead"}).to_list()
    assert [job["kind"] for job in dead] == ["register.apply"]


# Binding


async def bound(office: Office) -> list[str | None]:
    rows = await office.world.db.residencies.find().sort("home", 1).to_list()
    return [row["person"] for row in rows]


async def prove(office: Office, li: Member, phone: str) -> None:
    code = await office.world.wechat.phone_code("li", phone)
    reply = await office.world.api.post("/api/v1/me/phone", {"code": code}, as_=li)
    assert reply.status == 200


async def test_a_phone_proved_while_the_import_is_written_is_bound(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = await office.world.sign_in("li")

    async def now(*_: Any) -> None:
        await prove(office, li, LI_PHONE)

    once(monkeypatch, people_store.holders_of, now)
    await office.bring_in(workbook([LI, WANG]))
    assert await bound(office) == [None, li.person_id]


async def test_a_phone_given_up_while_the_import_is_written_is_not_bound(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = await office.world.sign_in("li", LI_PHONE)

    async def now(*_: Any) -> None:
        await prove(office, li, "13800000077")

    once(monkeypatch, people_store.holders_of, now)
    await office.bring_in(workbook([LI]))
    assert await bound(office) == [None]


# Undoing


async def accepted_undo(office: Office) -> str:
    import_id = await office.bring_in(workbook([LI, WANG, ("5", "1", 101, 60)]))
    assert (await office.do(import_id, "undo")).status == 202
    return import_id


async def test_a_home_claimed_after_the_undo_was_accepted_is_kept_whole(office: Office) -> None:
    import_id = await accepted_undo(office)
    li = await office.world.sign_in("li", LI_PHONE)
    await office.world.work()
    view = await office.look(import_id)
    assert (view["state"], view["counts"]["kept_homes"]) == ("undone", 1)
    assert await office.places() == [*LADDER, "b3.u2.502"]
    assert await bound(office) == [li.person_id]


async def test_a_home_claimed_in_the_middle_of_its_removal_is_kept_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await accepted_undo(office)

    async def claim(*_: Any) -> None:
        await office.world.sign_in("wang", WANG_PHONE)

    once(monkeypatch, residencies.remove_from, claim)
    await office.world.work()
    assert (await office.look(import_id))["counts"]["kept_homes"] == 1
    assert await office.places() == [*LADDER, "b3.u2.501"]
    assert len(await bound(office)) == 1


async def test_a_home_billed_in_the_middle_of_its_removal_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await accepted_undo(office)
    deps, homes = office.world.deps, [cast.LI_HOME, f"{cast.COMPOUND}.b5.u1.101"]

    async def use(*_: Any) -> None:
        async def work(tx: Transaction) -> None:
            assert await places.use(deps, homes, tx=tx) == homes

        await deps.in_transaction(work)

    once(monkeypatch, places_store.delete_unused, use)
    await office.world.work()
    assert (await office.look(import_id))["counts"]["kept_homes"] == 2
    assert await office.places() == [*LADDER, "b3.u2.502", "b5", "b5.u1", "b5.u1.101"]


async def test_who_comes_after_the_removal_finds_nothing_to_use(office: Office) -> None:
    await accepted_undo(office)
    await office.world.work()
    assert await places.use(office.world.deps, [cast.LI_HOME, cast.UNIT]) == [cast.UNIT]


async def test_a_worker_killed_while_undoing_is_taken_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_jobs, "PLACES", 2)
    import_id = await accepted_undo(office)
    dies_at(monkeypatch, register_jobs.remove_some, 2)
    await office.world.work()
    assert (await office.look(import_id))["progress"] == {"done": 2, "total": 3}
    await again(office.world)
    view = await office.look(import_id)
    assert (view["state"], view["progress"]["done"]) == ("undone", 3)
    assert await office.places() == LADDER


async def test_claiming_and_undoing_at_once_leave_a_home_or_nothing(office: Office) -> None:
    await accepted_undo(office)
    li, _ = await asyncio.gather(office.world.sign_in("li", LI_PHONE), office.world.work())
    kept = [path for path in await office.places() if path not in LADDER]
    me = (await office.world.api.get("/api/v1/me", as_=li)).body
    assert [home["place"] for home in me["homes"]] == [f"{cast.COMPOUND}.{p}" for p in kept]
    assert await bound(office) == [li.person_id] * len(kept)


# Personal data


async def test_names_and_phones_are_sealed_everywhere(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = ("3号楼", "2单元", "503", "", "", "赵六(13800000009)", "1380000000", "")
    content = workbook([LI, WANG, odd])

    async def search() -> None:
        for name in await office.world.db.list_collection_names():
            for document in await office.world.db[name].find().to_list():
                text = str(document)
                assert not any(word in text for word in ("李明", "王芳", "赵六", "138000000"))

    await office.upload(content)
    await search()
    view = await office.preview(content)
    await search()
    await office.bring_in(content)
    await search()
    assert view["counts"]["warnings"] == 3
    assert "138000000" not in capsys.readouterr().out


# The table of states


async def test_an_action_works_from_its_states_and_from_no_other(world: World) -> None:
    for state, action in itertools.product(State, Action):
        fresh = Import(
            id=f"{state}-{action}",
            place=f"{state}.{action}",
            state=state,
            size_bytes=1,
            uploaded_by="staff",
            uploaded_at=NOON,
        )
        await world.db.register_imports.insert_one(to_document(fresh))
        sources, target = TABLE.sources(action), TABLE.target(action)
        assert await register_store.move(world.deps.db, fresh, action) == (state in sources)
        found = await store.find(world.deps.db, fresh.id)
        assert found is not None
        assert found.state is (target if state in sources else state)
        assert found.busy == (state in sources and target in BUSY)
