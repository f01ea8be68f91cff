"""Work of heads that tasks count: parts that they reported, and how many of them in time."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.kernel.work import Worked, WorkFigure, WorkMeasure, WorkUnit
from services.tasks.parts import store
from services.tasks.parts.models import TaskPart

NOT_REPORTED: Final[Document] = {
    "reported_by": "",
    "reported_at": None,
    "reported_late": False,
}


def reported(deps: Dependencies, actor: Actor, part: TaskPart) -> Document:
    """Return what is written when somebody reports an open part: who, when, and if in time."""
    now = deps.now()
    is_late = part.due_at is not None and now >= part.due_at
    return {"reported_by": actor.person_id, "reported_at": now, "reported_late": is_late}


async def count(deps: Dependencies, worked: Worked) -> dict[str, int | None]:
    """Count the parts that a head reported, in one query."""
    late = await store.reported_by(deps.db, worked)
    return {"tasks_reported": len(late), "tasks_in_time": late.count(False)}


WORK: Final = WorkMeasure(
    figures={
        "tasks_reported": WorkFigure(
            label="完成任务",
            unit=WorkUnit.CASES,
            meaning="parts of tasks that the head reported as done in these days, and that the "
            "community did not return",
        ),
        "tasks_in_time": WorkFigure(
            label="按时完成任务",
            unit=WorkUnit.CASES,
            meaning="those of them that were reported by the end of their last day; one that "
            "was returned before, of the day that it had then",
        ),
    },
    count=count,
)
