"""Lists of tasks and of their parts."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import task_homes, task_parts, tasks
from services.kernel.documents import to_document
from services.tasks.models import HeadRole, Task, TaskProof, TaskProofKind
from services.tasks.parts.models import NOTE, HomeAnswer, TaskHome, TaskPart
from services.tasks.parts.rungs import tokens
from services.tasks.parts.states import TaskPartState
from services.tasks.states import TaskState
from tests.build.cast import COMPOUND, OTHER_COMPOUND, UNIT, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

COUNT: Final = 7


def _task(estate: Estate, number: int) -> Task:
    states = [*TaskState]
    return Task(
        id=f"task{number}",
        place=COMPOUND if number % 3 else OTHER_COMPOUND,
        places=[COMPOUND],
        role=HeadRole.UNIT_HEAD,
        title="燃气检查",
        text=FORMULA,
        proof=TaskProof(kind=TaskProofKind.TICK),
        until="2026-03-12",
        state=states[number % 3],
        given_by="staff",
        given_at=estate.world.clock.now - timedelta(hours=number // 2),
    )


async def of_tasks(estate: Estate) -> Case:
    made = [_task(estate, number) for number in range(COUNT)]
    await estate.world.db[tasks.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/tasks",
        place="cc.chaoyang.guilin.xincheng",
        filters=[{"state": "given"}, {"place": COMPOUND}],
        orders={"": "-given_at,-task_id"},
        rows=COUNT,
        matches={"place": lambda item, place: item["place"].startswith(place)},
    )


def _part(estate: Estate, number: int) -> dict[str, Any]:
    place, states = f"{UNIT[:-1]}{number}", [*TaskPartState]
    state = states[number % 4]
    return to_document(
        TaskPart(
            id=f"part{number}",
            task="task1",
            place=place,
            role=HeadRole.UNIT_HEAD,
            rung=HeadRole.UNIT_HEAD.role,
            held=tokens(place, HeadRole.UNIT_HEAD.role),
            title="燃气检查",
            proof=TaskProof(kind=TaskProofKind.TICK),
            until="2026-03-12",
            state=state,
            filed_by="staff",
            created_at=estate.world.clock.now,
            steps=1,
            homes=number,
            overdue=state is TaskPartState.OPEN and number > 3,
        )
    )


async def of_task_parts(estate: Estate) -> Case:
    db = estate.world.db
    await db[tasks.COLLECTION].insert_one(to_document(_task(estate, 1)))
    await db[task_parts.COLLECTION].insert_many([_part(estate, number) for number in range(9)])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path="/api/v1/tasks/task1/parts",
        subject="task1",
        place=COMPOUND,
        filters=[{"state": "open"}, {"overdue": "true"}, {"place": f"{UNIT[:-1]}3"}],
        orders={"": "place,part_id"},
        rows=9,
        free_text=False,
    )


async def of_my_tasks(estate: Estate) -> Case:
    made = [_part(estate, number) for number in range(9)]
    for one in made:
        one |= {"state": "open", "held": [f"unit_head|{UNIT}"], "place": UNIT}
        one["sort_due"] = one["due_at"] = estate.world.clock.now + timedelta(
            days=len(one["_id"])
        )
    for one in made[6:]:
        one |= {"state": "accepted", "due_at": None, "created_at": made[0]["created_at"]}
    await estate.world.db[task_parts.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("head"),
        stranger=await estate.member("li"),
        path="/api/v1/me/tasks",
        place=UNIT,
        filters=[{"state": "accepted"}],
        unless={"state": lambda item: item["state"] == "open"},
        orders={"": "due_at,part_id"},
        rows=6,
        free_text=False,
    )


async def of_task_homes(estate: Estate) -> Case:
    db, vault = estate.world.db, estate.world.deps.vault
    await db[task_parts.COLLECTION].insert_one({**_part(estate, 2), "place": UNIT})
    rows = [
        TaskHome(
            id=f"home{number}",
            task="task1",
            part="part2",
            home=f"{UNIT}.{number}",
            answer=HomeAnswer.DONE if number % 2 else None,
            note_sealed=NOTE.seal(vault, f"home{number}", FORMULA) if number % 2 else "",
            at=estate.world.clock.now if number % 2 else None,
        )
        for number in range(6)
    ]
    await db[task_homes.COLLECTION].insert_many([to_document(row) for row in rows])
    return Case(
        who=await estate.member("head"),
        stranger=await estate.member("li"),
        path="/api/v1/task-parts/part2/homes",
        subject="part2",
        place=UNIT,
        filters=[{"answered": "true"}, {"answered": "false"}],
        orders={"": "home"},
        rows=6,
        matches={"answered": lambda item, said: (item["at"] is not None) is (said == "true")},
    )


MAKERS: Final[dict[str, Maker]] = {
    "tasks": of_tasks,
    "task_parts": of_task_parts,
    "my_tasks": of_my_tasks,
    "task_homes": of_task_homes,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
