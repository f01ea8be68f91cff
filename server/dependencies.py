"""Construction of the dependencies that services are handed: connections, clients, keys."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec
from pymongo import AsyncMongoClient
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from redis.asyncio import BlockingConnectionPool, Redis

from server.features import FEATURES
from server.observability import count_wechat_call
from server.settings import Settings
from services.dependencies import Dependencies
from services.kernel.days import wall_clock
from services.kernel.vault import Vault
from services.limits.buckets import Limiter
from services.wechat.merchant import load_accounts
from services.wechat.merchant_clients import MerchantClients
from services.wechat.mini_program import MiniProgram
from services.wechat.pay import PayClient
from services.wechat.push import PushReceiver
from services.wechat.service_account import LinkedAccount, ServiceAccount

REDIS_CONNECTIONS: Final = 100
REDIS_SECONDS: Final = 1.0  # a silent Redis may not use up the time of a request
WECHAT_SECONDS: Final = 5.0
# A payment may cost three calls (close, query, order) while somebody looks at the phone.
WECHAT_PAY_SECONDS: Final = 5.0


@asynccontextmanager
async def open_dependencies(
    settings: Settings,
    now: Callable[[], datetime] = wall_clock,
    *,
    mongo_options: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncIterator[Dependencies]:
    """Connect to everything the settings name; close it again at the end."""
    mongo = open_mongo(settings, **mongo_options)
    redis = open_redis(settings.redis_url)
    wechat = MiniProgram(
        settings.wx_appid,
        settings.wx_secret,
        base=settings.wx_api_base,
        redis=redis,
        now=now,
        timeout_seconds=WECHAT_SECONDS,
        observe=count_wechat_call,
    )
    service = open_service(settings, redis, now)
    accounts = load_accounts(msgspec.json.encode(settings.wxpay_accounts))
    merchants = MerchantClients(
        lambda account, earlier=None: PayClient(
            account,
            base=settings.wxpay_api_base,
            notify_base_url=settings.public_url,
            now=now,
            timeout_seconds=WECHAT_PAY_SECONDS,
            observe=count_wechat_call,
            earlier=earlier,
        ),
        accounts,
    )
    try:
        yield Dependencies(
            mongo=mongo,
            db=mongo[settings.mongodb_database],
            redis=redis,
            limiter=Limiter(redis, now, own_time=now is not wall_clock),
            now=now,
            vault=Vault(settings.secret_keys),
            wechat=wechat,
            merchants=merchants,
            push=PushReceiver(
                settings.wx_push_token, settings.wx_push_aes_key, settings.wx_appid
            ),
            service=service,
            templates=settings.wx_templates,
            public_url=settings.public_url.rstrip("/"),
            photos=settings.photos_folder,
            features=FEATURES,
        )
    finally:
        wechat.close()
        if service:
            service.client.close()
        merchants.close()
        await redis.aclose()
        await mongo.close()


def open_service(
    settings: Settings, redis: Redis, now: Callable[[], datetime]
) -> LinkedAccount | None:
    """Make the clients of the linked service account, None when the settings have none."""
    if not settings.wx_service_appid:
        return None
    client = ServiceAccount(
        settings.wx_service_appid,
        settings.wx_service_secret,
        mini_program=settings.wx_appid,
        base=settings.wx_api_base,
        redis=redis,
        now=now,
        timeout_seconds=WECHAT_SECONDS,
        observe=count_wechat_call,
    )
    push = PushReceiver(
        settings.wx_service_push_token, settings.wx_service_push_aes_key, client.appid
    )
    return LinkedAccount(client=client, push=push, templates=settings.wx_service_templates)


def open_mongo(settings: Settings, **options: Any) -> AsyncMongoClient[dict[str, Any]]:
    """Open the database so that what is acknowledged survives a change of primary."""
    return AsyncMongoClient(
        settings.mongodb_uri,
        tz_aware=True,
        timeoutMS=settings.mongodb_timeout_ms,
        maxPoolSize=settings.mongodb_max_pool_size,
        waitQueueTimeoutMS=settings.mongodb_wait_queue_timeout_ms,
        w=WriteConcern("majority").document["w"],
        readConcernLevel=ReadConcern("majority").level,
        **options,
    )


def open_redis(url: str) -> Redis:
    """Open Redis with a pool that waits: the default one raises above a hundred users."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_SECONDS,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    return Redis.from_pool(pool)
