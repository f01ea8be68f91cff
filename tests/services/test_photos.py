"""Photos are whole or not there, hang on what they were sent for, and go when they should."""

import asyncio
import base64
import dataclasses
import stat
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from mongo_indexes import photos
from server.worker import HANDLERS, SCHEDULES
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import new_id
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor, Grant, Permission, Role
from services.kernel.vault import Unreadable, Vault, seal_bytes, unseal_bytes
from services.photos import actions, cleanup, decoder_pool, files, links, privacy, store, upload
from services.photos.models import Photo, PhotoPurpose
from services.photos.reencode import Picture, reencode
from services.photos.states import PhotoState
from services.privacy import erasure, key_rotation
from services.privacy.rows import rows_of
from tests.build.cast import COMMUNITY, LI_HOME, ZHAO_HOME
from tests.build.pictures import picture, sender
from tests.build.world import World
from tests.deadlines import SAFETY_NET


class Killed(BaseException):
    """What kill -9 is to the code: nothing after it runs."""


@pytest.fixture
async def li(world: World) -> Actor:
    return Actor((await sender(world, "li")).person_id, "")


@pytest.fixture
async def wang(world: World) -> Actor:
    return Actor((await sender(world, "wang")).person_id, "")


async def added(deps: Dependencies, actor: Actor) -> str:
    return (await upload.add(deps, actor, PhotoPurpose.PROOF, picture())).photo_id


async def attach(
    deps: Dependencies, actor: Actor, photo_ids: Sequence[str], place: str = LI_HOME
) -> None:
    async def work(tx: Transaction) -> None:
        await actions.attach(
            deps,
            tx,
            actor,
            photo_ids,
            subject="request-1",
            place=place,
            needs=Permission.DECIDE_HOMES,
        )

    await deps.in_transaction(work)


async def sees(deps: Dependencies, actor: Actor, photo_id: str) -> bool:
    return bool(await actions.urls(deps, actor, [photo_id]))


async def shown(deps: Dependencies, photo_id: str) -> bytes:
    url = links.sign(deps, photo_id).url
    expires, _, signature = url.partition("expires=")[2].partition("&signature=")
    return await actions.show(deps, photo_id, expires, signature)


def on_disk(deps: Dependencies) -> list[str]:
    return [path.name for path in deps.photos.rglob("*") if path.is_file()]


# --- attaching ---


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


# --- files ---


async def test_a_file_cannot_take_the_place_of_another(deps: Dependencies, li: Actor) -> None:
    one, other = await added(deps, li), await added(deps, li)
    path = files.path_of(deps.photos, other)
    path.write_bytes(files.path_of(deps.photos, one).read_bytes())
    with pytest.raises(NotFound):
        await shown(deps, other)
    documents = deps.db[photos.COLLECTION]
    photo = await documents.find_one({"_id": one})
    assert photo is not None
    await documents.update_one({"_id": other}, {"$set": {"key_sealed": photo["key_sealed"]}})
    with pytest.raises(NotFound):
        await shown(deps, other)  # nor with the key of the one it was
    assert await shown(deps, one)


@pytest.mark.parametrize("damage", ["changed", "cut", "empty", "gone"])
async def test_a_damaged_file_is_not_shown(deps: Dependencies, li: Actor, damage: str) -> None:
    photo_id = await added(deps, li)
    path = files.path_of(deps.photos, photo_id)
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        cut = {"changed": whole[:-1] + bytes([whole[-1] ^ 1]), "cut": whole[:-1], "empty": b""}
        path.write_bytes(cut[damage])
    with pytest.raises(NotFound):
        await shown(deps, photo_id)


def test_a_sealed_file_opens_only_with_its_key_at_its_place() -> None:
    key, other = b"k" * 32, b"o" * 32
    sealed = seal_bytes(b"picture", key=key, place="photos/1")
    assert b"picture" not in sealed
    assert seal_bytes(b"picture", key=key, place="photos/1") != sealed
    assert unseal_bytes(sealed, key=key, place="photos/1") == b"picture"
    for wrong in ({"key": other, "place": "photos/1"}, {"key": key, "place": "photos/2"}):
        with pytest.raises(Unreadable):
            unseal_bytes(sealed, **wrong)  # type: ignore[arg-type]
    for cut in (b"", sealed[:5], sealed[:12], sealed[:-1]):
        with pytest.raises(Unreadable):
            unseal_bytes(cut, key=key, place="photos/1")


def test_only_we_may_read_the_files(tmp_path: Path) -> None:
    photo_id = "01kjpb7wg0wns3trvd1x8gpap9"
    path = files.path_of(tmp_path / "photos", photo_id)
    assert path == tmp_path / "photos" / "p9" / "a" / photo_id
    files.write(path, b"sealed")
    assert files.read(path) == b"sealed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, tmp_path / "photos"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for _ in range(2):
        files.remove(path)
        assert list(path.parent.iterdir()) == []
    files.remove(files.path_of(tmp_path / "nowhere", photo_id))


@pytest.mark.parametrize("step", ["os.open", "os.fsync", "Path.rename"])
def test_a_broken_write_leaves_no_half_file(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files.path_of(tmp_path, "01kjpb7wg0wns3trvd1x8gpap9")
    files.write(path, b"make the folders")
    files.remove(path)

    def no_space(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"services.photos.files.{step}", no_space)
        with pytest.raises(OSError, match="No space"):
            files.write(path, b"sealed")
    assert not path.exists()
    files.remove(path)
    assert list(path.parent.iterdir()) == []


# --- going ---


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
    [schedule] = [one for one in SCHEDULES if one.kind == cleanup.CLEANUP]
    assert schedule.every == timedelta(hours=1)
    assert cleanup.CLEANUP in HANDLERS


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
        await erasure.erase(deps, li)

    monkeypatch.setattr(store, "insert", closing)
    with pytest.raises(Exception, match=r"注销|没有找到"):
        await added(deps, li)
    await world.work()
    assert await world.db.photos.count_documents({}) == 0
    assert on_disk(deps) == []


# --- what people and operators ask ---


async def test_an_export_lists_them_without_their_keys(
    deps: Dependencies, li: Actor, wang: Actor
) -> None:
    photo_id = await added(deps, li)
    await added(deps, wang)
    [holding] = privacy.HOLDINGS
    [row] = [row async for row in rows_of(deps, holding, li.person_id, limit=10)]
    assert row["照片编号"] == photo_id
    assert set(row) == set(holding.shows.values())


async def test_a_key_can_be_dropped_without_touching_the_files(
    deps: Dependencies, li: Actor
) -> None:
    photo_id = await added(deps, li)
    before = files.path_of(deps.photos, photo_id).read_bytes()
    both = dataclasses.replace(deps, vault=Vault({"new": b"n" * 32, "k1": b"k" * 32}))
    await key_rotation.reseal(both)
    only_new = dataclasses.replace(deps, vault=Vault({"new": b"n" * 32}))
    assert await shown(only_new, photo_id)
    assert files.path_of(deps.photos, photo_id).read_bytes() == before
    with pytest.raises(NotFound):
        await shown(deps, photo_id)  # who holds only the old key


async def test_without_its_document_a_file_is_noise(deps: Dependencies, li: Actor) -> None:
    """So what a backup of the folder still holds of an erased photo says nothing."""
    photo_id = await added(deps, li)
    [photo] = await store.find(deps.db, [photo_id])
    sealed = files.path_of(deps.photos, photo_id).read_bytes()
    for key_id in ("k1",):
        for purpose in ("seal", "photos", "photo-url"):
            key = deps.vault.derive(purpose, key_id)
            with pytest.raises(Unreadable):
                unseal_bytes(sealed, key=key, place=files.file_place(photo_id))
    key = base64.b64decode(deps.vault.unseal(photo.key_sealed, place=files.key_place(photo_id)))
    assert unseal_bytes(sealed, key=key, place=files.file_place(photo_id))


async def test_an_unsigned_id_asks_nothing_of_the_disk(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(files, "read", asked.append)
    for photo_id in ("../" * 8 + "etc/passwd", new_id(deps.now()), ""):
        with pytest.raises(NotFound):
            await actions.show(deps, photo_id, "9999999999", "k1.00")
        with pytest.raises(NotFound):
            await shown(deps, photo_id)  # not even with a signature of ours
    assert asked == []


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
