"""Erasure after the account is closed: in bounded steps, killed anywhere, seen until done."""

from collections import Counter
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Final, TypeVar

import pytest

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import steps
from services.kernel.permissions import Actor
from services.kernel.vault import Vault
from services.payments import store as payments_store
from services.privacy import key_rotation
from services.privacy.erasures import actions as erasures
from services.privacy.erasures.jobs import erase as next_step
from tests.build import belongings, cast, exports
from tests.build.cast import Estate
from tests.build.mailbox import SEND, allow, open_push, tell
from tests.build.query_recorder import QueryRecorder
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.privacy import searching

T = TypeVar("T")
pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-02")]

MANY: Final = {
    "messages": 4000,
    "payments": 1500,
    "audit": 1000,
    "idempotency_keys": 600,
    "sessions": 600,
    "photos": 600,
    "home_requests": 600,
    "home_invitations": 600,
    "appointments": 300,
    "consents": 200,
}
SOME: Final = dict.fromkeys(MANY, 3)
NEEDLES: Final = {"name": belongings.NAME}
GONE: Final = ("messages", "idempotency_keys", "sessions", "photos")


@dataclass
class Transactions:
    """Writes and seconds of each transaction that the product made."""

    writes: Counter[Any] = field(default_factory=Counter)
    began: dict[Any, float] = field(default_factory=dict)
    lasted: dict[Any, float] = field(default_factory=dict)
    of_request: dict[int, Any] = field(default_factory=dict)

    def started(self, event: Any) -> None:
        if event.command.get("autocommit") is False:
            key = (event.command["lsid"]["id"], event.command["txnNumber"])
            self.of_request[event.request_id] = key
            self.began.setdefault(key, perf_counter())

    def succeeded(self, event: Any) -> None:
        key = self.of_request.pop(event.request_id, None)
        if key is not None:
            self.lasted[key] = perf_counter() - self.began[key]
            wrote = {"update", "delete", "insert", "bulkWrite"}
            self.writes[key] += event.reply["n"] if event.command_name in wrote else 0
            self.writes[key] += event.command_name == "findAndModify"


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> Transactions:
    seen, begin = Transactions(), QueryRecorder.started

    def started(recorder: QueryRecorder, event: Any) -> None:
        begin(recorder, event)
        seen.started(event)

    monkeypatch.setattr(QueryRecorder, "started", started)
    monkeypatch.setattr(QueryRecorder, "succeeded", lambda _, event: seen.succeeded(event))
    return seen


async def close(world: World, who: Member) -> str:
    """Ask for the erasure; return its id."""
    reply = await world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=who)
    assert reply.status == 202, reply.body
    return str(reply.body["erasure_id"])


async def follow(world: World, erasure_id: str) -> Reply:
    return await world.api.get(f"/api/v1/erasures/{erasure_id}", as_=None)


async def state(world: World, erasure_id: str) -> str:
    return str((await follow(world, erasure_id)).body["state"])


def cleared(reply: Reply) -> list[bool]:
    return [part["is_cleared"] for part in reply.body["parts"]]


async def require_cleared(world: World, person: str) -> None:
    """Assert that nothing is left that the law does not ask to keep."""
    left = await belongings.of(world.db, person)
    assert {name for name in GONE if left[name]} == set()
    assert await searching.in_database(world, NEEDLES) == set()
    assert await searching.under_seal(world, NEEDLES) == set()
    assert all(row["withdrawn_at"] for row in left["consents"])
    assert {row["state"] for row in left["home_invitations"]} == {"revoked"}


async def test_ten_thousand_rows_go_in_small_transactions(
    estate: Estate, li: Member, transactions: Transactions
) -> None:
    world = estate.world
    assert sum(MANY.values()) == 10_000
    await belongings.leave(world.db, world.deps, li.person_id, MANY)
    actor = Actor(li.person_id, "session")
    erasure_id = (await erasures.erase(world.deps, actor)).erasure_id
    runs = 1
    while await next_step(world.deps, {"erasure_id": erasure_id}):
        runs += 1
    assert await state(world, erasure_id) == "done"
    await require_cleared(world, li.person_id)
    assert len(await world.db.payments.find({"person": li.person_id}).to_list()) == 1500
    # of an invitation the name and the state, and the notes of the step
    assert max(transactions.writes.values()) <= 2 * steps.AT_ONCE + 5
    assert runs >= (sum(MANY.values()) - MANY["audit"]) / steps.AT_ONCE


class Killed(Exception):
    """The process is gone."""


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each transaction be killed once just before it is kept, and once just after."""
    whole, calls = Dependencies.in_transaction, 0

    async def in_transaction(
        deps: Dependencies, work: Callable[[Transaction], Awaitable[T]]
    ) -> T:
        nonlocal calls
        calls += 1

        async def half(tx: Transaction) -> T:
            await work(tx)
            raise Killed

        await whole(deps, half if calls % 2 else work)
        raise Killed

    monkeypatch.setattr(Dependencies, "in_transaction", in_transaction)


@pytest.mark.parametrize("order", [1, -1], ids=["as it is", "backwards"])
async def test_killed_at_each_step_it_ends_all_the_same(
    estate: Estate,
    li: Member,
    order: int,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """In any order of the packages: none finds its rows by what another has cleared."""
    world, wang = estate.world, await estate.member("wang")
    features = copy(world.deps.features)
    vars(features)["erasure"] = dict([*features.erasure.items()][::order])
    deps = replace(world.deps, features=features)
    for person in (li.person_id, wang.person_id):
        await belongings.leave(world.db, deps, person, SOME)
    others = await belongings.of(world.db, wang.person_id)
    erasure_id = await close(world, li)
    monkeypatch.setattr(steps, "AT_ONCE", 2)
    request.getfixturevalue("mortal")
    deaths = 0
    while await state(world, erasure_id) != "done":
        with pytest.raises(Killed):
            await next_step(deps, {"erasure_id": erasure_id})
        deaths += 1
    assert deaths > 2 * len(features.erasure)
    assert await belongings.of(world.db, wang.person_id) == others
    for collection in SOME:
        await world.db[collection].delete_many({"person": wang.person_id})
    await require_cleared(world, li.person_id)


async def test_it_is_seen_without_an_account_until_it_is_done(
    estate: Estate, li: Member
) -> None:
    world = estate.world
    await belongings.leave(world.db, world.deps, li.person_id, SOME)
    erasure_id = await close(world, li)
    first = await follow(world, erasure_id)
    assert (first.status, first.body["state"], first.body["finished_at"]) == (
        200,
        "closed",
        None,
    )
    assert not any(cleared(first))
    assert "收到的消息" in [part["what"] for part in first.body["parts"]]
    await next_step(world.deps, {"erasure_id": erasure_id})
    assert cleared(await follow(world, erasure_id)).count(True) == 1
    await world.work()
    last = await follow(world, erasure_id)
    assert (last.body["state"], all(cleared(last))) == ("done", True)
    assert last.body["finished_at"]
    assert li.person_id not in str(await world.db.erasures.find().to_list())
    assert await next_step(world.deps, {"erasure_id": erasure_id}) is None  # told twice
    assert (await follow(world, "guessed")).status == 404


async def test_who_comes_back_before_it_is_done_keeps_what_is_new(
    estate: Estate, li: Member
) -> None:
    world = estate.world
    await open_push(world)
    await allow(world, "li")
    await belongings.leave(world.db, world.deps, li.person_id, SOME)
    erasure_id = await close(world, li)
    assert await world.db.message_grants.count_documents({}) == 0  # theirs, by WeChat user
    again = await world.sign_in("li", cast.PHONES["li"])
    assert again.person_id != li.person_id
    await allow(world, "li")
    await belongings.leave(world.db, world.deps, again.person_id, SOME)
    before = await belongings.of(world.db, again.person_id)
    assert [row["home"] for row in before["residencies"]] == [cast.LI_HOME]
    await world.work()
    assert await state(world, erasure_id) == "done"
    assert await belongings.of(world.db, again.person_id) == before
    assert [row["left"] for row in await world.db.message_grants.find().to_list()] == [1]
    me = (await world.api.get("/api/v1/me", as_=again)).body
    assert [home["place"] for home in me["homes"]] == [cast.LI_HOME]
    exported = (await exports.my_data(world, again)).body
    for title in ("收到的消息", "房屋绑定申请", "上传的照片", "支付订单"):
        assert len(exported[title]["内容"]) == 3, title
    old = await belongings.of(world.db, li.person_id)
    assert not any(old[name] for name in (*GONE, "residencies"))


async def test_keys_may_be_renewed_in_the_middle(estate: Estate, li: Member) -> None:
    world = estate.world
    await belongings.leave(world.db, world.deps, li.person_id, SOME)
    erasure_id = await close(world, li)
    await next_step(world.deps, {"erasure_id": erasure_id})
    world.deps = replace(world.deps, vault=Vault({"k2": b"n" * 32, "k1": b"k" * 32}))
    assert not any(tally.left for tally in await key_rotation.reseal(world.deps))
    while await next_step(world.deps, {"erasure_id": erasure_id}):
        pass
    await require_cleared(world, li.person_id)


async def test_a_part_that_fails_is_a_dead_job_and_goes_on_from_there(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = estate.world
    await belongings.leave(world.db, world.deps, li.person_id, SOME)
    erasure_id = await close(world, li)

    async def fail(*_: object) -> bool:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(payments_store, "blank_bodies", fail)
        patch.setattr(jobs, "MAX_ATTEMPTS", 1)
        await world.work()
    [dead] = await world.db.outbox.find({"state": "dead"}).to_list()
    assert dead["_id"] == f"privacy.erase:{erasure_id}"
    done = cleared(await follow(world, erasure_id))
    assert 0 < done.count(True) < len(done)
    await jobs.replay(world.deps, dead["_id"])
    await world.work()
    assert await state(world, erasure_id) == "done"
    await require_cleared(world, li.person_id)


async def test_a_grant_that_wechat_gives_back_after_the_close_is_nobodys(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = estate.world
    await open_push(world)
    await allow(world, "li")
    await world.wechat.fault(SEND, match={"times": None}, errcode=40037)
    wechat = type(world.deps.wechat)
    send = wechat.send_subscribe_message

    async def close_and_send(*args: Any, **more: Any) -> Any:
        await close(world, li)
        return await send(*args, **more)

    monkeypatch.setattr(wechat, "send_subscribe_message", close_and_send)
    await tell(world, li)
    await world.work()
    assert await world.db.message_grants.count_documents({}) == 0


async def test_a_message_that_was_written_while_they_closed_is_removed_by_its_job(
    estate: Estate, li: Member
) -> None:
    world = estate.world
    await open_push(world)
    await allow(world, "li")
    message_id = await tell(world, li)
    message = await world.db.messages.find_one({"_id": message_id})
    job = await world.db.outbox.find_one({"_id": f"messaging.send:{message_id}"})
    assert message is not None
    assert job is not None
    await close(world, li)
    await world.work()
    await world.db.messages.insert_one(message)
    await world.db.outbox.replace_one({"_id": job["_id"]}, job)
    await world.work()
    assert await world.db.messages.count_documents({}) == 0


async def test_a_file_of_the_account_opens_no_more_at_once(estate: Estate, li: Member) -> None:
    world = estate.world
    mine = await exports.exported(world, li, "/api/v1/me/export")
    assert (await exports.fetched(world, mine)).status == 200
    await close(world, li)
    assert (await exports.fetched(world, mine)).status == 404
    assert await world.db.exports.count_documents({}) == 0  # and with it the key of the file
    await world.work()
    assert await world.db.export_parts.count_documents({}) == 0
