"""Server of the town in a thread of its own, for clients that block."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, TypeVar

import uvloop

from server.settings import Settings
from tests.build.stage import open_world
from tests.build.world import Clock
from tests.deadlines import SAFETY_NET
from tests.matrix.furniture import furnished
from tests.matrix.town import Town

T = TypeVar("T")


@dataclass
class Live:
    town: Town
    loop: asyncio.AbstractEventLoop

    @property
    def base(self) -> str:
        return self.town.world.api.base

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done beside the server."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SAFETY_NET)


@contextmanager
def open_live(settings: Settings) -> Iterator[Live]:
    """Raise at the end whatever the server's thread raised, e.g. a query without an index."""
    ready, raised, opened = Event(), list[BaseException](), list[Live]()
    closing = asyncio.Event()

    async def serve() -> None:
        async with open_world(settings, Clock()) as world:
            opened.append(Live(await furnished(world), asyncio.get_running_loop()))
            ready.set()
            await closing.wait()

    def run() -> None:
        try:
            uvloop.run(serve())
        except BaseException as error:  # noqa: BLE001  # raised where it is looked for
            raised.append(error)
        finally:
            ready.set()

    thread = Thread(target=run)
    thread.start()
    ready.wait(SAFETY_NET)
    try:
        if opened:
            yield opened[0]
    finally:
        if opened and not opened[0].loop.is_closed():
            opened[0].loop.call_soon_threadsafe(closing.set)
        thread.join(SAFETY_NET)
    if raised:
        raise raised[0]
