"""Watch of merchant accounts: each process learns within seconds what another one changed.

By a hint in Redis at once, and without Redis by asking MongoDB every few seconds. New orders do
not wait for either: they read what changed together with their bills.
"""

import asyncio
from typing import Final

import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from services.dependencies import Dependencies
from services.merchants import actions as merchants

POLL_SECONDS: Final = 3.0

log = structlog.get_logger(__name__)


async def watch(deps: Dependencies) -> None:
    """Take over every change until cancelled."""
    while True:
        try:
            async with deps.redis.pubsub() as hints:
                await hints.subscribe(merchants.channel(deps))
                while True:
                    await look(deps)
                    await hints.get_message(
                        ignore_subscribe_messages=True, timeout=POLL_SECONDS
                    )
        except (RedisError, OSError):
            await look(deps)
            await asyncio.sleep(POLL_SECONDS)


async def look(deps: Dependencies) -> None:
    """Take over what changed; MongoDB being away is told, and the next look tries again."""
    try:
        await merchants.refresh(deps)
    except PyMongoError as error:
        log.warning("database_away", error=type(error).__name__)
