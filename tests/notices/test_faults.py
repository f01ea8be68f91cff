"""Notices while something goes wrong: nobody is half told, and the totals add up."""

import asyncio
import os
import signal
from typing import Any, Final

import msgspec
import pytest

from server.embedded import servers
from server.settings import Settings
from services.messaging import bulk_store
from services.messaging.broadcasts import entries, jobs, pushes
from services.messaging.deliveries import actions as deliveries_actions
from tests.build import broadcasts
from tests.build.cast import WANG_HOME, Estate, build
from tests.build.deaths import Killed, deadly
from tests.build.homes import acts, at_once, get, post
from tests.build.mailbox import SEND, allow, arrived, calls, left, open_push
from tests.build.notices import (
    EMERGENCY,
    READERS,
    TEMPLATE,
    act,
    broadcast_of,
    deliveries,
    drafted,
    published,
    state_of,
    willing,
)
from tests.build.stage import open_world
from tests.build.world import Clock

pytestmark = pytest.mark.slow

# Steps after which something happens: before all, among the homes, between, among the pushes.
MOMENTS: Final = (0, 2, 5, 6)
CONFIRM: Final = {"confirm": "注销"}


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A home, two people, one call at a time."""
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "PARTS_IN_A_STEP", 1)
    monkeypatch.setattr(pushes, "SEEN_AT_ONCE", 2)
    monkeypatch.setattr(pushes, "AT_ONCE", 1)


async def step(estate: Estate, notice_id: str) -> Any:
    return await broadcasts.step(estate.world, f"notices:{notice_id}")


async def under_way(estate: Estate, steps: int, **changes: Any) -> str:
    """Publish a notice to people who all allow a push, and tell some of them."""
    await willing(estate, *READERS)
    notice_id = await published(estate, **changes)
    for _ in range(steps):
        await step(estate, notice_id)
    return notice_id


async def arrivals(estate: Estate) -> dict[str, int]:
    return {name: len(await arrived(estate.world, name)) for name in READERS}


async def titles_in_inbox(estate: Estate, who: str) -> list[str]:
    member = await estate.member(who)
    reply = await estate.world.api.get("/api/v1/me/messages", as_=member)
    return [f"{item['title']} {item['body']}" for item in reply.body["items"]]


@pytest.mark.usefixtures("people")
async def test_published_many_times_at_once_it_is_told_once(estate: Estate) -> None:
    await willing(estate, *READERS, times=2)
    notice_id = await drafted(estate)
    replies = await at_once(*(act(estate, notice_id, "publish") for _ in range(5)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 4
    assert {reply.code for reply in replies if reply.status == 409} == {"notice_moved_on"}
    await asyncio.gather(*(estate.world.work() for _ in range(3)))
    assert await arrivals(estate) == dict.fromkeys(READERS, 1)
    assert set((await deliveries(estate, notice_id)).values()) == {"sent"}
    assert len(await acts(estate.world, "notice.published")) == 1
    assert await estate.world.db.broadcasts.count_documents({}) == 1


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("steps", MOMENTS)
async def test_withdrawn_on_the_way_nobody_else_is_told(estate: Estate, steps: int) -> None:
    notice_id = await under_way(estate, steps)
    before = await arrivals(estate)
    replies = await at_once(
        *(act(estate, notice_id, "withdraw", because="停水取消") for _ in range(2))
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    await estate.world.work()
    assert await arrivals(estate) == before
    await deliveries(estate, notice_id)  # the totals add up
    one = await broadcast_of(estate, notice_id)
    assert one is not None
    assert (one["state"], one["counts"]["sent"]) == ("stopped", sum(before.values()))
    for name in READERS:
        for said in await titles_in_inbox(estate, name):
            assert said.startswith("已撤回:停水通知")
            assert "停水取消" in said


@pytest.mark.usefixtures("people")
async def test_withdrawn_while_a_step_writes_the_totals_add_up_all_the_same(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id, write = await under_way(estate, 0), entries.write

    async def overtaken(*args: Any) -> int:
        monkeypatch.undo()
        reply = await act(estate, notice_id, "withdraw", because="停水取消")
        assert reply.status == 200
        return await write(*args)

    monkeypatch.setattr(entries, "write", overtaken)
    await step(estate, notice_id)
    await estate.world.work()
    told = await deliveries(estate, notice_id)
    assert told
    assert set(told.values()) == {"inbox"}
    one = await broadcast_of(estate, notice_id)
    assert one is not None
    assert (one["counts"]["people"], await calls(estate.world)) == (len(told), 0)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("action", "wish", "shown"),
    [
        ("withdraw", {"because": "停水取消"}, ["停水通知"]),
        ("correct", {"because": "有误", "title": "停水改期"}, ["停水改期"] * 3 + ["停水通知"]),
    ],
)
async def test_what_changes_between_two_calls_of_a_step_holds_from_the_next_one_on(
    estate: Estate,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    wish: dict[str, str],
    shown: list[str],
) -> None:
    monkeypatch.setattr(pushes, "SEEN_AT_ONCE", 9)
    notice_id, deliver = await under_way(estate, 4), deliveries_actions.deliver

    async def overtaken(*args: Any) -> Any:
        monkeypatch.setattr(deliveries_actions, "deliver", deliver)
        refusal = await deliver(*args)
        assert (await act(estate, notice_id, action, **wish)).status == 200
        return refusal

    monkeypatch.setattr(deliveries_actions, "deliver", overtaken)
    await estate.world.work()
    calls_made = await estate.world.wechat.calls(SEND)
    titles = [call["body"]["data"]["thing1"]["value"] for call in calls_made]
    assert sorted(titles) == shown
    await deliveries(estate, notice_id)  # the totals add up


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("action", "wish", "shown"),
    [
        ("withdraw", {"because": "停水取消"}, []),
        ("correct", {"because": "有误", "title": "停水改期"}, ["停水改期"] * 4),
    ],
)
async def test_what_changes_after_a_step_looked_holds_from_its_first_call_on(
    estate: Estate,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    wish: dict[str, str],
    shown: list[str],
) -> None:
    notice_id, addressed = await under_way(estate, 5), deliveries_actions.addressed

    async def overtaken(*args: Any) -> Any:
        monkeypatch.undo()
        assert (await act(estate, notice_id, action, **wish)).status == 200
        return await addressed(*args)

    monkeypatch.setattr(deliveries_actions, "addressed", overtaken)
    before = await calls(estate.world)
    await step(estate, notice_id)
    assert await calls(estate.world) == before
    await estate.world.work()
    calls_made = await estate.world.wechat.calls(SEND)
    titles = [call["body"]["data"]["thing1"]["value"] for call in calls_made]
    assert titles[before:] == shown[before:]
    await deliveries(estate, notice_id)  # the totals add up


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("steps", MOMENTS)
async def test_corrected_on_the_way_all_read_the_new_text_and_nobody_is_pushed_twice(
    estate: Estate, steps: int
) -> None:
    notice_id = await under_way(estate, steps)
    before = await arrivals(estate)
    wish = {"because": "时间有误", "title": "停水改期", "text": "3月6日停水。"}
    assert (await act(estate, notice_id, "correct", **wish)).status == 200
    await estate.world.work()
    assert await arrivals(estate) == dict.fromkeys(READERS, 1)
    assert set((await deliveries(estate, notice_id)).values()) == {"sent"}
    for name in READERS:
        assert await titles_in_inbox(estate, name) == ["停水改期 新城社区居委会:3月6日停水。"]
        shown = await get(estate, name, f"me/notices/{notice_id}")
        assert (shown.body["text"], shown.body["version"]) == ("3月6日停水。", 2)
        [pushed] = await arrived(estate.world, name)
        expected = "停水通知" if before[name] else "停水改期"
        assert pushed["data"]["thing1"] == expected


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("steps", MOMENTS)
async def test_who_is_erased_on_the_way_leaves_nothing_behind(
    estate: Estate, steps: int
) -> None:
    notice_id = await under_way(estate, steps)
    before, li = await arrivals(estate), await estate.member("li")
    reply = await estate.world.api.post("/api/v1/me/deletion", CONFIRM, as_=li)
    assert reply.status == 202, reply.body
    await estate.world.work()
    await broadcasts.check(estate.world, f"notices:{notice_id}", erased=1)
    rows = await broadcasts.entries(estate.world, f"notices:{notice_id}")
    assert li.person_id not in rows
    assert {row["delivery"] for row in rows.values()} == {"sent"}
    assert await arrivals(estate) == dict.fromkeys(READERS, 1) | {"li": before["li"]}
    homes = await estate.world.db.broadcast_homes.find({"people": li.person_id}).to_list()
    assert homes == []


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("steps", MOMENTS)
async def test_who_moves_on_the_way_is_told_once_or_reads_it_in_the_list(
    estate: Estate, steps: int
) -> None:
    """Wang leaves and Chen comes to the same home: who was there at its turn is told."""
    notice_id = await under_way(estate, steps)
    [row] = await estate.world.db.residencies.find({"home": WANG_HOME}).to_list()
    ended = await post(estate, "staff", f"residencies/{row['_id']}/end", reason="搬走")
    assert ended.status == 204, ended.body
    body = {"name": "陈晨", "relation": "family", "phone": "13900000080", "reason": "户口本"}
    added = await post(estate, "staff", f"homes/{WANG_HOME}/residents", **body)
    assert added.status == 201, added.body
    estate.members["chen"] = await estate.world.sign_in("chen", "13900000080")
    await allow(estate.world, "chen", TEMPLATE)
    await estate.world.work()
    found, seen = await deliveries(estate, notice_id), await arrivals(estate)
    assert {found[name] for name in ("li", "mei", "sun")} == {"sent"}
    assert [seen[name] for name in ("li", "mei", "sun")] == [1, 1, 1]
    assert ("wang" in found) is not ("chen" in found)
    assert seen["wang"] + len(await arrived(estate.world, "chen")) == 1
    reads = {
        name: (await get(estate, name, f"me/notices/{notice_id}")).status
        for name in ("wang", "chen")
    }
    assert reads == {"wang": 404, "chen": 200}


@pytest.mark.usefixtures("people")
async def test_a_worker_killed_after_the_call_leaves_one_unknown_and_tells_the_others(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id, accept = await under_way(estate, 5), bulk_store.accept

    async def dying(*_: Any) -> None:
        monkeypatch.setattr(bulk_store, "accept", accept)
        raise Killed

    monkeypatch.setattr(bulk_store, "accept", dying)
    with pytest.raises(Killed):
        await step(estate, notice_id)
    await estate.world.work()
    found = await deliveries(estate, notice_id)
    assert sorted(found.values()) == ["sent"] * 3 + ["unknown"]
    assert await arrivals(estate) == dict.fromkeys(READERS, 1)
    for name in READERS:
        assert await left(estate.world, await estate.member(name), "notice") == 0


@pytest.mark.usefixtures("people")
async def test_withdrawn_at_night_after_a_worker_died_the_totals_add_up_at_once(
    estate: Estate,
) -> None:
    notice_id = await under_way(estate, 4)
    with pytest.MonkeyPatch.context() as patched:
        deadly(patched, iter(["after"]), [(bulk_store, "accept")])
        with pytest.raises(Killed):
            await step(estate, notice_id)
    await estate.advance(hours=10, minutes=30)
    await estate.world.work()  # waits for the morning
    assert (await act(estate, notice_id, "withdraw", because="取消")).status == 200
    await estate.world.advance(minutes=2)
    await estate.world.work()
    for name in READERS:
        await estate.member(name)
    assert sorted((await deliveries(estate, notice_id)).values()) == ["inbox"] * 3 + ["sent"]


@pytest.mark.usefixtures("people")
async def test_when_wechat_refuses_all_grants_all_have_the_entry_and_nobody_is_asked_again(
    estate: Estate,
) -> None:
    await estate.world.wechat.fault(SEND, match={"times": None}, errcode=43101)
    notice_id = await under_way(estate, 0)
    await estate.world.work()
    assert await deliveries(estate, notice_id) == dict.fromkeys(READERS, "refused")
    one = await broadcast_of(estate, notice_id)
    assert one is not None
    assert (one["state"], one["counts"]["refused"]) == ("done", 4)
    for name in READERS:
        assert len(await titles_in_inbox(estate, name)) == 1
        assert await left(estate.world, await estate.member(name), "notice") == 0
    await estate.advance(days=1)
    await estate.world.work()
    assert await calls(estate.world) == 4
    jobs_of = await estate.world.db.outbox.find({"kind": "messaging.broadcast"}).to_list()
    assert {job["state"] for job in jobs_of} == {"done"}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("errcode", [42001, 40001])
async def test_a_token_that_expires_on_the_way_costs_nobody_the_push(
    estate: Estate, errcode: int
) -> None:
    await estate.world.wechat.fault(SEND, match={"nth": 2}, errcode=errcode)
    notice_id = await under_way(estate, 0)
    await estate.world.work()
    assert set((await deliveries(estate, notice_id)).values()) == {"sent"}
    assert await arrivals(estate) == dict.fromkeys(READERS, 1)
    assert await calls(estate.world) == 5


@pytest.mark.usefixtures("people")
async def test_an_emergency_overtakes_what_is_under_way(estate: Estate) -> None:
    """Between two steps of an ordinary one, and the hourly push of it holds nobody back."""
    ordinary = await under_way(estate, 5)
    assert 0 < await calls(estate.world) < 4
    for name in READERS:
        await allow(estate.world, name, EMERGENCY)
    urgent = await published(estate, kind="emergency", title="漏气")
    sent_before = await calls(estate.world)
    await estate.world.work()
    sent = [call["body"]["template_id"] for call in await estate.world.wechat.calls(SEND)]
    rest = [TEMPLATE] * (4 - sent_before)
    assert sent[sent_before:] == [EMERGENCY] * 4 + rest
    for notice_id in (ordinary, urgent):
        assert set((await deliveries(estate, notice_id)).values()) == {"sent"}


@pytest.mark.usefixtures("people")
async def test_what_is_scheduled_and_recalled_or_withdrawn_tells_nobody(estate: Estate) -> None:
    notice_id = await drafted(estate)
    await act(estate, notice_id, "publish", at="2026-03-02T05:00:00Z")
    refused = await act(estate, notice_id, "withdraw", because="停水取消")
    assert (refused.status, refused.code) == (409, "notice_moved_on")
    await act(estate, notice_id, "recall")
    await estate.advance(hours=2)
    await estate.world.work()
    assert await state_of(estate, notice_id) == "draft"
    assert await broadcast_of(estate, notice_id) is None


async def test_without_redis_everybody_is_told_all_the_same(
    base_settings: Settings, database: str, clock: Clock
) -> None:
    assert database == base_settings.mongodb_database
    child = servers.start_redis()
    try:
        settings = msgspec.structs.replace(base_settings, redis_url=child.uri)
        async with open_world(settings, clock) as world:
            estate = await build(world, ())
            await open_push(world)
            for name in READERS:
                await estate.member(name)
            notice_id = await under_way(estate, 3)
            await killed(child)
            await world.work()
            assert set((await deliveries(estate, notice_id)).values()) == {"sent"}
            assert await arrivals(estate) == dict.fromkeys(READERS, 1)
    finally:
        child.stop()


async def killed(child: servers.RedisServer) -> None:
    pid = child.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(child.stop)  # reaps it
