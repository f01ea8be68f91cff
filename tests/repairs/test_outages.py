"""Outages: everybody there is told, reports attach, and all are asked at the end."""

import asyncio
from datetime import datetime
from typing import Any, Final

import pytest

from services.repairs.outages import jobs
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, OTHER_COMPOUND, UNIT, WANG_HOME
from tests.build.homes import acts
from tests.build.outages import NO_WATER, announce, at, no_water, wish
from tests.build.repairs import Works
from tests.build.world import Reply

OVERDUE = "outage_overdue"


@pytest.fixture(autouse=True)
async def _everybody_signed_in(works: Works) -> None:
    for who in ("li", "wang", "mei", "sun", "zhao", "head"):
        await works.member(who)


async def told(works: Works, who: str, template: str = "outage_sudden") -> list[str]:
    reply = await works.get(who, "me/messages?limit=100")
    found = [each for each in reply.body["items"] if each["template"] == template]
    return [str(each["title"]) for each in reversed(found)]


async def here(works: Works, who: str, query: str) -> Reply:
    return await works.get(who, f"outages?{query}")


async def test_everybody_there_is_told_and_nobody_else(works: Works) -> None:
    outage_id = await announce(works)
    for who in ("li", "wang", "mei", "head"):
        assert await told(works, who) == ["突发停水通告"], who
    for who in ("sun", "zhao"):
        assert await told(works, who) == [], who
    [text] = await works.told("li", "outage_sudden")
    assert text.startswith(
        "春光小区3栋2单元停水,2026年3月2日 12:00起,预计2026年3月2日 18:00恢复"
    )
    found = (await here(works, "wang", f"place={WANG_HOME}&category={NO_WATER}")).body["items"]
    assert [(each["outage_id"], each["running"]) for each in found] == [(outage_id, True)]
    assert (await here(works, "li", f"place={UNIT}&category=tap_broken")).body["items"] == []
    assert (await here(works, "sun", f"place={NEXT_UNIT}")).body["items"] == []
    [row] = await acts(works.world, "outage.announced")
    assert (row["place"], row["subject"], row["facts"]) == (
        COMPOUND,
        outage_id,
        {"kind": "water"},
    )


async def test_who_neither_lives_nor_works_there_learns_nothing(works: Works) -> None:
    outage_id = await announce(works)
    for path in (f"outages?place={UNIT}", f"outages/{outage_id}"):
        assert (await works.get("zhao", path)).status == 404
        assert (await works.get("sun", f"outages/{outage_id}")).status == 200
    assert (await works.get("sun", f"outages?place={LI_HOME}")).status == 404
    for step, body in (("end", {}), ("cancel", {"reason": "x"})):
        reply = await works.post("li", f"outages/{outage_id}/{step}", **body)
        assert reply.status == 403
    assert (await works.post("li", f"places/{COMPOUND}/outages", **wish(works))).status == 403
    elsewhere = f"places/{OTHER_COMPOUND}/outages"
    assert (await works.post("dispatcher", elsewhere, **wish(works))).status == 404


async def test_reports_attach_and_all_are_asked_at_the_end(works: Works) -> None:
    before = await no_water(works, "wang", WANG_HOME)
    lamp = await works.report("li")
    outage_id = await announce(works)
    since = await no_water(works)
    other = await no_water(works, "sun", NEXT_UNIT)
    await works.do("wang", before, "urge")
    seen = {each: await works.see("staff", each) for each in (before, since, lamp, other)}
    ids = {each: view["outage_id"] for each, view in seen.items()}
    assert ids == {before: outage_id, since: outage_id, lamp: None, other: None}
    assert (await works.get("li", f"outages/{outage_id}")).body["reports"] == 2
    await works.hand_out(since)
    reply = await works.post("staff", f"outages/{outage_id}/end")
    assert (reply.status, reply.body["state"], reply.body["running"]) == (200, "ended", False)
    await works.world.work()
    states = {each: (await works.see("staff", each))["state"] for each in seen}
    assert states == {before: "done", since: "done", lamp: "reported", other: "reported"}
    for who in ("li", "wang"):
        assert len(await works.told(who, "repair_question")) == 1
        assert await told(works, who) == ["已恢复:停水"]
    news = await works.told("repairer", "repair_news")
    assert any(text.endswith("已恢复,已请住户确认。") for text in news)
    row = (await works.history("wang", before))[-1]
    assert (row["action"], row["who"]) == ("end_outage", "office")
    done = await works.do("wang", before, "answer", fixed=True)
    assert (done["state"], done["done"]["summary"]) == ("confirmed", "停水已恢复")


async def test_a_no_comes_back_as_an_ordinary_ticket(works: Works) -> None:
    outage_id = await announce(works)
    mine, handed = await no_water(works), await no_water(works, "wang", WANG_HOME)
    await works.hand_out(handed)
    await works.post("staff", f"outages/{outage_id}/end")
    await works.world.work()
    for who, repair_id, holder in (("li", mine, "staff"), ("wang", handed, "repairer")):
        seen = await works.do(who, repair_id, "answer", fixed=False, note="还是没水")
        assert (seen["state"], seen["is_held"]) == ("assigned", True)
        assert (await works.see(holder, repair_id))["is_held_by_me"]
        assert (await works.see(holder, repair_id))["due_at"] is not None
    again = await no_water(works, "mei")
    assert (await works.see("mei", again))["outage_id"] is None


async def test_a_no_stays_a_no_while_the_others_are_asked(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two steps of the job, and when it runs once more."""
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    outage_id = await announce(works)
    mine = await no_water(works)
    await works.advance(minutes=1)  # the first report is the first that is asked about
    others = await no_water(works, "wang", WANG_HOME)
    await works.post("staff", f"outages/{outage_id}/end")
    payload = {"outage_id": outage_id}
    assert await jobs.close(works.world.deps, payload) is not None
    await works.do("li", mine, "answer", fixed=False, note="还是没水")
    for _ in range(3):
        await jobs.close(works.world.deps, payload)
        await works.world.work()
    states = [(await works.see("staff", each))["state"] for each in (mine, others)]
    assert states == ["assigned", "done"]
    assert [row["action"] for row in await works.history("li", mine)] == [
        "reported",
        "end_outage",
        "return",
    ]


async def test_another_expected_end_is_told_again(works: Works) -> None:
    outage_id = await announce(works)
    await works.advance(hours=1)
    path, later = f"outages/{outage_id}/expected-end", at(works, hours=8)
    reply = await works.post("dispatcher", path, ends_at=later)
    assert (reply.status, reply.body["text"]) == (200, "主管爆裂,正在抢修")
    assert datetime.fromisoformat(reply.body["ends_at"]) == datetime.fromisoformat(later)
    await works.world.work()
    assert await told(works, "li") == ["已更新:停水通告", "停水恢复时间有变动"]
    assert "预计2026年3月2日 21:00恢复" in (await works.told("li", "outage_sudden"))[1]
    bad = await works.post("dispatcher", path, ends_at=at(works, hours=-1))
    assert (bad.status, bad.code) == (422, "outage_bad_times")


async def reminders(works: Works) -> dict[str, int]:
    """Return how often each was reminded that an expected end has passed."""
    found = [m["person"] async for m in works.world.db.messages.find({"template": OVERDUE})]
    people = {who: (await works.member(who)).person_id for who in ("dispatcher", "staff")}
    assert set(found) <= {*people.values()}
    return {who: found.count(person) for who, person in people.items()}


async def overdue(works: Works) -> list[bool]:
    found = await works.get("staff", f"places/{COMPOUND}/outages")
    return [each["overdue"] for each in found.body["items"]]


async def test_who_announced_it_is_reminded_of_each_expected_end_once(works: Works) -> None:
    outage_id = await announce(works)
    await works.advance(hours=5)
    later = at(works, hours=3)
    path = f"outages/{outage_id}/expected-end"
    assert (await works.post("staff", path, ends_at=later)).status == 200
    for hours, is_overdue, dispatchers in ((2, False, 0), (1, True, 1), (1, True, 1)):
        await works.advance(hours=hours)
        await works.world.work()
        assert await overdue(works) == [is_overdue]
        assert await reminders(works) == {"dispatcher": dispatchers, "staff": 0}
    [text] = await works.told("dispatcher", OVERDUE)
    assert text.startswith("春光小区3栋2单元停水,预计2026年3月2日 20:00恢复。")
    assert (await works.post("staff", path, ends_at=at(works, hours=1))).status == 200
    assert await overdue(works) == [False]
    await works.advance(hours=2)
    await works.world.work()
    assert await reminders(works) == {"dispatcher": 2, "staff": 0}
    assert (await works.post("dispatcher", f"outages/{outage_id}/end")).status == 200
    assert await overdue(works) == [False]


async def test_the_community_is_reminded_of_what_somebody_announced_who_left(
    works: Works,
) -> None:
    await announce(works)
    ended = await announce(works, kind="lift")
    assert (await works.post("dispatcher", f"outages/{ended}/end")).status == 200
    await works.lose_office("dispatcher")
    await works.advance(hours=7)
    await works.world.work()
    assert await reminders(works) == {"dispatcher": 0, "staff": 1}


async def test_what_was_ended_twice_asks_once(works: Works) -> None:
    outage_id = await announce(works)
    await no_water(works)
    replies = await asyncio.gather(
        *(works.post(who, f"outages/{outage_id}/end") for who in ("staff", "dispatcher"))
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    await works.world.work()
    await jobs.close(works.world.deps, {"outage_id": outage_id})
    await works.world.work()
    assert len(await works.told("li", "repair_question")) == 1
    assert len(await acts(works.world, "outage.ended")) == 1
    late = await works.post(
        "staff", f"outages/{outage_id}/expected-end", ends_at=at(works, hours=1)
    )
    assert (late.status, late.code) == (409, "outage_moved_on")


async def test_hundreds_of_reports_are_asked_in_steps(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever dies between two steps leaves the rest to the next one."""
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    reports = [await works.report("staff", category=NO_WATER, place=UNIT) for _ in range(5)]
    outage_id = await announce(works)
    await works.post("staff", f"outages/{outage_id}/end")
    assert await jobs.close(works.world.deps, {"outage_id": outage_id}) is not None
    await works.world.work()
    assert {(await works.see("staff", each))["state"] for each in reports} == {"done"}
    history = (await works.get("staff", f"repairs/{reports[0]}/history")).body["items"]
    assert [row["action"] for row in history] == ["reported", "end_outage"]


async def test_a_report_at_the_moment_of_the_end_is_not_forgotten(works: Works) -> None:
    """Attached and asked, or not attached: never attached to what was ended without it."""
    outage_id = await announce(works)
    reported, ended = await asyncio.gather(
        no_water(works), works.post("staff", f"outages/{outage_id}/end")
    )
    assert ended.status == 200
    await works.world.work()
    seen = await works.see("li", reported)
    assert (seen["outage_id"], seen["state"]) in {(outage_id, "done"), (None, "reported")}


async def test_a_planned_outage_attaches_nothing_before_it_begins(works: Works) -> None:
    planned = {"planned": True, "begins_at": at(works, days=1), "ends_at": at(works, days=1.2)}
    outage_id = await announce(works, **planned)
    assert await told(works, "li", "outage_planned") == ["计划停水通告"]
    early = await no_water(works)
    assert (await works.see("li", early))["outage_id"] is None
    ended = await works.post("staff", f"outages/{outage_id}/end")
    assert (ended.status, ended.code) == (409, "outage_not_begun")
    await works.advance(days=1, minutes=1)
    late = await no_water(works)
    assert (await works.see("li", late))["outage_id"] == outage_id
    gone = await works.post("staff", f"outages/{outage_id}/cancel", reason="改期")
    assert (gone.status, gone.code) == (409, "outage_begun")


async def test_a_cancelled_outage_is_taken_back_from_everybody(works: Works) -> None:
    planned = {"planned": True, "begins_at": at(works, days=1), "ends_at": at(works, days=1.2)}
    outage_id = await announce(works, **planned)
    reply = await works.post("staff", f"outages/{outage_id}/cancel", reason="施工改期")
    assert (reply.status, reply.body["state"]) == (200, "cancelled")
    assert await told(works, "li", "outage_planned") == ["已取消:计划停水"]
    assert await works.told("li", "outage_planned") == [
        "春光小区3栋2单元原定2026年3月3日 12:00起的停水已取消:施工改期"
    ]
    assert (await here(works, "li", f"place={LI_HOME}")).body["items"] == []
    assert (await works.get("li", f"outages/{outage_id}")).body[
        "cancelled_because"
    ] == "施工改期"


async def test_nobody_is_woken_twice_for_the_same(works: Works) -> None:
    path = f"places/{COMPOUND}/outages"
    replies = await asyncio.gather(
        works.post("staff", path, **wish(works)),
        works.post("dispatcher", path, **wish(works, places=[COMPOUND])),
    )
    assert sorted(reply.status for reply in replies) == [201, 409]
    [lost] = [reply for reply in replies if reply.status == 409]
    assert lost.code == "outage_exists"
    await announce(works, places=[UNIT], kind="lift")
    await announce(works, places=[NEXT_UNIT], kind="gas")


WRONG: Final[list[tuple[dict[str, Any], int, str]]] = [
    ({"places": [LI_HOME]}, 422, "outage_wrong_place"),
    ({"places": [OTHER_COMPOUND]}, 404, "not_found"),
    ({"places": [f"{COMPOUND}.b9"]}, 404, "not_found"),
    ({"places": []}, 422, "invalid_input"),
    ({"categories": ["nothing"]}, 422, "repair_category_unknown"),
    ({"begins_at": "2026-03-03T00:00:00Z"}, 422, "outage_bad_times"),
    ({"ends_at": "2026-03-01T00:00:00Z"}, 422, "outage_bad_times"),
    ({"ends_at": "2027-03-01T00:00:00Z"}, 422, "outage_bad_times"),
    ({"text": " "}, 422, "invalid_input"),
]


async def test_what_is_no_outage(works: Works) -> None:
    path = f"places/{COMPOUND}/outages"
    for wrong, status, code in WRONG:
        reply = await works.post("dispatcher", path, **wish(works, **wrong))
        assert (reply.status, reply.code) == (status, code), wrong
    assert await works.world.db.outages.count_documents({}) == 0


async def test_an_outage_that_is_over_takes_no_report(works: Works) -> None:
    """Its end and a report at once: the report finds it over, and is an ordinary one."""
    outage_id = await announce(works)
    report = await works.report("staff", category=NO_WATER, place=UNIT)
    await works.world.db.repairs.update_one({"_id": report}, {"$set": {"outage": ""}})
    await works.world.db.outages.update_one({"_id": outage_id}, {"$set": {"state": "ended"}})
    assert await jobs.attach(works.world.deps, {"outage_id": outage_id}) is None
    kept = await works.world.db.repairs.find_one({"_id": report})
    assert kept is not None
    assert kept["outage"] == ""
