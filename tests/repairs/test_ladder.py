"""Ladder of an overdue repair: who is told of it, each once, whatever happens to the worker."""

import pytest

from services.cases import jobs as case_jobs
from services.cases import store as cases_store
from services.kernel.permissions import Role
from services.messaging import store as messages_store
from tests.build.cast import COMPOUND, Estate, appoint
from tests.build.deaths import Killed, deadly
from tests.build.repairs import SUBDISTRICT, Works
from tests.build.sign_ins import Member

LATE = "repair_late"
RUNGS = ["物业调度", "物业经理", "社区", "街道"]


@pytest.fixture
async def works(works: Works) -> Works:
    """A subdistrict that is above them all, too."""
    phone, role, place = SUBDISTRICT
    await appoint(works.world.deps, role, place, phone)
    await works.world.sign_in("subdistrict", phone)
    return works


async def subdistrict(works: Works) -> Member:
    return await works.world.sign_in("subdistrict", SUBDISTRICT[0])


async def late(works: Works) -> dict[str, int]:
    """Return how many messages about what is late each rung has, and the repairer."""
    people = {name: name for name in ("repairer", "dispatcher", "manager", "staff")}
    counts = {name: len(await works.told(name, LATE)) for name in people}
    return counts | {"subdistrict": len(await works.told(await subdistrict(works), LATE))}


async def on_hand(works: Works) -> str:
    """Return a repair of danger in a repairer's hands: due in 24 hours, day and night."""
    repair_id = await works.report("li", danger="danger")
    await works.hand_out(repair_id)
    return repair_id


async def urged(works: Works) -> int:
    return sum("催办" in text for text in await works.told("repairer", "repair_work"))


async def pass_hours(works: Works, hours: float) -> dict[str, int]:
    await works.advance(hours=hours)
    await works.world.work()
    return await late(works)


async def climbed(works: Works, repair_id: str, who: str = "dispatcher") -> list[str]:
    rows = await works.history(who, repair_id)
    return [str(row["rung"]) for row in rows if row["action"] == "climbed"]


async def test_it_climbs_the_whole_ladder_and_tells_each_once(works: Works) -> None:
    repair_id = await on_hand(works)
    nobody = dict.fromkeys(await late(works), 0)
    assert await pass_hours(works, 17.9) == nobody
    warned = nobody | {"repairer": 1}
    assert await pass_hours(works, 0.1) == warned
    assert not (await works.see("li", repair_id))["overdue"]
    assert await pass_hours(works, 6) == warned | {"dispatcher": 1}
    assert (await works.see("li", repair_id))["overdue"]
    assert await pass_hours(works, 6) == warned | {"dispatcher": 1, "manager": 1}
    three = warned | {"dispatcher": 1, "manager": 1, "staff": 1}
    assert await pass_hours(works, 6) == three
    assert await pass_hours(works, 11.9) == three
    everybody = dict.fromkeys(nobody, 1)
    assert await pass_hours(works, 0.1) == everybody
    assert await pass_hours(works, 24 * 40) == everybody
    assert await climbed(works, repair_id) == RUNGS
    rows = await works.history("li", repair_id)
    assert [r["action"] for r in rows if r["who"] == "clock"] == [
        "warned",
        "overdue",
        *["climbed"] * 4,
    ]


async def test_a_worker_that_was_down_for_a_month_tells_each_once(works: Works) -> None:
    repair_id = await on_hand(works)
    told = {"repairer": 0, "dispatcher": 1, "manager": 1, "staff": 1, "subdistrict": 1}
    assert await pass_hours(works, 24 * 31) == told
    assert await pass_hours(works, 1) == told
    assert await climbed(works, repair_id) == RUNGS


async def test_a_deadline_that_is_looked_after_twice_tells_nobody_twice(works: Works) -> None:
    repair_id = await on_hand(works)
    payload = {"name": "repair", "case_id": repair_id, "goal": "completion"}
    told = await pass_hours(works, 30)
    for _ in range(2):
        await case_jobs.look_after(works.world.deps, payload)
    await works.world.work()
    assert await late(works) == told
    assert await climbed(works, repair_id) == RUNGS[:2]


@pytest.mark.parametrize(
    ("write", "death"),
    [((messages_store, "insert"), "after"), ((cases_store, "record"), "before")],
    ids=["told", "noted"],
)
async def test_a_worker_killed_between_tells_nobody_twice(
    works: Works, monkeypatch: pytest.MonkeyPatch, write: tuple[object, str], death: str
) -> None:
    repair_id = await on_hand(works)
    await works.advance(hours=30)
    with monkeypatch.context() as dying:
        deadly(dying, iter([death]), [write])
        with pytest.raises(Killed):
            await works.world.work()
    told = await pass_hours(works, 0.1)  # the lease of the dead is over
    assert told == dict.fromkeys(told, 0) | {"dispatcher": 1, "manager": 1}
    assert await climbed(works, repair_id) == RUNGS[:2]


async def test_a_rung_without_anybody_is_gone_past_at_once(works: Works) -> None:
    repair_id = await on_hand(works)
    dispatcher = (await works.member("dispatcher")).person_id
    await works.world.db.appointments.delete_many({"person": dispatcher})
    told = await pass_hours(works, 24)
    assert (told["dispatcher"], told["manager"], told["staff"]) == (0, 1, 0)
    assert await climbed(works, repair_id, "manager") == RUNGS[:2]


async def test_who_stands_on_two_rungs_is_told_once(works: Works) -> None:
    manager = await works.member("manager")
    firm = {"firm_id": works.firm}
    await appoint(works.world.deps, Role.DISPATCHER, COMPOUND, manager.phone, **firm)
    repair_id = await on_hand(works)
    told = await pass_hours(works, 24)
    assert (told["dispatcher"], told["manager"]) == (1, 1)
    told = await pass_hours(works, 6)
    assert (told["dispatcher"], told["manager"]) == (1, 1)
    assert await climbed(works, repair_id) == RUNGS[:2]


async def test_without_a_firm_the_community_is_told_first(estate: Estate) -> None:
    works = Works(estate, "")
    await estate.member("staff")
    repair_id = await works.report("li", danger="danger")
    assert len(await works.told("staff", "repair_danger")) == 1
    await works.advance(minutes=22)
    await works.world.work()
    assert len(await works.told("staff", LATE)) == 1  # it is due in eight minutes
    await works.advance(minutes=8)
    await works.world.work()
    assert len(await works.told("staff", LATE)) == 2
    assert await climbed(works, repair_id, "staff") == RUNGS[:3]


async def test_what_was_not_fixed_climbs_anew(works: Works) -> None:
    repair_id = await works.report("li", danger="danger")
    await works.hand_out(repair_id)
    first = await pass_hours(works, 24)
    assert first["dispatcher"] == 1
    await works.do("repairer", repair_id, "start")
    await works.do("repairer", repair_id, "finish", summary="换了灯泡")
    await works.do("li", repair_id, "answer", fixed=False)
    assert (await pass_hours(works, 23.9))["dispatcher"] == 1
    assert (await pass_hours(works, 0.1))["dispatcher"] == 2


async def test_an_appeal_that_nobody_decides_climbs_to_the_subdistrict(works: Works) -> None:
    """Monday noon: three working days are over on Thursday at 11:30, and half of that more."""
    repair_id = await works.report("li")
    await works.do("dispatcher", repair_id, "refuse", reason="不在维修范围内")
    await works.do("li", repair_id, "appeal", reason="是公共的灯")
    seen = await works.see("li", repair_id)
    assert (seen["state"], seen["due_at"]) == ("appealed", "2026-03-05T03:30:00Z")
    told = await pass_hours(works, 71)
    assert told == dict.fromkeys(told, 0) | {"staff": 1}  # it is due soon
    told = await pass_hours(works, 1)
    assert told == dict.fromkeys(told, 0) | {"staff": 2}
    told = await pass_hours(works, 24 * 4)
    assert told == dict.fromkeys(told, 0) | {"staff": 2, "subdistrict": 1}
    rows = await works.history("li", repair_id)
    assert [row["rung"] for row in rows if row["rung"]] == ["社区", "街道"]
    await works.do("staff", repair_id, "appeal-decision", accept=False, reason="是自家的灯")
    seen = await works.see("li", repair_id)
    assert (seen["state"], seen["due_at"], seen["overdue"]) == ("refused", None, False)


async def test_hurry_up_is_seen_in_the_list_and_told_once_a_day(works: Works) -> None:
    repair_id = await works.report("li")
    await works.do("wang", repair_id, "join")
    await works.hand_out(repair_id)
    seen = await works.do("wang", repair_id, "urge")
    assert seen["urged"] == 1
    assert await urged(works) == 1
    again = await works.post("li", f"repairs/{repair_id}/urge")
    assert (again.status, again.code) == (409, "repair_already_urged")
    await works.advance(days=1)
    assert (await works.do("li", repair_id, "urge"))["urged"] == 2
    assert (await works.see("repairer", repair_id))["urged"] == 2
    assert await urged(works) == 2
