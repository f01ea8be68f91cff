"""Rows about tasks: given by the community, done by the heads of the places."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import task_homes, task_parts, tasks
from services.cases.models import Clock
from services.kernel.days import day_of
from services.kernel.permissions import Permission
from services.tasks.models import HeadRole, Task, TaskProof, TaskProofKind
from services.tasks.parts.models import TaskHome, TaskPart
from services.tasks.parts.rungs import tokens
from services.tasks.parts.states import TaskPartState
from services.tasks.states import TaskState
from services.working_time.models import Pace
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOMES, UNIT, UNITS, lies_in
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

ROLE: Final = HeadRole.UNIT_HEAD
TICK: Final = TaskProof(kind=TaskProofKind.TICK)


async def task(scene: Scene) -> str:
    now = scene.town.world.deps.now()
    made = Task(
        id=scene.town.new_id(),
        place=scene.place,
        places=[scene.place],
        role=ROLE,
        title="检查",
        text="逐户看",
        proof=TICK,
        until=day_of(now),
        state=TaskState.GIVEN,
        given_by="test",
        given_at=now,
    )
    return await scene.town.insert(tasks.COLLECTION, made)


def part(state: TaskPartState = TaskPartState.OPEN) -> Maker:
    """Return a maker of a part in a state, with one home of the unit."""

    async def make(scene: Scene) -> str:
        now, part_id = scene.town.world.deps.now(), scene.town.new_id()
        due = now + timedelta(days=1)
        clock = Clock(
            total=1440, pace=Pace.CONTINUOUS, left=1440, running_since=now, due_at=due
        )
        made = TaskPart(
            id=part_id,
            task=await task(scene),
            place=scene.place,
            role=ROLE,
            rung=ROLE.role,
            held=tokens(scene.place, ROLE.role),
            title="检查",
            proof=TICK,
            until=day_of(due),
            state=state,
            filed_by="test",
            created_at=now,
            entered_at=now,
            steps=1,
            homes=1,
            clocks={"finish": clock},
            due_at=due,
            sort_due=due,
        )
        row = TaskHome(
            id=scene.town.new_id(), task=made.task, part=part_id, home=home_in(scene)
        )
        await scene.town.insert(task_homes.COLLECTION, row)
        return await scene.town.insert(task_parts.COLLECTION, made)

    return make


def home_in(scene: Scene) -> str:
    return next(home for home in HOMES if lies_in(home, scene.place))


def new(scene: Scene, _: Any) -> dict[str, Any]:
    return {
        "title": "检查",
        "text": "逐户看",
        "places": [scene.place],
        "role": "unit_head",
        "until": day_of(scene.town.world.deps.now()),
        "proof": {"kind": "tick"},
    }


def answer(scene: Scene, _: Any) -> dict[str, Any]:
    return {"home": home_in(scene), "answer": "nobody_there"}


ONE: Final = "/api/v1/task-parts/{part_id}"
WHY: Final = {"reason": "家中长期无人"}
REPORTED: Final = TaskPartState.REPORTED
FURNITURE: Final[Furniture] = ((task, COMPOUNDS), (part(), UNITS))
ROWS = (
    Row("post", "/api/v1/tasks", at(COMPOUND, UNIT), body=new),
    Row("get", "/api/v1/tasks", somewhere()),
    Row("get", "/api/v1/tasks/{task_id}", at(COMPOUND, UNIT), makes=task),
    Row("post", "/api/v1/tasks/{task_id}/withdraw", at(COMPOUND), makes=task),
    Row("get", "/api/v1/tasks/{task_id}/parts", at(COMPOUND), makes=task, bare="no parts"),
    Row("get", "/api/v1/tasks/{task_id}/progress", at(COMPOUND), makes=task, bare="no parts"),
    Row("get", "/api/v1/me/tasks", somewhere()),
    Row("get", ONE, at(UNIT), makes=part()),
    Row("get", f"{ONE}/homes", at(UNIT), makes=part()),
    Row(
        "get",
        f"{ONE}/history",
        at(UNIT, permission=Permission.DO_TASKS),
        makes=part(),
        bare="steps",
    ),
    Row("post", f"{ONE}/answers", at(UNIT), makes=part(), body=answer),
    Row("post", f"{ONE}/finish", at(UNIT), makes=part(), body=WHY),
    Row("post", f"{ONE}/accept", at(UNIT), makes=part(REPORTED)),
    Row("post", f"{ONE}/return", at(UNIT), makes=part(REPORTED), body=WHY),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
