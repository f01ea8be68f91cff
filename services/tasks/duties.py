"""Duties of heads by tasks: entries of the list of what a head has to do today."""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.tasks.parts import rungs, store
from services.tasks.parts.models import TaskPart

WEIGHT: Final = 25


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    found = await store.due(deps.db, rungs.keys_of(actor), part)
    return [
        Entry(
            key=each.id,
            place=each.place,
            subject=each.id,
            title=_title(each),
            due_at=each.due_at,
        )
        for each in found
    ]


def _title(part: TaskPart) -> str:
    return f"{part.title}(还有{part.left}户)" if part.left else part.title


async def _count(deps: Dependencies, _actor: Actor, places: Sequence[str]) -> dict[str, int]:
    return {place: await store.count_open(deps.db, place) for place in places}


TASKS: Final = TodayKind(
    name="tasks.parts",
    label="任务",
    weight=WEIGHT,
    needs=Permission.DO_TASKS,
    read=_read,
    count=_count,
    operations=("answerTaskHome", "finishTaskPart"),
)
