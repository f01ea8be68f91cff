"""Sessions of a person: listed and ended over HTTP, with and without Redis."""

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.embedded import servers
from server.settings import Settings
from services.dependencies import Transaction
from services.limits import buckets
from services.people.identity import SignInRefused
from services.sessions import devices, lifecycle
from services.sessions.models import SessionKind, Visit
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Clock, Reply, World

MINE = "/api/v1/me/sessions"


async def acts(world: World, person_id: str) -> list[str]:
    """What the audit says a person did with their sessions, in order."""
    rows = world.db.audit.find({"person": person_id}).sort("_id", 1)
    found = [row["act"] async for row in rows]
    return [act for act in found if act.startswith(("session.", "refused"))]


async def refresh(world: World, token: str) -> Reply:
    body = {"refresh_token": token}
    return await world.api.post("/api/v1/sessions/refresh", body, as_=None)


async def devices_of(world: World, who: Member) -> list[dict[str, object]]:
    reply = await world.api.get(MINE, as_=who)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_my_sessions_are_listed_newest_first_with_this_one_marked(world: World) -> None:
    old = await world.sign_in("li")
    await world.advance(minutes=5)
    new = await world.sign_in("li")
    await world.sign_in("wang")

    found = await devices_of(world, new)
    assert [row["current"] for row in found] == [True, False]
    assert found[0]["signed_in_at"] == "2026-03-02T04:05:00Z"
    assert {row["kind"] for row in found} == {"wechat"}
    assert [row["current"] for row in await devices_of(world, old)] == [False, True]


async def test_a_device_is_named_in_our_words_and_never_by_its_header(world: World) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0.49 <script>"
    code = msgspec.json.encode({"code": await world.wechat.login_code("li")})
    path, headers = "/api/v1/sessions/wechat", {"User-Agent": agent}
    reply = await world.api.call("POST", path, code, headers=headers)
    [mine] = await devices_of(world, Member("li", "", reply.body["access_token"]))

    assert mine["device"] == "微信 · iPhone"
    assert "script" not in str(await world.db.sessions.find_one({}))


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/126.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126 Safari/537 Edg/126", "Edge · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17 Safari/605", "Safari · macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126 Safari/537", "Chrome · Android"),
        ("curl/8", "浏览器"),
        ("", "浏览器"),
    ],
)
def test_browsers_by_name(agent: str, name: str) -> None:
    assert devices.device_of(agent, SessionKind.BROWSER) == name


async def test_one_session_is_ended_from_another_device(world: World) -> None:
    lost, here = await world.sign_in("li"), await world.sign_in("li")
    [other] = [row for row in await devices_of(world, here) if not row["current"]]
    path = f"{MINE}/{other['session_id']}"

    assert (await world.api.delete(path, as_=here)).status == 204
    assert (await world.api.get("/api/v1/me", as_=lost)).status == 401
    assert (await refresh(world, lost.refresh_token)).code == "unauthenticated"
    assert (await world.api.get("/api/v1/me", as_=here)).status == 200
    assert (await world.api.delete(path, as_=here)).code == "not_found"
    assert len(await devices_of(world, here)) == 1
    assert (await acts(world, here.person_id)).count("session.ended") == 1


async def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    li, wang = await world.sign_in("li"), await world.sign_in("wang")
    [hers] = await devices_of(world, li)
    for session_id in (hers["session_id"], "nothing"):
        reply = await world.api.delete(f"{MINE}/{session_id}", as_=wang)
        assert (reply.status, reply.code) == (404, "not_found")
    assert (await world.api.get("/api/v1/me", as_=li)).status == 200


async def test_signing_out_everywhere_keeps_nothing(world: World) -> None:
    devices_in = [await world.sign_in("li") for _ in range(3)]
    wang = await world.sign_in("wang")
    assert (await world.api.delete(MINE, as_=devices_in[1])).status == 204

    for one in devices_in:
        assert (await world.api.get("/api/v1/me", as_=one)).status == 401
        assert (await refresh(world, one.refresh_token)).code == "unauthenticated"
    assert (await world.api.get("/api/v1/me", as_=wang)).status == 200
    written = await acts(world, devices_in[0].person_id)
    assert written == ["session.signed_in"] * 3 + ["session.signed_out_everywhere"]


async def test_an_end_is_effective_at_once_with_redis_gone(
    base_settings: Settings,
    database: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert database == base_settings.mongodb_database
    redis = servers.start_redis(tmp_path)
    try:
        settings = msgspec.structs.replace(base_settings, redis_url=redis.uri)
        async with open_world(settings, clock) as world:
            lost, here = await world.sign_in("li"), await world.sign_in("li")
            assert (await world.api.get("/api/v1/me", as_=lost)).status == 200
            [other] = [row for row in await devices_of(world, here) if not row["current"]]
            monkeypatch.setattr(buckets, "PATIENCE_SECONDS", 0.05)  # it never comes back
            await asyncio.to_thread(redis.stop)
            path = f"{MINE}/{other['session_id']}"
            assert (await world.api.delete(path, as_=here)).status == 204
            assert (await world.api.get("/api/v1/me", as_=lost)).status == 401
            assert (await world.api.get("/api/v1/me", as_=here)).status == 200
            assert (await world.api.delete(MINE, as_=here)).status == 204
            assert (await world.api.get("/api/v1/me", as_=here)).status == 401
    finally:
        redis.stop()


async def test_signing_in_and_out_is_written_down_with_the_address(world: World) -> None:
    li = await world.sign_in("li")
    await world.api.delete("/api/v1/sessions/current", as_=li)
    mine = {"person": li.person_id, "act": {"$regex": "^session"}}
    rows = await world.db.audit.find(mine).sort("_id", 1).to_list()

    assert [row["act"] for row in rows] == ["session.signed_in", "session.signed_out"]
    assert {row["address"] for row in rows} == {"127.0.0.1"}
    assert all(row["request_id"] and row["subject"] == row["session"] for row in rows)


async def test_a_reused_refresh_token_is_written_down_once(world: World) -> None:
    li = await world.sign_in("li")
    await refresh(world, li.refresh_token)
    await world.advance(seconds=61)
    replies = await asyncio.gather(*(refresh(world, li.refresh_token) for _ in range(5)))

    assert {reply.status for reply in replies} == {401}
    assert (await acts(world, li.person_id)).count("session.refresh_reused") == 1


async def test_nobody_signs_in_as_a_closed_account(world: World) -> None:
    li = await world.sign_in("li")
    await world.db.people.update_one(
        {"_id": li.person_id}, {"$set": {"closed_at": world.clock.now}}
    )
    code = {"code": await world.wechat.login_code("li")}
    reply = await world.api.post("/api/v1/sessions/wechat", code, as_=None)

    assert (reply.status, reply.code) == (403, "sign_in_refused")
    assert await world.db.sessions.count_documents({}) == 1
    assert (await acts(world, li.person_id))[-1] == "refused"


async def test_a_sign_in_that_meets_the_closing_of_its_account_comes_second(
    world: World,
) -> None:
    """The order of the two does not matter: no session outlives the account."""
    li = await world.sign_in("li")
    deps, now = world.deps, world.clock.now
    late = lifecycle.begin(li.person_id, SessionKind.WECHAT, "微信", now=now, confirmed_at=now)
    tries, tried_again = count(), asyncio.Event()

    async def sign_in(tx: Transaction) -> Any:
        if next(tries):  # the first try met the closing, and began anew
            tried_again.set()
        return await lifecycle.open_session(deps, tx, late, Visit())

    async with deps.mongo.start_session() as closing, await closing.start_transaction():
        await deps.db.people.update_one(
            {"_id": li.person_id}, {"$set": {"closed_at": now}}, session=closing
        )
        signing_in = asyncio.create_task(deps.in_transaction(sign_in))
        met = asyncio.create_task(tried_again.wait())
        await asyncio.wait([signing_in, met], return_when=asyncio.FIRST_COMPLETED)
        assert not signing_in.done()
    with pytest.raises(SignInRefused):
        await signing_in


async def test_an_answer_with_tokens_is_never_kept(world: World) -> None:
    """A key on a sign-in of somebody signed in would keep the tokens for a day."""
    li = await world.sign_in("li")
    body = {"refresh_token": li.refresh_token}
    reply = await world.api.post("/api/v1/sessions/refresh", body, as_=li, key="k")
    assert reply.status == 201
    assert await world.db.idempotency_keys.count_documents({}) == 0
