"""A new key, all of it sealed anew, the old key dropped: nothing lost, nobody unfindable."""

from dataclasses import replace
from typing import Any

import pytest

from server.features import FEATURES
from services.dependencies import Dependencies
from services.kernel import phones
from services.kernel.vault import Unreadable, Vault
from services.privacy import key_rotation
from services.privacy.key_rotation import Tally
from tests.build import cast
from tests.build.cast import Estate
from tests.build.world import World
from tests.privacy.searching import values

pytestmark = pytest.mark.slow

OLDEST, OLD, NEW = b"k" * 32, b"o" * 32, b"n" * 32


@pytest.fixture(autouse=True)
async def _sealed_under_k1(estate: Estate) -> None:
    for name in ("li", "head", "staff"):
        await estate.member(name)
    wish = {"name": "陈晨", "relation": "family", "reason": "窗口登记"}
    path = f"/api/v1/homes/{cast.LI_HOME}/residents"
    reply = await estate.world.api.post(path, wish, as_=await estate.member("staff"))
    assert reply.status == 201


def under(deps: Dependencies, **keys: bytes) -> Dependencies:
    return replace(deps, vault=Vault(keys))


async def sealed(world: World) -> list[tuple[str, str, str]]:
    """Return (collection, what it is sealed to, value) of everything in the table."""
    found = []
    for holding in FEATURES.holdings:
        for field, kept in holding.sealed.items():
            async for row in world.db[holding.collection].find():
                place = kept.place(row["_id"])
                found += [(holding.collection, place, v) for v in values(row, field)]
    return found


def opened(vault: Vault, found: list[tuple[str, str, str]]) -> dict[str, str]:
    return {place: vault.unseal(value, place=place) for _, place, value in found}


async def test_everything_moves_to_the_new_key_and_means_the_same(estate: Estate) -> None:
    world = estate.world
    before = opened(world.deps.vault, await sealed(world))
    tallies = await key_rotation.reseal(under(world.deps, k2=NEW, k1=OLDEST))
    after = await sealed(world)
    assert {value.partition(".")[0] for _, _, value in after} == {"k2"}
    assert opened(Vault({"k2": NEW}), after) == before  # k1 is not needed to read any of it
    assert "residencies.history" in {
        f"{name}.history" for name, place, _ in after if "because" in place
    }
    assert sum(tally.seen for tally in tallies) == len(after) > 10
    assert all(tally.left == 0 for tally in tallies)


async def test_a_key_in_the_middle_can_be_dropped(estate: Estate) -> None:
    world = estate.world
    await key_rotation.reseal(under(world.deps, k2=OLD, k1=OLDEST))
    await key_rotation.reseal(under(world.deps, k3=NEW, k2=OLD, k1=OLDEST))
    left = Vault({"k3": NEW, "k1": OLDEST})
    assert opened(left, await sealed(world))
    # Blind indexes are made with the oldest key, which stays: the phone finds its owner.
    index = phones.blind_index(left, f"+86{cast.PHONES['li']}")
    assert await world.db.people.count_documents({"phone_index": index}) == 1


async def test_again_it_has_nothing_to_do(estate: Estate) -> None:
    deps = under(estate.world.deps, k2=NEW, k1=OLDEST)
    await key_rotation.reseal(deps)
    before = await sealed(estate.world)
    tallies = await key_rotation.reseal(deps)
    assert sum(tally.renewed for tally in tallies) == 0
    assert sum(tally.seen for tally in tallies) == len(before)
    assert await sealed(estate.world) == before


async def test_cut_short_it_goes_on_where_it_was(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = under(estate.world.deps, k2=NEW, k1=OLDEST)
    monkeypatch.setattr("services.privacy.key_rotation.AT_ONCE", 2)
    heard: list[Tally] = []

    def cut(tally: Tally) -> None:
        heard.append(tally)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await key_rotation.reseal(deps, cut)
    keys = {value.partition(".")[0] for _, _, value in await sealed(estate.world)}
    assert keys == {"k1", "k2"}
    await key_rotation.reseal(deps)
    keys = {value.partition(".")[0] for _, _, value in await sealed(estate.world)}
    assert keys == {"k2"}


async def test_what_somebody_writes_meanwhile_is_not_overwritten(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading and the writing of a row its phone changes."""
    world = estate.world
    deps = under(world.deps, k2=NEW, k1=OLDEST)
    newer = deps.vault.seal("+8613900000099", place="residencies/r0-li/phone")
    pages = key_rotation._batches

    async def pages_then_change(*args: Any) -> Any:
        async for page in pages(*args):
            if args[1].collection == "residencies":
                change = {"$set": {"phone_sealed": newer}}
                await world.db.residencies.update_one({"_id": "r0-li"}, change)
            yield page

    monkeypatch.setattr(key_rotation, "_batches", pages_then_change)
    tallies = {tally.collection: tally for tally in await key_rotation.reseal(deps)}
    row = await world.db.residencies.find_one({"_id": "r0-li"})
    assert row
    assert row["phone_sealed"] == newer
    assert tallies["residencies"].left == 1


async def test_what_cannot_be_opened_stops_it_with_the_place(estate: Estate) -> None:
    world = estate.world
    other = await world.db.residencies.find_one({"_id": "r1-mei"})
    assert other
    moved = {"$set": {"phone_sealed": other["phone_sealed"]}}
    await world.db.residencies.update_one({"_id": "r0-li"}, moved)
    with pytest.raises(Unreadable, match="residencies/r0-li/phone"):
        await key_rotation.reseal(under(world.deps, k2=NEW, k1=OLDEST))


async def test_no_sealed_field_is_missing_from_the_table(estate: Estate) -> None:
    """What a vault made begins with a key's id: whatever does is in the table."""
    fields = {f"{h.collection}.{field}" for h in FEATURES.holdings for field in h.sealed}
    world = estate.world
    for name in await world.db.list_collection_names():
        async for row in world.db[name].find():
            for field, value in row.items():
                if isinstance(value, str) and value.startswith("k1.") and name != "sessions":
                    assert f"{name}.{field}" in fields | {"idempotency_keys.answer_sealed"}
