"""Notices that are told again: to who knew the old edition, once, and to nobody else."""

from typing import Any

import pytest

from services.messaging.broadcasts import jobs, pushes
from tests.build import broadcasts
from tests.build.cast import WANG_HOME, Estate
from tests.build.deaths import Killed, deadly
from tests.build.homes import get, post
from tests.build.mailbox import allow, arrived, calls
from tests.build.notices import (
    EMERGENCY,
    READERS,
    RULES,
    act,
    delivered,
    published,
    seen,
    send,
    willing,
)

pytestmark = pytest.mark.slow

WISH: Any = {"because": "时间有误", "title": "停水改期", "tell_again": True}
OVER: Any = {"because": "停水取消", "tell_again": True}


async def titles(estate: Estate) -> dict[str, list[str]]:
    """Return name → titles of what WeChat pushed to them, in order."""
    return {
        name: [pushed["data"]["thing1"] for pushed in await arrived(estate.world, name)]
        for name in READERS
    }


def everybody(found: list[str]) -> dict[str, list[str]]:
    return dict.fromkeys(READERS, found)


async def told(estate: Estate, *allowing: str) -> str:
    """Deliver a notice; who allowed it was pushed to, all may be pushed to later."""
    await willing(estate, *allowing)
    notice_id = await delivered(estate)
    await willing(estate, *READERS, times=3)
    await estate.advance(hours=2)
    return notice_id


async def inbox(estate: Estate, who: str) -> list[str]:
    return [item["title"] for item in (await get(estate, who, "me/messages")).body["items"]]


@pytest.mark.usefixtures("people")
async def test_who_was_pushed_to_or_read_it_is_told_again_and_nobody_else(
    estate: Estate,
) -> None:
    notice_id = await told(estate, "li")
    await seen(estate, "wang", notice_id)
    messages = (await get(estate, "mei", "me/messages")).body["items"]
    await post(estate, "mei", f"me/messages/{messages[0]['message_id']}/read")
    await estate.advance(minutes=1)
    assert (await act(estate, notice_id, "correct", **WISH)).status == 200
    await estate.world.work()
    assert await titles(estate) == {
        "li": ["停水通知", "已更正:停水改期"],
        "mei": ["已更正:停水改期"],  # read it in the inbox
        "wang": ["已更正:停水改期"],  # opened it
        "sun": [],  # has it in the inbox, and never looked
    }
    assert await inbox(estate, "li") == ["已更正:停水改期", "停水改期"]
    assert await inbox(estate, "sun") == ["停水改期"]
    [pushed] = await arrived(estate.world, "mei")
    assert pushed["page"] == f"pages/notices/notice?id={notice_id}"


@pytest.mark.usefixtures("people")
async def test_without_the_wish_nobody_is(estate: Estate) -> None:
    notice_id = await told(estate, *READERS)
    await act(estate, notice_id, "correct", because="有误", title="停水改期")
    await act(estate, notice_id, "withdraw", because="取消")
    await estate.world.work()
    assert await titles(estate) == everybody(["停水通知"])


@pytest.mark.usefixtures("people")
async def test_a_withdrawal_is_told_too_and_what_it_overtakes_is_not(estate: Estate) -> None:
    notice_id = await told(estate, *READERS)
    await act(estate, notice_id, "correct", **WISH)
    assert (await act(estate, notice_id, "withdraw", **OVER)).status == 200
    await estate.world.work()
    assert await titles(estate) == everybody(["停水通知", "已撤回:停水改期"])
    assert await inbox(estate, "sun") == ["已撤回:停水改期"] * 2
    await seen(estate, "sun", notice_id)
    assert (await get(estate, "sun", "me/messages/unread")).body == {"unread": 0}


@pytest.mark.usefixtures("people")
async def test_each_edition_is_told_again_once(estate: Estate) -> None:
    notice_id = await told(estate, "li", "mei")
    for number in (1, 2):
        await act(estate, notice_id, "correct", **WISH | {"title": f"改{number}"})
        await estate.world.work()
        await estate.advance(hours=2)
    assert (await titles(estate))["li"] == ["停水通知", "已更正:改1", "已更正:改2"]
    assert (await titles(estate))["sun"] == []
    assert await inbox(estate, "li") == ["已更正:改2"] * 2 + ["改2"]


@pytest.mark.usefixtures("people")
async def test_who_reads_the_new_text_first_is_not_pushed_to(estate: Estate) -> None:
    notice_id = await told(estate, *READERS)
    await act(estate, notice_id, "correct", **WISH)
    await estate.world.advance(seconds=1)
    await seen(estate, "li", notice_id)
    await estate.world.work()
    assert await titles(estate) == {
        name: ["停水通知", *(["已更正:停水改期"] * (name != "li"))] for name in READERS
    }


@pytest.mark.usefixtures("people")
async def test_who_moved_out_is_not_told_and_who_moved_in_and_read_it_is(
    estate: Estate,
) -> None:
    notice_id = await told(estate, "wang")
    [row] = await estate.world.db.residencies.find({"home": WANG_HOME}).to_list()
    await post(estate, "staff", f"residencies/{row['_id']}/end", reason="搬走")
    body = {"name": "陈晨", "relation": "family", "phone": "13900000080", "reason": "户口本"}
    await post(estate, "staff", f"homes/{WANG_HOME}/residents", **body)
    estate.members["chen"] = await estate.world.sign_in("chen", "13900000080")
    await willing(estate, "chen")
    await seen(estate, "chen", notice_id)
    await act(estate, notice_id, "correct", **WISH)
    await estate.world.work()
    assert (await titles(estate))["wang"] == ["停水通知"]
    [pushed] = await arrived(estate.world, "chen")
    assert pushed["data"]["thing1"] == "已更正:停水改期"


@pytest.mark.usefixtures("people")
async def test_it_waits_for_the_morning_and_for_a_turn(estate: Estate) -> None:
    await willing(estate, *READERS, times=2)
    notice_id = await delivered(estate, kind="policy")  # whose first push would be dropped
    await act(estate, notice_id, "correct", **WISH)
    await estate.world.work()
    assert await calls(estate.world) == 4
    await estate.advance(minutes=70)
    await estate.world.work()
    assert await calls(estate.world) == 8
    await willing(estate, *READERS)
    await estate.advance(hours=9)  # 22:10 and later
    await act(estate, notice_id, "withdraw", **OVER)
    await estate.world.work()
    assert await calls(estate.world) == 8
    await estate.advance(hours=9)
    await estate.world.work()
    assert await calls(estate.world) == 12


@pytest.mark.usefixtures("people")
async def test_an_emergency_is_told_again_at_once(estate: Estate) -> None:
    for name in [*READERS] * 2:
        await allow(estate.world, name, EMERGENCY)
    notice_id = await delivered(estate, kind="emergency")
    await estate.advance(hours=11)
    await act(estate, notice_id, "withdraw", **OVER)
    await estate.world.work()
    assert await titles(estate) == everybody(["停水通知", "已撤回:停水通知"])


@pytest.mark.usefixtures("people")
async def test_a_correction_that_waits_is_told_when_it_is_approved(estate: Estate) -> None:
    notice_id = await told(estate, *READERS)
    path = "places/cc.chaoyang.guilin.xincheng/notice-rules"
    assert (await send(estate, "PUT", "admin", path, **RULES)).status == 200
    made = await act(estate, notice_id, "correct", **WISH)
    assert made.body["proposal"]["tell_again"] is True
    await estate.world.work()
    assert await calls(estate.world) == 4
    wish = {"approve": True, "revision": made.body["revision"]}
    assert (await act(estate, notice_id, "review", "admin", **wish)).status == 200
    await estate.world.work()
    assert await titles(estate) == everybody(["停水通知", "已更正:停水改期"])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("steps", [1, 3, 5, 6])
async def test_corrected_on_the_way_each_is_pushed_each_edition_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Who was pushed the old text gets the new one, who was not, or read it, has it once."""
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "PARTS_IN_A_STEP", 1)
    monkeypatch.setattr(pushes, "SEEN_AT_ONCE", 1)
    await willing(estate, *READERS, times=3)
    notice_id = await published(estate)
    for _ in range(steps):
        await broadcasts.step(estate.world, f"notices:{notice_id}")
    await seen(estate, "sun", notice_id)
    before = await titles(estate)
    await estate.world.advance(seconds=1)
    assert (await act(estate, notice_id, "correct", **WISH)).status == 200
    for _ in range(3):
        await estate.world.work()
        await estate.advance(minutes=61)
    for name, found in (await titles(estate)).items():
        assert found[:-1] == before[name], name
        if name == "sun" and not before[name]:  # who read it before or after their entry came
            assert found[-1].removeprefix("已更正:") == "停水改期"
        else:
            assert found[-1] == ("已更正:停水改期" if before[name] else "停水改期"), name


@pytest.mark.usefixtures("people")
async def test_whoever_dies_nobody_is_told_again_twice(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before and after writes, some at the beginning and some among the pushes."""
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(pushes, "AT_ONCE", 1)
    for death in range(2, 40, 9):
        await willing(estate, *READERS, times=2)
        notice_id = await delivered(estate, title=f"第{death}条")
        await estate.advance(hours=2)
        await act(estate, notice_id, "correct", **WISH | {"title": f"改{death}"})
        again = f"notices_again:{notice_id}:2"
        with pytest.MonkeyPatch.context() as patched:
            deadly(patched, iter(["no"] * death + ["before", "after"] * 2))
            await broadcasts.finish(estate.world, again, dying=[Killed])
        await estate.world.work()
        await estate.advance(hours=22)  # noon again
        for name, found in (await titles(estate)).items():
            assert found.count(f"已更正:改{death}") <= 1, (name, death)
        rows = await broadcasts.entries(estate.world, again)
        assert len(rows) == 4
        assert {row["delivery"] for row in rows.values()} <= {"sent", "unknown"}
