"""Sealed files of photos: whole or not shown, readable only with the document's key."""

import base64
import dataclasses
import stat
from pathlib import Path
from typing import Any

import pytest

from services.dependencies import Dependencies
from services.kernel.documents import new_id
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor
from services.kernel.vault import Unreadable, Vault, seal_bytes, unseal_bytes
from services.photos import actions, files, store
from services.privacy import key_rotation
from tests.build.photos import added, shown
from tests.build.pictures import sender
from tests.build.world import World


@pytest.fixture
async def li(world: World) -> Actor:
    return Actor((await sender(world, "li")).person_id, "")


async def test_a_file_cannot_take_the_place_of_another(deps: Dependencies, li: Actor) -> None:
    one, other = await added(deps, li), await added(deps, li)
    path = files.path_of(deps.photos, other)
    path.write_bytes(files.path_of(deps.photos, one).read_bytes())
    with pytest.raises(NotFound):
        await shown(deps, other)
    documents = deps.db[store.COLLECTION]
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
    assert path.read_bytes() == b"sealed"
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
                unseal_bytes(sealed, key=key, place=f"photos/{photo_id}/file")
    key = base64.b64decode(deps.vault.unseal(photo.key_sealed, place=f"photos/{photo_id}/key"))
    assert unseal_bytes(sealed, key=key, place=f"photos/{photo_id}/file")


async def test_an_unsigned_id_asks_nothing_of_the_disk(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(files, "_open_piece", asked.append)
    for photo_id in ("../" * 8 + "etc/passwd", new_id(deps.now()), ""):
        with pytest.raises(NotFound):
            await actions.show(deps, photo_id, "9999999999", "k1.00")
        with pytest.raises(NotFound):
            await shown(deps, photo_id)  # not even with a signature of ours
    assert asked == []
