"""Subscribe messages: what they cost, and those that wait at the same time go together."""

import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.jobs import actions as jobs
from services.jobs import batches, batches_store
from services.messaging import bulk_store
from services.messaging import jobs as messaging_jobs
from services.messaging.deliveries import actions as deliveries
from services.messaging.models import SEND
from tests.build.deaths import Killed
from tests.build.mailbox import SEND as CALL
from tests.build.mailbox import (
    allow,
    arrived,
    calls,
    follow,
    inbox,
    left,
    open_push,
    open_service_push,
    tell,
)
from tests.build.query_recorder import QueryRecorder
from tests.build.sign_ins import Member
from tests.build.world import World
from tests.depth import by_depth

pytestmark = pytest.mark.slow

SERVICE_CALL: Final = "/cgi-bin/message/template/send"
NAMES: Final = ("li", "wang", "zhao", "sun")
# Every write of a worker that pushes messages, where it may be killed before or after.
WRITES: Final[list[tuple[Any, str]]] = [
    (batches_store, "claim"),
    (batches_store, "finish"),
    (batches_store, "put_back"),
    (bulk_store, "take_grants"),
    (bulk_store, "start"),
    (bulk_store, "accept"),
    (bulk_store, "lose"),
    (deliveries, "reserve"),
    (deliveries, "_deliver"),
]


@pytest.fixture
async def people(world: World) -> dict[str, Member]:
    """Four people, each of whom allowed one message."""
    await open_push(world)
    found = {name: await world.sign_in(name) for name in NAMES}
    for name in NAMES:
        await allow(world, name)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The commands that MongoDB is sent, with their collections."""
    sent, begin = list[tuple[str, str]](), QueryRecorder.started

    def started(recorder: QueryRecorder, event: Any) -> None:
        sent.append((event.command_name, str(event.command[event.command_name])))
        begin(recorder, event)

    monkeypatch.setattr(QueryRecorder, "started", started)
    return sent


# What one message costs after its job was claimed, and what many cost together.
PUSHED: Final = [
    ("find", "outbox"),  # what waits beside it
    ("find", "messages"),
    ("find", "people"),
    ("aggregate", "message_grants"),
    ("find", "messages"),  # in the transaction that takes the grants
    ("find", "message_grants"),
    ("update", "message_grants"),
    ("update", "messages"),
    ("commitTransaction", "1"),
]
TAKEN: Final = [("update", "outbox"), ("find", "outbox")]
ENDED: Final = [("update", "outbox")]


# What telling somebody costs in the transaction of what they are told of.
TOLD: Final = [
    ("find", "people"),
    ("update", "messages"),
    ("aggregate", "message_grants"),  # and whether they follow the service account
]
COMMIT: Final = ("commitTransaction", "1")


async def test_who_cannot_be_reached_costs_no_job(
    world: World, people: dict[str, Member], asked: list[tuple[str, str]]
) -> None:
    chen = await world.sign_in("chen")
    asked.clear()
    await tell(world, chen)
    assert asked == [*TOLD, COMMIT]
    asked.clear()
    await tell(world, people["li"])
    assert [one for one in asked if one[1] != "outbox"] == [*TOLD, COMMIT]
    assert [row["kind"] for row in await world.db.outbox.find().to_list()] == [SEND]


async def test_told_again_it_is_not_looked_for_again(
    world: World, people: dict[str, Member], asked: list[tuple[str, str]]
) -> None:
    await tell(world, people["li"])
    await world.work()
    await world.db.outbox.delete_many({})
    await allow(world, "li")
    asked.clear()
    await tell(world, people["li"])
    assert asked == [*TOLD[:2], COMMIT]
    assert await world.db.outbox.count_documents({}) == 0


async def test_one_message_takes_few_commands(
    world: World, people: dict[str, Member], asked: list[tuple[str, str]]
) -> None:
    payload = {"message_id": await tell(world, people["li"])}
    await world.db.outbox.delete_many({})  # its job is the one at work
    asked.clear()
    await messaging_jobs.send(world.deps, payload)
    assert asked == [*PUSHED, ("update", "messages")]


async def test_many_messages_take_as_many_commands_as_one(
    world: World, people: dict[str, Member], asked: list[tuple[str, str]]
) -> None:
    messages = {name: await tell(world, people[name]) for name in NAMES}
    job = await jobs.claim_due(world.deps, "worker")
    assert job is not None
    asked.clear()
    await messaging_jobs.send(world.deps, job.payload)

    answers = len(asked) - len(PUSHED) - len(TAKEN) - len(ENDED)
    assert asked == [
        PUSHED[0],
        *TAKEN,
        *PUSHED[1:],
        *[("update", "messages")] * answers,
        *ENDED,
    ]
    assert 1 <= answers <= len(NAMES), "answers that come together are written together"
    for name, message_id in messages.items():
        assert await inbox(world, people[name]) == {message_id: "sent"}
    states = [row["state"] for row in await world.db.outbox.find().to_list()]
    assert sorted(states) == ["done"] * 3 + ["leased"], "the worker ends the one at work"


async def test_everybody_gets_their_own_message(
    world: World, people: dict[str, Member]
) -> None:
    for name in NAMES:
        await tell(world, people[name], home=f"{name}的家")
    await world.work()
    for name in NAMES:
        [message] = await arrived(world, name)
        assert message["data"]["thing1"] == f"{name}的家"
        assert await left(world, people[name]) == 0


async def test_who_allowed_none_is_left_out_of_those_that_go_together(
    world: World, people: dict[str, Member]
) -> None:
    chen = await world.sign_in("chen")
    for member in (chen, *people.values()):
        await tell(world, member)
    await world.work()
    assert await arrived(world, "chen") == []
    assert list((await inbox(world, chen)).values()) == ["inbox"]
    assert await calls(world) == len(NAMES)


async def test_one_that_fails_keeps_no_other_from_going(
    world: World, people: dict[str, Member]
) -> None:
    """And each job ends by its own message: retried, dead or done."""
    empty = await tell(world, people["wang"], home="🏠")
    old = await tell(world, people["zhao"])
    await world.db.messages.update_one({"_id": old}, {"$unset": {"values.fee": ""}})
    await tell(world, people["li"])
    await tell(world, people["sun"])
    await world.wechat.fault(CALL, match={"nth": 2}, errcode=-1)
    await world.work()

    assert await inbox(world, people["wang"]) == {empty: "failed"}
    assert await inbox(world, people["zhao"]) == {old: "failed"}
    rows = await world.db.outbox.find({"kind": SEND}).to_list()
    assert sorted(row["state"] for row in rows) == ["dead", "dead", "done", "ready"]
    assert {row["last_error"] for row in rows if row["state"] == "dead"} == {
        "bill_issued: thing1: empty",
        "bill_issued: fee: missing",
    }
    await world.advance(minutes=1)
    await world.work()
    assert [len(await arrived(world, name)) for name in ("li", "sun")] == [1, 1]


async def test_one_that_lacks_a_value_keeps_no_follower_from_being_told(world: World) -> None:
    """The service account takes the same values, and no call is made without them."""
    await open_service_push(world)
    members = {name: await world.sign_in(name) for name in ("li", "wang")}
    for name in members:
        await follow(world, name)
    await world.work()
    ids = {name: await tell(world, member) for name, member in members.items()}
    await world.db.messages.update_one({"_id": ids["li"]}, {"$unset": {"values.fee": ""}})
    await world.work()
    assert await inbox(world, members["li"]) == {ids["li"]: "failed"}
    assert len(await world.wechat.calls(SERVICE_CALL)) == 1
    rows = await world.db.outbox.find({"kind": SEND}).to_list()
    assert sorted(row["state"] for row in rows) == ["dead", "done"]


async def test_one_that_a_later_release_wrote_keeps_no_other_from_going(
    world: World, people: dict[str, Member]
) -> None:
    """Its own job fails, and no other one with it."""
    ids = {name: await tell(world, people[name]) for name in NAMES}
    await world.db.messages.update_one(
        {"_id": ids["wang"]},
        {"$set": {"channel": "telephone"}},
        bypass_document_validation=True,
    )
    await world.db.outbox.delete_one({"_id": f"{SEND}:{ids['li']}"})  # the one at work
    await messaging_jobs.send(world.deps, {"message_id": ids["li"]})

    assert [len(await arrived(world, name)) for name in NAMES] == [1, 0, 1, 1]
    rows = {row["_id"]: row for row in await world.db.outbox.find({"kind": SEND}).to_list()}
    unread = rows.pop(f"{SEND}:{ids['wang']}")
    assert (unread["state"], unread["attempts"]) == ("ready", 1)
    assert "channel" in unread["last_error"]
    assert {row["state"] for row in rows.values()} == {"done"}


async def test_a_quota_that_is_used_up_is_told_once_for_all_that_went_together(
    world: World, people: dict[str, Member]
) -> None:
    for name in NAMES:
        await tell(world, people[name])
    await world.wechat.fault(CALL, match={"times": None}, errcode=45009)
    with capture_logs() as lines:
        await world.work()
    assert await calls(world) == len(NAMES)
    assert [line["event"] for line in lines].count("message_quota_reached") == 1
    rows = await world.db.outbox.find({"kind": SEND}).to_list()
    assert {(row["state"], row["attempts"]) for row in rows} == {("ready", 0)}


async def test_messages_to_one_person_go_one_after_the_other(
    world: World, people: dict[str, Member]
) -> None:
    """So a refusal, which strikes out the grants, spares the next one its call."""
    await allow(world, "li")
    await world.wechat.do("users/li/unsubscribe", copies=0)
    for key in ("b1", "b2", "b3"):
        await tell(world, people["li"], key)
    await world.work()
    assert sorted((await inbox(world, people["li"])).values()) == ["inbox"] * 2 + ["refused"]
    assert await calls(world) == 1
    rows = await world.db.outbox.find({"kind": SEND}).to_list()
    assert {(row["state"], row["attempts"]) for row in rows} == {("done", 1)}


async def test_a_failure_of_ours_puts_back_what_waited_beside(
    world: World, people: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        await tell(world, people[name])
    job = await jobs.claim_due(world.deps, "worker")
    assert job is not None

    async def broken(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(messaging_jobs.store, "find_many", broken)
        with pytest.raises(RuntimeError):
            await messaging_jobs.send(world.deps, job.payload)
    rows = await world.db.outbox.find({"_id": {"$ne": job.id}}).to_list()
    assert {(row["state"], row["attempts"]) for row in rows} == {("ready", 0)}
    await world.advance(minutes=1)
    await world.work()
    assert await calls(world) == len(NAMES)


async def test_a_batch_leaves_jobs_of_other_kinds_and_of_later_alone(world: World) -> None:
    later = world.clock.now.replace(year=world.clock.now.year + 1)
    await jobs.enqueue(world.deps, None, SEND, "later", due_at=later, message_id="m")
    await jobs.enqueue(world.deps, None, "other", "now")
    assert await batches.take(world.deps, SEND, limit=9) == []
    await jobs.enqueue(world.deps, None, SEND, "now", message_id="m")
    assert [job.id for job in await batches.take(world.deps, SEND, limit=9)] == [f"{SEND}:now"]
    assert await batches.take(world.deps, SEND, limit=9) == [], "it is leased"


async def test_a_worker_that_slept_changes_nothing_of_what_another_leased(
    world: World,
) -> None:
    await jobs.enqueue(world.deps, None, SEND, "one", message_id="m")
    slept = await batches.take(world.deps, SEND, limit=9)
    await world.advance(seconds=jobs.LEASE.total_seconds() + 1)
    [job] = await batches.take(world.deps, SEND, limit=9)
    for ends in ({}, {job.id: None}, {job.id: RuntimeError()}):
        await batches.settle(world.deps, slept, ends)
    [row] = await world.db.outbox.find().to_list()
    assert (row["state"], row["owner"], row["attempts"]) == ("leased", job.owner, 2)


async def test_jobs_that_fail_with_one_error_are_told_with_its_traceback_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):  # of thirty the last would be told with a hundred lines of code
        await jobs.enqueue(world.deps, None, SEND, f"{number}", message_id="m")
    taken = await batches.take(world.deps, SEND, limit=9)
    error, told = RuntimeError("no token"), list[int]()

    def soon(_attempts: int) -> timedelta:
        told.append(len(traceback.extract_tb(error.__traceback__)))
        return timedelta(seconds=1)

    monkeypatch.setattr(jobs, "backoff", soon)
    await batches.settle(world.deps, taken, {job.id: error for job in taken})
    assert told == [told[0]] * 3


def mortal(monkeypatch: pytest.MonkeyPatch, deaths: Iterator[str]) -> Callable[[], None]:
    """Let a worker die before or after its writes; what is returned starts the next worker.

    A dead one writes nothing any more, whatever it would have cleared up.
    """
    is_dead = False

    def revive() -> None:
        nonlocal is_dead
        is_dead = False

    def dying(write: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def attempt(*args: Any, **named: Any) -> Any:
            nonlocal is_dead
            death = next(deaths, "no")
            is_dead = is_dead or death == "before"
            if is_dead:
                raise Killed
            result = await write(*args, **named)
            is_dead = is_dead or death == "after"
            if is_dead:
                raise Killed
            return result

        return attempt

    for module, name in WRITES:
        monkeypatch.setattr(module, name, dying(getattr(module, name)))
    return revive


@settings(
    max_examples=by_depth(day=15, night=300),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deaths=st.lists(st.sampled_from(["no", "no", "before", "after"]), max_size=30))
@example(deaths=["no", "no", "no", "no", "no", "no", "before"])
@example(deaths=["no", "no", "no", "after"])
async def test_whoever_dies_each_message_is_pushed_once_at_most(
    world: World, people: dict[str, Member], deaths: list[str]
) -> None:
    for name in ("messages", "outbox", "message_grants"):
        await world.db[name].delete_many({})
    before = {name: len(await arrived(world, name)) for name in NAMES}
    for name in NAMES:
        await allow(world, name)
    messages = {name: await tell(world, people[name]) for name in NAMES}
    with pytest.MonkeyPatch.context() as patched:
        revive = mortal(patched, iter(deaths))
        while await world.db.outbox.count_documents({"open": True}):
            revive()
            with suppress(Killed):
                await world.work()
            await world.advance(seconds=jobs.LEASE.total_seconds() + 1)
    for name, message_id in messages.items():
        got = len(await arrived(world, name)) - before[name]
        message = await world.db.messages.find_one({"_id": message_id})
        assert message is not None
        assert (got, message["delivery"]) in {(0, "unknown"), (1, "unknown"), (1, "sent")}
