"""Cleanup of photos: unused ones go after a day, whatever kills the process meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from server.features import FEATURES
from services.dependencies import Dependencies
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor
from services.photos import cleanup, store
from services.photos.models import Photo
from services.photos.states import PhotoState
from services.privacy.erasures import actions as erasures
from tests.build.photos import added, attach, on_disk, sees, shown
from tests.build.pictures import sender
from tests.build.world import World


class Killed(BaseException):
    """What kill -9 is to the code: nothing after it runs."""


@pytest.fixture
async def li(world: World) -> Actor:
    return Actor((await sender(world, "li")).person_id, "")


async def test_what_was_sent_for_nothing_goes_after_a_day(
    world: World, deps: Dependencies, li: Actor
) -> None:
    loose, used = await added(deps, li), await added(deps, li)
    await attach(deps, li, [used])
    await world.advance(hours=23, minutes=59)
    await cleanup.remove_due(deps, {})
    assert await sees(deps, li, loose)
    await world.advance(minutes=1)
    await cleanup.remove_due(deps, {})
    assert not await sees(deps, li, loose)
    assert on_disk(deps) == [used]
    assert [row["_id"] async for row in world.db.photos.find({})] == [used]
    await world.advance(days=400)
    await cleanup.remove_due(deps, {})
    assert await shown(deps, used)


def test_the_worker_sweeps_every_hour() -> None:
    [schedule] = [one for one in FEATURES.schedules if one.kind == cleanup.CLEANUP]
    assert schedule.every == timedelta(hours=1)
    assert cleanup.CLEANUP in FEATURES.jobs


async def test_many_go_in_batches(
    deps: Dependencies, world: World, li: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await added(deps, li)
    monkeypatch.setattr(cleanup, "AT_ONCE", 2)
    await world.advance(hours=24)
    assert await cleanup.remove_due(deps, {}) is not None
    assert len(on_disk(deps)) == 3
    assert await cleanup.remove_due(deps, {}) is not None
    assert await cleanup.remove_due(deps, {}) is None
    assert on_disk(deps) == []


ADDING = {
    "before the document": "services.photos.store.insert",
    "before the file": "services.photos.files.os.open",
    "before it is on the disk": "services.photos.files.os.fsync",
    "before it has its name": "services.photos.files.Path.rename",
    "before it may be seen": "services.photos.store.mark_ready",
    "before the audit": "services.photos.upload.audit.record",
}


@pytest.mark.parametrize("step", ADDING.values(), ids=ADDING.keys())
async def test_killed_while_adding_nothing_is_seen_and_nothing_stays(
    world: World, li: Actor, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = world.deps
    await added(deps, li)  # the folders are there or not: both happen

    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(step, kill)
        with pytest.raises(Killed):
            await added(deps, li)
    left = {row["_id"] async for row in world.db.photos.find({"state": PhotoState.WRITING})}
    assert len(left) <= 1
    for photo_id in left:
        assert not await sees(deps, li, photo_id)
        with pytest.raises(NotFound):
            await attach(deps, li, [photo_id])
    known = {row["_id"] async for row in world.db.photos.find({})}
    assert {name.removesuffix(".new") for name in on_disk(deps)} <= known  # no file unknown
    await world.advance(hours=24)
    await cleanup.remove_due(deps, {})
    assert on_disk(deps) == []
    assert await world.db.photos.count_documents({}) == 0


GOING = {
    "before the file": "services.photos.files.Path.unlink",
    "before it is on the disk": "services.photos.files.os.fsync",
    "before the document": "services.photos.store.delete",
}


@pytest.mark.parametrize("step", GOING.values(), ids=GOING.keys())
async def test_killed_while_sweeping_the_next_one_goes_on(
    world: World, li: Actor, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = await added(world.deps, li)
    await world.advance(hours=24)

    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(step, kill)
        with pytest.raises(Killed):
            await cleanup.remove_due(world.deps, {})
    assert not await sees(world.deps, li, photo_id)
    assert await world.db.photos.count_documents({}) == 1  # a file is never without it
    await cleanup.remove_due(world.deps, {})
    assert on_disk(world.deps) == []
    assert await world.db.photos.count_documents({}) == 0


async def test_what_is_attached_at_the_last_moment_stays(
    world: World, li: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = world.deps
    photo_id = await added(deps, li)
    await world.advance(hours=24)
    begin_removal = store.begin_removal

    async def late(db: Any, photo: Photo) -> bool:
        await attach(deps, li, [photo_id])
        return await begin_removal(db, photo)

    monkeypatch.setattr(store, "begin_removal", late)
    await cleanup.remove_due(deps, {})
    assert await shown(deps, photo_id)


async def test_what_is_going_is_not_attached(world: World, li: Actor) -> None:
    photo_id = await added(world.deps, li)
    [photo] = await store.find(world.deps.db, [photo_id])
    assert await store.begin_removal(world.deps.db, photo)
    with pytest.raises(NotFound):
        await attach(world.deps, li, [photo_id])


async def test_sent_while_the_account_closes_it_is_gone_too(
    world: World, li: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is erased between the file and the moment the photo may be seen."""
    deps = world.deps
    insert = store.insert

    async def closing(db: Any, photo: Photo) -> None:
        await insert(db, photo)
        await erasures.erase(deps, li)

    monkeypatch.setattr(store, "insert", closing)
    with pytest.raises(Exception, match=r"注销|没有找到"):
        await added(deps, li)
    await world.work()
    assert await world.db.photos.count_documents({}) == 0
    assert on_disk(deps) == []
