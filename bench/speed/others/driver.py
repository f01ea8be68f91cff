"""Processor time of the driver alone, of one process that does nothing else.

Prints a line of JSON: microseconds of this process for an empty command, for the find of a
home's bills, for the two unions that a request for one's own bills makes, as small as can be.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import uvloop

from bench.speed.others import given
from bench.speed.within.residents import home, person, session

TIMES: Final = 300
ROUNDS: Final = 7  # of which the least counts: what else the machine does only adds
PEOPLE: Final = 200


async def main() -> None:
    db = given.database()
    bills = {"state": "owing"}

    async def ping(_: int) -> None:
        await db.command("ping")

    async def find(number: int) -> None:
        order = [("period", -1), ("_id", -1)]
        cursor = db.bills.find({"home": home(number), **bills}).sort(order)
        await cursor.limit(given.PAGE).to_list()

    async def unions(number: int) -> None:
        own = {"person": person(number)}
        await union("sessions", {"_id": session(number)}, residencies=own, appointments=own)
        await union("bills", {"home": home(number), **bills}, places={"_id": home(number)})

    async def union(first: str, where: dict[str, Any], **others: dict[str, Any]) -> None:
        pipeline: list[dict[str, Any]] = [{"$match": where}]
        for name, condition in others.items():
            more = {"coll": name, "pipeline": [{"$match": condition}]}
            pipeline.append({"$unionWith": more})
        await (await db[first].aggregate(pipeline)).to_list()

    found = {each.__name__: await microseconds(each) for each in (ping, find, unions)}
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


async def microseconds(ask: Callable[[int], Awaitable[None]]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for number in range(TIMES):
            await ask(number % PEOPLE)
        rounds.append((time.process_time() - began) / TIMES * 1e6)
    return min(rounds)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
