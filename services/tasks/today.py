"""Duties of heads by tasks and rounds: entries of the list of what a head has to do today."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from services.dependencies import Dependencies
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.tasks.parts import rungs
from services.tasks.parts import store as parts
from services.tasks.parts.models import TaskPart
from services.tasks.rounds import store as rounds
from services.tasks.rounds.models import Round

WEIGHT: Final = 25


async def _parts(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    found = await parts.due(deps.db, rungs.keys_of(actor), part)
    return [_entry(each, f"(还有{each.left}户)" if each.left else "") for each in found]


async def _rounds(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    found = await rounds.due(deps.db, rungs.keys_of(actor), part)
    return [_entry(each, "") for each in found]


def _entry(each: TaskPart | Round, more: str) -> Entry:
    return Entry(
        key=each.id,
        place=each.place,
        subject=each.id,
        title=each.title + more,
        due_at=each.due_at,
    )


async def _count_parts(
    deps: Dependencies, _actor: Actor, places: Sequence[str]
) -> dict[str, int]:
    return await of_each(places, partial(parts.count_open, deps.db))


async def _count_rounds(
    deps: Dependencies, _actor: Actor, places: Sequence[str]
) -> dict[str, int]:
    return await of_each(places, partial(rounds.count_open, deps.db))


TODAY: Final = (
    TodayKind(
        name="tasks.parts",
        label="任务",
        weight=WEIGHT,
        needs=Permission.DO_TASKS,
        read=_parts,
        count=_count_parts,
        operations=("answerTaskHome", "finishTaskPart"),
    ),
    TodayKind(
        name="tasks.rounds",
        label="巡查",
        weight=WEIGHT,
        needs=Permission.DO_TASKS,
        read=_rounds,
        count=_count_rounds,
        operations=("checkRoundItem", "finishRound"),
    ),
)
