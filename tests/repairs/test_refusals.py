"""What cannot be: each has a code that a client can tell apart, and nothing is changed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.kernel.permissions import Role
from services.place_codes.models import TOKEN
from services.quotas.models import SHARES, Quota
from tests.build import photos
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, OTHER_COMPOUND, UNIT, WANG_HOME
from tests.build.offices import hire
from tests.build.repairs import LIGHT, TAP, Works
from tests.build.world import Reply


async def reported(works: Works, who: str = "li", **body: Any) -> Reply:
    wish = {"place": UNIT, "category": LIGHT, "text": "三楼的灯不亮了", **body}
    return await works.post(who, "repairs", **wish)


async def sent(works: Works, who: str) -> str:
    member = await works.member(who)
    await works.world.agree(member, "proof")
    return await photos.sent(works.world.api, member, purpose="case")


def at(works: Works, **delta: float) -> str:
    return (works.world.clock.now + timedelta(**delta)).isoformat()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"category": "spaceship"}, 422, "repair_category_unknown"),
        ({"category": "water"}, 422, "repair_category_unknown"),  # a group says too little
        ({"category": TAP}, 422, "repair_wrong_part"),
        ({"place": LI_HOME}, 422, "repair_wrong_part"),
        ({"place": WANG_HOME, "category": TAP}, 404, "not_found"),
        ({"place": f"{OTHER_COMPOUND}.b1.u1"}, 404, "not_found"),
        ({"place": f"{COMPOUND}.b9"}, 404, "not_found"),
        ({"place": "cc.chaoyang.guilin.xincheng"}, 404, "not_found"),
        ({"on_behalf_of": "王秀兰"}, 403, "forbidden"),
        ({"way": "city"}, 422, "repair_bad_way"),  # nobody would be asked at its end
        ({"way": "phone"}, 422, "repair_bad_way"),
        ({"text": " "}, 422, "invalid_input"),
        ({"photo_ids": ["nothing"]}, 404, "not_found"),
    ],
)
async def test_a_report_that_cannot_be(
    works: Works, *, body: dict[str, Any], status: int, code: str
) -> None:
    reply = await reported(works, **body)
    assert (reply.status, reply.code) == (status, code), reply.body
    assert await works.world.db.repairs.count_documents({}) == 0


async def test_who_reports_at_the_wrong_place_reads_where_it_belongs(works: Works) -> None:
    shared, own = await reported(works, place=LI_HOME), await reported(works, category=TAP)
    assert "公共部位" in shared.body["title"]
    assert "选自己的家" in own.body["title"]


async def test_photos_of_another_home_or_another_report_are_not_there(works: Works) -> None:
    theirs, mine = await sent(works, "wang"), await sent(works, "li")
    assert (await reported(works, photo_ids=[theirs])).status == 404
    repair_id = (await reported(works, photo_ids=[mine])).body["repair_id"]
    assert (await reported(works, photo_ids=[mine])).status == 404  # it belongs to the first
    await works.hand_out(repair_id)
    added = await works.post(
        "li", f"repairs/{repair_id}/additions", text="还有", photo_ids=[theirs]
    )
    assert (added.status, added.code) == (404, "not_found")
    await works.do("repairer", repair_id, "start")
    path = f"repairs/{repair_id}/finish"
    done = await works.post("repairer", path, summary="换了", after=[theirs])
    assert (done.status, done.code) == (404, "not_found")
    assert (await works.see("li", repair_id))["state"] == "working"
    history = (await works.get("li", f"repairs/{repair_id}/history")).body["items"]
    assert [row["action"] for row in history][-1] == "start"


async def test_a_category_that_ended_is_told_apart(works: Works) -> None:
    admin, city = await works.member("admin"), "cc"
    path = f"places/{city}/repair-categories"
    change = {
        "version": 1,
        "label": "楼道灯不亮",
        "scope": "common",
        "danger": "normal",
        "skill": "electric",
        "to_day": "2026-03-02",
    }
    before = await works.report("li")
    ended = await works.send("PUT", admin, f"{path}/{LIGHT}", **change)
    assert ended.status == 200, ended.body
    await works.advance(days=1)
    reply = await reported(works)
    assert (reply.status, reply.code) == (409, "repair_category_ended")
    assert reply.body["details"] == {"category": LIGHT}
    assert (await works.see("li", before))["category_label"] == "楼道灯不亮"
    await works.repaired(before)  # what was reported goes on


async def test_the_time_to_come_is_ahead_and_has_an_end(works: Works) -> None:
    for begins, ends in ((2, 1), (-2, -1), (1, 1), (1, 30 * 24 + 1)):
        wish = {"begins": at(works, hours=begins), "ends": at(works, hours=ends)}
        reply = await reported(works, wish=wish)
        assert (reply.status, reply.code) == (422, "repair_bad_wish")
    wish = {"begins": at(works, hours=1), "ends": at(works, hours=2)}
    repair_id = (await reported(works, wish=wish)).body["repair_id"]
    changed = {"begins": at(works, hours=2), "ends": at(works, hours=1)}
    reply = await works.send("PATCH", "li", f"repairs/{repair_id}", wish=changed)
    assert (reply.status, reply.code) == (422, "repair_bad_wish")


async def test_so_many_a_day(works: Works) -> None:
    most = SHARES[Quota.REPAIRS].times
    for _ in range(most):
        await works.report("li")
    reply = await reported(works)
    assert (reply.status, reply.code) == (409, "too_many_repairs")
    assert reply.body["details"] == {"most": most}
    await works.report("head", on_behalf_of="王秀兰", way="visit")  # an office is not counted


async def test_nobody_but_the_city_reports_by_its_system(works: Works) -> None:
    wish = {"place": UNIT, "category": LIGHT, "text": "灯不亮", "on_behalf_of": "王秀兰"}
    reply = await works.post("head", "repairs", **wish, way="city")
    assert (reply.status, reply.code) == (422, "repair_bad_way")


async def test_two_dispatchers_at_once_each_see_what_came_of_it(works: Works) -> None:
    """Handing out is also handing on, so both may be right; the holder is one of the two."""
    repair_id = await works.report("li")
    await works.do("dispatcher", repair_id, "accept")
    people = [(await works.member(who)).person_id for who in ("repairer", "second")]
    path = f"repairs/{repair_id}/assignment"
    replies = await asyncio.gather(
        *(
            works.post(who, path, person=person)
            for who, person in zip(("dispatcher", "manager"), people, strict=True)
        )
    )
    assert {reply.status for reply in replies} <= {200, 409}
    done = [p for p, r in zip(people, replies, strict=True) if r.status == 200]
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    assert found["holder"] in done
    assert found["steps"] == 2 + len(done)


async def test_only_who_works_there_gets_it(works: Works) -> None:
    other = await hire(
        works.world, Role.REPAIRER, OTHER_COMPOUND, name="other", phone="13900000071"
    )
    repair_id = await works.report("li")
    await works.do("dispatcher", repair_id, "accept")
    path = f"repairs/{repair_id}/assignment"
    for who in (other, await works.member("li"), await works.member("head")):
        reply = await works.post("dispatcher", path, person=who.person_id)
        assert (reply.status, reply.code) == (422, "repair_not_a_repairer")
    reply = await works.post("dispatcher", path, outside="水厂 123456")
    assert (reply.status, reply.code) == (403, "repair_not_outside")
    for step in ("take", "start"):
        reply = await works.post(other, f"repairs/{repair_id}/{step}")
        assert (reply.status, reply.code) == (404, "not_found")
    assert (await works.see("li", repair_id))["state"] == "accepted"


async def test_an_outsider_is_called_where_the_firm_has_nobody(works: Works) -> None:
    """With a contract and no people, the community has what is broken done by others."""
    repair_id = await works.report("li")
    await works.do("staff", repair_id, "accept")
    path, wish = f"repairs/{repair_id}/assignment", {"outside": "水电师傅老张"}
    reply = await works.post("staff", path, **wish)
    assert (reply.status, reply.code) == (403, "repair_not_outside")
    # Somebody who takes the money mends nothing.
    await works.world.db.appointments.update_many(
        {"firm": works.firm}, {"$set": {"role": Role.CASHIER}}
    )
    reply = await works.post("staff", path, **wish)
    assert reply.status == 200, reply.body
    assert reply.body["state"] == "assigned"
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    assert found["firm"] == works.firm
    assert found["outside_sealed"]


async def test_a_pause_has_an_end_within_thirty_days(works: Works) -> None:
    repair_id = await works.report("li")
    await works.hand_out(repair_id)
    for delta in ({"days": 31}, {"hours": -1}, {"hours": 0}):
        body = {"reason": "materials", "until": at(works, **delta)}
        reply = await works.post("repairer", f"repairs/{repair_id}/pause", **body)
        assert (reply.status, reply.code) == (422, "repair_bad_pause")


async def test_what_is_once_is_once(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.do("wang", repair_id, "join")
    assert (await works.see("li", repair_id))["joiners"] == 1
    reply = await works.post("li", f"repairs/{repair_id}/cancel", reason="好了")
    assert (reply.status, reply.code) == (409, "repair_others_joined")
    await works.do("li", repair_id, "urge")
    reply = await works.post("wang", f"repairs/{repair_id}/urge")
    assert (reply.status, reply.code) == (409, "repair_already_urged")
    await works.do("dispatcher", repair_id, "refuse", reason="不在范围")
    await works.do("li", repair_id, "appeal", reason="是公共部位")
    await works.do("staff", repair_id, "appeal-decision", accept=False, reason="看过了")
    reply = await works.post("li", f"repairs/{repair_id}/appeal", reason="还是要修")
    assert (reply.status, reply.code) == (409, "repair_appealed_before")


async def test_after_thirty_days_it_is_reported_anew(works: Works) -> None:
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.do("li", repair_id, "answer", fixed=True)
    await works.advance(days=30, seconds=1)
    reply = await works.post("li", f"repairs/{repair_id}/reopen", reason="又坏了")
    assert (reply.status, reply.code) == (409, "repair_reopened_too_late")


async def test_who_was_not_asked_does_not_answer(works: Works) -> None:
    repair_id = await works.report("li")
    reply = await works.post("li", f"repairs/{repair_id}/answer", fixed=True)
    assert (reply.status, reply.code) == (409, "case_not_asked")
    await works.repaired(repair_id)
    for who, status in (("wang", 403), ("head", 403), ("sun", 404)):
        reply = await works.post(who, f"repairs/{repair_id}/answer", fixed=True)
        assert reply.status == status
    assert (await works.see("li", repair_id))["state"] == "done"


async def test_a_scanned_code_is_one_in_use_around_what_is_reported(works: Works) -> None:
    world = works.world
    wish = {"kind": "lift", "label": "1号梯"}
    ids = [
        (await works.post("staff", f"places/{place}/codes", **wish)).body["code_id"]
        for place in (COMPOUND, UNIT, NEXT_UNIT)
    ]
    rows = [await world.db.place_codes.find_one({"_id": each}) for each in ids]
    tokens = [
        TOKEN.open(world.deps.vault, row["_id"], row["token_sealed"]) for row in rows if row
    ]
    repair_id = await works.report("li", code=tokens[1])
    found = await world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    assert (found["code"], found["way"]) == (ids[1], "scan")
    await works.report("li", code=tokens[0])
    await works.post("staff", f"place-codes/{ids[0]}/end")
    body = {"place": UNIT, "category": LIGHT, "text": "灯不亮"}
    for token in (tokens[0], tokens[2], "nothing"):
        reply = await works.post("li", "repairs", **body, code=token)
        assert (reply.status, reply.code) == (404, "place_code_unknown")
