"""Outages in tests: of water in Li's and Wang's unit, and reports about it."""

from datetime import timedelta
from typing import Any, Final

from tests.build.cast import COMPOUND, LI_HOME, UNIT
from tests.build.repairs import Works

NO_WATER: Final = "no_water"


def at(works: Works, **later: float) -> str:
    return (works.world.clock.now + timedelta(**later)).isoformat()


def wish(works: Works, **more: Any) -> dict[str, Any]:
    """Return a sudden outage of water in Li's and Wang's unit, until tonight."""
    return {
        "places": [UNIT],
        "kind": "water",
        "planned": False,
        "categories": [NO_WATER],
        "ends_at": at(works, hours=6),
        "text": "主管爆裂,正在抢修",
        **more,
    }


async def announce(works: Works, who: str = "dispatcher", **more: Any) -> str:
    reply = await works.post(who, f"places/{COMPOUND}/outages", **wish(works, **more))
    assert reply.status == 201, reply.body
    await works.world.work()
    return str(reply.body["outage_id"])


async def no_water(works: Works, who: str = "li", place: str = LI_HOME) -> str:
    return await works.report(who, place=place, category=NO_WATER, text="没水了")
