"""How many are at work at once, and how long each may take: 503 at once, nobody else waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any, Final

import pytest
from pymongo.errors import NetworkTimeout, PyMongoError
from structlog.testing import capture_logs

from handlers import me
from handlers.http import base
from handlers.http.admission import PLACES, Admission, Lane
from handlers.wechat import pay_notices
from server import observability
from server.settings import Settings
from services import deadlines, dependencies
from services.dependencies import Dependencies, Transaction, is_outage
from services.kernel.errors import Busy
from services.wechat.client import AsyncClient
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Api, Clock, Reply, World
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

ME = "/api/v1/me"
POLICIES = "/api/v1/privacy/policies"
NOTICE = "/wx/pay/notify/firm"
SOON = 0.05  # seconds; on a loaded machine it only comes later


def is_busy(reply: Reply) -> bool:
    if reply.status != 503:
        return False
    assert reply.code == "server_busy"
    assert reply.headers["Retry-After"] == "1"
    assert reply.body["details"] == {"retry_after_seconds": 1}
    return True


class Door:
    """Holds whoever asks GET /me until it is opened."""

    def __init__(self) -> None:
        self.open, self.inside = asyncio.Event(), asyncio.Semaphore(0)

    async def pass_through(self, *_: Any, **__: Any) -> Any:
        self.inside.release()
        await self.open.wait()
        raise Busy("the test is over", retry_after_seconds=1)

    async def hold(self, api: Api, who: Member, times: int) -> list[asyncio.Task[Reply]]:
        held = [asyncio.create_task(api.get(ME, as_=who)) for _ in range(times)]
        for _ in range(times):
            await asyncio.wait_for(self.inside.acquire(), SAFETY_NET)
        return held


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    made = Door()
    monkeypatch.setattr(me.actions, "me", made.pass_through)
    yield made
    made.open.set()


def allow(world: World, at_once: int, per_person: int) -> None:
    world.app.settings["admission"] = Admission(at_once, per_person)


async def test_one_persons_burst_is_refused_and_nobody_else_notices(
    world: World, li: Member, wang: Member, door: Door
) -> None:
    allow(world, at_once=9, per_person=3)
    held = await door.hold(world.api, li, 3)
    burst = await asyncio.gather(*(world.api.get(ME, as_=li) for _ in range(20)))
    assert all(map(is_busy, burst))
    assert is_busy(await world.api.get(POLICIES, as_=li))  # whatever it is they ask
    assert (await world.api.get(POLICIES, as_=wang)).status == 200
    assert (await world.api.get(POLICIES, as_=None)).status == 200
    door.open.set()
    await asyncio.gather(*held)
    assert (await world.api.get(POLICIES, as_=li)).status == 200


async def test_a_burst_is_refused_before_the_database_is_asked(
    world: World, li: Member, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(world, at_once=9, per_person=1)
    await door.hold(world.api, li, 1)
    asked: list[Any] = []
    monkeypatch.setattr(base.sessions, "authenticate", lambda *it: asked.append(it))
    assert is_busy(await world.api.get(ME, as_=li))
    assert asked == []


async def test_a_full_process_says_so_and_money_has_a_lane_of_its_own(
    world: World, li: Member, wang: Member, door: Door
) -> None:
    allow(world, at_once=2, per_person=2)
    await door.hold(world.api, li, 2)
    assert is_busy(await world.api.get(POLICIES, as_=wang))
    assert is_busy(await world.api.get(POLICIES, as_=None))
    notice = await world.api.call("POST", NOTICE, b"{}")
    assert (notice.status, notice.body["code"]) == (401, "FAIL")  # it was looked at
    assert (await world.api.call("GET", "/wx/push", None)).code == "not_from_wechat"
    assert (await world.api.call("GET", "/healthz", None)).status == 200


def test_who_is_not_signed_in_gets_half_and_lanes_are_apart() -> None:
    desk = Admission(at_once=4, per_person=3)
    with desk.place(Lane.PEOPLE, address="a"), desk.place(Lane.PEOPLE, address="a"):
        with pytest.raises(Busy), desk.place(Lane.PEOPLE, address="a"):
            pass
        with (
            desk.place(Lane.PEOPLE, address="b"),
            desk.place(Lane.PEOPLE, person="p", address="a"),
            pytest.raises(Busy),
            desk.place(Lane.PEOPLE, person="q", address="c"),
        ):
            pass
        held = [desk.place(Lane.NOTICES, address="w") for _ in range(PLACES[Lane.NOTICES])]
        for place in held:
            place.__enter__()
        with pytest.raises(Busy), desk.place(Lane.NOTICES, address="w"):
            pass
        for place in held:
            place.__exit__(None, None, None)
    with desk.place(Lane.PEOPLE, address="a"):
        pass


@pytest.mark.parametrize("body", [b"{", b"\xff", None])
async def test_a_place_is_given_back_whatever_happens(
    world: World, li: Member, body: bytes | None
) -> None:
    allow(world, at_once=1, per_person=1)
    for _ in range(3):
        reply = await world.api.call("POST", "/api/v1/me/phone", body, as_=li)
        assert not is_busy(reply)
        assert (await world.api.get("/nowhere", as_=li)).status == 404


# --- time ---


async def test_work_that_is_stuck_ends_in_503(
    world: World, li: Member, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it waits for: here for nothing that has a limit of its own."""
    with monkeypatch.context() as patch:
        patch.setattr(base, "REQUEST_SECONDS", SOON)
        assert is_busy(await world.api.get(ME, as_=li))
    assert not door.open.is_set()
    assert (await world.api.get(POLICIES, as_=li)).status == 200


# Longer than anybody waits, and told to the database: nothing is timed in the test.
NEVER: Final = {"$where": "sleep(60000) || true"}


@pytest.fixture
async def scratch(world: World) -> AsyncIterator[Dependencies]:
    """A collection of the test's own, behind a client that is not watched for indexes."""
    await world.db["scratch"].insert_one({"_id": "there"})
    yield replace(world.deps, mongo=world.db.client, db=world.db)
    await world.db["scratch"].drop()


async def test_the_driver_is_handed_what_is_left(
    world: World, li: Member, scratch: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    async def look(*_: Any) -> None:
        seen.append(deadlines.left(SAFETY_NET))
        with deadlines.until(monotonic() + SOON):
            await scratch.db["scratch"].find_one(NEVER)

    monkeypatch.setattr(me.actions, "me", look)
    reply = await world.api.get(ME, as_=li)
    assert (reply.status, reply.code) == (503, "database_unavailable")
    assert reply.headers["Retry-After"] == "5"
    assert seen[0] <= base.REQUEST_SECONDS - base.CLEAN_UP_SECONDS


async def test_a_transaction_out_of_time_lets_go_of_what_it_wrote(
    scratch: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or everybody who needs the same document meets a conflict for another minute."""
    monkeypatch.setattr(dependencies, "ABORT_SECONDS", SAFETY_NET)
    monkeypatch.setattr(dependencies, "TRANSACTION_SECONDS", SAFETY_NET + 0.3)

    async def save(tx: Transaction) -> None:
        change = {"$set": {"by": "the first"}}
        await scratch.db["scratch"].update_one({"_id": "there"}, change, session=tx)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), deadlines.left(SAFETY_NET))
        with deadlines.until(monotonic() - 1):
            await scratch.db["scratch"].find_one({}, session=tx)

    with pytest.raises(PyMongoError) as failure:
        await scratch.in_transaction(save)
    assert is_outage(failure.value)
    # A write in a transaction meets a conflict at once where another one still holds.
    async with scratch.mongo.start_session() as other, await other.start_transaction():
        change = {"$set": {"by": "the second"}}
        await scratch.db["scratch"].update_one({"_id": "there"}, change, session=other)


async def test_a_transaction_is_not_tried_again_beyond_the_request(
    scratch: Dependencies,
) -> None:
    held = {"_id": "there"}, {"$set": {"by": "another"}}

    async def save(tx: Transaction) -> None:
        await scratch.db["scratch"].update_one(*held, session=tx)

    async with scratch.mongo.start_session() as other, await other.start_transaction():
        await scratch.db["scratch"].update_one(*held, session=other)
        with deadlines.until(monotonic() + 1), pytest.raises(PyMongoError) as failure:
            await scratch.in_transaction(save)
    assert is_outage(failure.value)


async def test_wechat_is_asked_within_what_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    class Client:
        async def fetch(self, request: Any, **_: Any) -> Any:
            asked.append(request.request_timeout)
            raise OSError

        def close(self) -> None: ...

    transport = world.deps.wechat._transport
    monkeypatch.setattr(transport, "_http", Client)
    with pytest.raises(Exception, match="OSError"):
        await transport.send("GET", "/", headers={})
    with deadlines.until(monotonic() + 5), pytest.raises(Exception, match="OSError"):
        await transport.send("GET", "/", headers={})
    with deadlines.until(monotonic() - 1), pytest.raises(Exception, match="no time"):
        await transport.send("GET", "/", headers={})
    assert asked[0] == SAFETY_NET
    assert asked[1] <= 5
    assert len(asked) == 2


async def test_a_token_that_several_wait_for_outlives_the_first(world: World) -> None:
    fetched: list[float] = []
    client: AsyncClient = world.deps.wechat

    async def fetch() -> tuple[str, int]:
        fetched.append(deadlines.left(SAFETY_NET))
        return "token", 7200

    client.tokens._ask_wechat = fetch
    with deadlines.until(monotonic() + 1):
        assert await client.tokens.get() == "token"
    assert fetched == [SAFETY_NET]


async def test_a_notice_is_answered_before_wechat_gives_up_and_never_as_heard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(pay_notices, "NOTICE_SECONDS", SOON)
    monkeypatch.setattr(pay_notices.notices, "receive_payment", stuck)
    reply = await world.api.call("POST", NOTICE, b"{}")
    assert (reply.status, reply.body["code"]) == (503, "FAIL")


# --- what is logged ---


@pytest.fixture
async def observed(
    base_settings: Settings, database: str, clock: Clock
) -> AsyncIterator[World]:
    """The world as it is served, with a line for each request."""
    assert database == base_settings.mongodb_database
    async with open_world(base_settings, clock, observability.log_request) as opened:
        yield opened


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NetworkTimeout("no answer"), ("database_unavailable", "NetworkTimeout")),
        (Busy("later", retry_after_seconds=1), ("server_busy", None)),
    ],
    ids=["database", "busy"],
)
async def test_an_expected_503_is_one_line(
    observed: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: tuple[str, str | None],
) -> None:
    async def fail(*_: Any) -> None:
        raise error

    member = await observed.sign_in("li", "13900000001")
    monkeypatch.setattr(me.actions, "me", fail)
    with capture_logs() as lines:
        assert (await observed.api.get(ME, as_=member)).status == 503
    assert caplog.records == []  # no traceback of Tornado's
    [line] = lines
    assert (line["code"], line.get("cause")) == said
    assert (line["event"], line["log_level"], line["status"]) == ("request", "warning", 503)


async def test_what_nobody_expected_is_still_told_whole(
    observed: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise ZeroDivisionError

    member = await observed.sign_in("li", "13900000001")
    monkeypatch.setattr(me.actions, "me", fail)
    assert (await observed.api.get(ME, as_=member)).code == "internal"
    assert "ZeroDivisionError" in caplog.text
