"""Broadcasts: everybody has one entry, nobody is pushed to twice, and the counts add up."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.features import Lane
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts import (
    jobs,
    pushes,
    reach,
)
from services.messaging.broadcasts.models import Quiet, Urgency
from services.messaging.broadcasts.states import BroadcastState
from services.messaging.deliveries import actions as deliveries
from services.messaging.push_turns import store as push_turns_store
from services.people import actions as people_actions
from tests.build.broadcasts import (
    begin,
    check,
    entries,
    finish,
    found,
    neighbours,
    step,
)
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate
from tests.build.deaths import Killed, deadly
from tests.build.mailbox import (
    SEND,
    allow,
    arrived,
    calls,
    inbox,
    left,
    receipt,
)
from tests.build.sign_ins import Member
from tests.build.world import World
from tests.depth import by_depth

pytestmark = pytest.mark.slow
NEVER = Quiet(from_hour=0, to_hour=0)


@pytest.fixture
async def people(estate: Estate) -> dict[str, Member]:
    return await neighbours(estate)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "PARTS_IN_A_STEP", 1)
    monkeypatch.setattr(pushes, "SEEN_AT_ONCE", 2)
    monkeypatch.setattr(pushes, "AT_ONCE", 1)


@settings(
    max_examples=by_depth(day=12, night=200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deaths=st.lists(st.sampled_from(["no", "before", "after"]), max_size=40))
async def test_whoever_dies_everybody_has_one_entry_and_one_push_at_most(
    estate: Estate, people: dict[str, Member], deaths: list[str]
) -> None:
    world = estate.world
    for name in ("messages", "broadcasts", "broadcast_homes", "push_turns", "message_grants"):
        await world.db[name].delete_many({})
    before = {name: len(await arrived(world, name)) for name in people}
    for name in people:
        await allow(world, name)
    broadcast = await begin(world)
    with pytest.MonkeyPatch.context() as patched:
        deadly(patched, iter(deaths))
        patched.setattr(jobs, "PARTS_IN_A_STEP", 1 + len(deaths) % 4)
        await finish(world, broadcast, dying=[Killed])
    assert (await finish(world, broadcast)).state is BroadcastState.DONE
    await check(world, broadcast)
    rows = await entries(world, broadcast)
    assert set(rows) == {member.person_id for member in people.values()}
    assert sorted(rows[people["li"].person_id]["places"]) == sorted([LI_HOME, SUN_HOME])
    for name, member in people.items():
        got = len(await arrived(world, name)) - before[name]
        delivery = rows[member.person_id]["delivery"]
        assert got <= 1
        assert (got == 1) or delivery != "sent"
        assert (got == 0) or delivery in {"sent", "unknown"}


async def test_of_workers_with_the_same_batch_one_pushes_it(
    world: World, people: dict[str, Member]
) -> None:
    """As after a lease that ran out: the first one is still at it."""
    for _ in range(3):
        await allow(world, "li")
    broadcast = await begin(world)
    while (await found(world, broadcast)).state is BroadcastState.GATHERING:
        await step(world, broadcast)
    one = await found(world, broadcast)
    row = (await entries(world, broadcast))[people["li"].person_id]
    parcel = deliveries.Parcel(
        message_id=row["_id"],
        person=row["person"],
        template=one.template,
        values=one.values,
        page=one.page,
    )
    known = await people_actions.find_many(world.deps, [row["person"]])
    posts = (await deliveries.addressed(world.deps, [parcel], known)).posts
    taken = await asyncio.gather(*(deliveries.reserve(world.deps, posts) for _ in range(3)))
    assert sorted(len(each) for each in taken if each is not None) == [0, 0, 1]
    assert await left(world, people["li"]) == 2


@pytest.mark.usefixtures("people")
async def test_a_worker_that_slept_adds_nothing_to_the_counts(world: World) -> None:
    broadcast = await begin(world)
    seen = await found(world, broadcast)
    for _ in range(2):
        await jobs.gather_some(world.deps, seen)
    one = await found(world, broadcast)
    assert (one.counts.homes, one.counts.people) == (1, len(await entries(world, broadcast)))


async def test_who_allowed_none_has_it_in_the_inbox_alone(
    world: World, people: dict[str, Member]
) -> None:
    await allow(world, "li")
    broadcast = await begin(world)
    one = await finish(world, broadcast)
    assert (one.counts.people, one.counts.sent, await calls(world)) == (4, 1, 1)
    assert await inbox(world, people["wang"]) != {}
    reply = await world.api.get("/api/v1/me/messages", as_=people["wang"])
    [item] = reply.body["items"]
    assert (item["title"], item["body"]) == ("停水通知", "明天停水。")
    assert await finish(world, await begin(world)) == one, "begun twice, it is the same"


async def test_what_is_taken_back_says_so_to_those_who_have_it(
    world: World, people: dict[str, Member]
) -> None:
    broadcast = await begin(world)
    await step(world, broadcast)

    async def stop(tx: Any) -> None:
        stopped = await broadcasts.stop(
            world.deps, tx, broadcast, title="通知已撤回", body="请以新通知为准。"
        )
        assert stopped

    await world.deps.in_transaction(stop)
    assert (await finish(world, broadcast)).state is BroadcastState.STOPPED
    assert len(await entries(world, broadcast)) == 2, "of the first home alone"
    reply = await world.api.get("/api/v1/me/messages", as_=people["sun"])
    assert reply.body["items"][0]["title"] == "通知已撤回"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("urgency", "sent_at_night", "sent_by_day"),
    [
        (Urgency.EMERGENCY, 1, 1),
        (Urgency.ANSWER, 0, 1),
        (Urgency.WAITS, 0, 1),
        (Urgency.DROPPED, 0, 0),
    ],
)
async def test_at_night_only_an_emergency_is_pushed(
    world: World,
    urgency: Urgency,
    sent_at_night: int,
    sent_by_day: int,
) -> None:
    await allow(world, "li")
    await world.advance(hours=11)  # 23:00 in Beijing
    broadcast = await begin(world, urgency=urgency, quiet=Quiet(22, 7))
    await world.work()
    assert len(await entries(world, broadcast)) == 4, "the inbox has it at once"
    job = await world.db.outbox.find_one({"kind": "messaging.broadcast"})
    assert job is not None
    assert job["lane"] == (Lane.URGENT if urgency is Urgency.EMERGENCY else Lane.NEWS)
    assert len(await arrived(world, "li")) == sent_at_night
    await world.advance(hours=8)
    await world.work()
    assert len(await arrived(world, "li")) == sent_by_day
    assert (await found(world, broadcast)).state is BroadcastState.DONE


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("urgency", "at_once", "in_the_end"),
    [
        (Urgency.EMERGENCY, 2, 2),
        (Urgency.ANSWER, 2, 2),
        (Urgency.WAITS, 1, 2),
        (Urgency.DROPPED, 1, 1),
    ],
)
async def test_one_ordinary_push_an_hour(
    world: World, urgency: Urgency, at_once: int, in_the_end: int
) -> None:
    await allow(world, "li")
    await allow(world, "li")
    await begin(world, "n1", quiet=NEVER)
    await world.work()
    second = await begin(world, "n2", quiet=NEVER, urgency=urgency)
    await world.work()
    assert len(await arrived(world, "li")) == at_once
    for _ in range(7):
        await world.advance(minutes=10)
        await world.work()
    assert len(await arrived(world, "li")) == in_the_end
    assert (await found(world, second)).state is BroadcastState.DONE
    await check(world, second)


async def test_case_25_a_quota_used_up_pauses_all_until_the_next_day(
    world: World, people: dict[str, Member]
) -> None:
    for name in people:
        await allow(world, name)
    await world.wechat.fault(SEND, match={"nth": 3}, errcode=45009)
    broadcast = await begin(world, quiet=NEVER)
    await world.work()
    assert await calls(world) == 3
    assert (await found(world, broadcast)).state is BroadcastState.PUSHING
    await world.advance(hours=12, minutes=1)  # past midnight in Beijing
    await world.work()
    await world.advance(minutes=10)
    await world.work()
    assert (await found(world, broadcast)).counts.sent == 4
    assert [len(await arrived(world, name)) for name in people] == [1] * 4
    await check(world, broadcast)


async def test_our_own_rate_lets_the_others_wait(
    world: World, people: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in people:
        await allow(world, name)
    asked: list[int] = []

    async def full(buckets: Any) -> float:
        asked.append(len(buckets))
        return 0 if len(asked) == 1 else 7

    monkeypatch.setattr(world.deps.limiter, "take", full)
    broadcast = await begin(world, quiet=NEVER)
    while (await found(world, broadcast)).state is BroadcastState.GATHERING:
        await step(world, broadcast)
    again = await step(world, broadcast)
    assert (again.due_at - world.clock.now).total_seconds() == 7
    assert (await found(world, broadcast)).counts.sent == 1
    assert asked == [3, 3]


async def test_what_did_not_arrive_after_all_takes_its_home_back(
    world: World, people: dict[str, Member]
) -> None:
    for name in ("li", "mei"):
        await allow(world, name)
    broadcast = await begin(world, quiet=NEVER)
    await finish(world, broadcast)
    rows = await entries(world, broadcast)
    for name in ("mei", "li"):
        wechat_id = rows[people[name].person_id]["wechat_id"]
        await receipt(world, name, wechat_id, "43101", "user refused")
        rows = await entries(world, broadcast)
        homes = await world.db.broadcast_homes.find_one({"home": LI_HOME})
        assert homes is not None
        assert (homes["pushed_at"] is None) == (name == "li")


async def test_whoever_closes_the_account_meanwhile_has_no_entry(
    world: World, people: dict[str, Member]
) -> None:
    mei = people["mei"].person_id
    await world.db.people.update_one({"_id": mei}, {"$set": {"closed_at": world.clock.now}})
    broadcast = await begin(world)
    one = await finish(world, broadcast)
    assert mei not in await entries(world, broadcast)
    home = await world.db.broadcast_homes.find_one({"home": LI_HOME})
    assert home is not None
    assert home["people"] == [people["li"].person_id]
    assert one.counts.people == 3


async def test_reach_counts_each_person_and_home_once_in_each_place(
    world: World, people: dict[str, Member]
) -> None:
    await allow(world, "li")
    broadcast = await begin(world, quiet=NEVER)
    await finish(world, broadcast)

    async def act(tx: Any) -> None:
        deps = world.deps
        await broadcasts.opened(deps, tx, [broadcast], people["li"].person_id)
        await broadcasts.answered(deps, tx, broadcast, people["sun"].person_id)
        assert await broadcasts.visited(deps, tx, broadcast, WANG_HOME)
        assert not await broadcasts.visited(deps, tx, broadcast, f"{UNIT}.999")

    await world.deps.in_transaction(act)
    whole = await reach.at(world.deps, broadcast, COMPOUND)
    assert (whole.people.meant, whole.people.pushed) == (4, 1)
    assert (whole.people.shown, whole.people.answered) == (1, 1)
    homes = whole.homes
    assert (homes.meant, homes.pushed, homes.shown, homes.answered) == (4, 2, 2, 1)
    assert (homes.visited, homes.reached, homes.unreached, homes.nobody) == (1, 3, 1, 1)
    [building] = await reach.below(world.deps, broadcast, COMPOUND)
    units = await reach.below(world.deps, broadcast, building.place)
    assert [(unit.place, unit.people.meant) for unit in units] == [
        (SUN_HOME.rpartition(".")[0], 2),
        (UNIT, 3),
    ]
    assert sum(unit.homes.meant for unit in units) == homes.meant
    assert (await reach.at(world.deps, broadcast, f"{COMPOUND}.b9")).homes.meant == 0


async def test_what_was_dropped_is_not_pushed_in_a_later_pass(
    world: World, people: dict[str, Member]
) -> None:
    for name in ("li", "wang"):
        await allow(world, name)
        await allow(world, name)
    await begin(world, "n1", quiet=NEVER)
    await world.work()
    await push_turns_store.give_back(world.deps.db, [people["wang"].person_id], "told:n1")
    await world.wechat.fault(SEND, errcode=-1)  # Wang's push is held for another pass
    second = await begin(world, "n2", quiet=NEVER, urgency=Urgency.DROPPED)
    for _ in range(8):
        await world.work()
        await world.advance(minutes=10)
    assert len(await arrived(world, "li")) == 1
    assert len(await arrived(world, "wang")) == 2
    assert (await found(world, second)).counts.dropped == 1
    await check(world, second)


async def test_an_answer_that_comes_late_is_counted_after_all(
    world: World, people: dict[str, Member]
) -> None:
    await allow(world, "li")
    broadcast = await begin(world, quiet=NEVER)
    await world.work()
    key = {"broadcast": broadcast, "person": people["li"].person_id}
    await world.db.messages.update_one(key, {"$set": {"delivery": "unknown"}})
    await world.db.broadcasts.update_one(
        {"_id": broadcast}, {"$set": {"counts.sent": 0, "counts.unknown": 1}}
    )
    await world.db.messages.update_one(key, {"$set": {"delivery": "sent"}})
    await world.advance(minutes=2)
    await world.work()
    await check(world, broadcast)
