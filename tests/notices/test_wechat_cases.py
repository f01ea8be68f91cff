"""Notices through WeChat: cases 19 to 27 of docs/reference/wechat.md, from a publication on."""

from typing import Any, Final, cast

import pytest

from services.jobs import actions as jobs
from services.messaging.broadcasts import pushes
from tests.build.cast import Estate
from tests.build.mailbox import (
    SEND,
    allow,
    arrived,
    calls,
    inbox,
    left,
    open_push,
    openid_of,
    push,
    receipt,
)
from tests.build.notices import (
    EMERGENCY,
    READERS,
    TEMPLATE,
    broadcast_of,
    deliveries,
    published,
    willing,
)
from tests.build.sign_ins import Member

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("people")]

IN_INBOX: Final = dict.fromkeys(READERS, "inbox")
HOURS: Final = {"hours": 1, "minutes": 1}  # after which the next ordinary push may come


async def told(estate: Estate, **changes: Any) -> str:
    """Publish a notice and let the worker do all that is due."""
    notice_id = await published(estate, **changes)
    await estate.world.work()
    return notice_id


async def later(estate: Estate, **delta: float) -> None:
    """Let time pass and the worker work; everybody signs in again."""
    await estate.advance(**delta)
    for name in READERS:
        await estate.member(name)
    await estate.world.work()


async def state_and_sent(estate: Estate, notice_id: str) -> tuple[str, int]:
    one = await broadcast_of(estate, notice_id)
    assert one is not None
    return one["state"], one["counts"]["sent"]


async def dead(estate: Estate) -> list[dict[str, Any]]:
    return await estate.world.db.outbox.find({"state": "dead"}).to_list()


async def arrivals(estate: Estate) -> list[int]:
    return [len(await arrived(estate.world, name)) for name in READERS]


async def left_to(estate: Estate, name: str) -> int:
    return await left(estate.world, await estate.member(name), "notice")


async def test_case_19_who_allowed_it_has_the_push_and_all_have_the_entry(
    estate: Estate, people: dict[str, Member]
) -> None:
    await willing(estate, "li")
    notice_id = await told(estate)
    [shown] = await arrived(estate.world, "li")
    assert shown["page"] == f"pages/notices/notice?id={notice_id}"
    assert shown["data"] == {
        "thing1": "停水通知",
        "thing2": "新城社区居委会",
        "time3": "2026年3月2日 12:00",
    }
    assert await deliveries(estate, notice_id) == IN_INBOX | {"li": "sent"}
    assert await state_and_sent(estate, notice_id) == ("done", 1)
    assert (await left_to(estate, "li"), await calls(estate.world)) == (0, 1)
    for member in people.values():
        assert len(await inbox(estate.world, member)) == 1


async def test_case_20_one_grant_is_one_push(estate: Estate) -> None:
    """WeChat has none where we count one: struck out; the next grant is spent, and no more."""
    await willing(estate, "li")
    await estate.world.wechat.do("users/li/unsubscribe", copies=0)
    first = await told(estate)
    assert await deliveries(estate, first) == IN_INBOX | {"li": "refused"}
    assert (await left_to(estate, "li"), await arrivals(estate)) == (0, [0, 0, 0, 0])
    await willing(estate, "li")
    second = await told(estate, title="第二条")  # within the hour: the first woke nobody
    assert await deliveries(estate, second) == IN_INBOX | {"li": "sent"}
    await later(estate, **HOURS)
    third = await told(estate, title="第三条")
    assert (await deliveries(estate, third), await calls(estate.world)) == (IN_INBOX, 2)
    await willing(estate, "li")
    await estate.world.wechat.do("users/li/unsubscribe", copies=0)
    fourth = await told(estate, title="第四条")
    assert await deliveries(estate, fourth) == IN_INBOX | {"li": "refused"}
    assert (await left_to(estate, "li"), await arrivals(estate)) == (0, [1, 0, 0, 0])


async def test_case_20_a_notice_leaves_the_grants_it_shares_to_a_bill_and_its_receipt(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = cast("dict[str, str]", estate.world.deps.templates)
    monkeypatch.setitem(ids, "bill_issued", TEMPLATE)
    await willing(estate, "li", times=2)
    await willing(estate, "wang", times=3)
    notice_id = await told(estate)
    assert await deliveries(estate, notice_id) == IN_INBOX | {"wang": "sent"}
    assert [await left_to(estate, name) for name in ("li", "wang")] == [2, 2]


@pytest.mark.parametrize(("wish", "asked"), [({}, 0), ({"copies": 0}, 1)])
async def test_case_21_who_switched_it_off_has_the_entry(
    estate: Estate, wish: dict[str, int], asked: int
) -> None:
    """Whether WeChat's event arrived, or only its refusal says so."""
    await willing(estate, "li", times=2)
    await estate.world.wechat.do("users/li/unsubscribe", **wish)
    notice_id = await told(estate)
    refused = {"li": "refused"} if asked else {}
    assert await deliveries(estate, notice_id) == IN_INBOX | refused
    assert (await calls(estate.world), await left_to(estate, "li")) == (asked, 0)
    assert (await state_and_sent(estate, notice_id), await dead(estate)) == (("done", 0), [])


@pytest.mark.parametrize(
    ("title", "signed_by", "shown"),
    [
        ("停" * 60, "居" * 60, ("停" * 19 + "…", "居" * 19 + "…")),
        ("停水🚱通知", "🏠居委会", ("停水通知", "居委会")),
        ("🚱🚱", "🏠", ("社区通知", "社区工作人员")),
    ],
)
async def test_case_22_every_title_fits_into_wechats_form(
    estate: Estate, title: str, signed_by: str, shown: tuple[str, str]
) -> None:
    await willing(estate, "li")
    notice_id = await told(estate, title=title, signed_by=signed_by)
    [message] = await arrived(estate.world, "li")
    assert (message["data"]["thing1"], message["data"]["thing2"]) == shown
    assert (await deliveries(estate, notice_id))["li"] == "sent"


async def test_case_22_what_wechat_does_not_take_holds_nobody_else_up(estate: Estate) -> None:
    await willing(estate, "li", "wang", "sun")
    await estate.world.wechat.fault(SEND, match={"nth": 2}, errcode=47003)
    notice_id = await told(estate)
    found = await deliveries(estate, notice_id)
    assert sorted(found.values()) == ["failed", "inbox", "sent", "sent"]
    assert await state_and_sent(estate, notice_id) == ("done", 2)
    [failed] = [name for name in found if found[name] == "failed"]
    assert await left_to(estate, failed) == 1  # WeChat took nothing
    assert (await calls(estate.world), await dead(estate)) == (3, [])


@pytest.mark.parametrize("nth", [1, 2])
async def test_case_23_a_template_that_is_gone_alarms_and_after_the_replay_all_have_it_once(
    estate: Estate, nth: int
) -> None:
    await willing(estate, *READERS)
    await estate.world.wechat.fault(SEND, match={"nth": nth, "times": None}, errcode=40037)
    notice_id = await told(estate)
    [job] = await dead(estate)
    assert "40037" in job["last_error"]
    found = await deliveries(estate, notice_id)
    assert sorted(found.values()) == ["inbox"] * (5 - nth) + ["sent"] * (nth - 1)
    assert [await left_to(estate, name) for name in READERS] == [
        int(found[name] == "inbox") for name in READERS
    ]
    await estate.world.wechat.control("DELETE", "faults")
    await jobs.replay(estate.world.deps, job["_id"])
    await estate.world.work()
    assert set((await deliveries(estate, notice_id)).values()) == {"sent"}
    assert await arrivals(estate) == [1, 1, 1, 1]
    assert await state_and_sent(estate, notice_id) == ("done", 4)


async def test_case_24_a_page_not_released_is_left_out(estate: Estate) -> None:
    await willing(estate, "li", "wang")
    released = {"released_pages": ["pages/home/home"]}
    await estate.world.wechat.control("POST", "settings", released)
    notice_id = await told(estate)
    for name in ("li", "wang"):
        [message] = await arrived(estate.world, name)
        assert message["page"] == ""
        assert await left_to(estate, name) == 0
    assert await state_and_sent(estate, notice_id) == ("done", 2)


async def test_case_25_a_quota_used_up_in_the_middle_lets_the_rest_wait(estate: Estate) -> None:
    await willing(estate, *READERS)
    await estate.world.wechat.fault(SEND, match={"nth": 3, "times": None}, errcode=45009)
    notice_id = await told(estate)
    assert (
        sorted((await deliveries(estate, notice_id)).values()) == ["inbox"] * 2 + ["sent"] * 2
    )
    await estate.world.wechat.control("DELETE", "faults")
    asked = await calls(estate.world)
    await later(estate, hours=11, minutes=59)  # 23:59 in Beijing
    await later(estate, hours=1)  # a new quota, and quiet hours
    assert await calls(estate.world) == asked
    await later(estate, hours=7)
    await later(estate, minutes=10)
    assert await state_and_sent(estate, notice_id) == ("done", 4)
    assert (await arrivals(estate), await calls(estate.world)) == ([1, 1, 1, 1], asked + 2)
    assert await deliveries(estate, notice_id) == dict.fromkeys(READERS, "sent")


async def test_while_wechat_is_away_the_others_are_not_tried_one_by_one(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "AT_ONCE", 1)
    await willing(estate, *READERS)
    await estate.world.wechat.fault(SEND, match={"times": None}, errcode=-1)
    notice_id = await told(estate)
    assert await calls(estate.world) == 1
    await later(estate, minutes=1)
    assert await calls(estate.world) == 2
    await estate.world.wechat.control("DELETE", "faults")
    await later(estate, minutes=1)
    await later(estate, minutes=10)
    assert (await arrivals(estate), await calls(estate.world)) == ([1, 1, 1, 1], 6)
    assert await state_and_sent(estate, notice_id) == ("done", 4)
    assert await deliveries(estate, notice_id) == dict.fromkeys(READERS, "sent")


async def test_case_26_an_answer_that_was_lost_is_never_asked_for_again(
    estate: Estate,
) -> None:
    await willing(estate, "li", times=2)
    await estate.world.wechat.fault(SEND, drop="after")
    notice_id = await told(estate)
    assert await deliveries(estate, notice_id) == IN_INBOX | {"li": "unknown"}
    assert (await arrivals(estate), await left_to(estate, "li")) == ([1, 0, 0, 0], 1)
    await later(estate, **HOURS)
    assert await calls(estate.world) == 1
    one = await broadcast_of(estate, notice_id)
    assert one is not None
    assert (one["state"], one["counts"]["unknown"]) == ("done", 1)
    await receipt_of_notice(estate, "li")
    rows = await estate.world.db.messages.find({"delivery": "sent"}).to_list()
    assert [row["key"] for row in rows] == [notice_id]


async def receipt_of_notice(estate: Estate, name: str) -> None:
    """Let WeChat say that the first message it was ever given arrived."""
    await receipt(estate.world, name, "4000000000000000001", template=TEMPLATE)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("templates", [(TEMPLATE,), (TEMPLATE, EMERGENCY)])
async def test_case_27_a_grant_in_every_form_is_spent_on_a_notice(
    estate: Estate, form: str, templates: tuple[str, ...]
) -> None:
    """One row comes as an object, two as an array."""
    await open_push(estate.world, format=form)
    await allow(estate.world, "li", *templates)
    assert await left_to(estate, "li") == 1
    notice_id = await told(estate)
    assert (await deliveries(estate, notice_id))["li"] == "sent"
    urgent = await told(estate, kind="emergency")
    expected = "sent" if EMERGENCY in templates else "inbox"
    assert (await deliveries(estate, urgent))["li"] == expected
    assert await left_to(estate, "li") == 0


async def test_case_27_what_is_forged_or_repeated_buys_no_push(estate: Estate) -> None:
    row = {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0"}
    event = {
        "Event": "subscribe_msg_popup_event",
        "FromUserName": await openid_of(estate.world, "li"),
        "CreateTime": int(estate.world.clock.now.timestamp()),
        "List": [row],
    }
    await push(estate.world, event, sign="bad")
    assert await left_to(estate, "li") == 0
    for _ in range(3):
        await push(estate.world, event)
    assert await left_to(estate, "li") == 1
    notice_id = await told(estate)
    # WeChat itself gave none, and says so: the one that we believed in is struck out.
    assert (await deliveries(estate, notice_id))["li"] == "refused"
    assert (await left_to(estate, "li"), await calls(estate.world)) == (0, 1)
