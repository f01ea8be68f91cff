"""Effect of an end: the very next request is refused, although Redis died in between."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from server.embedded import servers
from server.settings import Settings
from tests.build.cast import LI_HOME, Estate
from tests.build.homes import accept, get, homes_of, invite, newcomer, post
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Clock, World

pytestmark = pytest.mark.billed("2026-02")

TENANT = "13900000050"


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[servers.RedisServer]:
    """A Redis of this test's own, to be killed."""
    child = servers.start_redis(tmp_path)
    yield child
    child.stop()


@pytest.fixture
async def world(
    base_settings: Settings, database: str, clock: Clock, redis: servers.RedisServer
) -> AsyncIterator[World]:
    assert database == base_settings.mongodb_database
    settings = msgspec.structs.replace(base_settings, redis_url=redis.uri)
    async with open_world(settings, clock) as opened:
        yield opened


@pytest.fixture
async def tenant(estate: Estate) -> Member:
    """Somebody who lives at Li's and has just looked."""
    chen = await newcomer(estate, "chen", TENANT)
    token = (await invite(estate, "tenant"))["token"]
    assert (await accept(estate, chen, token)).status == 200
    assert await homes_of(estate, chen) == {LI_HOME: "tenant"}
    assert (await get(estate, chen, "me/bills?state=owing")).status == 200
    assert (await get(estate, chen, f"homes/{LI_HOME}/residents")).status == 403
    return chen


async def kill(redis: servers.RedisServer) -> None:
    pid = redis.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(redis.stop)  # reaps it


async def refused(estate: Estate, former: Member) -> bool:
    """Tell whether the home is gone for them: from the first request to the last."""
    owing = await get(estate, former, "me/bills?state=owing")
    people = await get(estate, former, f"homes/{LI_HOME}/residents")
    return (owing.status, people.status) == (403, 404) and await homes_of(estate, former) == {}


async def test_a_tenancy_ends(
    estate: Estate, tenant: Member, redis: servers.RedisServer
) -> None:
    [row] = await estate.world.db.residencies.find({"person": tenant.person_id}).to_list()
    await kill(redis)
    path = f"residencies/{row['_id']}/end"
    assert (await post(estate, "li", path, reason="已搬走")).status == 204
    assert await refused(estate, tenant)


async def test_the_registers_phone_changes(
    estate: Estate, tenant: Member, redis: servers.RedisServer
) -> None:
    [row] = await estate.world.db.residencies.find({"person": tenant.person_id}).to_list()
    await estate.member("staff")
    await kill(redis)
    body = {"phone": "13900000051", "reason": "换了租户的号码"}
    path = f"residencies/{row['_id']}/phone"
    assert (await post(estate, "staff", path, **body)).status == 200
    assert await refused(estate, tenant)


async def test_it_ends_and_redis_dies_right_after(
    estate: Estate, tenant: Member, redis: servers.RedisServer
) -> None:
    [row] = await estate.world.db.residencies.find({"person": tenant.person_id}).to_list()
    path = f"residencies/{row['_id']}/end"
    assert (await post(estate, "li", path, reason="已搬走")).status == 204
    await kill(redis)
    assert await refused(estate, tenant)


async def test_the_home_is_sold(estate: Estate, redis: servers.RedisServer) -> None:
    li, mei = await estate.member("li"), await estate.member("mei")
    await estate.member("staff")
    await kill(redis)
    body = {"name": "赵强", "day": "2026-03-02", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **body)).status == 201
    assert await refused(estate, mei)
    people = await get(estate, li, f"homes/{LI_HOME}/residents")
    assert (people.status, await homes_of(estate, li)) == (403, {})  # they owe, and no more
    owing = await get(estate, li, "me/bills?state=owing")
    assert owing.status == 200
