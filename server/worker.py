"""Worker: runs the jobs of the outbox and plans the occurrences of schedules."""

import asyncio
import os
import random
import secrets
import socket
from collections.abc import Sequence
from datetime import UTC
from itertools import cycle
from typing import Final

import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Job
from services.jobs.schedules import plan
from services.kernel.features import Lane
from services.merchants.probes import jobs as probes

POLL_SECONDS: Final = 1.0
PLAN_SECONDS: Final = 30.0
MAX_SKEW_SECONDS: Final = 2.0
# Money and emergencies; what one person waits for beside them; news to many beside those.
EXPRESS: Final = (Lane.MONEY, Lane.URGENT)
SHARED: Final = ((*EXPRESS, Lane.PEOPLE), (*EXPRESS, Lane.PEOPLE, Lane.NEWS))

log = structlog.get_logger(__name__)


class ClockSkew(Exception):
    """Leases are told by the workers' clocks: they must agree with the database's."""


def slots(concurrency: int) -> list[tuple[Lane, ...]]:
    """Return the lanes of each job that a process does at a time, the most urgent first.

    One slot takes all lanes, and is the only one that does what may take minutes: such work
    needs all of a process's CPU. With two, money already has a slot that neither news nor long
    work can hold; with three, one that it shares with emergencies alone.
    """
    express = [EXPRESS] if concurrency > len(SHARED) else []
    shared = [SHARED[n % len(SHARED)] for n in range(concurrency - len(express) - 1)]
    return [*express, *shared, jobs.ALL_LANES]


class Worker:
    def __init__(self, deps: Dependencies, *, concurrency: int = 4) -> None:
        self._deps = deps
        self._concurrency = concurrency
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._awake = asyncio.Event()
        # What the last look found, for all slots; and whether there may be more since.
        self._found: jobs.Found = {}
        self._unseen = True
        self._looking = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; jobs under way are finished first."""
        await self._check_clock()
        loops = [self._drain(stop, lanes) for lanes in slots(self._concurrency)]
        loops += [self._schedule(stop), self._listen(stop), self._poll(stop)]
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop)

    async def _check_clock(self) -> None:
        hello = await self._deps.mongo.admin.command("hello")
        theirs = hello["localTime"].replace(tzinfo=UTC)  # commands answer without a zone
        skew = abs((theirs - self._deps.now()).total_seconds())
        if skew > MAX_SKEW_SECONDS:
            raise ClockSkew(f"this clock is {skew:.1f} s off the database's: set it (NTP)")

    async def _drain(self, stop: asyncio.Event, lanes: Sequence[Lane]) -> None:
        """Do jobs of these lanes, each of which comes first in its turn: none may starve."""
        turns = cycle(lanes)
        while not stop.is_set():
            job = await self._claim([next(turns), *lanes])
            if job is None:
                await self._nap(stop)
                continue
            try:
                await jobs.perform(self._deps, self._deps.features.jobs, job)
            except PyMongoError as error:  # the lease runs out and the job is done again
                log.warning("database_away", error=type(error).__name__)
                await self._nap(stop)
            self._unseen = True  # the job may have left others, or itself, to be done

    async def _claim(self, lanes: Sequence[Lane]) -> Job | None:
        """Lease a job of the first of the lanes that has one.

        Of the slots that were woken together one looks, and all take of what it found.
        """
        try:
            async with self._looking:
                if self._unseen:
                    self._unseen = False  # before: what comes meanwhile may not be seen
                    self._found = await jobs.due(self._deps)
            return await jobs.claim(self._deps, self._name, self._found, lanes)
        except PyMongoError as error:
            log.warning("database_away", error=type(error).__name__)
        return None

    async def _nap(self, stop: asyncio.Event) -> None:
        """Wait until there may be something to do, or for the end."""
        if self._unseen:
            return
        self._awake.clear()
        naps = [asyncio.create_task(e.wait()) for e in (stop, self._awake)]
        _, pending = await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
        for nap in pending:
            nap.cancel()

    def wake(self) -> None:
        """Have the slots look again; also those that are looking, and may not see what came."""
        self._unseen = True
        self._awake.set()

    async def _poll(self, stop: asyncio.Event) -> None:
        """Look once in a poll interval, for what no hint told of."""
        while not stop.is_set():
            await _wait(stop, POLL_SECONDS * (0.75 + random.random() / 2))  # noqa: S311  # jitter
            self.wake()

    async def _schedule(self, stop: asyncio.Event) -> None:
        mark = None
        while not stop.is_set():
            try:
                await jobs.beat(self._deps, self._name)
                if mark is None:
                    await probes.at_start(self._deps)
                mark = await plan(self._deps, self._deps.features.schedules, mark)
            except PyMongoError as error:
                log.warning("database_away", error=type(error).__name__)
            await _wait(stop, PLAN_SECONDS)

    async def _listen(self, stop: asyncio.Event) -> None:
        """Hear Redis' hints. Without Redis the poll interval does."""
        while not stop.is_set():
            try:
                async with self._deps.redis.pubsub() as hints:
                    await hints.subscribe(jobs.channel(self._deps))
                    while not stop.is_set():
                        if await hints.get_message(
                            ignore_subscribe_messages=True, timeout=POLL_SECONDS
                        ):
                            self.wake()
            except (RedisError, OSError):
                await _wait(stop, POLL_SECONDS)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
