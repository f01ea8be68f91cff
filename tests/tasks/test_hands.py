"""Who has a part in hand: its head, whoever stands in or follows, or the office above."""

from datetime import UTC, datetime

from services.kernel.permissions import Actor
from services.kernel.today import Part
from services.sessions import actions as sessions
from services.tasks import jobs
from tests.build.cast import COMPOUND, LI_HOME, NEXT_UNIT, UNIT
from tests.build.homes import post
from tests.build.offices import GUAN, appointment_of, substitution
from tests.build.sign_ins import Member
from tests.build.tasks import Tasks

NEXT_DAY = datetime(2026, 3, 12, 16, tzinfo=UTC)


async def actor_of(tasks: Tasks, who: Member) -> Actor:
    return await sessions.authenticate(tasks.world.deps, who.token)


async def hand_on(tasks: Tasks) -> None:
    await jobs.hand_on(tasks.world.deps, {})


async def test_a_vacant_office_hands_on_to_the_next_one_and_back(tasks: Tasks) -> None:
    await tasks.appoint("grid_head")
    task = await tasks.give()
    office = await appointment_of(tasks.estate)
    staff = await tasks.member("staff")
    gone = await tasks.world.api.delete(f"/api/v1/appointments/{office}", as_=staff)
    assert gone.status < 300, gone.body
    part = await tasks.part(task, UNIT)
    assert (await tasks.get("head", "me/tasks")).status == 403
    assert (await tasks.get("head", f"task-parts/{part['part_id']}")).status == 403
    await hand_on(tasks)
    [found] = await tasks.items("grid_head", "me/tasks")
    assert (found["place"], found["rung"]) == (UNIT, "grid_head")
    assert len(await tasks.told("grid_head", "task_given")) == 1
    await tasks.appoint("building_head")
    await hand_on(tasks)
    assert await tasks.items("grid_head", "me/tasks") == []
    [found] = await tasks.items("building_head", "me/tasks")
    done = await tasks.answer("building_head", found["part_id"], LI_HOME)
    assert done.body["by"] == "building_head"


async def test_what_lies_with_staff_is_counted_for_no_head(tasks: Tasks) -> None:
    await tasks.give()
    deps, staff = tasks.world.deps, await tasks.member("staff")
    [kind] = [each for each in deps.features.today if each.name == "tasks.parts"]
    actor = await actor_of(tasks, staff)
    assert await kind.count(deps, actor, [UNIT]) == {UNIT: 1}
    office = await appointment_of(tasks.estate)
    gone = await tasks.world.api.delete(f"/api/v1/appointments/{office}", as_=staff)
    assert gone.status < 300, gone.body
    await hand_on(tasks)
    assert len(await tasks.items("staff", "me/tasks")) == 1
    assert await kind.count(deps, actor, [UNIT]) == {UNIT: 0}


async def test_a_substitute_has_it_in_hand_at_once(tasks: Tasks) -> None:
    await tasks.give()
    office, days = await appointment_of(tasks.estate), {"from_day": "2026-03-02"}
    reply = await post(
        tasks.estate, "staff", f"appointments/{office}/substitute", substitution(**days)
    )
    assert reply.status == 201, reply.body
    stand_in = await tasks.world.sign_in("guan", GUAN)
    [found] = await tasks.items(stand_in, "me/tasks")
    assert found["place"] == UNIT


async def test_the_part_of_a_higher_office_is_not_there_for_a_lower(tasks: Tasks) -> None:
    await tasks.appoint("building_head")
    await tasks.appoint("grid_head")
    task = await tasks.give(role="grid_head")
    [part] = await tasks.items("staff", f"tasks/{task}/parts")
    for who, status in (("grid_head", 200), ("building_head", 404), ("head", 404)):
        assert (await tasks.get(who, f"task-parts/{part['part_id']}")).status == status
        done = await tasks.post(who, f"task-parts/{part['part_id']}/finish", reason="试")
        assert done.status == status


async def test_only_the_homes_that_are_meant_are_in_a_part(tasks: Tasks) -> None:
    task = await tasks.give(places=[LI_HOME, NEXT_UNIT])
    homes = {
        each["place"]: each["homes"]
        for each in await tasks.items("staff", f"tasks/{task}/parts")
    }
    assert homes == {UNIT: 1, NEXT_UNIT: 2}


async def test_of_several_parts_one_message_and_one_warning(tasks: Tasks) -> None:
    await tasks.appoint("building_head")
    staff = await tasks.member("staff")
    for place in (UNIT, NEXT_UNIT):
        office = await appointment_of(tasks.estate, place=place)
        await tasks.world.api.delete(f"/api/v1/appointments/{office}", as_=staff)
    await tasks.give()
    assert len(await tasks.items("building_head", "me/tasks")) == 2
    assert len(await tasks.told("building_head", "task_given")) == 1
    await tasks.advance(days=9)
    await tasks.world.work()
    warned = ["燃气软管检查:快到期了,还没有做完。"]
    assert await tasks.told("building_head", "task_news") == warned
    await tasks.advance(days=3)
    await tasks.world.work()
    late = await tasks.told("building_head", "task_news")
    assert late == [*warned, "燃气软管检查:有单元或楼栋超时未完成。"]
    assert await tasks.told("staff", "task_news") == late[1:]


async def test_what_is_withdrawn_is_closed_and_told(tasks: Tasks) -> None:
    task = await tasks.give()
    assert (await tasks.post("staff", f"tasks/{task}/withdraw")).body["state"] == "withdrawn"
    await tasks.world.work()
    assert await tasks.items("head", "me/tasks") == []
    assert await tasks.told("head", "task_news") == ["燃气软管检查:已撤回,不用做了。"]
    part = (await tasks.part(task, UNIT))["part_id"]
    late = await tasks.answer("head", part, LI_HOME)
    assert (late.status, late.code) == (409, "task_part_moved_on")
    again = await tasks.post("staff", f"tasks/{task}/withdraw")
    assert (again.status, again.code) == (409, "task_moved_on")


async def test_a_worker_that_is_killed_makes_no_part_twice(tasks: Tasks) -> None:
    deps, db = tasks.world.deps, tasks.world.db
    task = await tasks.give()
    before = await db.task_parts.count_documents({"task": task})
    first = await db.task_parts.find_one({"task": task}, sort=[("place", 1)])
    assert first is not None
    # as a worker leaves it that was killed after the first place
    await db.task_parts.delete_many({"task": task, "place": {"$ne": first["place"]}})
    await db.task_homes.delete_many({"part": {"$ne": first["_id"]}})
    await db.case_events.delete_many({"kind": "task", "case": {"$ne": first["_id"]}})
    change = {"state": "spreading", "after": first["place"], "parts": 1, "homes": 2}
    await db.tasks.update_one({"_id": task}, {"$set": change})
    for _ in range(2):
        await jobs.spread(deps, {"task_id": task})
    assert await db.task_parts.count_documents({"task": task}) == before
    kept = await db.tasks.find_one({"_id": task})
    assert kept is not None
    assert (kept["state"], kept["parts"], kept["homes"]) == ("given", 2, 4)
    assert await db.task_homes.count_documents({"task": task}) == 4


async def test_today_has_what_is_in_hand_in_its_order(tasks: Tasks) -> None:
    deps = tasks.world.deps
    kind = next(each for each in deps.features.today if each.name == "tasks.parts")
    days = ["2026-03-12", "2026-03-05", "2026-03-12"]
    for day in days:
        await tasks.give(until=day)
    head = await actor_of(tasks, await tasks.member("head"))
    found = await kind.read(deps, head, Part(limit=10))
    assert [each.due_at for each in found] == sorted(each.due_at for each in found)
    assert [each.title for each in found] == ["燃气软管检查(还有2户)"] * 3
    first = found[0]
    behind = Part(after=(first.due_at or NEXT_DAY, first.key), limit=1)
    assert await kind.read(deps, head, behind) == [found[1]]
    early = Part(until=NEXT_DAY, limit=10)
    assert await kind.read(deps, head, early) == [first]
    without = Part(limit=10, without=[first.key])
    assert await kind.read(deps, head, without) == found[1:]
    staff = await actor_of(tasks, await tasks.member("staff"))
    assert await kind.count(deps, staff, [COMPOUND, UNIT]) == {COMPOUND: 6, UNIT: 3}
    assert await kind.read(deps, staff, Part(limit=10)) == []


async def test_a_grid_of_two_hundred_buildings_is_one_index_in_order(tasks: Tasks) -> None:
    """In the order of the index: the server merges what the offices have, and sorts nothing."""
    held = [f"grid_head|{COMPOUND}.b{number}" for number in range(200)]
    cursor = tasks.world.db.task_parts.find(
        {
            "held": {"$in": held},
            "state": "open",
            "$and": [{"sort_due": {"$gte": NEXT_DAY}}, {"_id": {"$nin": ["put off"]}}],
        }
    )
    plan = await cursor.hint("held").sort([("sort_due", 1), ("_id", 1)]).limit(50).explain()
    assert "'stage': 'SORT_MERGE'" in str(plan["queryPlanner"]["winningPlan"])
    assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])
