"""What became of a broadcast, counted from both ends: ours, and WeChat's stand-in's."""

import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from bench.crowd import Crowd
from mongo_indexes import broadcast_homes, messages
from services.dependencies import Dependencies

if TYPE_CHECKING:
    from bench.broadcast import Site

AT_ONCE: Final = 1_000


async def raw_rate(deps: Dependencies) -> float:
    """Write the documents of the last broadcast once more, raw; return people a second.

    Into collections of their own with the same indexes and validators, in the same thousands;
    only the inserts are timed.
    """
    seconds, people = 0.0, 0
    for module in (messages, broadcast_homes):
        raw = await deps.db.create_collection(
            f"raw_{module.COLLECTION}", validator={"$jsonSchema": module.VALIDATOR}
        )
        await raw.create_indexes(module.INDEXES)
        batch: list[dict[str, Any]] = []
        async for document in deps.db[module.COLLECTION].find({}):
            batch.append(document)
            if len(batch) == AT_ONCE:
                seconds += await _insert(raw, batch)
                batch = []
        seconds += await _insert(raw, batch)
        if module is messages:
            people = await raw.count_documents({})
        await raw.drop()
    return people / seconds


async def _insert(raw: Any, batch: list[dict[str, Any]]) -> float:
    if not batch:
        return 0.0
    began = time.perf_counter()
    await raw.insert_many(batch, ordered=False)
    return time.perf_counter() - began


async def recount(site: "Site", crowd: Crowd, notice: str) -> list[str]:
    """Return what was found, line by line. Raises AssertionError for what must not be."""
    db, broadcast = site.deps.db, f"notices:{notice}"
    rows = [row async for row in db.messages.find({"broadcast": broadcast}, ROW)]
    people = Counter(row["person"] for row in rows)
    expected = {crowd.person(number) for number in range(crowd.size)}
    require(set(people) == expected, "everybody has an entry, and nobody else")
    require(set(people.values()) == {1}, "one entry each")
    by = Counter(row["delivery"] for row in rows)
    counts = (await site.broadcast(notice))["counts"]
    require(counts["people"] == len(rows), "people")
    require(counts["sent"] == by["sent"], "sent")
    require(counts["refused"] == by["refused"], "refused")
    require(counts["unknown"] == by["unknown"], "unknown")
    arrived = Counter(each["openid"] for each in await site.shown())
    require(max(arrived.values()) == 1, "nobody is pushed to twice")
    sent = {row["person"] for row in rows if row["delivery"] == "sent"}
    unknown = {row["person"] for row in rows if row["delivery"] == "unknown"}
    got = {crowd.person(n) for n in crowd.granted() if crowd.openid(n) in arrived}
    require(sent <= got <= sent | unknown, "sent is what WeChat took")
    left = [row["left"] async for row in db.message_grants.find({}, {"left": 1})]
    require(min(left) >= 0, "no grant is spent twice")
    homes = [row async for row in db.broadcast_homes.find({"broadcast": broadcast})]
    require(counts["homes"] == len(homes) == len(crowd.homes), "homes")
    pushed = sum(1 for home in homes if sent & {*home["people"]})
    began = time.perf_counter()
    page = await site.ask("GET", f"notices/{notice}/reach?place={crowd.compound}")
    took = time.perf_counter() - began
    seen, there = page["here"]["people"], page["here"]["homes"]
    require(seen["pushed"] == len(sent), "the sender's page: people pushed")
    require(there["pushed"] == pushed, "the sender's page: homes pushed")
    require(seen["meant"] == len(rows), "the sender's page: people")
    unreached = sum(not home["reached"] for home in homes)
    require(there["unreached"] == unreached, "the sender's page: homes not reached")
    return [
        "| of the recount | people |",
        "|---|---|",
        f"| exactly one inbox entry | {len(rows):,} |",
        f"| a message allowed, as we knew | {len(crowd.granted()):,} |",
        f"| sent: WeChat took it, once | {by['sent']:,} |",
        f"| refused by WeChat (43101) | {by['refused']:,} |",
        f"| unknown: a worker died before the answer was written | {by['unknown']:,} |",
        f"| pushed to twice | {sum(1 for each in arrived.values() if each > 1)} |",
        f"| on the sender's page | {seen['meant']:,} |",
        f"| homes there: meant | {there['meant']:,} |",
        f"| homes there: somebody pushed to | {there['pushed']:,} |",
        f"| the page was counted in | {took:.1f} s |",
    ]


ROW: Final = {"person": 1, "delivery": 1}


def require(holds: bool, what: str) -> None:  # noqa: FBT001  # it reads like a sentence
    if not holds:
        raise AssertionError(what)
