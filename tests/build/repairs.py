"""Repairs in tests: a compound with a firm, and what people do with a report."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.kernel.permissions import Role
from services.residencies.models import Relation
from tests.build import template
from tests.build.cast import (
    COMPOUND,
    PHONES,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
    live_there,
)
from tests.build.offices import firm_at
from tests.build.sign_ins import Member, by_actions
from tests.build.world import Reply, World

# People of the firm that serves the compound, and of the subdistrict.
CREW = {
    "dispatcher": ("13900000041", Role.DISPATCHER),
    "repairer": ("13900000042", Role.REPAIRER),
    "second": ("13900000043", Role.REPAIRER),
    "manager": ("13900000044", Role.FIRM_MANAGER),
}
SUBDISTRICT = ("13900000045", Role.SUBDISTRICT_STAFF, "cc.chaoyang.guilin")
LIGHT = "stair_light"  # what all share
TAP = "tap_broken"  # of a home


@dataclass
class Works:
    """The cast of repairs: the estate, and the firm's people."""

    estate: Estate
    firm: str
    crew: dict[str, Member] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.estate.world

    async def member(self, who: Member | str) -> Member:
        if isinstance(who, Member):
            return who
        if who not in CREW:
            return await self.estate.member(who)
        if who not in self.crew:
            self.crew[who] = await self.world.sign_in(who, CREW[who][0])
        return self.crew[who]

    async def advance(self, **delta: float) -> None:
        """Let time pass; everybody signs in again."""
        await self.estate.advance(**delta)
        self.crew.clear()

    async def post(self, who: Member | str, path: str, **body: Any) -> Reply:
        return await self.world.api.post(
            f"/api/v1/{path}", body or None, as_=await self.member(who)
        )

    async def send(self, verb: str, who: Member | str, path: str, **body: Any) -> Reply:
        member, raw = await self.member(who), msgspec.json.encode(body)
        return await self.world.api.call(verb, f"/api/v1/{path}", raw, as_=member)

    async def get(self, who: Member | str, path: str) -> Reply:
        return await self.world.api.get(f"/api/v1/{path}", as_=await self.member(who))

    async def report(self, who: Member | str = "li", **body: Any) -> str:
        """Return the id of a new report, of a lamp in the staircase by default."""
        wish = {"place": UNIT, "category": LIGHT, "text": "三楼的灯不亮了", **body}
        reply = await self.post(who, "repairs", **wish)
        assert reply.status == 201, reply.body
        return str(reply.body["repair_id"])

    async def do(self, who: Member | str, repair_id: str, step: str, **body: Any) -> Any:
        """Take a step that must be possible; return the repair as whoever took it sees it."""
        reply = await self.post(who, f"repairs/{repair_id}/{step}", **body)
        assert reply.status == 200, (step, reply.body)
        return reply.body

    async def see(self, who: Member | str, repair_id: str) -> Any:
        reply = await self.get(who, f"repairs/{repair_id}")
        assert reply.status == 200, reply.body
        return reply.body

    async def hand_out(self, repair_id: str, to: str = "repairer") -> None:
        """Accept a report and hand it to a repairer, who begins."""
        await self.do("dispatcher", repair_id, "accept")
        person = (await self.member(to)).person_id
        await self.do("dispatcher", repair_id, "assignment", person=person)

    async def repaired(self, repair_id: str, by: str = "repairer") -> None:
        """Hand a report out and have it done; everybody is asked then."""
        await self.hand_out(repair_id, by)
        await self.do(by, repair_id, "start")
        await self.do(by, repair_id, "finish", summary="换了灯泡")
        await self.world.work()

    async def lose_office(self, who: str) -> None:
        """End all that somebody was appointed to."""
        person = (await self.member(who)).person_id
        await self.world.db.appointments.delete_many({"person": person})

    async def neighbours(self, count: int) -> list[Member]:
        """Let so many people of the staircase sign in, who live with Wang."""
        phones = [f"1390001{number:04d}" for number in range(count)]
        there = [(WANG_HOME, phone, Relation.FAMILY) for phone in phones]
        await live_there(self.world.deps, there)
        return [await by_actions(self.world.deps, phone, phone) for phone in phones]

    async def history(self, who: Member | str, repair_id: str) -> list[dict[str, Any]]:
        reply = await self.get(who, f"repairs/{repair_id}/history?limit=100")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def told(self, who: Member | str, template: str) -> list[str]:
        """Return the texts of somebody's messages of a kind, the oldest first."""
        reply = await self.get(who, "me/messages?limit=100")
        found = [each for each in reply.body["items"] if each["template"] == template]
        return [str(each["body"]) for each in reversed(found)]


async def build(estate: Estate) -> Works:
    """Let a firm serve the compound, and its people sign in."""
    firm, crew, staff = await template.add(estate.world, "repairs", _made)
    estate.members["staff"] = staff
    return Works(estate, firm, crew)


async def _made(world: World) -> tuple[str, dict[str, Member], Member]:
    firm = await firm_at(world, COMPOUND)
    for phone, role in CREW.values():
        await appoint(world.deps, role, COMPOUND, phone, firm_id=firm)
    crew = {name: await world.sign_in(name, phone) for name, (phone, _) in CREW.items()}
    return firm, crew, await world.sign_in("staff", PHONES["staff"])
