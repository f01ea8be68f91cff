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

from tests.faults.kills import within
from tests.faults.kills.plan import (
    BETWEEN_STOPS,
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    STOPPED_SECONDS,
)

START_SECONDS: Final = 300.0  # on a busy machine


class Immortal:
    """A web or worker process that lives again as soon as it is dead: see within.py."""

    def __init__(
        self, command: str, tree: Path, environ: Mapping[str, str], port: int = 0
    ) -> None:
        self.command, self.tree, self.port = command, tree, port
        self.environ = {**environ, "PORT": str(port)}
        self.ready = asyncio.Event()
        self.is_stopped = False
        self.endings: Counter[int] = Counter()
        self._parent: Process | None = None
        self._pid = 0
        self._listening: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start it and wait until it says that it is ready."""
        self._parent = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.kills.within",
            self.command,
            cwd=self.tree,
            env=self.environ,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        self._listening = asyncio.create_task(self._listen(self._parent))
        await asyncio.wait_for(self.ready.wait(), START_SECONDS)

    async def end(self) -> None:
        """End it for good: it dies with its parent."""
        if self._parent is not None and self._listening is not None:
            self._parent.kill()
            await self._parent.wait()
            await self._listening
        self.ready.clear()

    @property
    def may_be_killed(self) -> bool:
        return self.ready.is_set() and not self.is_stopped

    def kill(self) -> None:
        self.ready.clear()
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)

    async def _listen(self, parent: Process) -> None:
        assert parent.stdout
        while line := (await parent.stdout.readline()).decode():
            word, _, rest = line.strip().partition(" ")
            match word:
                case within.BORN:
                    self._pid = int(rest)
                case within.DIED:
                    self.ready.clear()
                    self.endings[int(rest)] += 1
                case _:
                    self.ready.set()


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
                victim.kill()
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
