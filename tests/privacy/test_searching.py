"""A leak on purpose in each channel is found: a search that finds nothing must be able to."""

from base64 import b64encode

import pytest
import structlog

from tests.build.world import World
from tests.privacy import searching
from tests.privacy.conftest import Log

pytestmark = pytest.mark.slow

NAME, PHONE = "欧阳若曦", "13866660001"


async def test_a_leak_in_any_channel_would_be_found(
    world: World, urls: list[str], log: Log
) -> None:
    needles = {"name": NAME, "phone": PHONE}
    packed = b64encode(b64encode(NAME.encode())).decode()
    planted = {
        "outbox": {"payload": {"to": PHONE}},
        "places": {"name": NAME},
        "bills": {"number": int(PHONE)},
        "messages": {"values": {PHONE: "as a key"}},
        "payments": {"body": f"…{NAME}…".encode()},
        "idempotency_keys": {"answer": packed},
    }
    for name, leak in planted.items():
        command = {"insert": name, "documents": [leak], "bypassDocumentValidation": True}
        await world.db.command(command)
    found = {hit.partition(".")[0] for hit in await searching.in_database(world, needles)}
    assert found == set(planted)

    redis = world.deps.redis
    await redis.set("a", NAME)
    await redis.set(PHONE, "as a key")
    await redis.hset("h", "f", packed)
    await redis.zadd("z", {NAME: 1})
    assert len(await searching.in_redis(world, needles)) == 4

    await world.api.get(f"/api/v1/payments/{PHONE}", as_=None)
    assert searching.hits("url", urls, needles) == {"url: phone"}
    assert searching.hits("log", log(), needles) == set()  # it says the route only
    structlog.get_logger().debug("planted", note=NAME)
    assert searching.hits("log", log(), needles) == {"log: name"}
