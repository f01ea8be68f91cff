"""Tasks in tests: the community gives them to heads of a small compound, who do them."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, NEXT_UNIT, Estate, appoint, homes
from tests.build.offices import BUILDING, make_grid
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

# Offices beside those of the cast: the next staircase's, the building's, the grid's.
HEADS = {
    "next_head": ("13900000051", Role.UNIT_HEAD, NEXT_UNIT),
    "building_head": ("13900000052", Role.BUILDING_HEAD, BUILDING),
    "grid_head": ("13900000053", Role.GRID_HEAD, f"{COMMUNITY}.g01"),
    "subdistrict": ("13900000054", Role.SUBDISTRICT_STAFF, "cc.chaoyang.guilin"),
}
UNTIL = "2026-03-12"


@dataclass
class Tasks:
    """The cast of tasks."""

    estate: Estate
    others: dict[str, Member] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.estate.world

    async def member(self, who: Member | str) -> Member:
        if isinstance(who, Member):
            return who
        if who not in HEADS:
            return await self.estate.member(who)
        if who not in self.others:
            self.others[who] = await self.world.sign_in(who, HEADS[who][0])
        return self.others[who]

    async def appoint(self, who: str) -> Member:
        phone, role, place = HEADS[who]
        if role is Role.GRID_HEAD:
            assert (await make_grid(self.estate)).status == 201
        await appoint(self.world.deps, role, place, phone)
        return await self.member(who)

    async def advance(self, **delta: float) -> None:
        """Let time pass; everybody signs in again."""
        await self.estate.advance(**delta)
        self.others.clear()

    async def post(self, who: Member | str, path: str, **body: Any) -> Reply:
        return await self.world.api.post(
            f"/api/v1/{path}", body or None, as_=await self.member(who)
        )

    async def get(self, who: Member | str, path: str) -> Reply:
        return await self.world.api.get(f"/api/v1/{path}", as_=await self.member(who))

    async def items(self, who: Member | str, path: str) -> list[Any]:
        reply = await self.get(who, path)
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def give(self, kind: str = "tick", **body: Any) -> str:
        """Return the id of a new task whose parts are made."""
        proof = {"kind": kind, **body.pop("proof", {})}
        if kind == "number":
            proof = {"unit_label": "人", **proof}
        wish = {
            "title": "燃气软管检查",
            "text": "请逐户看软管",
            "places": [COMPOUND],
            "role": "unit_head",
            "until": UNTIL,
            "proof": proof,
            **body,
        }
        reply = await self.post("staff", "tasks", **wish)
        assert reply.status == 201, reply.body
        await self.world.work()
        return str(reply.body["task_id"])

    async def part(self, task: str, place: str) -> Any:
        """Return the part of a place as the community sees it."""
        [found] = await self.items("staff", f"tasks/{task}/parts?place={place}")
        return found

    async def answer(self, who: Member | str, part: str, home: str, **body: Any) -> Reply:
        wish = {"home": home, "answer": "done", **body}
        return await self.post(who, f"task-parts/{part}/answers", **wish)

    async def told(self, who: Member | str, template: str) -> list[str]:
        """Return the texts of somebody's messages of a kind, the oldest first."""
        found = await self.items(who, "me/messages?limit=100")
        return [str(each["body"]) for each in reversed(found) if each["template"] == template]

    async def put(self, who: Member | str, path: str, **body: Any) -> Reply:
        raw = msgspec.json.encode(body)
        return await self.world.api.call(
            "PUT", f"/api/v1/{path}", raw, as_=await self.member(who)
        )


async def build(estate: Estate) -> Tasks:
    """Let the heads of both staircases sign in, and the community."""
    tasks = Tasks(estate)
    await homes(estate.world.deps, {f"{NEXT_UNIT}.102": 5000})
    await tasks.appoint("next_head")
    for name in ("head", "staff"):
        await tasks.member(name)
    return tasks
