"""The cast of work records: the heads of feedback, and what the head of the staircase did."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.work_records import jobs
from tests.build import feedback, notices, surveys
from tests.build.cast import LI_HOME, WANG_HOME
from tests.build.feedback import Voices
from tests.build.sign_ins import Member
from tests.build.world import Reply, World


@dataclass
class Work:
    """Heads at work, and what is counted of it."""

    voices: Voices

    @property
    def world(self) -> World:
        return self.voices.world

    async def visit(
        self, home: str = LI_HOME, outcome: str = "met", who: Member | str = "head"
    ) -> None:
        wish = {"home": home, "purpose": "check_in", "outcome": outcome}
        reply = await self.voices.post(who, "visits/unplanned", **wish)
        assert reply.status == 201, reply.body

    async def work_a_little(self) -> None:
        """Let the head do something of each kind."""
        voices, estate = self.voices, self.voices.estate
        await self.visit()
        await self.visit(WANG_HOME, "nobody_there")
        first, second, _ = [await voices.file("li") for _ in range(3)]
        await voices.do("head", first, "take")
        await voices.solve("head", first)
        await voices.solve("head", second)
        await voices.do("li", first, "answer", solved=True)
        await voices.do("li", second, "answer", solved=False)
        notice_id = await notices.delivered(estate)
        for home, result in ((LI_HOME, "nobody_there"), (WANG_HOME, "paper_left")):
            assert (await notices.knock(estate, notice_id, home, result)).status == 201
        survey_id = await surveys.opened(estate)
        await self.world.work()
        entered = await surveys.enter(estate, survey_id, who="head")
        assert entered.status == 200, entered.body

    async def month_ends(self, day: str) -> None:
        """Let time pass until a day in April, and the night's job run."""
        await self.voices.until(f"{day}T02:00:00+08:00")
        await jobs.make(self.world.deps, {})
        await self.world.work()

    async def mine(self, who: Any = "head", query: str = "") -> list[dict[str, Any]]:
        reply = await self.voices.get(who, f"me/work-record{query}")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def figures(self, who: Any = "head", query: str = "") -> dict[str, int | None]:
        """Return the figures of somebody's only office in a month."""
        [record] = await self.mine(who, query)
        return {each["name"]: each["value"] for each in record["figures"]}

    async def remark(self, who: Any, record_id: str, remark: str | None) -> Reply:
        path = f"me/work-record/{record_id}/remark"
        return await self.voices.send("PUT", who, path, remark=remark)

    async def listed(self, who: Any, place: str, query: str = "") -> list[dict[str, Any]]:
        reply = await self.voices.get(who, f"places/{place}/work-records{query}")
        assert reply.status == 200, reply.body
        return list(reply.body["items"])


@pytest.fixture
async def work(world: World) -> Work:
    return Work(await feedback.opened(world))
