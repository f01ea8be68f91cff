"""One run: load and kills, then quiet, then the checks."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import msgspec

from services.messaging.broadcasts.models import Quiet
from tests.faults.kills import within
from tests.faults.kills.evidence import books, truth
from tests.faults.kills.evidence.checks import Evidence, found
from tests.faults.kills.payers import Payers
from tests.faults.kills.plan import Plan
from tests.faults.kills.processes import Killer
from tests.faults.kills.site import Site, opened

LOOK: Final = 0.5
NOTICES: Final = "/wx/pay/notify/"
OVERLAP: Final = 500  # entries of the stand-in's journal that are read again: some end late
ACCEPTED: Final = (200, 204)
LATE_NOTICES: Final = 40  # told once more when all is quiet
HOURS_AGO: Final = timedelta(hours=2)
AWAKE: Final = Quiet(from_hour=0, to_hour=0)  # it is night for some who run this


@dataclass
class Outcome:
    """`problems`: what each check found. `quiet_after`: seconds, None when it never was."""

    plan: Plan
    problems: dict[str, list[str]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    endings: Counter[int] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    load_seconds: float = 0
    quiet_after: float | None = None

    @property
    def ended_by_themselves(self) -> int:
        """Count the processes that ended and were not killed: without a primary none starts."""
        return sum(n for status, n in self.endings.items() if status != -signal.SIGKILL)

    @property
    def is_right(self) -> bool:
        is_quiet = self.quiet_after is not None
        is_alive = self.plan.members > 1 or not self.ended_by_themselves
        return is_quiet and is_alive and not any(self.problems.values())


async def run(plan: Plan) -> Outcome:
    chance = random.Random(plan.seed)  # noqa: S311  # the same choices for the same seed
    outcome = Outcome(plan)
    async with opened(plan, chance) as site:
        payers = Payers(site, chance)
        answered = Answered(site)
        killer = Killer(site.processes, chance, site.points)
        began = time.monotonic()
        await load(site, payers, killer, answered)
        await payers.finish_typing()
        outcome.load_seconds = time.monotonic() - began
        site.points.touch()
        points = killer.points()
        await lay_down_arms(site)
        outcome.quiet_after = await quiet(site)
        if outcome.quiet_after is not None:
            for payment_id in payers.paid[-LATE_NOTICES:]:
                await payers.tell_again(payment_id)
            outcome.quiet_after += await quiet(site) or 0
        await answered.read()
        evidence = Evidence(
            truth.read(site.state),
            await books.read(site.deps.db),
            payers.paid,
            answered.names,
            payers.slips,
            payers.approved,
        )
        outcome.problems = found(evidence)
        outcome.done, outcome.kills = payers.done, killer.kills + Counter(points)
        outcome.kills["worker stopped"] = killer.stops
        if site.replicas:
            outcome.kills |= Counter(
                {f"primary {h}": n for h, n in site.replicas.deposed.items()}
            )
        for process in site.processes:
            outcome.endings += process.endings
        outcome.counts = counted(evidence)
    return outcome


def counted(evidence: Evidence) -> dict[str, int]:
    paid = evidence.truth.paid()
    return {
        "orders": len(evidence.books.payments),
        "payments at WeChat": len(paid),
        "refunds at WeChat": len(evidence.truth.refunds),
        "bills paid": sum(b["state"] == "paid" for b in evidence.books.bills.values()),
        "notices answered": len(evidence.answered),
        "slips of cash booked": sum(fen is not None for fen in evidence.slips.values()),
        "refunds by hand done": sum(
            r["state"] == "done" for r in evidence.books.requests.values()
        ),
        "messages arrived": evidence.truth.messages.total(),
    }


async def load(site: Site, payers: Payers, killer: Killer, answered: "Answered") -> None:
    """Pay and kill until there were enough kills, or it took too long."""
    plan = site.plan
    tasks = [payers.look(), killer.kill(), killer.stop(), answered.go_on()]
    if site.replicas:
        tasks.append(site.replicas.depose(payers.chance))
    tasks += [payers.go_on() for _ in range(plan.payers)]
    running = [asyncio.create_task(task) for task in tasks]
    ends_at = time.monotonic() + plan.seconds
    try:
        while killer.count < plan.kills and time.monotonic() < ends_at:
            done, _ = await asyncio.wait(
                running, timeout=LOOK, return_when=asyncio.FIRST_EXCEPTION
            )
            for task in done:
                task.result()
    finally:
        await end_all(running)


async def end_all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are over: `asyncio.wait_for` may swallow the first time.

    It does when what it waits for is done at the same moment (Python 3.11,
    https://github.com/python/cpython/issues/86296), e.g. within a driver.
    """
    running = {*tasks}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=LOOK)


async def lay_down_arms(site: Site) -> None:
    """Kill all once more, and begin processes that kill themselves no more."""
    wish = within.Wish(factor=0, log=str(site.points), seed=site.plan.seed)
    for process in site.processes:
        await process.end()
        process.environ[within.VARIABLE] = msgspec.json.encode(wish).decode()
    await asyncio.gather(*(process.begin() for process in site.processes))


async def quiet(site: Site) -> float | None:
    """Wait until nothing is to be done; return after how long, None when it never was.

    What waits for an hour of its own, or for the morning, is due at once, and orders are over:
    their time to pay is skipped.
    """
    began = time.monotonic()
    while time.monotonic() - began < site.plan.settle:
        await skip_waits(site)
        if not await busy(site):
            return time.monotonic() - began
        await asyncio.sleep(LOOK)
    return None


async def skip_waits(site: Site) -> None:
    db, now = site.deps.db, site.deps.now()
    past = {"$set": {"created_at": now - HOURS_AGO, "expires_at": now - HOURS_AGO}}
    await db.payments.update_many({"open": True, "expires_at": {"$gt": now}}, past)
    await db.broadcasts.update_many({}, {"$set": {"quiet": msgspec.to_builtins(AWAKE)}})
    waiting = {"state": "ready", "open": True, "due_at": {"$gt": now}, "last_error": ""}
    await db.outbox.update_many(waiting, {"$set": {"due_at": now}})


async def busy(site: Site) -> bool:
    db = site.deps.db
    for name in ("outbox", "payments", "refunds"):
        if await db[name].find_one({"open": True}):
            return True
    return False


class Answered:
    """Notices of payments that the product answered with 2xx, as the stand-in heard it."""

    def __init__(self, site: Site) -> None:
        self.site, self._seen = site, 0
        self._names: dict[str, None] = {}

    @property
    def names(self) -> list[str]:
        return [*self._names]

    async def go_on(self) -> None:
        while True:
            await asyncio.sleep(10)
            await self.read()

    async def read(self) -> None:
        since = max(0, self._seen - OVERLAP)
        entries: list[dict[str, Any]] = await self.site.wire.look(
            f"journal?path={NOTICES}&since={since}"
        )
        for entry in entries:
            self._seen = max(self._seen, entry["n"])
            if entry["direction"] == "out" and entry["status"] in ACCEPTED:
                account = entry["path"].removeprefix(NOTICES)
                self._names[f"{account}:{entry['body']['id']}"] = None
