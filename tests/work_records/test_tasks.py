"""Tasks in a head's work record: as a recount of each part's own history says."""

from typing import Any, Final

from services.kernel.days import day_of
from tests.build.cast import LI_HOME, NEXT_UNIT, SUN_HOME, UNIT, WANG_HOME
from tests.build.tasks import Tasks
from tests.work_records.conftest import Work

LATE, IN_TIME = "2026-03-03", "2026-03-20"
SAYS: Final = {"reason": "一户长期不在"}


async def reported(tasks: Tasks, who: str, place: str, until: str) -> str:
    """Return a part that somebody reported, with a reason for the homes that are left."""
    part = str((await tasks.part(await tasks.give(until=until), place))["part_id"])
    await finish(tasks, who, part)
    return part


async def finish(tasks: Tasks, who: str, part: str) -> None:
    reply = await tasks.post(who, f"task-parts/{part}/finish", **SAYS)
    assert reply.status == 200, reply.body


async def given_back(tasks: Tasks, part: str) -> None:
    reply = await tasks.post("staff", f"task-parts/{part}/return", reason="请补齐照片")
    assert reply.status == 200, reply.body


async def recount(work: Work, person: str, month: str) -> dict[str, int]:
    """Count what somebody reported, from the steps of each part and the answers in it."""
    db, counted, in_time = work.world.db, 0, 0
    async for part in db.task_parts.find():
        last: dict[str, Any] | None = None
        async for row in db.case_events.find({"case": part["_id"]}).sort("_id", 1):
            if row["action"] in {"finish", "complete"}:
                last = row
            if row["action"] == "return":
                last = None
        if last is None or not day_of(last["at"]).startswith(month):
            continue
        by = last["by"]
        if last["action"] == "complete":
            homes = db.task_homes.find({"part": part["_id"]}).sort("at", -1)
            by = (await homes.to_list())[0]["by"]
        if by == person:
            counted += 1
            in_time += day_of(last["at"]) <= part["until"]
    return {"tasks_reported": counted, "tasks_in_time": in_time}


async def test_tasks_are_counted_as_a_recount_does(work: Work) -> None:
    tasks = Tasks(work.voices.estate)
    late = str((await tasks.part(await tasks.give(until=LATE), UNIT))["part_id"])
    answered = str((await tasks.part(await tasks.give(until=IN_TIME), UNIT))["part_id"])
    for home in (LI_HOME, WANG_HOME):  # the last one reports it
        assert (await tasks.answer("head", answered, home)).status == 200
    await reported(tasks, "head", UNIT, IN_TIME)
    back = await reported(tasks, "head", UNIT, IN_TIME)
    await given_back(tasks, back)
    again = await reported(tasks, "head", UNIT, LATE)
    await given_back(tasks, again)
    building = await work.voices.member("building")
    of_next = str((await tasks.part(await tasks.give(until=IN_TIME), NEXT_UNIT))["part_id"])
    assert (await tasks.answer(building, of_next, SUN_HOME)).status == 200
    await work.voices.until("2026-03-05T10:00:00+08:00")
    for part in (late, again):
        await finish(tasks, "head", part)
    for who, told in (("head", (4, 2)), ("building", (1, 1)), ("grid", (0, 0))):
        person = (await work.voices.member(who)).person_id
        found = await work.figures(who)
        counted = {name: found[name] for name in ("tasks_reported", "tasks_in_time")}
        assert tuple(counted.values()) == told, who
        if told[0]:
            assert counted == await recount(work, person, "2026-03"), who
