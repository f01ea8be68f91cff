"""One's own lists, which nobody else reads and no file is made of: paged like all others."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, NEXT_UNIT, PHONES, Estate, appoint
from tests.build.offices import BUILDING
from tests.build.sign_ins import Member
from tests.build.world import World

MINE = ("appointments", "consents", "messages", "notices", "sessions")


@pytest.fixture
async def mei(estate: Estate) -> Member:
    """Mei is signed in three times, and holds three offices."""
    world = estate.world
    await appoint(world.deps, Role.UNIT_HEAD, NEXT_UNIT, "mei")
    await appoint(world.deps, Role.BUILDING_HEAD, BUILDING, "mei")
    await appoint(world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "mei")
    for _ in range(2):
        await world.sign_in("mei", PHONES["mei"])
        await world.advance(minutes=1)
    return await world.sign_in("mei", PHONES["mei"])


async def pages(world: World, who: Member, name: str, limit: int) -> list[list[Any]]:
    found, cursor = list[list[Any]](), ""
    while True:
        path = f"/api/v1/me/{name}?limit={limit}&cursor={cursor}"
        reply = await world.api.get(path, as_=who)
        assert reply.status == 200, reply.body
        found.append(reply.body["items"])
        cursor = reply.body["next_cursor"]
        if cursor is None:
            return found


async def test_a_list_of_mine_is_read_to_its_end_in_pages(estate: Estate, mei: Member) -> None:
    for name in MINE:
        [whole] = await pages(estate.world, mei, name, 100)
        for limit in (1, 2):
            parts = await pages(estate.world, mei, name, limit)
            assert [item for part in parts for item in part] == whole
            assert len(parts) == max(1, -(-len(whole) // limit)), "no empty page at the end"
    for name in ("appointments", "sessions"):
        assert sum(map(len, await pages(estate.world, mei, name, 2))) == 3


async def test_a_cursor_of_another_list_is_refused(estate: Estate, mei: Member) -> None:
    api = estate.world.api
    first = await api.get("/api/v1/me/appointments?limit=1", as_=mei)
    for name in ("sessions", "consents", "messages", "notices"):
        path = f"/api/v1/me/{name}?cursor={first.body['next_cursor']}"
        reply = await api.get(path, as_=mei)
        assert (reply.status, reply.code) == (422, "invalid_input")
