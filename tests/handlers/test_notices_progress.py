"""Progress of a notice for its senders: asked for again and again, or followed as a stream."""

import asyncio
from typing import Any

import msgspec
import pytest

from handlers.http import streams
from handlers.http.streams import Streams
from server.serving import requests_at_work
from services.kernel.permissions import Role
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts import jobs
from services.notices.figures import glances
from services.notices.figures.actions import shown
from services.notices.figures.glances import Glances
from tests.build import broadcasts as build
from tests.build.cast import COMPOUND, STAFF, UNIT, Estate, appoint
from tests.build.homes import get
from tests.build.mailbox import allow, open_push
from tests.build.notices import TEMPLATE, act, delivered, drafted, everybody, published
from tests.build.streams import Stream, followed
from tests.deadlines import SAFETY_NET


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a second, and each sees what was written a moment ago."""
    monkeypatch.setattr(streams, "EVERY_SECONDS", 0.005)
    monkeypatch.setattr(glances, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    monkeypatch.setattr(jobs, "PARTS_IN_A_STEP", 1)


def path(notice_id: str) -> str:
    return f"/api/v1/notices/{notice_id}/progress"


async def progress(estate: Estate, notice_id: str) -> dict[str, Any]:
    reply = await get(estate, "staff", f"notices/{notice_id}/progress")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def step(estate: Estate, notice_id: str) -> None:
    await build.step(estate.world, f"notices:{notice_id}")


async def next_event(stream: Stream) -> tuple[str, dict[str, Any]]:
    found = await stream.event()
    assert found is not None, "the stream has ended"
    return found


async def at_rest() -> None:
    """Wait until the server has nothing at work."""
    if tasks := requests_at_work():
        done, waiting = await asyncio.wait(tasks, timeout=SAFETY_NET)
        assert not waiting, done


async def test_it_is_told_step_by_step_until_it_is_done(estate: Estate) -> None:
    await everybody(estate)
    notice_id = await published(estate)
    asked = await progress(estate, notice_id)
    assert (asked["state"], asked["version"], asked["people"]) == ("gathering", 0, 0)
    staff = await estate.member("staff")
    async with followed(estate.world, path(notice_id), staff) as stream:
        assert (stream.status, stream.headers["x-accel-buffering"]) == (200, "no")
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert await stream.block() == "retry: 2000"
        assert await next_event(stream) == ("0-gathering", asked)
        await step(estate, notice_id)
        _, told = await next_event(stream)
        assert (told["version"], told["homes"], told["people"]) == (1, 2, 2)
        assert told == await progress(estate, notice_id)
        await build.finish(estate.world, f"notices:{notice_id}")
        events = await stream.rest()
    last, told = events[-1]
    assert told == await progress(estate, notice_id)
    assert (told["state"], told["homes"], told["people"]) == ("done", 3, 4)
    assert last == f"{told['version']}-done"
    versions = [each["version"] for _, each in events]
    assert versions == sorted(set(versions)), "each state of things once, in order"


def waits(told: dict[str, Any]) -> tuple[str, int, int, str | None]:
    return told["state"], told["pushed"], told["held"], told["next_push_at"]


async def test_it_says_whose_push_waits_and_until_when(estate: Estate) -> None:
    await everybody(estate)
    await open_push(estate.world)
    for _ in range(2):
        await allow(estate.world, "li", TEMPLATE)
    await allow(estate.world, "sun", TEMPLATE)
    first = await delivered(estate, audience={"places": [UNIT], "relations": ["owner"]})
    assert waits(await progress(estate, first)) == ("done", 1, 0, None)
    second = await delivered(estate)
    await estate.advance(minutes=1)
    assert waits(await progress(estate, second)) == ("pushing", 1, 1, "2026-03-02T04:10:03Z")
    await estate.advance(minutes=9)
    await estate.world.work()
    assert waits(await progress(estate, second)) == ("pushing", 1, 1, "2026-03-02T04:20:03Z")
    for _ in range(6):
        await estate.advance(minutes=10)
        await estate.world.work()
    assert waits(await progress(estate, second)) == ("done", 2, 0, None)
    await estate.advance(hours=10)  # 23:10 in Beijing
    third = await delivered(estate)
    assert waits(await progress(estate, third)) == ("pushing", 0, 0, "2026-03-02T23:00:00Z")
    await act(estate, third, "withdraw", because="取消")
    assert waits(await progress(estate, third)) == ("stopped", 0, 0, None)


async def test_who_comes_back_hears_what_is_new(estate: Estate) -> None:
    notice_id = await published(estate)
    staff = await estate.member("staff")
    async with followed(estate.world, path(notice_id), staff, "0-gathering") as stream:
        assert await stream.block() == "retry: 2000"
        await step(estate, notice_id)
        heard, _ = await next_event(stream)
        assert heard.startswith("1-"), "not what was heard already"
    await estate.world.work()
    async with followed(estate.world, path(notice_id), staff, heard) as stream:
        [(last, told)] = await stream.rest()
        assert told["state"] == "done"
    async with followed(estate.world, path(notice_id), staff, last) as stream:
        assert stream.status == 204, "which tells a browser not to come back"


async def test_a_withdrawal_ends_it(estate: Estate) -> None:
    notice_id = await published(estate)
    async with followed(estate.world, path(notice_id), await estate.member("staff")) as stream:
        await next_event(stream)
        await act(estate, notice_id, "withdraw", because="取消")
        [(last, told)] = await stream.rest()
    assert (last, told["state"]) == ("0-stopped", "stopped")
    assert told["done_at"] is not None


async def test_a_client_that_went_away_costs_nothing(estate: Estate) -> None:
    notice_id = await published(estate)
    async with followed(estate.world, path(notice_id), await estate.member("staff")) as stream:
        await next_event(stream)
        assert requests_at_work()
    await at_rest()
    room: Streams = estate.world.app.settings["streams"]
    with room.place("somebody", asyncio.Event()):
        assert len(room._open) == 1  # what it holds


async def test_it_ends_with_the_session(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHECK_SECONDS", 0.0)
    notice_id, staff = await published(estate), await estate.member("staff")
    async with followed(estate.world, path(notice_id), staff) as stream:
        await next_event(stream)
        ended = await estate.world.api.delete("/api/v1/sessions/current", as_=staff)
        assert ended.status == 204, ended.body
        assert await stream.rest() == []
    async with followed(estate.world, path(notice_id), staff) as stream:
        assert stream.status == 401


async def test_it_ends_with_the_office(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CHECK_SECONDS", 0.0)
    await appoint(estate.world.deps, Role.COMMITTEE_MEMBER, COMPOUND, "sun")
    notice_id, sun = await published(estate, "sun"), await estate.member("sun")
    async with followed(estate.world, path(notice_id), sun) as stream:
        await next_event(stream)
        over = {"$set": {"to_day": "2026-03-01"}}
        await estate.world.db.appointments.update_one({"role": "committee_member"}, over)
        assert await stream.rest() == []


async def test_who_may_not_see_it_is_told_as_everywhere(estate: Estate) -> None:
    notice_id, draft_id = await published(estate), await drafted(estate)
    for who, asked, status in (
        ("head", notice_id, 404),
        ("li", notice_id, 403),
        ("staff", "nothing", 404),
        ("staff", draft_id, 409),
    ):
        member = await estate.member(who)
        async with followed(estate.world, path(asked), member) as stream:
            assert stream.status == status
            assert stream.headers["content-type"].startswith("application/problem+json")


async def test_few_streams_are_open_at_once(estate: Estate) -> None:
    estate.world.app.settings["streams"] = Streams(at_once=2, per_person=1)
    notice_id, staff = await published(estate), await estate.member("staff")
    admin = await estate.member("admin")
    accepts = {"Accept": "application/json;q=0.5, text/event-stream"}
    ask = estate.world.api.call
    async with followed(estate.world, path(notice_id), staff) as first:
        await next_event(first)
        reply = await ask("GET", path(notice_id), None, as_=staff, headers=accepts)
        assert (reply.status, reply.code) == (429, "too_many_streams")
        assert reply.headers["Retry-After"] == "5"
        async with followed(estate.world, path(notice_id), admin) as second:
            await next_event(second)
            reply = await ask("GET", path(notice_id), None, as_=admin, headers=accepts)
            assert (reply.status, reply.code) == (503, "server_busy")
        assert (await progress(estate, notice_id))["state"] == "gathering"
    await at_rest()


async def test_a_stream_that_has_no_news_says_that_it_is_there(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.0)
    notice_id = await published(estate)
    async with followed(estate.world, path(notice_id), await estate.member("staff")) as stream:
        await next_event(stream)
        assert [await stream.block() for _ in range(2)] == [": ", ": "]
        estate.world.app.settings["streams"].end()  # the process stops
        assert await stream.rest() == []


async def test_a_stream_does_not_last_for_ever(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LONGEST_SECONDS", 0.0)
    notice_id = await published(estate)
    async with followed(estate.world, path(notice_id), await estate.member("staff")) as stream:
        assert len(await stream.rest()) == 1


async def test_all_who_watch_a_notice_read_it_once_a_second(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"places": [UNIT], "relations": ["owner"]}
    ids = [await delivered(estate), await published(estate, audience=own)]
    reads, now = [], 0.0
    find = broadcasts.find

    async def counted(deps: Any, broadcast: str) -> Any:
        reads.append(broadcast)
        return await find(deps, broadcast)

    monkeypatch.setattr(broadcasts, "find", counted)
    monkeypatch.setattr(glances, "KEPT_SECONDS", 1.0)
    monkeypatch.setattr(glances, "monotonic", lambda: now)
    watch = Glances()
    for second in range(3):
        now = float(second)
        found = await asyncio.gather(*(watch.get(estate.world.deps, n) for n in ids * 5))
        assert [each and each.key for each in found] == ids * 5
        now += 0.9
        await watch.get(estate.world.deps, ids[0])
    assert sorted(reads) == sorted([f"notices:{n}" for n in ids] * 3)


async def test_a_glance_never_goes_back(estate: Estate) -> None:
    """What is shared may be a second old, and who was just asked anew has heard more."""
    notice_id = await delivered(estate)
    found = await broadcasts.find(estate.world.deps, f"notices:{notice_id}")
    assert found is not None
    ahead = msgspec.structs.replace(shown(found, is_hidden=False), version=found.version + 1)
    assert await glances.again(estate.world.deps, STAFF, ahead) is ahead
    behind = msgspec.structs.replace(ahead, version=0)
    now = shown(found, is_hidden=False)
    assert await glances.again(estate.world.deps, STAFF, behind) == now
