"""Photos of a person: attached to one thing or to none, shown to few, decoded off the loop."""

import asyncio
from threading import Event

import pytest

from services.dependencies import Dependencies, Transaction
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor, Grant, Permission, Role
from services.photos import actions, decoder_pool, privacy, store, upload
from services.photos.models import PhotoPurpose
from services.photos.reencode import Picture, reencode
from services.privacy.rows import rows_of
from tests.build.cast import COMMUNITY, LI_HOME, ZHAO_HOME
from tests.build.photos import added, attach
from tests.build.pictures import picture, sender
from tests.build.world import World
from tests.deadlines import SAFETY_NET


@pytest.fixture
async def li(world: World) -> Actor:
    return Actor((await sender(world, "li")).person_id, "")


@pytest.fixture
async def wang(world: World) -> Actor:
    return Actor((await sender(world, "wang")).person_id, "")


async def test_only_own_loose_photos_are_attached_and_all_or_none(
    deps: Dependencies, li: Actor, wang: Actor
) -> None:
    mine, second, hers = await added(deps, li), await added(deps, li), await added(deps, wang)
    for bad in ([mine, hers], [mine, "0" * 26], [mine, ""]):
        with pytest.raises(NotFound):
            await attach(deps, li, bad)
    await attach(deps, li, [mine, mine])  # said twice is said once
    with pytest.raises(NotFound):
        await attach(deps, li, [second, mine])  # hangs on something already
    [photo] = await store.find(deps.db, [second])
    assert (photo.attached_to, photo.place, photo.needs) == ("", "", None)
    await attach(deps, li, [])


async def test_what_is_attached_is_undone_with_its_transaction(
    deps: Dependencies, li: Actor
) -> None:
    photo_id = await added(deps, li)

    async def work(tx: Transaction) -> None:
        await actions.attach(
            deps, tx, li, [photo_id], subject="r", place=LI_HOME, needs=Permission.DECIDE_HOMES
        )
        raise NotFound("the rest did not work")

    with pytest.raises(NotFound):
        await deps.in_transaction(work)
    await attach(deps, li, [photo_id])


async def test_urls_are_of_what_may_be_seen_in_the_order_asked_for(
    deps: Dependencies, li: Actor, wang: Actor
) -> None:
    here, there, loose = [await added(deps, li) for _ in range(3)]
    await attach(deps, li, [here])
    await attach(deps, li, [there], ZHAO_HOME)
    staff = Actor("staff", "", (Grant(Role.COMMUNITY_STAFF, f"{COMMUNITY}.c07"),))
    everything = [there, here, "0" * 26, loose, here]

    async def seen(actor: Actor) -> list[str]:
        return [found.photo_id for found in await actions.urls(deps, actor, everything)]

    assert await seen(staff) == [here]
    assert await seen(li) == [there, here, loose]
    assert await seen(wang) == []


async def test_an_export_lists_them_without_their_keys(
    deps: Dependencies, li: Actor, wang: Actor
) -> None:
    photo_id = await added(deps, li)
    await added(deps, wang)
    [holding] = privacy.HOLDINGS
    [row] = [row async for row in rows_of(deps, holding, li.person_id, limit=10)]
    assert row["照片编号"] == photo_id
    assert set(row) == set(holding.shows.values())


async def test_developing_does_not_hold_the_others_up(
    deps: Dependencies, li: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, begun, others_went_on = asyncio.get_running_loop(), asyncio.Event(), Event()

    def slow(content: bytes) -> Picture:
        loop.call_soon_threadsafe(begun.set)
        assert others_went_on.wait(SAFETY_NET)
        return reencode(content)

    monkeypatch.setattr(decoder_pool, "reencode", slow)
    large = picture((3000, 3000), "PNG")
    work = asyncio.create_task(upload.add(deps, li, PhotoPurpose.PROOF, large))
    async with asyncio.timeout(SAFETY_NET / 2):
        await begun.wait()  # never, were the loop itself at work
    assert not work.done()
    others_went_on.set()
    assert (await work).width == 2000
