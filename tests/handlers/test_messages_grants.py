"""What people are asked to allow, and what their phones tell of the answer."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from services.kernel.templates import Moment
from services.messaging.models import grant_id
from tests.build.mailbox import (
    TEMPLATE,
    allow,
    calls,
    inbox,
    left,
    open_push,
    openid_of,
    push,
    tell,
)
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

PATH = "/api/v1/me/message-grants"
OTHER = "stand-in-payment_received"


@pytest.fixture(autouse=True)
async def _pushed(world: World) -> None:
    await open_push(world)


async def report(
    world: World,
    member: Member,
    result: str = "accept",
    *template_ids: str,
    at: datetime | None = None,
) -> Reply:
    """Let the phone tell what WeChat's window answered."""
    results = [{"template_id": one, "result": result} for one in template_ids or (TEMPLATE,)]
    body = {"results": results, "asked_at": (at or world.clock.now).isoformat()}
    return await world.api.post(PATH, body, as_=member)


async def asks(world: World, member: Member, moment: str) -> list[dict[str, Any]]:
    reply = await world.api.get(f"{PATH}?moment={moment}", as_=member)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def accept(world: World, name: str, at: int) -> dict[str, Any]:
    """Let WeChat push that somebody accepted, at a second of its clock."""
    row = {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0"}
    event = {
        "Event": "subscribe_msg_popup_event",
        "FromUserName": await openid_of(world, name),
        "CreateTime": at,
        "List": [row],
    }
    return await push(world, event)


# Counting


async def test_case_27_the_phone_tells_first_and_wechat_confirms(
    world: World, li: Member
) -> None:
    told = await report(world, li)
    assert (told.status, told.body) == (200, {"grants": [{"template_id": TEMPLATE, "left": 1}]})
    await allow(world, "li", copies=2)
    assert (
        await report(world, li, at=world.clock.now - timedelta(seconds=1))
    ).body == told.body
    assert await left(world, li) == 1


async def test_case_27_wechat_tells_first_and_the_phone_adds_nothing(
    world: World, li: Member
) -> None:
    await allow(world, "li")
    for _ in range(2):
        assert (await report(world, li)).body["grants"][0]["left"] == 1
    await allow(world, "li")
    assert await left(world, li) == 2


async def test_case_27_both_tell_at_the_same_moment(world: World, li: Member) -> None:
    second = int(world.clock.now.timestamp())
    told = [report(world, li) for _ in range(4)]
    await asyncio.gather(*told, *(accept(world, "li", second) for _ in range(4)))
    assert await left(world, li) == 1


async def test_two_first_acceptances_at_the_same_moment_are_two(
    world: World, li: Member
) -> None:
    second = int(world.clock.now.timestamp())
    await asyncio.gather(*(accept(world, "li", second - number) for number in range(4)))
    assert await left(world, li) == 4


async def test_case_20_a_phone_that_makes_things_up_costs_one_refusal(
    world: World, li: Member
) -> None:
    for seconds in range(5):
        await report(world, li, at=world.clock.now - timedelta(seconds=seconds))
    assert await left(world, li) == 2

    for key in ("b1", "b2"):
        await tell(world, li, key)
    await world.work()
    assert sorted((await inbox(world, li)).values()) == ["inbox", "refused"]
    assert (await calls(world), await left(world, li)) == (1, 0)
    await report(world, li, at=world.clock.now + timedelta(seconds=9))
    assert await left(world, li) == 0


@pytest.mark.parametrize("result", ["reject", "ban", "filter"])
async def test_another_answer_grants_nothing(world: World, li: Member, result: str) -> None:
    assert (await report(world, li, result)).body["grants"][0]["left"] == 0
    assert await world.db.message_grants.count_documents({}) == 0


async def test_a_count_of_before_goes_on(world: World, li: Member) -> None:
    grant = grant_id(await openid_of(world, "li"), TEMPLATE)
    await world.db.message_grants.insert_one({"_id": grant, "left": 3})
    await allow(world, "li")
    await report(world, li)
    assert await left(world, li) == 4


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_phone_with_another_time_is_told_so(
    world: World, li: Member, minutes: int
) -> None:
    """Its report could not be told from another; WeChat's push counts what it accepted."""
    reply = await report(world, li, at=world.clock.now + timedelta(minutes=minutes))
    assert (reply.status, reply.code) == (422, "asked_at_other_time")
    assert await left(world, li) == 0


async def test_a_template_of_somebody_else_is_refused(world: World, li: Member) -> None:
    reply = await report(world, li, "accept", TEMPLATE, "gone")
    assert (reply.status, reply.code) == (422, "unknown_template")
    assert reply.body["details"] == {"template_id": "gone"}
    assert await left(world, li) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"results": []},
        {"results": [{"template_id": TEMPLATE, "result": "accept"}] * 6},
        {"results": [{"template_id": TEMPLATE, "result": "yes"}]},
        {"results": [{"template_id": "a b", "result": "accept"}]},
        {"asked_at": "2026-03-02T04:00:00"},
        {"asked_at": 1_772_424_000},
    ],
)
async def test_an_odd_report_is_refused(
    world: World, li: Member, change: dict[str, Any]
) -> None:
    results = [{"template_id": TEMPLATE, "result": "accept"}]
    body = {"results": results, "asked_at": world.clock.now.isoformat()} | change
    reply = await world.api.post(PATH, body, as_=li)
    assert (reply.status, reply.code) == (422, "invalid_input")


# Asking


@pytest.mark.parametrize("moment", Moment)
async def test_at_most_three_are_asked_for(world: World, li: Member, moment: Moment) -> None:
    found = await asks(world, li, moment)
    assert 0 < len(found) <= 3
    assert len({one["template_id"] for one in found}) == len(found)
    assert all(one["reason"] for one in found)


async def test_that_with_the_fewest_left_is_asked_for_first(world: World, li: Member) -> None:
    before = await asks(world, li, "after_paying")
    assert before[0] == {
        "template": "bill_issued",
        "template_id": TEMPLATE,
        "title": "您有新的账单",
        "reason": "下一期账单出来时告诉您",
        "left": 0,
    }
    for _ in range(2):
        await allow(world, "li", TEMPLATE)
    await allow(world, "li", OTHER)
    found = await asks(world, li, "after_paying")
    assert [(one["template"], one["left"]) for one in found] == [
        ("refund_done", 0),
        ("payment_received", 1),
        ("bill_issued", 2),
    ]


async def test_case_21_what_was_switched_off_is_not_asked_for_until_allowed_again(
    world: World, li: Member
) -> None:
    def ids(found: list[dict[str, Any]]) -> set[str]:
        return {one["template_id"] for one in found}

    await allow(world, "li", TEMPLATE, OTHER)
    await world.advance(seconds=1)
    await world.wechat.do("users/li/unsubscribe", template_ids=[TEMPLATE])
    assert TEMPLATE not in ids(await asks(world, li, "after_paying"))
    assert OTHER in ids(await asks(world, li, "after_paying"))

    await allow(world, "li")
    assert TEMPLATE in ids(await asks(world, li, "after_paying"))
    assert await left(world, li) == 1


async def test_messages_that_share_an_id_are_asked_for_once(
    world: World, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = cast("dict[str, str]", world.deps.templates)
    monkeypatch.setitem(configured, "payment_received", TEMPLATE)
    monkeypatch.delitem(configured, "refund_done")
    found = await asks(world, li, "after_paying")
    assert [one["template"] for one in found] == ["bill_issued"]


async def test_an_odd_moment_is_refused(world: World, li: Member) -> None:
    for query in ("", "?moment=soon"):
        assert (await world.api.get(f"{PATH}{query}", as_=li)).status == 422
