"""Round trips of requests: few to MongoDB, and none to Redis while a share of a limit holds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.audit import actions as audit
from services.audit import store as audit_store
from services.limits.models import ALLOWANCES, Allowance, Rate
from tests.build.cast import Estate
from tests.build.mailbox import allow, open_push
from tests.build.payments import ordered, pay
from tests.build.query_recorder import QueryRecorder
from tests.build.world import World

pytestmark = pytest.mark.billed("2026-02", "2026-03")

BILLS = "/api/v1/me/bills"


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The commands that MongoDB is sent."""
    assert world
    sent, begin = list[Any](), QueryRecorder.started

    def started(recorder: QueryRecorder, event: Any) -> None:
        sent.append(event.command)
        begin(recorder, event)

    monkeypatch.setattr(QueryRecorder, "started", started)
    return sent


@pytest.fixture
def asked_redis(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that Redis is sent."""
    sent, execute = list[str](), world.deps.redis.execute_command

    async def noted(*command: Any, **options: Any) -> Any:
        sent.append(command[0])
        return await execute(*command, **options)

    monkeypatch.setattr(world.deps.redis, "execute_command", noted)
    return sent


# Who asks for what, and how many commands MongoDB is sent for it: one for who asks and what
# they hold, one more where an office hangs on something else; then what is asked for.
COMMANDS = [
    ("li", BILLS, 2),
    ("li", f"{BILLS}?state=paid", 3),  # and what is owed, which that page does not say
    ("li", f"{BILLS}?limit=1", 3),
    ("li", "/api/v1/me", 2),
    ("head", "/api/v1/me", 3),
    ("staff", "/api/v1/me", 2),
    ("li", "/api/v1/me/sessions", 2),
    ("li", "/api/v1/me/messages", 2),
    ("li", "/api/v1/me/today", 5),
    ("head", "/api/v1/me/today", 16),  # one for each kind of entry
    ("head", "/api/v1/me/today/counts", 15),
    ("li", "/api/v1/me/notices", 7),
    ("li", "/api/v1/me/repairs", 7),
]


async def test_a_request_makes_few_round_trips(
    world: World, estate: Estate, asked: list[Any]
) -> None:
    made = {}
    for who, path, _ in COMMANDS:
        member = await estate.member(who)
        asked.clear()
        assert (await world.api.get(path, as_=member)).status == 200
        made[who, path] = len(asked)
    assert made == {(who, path): most for who, path, most in COMMANDS}


async def test_each_part_of_a_union_is_read_by_an_index(
    world: World, estate: Estate, asked: list[Any]
) -> None:
    """Who asks and what they hold; then bills and homes, or what an office hangs on."""
    for who in ("li", "head"):
        member = await estate.member(who)
        asked.clear()
        await world.api.get(BILLS, as_=member)
        unions = [command for command in asked if "aggregate" in command]
        assert len(unions) == 2
        for command in unions:
            await require_indexes(world, command)


async def require_indexes(world: World, asked: Any) -> None:
    """Fail for a part that reads a collection, or more than what it was asked for."""
    sent = {n: asked[n] for n in ("aggregate", "pipeline", "hint", "cursor") if n in asked}
    plan = await world.db.command("explain", sent, verbosity="executionStats")
    assert "COLLSCAN" not in str(plan)
    looked_up = [*values(plan, "collectionScans")]
    assert not any(looked_up)
    assert sum(values(plan, "totalDocsExamined")) <= 10


def values(node: Any, name: str) -> Iterator[int]:
    """Yield the figures of a name anywhere in a plan."""
    if isinstance(node, dict):
        if name in node:
            yield int(node[name])
        for inner in node.values():
            yield from values(inner, name)
    elif isinstance(node, list):
        for inner in node:
            yield from values(inner, name)


# One payment: what MongoDB is sent at each step, and why. Whoever adds a command adds a line.
ORDER = [
    "aggregate sessions",  # who asks, and what they hold
    "aggregate bills",  # with open orders that hold them, the payees around, and the payer
    "findAndModify people",  # held: no order is left behind by who erases themself
    "update bills",  # held: not paid or voided meanwhile
    "insert payments",
    "update audit_heads",  # the end of the person's lane, as this process left it
    "insert audit",
    "update outbox",  # the job that follows the order
    "commitTransaction",
    "findAndModify payments",  # what WeChat answered
]
NOTICE = [
    "aggregate payments",  # the order with its bills, and whether the notice is known
    "insert wechat_events",
    "update payments",
    "update bills",  # all of them
    "insert place_sums",
    "insert journal",
    "insert receipts",
    "find people",  # who is told
    "update messages",
    "aggregate message_grants",  # and whether they follow the service account
    "update outbox",  # the job that followed the order ends; one may carry the message
    "commitTransaction",
]
JOB = [
    "aggregate outbox",  # what is due, of all lanes
    "findAndModify outbox",  # leased
    "find outbox",  # messages that wait beside this one
    "update outbox",  # done
    "aggregate outbox",  # nothing more
]


def named(asked: Sequence[Any]) -> list[str]:
    """Return the commands with their collections."""
    told = [next(iter(command.items())) for command in asked]
    return [name if name == "commitTransaction" else f"{name} {of}" for name, of in told]


async def remember_lane(world: World, person_id: str) -> None:
    """Let this process be the one that wrote the person's last row of the audit."""
    lane = audit.lane_of(person_id)
    audit.REMEMBERED[lane] = await audit_store.find_head(world.deps.db, lane)


async def test_a_payment_makes_few_round_trips(
    world: World, estate: Estate, asked: list[Any]
) -> None:
    li = await estate.member("li")
    await open_push(world)
    await allow(world, "li", "stand-in-payment_received")
    await world.work()
    ids = await estate.bill_ids("li")
    await remember_lane(world, li.person_id)
    asked.clear()
    made = await ordered(estate, li, ids)
    assert named(asked) == ORDER
    asked.clear()
    await pay(estate, li, made)
    assert named(asked) == NOTICE
    asked.clear()
    assert await world.work() == 1
    assert [each for each in named(asked) if each.endswith(" outbox")] == JOB


async def test_an_order_that_is_handed_out_again_is_read_once(
    estate: Estate, asked: list[Any]
) -> None:
    li = await estate.member("li")
    ids = await estate.bill_ids("li")
    await ordered(estate, li, ids)
    asked.clear()
    await ordered(estate, li, ids)
    assert named(asked) == [
        "aggregate sessions",
        "aggregate bills",
        "findAndModify payments",  # WeChat's answer is no news
        "update payments",  # but its newest prepay id
        "find payments",
        "update audit_heads",
        "insert audit",
        "commitTransaction",
    ]


async def test_what_a_payment_reads_together_is_read_by_indexes(
    world: World, estate: Estate, asked: list[Any]
) -> None:
    li, ids = await estate.member("li"), await estate.bill_ids("li")
    asked.clear()
    await pay(estate, li, await ordered(estate, li, ids))
    unions = [command for command in asked if "aggregate" in command]
    assert [command["aggregate"] for command in unions] == [
        "sessions",
        "bills",
        "payments",
        "message_grants",
    ]
    for command in unions:
        await require_indexes(world, command)


async def test_a_request_asks_redis_once_and_not_at_all_while_its_share_holds(
    world: World, estate: Estate, asked_redis: list[str]
) -> None:
    li = await estate.member("li")
    await world.api.get(BILLS, as_=li)
    for _ in range(3):
        await world.advance(minutes=1)  # what was leased has grown back
        made = []
        for _ in range(30):  # a fifth of the upper half of 300
            asked_redis.clear()
            assert (await world.api.get(BILLS, as_=li)).status == 200
            made.append(len(asked_redis))
        assert made == [1] + [0] * 29, "address and person in one"


async def test_somebody_new_is_asked_for_once_more(
    world: World, estate: Estate, asked_redis: list[str]
) -> None:
    """Whom the limit counts is in the session: the first time it is not known beforehand."""
    li = await estate.member("li")
    await world.advance(minutes=1)
    asked_redis.clear()
    await world.api.get(BILLS, as_=li)
    assert len(asked_redis) == 2
    await world.advance(minutes=1)
    asked_redis.clear()
    await world.api.get(BILLS, as_=li)
    assert len(asked_redis) == 1


async def test_a_session_that_is_over_uses_up_nothing_of_the_person(
    world: World, estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever found a token that was signed out cannot shut its owner out."""
    monkeypatch.setitem(ALLOWANCES, Rate.ORDINARY, Allowance(30, timedelta(hours=1)))
    li = await estate.member("li")
    again = await world.sign_in("li", li.phone)
    assert (await world.api.get(BILLS, as_=li)).status == 200
    await world.api.delete("/api/v1/sessions/current", as_=li)
    for _ in range(40):
        await world.advance(seconds=1)
        assert (await world.api.get(BILLS, as_=li)).status == 401
    made = [(await world.api.get(BILLS, as_=again)).status for _ in range(30)]
    assert made.count(200) >= 30 - 2 - 2, "two used, two lost of shares"


async def test_health_is_told_without_asking_who_asks(
    world: World, estate: Estate, asked: list[Any]
) -> None:
    li = await estate.member("li")
    asked.clear()
    assert (await world.api.get("/healthz", as_=li)).status == 200
    assert asked == []
