"""Rebuilds: what the product keeps counted is counted again, and how much it was is told."""

import sys
from collections.abc import Awaitable, Callable

from server.dependencies import open_dependencies
from server.embedded.lifecycle import attached
from server.serving import asking_mongo, run_async
from server.settings import Settings
from services.dependencies import Dependencies

Rebuild = Callable[[Dependencies], Awaitable[int]]


def run(settings: Settings, rebuild: Rebuild, counted: str) -> int:
    """Do it and tell how many it counted, e.g. of "units". Raises StartError."""
    return run_async(_run(attached(settings), rebuild, counted))


async def _run(settings: Settings, rebuild: Rebuild, counted: str) -> int:
    async with open_dependencies(settings) as deps:
        with asking_mongo():
            count = await rebuild(deps)
    sys.stdout.write(f"{count} {counted} counted\n")
    return 0
