"""Joiners of a repair: told and asked like whoever reported it, each once."""

import asyncio
from typing import Any

import pytest

from services.cases.parties import actions as parties
from services.cases.parties import store as parties_store
from services.messaging import store as messages_store
from tests.build.cast import COMPOUND, LI_HOME, UNIT
from tests.build.deaths import Killed, deadly
from tests.build.repairs import LIGHT, TAP, Works
from tests.build.sign_ins import Member
from tests.build.world import Reply

QUESTION = "repair_question"


async def questions(works: Works, repair_id: str) -> list[str]:
    """Return who was asked whether a repair is fixed, once for each message."""
    query = {"template": QUESTION, "key": {"$regex": f"^{repair_id}:"}}
    return [m["person"] async for m in works.world.db.messages.find(query)]


async def join_all(works: Works, repair_id: str, people: list[Member]) -> list[Reply]:
    path = f"repairs/{repair_id}/join"
    return await asyncio.gather(*(works.post(who, path) for who in people))


async def kept(works: Works, repair_id: str) -> dict[str, Any]:
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    return dict(found)


async def finish(works: Works, repair_id: str) -> None:
    await works.do("repairer", repair_id, "finish", summary="换了灯泡")


async def begun(works: Works) -> str:
    """Return a repair that somebody works on."""
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "start")
    return repair_id


async def test_forty_at_once_all_get_in(works: Works) -> None:
    repair_id = await works.report("li")
    people = await works.neighbours(40)
    replies = await join_all(works, repair_id, people)
    assert [reply.status for reply in replies] == [200] * 40
    assert (await works.see("li", repair_id))["joiners"] == 40
    again = await join_all(works, repair_id, people[:2] * 2)
    assert [reply.status for reply in again] == [200] * 4
    assert (await works.see("li", repair_id))["joiners"] == 40


@pytest.mark.parametrize(
    ("write", "death"),
    [((messages_store, "insert"), "before"), ((parties_store, "mark_asked"), "after")],
    ids=["told", "marked"],
)
async def test_thirty_joiners_are_thirty_one_questions_and_none_twice(
    works: Works, monkeypatch: pytest.MonkeyPatch, write: tuple[object, str], death: str
) -> None:
    """A worker is killed on every page of them."""
    monkeypatch.setattr(parties, "TOLD_AT_ONCE", 7)
    repair_id = await begun(works)
    await join_all(works, repair_id, await works.neighbours(30))
    await finish(works, repair_id)
    for page in range(4):
        with monkeypatch.context() as dying:
            deadly(dying, iter([*["no"] * (page % 2), death]), [write])
            with pytest.raises(Killed):
                await works.world.work()
        await works.world.advance(minutes=2)  # the lease of the dead is over
    await works.world.work()
    asked = await questions(works, repair_id)
    assert (len(asked), len(set(asked))) == (31, 31)


async def test_who_joins_while_somebody_finishes_is_asked(works: Works) -> None:
    repair_id = await begun(works)
    people = await works.neighbours(6)
    [done, *joined] = await asyncio.gather(
        works.post("repairer", f"repairs/{repair_id}/finish", summary="换了灯泡"),
        *(works.post(who, f"repairs/{repair_id}/join") for who in people),
    )
    if done.status == 409:  # somebody's joining was first
        await finish(works, repair_id)
    assert [reply.status for reply in joined] == [200] * 6
    await works.world.work()
    asked = await questions(works, repair_id)
    assert (len(asked), len(set(asked))) == (7, 7)


async def test_who_joins_after_all_were_asked_is_asked_alone(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.do("wang", repair_id, "join")
    await works.world.work()
    wang = await works.member("wang")
    assert sorted(await questions(works, repair_id)) == sorted(
        [wang.person_id, (await works.member("li")).person_id]
    )
    assert (await works.do("li", repair_id, "answer", fixed=True))["state"] == "done"
    assert (await works.do("wang", repair_id, "answer", fixed=True))["state"] == "confirmed"


async def test_what_each_may_do_is_what_is_shown_of_it(works: Works) -> None:
    async def shown(who: str) -> tuple[bool, bool, bool, list[str]]:
        seen = await works.see(who, repair_id)
        return seen["may_join"], seen["is_asked"], seen["may_rate"], seen["steps"]

    repair_id = await works.report("li")
    for who, may in (("li", False), ("wang", True), ("head", False), ("dispatcher", False)):
        reply = await works.get(who, f"repairs/{repair_id}")
        assert reply.body["may_join"] is may, who
    await works.do("wang", repair_id, "join")
    assert (await shown("wang"))[0] is False
    await works.repaired(repair_id)
    for who in ("li", "wang"):
        assert await shown(who) == (False, True, False, ["confirm", "return"])
    await works.do("wang", repair_id, "answer", fixed=True)
    assert await shown("wang") == (False, False, False, [])
    assert await shown("li") == (False, True, False, ["confirm", "return"])
    assert await shown("mei") == (True, False, False, [])
    await works.do("li", repair_id, "answer", fixed=True)
    for who in ("li", "wang"):
        assert await shown(who) == (False, False, True, ["reopen"])
    assert (await shown("mei"))[:3] == (False, False, False)
    marks = {"speed": 4, "quality": 5, "manner": 5}
    assert (await works.post("li", f"repairs/{repair_id}/rating", **marks)).status == 201
    rows = {who: (await works.get(who, "me/repairs")).body["items"] for who in ("li", "wang")}
    assert {who: row["may_rate"] for who, [row] in rows.items()} == {"li": False, "wang": True}


async def test_nobody_joins_what_has_ended(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.do("li", repair_id, "answer", fixed=True)
    reply = await works.post("wang", f"repairs/{repair_id}/join")
    assert (reply.status, reply.code) == (409, "repair_moved_on")
    other = await works.report("li")
    await works.do("dispatcher", other, "refuse", reason="不在维修范围内")
    reply = await works.post("wang", f"repairs/{other}/join")
    assert (reply.status, reply.code) == (409, "repair_moved_on")


async def test_there_is_an_end_to_how_many_join(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "MOST_JOINERS", 1)
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.do("wang", repair_id, "join")
    reply = await works.post("sun", f"repairs/{repair_id}/join")
    assert reply.status == 404  # lives on another staircase
    reply = await works.post("mei", f"repairs/{repair_id}/join")
    assert (reply.status, reply.code) == (409, "case_full")


async def test_the_last_two_who_say_yes_at_once_confirm_it(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.repaired(repair_id)
    path = f"repairs/{repair_id}/answer"
    replies = await asyncio.gather(*(works.post(n, path, fixed=True) for n in ("li", "wang")))
    assert sorted(reply.status for reply in replies) == [200, 200]
    assert (await works.see("li", repair_id))["state"] == "confirmed"
    rows = await works.history("li", repair_id)
    assert [row["action"] for row in rows].count("confirm") == 1


async def test_of_a_yes_and_a_no_at_once_the_no_counts_and_nobody_answers_twice(
    works: Works,
) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.repaired(repair_id)
    path = f"repairs/{repair_id}/answer"
    yes, no = await asyncio.gather(
        works.post("li", path, fixed=True), works.post("wang", path, fixed=False, note="还不亮")
    )
    assert (no.status, yes.status in {200, 409}) == (200, True)
    assert (await works.see("li", repair_id))["state"] == "assigned"
    await works.do("repairer", repair_id, "start")
    await finish(works, repair_id)
    await works.world.work()
    assert sorted(await questions(works, repair_id)) == sorted(
        2 * [(await works.member(name)).person_id for name in ("li", "wang")]
    )
    assert (await kept(works, repair_id))["confirmed"] == 0
    assert (await works.do("li", repair_id, "answer", fixed=True))["state"] == "done"
    twice = await works.post("li", path, fixed=True)
    assert (twice.status, twice.code) == (409, "case_not_asked")


@pytest.mark.parametrize(("answered", "ends"), [(True, "confirmed"), (False, "closed")])
async def test_a_week_of_silence_ends_it_by_what_was_said(
    works: Works, *, answered: bool, ends: str
) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.repaired(repair_id)
    if answered:
        await works.do("wang", repair_id, "answer", fixed=True)
    await works.advance(days=6.9)
    await works.world.work()
    assert (await works.see("li", repair_id))["state"] == "done"
    await works.advance(days=0.1)
    await works.world.work()
    assert (await works.see("li", repair_id))["state"] == ends
    [last] = (await works.history("li", repair_id))[-1:]
    assert (last["who"], last["state"]) == ("clock", ends)
    for who in ("li", "wang"):  # all who were asked are told that it is closed, each once
        told = await works.told(who, "repair_progress")
        assert [text.endswith("七天没有反馈,已关闭。") for text in told].count(True) == (
            not answered
        ), who


async def test_all_who_joined_are_told_once_of_what_all_are_told(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "TOLD_AT_ONCE", 4)
    repair_id = await works.report("li")
    people = await works.neighbours(9)
    await join_all(works, repair_id, people)
    await works.do("dispatcher", repair_id, "accept")
    for _ in range(2):
        with monkeypatch.context() as dying:
            deadly(dying, iter(["no"] * 5 + ["after"]), [(messages_store, "insert")])
            with pytest.raises(Killed):
                await works.world.work()
        await works.world.advance(minutes=2)
    await works.world.work()
    told = [
        m["person"] async for m in works.world.db.messages.find({"template": "repair_progress"})
    ]
    assert sorted(told) == sorted(
        [who.person_id for who in people] + [(await works.member("li")).person_id]
    )


async def test_what_a_joiner_does_is_not_told_of_the_reporter(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.hand_out(repair_id)
    await works.do("li", repair_id, "additions", text="四楼也是")
    await works.do("wang", repair_id, "additions", text="五楼也是")
    await works.do("wang", repair_id, "urge")
    told = [
        text.rpartition(":")[2]
        for template in ("repair_work", "repair_news")
        for text in await works.told("repairer", template)
    ]
    assert (told.count("住户补充了说明。"), told.count("住户催办。")) == (2, 1)
    for who in ("li", "wang", "dispatcher"):
        rows = await works.history(who, repair_id)
        assert [row["who"] for row in rows] == [
            "reporter",
            *["office"] * 2,
            "reporter",
            *["joiner"] * 2,
        ]


async def test_a_household_joins_its_homes_own_and_no_neighbour_does(works: Works) -> None:
    repair_id = await works.report("li", place=LI_HOME, category=TAP, text="水龙头漏水")
    await works.do("mei", repair_id, "join")
    reply = await works.post("wang", f"repairs/{repair_id}/join")
    assert reply.status == 404
    await works.repaired(repair_id)
    assert len(await questions(works, repair_id)) == 2


async def test_what_is_nearest_is_shown_first(works: Works) -> None:
    near = await works.report("li")
    await works.advance(minutes=1)
    far = await works.report("li", place=COMPOUND)
    found = await works.get("li", f"repairs/similar?place={UNIT}&category={LIGHT}")
    assert [each["repair_id"] for each in found.body["items"]] == [near, far]
