"""What dispatchers do with reports: whose turn it is, another class, one of two, two of one."""

import asyncio
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, LI_HOME, OTHER_COMPOUND, WANG_HOME
from tests.build.repairs import TAP, Works

CREW = f"places/{COMPOUND}/repair-crew"


async def can(works: Works, who: str, *skills: str, on_duty: bool = True) -> str:
    """Write down what somebody can do; return their id."""
    person = (await works.member(who)).person_id
    path = f"{CREW}/{person}"
    reply = await works.send("PUT", "dispatcher", path, skills=list(skills), on_duty=on_duty)
    assert reply.status == 200, reply.body
    return person


async def in_turn(works: Works, repair_id: str) -> str:
    """Hand a report out to whose turn it is; return who that is."""
    await works.do("dispatcher", repair_id, "assignment", round_robin=True)
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    return str(found["holder"])


async def accepted(works: Works, **body: Any) -> str:
    repair_id = await works.report("li", **body)
    await works.do("dispatcher", repair_id, "accept")
    return repair_id


async def test_a_crew_shows_who_can_what_and_has_how_much(works: Works) -> None:
    first = await can(works, "repairer", "electric", "plumbing")
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    crew = (await works.get("dispatcher", CREW)).body["items"]
    by_id = {each["person"]: each for each in crew}
    names = ("repairer", "second", "dispatcher", "manager")
    assert by_id.keys() == {(await works.member(who)).person_id for who in names}
    assert {each["is_of_firm"] for each in crew} == {True}
    staff = (await works.member("staff")).person_id
    whole = (await works.get("staff", CREW)).body["items"]
    assert {each["person"] for each in whole if not each["is_of_firm"]} == {staff}
    assert (by_id[first]["skills"], by_id[first]["on_hand"]) == (["electric", "plumbing"], 1)
    assert (by_id[first]["roles"], by_id[first]["on_duty"]) == (["repairer"], True)
    second = by_id[(await works.member("second")).person_id]
    assert (second["skills"], second["on_duty"], second["on_hand"]) == ([], False, 0)


async def test_only_who_works_there_is_of_the_crew(works: Works) -> None:
    li = (await works.member("li")).person_id
    reply = await works.send("PUT", "dispatcher", f"{CREW}/{li}", skills=["electric"])
    assert (reply.status, reply.code) == (422, "repair_not_a_repairer")


async def test_in_turn_goes_by_trade_and_by_what_is_on_hand(works: Works) -> None:
    first = await can(works, "repairer", "electric")
    second = await can(works, "second", "electric")
    await can(works, "manager", "plumbing")
    chosen = [await in_turn(works, await accepted(works)) for _ in range(4)]
    assert sorted(chosen[:2]) == sorted(chosen[2:]) == sorted([first, second])
    repair_id = await accepted(works)
    now = await in_turn(works, repair_id)
    assert await in_turn(works, repair_id) != now  # handed on, not to whoever has it


async def test_two_dispatchers_at_once_do_not_choose_the_same(works: Works) -> None:
    people = {await can(works, who, "electric") for who in ("repairer", "second")}
    ids = [await accepted(works) for _ in range(2)]
    who = ("dispatcher", "manager")
    asked = zip(who, ids, strict=True)
    replies = await asyncio.gather(
        *(works.post(by, f"repairs/{each}/assignment", round_robin=True) for by, each in asked)
    )
    assert [reply.status for reply in replies] == [200, 200]
    found = works.world.db.repairs.find({"_id": {"$in": ids}})
    assert {each["holder"] async for each in found} == people


async def test_a_firm_hands_nothing_to_the_community_nor_the_community_to_a_firm(
    works: Works,
) -> None:
    repair_id = await accepted(works)
    staff = (await works.member("staff")).person_id
    reply = await works.send("PUT", "staff", f"{CREW}/{staff}", skills=["electric"])
    assert reply.status == 200, reply.body
    path = f"repairs/{repair_id}/assignment"
    for by in ("dispatcher", "staff"):
        reply = await works.post(by, path, person=staff)
        assert (reply.status, reply.code) == (422, "repair_not_a_repairer")
        reply = await works.post(by, path, round_robin=True)
        assert (reply.status, reply.code) == (409, "repair_nobody_free")
    repairer = await can(works, "repairer", "electric")
    await works.world.db.repairs.update_one({"_id": repair_id}, {"$set": {"firm": ""}})
    reply = await works.post("staff", path, person=repairer)
    assert (reply.status, reply.code) == (422, "repair_not_a_repairer")
    await works.do("staff", repair_id, "assignment", round_robin=True)
    assert (await works.see("staff", repair_id))["is_held_by_me"]


async def test_who_gets_a_repair_reads_that_it_is_theirs(works: Works) -> None:
    repair_id = await accepted(works)
    for who in ("repairer", "second"):
        person = (await works.member(who)).person_id
        await works.do("dispatcher", repair_id, "assignment", person=person)
    ends = {
        "repairer": {"有新任务派给您", "已派给别人,您不用去了"},
        "second": {"有新任务派给您"},
    }
    for who, words in ends.items():
        told = await works.told(who, "repair_work")
        assert {text.removesuffix("。").split(":")[-1] for text in told} == words


async def test_whose_turn_it_would_be_has_it(works: Works) -> None:
    await can(works, "repairer", "electric")
    repair_id = await accepted(works)
    await in_turn(works, repair_id)
    path = f"repairs/{repair_id}/assignment"
    reply = await works.post("dispatcher", path, round_robin=True)
    assert (reply.status, reply.code) == (409, "repair_nobody_free")
    assert reply.body["title"] == "除现在的维修人员外,没有其他在岗的电工"


async def test_nobody_of_the_trade_is_a_clear_answer(works: Works) -> None:
    await can(works, "repairer", "electric", on_duty=False)
    await can(works, "second", "plumbing")
    path = f"repairs/{await accepted(works)}/assignment"
    reply = await works.post("dispatcher", path, round_robin=True)
    assert (reply.status, reply.code) == (409, "repair_nobody_free")
    person = (await works.member("second")).person_id
    reply = await works.post("dispatcher", path, round_robin=True, person=person)
    assert (reply.status, reply.code) == (422, "repair_bad_assignment")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_another_class_has_the_deadlines_of_its_own_from_the_report_on(
    works: Works,
) -> None:
    """Dangerous: two hours for the response, whatever has gone by."""
    repair_id = await works.report("li")
    urgent = await works.report("li", danger="urgent")
    wanted = (await works.see("li", urgent))["due_at"]
    await works.advance(minutes=10)
    path = f"repairs/{repair_id}/class"
    reply = await works.send("PUT", "dispatcher", path, danger="urgent", reason="漏到楼下了")
    assert reply.status == 200, reply.body
    assert (reply.body["danger"], reply.body["due_at"]) == ("urgent", wanted)
    again = await works.send("PUT", "dispatcher", path, danger="urgent")
    assert (again.status, again.code) == (409, "repair_same_class")


async def test_a_pause_does_not_count_when_the_class_changes(works: Works) -> None:
    repair_id, twin = await accepted(works), await works.report("li", danger="urgent")
    await works.do("dispatcher", twin, "accept")
    wanted = instant((await works.see("li", twin))["due_at"])
    person = (await works.member("repairer")).person_id
    await works.do("dispatcher", repair_id, "assignment", person=person)
    until = (works.world.clock.now + timedelta(hours=3)).isoformat()
    await works.do("repairer", repair_id, "pause", reason="materials", until=until)
    await works.advance(hours=1)
    reply = await works.send("PUT", "dispatcher", f"repairs/{repair_id}/class", danger="urgent")
    assert (reply.status, reply.body["state"]) == (200, "paused")
    await works.advance(hours=1)
    seen = await works.do("repairer", repair_id, "resume")
    assert instant(seen["due_at"]) == wanted + timedelta(hours=2)


async def test_a_returned_repair_has_the_new_deadline_from_its_return_on(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.advance(days=1)
    await works.do("li", repair_id, "answer", fixed=False)
    twin = await works.report("li", danger="urgent")
    await works.do("dispatcher", twin, "accept")
    reply = await works.send("PUT", "dispatcher", f"repairs/{repair_id}/class", danger="urgent")
    assert reply.body["due_at"] == (await works.see("li", twin))["due_at"]


async def test_another_category_brings_its_class_and_is_one_of_the_part(works: Works) -> None:
    repair_id = await works.report("li", place=LI_HOME, category=TAP)
    path = f"repairs/{repair_id}/class"
    reply = await works.send("PUT", "dispatcher", path, category="stair_light")
    assert (reply.status, reply.code) == (422, "repair_wrong_part")
    reply = await works.send("PUT", "dispatcher", path, category="radiator_leak")
    assert (reply.body["category"], reply.body["danger"]) == ("radiator_leak", "urgent")


async def test_who_was_of_a_merged_repair_joins_the_one_that_goes_on(works: Works) -> None:
    first, second = await works.report("li"), await works.report("wang")
    await works.do("mei", second, "join")
    seen = await works.do("dispatcher", second, "merge", into=first)
    assert (seen["state"], seen["merged_into"]) == ("merged", first)
    assert (await works.see("li", first))["joiners"] == 2
    await works.world.work()
    for who in ("wang", "mei"):
        told = await works.told(who, "repair_progress")
        assert told[-1].endswith("已并入同一问题的报修。")
    await works.repaired(first)
    for who in ("li", "wang", "mei"):
        assert len(await works.told(who, "repair_question")) == 1


async def test_a_merge_of_a_merge_says_what_goes_on(works: Works) -> None:
    first, second, third, fourth = [await works.report("li") for _ in range(4)]
    await works.do("dispatcher", second, "merge", into=first)
    for repair_id, into in ((third, second), (second, third)):
        reply = await works.post("dispatcher", f"repairs/{repair_id}/merge", into=into)
        assert (reply.status, reply.code) == (409, "repair_merged_before")
        assert reply.body["details"] == {"repair_id": first}
    await works.do("dispatcher", first, "merge", into=third)
    reply = await works.post("dispatcher", f"repairs/{fourth}/merge", into=second)
    assert reply.body["details"] == {"repair_id": third}


async def test_two_that_are_merged_into_one_another_at_once_leave_one(works: Works) -> None:
    first, second = await works.report("li"), await works.report("wang")
    replies = await asyncio.gather(
        works.post("dispatcher", f"repairs/{first}/merge", into=second),
        works.post("manager", f"repairs/{second}/merge", into=first),
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    states = [(await works.see("manager", each))["state"] for each in (first, second)]
    assert sorted(states) == ["merged", "reported"]


async def merged_in_a_ring(works: Works, count: int) -> None:
    """Merge reports of one person each into the next at once: one of them must go on."""
    ids = [await works.report("li") for _ in range(count)]
    asked = zip(ids, [*ids[1:], ids[0]], cycle(["dispatcher", "manager"]), strict=False)
    replies = await asyncio.gather(
        *(works.post(who, f"repairs/{each}/merge", into=into) for each, into, who in asked)
    )
    codes = {reply.code for reply in replies if reply.status != 200}
    assert codes
    assert codes <= {"repair_moved_on", "repair_merged_before"}
    states = [(await works.see("manager", each))["state"] for each in ids]
    assert "reported" in states


async def test_a_ring_of_one_persons_reports_is_never_closed(works: Works) -> None:
    """Who reported all is of the target already: nothing else makes these merges conflict."""
    for count in (2, 2, 2, 3):
        await merged_in_a_ring(works, count)


async def test_nobody_waits_for_the_end_of_a_ring(works: Works) -> None:
    """One that is kept from before gets an answer."""
    first, second, third = [await works.report("li") for _ in range(3)]
    for each, into in ((first, second), (second, first)):
        change = {"$set": {"state": "merged", "merged_into": into}}
        await works.world.db.repairs.update_one({"_id": each}, change)
    for each, into in ((third, first), (first, third)):
        reply = await works.post("dispatcher", f"repairs/{each}/merge", into=into)
        assert reply.status == 409


async def test_what_cannot_be_merged_has_a_clear_code(works: Works) -> None:
    lamp = await works.report("li")
    tap = await works.report("li", place=LI_HOME, category=TAP)
    others = await works.report("wang", place=WANG_HOME, category=TAP)
    far = await works.report("zhao", place=f"{OTHER_COMPOUND}.b1.u1")
    over = await works.report("li")
    await works.do("li", over, "cancel", reason="好了")
    wanted = {
        lamp: (422, "repair_merged_with_itself"),
        tap: (422, "repair_merged_elsewhere"),  # neighbours would read of a home
        far: (422, "repair_merged_elsewhere"),
        over: (409, "repair_moved_on"),
        "nothing": (404, "not_found"),
    }
    for into, answer in wanted.items():
        reply = await works.post("staff", f"repairs/{lamp}/merge", into=into)
        assert (reply.status, reply.code) == answer
    reply = await works.post("staff", f"repairs/{others}/merge", into=tap)
    assert reply.code == "repair_merged_elsewhere"
    reply = await works.post("dispatcher", f"repairs/{lamp}/merge", into=far)
    assert reply.status == 404  # where they do not work, there is nothing
    await works.do("dispatcher", tap, "merge", into=lamp)


async def test_a_second_thing_becomes_a_repair_of_the_same_people(works: Works) -> None:
    first = await works.report("li", phone="13912345678", access="敲门")
    await works.do("wang", first, "join")
    wish = {"category": "stair_light", "text": "五楼的灯也不亮", "danger": "urgent"}
    reply = await works.post("dispatcher", f"repairs/{first}/split", **wish)
    assert reply.status == 201, reply.body
    second = reply.body
    assert (second["state"], second["number"], second["joiners"]) == ("reported", "26-0002", 1)
    assert (second["text"], second["phone"]) == ("五楼的灯也不亮", "+8613912345678")
    assert (await works.see("li", second["repair_id"]))["is_mine"]
    assert (await works.see("wang", second["repair_id"]))["is_mine"]
    assert (await works.see("li", first))["state"] == "reported"
    await works.world.work()
    for who in ("li", "wang"):
        assert (await works.told(who, "repair_progress"))[-1].endswith("分别处理。")


async def test_a_repair_that_is_handed_on_while_it_rests_goes_on(works: Works) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    until = (works.world.clock.now + timedelta(days=2)).isoformat()
    await works.do("repairer", repair_id, "pause", reason="materials", until=until)
    person = (await works.member("second")).person_id
    seen = await works.do("dispatcher", repair_id, "assignment", person=person)
    assert (seen["state"], seen["paused_until"]) == ("assigned", None)
    await works.advance(days=2)
    await works.world.work()
    assert (await works.see("second", repair_id))["state"] == "assigned"


async def test_whoever_left_is_not_chosen(works: Works) -> None:
    await can(works, "repairer", "electric")
    wish = {"role": Role.REPAIRER, "place": COMPOUND}
    await works.world.db.appointments.update_one(
        {"person": (await works.member("repairer")).person_id, **wish},
        {"$set": {"to_day": "2026-03-01"}},
    )
    path = f"repairs/{await accepted(works)}/assignment"
    reply = await works.post("dispatcher", path, round_robin=True)
    assert (reply.status, reply.code) == (409, "repair_nobody_free")
