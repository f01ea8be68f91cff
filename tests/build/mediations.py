"""Mediations in tests: Li is in dispute with Wang, and a head of another staircase mediates."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.kernel.permissions import Role
from tests.build.cast import (
    COMMUNITY,
    LI_HOME,
    NEXT_UNIT,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

OFFICES = {
    "member": ("13900000051", Role.MEDIATION_MEMBER, COMMUNITY),
    "mediator": ("13900000052", Role.UNIT_HEAD, NEXT_UNIT),
}
STORY = "王家晚上十一点还在敲墙"
WITH_WANG = [{"name": "wang", "home": WANG_HOME}]
# A party without an account.
WITH_SHOP = [{"name": "刘木匠", "phone": "13811112222"}]
TERMS = "甲方与乙方约定:晚上九点后不施工。"


@dataclass
class Talks:
    """The cast of mediations. `offices`: who → id of their appointment."""

    estate: Estate
    offices: dict[str, str] = field(default_factory=dict)
    crew: dict[str, Member] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.estate.world

    async def member(self, who: Member | str) -> Member:
        if isinstance(who, Member):
            return who
        if who not in OFFICES:
            return await self.estate.member(who)
        if who not in self.crew:
            self.crew[who] = await self.world.sign_in(who, OFFICES[who][0])
        return self.crew[who]

    async def advance(self, **delta: float) -> None:
        """Let time pass; everybody signs in again."""
        await self.estate.advance(**delta)
        self.crew.clear()

    async def send(self, verb: str, who: Member | str, path: str, **body: Any) -> Reply:
        member, raw = await self.member(who), msgspec.json.encode(body) if body else None
        return await self.world.api.call(verb, f"/api/v1/{path}", raw, as_=member)

    async def get(self, who: Member | str, path: str) -> Reply:
        return await self.world.api.get(f"/api/v1/{path}", as_=await self.member(who))

    async def open(self, who: Member | str = "li", **body: Any) -> str:
        """Return the id of a new mediation: of Li with Wang by default."""
        wish = {
            "matter": "noise",
            "statement": STORY,
            "home": LI_HOME,
            "parties": WITH_WANG,
            **body,
        }
        reply = await self.send("POST", who, "mediations", **wish)
        assert reply.status == 201, reply.body
        return str(reply.body["mediation_id"])

    async def do(
        self,
        who: Member | str,
        mediation_id: str,
        step: str,
        *,
        verb: str = "POST",
        **body: Any,
    ) -> Any:
        """Take a step that must be possible; return what whoever took it sees."""
        reply = await self.send(verb, who, f"mediations/{mediation_id}/{step}", **body)
        assert reply.status == 200, (step, reply.body)
        return reply.body

    async def see(self, who: Member | str, mediation_id: str) -> Any:
        reply = await self.get(who, f"mediations/{mediation_id}")
        assert reply.status == 200, reply.body
        return reply.body

    async def assign(self, mediation_id: str, to: str = "mediator") -> Any:
        chosen = self.offices[to]
        return await self.do(
            "member", mediation_id, "mediator", verb="PUT", appointment_id=chosen
        )

    async def talks(self, **body: Any) -> str:
        """Return the id of a mediation in which all take part and somebody mediates."""
        mediation_id = await self.open(**body)
        await self.assign(mediation_id)
        await self.do("wang", mediation_id, "answer", agree=True)
        return mediation_id

    async def proposed(self, text: str = TERMS, **body: Any) -> tuple[str, str]:
        """Return the id of a mediation with an agreement to be confirmed, and its SHA-256."""
        mediation_id = await self.talks(**body)
        return mediation_id, await self.propose(mediation_id, text)

    async def propose(self, mediation_id: str, text: str = TERMS) -> str:
        wish = {"form": "written", "text": text, "follow_up_days": 10}
        seen = await self.do("mediator", mediation_id, "agreement", verb="PUT", **wish)
        return str(seen["agreement"]["sha256"])

    async def agreed(self, text: str = TERMS) -> str:
        mediation_id, sha256 = await self.proposed(text)
        for who in ("li", "wang"):
            await self.do(who, mediation_id, "agreement/answer", sha256=sha256, agree=True)
        return mediation_id

    async def told(self, who: Member | str, template: str) -> list[str]:
        """Return the texts of somebody's messages of a kind, the oldest first."""
        reply = await self.get(who, "me/messages?limit=100")
        found = [each for each in reply.body["items"] if each["template"] == template]
        return [str(each["body"]) for each in reversed(found)]


async def build(estate: Estate) -> Talks:
    """Appoint a mediation member and a head who may mediate; let everybody sign in."""
    talks = Talks(estate)
    for who, (phone, role, place) in OFFICES.items():
        made = await appoint(estate.world.deps, role, place, phone)
        talks.offices[who] = made.appointment_id
        await talks.member(who)
    for who in ("li", "wang", "head", "staff"):
        await talks.member(who)
    return talks


async def appointment(talks: Talks, who: str, role: Role = Role.UNIT_HEAD) -> str:
    """Return the id of the office that somebody of the cast holds."""
    person = (await talks.member(who)).person_id
    found = await talks.world.db.appointments.find_one({"person": person, "role": role})
    assert found is not None, (who, UNIT)
    return str(found["_id"])
