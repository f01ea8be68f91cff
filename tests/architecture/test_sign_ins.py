"""Sign-ins by a copy leave what the product would have written."""

from collections.abc import Awaitable, Callable

import pytest

from services.residencies.models import Relation
from tests.build import documents, sign_ins
from tests.build.cast import LI_HOME, PHONES, SUN_HOME, Estate, live_there
from tests.build.world import World

Change = Callable[[World], Awaitable[None]]


@pytest.fixture(autouse=True)
def _nobody_signed_in_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "_kept", {})


async def test_the_copy_leaves_what_the_actions_left(estate: Estate, world: World) -> None:
    before = await documents.taken(world.db)
    first = await estate.member("li")
    made = documents.raw(await documents.taken(world.db))
    for name in made:
        await world.db[name].delete_many({})
    await documents.put(world.db, before)

    second = await world.sign_in("li", PHONES["li"])
    assert second == first
    assert documents.raw(await documents.taken(world.db)) == made
    assert (await world.api.get("/api/v1/me", as_=second)).body["homes"]


async def another_home(world: World) -> None:
    residents = [(SUN_HOME, "sun", Relation.OWNER), (SUN_HOME, "li", Relation.FAMILY)]
    await live_there(world.deps, residents)


async def another_holder(world: World) -> None:
    await world.sign_in("somebody", PHONES["li"])


async def once_already(world: World) -> None:
    await world.sign_in("li")


@pytest.mark.parametrize("change", [another_home, another_holder, once_already])
async def test_what_changed_since_is_seen(
    estate: Estate, world: World, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    """Whatever a sign-in depends on: then the product's own actions do it again."""
    before = await documents.taken(world.db)
    first = await estate.member("li")
    for name in await documents.taken(world.db):
        await world.db[name].delete_many({})
    await documents.put(world.db, before)
    await change(world)
    monkeypatch.setattr(sign_ins.documents, "put", None)  # a copy would fail
    again = await world.sign_in("li", PHONES["li"])
    assert again.token != first.token
    bound = world.db.residencies.find({"person": again.person_id})
    homes = {LI_HOME, SUN_HOME} if change is another_home else {LI_HOME}
    assert {row["home"] async for row in bound} == homes
