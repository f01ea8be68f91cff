"""Handbook in tests: written by staff of the community and of the city."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, LI_HOME, Estate, appoint
from tests.build.homes import get, post
from tests.build.sign_ins import Member
from tests.build.world import Reply

TEXT: dict[str, Any] = {
    "category": "repairs",
    "title": "楼上漏水怎么办",
    "steps": ["先请楼上关水阀", "拍照留证"],
    "sources": [{"law": "民法典", "article": "第二百八十七条", "url": "https://a.cn/b"}],
    "answered_by": "dispatcher",
}


@dataclass
class Handbook:
    """What offices write, and what people of a place find."""

    estate: Estate

    async def put(self, who: str | Member, path: str, **body: Any) -> Reply:
        member = await self.estate.member(who) if isinstance(who, str) else who
        raw = msgspec.json.encode(body)
        return await self.estate.world.api.call("PUT", f"/api/v1/{path}", raw, as_=member)

    async def draft(
        self, who: str | Member = "staff", place: str = COMMUNITY, **more: Any
    ) -> str:
        reply = await post(self.estate, who, "handbook", TEXT | {"place": place} | more)
        assert reply.status == 201, reply.body
        return str(reply.body["article_id"])

    async def do(
        self, what: str, article: str, who: str | Member = "staff", version: int = 1
    ) -> Reply:
        return await post(self.estate, who, f"handbook/{article}/{what}", version=version)

    async def publish(
        self, article: str, who: str | Member = "staff", version: int = 1
    ) -> None:
        reply = await self.do("publication", article, who, version)
        assert (reply.status, reply.body["state"]) == (200, "published"), reply.body

    async def published(
        self, who: str | Member = "staff", place: str = COMMUNITY, **more: Any
    ) -> str:
        article = await self.draft(who, place, **more)
        await self.publish(article, who)
        return article

    async def titles(
        self, who: str | Member = "li", place: str = LI_HOME, more: str = ""
    ) -> list[str]:
        reply = await get(self.estate, who, f"handbook?place={place}{more}")
        assert reply.status == 200, reply.body
        return [item["title"] for item in reply.body["items"]]


@pytest.fixture
def handbook(estate: Estate) -> Handbook:
    return Handbook(estate)


@pytest.fixture
async def city(estate: Estate) -> Member:
    """Somebody who works for the city."""
    await appoint(estate.world.deps, Role.CITY_STAFF, "cc", "13900000061")
    return await estate.world.sign_in("shi", "13900000061")
