"""Scheduler on the virtual clock: retries, conclusions of refunds and checks."""

import asyncio
import heapq
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.clock import Clock
from sandbox.records import Job
from sandbox.store import Table

# Runs a job once; returns the seconds until its next run, None when it is done.
Runner = Callable[[Job], Awaitable[float | None]]


class Schedule:
    def __init__(self, clock: Clock, jobs: Table[Job]) -> None:
        self._clock, self._jobs = clock, jobs
        self.runners: dict[str, Runner] = {}
        self._heap: list[tuple[float, str]] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Load the jobs that an earlier process left."""
        self._heap = [(job.due_at, job.id) for job in self._jobs.rows.values()]
        heapq.heapify(self._heap)
        self.rearm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._running.values():
            task.cancel()
        self._running.clear()
        self._heap.clear()

    def add(self, kind: str, data: dict[str, Any], due_at: float) -> Job:
        job = Job(id=secrets.token_hex(8), kind=kind, data=data, due_at=due_at)
        self._jobs.save(job.id, job)
        self._push(job)
        return job

    def cancel(self, job_id: str) -> None:
        self._jobs.remove(job_id)

    async def perform(self, job: Job) -> None:
        """Run the due attempt of a job; wait for it when the clock started it already."""
        task = self._running.get(job.id)
        if task is None:
            if job.id not in self._jobs.rows or job.due_at > self._clock.now():
                return  # it ran meanwhile
            task = asyncio.create_task(self._attempt(job))
            self._running[job.id] = task
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    async def advance(self, until: float) -> None:
        """Run everything due up to `until`, each at its own instant."""
        while True:
            await self._settle_running()
            due = self._next_due()
            if due is None or due > until:
                break
            self._clock.set(max(due, self._clock.now()))
            await asyncio.gather(*(self.perform(job) for job in self._take_due()))
        self._clock.set(max(until, self._clock.now()))
        self.rearm()

    def rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._next_due()
        if due is None:
            return
        delay = max(0.0, due - self._clock.now())
        if delay == 0 or not self._clock.frozen:
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _push(self, job: Job) -> None:
        heapq.heappush(self._heap, (job.due_at, job.id))
        self.rearm()

    def _tick(self) -> None:
        for job in self._take_due():
            if job.id not in self._running:
                self._running[job.id] = asyncio.create_task(self._attempt(job))
        self.rearm()

    def _is_stale(self, due_at: float, job_id: str) -> bool:
        job = self._jobs.get(job_id)
        return job is None or job.due_at != due_at or job_id in self._running

    def _next_due(self) -> float | None:
        while self._heap and self._is_stale(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def _take_due(self) -> list[Job]:
        taken: dict[str, Job] = {}
        while (due := self._next_due()) is not None and due <= self._clock.now():
            _, job_id = heapq.heappop(self._heap)
            taken[job_id] = self._jobs.rows[job_id]
        return list(taken.values())

    async def _settle_running(self) -> None:
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def _attempt(self, job: Job) -> None:
        try:
            again = await self.runners[job.kind](job)
        finally:
            self._running.pop(job.id, None)
        if again is None or job.id not in self._jobs.rows:
            self._jobs.remove(job.id)
            return
        job.attempt += 1
        job.due_at = self._clock.now() + again
        self._jobs.save(job.id, job)
        self._push(job)
