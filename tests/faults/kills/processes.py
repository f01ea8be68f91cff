"""Processes of the product that are killed and stopped, and started again at once."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.faults.kills.plan import (
    BETWEEN_STOPS,
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    STOPPED_SECONDS,
)

START_SECONDS: Final = 60.0
PAUSE: Final = 0.2  # before a process that could not start is started again


class Immortal:
    """A web or worker process that lives again as soon as it is dead."""

    def __init__(
        self, command: str, tree: Path, environ: Mapping[str, str], port: int = 0
    ) -> None:
        self.command, self.tree, self.environ, self.port = command, tree, environ, port
        self.ready = asyncio.Event()
        self.is_stopped = False
        self.endings: Counter[int] = Counter()
        self._process: Process | None = None
        self._is_over = False
        self._life: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start it and wait until it says that it is ready."""
        self._life = asyncio.create_task(self._live())
        await asyncio.wait_for(self.ready.wait(), START_SECONDS)

    async def begin_anew(self, **environ: str) -> None:
        """Kill it; begin it again with other settings, and wait until it is ready."""
        self.environ = {**self.environ, **environ}
        self.ready.clear()
        self.send(signal.SIGKILL)
        await asyncio.wait_for(self.ready.wait(), START_SECONDS)

    async def end(self) -> None:
        self._is_over = True
        self.send(signal.SIGKILL)
        if self._life is not None:
            await self._life

    @property
    def may_be_killed(self) -> bool:
        return self.ready.is_set() and not self.is_stopped

    def send(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def _live(self) -> None:
        program = [sys.executable, "-m", "tests.faults.kills.within", self.command]
        while not self._is_over:
            self._process = await asyncio.create_subprocess_exec(
                *program,
                cwd=self.tree,
                env={**self.environ, "PORT": str(self.port)},
                stdout=PIPE,
                stderr=DEVNULL,
            )
            assert self._process.stdout
            if await self._process.stdout.readline():
                self.ready.set()
            await self._process.stdout.read()
            status = await self._process.wait()
            self.ready.clear()
            self.endings[status] += 1
            if status != -signal.SIGKILL:
                await asyncio.sleep(PAUSE)


class Killer:
    """Kills and stops processes by chance until it is told to end."""

    def __init__(self, processes: list[Immortal], chance: random.Random, log: Path) -> None:
        self.processes, self.chance, self.log = processes, chance, log
        self.kills: Counter[str] = Counter()
        self.stops = 0

    @property
    def count(self) -> int:
        return self.kills.total() + len(self.points())

    def points(self) -> list[str]:
        """Return at which points processes killed themselves."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    async def kill(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
            if alive := [each for each in self.processes if each.may_be_killed]:
                victim = self.chance.choice(alive)
                victim.ready.clear()
                victim.send(signal.SIGKILL)
                self.kills[victim.command] += 1

    async def stop(self) -> None:
        """Stop a worker for longer than its lease, again and again."""
        while True:
            await asyncio.sleep(self.chance.uniform(BETWEEN_STOPS / 2, BETWEEN_STOPS))
            workers = [e for e in self.processes if e.command == "worker" and e.may_be_killed]
            if workers:
                await self._stop(self.chance.choice(workers))

    async def _stop(self, worker: Immortal) -> None:
        worker.is_stopped = True
        worker.send(signal.SIGSTOP)
        self.stops += 1
        try:
            await asyncio.sleep(STOPPED_SECONDS)
        finally:
            worker.send(signal.SIGCONT)
            worker.is_stopped = False
