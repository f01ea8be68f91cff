"""Dependencies of services: database, Redis, clock, vault, WeChat. Passed in by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)
from redis.asyncio import Redis

from services import deadlines
from services.kernel import endings
from services.kernel.days import Day, day_of
from services.kernel.documents import Document, new_id
from services.kernel.features import Features
from services.kernel.vault import Vault
from services.limits.buckets import Limiter
from services.wechat.merchant_clients import MerchantClients
from services.wechat.mini_program import MiniProgram
from services.wechat.push import PushReceiver
from services.wechat.service_account import LinkedAccount

Database = AsyncDatabase[Document]
Transaction = AsyncClientSession
T = TypeVar("T")

# The driver would go on retrying a transaction for 120 s; people do not wait that long.
TRANSACTION_SECONDS: Final = 4.0
# Kept back to tell MongoDB that the transaction is off: one that is only left alone goes on
# holding what it wrote for another minute (transactionLifetimeLimitSeconds), against everybody.
ABORT_SECONDS: Final = 0.5
# SnapshotUnavailable, while an index or a collection is new; SnapshotTooOld.
NO_SNAPSHOT: Final = frozenset({246, 239})
SNAPSHOT_TRIES: Final = 5
SNAPSHOT_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """`merchants`: account key → client of that WeChat Pay account, as they are at this moment.

    `service`: the linked service account (服务号), None when none is configured.
    `templates`: key of a template → id of the message template, of those this mini-program has.
    `public_url`: where WeChat and phones reach this server, without a slash at the end.
    `photos`: the folder of the sealed photos, the same for all processes.
    `features`: what each package registered, found by the server: services list no packages.
    """

    mongo: AsyncMongoClient[Document]
    db: Database
    redis: Redis
    limiter: Limiter
    now: Callable[[], datetime]
    vault: Vault
    wechat: MiniProgram
    merchants: MerchantClients
    push: PushReceiver
    service: LinkedAccount | None
    templates: Mapping[str, str]
    public_url: str
    photos: Path
    features: Features

    def today(self) -> Day:
        """Return the day it is in Beijing."""
        return day_of(self.now())

    def new_id(self) -> str:
        """Return an id that sorts by creation time and cannot be guessed."""
        return new_id(self.now())

    async def in_transaction(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` atomically. It may run twice: database calls only, no HTTP.

        What it left for the end (kernel/endings.py) is written last, and what follows is done
        after the commit.

        A DuplicateKeyError must leave `work`: swallowed inside, the driver would commit an
        aborted transaction and retry for ever. Whoever lost to somebody and looks what is there
        does so in a transaction, this one or the next: outside, a read finds what the majority
        has, and the winner's commit may not be of that yet. Raises a PyMongoError that is an
        outage after TRANSACTION_SECONDS, or when less is left to the request.
        """
        ends_at = monotonic() + deadlines.left(TRANSACTION_SECONDS)

        async def in_time(tx: Transaction) -> T:
            ending = endings.begin(tx)
            with deadlines.until(ends_at - ABORT_SECONDS):
                result = await work(tx)
                await ending.finish(self.db, tx)
            return result

        with deadlines.until(ends_at):
            async with self.mongo.start_session() as session:
                result = await session.with_transaction(in_time)
                following = endings.of(session).follow
        for follow in following.values():
            await follow()
        return result

    async def in_snapshot(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run reads that all see one state of the database; it may run some times.

        One after the other: a session is for one at a time.
        """
        for _ in range(SNAPSHOT_TRIES - 1):
            try:
                return await self._in_snapshot(work)
            except OperationFailure as error:
                if error.code not in NO_SNAPSHOT:
                    raise
            await asyncio.sleep(SNAPSHOT_PAUSE_SECONDS)
        return await self._in_snapshot(work)

    async def _in_snapshot(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self.db.client.start_session(snapshot=True) as session:
            return await work(session)


def is_outage(error: BaseException) -> bool:
    """Tell whether MongoDB could not answer in time, so that asking again may help."""
    return (
        isinstance(error, AutoReconnect | WaitQueueTimeoutError)
        or (isinstance(error, OperationFailure) and error.code in NO_SNAPSHOT)
        or (isinstance(error, PyMongoError) and error.timeout)
    )
