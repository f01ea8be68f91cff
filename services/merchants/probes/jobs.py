"""Jobs of probes: accounts are looked at when a worker starts, each day, and when changed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.merchants import actions as merchants
from services.merchants.probes import actions as probes

ALL: Final = "merchants.probe_all"
ONE: Final = "merchants.probe"
START: Final = "start"


async def look_at_all(deps: Dependencies, _: Document) -> None:
    """Let each account be looked at by a job of its own: one that is slow delays no other."""
    await merchants.refresh(deps)
    await merchants.forget_earlier_keys(deps)
    for key in [*deps.merchants]:
        await jobs.keep_going(deps, ONE, key, account=key)
    await probes.look_at_mini_program(deps)


async def look_at_one(deps: Dependencies, payload: Document) -> None:
    client = await merchants.find_client(deps, payload["account"])
    if client is not None:
        await probes.look_at(deps, client)


async def at_start(deps: Dependencies) -> None:
    """Have everything looked at once, however many workers start."""
    await jobs.keep_going(deps, ALL, START)


JOBS: Final[Mapping[str, jobs.Handler]] = {ALL: look_at_all, ONE: look_at_one}
LANES: Final = dict.fromkeys(JOBS, Lane.LONG)
# 07:30 Beijing time: before people are at work, and before they pay.
SCHEDULES: Final = (Schedule(ALL, timedelta(days=1), timedelta(hours=23, minutes=30)),)
