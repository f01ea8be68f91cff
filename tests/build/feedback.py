"""Feedback in tests: a ladder with somebody on each rung, and what people do on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.feedback import jobs
from services.kernel.permissions import Role
from services.places import grids
from services.places.models import NewGrid
from services.residencies.models import Relation
from tests.build import cast, template
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    PHONES,
    STAFF,
    UNIT,
    Estate,
    appoint,
)
from tests.build.offices import (
    BUILDING,
    GRID,
    TODAY,
    appointment_of,
    firm_at,
    substitution,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

# Who stands on the ladder beside the unit head and the community of the cast.
LADDER = {
    "building": ("13900000061", Role.BUILDING_HEAD, BUILDING),
    "grid": ("13900000062", Role.GRID_HEAD, GRID),
    "subdistrict": ("13900000063", Role.SUBDISTRICT_STAFF, "cc.chaoyang.guilin"),
    "manager": ("13900000064", Role.FIRM_MANAGER, COMPOUND),
}
SECOND = "13900000072"  # who stands in for a head
DARK = "楼道里的灯太暗了,老人上下楼不方便"


@dataclass
class Voices:
    """The cast of feedback: the estate, and who stands on the ladder."""

    estate: Estate
    known: dict[str, Member] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.estate.world

    async def households(self, *paths: str) -> None:
        """Let there be more flats, in each of which somebody is registered."""
        await cast.homes(self.world.deps, dict.fromkeys(paths, 5000))
        people = [
            (path, f"138{number:04d}{path[-4:].replace('.', '9')}", Relation.OWNER)
            for number, path in enumerate(paths)
        ]
        await cast.live_there(self.world.deps, people)

    async def member(self, who: Member | str) -> Member:
        if isinstance(who, Member):
            return who
        if who not in LADDER:
            return await self.estate.member(who)
        if who not in self.known:
            self.known[who] = await self.world.sign_in(who, LADDER[who][0])
        return self.known[who]

    async def advance(self, **delta: float) -> None:
        """Let time pass, and the worker do what is due; everybody signs in again."""
        await self.estate.advance(**delta)
        self.known.clear()
        await self.world.work()

    async def sweep(self) -> None:
        """Let the worker do what it does every quarter of an hour."""
        await jobs.release(self.world.deps, {})
        await self.world.work()

    async def until(self, at: str, **before: float) -> None:
        """Let time pass until an instant, or so long before it."""
        delta = datetime.fromisoformat(at) - timedelta(**before) - self.world.clock.now
        await self.advance(seconds=delta.total_seconds())

    async def substitute(self, role: str, place: str, phone: str = SECOND) -> Member:
        """Let somebody stand in for a head from today on, and sign in."""
        head = await appointment_of(self.estate, role, place)
        wish = substitution(from_day=TODAY, phone=phone)
        reply = await self.post("staff", f"appointments/{head}/substitute", **wish)
        assert reply.status == 201, reply.body
        name = next((each for each, own in PHONES.items() if own == phone), "second")
        self.estate.members[name] = await self.world.sign_in(name, phone)
        return self.estate.members[name]

    async def post(self, who: Member | str, path: str, **body: Any) -> Reply:
        member = await self.member(who)
        return await self.world.api.post(f"/api/v1/{path}", body or None, as_=member)

    async def send(self, verb: str, who: Member | str, path: str, **body: Any) -> Reply:
        member, raw = await self.member(who), msgspec.json.encode(body)
        return await self.world.api.call(verb, f"/api/v1/{path}", raw, as_=member)

    async def get(self, who: Member | str, path: str) -> Reply:
        return await self.world.api.get(f"/api/v1/{path}", as_=await self.member(who))

    async def file(self, who: Member | str = "li", **body: Any) -> str:
        """Return the id of a new suggestion about the staircase by default."""
        wish = {"place": UNIT, "kind": "suggestion", "text": DARK, **body}
        reply = await self.post(who, "feedback", **wish)
        assert reply.status == 201, reply.body
        return str(reply.body["feedback_id"])

    async def do(self, who: Member | str, case_id: str, step: str, **body: Any) -> Any:
        """Take a step that must be possible; return the feedback as whoever took it sees it."""
        reply = await self.post(who, f"feedback/{case_id}/{step}", **body)
        assert reply.status == 200, (step, reply.body)
        return reply.body

    async def see(self, who: Member | str, case_id: str) -> Any:
        reply = await self.get(who, f"feedback/{case_id}")
        assert reply.status == 200, reply.body
        return reply.body

    async def solve(self, who: Member | str, case_id: str) -> None:
        """Say that it is solved; who said it is asked."""
        await self.do(who, case_id, "solve", text="已请物业换了更亮的灯")
        await self.world.work()

    async def history(self, who: Member | str, case_id: str) -> list[dict[str, Any]]:
        reply = await self.get(who, f"feedback/{case_id}/history?limit=100")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def ids(self, who: Member | str, query: str = "") -> list[str]:
        """Return what somebody's board shows."""
        reply = await self.get(who, f"feedback?limit=100{query}")
        assert reply.status == 200, reply.body
        return [item["feedback_id"] for item in reply.body["items"]]

    async def told(self, who: Member | str, template: str = "") -> list[str]:
        """Return the texts of somebody's messages of a kind, the oldest first."""
        reply = await self.get(who, "me/messages?limit=100")
        found = [each for each in reply.body["items"] if each["template"].startswith(template)]
        return [str(each["body"]) for each in reversed(found)]


async def build(estate: Estate) -> Voices:
    """Put somebody on each rung, and let them sign in."""
    await _stand(estate.world)
    return await _signed_in(estate)


async def opened(world: World) -> Voices:
    """Do the same in an empty world: the first time by the product, then as a copy."""
    await template.make(world, "voices", _make)
    return await _signed_in(Estate(world))


async def _make(world: World) -> None:
    await cast.build(world, ())
    await _stand(world)


async def _stand(world: World) -> None:
    wish = NewGrid(segment="g01", name="第一网格", buildings=[BUILDING])
    await grids.add(world.deps, STAFF, COMMUNITY, wish)
    firm = await firm_at(world, COMPOUND)
    for phone, role, place in LADDER.values():
        of = {"firm_id": firm} if role is Role.FIRM_MANAGER else {}
        await appoint(world.deps, role, place, phone, **of)


async def _signed_in(estate: Estate) -> Voices:
    voices = Voices(estate)
    for name in ("head", "staff", *LADDER):
        await voices.member(name)
    return voices
