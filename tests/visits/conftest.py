"""The cast of visits: the head of Li's staircase, and the one of the staircase beside it."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.grants import actions as grants
from services.kernel.permissions import Actor, Role
from services.kernel.today import Entry, Part
from tests.build.cast import NEXT_UNIT, Estate, appoint
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

NEXT_HEAD = "13900000020"


@dataclass
class Doors:
    """Asks and answers at the doors of the estate."""

    estate: Estate

    @property
    def world(self) -> World:
        return self.estate.world

    async def member(self, who: str) -> Member:
        if who == "next_head":
            return await self.world.sign_in(who, NEXT_HEAD)
        return await self.estate.member(who)

    async def get(self, who: str, path: str) -> Reply:
        return await self.world.api.get(f"/api/v1/{path}", as_=await self.member(who))

    async def post(self, who: str, path: str, **body: Any) -> Reply:
        return await self.world.api.post(f"/api/v1/{path}", body, as_=await self.member(who))

    async def done(self, who: str, path: str, **body: Any) -> Any:
        reply = await self.post(who, path, **body)
        assert reply.status < 300, (path, reply.status, reply.body)
        return reply.body

    async def seen(self, who: str, path: str) -> Any:
        reply = await self.get(who, path)
        assert reply.status == 200, (path, reply.status, reply.body)
        return reply.body

    async def actor(self, who: str) -> Actor:
        person = (await self.member(who)).person_id
        return Actor(person, "", await grants.grants_of(self.world.deps, person))

    async def today(self, who: str, name: str) -> list[Entry]:
        """Return what somebody's list of the day has of one kind."""
        deps = self.world.deps
        [kind] = [each for each in deps.features.today if each.name == name]
        actor = await self.actor(who)
        return [*await kind.read(deps, actor, Part(limit=50))]

    async def due(self, name: str, *places: str) -> dict[str, int]:
        """Return how much of one kind is due at places, as supervisors see it."""
        deps = self.world.deps
        [kind] = [each for each in deps.features.today if each.name == name]
        actor = await self.actor("staff")
        return await kind.count(deps, actor, places)

    async def acts(self) -> list[str]:
        rows = await self.world.db.audit.find().sort("_id", 1).to_list()
        return [row["act"] for row in rows]


@pytest.fixture
async def doors(estate: Estate) -> Doors:
    await appoint(estate.world.deps, Role.UNIT_HEAD, NEXT_UNIT, NEXT_HEAD)
    return Doors(estate)
