"""Rounds in tests: planned by the community, made, and walked by a head."""

from typing import Any, Final

from services.tasks.rounds import jobs
from tests.build.cast import COMPOUND
from tests.build.tasks import Tasks
from tests.build.world import Reply

WEDNESDAYS: Final = {"kind": "weekly", "weekday": 3}  # the tests begin on a Monday
ITEMS: Final = [
    {"key": "stairs", "label": "楼道有没有堆物"},
    {"key": "exit", "label": "消防通道是否畅通"},
]


async def planned(tasks: Tasks, rhythm: dict[str, Any] | None = None, **body: Any) -> str:
    wish = {
        "title": "楼道和消防通道",
        "places": [COMPOUND],
        "role": "unit_head",
        "items": ITEMS,
        "rhythm": rhythm or WEDNESDAYS,
        **body,
    }
    reply = await tasks.post("staff", "round-plans", **wish)
    assert reply.status == 201, reply.body
    return str(reply.body["plan_id"])


async def due(tasks: Tasks) -> None:
    await jobs.generate(tasks.world.deps, {})
    await tasks.world.work()


async def started(tasks: Tasks, plan: str) -> Any:
    """Start rounds by hand; return the round of the head."""
    assert (await tasks.post("staff", f"round-plans/{plan}/start", places=[])).status == 201
    await tasks.world.work()
    [found] = await tasks.items("head", "me/rounds")
    return found


async def checked(tasks: Tasks, made: str, key: str, result: str = "ok", **body: Any) -> Reply:
    path = f"rounds/{made}/items/{key}"
    return await tasks.put("head", path, result=result, **body)
