"""Settings that `run` adds where they are left open."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import msgspec
import pytest
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from redis.exceptions import RedisError
from structlog.testing import capture_logs
from tornado.httpclient import AsyncHTTPClient

from server.embedded import lifecycle, servers
from server.settings import Settings, SettingsError
from services.wechat.merchant import load_accounts
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow


@pytest.fixture
def configured() -> Settings:
    """Everything but what a test takes away."""
    return Settings(
        mongodb_uri="mongodb://db",
        redis_url="redis://cache",
        wx_appid="wx1",
        wx_secret="s",
        secret_keys={"k": b"k" * 32},
    )


async def test_a_bare_machine_gets_everything_and_keeps_its_keys(folder: Path) -> None:
    given = Settings(data_dir=folder, port=8123)
    async with lifecycle.embedded(given) as first:
        first.require_all()
        assert first.public_url == "http://127.0.0.1:8123"
        async with AsyncMongoClient[dict[str, int]](first.mongodb_uri) as mongo:
            await mongo.test.kept.insert_one({"n": 1})
        async with Redis.from_url(first.redis_url) as redis:
            assert await redis.ping()
        answer = await AsyncHTTPClient().fetch(first.wx_api_base, raise_error=False)
        assert answer.code < 500
        assert first.wxpay_api_base == first.wx_api_base
        assert len(first.wxpay_accounts) == 3

    keys = folder / "secret_keys.json"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    async with lifecycle.embedded(given) as second:
        assert second == first
        async with AsyncMongoClient[dict[str, int]](second.mongodb_uri) as mongo:
            assert await mongo.test.kept.count_documents({}) == 1


def names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def test_what_is_configured_is_left_alone(configured: Settings, folder: Path) -> None:
    async with lifecycle.embedded(configured.replace(data_dir=folder)) as complete:
        assert complete == configured.replace(
            data_dir=folder, public_url="http://127.0.0.1:8000"
        )
        assert names_in(folder) == []


async def test_only_what_is_left_open_is_started(configured: Settings, folder: Path) -> None:
    settings = configured.replace(data_dir=folder, redis_url="")
    async with lifecycle.embedded(settings) as complete:
        assert complete.redis_url.startswith("redis://127.0.0.1:")
        assert complete.mongodb_uri == "mongodb://db"
    assert names_in(folder) == ["redis"]


async def test_own_keys_are_never_made_for_somebody_elses_database(
    configured: Settings, folder: Path
) -> None:
    settings = configured.replace(data_dir=folder, secret_keys={})
    with pytest.raises(SettingsError, match="Set SECRET_KEYS; see deploy/env"):
        async with lifecycle.embedded(settings):
            pass


async def test_a_part_that_dies_is_started_again(
    configured: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "WATCH_SECONDS", 0.01)
    settings = configured.replace(data_dir=folder, redis_url="")
    async with (
        lifecycle.embedded(settings) as complete,
        Redis.from_url(complete.redis_url) as redis,
    ):
        before = await process_id(redis)
        assert before
        with capture_logs() as logs:
            os.kill(before, signal.SIGKILL)
            async with asyncio.timeout(SAFETY_NET):
                while await process_id(redis) in {before, None}:
                    pass
    assert logs[0]["part"] == "Redis"


async def process_id(redis: Redis) -> int | None:
    try:
        return int((await redis.info("server"))["process_id"])
    except RedisError:
        return None


async def test_the_stand_in_is_trusted_by_what_it_hands_out(sandbox: servers.Sandbox) -> None:
    found = sandbox.settings()
    assert Settings().replace(**found).wx_secret == found["wx_secret"] != ""
    encoded = msgspec.json.encode(found["wxpay_accounts"])
    assert set(load_accounts(encoded)) == {"firm", "sanitation", "partner"}


async def test_no_query_is_slow_enough_for_the_databases_log(base_settings: Settings) -> None:
    """Slow queries are logged with their values: openids, fingerprints of phones."""
    async with AsyncMongoClient[dict[str, int]](base_settings.mongodb_uri) as mongo:
        found = await mongo.admin.command({"profile": -1})
    assert found["slowms"] >= 24 * 60 * 60 * 1000
