"""After a full run nobody is found in logs, addresses, Redis, or where they do not belong.

Each channel is also given a leak on purpose: a search that finds nothing must be able to.
"""

import logging
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from server import observability
from server.settings import LogFormat, Settings
from services.kernel.vault import Vault
from services.privacy.registry import TABLE
from tests.build.stage import open_world
from tests.build.world import Clock, World
from tests.privacy import searching
from tests.privacy.fullrun import OUYANG, PHONES, Day, Recorder

pytestmark = pytest.mark.slow

# Where WeChat's name of a person belongs: with the person, and in what WeChat is told of the
# payer of an order, to be repeated byte by byte.
BELONGS = {"people.openid", "people.wechat_key", "payments.body"}


Log = Callable[[], str]


@pytest.fixture
def log(tmp_path: Path, base_settings: Settings) -> Iterator[Log]:
    """Everything that is logged, as in production but at debug."""
    before, level = logging.root.handlers[:], logging.root.level
    settings = msgspec.structs.replace(
        base_settings, log_level="debug", log_format=LogFormat.JSON
    )
    observability.configure_logging(settings, tmp_path / "log")
    yield (tmp_path / "log").read_text
    for handler in logging.root.handlers:
        handler.close()
    logging.root.handlers[:], logging.root.level = before, level
    structlog.reset_defaults()


@pytest.fixture
async def world(
    base_settings: Settings, database: str, clock: Clock, log: Log
) -> AsyncIterator[World]:
    assert database == base_settings.mongodb_database
    assert log() == ""
    async with open_world(base_settings, clock, observability.log_request) as opened:
        opened.api = Recorder(opened.api.base)
        yield opened


@pytest.fixture
def day(world: World, monkeypatch: pytest.MonkeyPatch) -> Day:
    return Day(world, monkeypatch)


def urls(day: Day) -> list[str]:
    assert isinstance(day.api, Recorder)
    return day.api.urls


async def asked_of_wechat(world: World) -> list[str]:
    """Return the addresses of our calls.

    WeChat's own, its pushes, name the person in the address; our log says the route only.
    """
    calls = [call for call in await world.wechat.journal("/") if call["direction"] == "in"]
    return [f"{call['path']}?{call['query']}" for call in calls if "__ctl" not in call["path"]]


def misplaced(found: set[str]) -> set[str]:
    """Leave out openids where they belong."""
    return {
        hit for hit in found if not (hit.partition(": ")[0] in BELONGS and ": openid" in hit)
    }


async def test_a_full_run_leaves_nobody_behind(day: Day, log: Log) -> None:
    await day.run()
    world, needles = day.world, day.needles
    lines = log().splitlines()
    assert len(lines) > 50
    assert any('"route": "/api/v1/residencies/{residency_id}/reveal"' in x for x in lines)
    assert any("job_died" in line for line in lines)
    assert searching.hits("log", lines, needles) == set()
    assert searching.hits("url", urls(day), needles) == set()
    assert searching.hits("wechat", await asked_of_wechat(world), needles) == set()
    assert await searching.in_redis(world, needles) == set()
    found = await searching.in_database(world, needles)
    assert misplaced(found) == set()
    assert "people.openid: openid of ouyang" in found  # the search does look there
    assert await sealed_but_not_in_the_table(world) == set()


async def sealed_but_not_in_the_table(world: World) -> set[str]:
    """What a vault made begins with a key's id."""
    known = {f"{holding.collection}.{name}" for holding in TABLE for name in holding.sealed}
    known |= {"idempotency_keys.answer_sealed", "audit.key_id", "audit_anchors.key_id"}
    found = set()
    for name in await world.db.list_collection_names():
        async for row in world.db[name].find():
            found |= {
                f"{name}.{field}"
                for field, value in row.items()
                if isinstance(value, str) and value.startswith("k1.")
            }
    return found - known


async def test_after_an_erasure_only_the_register_knows_the_number(day: Day, log: Log) -> None:
    await day.run()
    ouyang = await day.world.sign_in("ouyang")  # the day was long: on the phone once more
    day.remember(ouyang)
    await day.done(ouyang, "POST", "/me/deletion", {"confirm": "注销"})
    await day.world.work()
    await day.world.advance(hours=2)
    await day.world.work()
    needles = {name: what for name, what in day.needles.items() if "ouyang" in name}
    assert len(needles) > 5
    assert await searching.in_database(day.world, needles) == set()
    assert await searching.in_redis(day.world, needles) == set()
    assert searching.hits("log", log(), needles) == set()
    under = {hit.partition(": ")[0] for hit in await searching.under_seal(day.world, needles)}
    # The register itself, the file it came from until it expires, and what others typed when
    # they asked for something of their own.
    assert under <= {
        "residencies.name_sealed",
        "residencies.phone_sealed",
        "register_chunks.sealed",
        "home_requests.note_sealed",
        "home_requests.advice_sealed",
        "home_requests.decision_sealed",
    }
    rows = await day.world.db.residencies.find({"person": ouyang.person_id}).to_list()
    assert rows == []


async def test_a_leak_in_any_channel_would_be_found(day: Day, log: Log) -> None:
    world = day.world
    day.seed()
    needles = {"name": OUYANG, "phone": PHONES["ouyang"]}
    packed = b64encode(b64encode(OUYANG.encode())).decode()
    planted = {
        "outbox": {"payload": {"to": PHONES["ouyang"]}},
        "places": {"name": OUYANG},
        "bills": {"number": int(PHONES["ouyang"])},
        "messages": {"values": {PHONES["ouyang"]: "as a key"}},
        "payments": {"body": f"…{OUYANG}…".encode()},
        "idempotency_keys": {"answer": packed},
    }
    for name, leak in planted.items():
        command = {"insert": name, "documents": [leak], "bypassDocumentValidation": True}
        await world.db.command(command)
    found = {hit.partition(".")[0] for hit in await searching.in_database(world, needles)}
    assert found == set(planted)

    redis = world.deps.redis
    await redis.set("a", OUYANG)
    await redis.set(PHONES["ouyang"], "as a key")
    await redis.hset("h", "f", packed)
    await redis.zadd("z", {OUYANG: 1})
    assert len(await searching.in_redis(world, needles)) == 4

    await world.api.get(f"/api/v1/payments/{PHONES['ouyang']}", as_=None)
    assert searching.hits("url", urls(day), needles) == {"url: phone"}
    assert searching.hits("log", log(), needles) == set()  # it says the route only
    structlog.get_logger().debug("planted", note=OUYANG)
    assert searching.hits("log", log(), needles) == {"log: name"}


async def test_without_the_seal_the_same_run_is_full_of_people(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hides people in the database is the seal, not a search that looks elsewhere."""

    def pack(vault: Vault, text: str, *, place: str) -> str:
        return f"{vault.current}.{b64encode(f'{place}|{text}'.encode()).decode()}"

    def unpack(_vault: Vault, sealed: str, *, place: str) -> str:
        text = b64decode(sealed.partition(".")[2]).decode()
        return text.removeprefix(f"{place}|")

    monkeypatch.setattr(Vault, "seal", pack)
    monkeypatch.setattr(Vault, "unseal", unpack)
    await day.run()
    found = misplaced(await searching.in_database(day.world, day.needles))
    assert {hit.partition(": ")[0] for hit in found} >= {
        "people.phone_sealed",
        "residencies.name_sealed",
        "residencies.phone_sealed",
        "appointments.name_sealed",
        "idempotency_keys.answer_sealed",
    }
