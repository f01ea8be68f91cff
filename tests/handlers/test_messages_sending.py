"""Subscribe messages at the HTTP API: cases 19-26 of docs/reference/wechat.md."""

import asyncio
from typing import Any, cast

import pytest

from services.dependencies import Transaction
from services.jobs import actions as jobs
from services.messaging import jobs as messaging_jobs
from services.messaging import store
from services.messaging.deliveries import quota
from services.messaging.states import Move
from services.residencies.notify import notify_of_home
from tests.build.mailbox import (
    SEND,
    TEMPLATE,
    allow,
    arrived,
    calls,
    inbox,
    left,
    open_push,
    receipt,
    tell,
)
from tests.build.sign_ins import Member
from tests.build.world import World

pytestmark = pytest.mark.slow


async def later(world: World, **delta: float) -> int:
    """Let the worker do what is due after a while."""
    await world.advance(**delta)
    return await world.work()


@pytest.fixture
async def willing(world: World, li: Member) -> Member:
    """Li, who allowed one message."""
    await open_push(world)
    await allow(world, "li")
    assert await left(world, li) == 1
    return li


async def test_without_a_grant_wechat_is_not_asked(world: World, li: Member) -> None:
    message_id = await tell(world, li)
    assert await world.work() == 0, "there is no job to find that out"

    assert await inbox(world, li) == {message_id: "inbox"}
    assert await calls(world) == 0


async def test_case_19_a_granted_message_arrives(world: World, willing: Member) -> None:
    message_id = await tell(world, willing)
    await world.work()

    [message] = await arrived(world, "li")
    assert message["page"] == "pages/bills/bill?id=b1"
    assert message["data"] == {
        "thing1": "新城小区7栋3单元502号",
        "thing2": "物业费",
        "thing3": "2026年3月",
        "amount4": "51.18元",
        "date5": "2026年3月31日",
    }
    assert await inbox(world, willing) == {message_id: "sent"}
    assert await left(world, willing) == 0
    assert await world.work() == 0


async def test_case_20_one_grant_is_one_message(world: World, willing: Member) -> None:
    first, second = await tell(world, willing, "b1"), await tell(world, willing, "b2")
    await world.work()
    assert sorted((await inbox(world, willing)).values()) == ["inbox", "sent"]
    assert await calls(world) == 1

    await allow(world, "li")
    third = await tell(world, willing, "b3")
    await world.work()
    found = await inbox(world, willing)
    assert (found[third], len(await arrived(world, "li"))) == ("sent", 2)
    assert {found[first], found[second]} == {"inbox", "sent"}


async def test_news_leave_a_shared_grant_to_a_bill(
    world: World, willing: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cast("dict[str, str]", world.deps.templates), "home_news", TEMPLATE)
    await allow(world, "li")
    told = {"address": "新城小区7栋", "news": "业主已变更", "key": "n1"}

    async def inform(tx: Transaction) -> None:
        await notify_of_home(world.deps, tx, willing.person_id, **told)

    await world.deps.in_transaction(inform)
    await world.work()
    assert set((await inbox(world, willing)).values()) == {"inbox"}
    assert (await calls(world), await left(world, willing)) == (0, 2)

    for key in ("b1", "b2"):
        await tell(world, willing, key)
    await world.work()
    assert sorted((await inbox(world, willing)).values()) == ["inbox", "sent", "sent"]
    assert await left(world, willing) == 0


async def test_case_20_a_grant_that_was_none_is_struck_out(
    world: World, willing: Member
) -> None:
    """WeChat knows better than we do: 43101."""
    await allow(world, "li")
    await world.wechat.do("users/li/unsubscribe", copies=0)
    first = await tell(world, willing, "b1")
    await world.work()
    assert await inbox(world, willing) == {first: "refused"}
    assert await left(world, willing) == 0

    second = await tell(world, willing, "b2")
    await world.work()
    assert (await inbox(world, willing))[second] == "inbox"
    assert await calls(world) == 1


async def test_case_21_switched_off_in_the_settings(world: World, willing: Member) -> None:
    await allow(world, "li")
    await world.wechat.do("users/li/unsubscribe")
    message_id = await tell(world, willing)
    await world.work()

    assert await left(world, willing) == 0
    assert await inbox(world, willing) == {message_id: "inbox"}
    assert await calls(world) == 0


@pytest.mark.parametrize(
    ("home", "shown"),
    [
        ("二" * 21, "二" * 19 + "…"),
        ("一号楼\n二单元", "一号楼 二单元"),
        ("幸福家园🏠五号", "幸福家园五号"),
    ],
)
async def test_case_22_free_text_is_made_to_fit(
    world: World, willing: Member, home: str, shown: str
) -> None:
    await tell(world, willing, home=home)
    await world.work()
    [message] = await arrived(world, "li")
    assert message["data"]["thing1"] == shown


async def test_case_22_an_empty_value_never_leaves_the_house(
    world: World, willing: Member
) -> None:
    message_id = await tell(world, willing, home="🏠")
    await world.work()

    assert await inbox(world, willing) == {message_id: "failed"}
    assert (await calls(world), await left(world, willing)) == (0, 1)
    assert await last_error(world) == "bill_issued: thing1: empty"


@pytest.mark.parametrize(
    ("case", "errcode"),
    [(22, 47003), (23, 40037)],
    ids=["22: it has other keys", "23: it is gone"],
)
async def test_a_broken_template_alarms_and_may_be_mended(
    world: World, willing: Member, case: int, errcode: int
) -> None:
    if case == 22:
        await set_wechat(world, {"templates": {TEMPLATE: ["thing9"]}})
    else:
        await world.wechat.fault(SEND, match={"times": None}, errcode=errcode)
    message_id = await tell(world, willing)
    await world.work()
    assert await inbox(world, willing) == {message_id: "failed"}
    assert await left(world, willing) == 1  # WeChat took nothing
    assert f"bill_issued: {errcode}" in await last_error(world)
    assert (await later(world, days=1), await calls(world)) == (0, 1)

    await set_wechat(world, {"templates": None})
    await world.wechat.control("DELETE", "faults")
    await jobs.replay(world.deps, f"messaging.send:{message_id}")
    await world.work()
    assert await outcomes(world) == ["sent"]
    assert len(await arrived(world, "li")) == 1


async def test_case_24_a_page_not_released_is_left_out(world: World, willing: Member) -> None:
    await set_wechat(world, {"released_pages": ["pages/home/home"]})
    message_id = await tell(world, willing)
    await world.work()

    [message] = await arrived(world, "li")
    assert message["page"] == ""
    assert await inbox(world, willing) == {message_id: "sent"}
    assert await left(world, willing) == 0


async def test_case_25_the_daily_quota_ends_in_the_middle(world: World, li: Member) -> None:
    await open_push(world)
    for _ in range(4):
        await allow(world, "li")
    for number in range(4):
        await tell(world, li, f"b{number}")
    await world.wechat.fault(SEND, match={"nth": 2, "times": None}, errcode=45009)
    await world.work()

    assert sorted((await inbox(world, li)).values()) == ["inbox"] * 3 + ["sent"]
    assert await calls(world) == 2  # the first refusal spared the other messages theirs
    assert await left(world, li) == 3
    await world.wechat.control("DELETE", "faults")
    assert await later(world, hours=11, minutes=59) == 0  # 23:59 in Beijing
    await later(world, minutes=1)
    assert await outcomes(world) == ["sent"] * 4
    assert len(await arrived(world, "li")) == 4


async def test_case_25_without_redis_wechat_says_it_again(world: World, li: Member) -> None:
    await open_push(world)
    for _ in range(2):
        await allow(world, "li")
    for number in range(2):
        await tell(world, li, f"b{number}")
    await world.wechat.fault(SEND, match={"times": None}, errcode=45009)
    await world.work()
    await world.deps.redis.flushdb()

    await world.wechat.control("DELETE", "faults")
    assert await later(world, hours=13) == 2
    assert await outcomes(world) == ["sent", "sent"]


async def test_case_26_an_answer_that_was_lost_is_not_asked_for_again(
    world: World, willing: Member
) -> None:
    await world.wechat.fault(SEND, drop="after")
    await allow(world, "li")
    message_id = await tell(world, willing)
    await world.work()

    assert await inbox(world, willing) == {message_id: "unknown"}
    assert len(await arrived(world, "li")) == 1
    assert await left(world, willing) == 1  # of two, one may be spent
    await receipt(world, "li", "4000000000000000001")
    assert await inbox(world, willing) == {message_id: "sent"}
    assert (await later(world, hours=2), await calls(world)) == (0, 1)


async def test_case_26_a_request_that_was_lost_stays_unknown(
    world: World, willing: Member
) -> None:
    """And the receipt of the next message is not taken for its own."""
    await allow(world, "li")
    await world.wechat.fault(SEND, drop="before")
    lost = await tell(world, willing, "b1")
    await world.work()
    sent = await tell(world, willing, "b2")
    await world.work()
    await receipt(world, "li", "4000000000000000001")

    assert await inbox(world, willing) == {lost: "unknown", sent: "sent"}
    receipts = await world.db.messages.find({"receipt_at": {"$ne": None}}).to_list()
    assert [message["_id"] for message in receipts] == [sent]


@pytest.mark.parametrize(
    ("action", "wait"),
    [
        ({"errcode": -1}, {"minutes": 5}),
        ({"errcode": 45011}, {"minutes": 1}),
    ],
)
async def test_what_wechat_did_not_take_comes_again(
    world: World, willing: Member, action: dict[str, Any], wait: dict[str, float]
) -> None:
    await world.wechat.fault(SEND, **action)
    message_id = await tell(world, willing)
    await world.work()
    assert await inbox(world, willing) == {message_id: "inbox"}
    assert await left(world, willing) == 1

    await later(world, **wait)
    assert await inbox(world, willing) == {message_id: "sent"}
    assert len(await arrived(world, "li")) == 1


@pytest.mark.parametrize("errcode", [-1, 40164])
async def test_trouble_with_the_token_touches_no_message(
    world: World, willing: Member, errcode: int
) -> None:
    await world.wechat.fault("/cgi-bin/stable_token", match={"times": None}, errcode=errcode)
    message_id = await tell(world, willing)
    world.deps.wechat.tokens._kept = None
    await world.deps.redis.flushdb()
    await world.work()
    assert (await calls(world), await left(world, willing)) == (0, 1)

    await world.wechat.control("DELETE", "faults")
    await later(world, minutes=5)
    assert await inbox(world, willing) == {message_id: "sent"}


async def test_somebody_of_another_mini_program(world: World, willing: Member) -> None:
    await world.wechat.fault(SEND, errcode=40003)
    message_id = await tell(world, willing)
    await world.work()
    assert await inbox(world, willing) == {message_id: "failed"}
    assert await left(world, willing) == 0
    assert await world.db.outbox.count_documents({"state": "dead"}) == 0


async def test_two_messages_race_for_one_grant(world: World, willing: Member) -> None:
    for number in range(6):
        await tell(world, willing, f"b{number}")
    await asyncio.gather(*(world.work() for _ in range(6)))

    assert sorted((await inbox(world, willing)).values()) == ["inbox"] * 5 + ["sent"]
    assert (await calls(world), await left(world, willing)) == (1, 0)


async def test_two_workers_with_one_message_send_it_once(world: World, willing: Member) -> None:
    """As after a lease that ran out: the first worker is still at it."""
    await allow(world, "li")
    message_id = await tell(world, willing)
    send = messaging_jobs.JOBS["messaging.send"]
    payload = {"message_id": message_id}
    await asyncio.gather(*(send(world.deps, payload) for _ in range(5)))

    assert len(await arrived(world, "li")) == 1
    assert await inbox(world, willing) == {message_id: "sent"}
    assert await left(world, willing) == 1


async def test_a_message_that_is_out_waits_for_nothing_more(
    world: World, willing: Member
) -> None:
    message_id = await tell(world, willing)
    await world.work()
    await quota.note_reached(world.deps)
    await messaging_jobs.JOBS["messaging.send"](world.deps, {"message_id": message_id})
    assert await calls(world) == 1


async def test_a_worker_killed_in_between_leaves_an_unknown_message(
    world: World, willing: Member
) -> None:
    message_id = await tell(world, willing)
    assert await store.move(world.deps.db, message_id, Move.START)  # and then it was killed
    await world.work()

    assert await inbox(world, willing) == {message_id: "unknown"}
    assert await calls(world) == 0


async def test_a_worker_that_only_slept_learns_the_answer(
    world: World, willing: Member
) -> None:
    message_id = await tell(world, willing)
    assert await store.move(world.deps.db, message_id, Move.START)  # and then it slept
    await world.work()
    assert await store.move(world.deps.db, message_id, Move.ACCEPT)
    assert await inbox(world, willing) == {message_id: "sent"}


async def test_what_was_read_is_not_sent_after(world: World, willing: Member) -> None:
    message_id = await tell(world, willing)
    await world.api.post(f"/api/v1/me/messages/{message_id}/read", as_=willing)
    await world.work()
    assert (await calls(world), await left(world, willing)) == (0, 1)


async def test_what_was_told_long_ago_is_not_sent_now(world: World, willing: Member) -> None:
    message_id = await tell(world, willing)
    await world.db.outbox.delete_many({})  # done jobs are forgotten after a month
    await tell(world, willing)
    assert await world.work() == 0
    assert await inbox(world, willing) == {message_id: "inbox"}


# What these tests look at


async def last_error(world: World) -> str:
    [job] = await world.db.outbox.find({"state": "dead"}).to_list()
    return str(job["last_error"])


async def outcomes(world: World) -> list[str]:
    """Return how far all messages got, whoever still holds a token of the API."""
    found = await world.db.messages.find().to_list()
    return sorted(message["delivery"] for message in found)


async def set_wechat(world: World, settings: dict[str, Any]) -> None:
    await world.wechat.control("POST", "settings", settings)
