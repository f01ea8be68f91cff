"""Access token of a mini-program: one fetch, however many callers and processes want it.

`POST /cgi-bin/stable_token` in normal mode gives every process the same token, so any of them
may call it at any time. Redis saves calls; without it everything still works.
"""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.wechat.secret import Guarded

log = structlog.get_logger(__name__)

# Inside the 300 s in which WeChat issues the next token while the old one still works: asking
# earlier returns the same token again and again.
RENEW_SECONDS: Final = 240
# With this much left an old token is still good enough while somebody else renews it.
USABLE_SECONDS: Final = 60
# A copy in this process is trusted this long, so that another process's renewal is seen.
LOCAL_SECONDS: Final = 30
LOCK_MILLISECONDS: Final = 8_000  # longer than one fetch may last
WAIT_SECONDS: Final = 0.06
WAITS: Final = 100  # ~8 s for the lock, then fetch without it: harmless
REDIS_SECONDS: Final = 0.5

UNLOCK: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end"
DROP: Final = """
local kept = redis.call('get', KEYS[1])
if kept and cjson.decode(kept).token == ARGV[1] then redis.call('del', KEYS[1]) end
"""


class Token(Guarded, frozen=True, kw_only=True):
    """`expires_at` in seconds since 1970, by the clock of whoever fetched it."""

    hidden: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    expires_at: float


class StableToken:
    """Keeps one mini-program's access token.

    `fetch` asks WeChat and returns token and seconds to live; what it raises reaches everybody
    who waited for it.
    """

    def __init__(
        self,
        appid: str,
        fetch: Callable[[], Awaitable[tuple[str, int]]],
        *,
        redis: Redis | None,
        now: Callable[[], datetime],
    ) -> None:
        self._key = f"wx:{appid}:token"
        self._ask_wechat = fetch
        self._redis = redis
        self._now = now
        self._kept: Token | None = None
        self._trusted_until = 0.0
        self._dropped: str | None = None
        self._flight: asyncio.Task[str] | None = None

    async def get(self) -> str:
        kept = self._kept
        if kept and self._seconds() < self._trusted_until and self._left(kept) > USABLE_SECONDS:
            return kept.token
        if self._flight is None or self._flight.done():
            # Without the context of who asked first: the others have later deadlines.
            self._flight = asyncio.create_task(self._load(), context=Context())
            self._flight.add_done_callback(_log_failure)
        # One impatient caller must not cancel the fetch for the others.
        return await asyncio.shield(self._flight)

    async def drop(self, bad: str) -> None:
        """Drop `bad`, and only it: a hundred failures at once make one renewal."""
        if self._kept is None or self._kept.token != bad:
            return  # somebody here was first
        self._kept, self._dropped = None, bad
        log.warning("access_token_dropped")
        if self._redis is not None:
            try:
                await self._ask(self._redis.eval(DROP, 1, self._key, bad))
            except (RedisError, OSError):
                log.warning("redis_away", done="access token dropped in this process only")

    async def _load(self) -> str:
        if self._redis is not None:
            try:
                return self._keep(await self._shared(self._redis))
            except (RedisError, OSError):
                log.warning("redis_away", done="access token kept in this process only")
        return self._keep(self._fresh(self._kept) or await self._fetch())

    async def _shared(self, redis: Redis) -> Token:
        owner = secrets.token_hex(8)
        for _ in range(WAITS):
            kept = await self._read(redis)
            if fresh := self._fresh(kept):
                return fresh
            if await self._ask(
                redis.set(f"{self._key}:lock", owner, nx=True, px=LOCK_MILLISECONDS)
            ):
                return await self._renew(redis, owner)
            if kept and kept.token != self._dropped and self._left(kept) > USABLE_SECONDS:
                return kept  # somebody else is renewing it
            await asyncio.sleep(WAIT_SECONDS * random.uniform(0.7, 2.0))  # noqa: S311 - jitter
        return await self._fetch()

    async def _renew(self, redis: Redis, owner: str) -> Token:
        try:
            # Somebody may have renewed between our look and our lock.
            if fresh := self._fresh(await self._read(redis)):
                return fresh
            token = await self._fetch()
            lives = max(1, int(self._left(token)))
            await self._ask(redis.set(self._key, msgspec.json.encode(token), ex=lives))
            return token
        finally:
            await self._ask(redis.eval(UNLOCK, 1, f"{self._key}:lock", owner))

    async def _read(self, redis: Redis) -> Token | None:
        text = await self._ask(redis.get(self._key))
        try:
            return msgspec.json.decode(text, type=Token) if text else None
        except msgspec.MsgspecError:
            return None  # left by another version: it will be overwritten

    async def _fetch(self) -> Token:
        token, expires_in = await self._ask_wechat()
        # Kept at once: should Redis fail next, the fetch was not in vain.
        self._kept = Token(token=token, expires_at=self._seconds() + expires_in)
        return self._kept

    def _fresh(self, kept: Token | None) -> Token | None:
        good = kept and kept.token != self._dropped and self._left(kept) > RENEW_SECONDS
        return kept if good else None

    def _keep(self, kept: Token) -> str:
        self._kept, self._trusted_until = kept, self._seconds() + LOCAL_SECONDS
        return kept.token

    def _left(self, kept: Token) -> float:
        return kept.expires_at - self._seconds()

    def _seconds(self) -> float:
        return self._now().timestamp()

    @staticmethod
    async def _ask(reply: Any) -> Any:
        """Bound a Redis call: without an answer of Redis, WeChat is called all the same."""
        async with asyncio.timeout(REDIS_SECONDS):
            return await reply


def _log_failure(flight: asyncio.Task[str]) -> None:
    """Every caller may have gone away; the failure then has been logged by nobody."""
    if not flight.cancelled() and (failure := flight.exception()):
        log.warning("no_access_token", problem=str(failure))
