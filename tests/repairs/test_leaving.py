"""Repairs when somebody leaves: a home, an office, the product, or a firm the compound."""

from datetime import timedelta
from typing import Any

import pytest

from services.firms import contracts
from services.firms.models import EndContract, SignContract
from services.kernel.permissions import Role
from services.repairs import jobs as repair_jobs
from services.residencies.models import Relation
from tests.build.cast import COMPOUND, LI_HOME, STAFF, UNIT, WANG_HOME, appoint, live_there
from tests.build.repairs import TAP, Works

OPEN_AT_HOME = {"place": LI_HOME, "category": TAP, "text": "水龙头漏水"}


async def kept(works: Works, repair_id: str) -> dict[str, Any]:
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    return dict(found)


async def erase(works: Works, who: str) -> str:
    """Close somebody's account and let it be erased; return who they were."""
    member = await works.member(who)
    reply = await works.post(who, "me/deletion", confirm="注销")
    assert reply.status == 202, reply.body
    await works.world.work()
    works.crew.pop(who, None)
    return member.person_id


async def sweep(works: Works) -> None:
    """Let the worker do what it does every quarter of an hour."""
    await repair_jobs.pass_back(works.world.deps, {})
    await repair_jobs.release(works.world.deps, {})
    await works.world.work()


async def move_out(works: Works, who: str) -> None:
    person = (await works.member(who)).person_id
    ended = {"$set": {"to_day": "2026-03-01"}}
    await works.world.db.residencies.update_many({"person": person}, ended)


# A home


async def test_who_moved_out_is_told_and_asked_of_their_own_and_sees_nothing_else(
    works: Works,
) -> None:
    own = await works.report("li", **OPEN_AT_HOME)
    common = await works.report("li")
    await move_out(works, "li")
    later = await works.report("mei", **OPEN_AT_HOME)
    assert (await works.see("mei", own))["text"] == "水龙头漏水"
    assert (await works.see("li", own))["state"] == "reported"
    assert (await works.get("li", f"repairs/{later}")).status == 404
    assert (await works.post("li", "repairs", **OPEN_AT_HOME)).status == 404
    mine = (await works.get("li", "me/repairs")).body["items"]
    assert {row["repair_id"] for row in mine} == {own, common}
    await works.repaired(own)
    assert len(await works.told("li", "repair_question")) == 1
    assert (await works.do("li", own, "answer", fixed=True))["state"] == "confirmed"


async def test_a_merge_brings_into_a_home_only_who_lives_there(works: Works) -> None:
    """Whoever moved out would read what the next household wrote."""
    old, there = [await works.report("li", **OPEN_AT_HOME) for _ in range(2)]
    later, last = [await works.report("mei", **OPEN_AT_HOME) for _ in range(2)]
    await works.do("dispatcher", there, "merge", into=later)
    assert (await works.see("li", later))["joiners"] == 1
    await move_out(works, "li")
    await works.do("dispatcher", old, "merge", into=last)
    assert (await works.get("li", f"repairs/{last}")).status == 404
    assert (await works.see("mei", last))["joiners"] == 0
    assert (await works.see("li", old))["state"] == "merged"


# The product


async def test_the_work_goes_on_when_who_reported_it_is_erased(works: Works) -> None:
    repair_id = await works.report("li", phone="13900000001")
    await works.do("wang", repair_id, "join")
    await works.hand_out(repair_id)
    before = await works.history("wang", repair_id)
    person = await erase(works, "li")
    assert (await kept(works, repair_id))["person"] is None
    assert (await kept(works, repair_id))["phone_sealed"] == ""
    assert await works.history("wang", repair_id) == before
    assert await works.world.db.case_parties.count_documents({"person": person}) == 0
    seen = await works.see("wang", repair_id)
    assert (seen["state"], seen["joiners"]) == ("assigned", 1)
    await works.do("repairer", repair_id, "start")
    await works.do("repairer", repair_id, "finish", summary="换了灯泡")
    await works.world.work()
    assert len(await works.told("wang", "repair_question")) == 1
    assert (await works.do("wang", repair_id, "answer", fixed=True))["state"] == "confirmed"


async def test_who_was_erased_is_no_party_of_what_is_split_off(works: Works) -> None:
    """Neither who reported it nor who wrote it down; the rest are asked of it as before."""
    ids = [await works.report("li"), await works.report("head", on_behalf_of="王秀兰")]
    for each in ids:
        await works.do("wang", each, "join")
    await works.lose_office("head")
    people = [await erase(works, who) for who in ("li", "head")]
    for each in ids:
        wish = {"category": "stair_light", "text": "五楼的灯也不亮"}
        reply = await works.post("dispatcher", f"repairs/{each}/split", **wish)
        assert reply.status == 201, reply.body
        rows = works.world.db.case_parties.find({"case": reply.body["repair_id"]})
        wang = (await works.member("wang")).person_id
        assert [row["person"] async for row in rows] == [wang]
    gone = {"person": {"$in": people}}
    assert await works.world.db.case_parties.count_documents(gone) == 0


async def test_a_joiner_who_is_erased_is_counted_out_and_their_words_go(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.do("mei", repair_id, "join")
    await works.do("wang", repair_id, "additions", text="我家门口也不亮")
    assert (await works.see("li", repair_id))["joiners"] == 2
    rows = await works.history("li", repair_id)
    assert [(r["who"], r["remark"]) for r in rows if r["action"] == "add"] == [
        ("joiner", "我家门口也不亮")
    ]
    await erase(works, "wang")
    assert (await works.see("li", repair_id))["joiners"] == 1
    rows = await works.history("li", repair_id)
    assert [r["remark"] for r in rows if r["action"] == "add"] == [None]


async def test_the_yes_of_who_was_erased_stands_for_nobody_else(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.do("mei", repair_id, "join")
    await works.repaired(repair_id)
    await works.do("wang", repair_id, "answer", fixed=True)
    await erase(works, "wang")
    assert (await works.do("li", repair_id, "answer", fixed=True))["state"] == "done"
    assert (await works.do("mei", repair_id, "answer", fixed=True))["state"] == "confirmed"


async def test_where_nobody_is_left_to_ask_it_closes_by_itself(works: Works) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    await erase(works, "li")
    await works.do("repairer", repair_id, "start")
    await works.do("repairer", repair_id, "finish", summary="换了灯泡")
    await works.advance(days=7)
    await works.world.work()
    assert (await works.see("dispatcher", repair_id))["state"] == "closed"


async def test_nobody_is_told_anything_whose_account_is_closed(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.repaired(repair_id)
    await works.lose_office("repairer")
    repairer, wang = await erase(works, "repairer"), await erase(works, "wang")
    await works.do("li", repair_id, "answer", fixed=True)
    await works.world.work()
    assert (await works.see("li", repair_id))["state"] == "confirmed"
    gone = {"person": {"$in": [repairer, wang]}}
    assert await works.world.db.messages.count_documents(gone) == 0


# An office


@pytest.mark.parametrize("is_erased", [False, True])
async def test_what_somebody_held_who_works_there_no_more_is_handed_out_again(
    works: Works, *, is_erased: bool
) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "start")
    other = await works.report("li")
    await works.hand_out(other, to="second")
    due = (await works.see("li", repair_id))["due_at"]
    if is_erased:
        await works.lose_office("repairer")
        await erase(works, "repairer")
    else:
        await works.lose_office("repairer")
    await sweep(works)
    seen = await works.see("dispatcher", repair_id)
    assert (seen["state"], seen["is_held"], seen["due_at"]) == ("accepted", False, due)
    assert any("离岗" in text for text in await works.told("dispatcher", "repair_work"))
    assert (await works.see("dispatcher", other))["state"] == "assigned"
    rows = await works.history("li", repair_id)
    assert (rows[-1]["action"], rows[-1]["who"]) == ("release", "clock")
    await sweep(works)
    assert len(await works.history("li", repair_id)) == len(rows)


async def test_what_rests_in_the_hands_of_who_left_goes_on_with_another(works: Works) -> None:
    repair_id = await works.report("li", danger="urgent")
    await works.hand_out(repair_id)
    until = works.world.clock.now + timedelta(days=3)
    body = {"reason": "materials", "until": until.isoformat()}
    await works.do("repairer", repair_id, "pause", **body)
    await works.lose_office("repairer")
    await works.advance(hours=1)
    await sweep(works)
    seen = await works.see("dispatcher", repair_id)
    assert (seen["state"], seen["paused_until"]) == ("accepted", None)
    assert seen["due_at"] is not None
    await works.advance(days=3)
    await works.world.work()
    assert (await works.see("dispatcher", repair_id))["state"] == "accepted"


async def test_what_rests_is_handed_to_another_and_rests_no_more(works: Works) -> None:
    repair_id = await works.report("li", danger="urgent")
    await works.hand_out(repair_id)
    until = works.world.clock.now + timedelta(days=3)
    body = {"reason": "materials", "until": until.isoformat()}
    await works.do("repairer", repair_id, "pause", **body)
    second = (await works.member("second")).person_id
    seen = await works.do("dispatcher", repair_id, "assignment", person=second)
    assert (seen["state"], seen["paused_until"], seen["pause_reason"]) == (
        "assigned",
        None,
        None,
    )
    assert seen["due_at"] is not None


async def test_a_no_about_the_work_of_who_left_is_handed_out_again(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    before = await works.told("repairer", "repair_work")
    await works.lose_office("repairer")
    await sweep(works)
    assert (await works.see("li", repair_id))["state"] == "done"
    await works.do("li", repair_id, "answer", fixed=False)
    await works.world.work()
    assert await works.told("repairer", "repair_work") == before
    told = await works.told("dispatcher", "repair_work")
    assert any(text.endswith("住户反馈没有修好。") for text in told), told
    await sweep(works)
    seen = await works.see("dispatcher", repair_id)
    assert (seen["state"], seen["is_held"]) == ("accepted", False)


async def test_what_was_written_down_for_somebody_goes_with_the_office(works: Works) -> None:
    theirs = await works.report("head", **OPEN_AT_HOME, on_behalf_of="张奶奶")
    shared = await works.report("head", on_behalf_of="张奶奶")
    for repair_id in (theirs, shared):
        await works.hand_out(repair_id)
        await works.do("repairer", repair_id, "start")
    await works.do("repairer", shared, "finish", summary="换了灯泡")
    assert (await works.see("head", theirs))["text"] == "水龙头漏水"
    await works.world.work()
    assert len(await works.told("head", "repair_question")) == 1
    await works.lose_office("head")
    await works.do("repairer", theirs, "finish", summary="换了垫圈")
    await works.world.work()
    assert len(await works.told("head", "repair_question")) == 1
    works.estate.members.pop("head")
    for path in ("", "/history", "/photos", "/quotes"):
        assert (await works.get("head", f"repairs/{theirs}{path}")).status == 404
    for repair_id in (theirs, shared):
        for step, body in (("answer", {"fixed": False}), ("additions", {"text": "还漏"})):
            reply = await works.post("head", f"repairs/{repair_id}/{step}", **body)
            assert reply.status in {403, 404}, (step, reply.body)
    assert (await works.get("head", "me/repairs")).body["items"] == []
    assert (await works.see("mei", theirs))["state"] == "done"


async def test_who_wrote_it_down_joins_as_a_neighbour_when_the_office_is_over(
    works: Works,
) -> None:
    repair_id = await works.report("head", on_behalf_of="张奶奶")
    await works.do("head", repair_id, "join")
    assert (await works.see("head", repair_id))["joiners"] == 0
    head = await works.member("head")
    await works.lose_office("head")
    await live_there(works.world.deps, [(WANG_HOME, head.phone, Relation.FAMILY)])
    works.estate.members.pop("head")
    assert (await works.do("head", repair_id, "join"))["joiners"] == 1
    assert (await works.do("head", repair_id, "join"))["joiners"] == 1
    await works.repaired(repair_id)
    assert (await works.do("head", repair_id, "answer", fixed=True))["state"] == "confirmed"


# A firm


async def four(works: Works) -> dict[str, str]:
    """Return a repair in each sort of state: reported, in somebody's hands, resting, done."""
    ids = {
        name: await works.report("li") for name in ("reported", "assigned", "paused", "done")
    }
    await works.hand_out(ids["assigned"])
    await works.hand_out(ids["paused"])
    until = works.world.clock.now + timedelta(days=20)
    body = {"reason": "materials", "until": until.isoformat()}
    await works.do("repairer", ids["paused"], "pause", **body)
    await works.repaired(ids["done"])
    return ids


async def end_contract(works: Works, *, last_day: str = "2026-03-01") -> None:
    found = await works.world.db.contracts.find_one({"firm": works.firm})
    assert found is not None
    wish = EndContract(last_day=last_day, reason="双方商定")
    await contracts.end(works.world.deps, STAFF, found["_id"], wish)


async def require_passed_back(works: Works, ids: dict[str, str]) -> None:
    states = {name: (await works.see("staff", each))["state"] for name, each in ids.items()}
    assert states == {
        "reported": "reported",
        "assigned": "accepted",
        "paused": "accepted",
        "done": "done",
    }
    for each in ids.values():
        assert ((await kept(works, each))["firm"], (await kept(works, each))["contract"]) == (
            "",
            "",
        )
        rows = await works.history("staff", each)
        assert [row["action"] for row in rows].count("pass_back") == 1
    told = await works.told("staff", "repair_work")
    assert sum("接手" in text for text in told) == 3  # nothing is to be done where it is done


async def test_the_community_takes_over_when_a_contract_is_ended(works: Works) -> None:
    ids = await four(works)
    await end_contract(works)
    await sweep(works)
    await require_passed_back(works, ids)
    assert (await works.get("dispatcher", f"repairs/{ids['assigned']}")).status == 404
    staff = (await works.member("staff")).person_id
    await works.do("staff", ids["assigned"], "assignment", person=staff, outside="水电师傅老张")
    await works.do("staff", ids["assigned"], "start")
    await works.do("li", ids["done"], "answer", fixed=False)
    await sweep(works)
    assert (await works.see("staff", ids["done"]))["state"] == "accepted"


async def test_the_community_takes_over_when_a_contract_runs_out(works: Works) -> None:
    await end_contract(works, last_day="2026-03-05")
    ids = await four(works)
    await sweep(works)
    assert (await works.see("li", ids["assigned"]))["state"] == "assigned"
    await works.advance(days=4)
    await sweep(works)
    await require_passed_back(works, ids)


async def test_what_the_same_firm_has_in_hand_stays_when_it_signs_again(works: Works) -> None:
    await end_contract(works, last_day="2026-03-05")
    again = SignContract(compound=COMPOUND, from_day="2026-03-06", to_day="2027-12-31")
    await contracts.sign(works.world.deps, STAFF, works.firm, again)
    ids = await four(works)
    await works.advance(days=5)
    await sweep(works)
    seen = await works.see("repairer", ids["assigned"])
    assert (seen["state"], seen["is_held_by_me"]) == ("assigned", True)
    for each in ids.values():
        assert (await kept(works, each))["firm"] == works.firm


async def test_who_moves_to_the_community_keeps_what_they_hold(works: Works) -> None:
    """The office that lets somebody go on may be another one."""
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    repairer = await works.member("repairer")
    await works.lose_office("repairer")
    place = UNIT.rsplit(".", 3)[0]
    await appoint(works.world.deps, Role.COMMUNITY_STAFF, place, repairer.phone)
    await sweep(works)
    assert (await works.see("li", repair_id))["state"] == "assigned"
