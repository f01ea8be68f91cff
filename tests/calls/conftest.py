"""Calls in tests: a head, a repairer and a member of staff who want to call Li."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.build import repairs
from tests.build.cast import LI_HOME, Estate
from tests.build.repairs import TAP, Works
from tests.build.sign_ins import Member
from tests.build.world import Reply

LI_ROW = "r0-li"  # Li's relation to the home, as the cast writes it


@dataclass
class Calls:
    """Whoever asks to call, and who is asked."""

    works: Works

    @property
    def estate(self) -> Estate:
        return self.works.estate

    async def ask(
        self, who: Member | str = "head", about: str = "home", subject: str = LI_ROW
    ) -> Reply:
        return await self.works.post(who, "calls", about=about, subject_id=subject)

    async def asked(
        self, who: Member | str = "head", about: str = "home", subject: str = LI_ROW
    ) -> str:
        reply = await self.ask(who, about, subject)
        assert reply.status == 201, reply.body
        return str(reply.body["call_id"])

    async def number(self, call: str, who: Member | str = "head") -> Reply:
        return await self.works.post(who, f"calls/{call}/number")

    async def answer(self, call: str, answer: str, who: Member | str = "li") -> Reply:
        return await self.works.post(who, f"me/calls/{call}/answer", answer=answer)

    async def shows(self, *circles: str, who: str = "li") -> Reply:
        return await self.works.send("PUT", who, "me/call-settings", shown_to=[*circles])

    async def seen(self, who: Member | str = "li") -> list[dict[str, Any]]:
        reply = await self.works.get(who, "me/calls")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def repair(self, **more: Any) -> str:
        """A repair in Li's home that the repairer does."""
        await self.estate.member("li")
        wish = {"place": LI_HOME, "category": TAP, "text": "水龙头坏了"} | more
        repair_id = await self.works.report("li", **wish)
        await self.works.hand_out(repair_id)
        return repair_id


@pytest.fixture
async def calls(estate: Estate) -> Calls:
    works = await repairs.build(estate)
    await works.member("li")
    return Calls(works)
