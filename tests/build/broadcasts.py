"""Broadcasts in tests: a source of people, one that is begun, and what came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.bills.runs.notify import BILL_ISSUED
from services.dependencies import Dependencies, Transaction
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts import jobs
from services.messaging.broadcasts.models import (
    Broadcast,
    Part,
    Recipients,
    Source,
    Wish,
    broadcast_id,
)
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.mailbox import VALUES, open_push
from tests.build.sign_ins import Member
from tests.build.world import World

SOURCE = "told"
STEPS_TO_STAND_STILL = 200


@dataclass
class Crowd:
    """People by home, in the order of the homes; as a source hands them over."""

    homes: dict[str, tuple[str, ...]]
    offices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def part(self, _deps: Dependencies, _key: str, after: str, limit: int) -> Part:
        rows = [Recipients(home, people) for home, people in sorted(self.homes.items())]
        rows += [Recipients(at, who, False) for at, who in sorted(self.offices.items())]  # noqa: FBT003
        start = int(after or 0)
        more = start + limit < len(rows)
        return Part(rows[start : start + limit], str(start + limit) if more else None)


def register(world: World, crowd: Crowd) -> None:
    """Let the world's features name this crowd as a source."""
    world.deps.features.broadcasts[SOURCE] = Source(part=crowd.part)


async def begin(world: World, key: str = "n1", **wish: Any) -> str:
    """Begin to tell a crowd; return the broadcast's id."""

    async def work(tx: Transaction) -> None:
        given = {"title": "停水通知", "body": "明天停水。", "values": VALUES, **wish}
        told = Wish(source=SOURCE, key=key, template=BILL_ISSUED.key, **given)
        await broadcasts.start(world.deps, tx, told)

    await world.deps.in_transaction(work)
    return broadcast_id(SOURCE, key)


async def found(world: World, broadcast: str) -> Broadcast:
    one = await broadcasts.find(world.deps, broadcast)
    assert one is not None
    return one


async def step(world: World, broadcast: str) -> Any:
    return await jobs.step(world.deps, {"broadcast_id": broadcast})


async def finish(
    world: World, broadcast: str, *, dying: Sequence[type[BaseException]] = ()
) -> Broadcast:
    """Do every step that there is, also those that are due later; a killed one again."""
    for _ in range(STEPS_TO_STAND_STILL):
        try:
            if await step(world, broadcast) is None:
                break
        except tuple(dying):
            continue
    return await found(world, broadcast)


async def entries(world: World, broadcast: str) -> dict[str, dict[str, Any]]:
    rows = [row async for row in world.db.messages.find({"broadcast": broadcast})]
    assert len({row["person"] for row in rows}) == len(rows), "one entry a person"
    return {row["person"]: row for row in rows}


async def check(world: World, broadcast: str, *, erased: int = 0) -> None:
    """Compare the counts with a naive recount, and the homes with the messages.

    `erased`: so many people may have gone since they were counted, and a home may have been
    pushed to through them.
    """
    one, rows = await found(world, broadcast), await entries(world, broadcast)
    by, counted = Counter(row["delivery"] for row in rows.values()), one.counts
    gone = [
        counted.sent - by["sent"],
        counted.refused - by["refused"],
        counted.failed - by["failed"],
        counted.unknown - by["unknown"] - by["sending"],
    ]
    assert min(gone) >= 0
    assert sum(gone) <= counted.people - len(rows) <= erased
    homes = [row async for row in world.db.broadcast_homes.find({"broadcast": broadcast})]
    assert one.counts.homes == len(homes)
    for home in homes:
        sent = [rows[person]["delivery"] == "sent" for person in home["people"]]
        was_pushed = home["pushed_at"] is not None
        assert was_pushed == any(sent) or (erased > 0 and was_pushed), home


async def neighbours(estate: Estate) -> dict[str, Member]:
    """Li has two homes, Mei lives with her, Wang and Sun have one each."""
    members = {name: await estate.member(name) for name in ("li", "mei", "wang", "sun")}
    ids = {name: member.person_id for name, member in members.items()}
    homes = {
        LI_HOME: (ids["li"], ids["mei"]),
        WANG_HOME: (ids["wang"],),
        SUN_HOME: (ids["sun"], ids["li"]),
        f"{UNIT}.503": (),
    }
    register(estate.world, Crowd(homes, {COMPOUND: (ids["wang"],)}))
    await open_push(estate.world)
    return members
