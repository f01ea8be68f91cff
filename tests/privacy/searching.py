"""Looks for somebody in everything that is kept: every collection, every key of Redis.

What is base64 is looked into, bytes are read as text, numbers as people write them.
"""

import binascii
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import mongo_indexes
from server.features import FEATURES
from services.kernel.vault import Vault
from tests.build.world import World

PACKED = re.compile(r"[A-Za-z0-9+/_=-]{12,}")
DEEPEST = 3
# Where WeChat's name of a person belongs: with the person, and in what WeChat is told of the
# payer of an order, to be repeated byte by byte.
BELONGS = {"people.openid", "people.wechat_key", "payments.body", "followers.openid"}


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield every text that hides in a value: keys, bytes, numbers, base64 within base64."""
    match value:
        case None | bool() | datetime():
            return
        case Mapping():
            for key, inner in value.items():
                yield from texts(key, depth)
                yield from texts(inner, depth)
        case list() | tuple() | set():
            for inner in value:
                yield from texts(inner, depth)
        case bytes():
            yield from texts(value.decode(errors="ignore"), depth)
        case _:
            text = str(value)
            yield text
            if depth < DEEPEST:
                for packed in PACKED.findall(text):
                    for raw in unpacked(packed):
                        yield from texts(raw, depth + 1)


def unpacked(packed: str) -> Iterator[bytes]:
    for decode in (b64decode, urlsafe_b64decode):
        try:
            yield decode(packed + "=" * (-len(packed) % 4))
        except (binascii.Error, ValueError):
            continue


def hits(where: str, value: Any, needles: Mapping[str, str]) -> set[str]:
    """Return `where: name of needle` for each needle that is in a value."""
    found = set()
    for text in texts(value):
        found |= {f"{where}: {name}" for name, needle in needles.items() if needle in text}
    return found


async def in_database(world: World, needles: Mapping[str, str]) -> set[str]:
    """Search all collections, field by field."""
    found = set()
    for module in mongo_indexes.ALL:
        async for row in world.db[module.COLLECTION].find():
            for field, value in row.items():
                found |= hits(f"{module.COLLECTION}.{field}", [field, value], needles)
    return found


async def under_seal(world: World, needles: Mapping[str, str]) -> set[str]:
    """Search what is sealed, opened."""
    vault: Vault = world.deps.vault
    found = set()
    for holding in FEATURES.holdings:
        if holding.sealed:
            async for row in world.db[holding.collection].find():
                for field, sealed in holding.sealed.items():
                    for value in values(row, field):
                        text = sealed.open(vault, row["_id"], value)
                        found |= hits(f"{holding.collection}.{field}", text, needles)
    return found


def values(row: Mapping[str, Any], field: str) -> list[str]:
    """Return what a sealed field holds: `list.field` for one of each item of a list."""
    name, _, inner = field.partition(".")
    held = [item.get(inner) for item in row.get(name, [])] if inner else [row.get(name)]
    return [value for value in held if value]


async def in_redis(world: World, needles: Mapping[str, str]) -> set[str]:
    found = set()
    redis = world.deps.redis
    async for key in redis.scan_iter():
        kept = [key]
        match await redis.type(key):
            case b"string":
                kept.append(await redis.get(key))
            case b"hash":
                kept.append(await redis.hgetall(key))
            case b"list":
                kept.append(await redis.lrange(key, 0, -1))
            case b"set":
                kept.append(await redis.smembers(key))
            case b"zset":
                kept.append(await redis.zrange(key, 0, -1))
            case b"none":  # it ran out since it was found
                continue
            case other:
                raise AssertionError(other)
        found |= hits(f"redis {key!r}", kept, needles)
    return found


async def asked_of_wechat(world: World) -> list[str]:
    """Return the addresses of our calls; those of WeChat's pushes name the person.

    So does the question who follows: WeChat wants the openid there, and nowhere else.
    """
    calls = [call for call in await world.wechat.calls("/") if call["direction"] == "in"]
    calls = [call for call in calls if call["path"] != "/cgi-bin/user/info"]
    return [f"{call['path']}?{call['query']}" for call in calls if "__ctl" not in call["path"]]


def misplaced(found: set[str]) -> set[str]:
    """Leave out openids where they belong."""
    return {hit for hit in found if hit.partition(": openid")[0] not in BELONGS}
