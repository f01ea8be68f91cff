"""Call-backs: a sample that anybody can draw again, and what comes of the answers."""

from typing import Any, Final

import pytest

from mongo_indexes import repair_call_backs
from services.repairs.call_backs import draws, jobs
from tests.build.cast import COMPOUND, LI_HOME, UNIT
from tests.build.repairs import TAP, Works

IDS: Final = [f"repair{number}" for number in range(95)]


def test_a_tenth_is_drawn_whatever_the_order() -> None:
    one = draws.drawn(COMPOUND, "2026-03", IDS)
    assert len(one) == 10
    assert draws.drawn(COMPOUND, "2026-03", IDS[::-1]) == one
    assert draws.drawn(COMPOUND, "2026-04", IDS) != one
    assert one[0] == min(IDS, key=lambda each: draws.rank(COMPOUND, "2026-03", each))


@pytest.mark.parametrize(("count", "size"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10)])
def test_of_few_one_is_drawn(count: int, size: int) -> None:
    assert draws.size(count) == size


async def closed(works: Works, who: str = "li", **wish: Any) -> str:
    repair_id = await works.report(who, **wish)
    await works.repaired(repair_id)
    await works.do(who, repair_id, "answer", fixed=True)
    return repair_id


async def drawn(works: Works) -> list[Any]:
    """Let the next month begin and the draw be made; return it as it is kept."""
    await works.advance(days=31)
    await works.world.work()
    await jobs.draw(works.world.deps, {})
    return await works.world.db[repair_call_backs.COLLECTION].find().to_list()


async def listed(works: Works, who: str = "staff", place: str = COMPOUND) -> list[Any]:
    reply = await works.get(who, f"places/{place}/repair-call-backs")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def record(works: Works, who: str, call_back: Any, result: str, **more: str) -> Any:
    path = f"repair-call-backs/{call_back['call_back_id']}/result"
    return await works.post(who, path, result=result, **more)


async def test_a_month_is_drawn_once_and_the_same_again(works: Works) -> None:
    await works.report("li")  # not over
    repair_ids = [await closed(works), await closed(works)]
    first = await drawn(works)
    assert [(each["month"], each["of"]) for each in first] == [("2026-03", 2)]
    assert first[0]["repair"] == draws.drawn(COMPOUND, "2026-03", repair_ids)[0]
    kept = works.world.db[repair_call_backs.COLLECTION]
    await jobs.draw(works.world.deps, {})
    assert await kept.find().to_list() == first
    await kept.delete_many({})
    await jobs.draw(works.world.deps, {})
    assert await kept.find().to_list() == first


async def test_what_is_not_fixed_is_opened_again(works: Works) -> None:
    repair_id = await closed(works)
    await drawn(works)
    [seen] = await listed(works)
    assert (seen["repair_id"], seen["is_waiting"]) == (repair_id, True)
    missed = await record(works, "staff", seen, "not_reached")
    assert (missed.status, missed.body["tries"]) == (200, 1)
    told = len(await works.told("manager", "repair_work"))
    said = await record(works, "staff", seen, "not_fixed", note="又不亮了")
    assert (said.status, said.body["note"], said.body["tries"]) == (200, "又不亮了", 2)
    again = await record(works, "staff", seen, "fixed")
    assert (again.status, again.code) == (409, "repair_called_back")
    assert (await works.see("li", repair_id))["state"] == "accepted"
    assert len(await works.told("manager", "repair_work")) == told + 1


async def test_what_is_fixed_stays(works: Works) -> None:
    repair_id = await closed(works)
    await drawn(works)
    [seen] = await listed(works)
    assert (await record(works, "staff", seen, "fixed")).status == 200
    assert (await works.see("li", repair_id))["state"] == "confirmed"


async def test_heads_ask_about_what_all_share_only(works: Works) -> None:
    await closed(works, place=LI_HOME, category=TAP)
    await drawn(works)
    [seen] = await listed(works)
    assert await listed(works, "head", UNIT) == []
    assert (await record(works, "head", seen, "fixed")).status == 404
    assert (await record(works, "dispatcher", seen, "fixed")).status == 403


async def test_nobody_asks_about_their_own(works: Works) -> None:
    await closed(works)
    [kept] = await drawn(works)
    staff = await works.member("staff")
    own = {"$set": {"worker": staff.person_id}}
    await works.world.db[repair_call_backs.COLLECTION].update_one({"_id": kept["_id"]}, own)
    [seen] = await listed(works)
    assert (await record(works, "staff", seen, "fixed")).status == 403


async def test_what_nobody_asked_about_in_sixty_days_is_over(works: Works) -> None:
    repair_id = await closed(works)
    await drawn(works)  # on 2 April, of March
    await works.advance(days=58)
    await jobs.draw(works.world.deps, {})
    [seen] = await listed(works)
    assert (seen["is_waiting"], seen["result"]) == (True, None)
    await works.advance(days=1)
    await jobs.draw(works.world.deps, {})
    [seen] = await listed(works)
    assert (seen["is_waiting"], seen["result"], seen["tries"]) == (False, "not_reached", 0)
    late = await record(works, "staff", seen, "not_fixed")
    assert (late.status, late.code) == (409, "repair_call_back_ended")
    assert (await works.see("li", repair_id))["state"] == "confirmed"
    path = f"places/{COMPOUND}/repair-call-backs?is_waiting="
    assert (await works.get("staff", f"{path}true")).body["items"] == []
    assert len((await works.get("staff", f"{path}false")).body["items"]) == 1
