"""Quota of messages a day, set by WeChat: the first refusal keeps the others from asking.

Kept in Redis: when it forgets, each message learns it from WeChat again, and nothing is lost.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.dependencies import Dependencies
from services.kernel.days import day_of, end_of

KEY: Final = "messaging:quota_reached_until"

log = structlog.get_logger(__name__)


def next_day(now: datetime) -> datetime:
    """Return when WeChat counts anew: the next midnight in Beijing."""
    return end_of(day_of(now))


async def reached_until(deps: Dependencies) -> datetime | None:
    """Return when sending makes sense again; None when it does now, as far as we know."""
    with suppress(RedisError, OSError):
        noted = await deps.redis.get(KEY)
        until = datetime.fromtimestamp(float(noted), UTC) if noted else None
        if until and until > deps.now():
            return until
    return None


async def note_reached(deps: Dependencies) -> datetime:
    """Remember that today's quota is used up; return when the next one begins."""
    now = deps.now()
    until = next_day(now)
    log.error("message_quota_reached", until=until.isoformat())
    with suppress(RedisError, OSError):
        await deps.redis.set(KEY, until.timestamp(), px=until - now)
    return until
