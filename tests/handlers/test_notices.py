"""Notices over HTTP: drafted, published at once or at an hour, corrected, withdrawn."""

import asyncio
from typing import Any

import pytest

from services.kernel.permissions import Role
from services.notices.rules import actions as rules
from tests.build.cast import COMMUNITY, COMPOUND, OTHER_COMPOUND, UNIT, Estate, appoint
from tests.build.homes import acts, at_once, get, post, told
from tests.build.notices import (
    DRAFT,
    OWNERS,
    QUESTION,
    act,
    broadcast_of,
    delivered,
    draft,
    drafted,
    published,
    send,
    state_of,
    titles,
    unread,
)
from tests.build.offices import appointed, firm_at, hire

HOUR = "2026-03-03T04:00:00Z"  # a day after noon of the tests


async def noted(estate: Estate) -> list[str]:
    """Return the acts of notices, by name: the clock stands still."""
    rows = await estate.world.db.audit.find({"result": "done"}).to_list()
    return sorted(row["act"] for row in rows if row["act"].startswith("notice."))


async def test_a_notice_is_drafted_changed_and_published(estate: Estate) -> None:
    reply = await draft(estate)
    assert (reply.status, reply.body["state"], reply.body["version"]) == (201, "draft", 0)
    assert (reply.body["place"], reply.body["role"]) == (COMPOUND, "community_staff")
    notice_id = reply.body["notice_id"]
    assert await titles(estate, "li") == []
    path = f"notices/{notice_id}"
    changed = await send(estate, "PATCH", "staff", path, title="停水改期", pinned=True)
    assert (changed.status, changed.body["title"]) == (200, "停水改期")
    assert changed.body["text"] == DRAFT["text"]
    out = await act(estate, notice_id, "publish")
    assert (out.status, out.body["state"], out.body["version"]) == (200, "published", 1)
    assert await titles(estate, "li") == ["停水改期"]
    assert await titles(estate, "zhao") == []  # of the other compound
    assert (await send(estate, "PATCH", "staff", path, title="再改")).code == "notice_moved_on"
    begun = await broadcast_of(estate, notice_id)
    assert begun is not None
    assert (begun["title"], begun["urgency"]) == ("停水改期", "waits")
    assert await noted(estate) == ["notice.changed", "notice.changed", "notice.published"]


async def test_published_twice_at_once_it_goes_out_once(estate: Estate) -> None:
    notice_id = await drafted(estate)
    replies = await at_once(*(act(estate, notice_id, "publish") for _ in range(4)))
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    assert {reply.code for reply in replies if reply.status == 409} == {"notice_moved_on"}
    assert await estate.world.db.broadcasts.count_documents({}) == 1
    assert len(await acts(estate.world, "notice.published")) == 1


async def test_a_correction_is_a_new_version_and_the_old_ones_stay(estate: Estate) -> None:
    notice_id = await published(estate)
    await send(estate, "POST", "li", "me/notices/read", notice_ids=[notice_id])
    assert await unread(estate, "li") == 0
    wish: dict[str, Any] = {"because": "时间有误", "text": "3月6日停水。", "pinned": True}
    reply = await act(estate, notice_id, "correct", **wish)
    assert (reply.status, reply.body["version"]) == (200, 2)
    [old] = reply.body["versions"]
    assert (old["version"], old["text"], old["because"]) == (1, DRAFT["text"], "时间有误")
    [item] = (await get(estate, "li", "me/notices")).body["items"]
    assert (item["is_read"], item["is_changed"], item["pinned"]) == (False, True, True)
    assert await unread(estate, "li") == 1
    shown = await get(estate, "li", f"me/notices/{notice_id}")
    assert (shown.body["text"], shown.body["because"]) == ("3月6日停水。", "时间有误")
    rewritten = await broadcast_of(estate, notice_id)
    assert rewritten is not None
    assert "3月6日" in rewritten["body"]
    same = await act(estate, notice_id, "correct", because="再看", text="3月6日停水。")
    assert (same.status, same.code) == (422, "notice_unchanged")


async def inbox(estate: Estate, who: str) -> tuple[int, list[tuple[str, bool]]]:
    """Return how many messages somebody has not read, and of each the title and whether."""
    items = (await get(estate, who, "me/messages")).body["items"]
    count = (await get(estate, who, "me/messages/unread")).body["unread"]
    return count, [(item["title"], item["read_at"] is not None) for item in items]


async def read_message(estate: Estate, who: str) -> None:
    [item] = (await get(estate, who, "me/messages")).body["items"]
    await send(estate, "POST", who, f"me/messages/{item['message_id']}/read")


async def test_what_was_read_is_unread_again_when_it_is_corrected_or_withdrawn(
    estate: Estate,
) -> None:
    await estate.member("li")
    await estate.member("sun")
    notice_id = await delivered(estate)
    await send(estate, "POST", "li", "me/notices/read", notice_ids=[notice_id])
    await read_message(estate, "sun")
    assert await inbox(estate, "li") == await inbox(estate, "sun") == (0, [("停水通知", True)])
    await estate.advance(minutes=1)
    await act(estate, notice_id, "correct", because="有误", title="停水改期")
    await read_message(estate, "sun")  # before the job came round
    await estate.world.work()
    assert await inbox(estate, "sun") == (0, [("停水改期", True)])
    assert await inbox(estate, "li") == (1, [("停水改期", False)])
    await send(estate, "POST", "li", "me/notices/read", notice_ids=[notice_id])
    assert await inbox(estate, "li") == (0, [("停水改期", True)])
    await estate.advance(minutes=1)
    await act(estate, notice_id, "withdraw", because="停水取消")
    await send(estate, "POST", "sun", "me/notices/read", notice_ids=[notice_id])
    assert (await inbox(estate, "li"))[1] == [("已撤回:停水改期", False)], "before the job too"
    await estate.world.work()
    assert (await inbox(estate, "li"))[0] == 1
    await read_message(estate, "li")
    assert await inbox(estate, "li") == await inbox(estate, "sun")
    assert await inbox(estate, "li") == (0, [("已撤回:停水改期", True)])


async def test_what_was_withdrawn_is_listed_for_a_week_to_those_it_was_for(
    estate: Estate,
) -> None:
    notice_id = await published(estate, kind="asks_answer", question=QUESTION)
    await send(estate, "POST", "li", "me/notices/read", notice_ids=[notice_id])
    await act(estate, notice_id, "withdraw", because="停水取消")
    assert (await unread(estate, "li"), await unread(estate, "zhao")) == (1, 0)
    [item] = (await get(estate, "li", "me/notices")).body["items"]
    assert (item["is_changed"], item["answers_until"]) == (True, None)
    await send(estate, "POST", "li", "me/notices/read", notice_ids=[notice_id])
    assert await unread(estate, "li") == 0
    await estate.advance(days=7, seconds=-1)
    assert (await titles(estate, "li"), await titles(estate, "zhao")) == (["停水通知"], [])
    await estate.advance(seconds=1)
    assert await titles(estate, "li") == []
    assert await unread(estate, "wang") == 0, "who never read it too"


async def test_of_two_corrections_at_once_one_counts(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id, of, met = await published(estate), rules.of, asyncio.Barrier(3)

    async def of_all_who_read_it(*args: Any) -> Any:
        await met.wait()
        return await of(*args)

    monkeypatch.setattr(rules, "of", of_all_who_read_it)
    wishes = [{"because": "有误", "title": f"停水{number}"} for number in range(3)]
    replies = await at_once(*(act(estate, notice_id, "correct", **wish) for wish in wishes))
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    overtaken = {reply.body["title"] for reply in replies if reply.status == 409}
    assert overtaken == {"这条通知刚刚有变动,请刷新后再试"}
    kept = await get(estate, "staff", f"notices/{notice_id}")
    assert (kept.body["version"], len(kept.body["versions"])) == (2, 1)


async def test_what_was_withdrawn_shows_why_and_no_text(estate: Estate) -> None:
    notice_id = await published(estate)
    reply = await act(estate, notice_id, "withdraw", because="停水取消")
    assert (reply.status, reply.body["state"]) == (200, "withdrawn")
    assert reply.body["text"] == DRAFT["text"]  # for those who sent it
    [item] = (await get(estate, "li", "me/notices")).body["items"]
    assert (item["state"], item["because"], item["is_read"]) == ("withdrawn", "停水取消", False)
    shown = await get(estate, "li", f"me/notices/{notice_id}")
    told_why = {name: shown.body[name] for name in ("state", "text", "because")}
    assert told_why == {"state": "withdrawn", "text": "", "because": "停水取消"}
    stopped = await broadcast_of(estate, notice_id)
    assert stopped is not None
    assert (stopped["state"], stopped["title"]) == ("stopped", "已撤回:停水通知")
    for action, body in (("withdraw", {"because": "再撤"}), ("correct", {"because": "改"})):
        assert (await act(estate, notice_id, action, **body)).code == "notice_moved_on"


async def test_a_scheduled_notice_goes_out_at_its_hour(estate: Estate) -> None:
    notice_id = await drafted(estate)
    reply = await act(estate, notice_id, "publish", at=HOUR)
    assert (reply.body["state"], reply.body["publish_at"]) == ("scheduled", HOUR)
    await estate.world.work()
    assert await titles(estate, "li") == []
    await estate.advance(days=1)
    await estate.world.work()
    assert await titles(estate, "li") == ["停水通知"]
    [row] = await acts(estate.world, "notice.published")
    assert row["person"] == "system"


async def test_shown_later_it_is_published_then(estate: Estate) -> None:
    notice_id = await drafted(estate, shown_from=HOUR)
    reply = await act(estate, notice_id, "publish")
    assert (reply.body["state"], reply.body["publish_at"]) == ("scheduled", HOUR)


async def test_a_schedule_that_was_recalled_or_moved_is_harmless(estate: Estate) -> None:
    notice_id = await drafted(estate)
    await act(estate, notice_id, "publish", at=HOUR)
    back = await act(estate, notice_id, "recall")
    assert (back.body["state"], back.body["publish_at"]) == ("draft", None)
    await send(estate, "PATCH", "staff", f"notices/{notice_id}", title="改过")
    await act(estate, notice_id, "publish", at="2026-03-04T04:00:00Z")
    await estate.advance(days=1)
    await estate.world.work()
    assert await state_of(estate, notice_id) == "scheduled"  # the first job found another plan
    await estate.advance(days=1)
    await estate.world.work()
    assert await titles(estate, "li") == ["改过"]


async def test_a_firm_whose_contract_ended_sends_nothing_and_is_told(estate: Estate) -> None:
    firm = await firm_at(estate.world, COMPOUND, to_day="2026-03-02")
    phone = "13900000077"
    manager = await hire(
        estate.world, Role.FIRM_MANAGER, COMPOUND, name="guan", phone=phone, firm=firm
    )
    notice_id = await drafted(estate, manager, title="🎉")
    reply = await act(estate, notice_id, "publish", manager, at=HOUR)
    assert reply.body["state"] == "scheduled"
    await estate.advance(days=1)
    await estate.world.work()
    assert await titles(estate, "li") == []
    kept = await get(estate, "staff", f"notices/{notice_id}")
    assert kept.body["state"] == "draft"
    assert "合同" in kept.body["sent_back_because"]
    [message] = await told(estate.world, manager, "notice_held_back")
    assert "社区通知" in message  # WeChat takes no title of pictures alone
    assert await estate.world.db.broadcasts.count_documents({}) == 0


async def test_each_office_works_on_its_own_notices_and_staff_on_those_below(
    estate: Estate,
) -> None:
    """A firm does not see what the committee drafts about it, nor a head what staff do."""
    world = estate.world
    manager = await hire(world, Role.FIRM_MANAGER, COMPOUND, name="guan", phone="13900000077")
    committee = await appointed(world, "wang", Role.COMMITTEE_MEMBER, COMPOUND)
    unit = {"places": [UNIT], "relations": ["owner"]}
    ids = {
        "firm": await drafted(estate, manager, title="物业"),
        "committee": await drafted(estate, committee, title="业委会"),
        "head": await drafted(estate, "head", title="单元长", audience=unit),
        "staff": await drafted(estate, "staff", title="社区", audience=unit),
    }
    for who, sees in (
        (manager, {"firm"}),
        (committee, {"committee"}),
        ("head", {"head"}),
        ("staff", {*ids}),
        ("admin", {*ids}),
    ):
        listed = (await get(estate, who, "notices")).body["items"]
        assert {item["notice_id"] for item in listed} == {ids[name] for name in sees}
        for name, notice_id in ids.items():
            status = (await get(estate, who, f"notices/{notice_id}")).status
            assert status == (200 if name in sees else 404), (who, name)


async def test_a_grid_head_writes_to_the_buildings_of_the_grid(estate: Estate) -> None:
    grid = f"{COMPOUND.rpartition('.')[0]}.g01"
    wish = {"segment": "g01", "name": "第一网格"}
    buildings = [f"{COMPOUND}.b3", f"{OTHER_COMPOUND}.b1"]
    path = f"places/{COMPOUND.rpartition('.')[0]}/grids"
    made = await send(estate, "POST", "staff", path, **wish, buildings=buildings)
    assert made.status == 201, made.body
    await appoint(estate.world.deps, Role.GRID_HEAD, grid, "13900000078")
    head = await estate.world.sign_in("ge", "13900000078")
    notice_id = await published(estate, head, audience=OWNERS | {"places": [grid]})
    kept = await get(estate, head, f"notices/{notice_id}")
    assert (kept.body["role"], kept.body["audience"]["places"]) == ("grid_head", buildings)
    assert await titles(estate, "li") == await titles(estate, "zhao") == ["停水通知"]
    [listed] = (await get(estate, head, f"notices?place={buildings[0]}")).body["items"]
    assert listed["notice_id"] == notice_id


async def test_whoever_changes_or_publishes_a_draft_it_stays_its_offices(
    estate: Estate,
) -> None:
    own = OWNERS | {"places": [UNIT]}
    notice_id = await drafted(estate, "head", audience=own)
    path = f"notices/{notice_id}"
    changed = await send(estate, "PATCH", "staff", path, title="停水改期")
    assert (changed.status, changed.body["role"]) == (200, "unit_head"), changed.body
    assert (await act(estate, notice_id, "publish")).status == 200
    assert (await act(estate, notice_id, "withdraw", "head", because="取消")).status == 200
    other_id = await drafted(estate, "head", audience=own)
    wide = {"audience": OWNERS}
    changed = await send(estate, "PATCH", "staff", f"notices/{other_id}", **wide)
    assert (changed.status, changed.body["role"]) == (200, "community_staff")
    assert (await get(estate, "head", f"notices/{other_id}")).status == 404


async def test_a_grid_that_grew_before_the_hour_is_meant_as_it_is_then(estate: Estate) -> None:
    grid = f"{COMMUNITY}.g01"
    buildings = [f"{COMPOUND}.b3", f"{OTHER_COMPOUND}.b1"]
    wish = {"segment": "g01", "name": "第一网格", "buildings": buildings[:1]}
    await send(estate, "POST", "staff", f"places/{COMMUNITY}/grids", **wish)
    await appoint(estate.world.deps, Role.GRID_HEAD, grid, "13900000078")
    head = await estate.world.sign_in("ge", "13900000078")
    notice_id = await drafted(estate, head, audience=OWNERS | {"places": [grid]})
    await act(estate, notice_id, "publish", head, at=HOUR)
    grown = await post(
        estate, "staff", f"grids/{grid}/buildings", buildings=buildings, reason="划入"
    )
    assert grown.status == 200, grown.body
    await estate.advance(days=1)
    await estate.world.work()
    kept = (await get(estate, "staff", f"notices/{notice_id}")).body
    assert (kept["state"], kept["place"]) == ("published", COMMUNITY)
    assert kept["audience"]["places"] == buildings
    for building in buildings:
        reply = await get(estate, "staff", f"notices/{notice_id}/reach?place={building}")
        assert reply.status == 200, reply.body
    [row] = await estate.world.db.notices.find({"_id": notice_id}).to_list()
    assert row["places"] == buildings
    assert f"grid_head|{COMPOUND}" not in row["senders"]
    assert {f"grid_head|{each}" for each in (COMMUNITY, *buildings)} <= {*row["senders"]}


async def test_pictures_and_papers_are_seen_by_who_may_read(estate: Estate) -> None:
    paper, path = b"%PDF-1.7\n%%EOF\n", "/api/v1/photos?purpose=notice"
    staff, li = await estate.member("staff"), await estate.member("li")
    api = estate.world.api
    ids = [(await api.post(path, paper, as_=staff)).body["photo_id"] for _ in range(3)]
    first = [{"photo_id": ids[0]}, {"photo_id": ids[1], "name": "范围.pdf"}]
    notice_id = await drafted(estate, attachments=first)
    second = [first[1], {"photo_id": ids[2]}]
    changed = await send(estate, "PATCH", staff, f"notices/{notice_id}", attachments=second)
    assert [each["photo_id"] for each in changed.body["attachments"]] == ids[1:]
    links = f"me/notices/{notice_id}/attachments"
    assert (await get(estate, li, links)).status == 404  # a draft
    await act(estate, notice_id, "publish")
    shown = (await get(estate, li, links)).body["items"]
    assert [each["photo_id"] for each in shown] == ids[1:]
    assert (await api.call("GET", shown[0]["url"], None)).raw == paper
    assert (await get(estate, "zhao", links)).status == 404
    assert (await get(estate, li, f"photos/{ids[1]}/url")).status == 404
    await estate.world.work()
    left = {row["_id"] async for row in estate.world.db.photos.find({"state": "ready"})}
    assert left == {*ids[1:]}  # what the draft had no more is gone


@pytest.mark.parametrize("action", ["publish", "recall", "submit"])
async def test_a_notice_of_another_place_looks_missing(estate: Estate, action: str) -> None:
    notice_id = await drafted(estate)
    reply = await act(estate, notice_id, action, "head")
    assert (reply.status, reply.code) == (404, "not_found")
