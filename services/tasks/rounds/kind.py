"""Rounds as a kind of case: as the parts of tasks, but they lapse when nobody makes them."""

from typing import Final

import msgspec

from mongo_indexes.rounds import COLLECTION
from services.cases.kinds import Kind
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.tasks.parts import rungs
from services.tasks.parts.kind import LADDER
from services.tasks.parts.spans import FINISH
from services.tasks.retention import KEPT_FOR
from services.tasks.rounds import notify, states
from services.tasks.rounds.models import Round
from services.tasks.rounds.states import TABLE, RoundAction, RoundState

MISSING: Final = "没有找到这次巡查"


async def _hands(deps: Dependencies, made: Round) -> set[str]:
    found = await rungs.hands_of(deps, [(made.place, made.role)])
    return set(found[made.place, made.role].people)


def barred(actor: Actor, made: Round) -> Exception | None:
    """Return why somebody takes no step: the round of a higher office is not there."""
    if rungs.reaches(actor, made.place, made.role):
        return None
    return errors.NotFound(MISSING)


def _without_photos(made: Round) -> Document:
    bare = [msgspec.structs.replace(check, photo_ids=[]) for check in made.checks]
    return {"checks": bare}


ROUND: Final = Kind(
    name="task_round",
    label="巡查",
    begins="下达",
    collection=COLLECTION,
    model=Round,
    table=TABLE,
    missing=MISSING,
    moved_on=lambda made: states.moved_on(made.state),
    barred=barred,
    own=lambda _made: [],
    hands=_hands,
    goals={RoundState.OPEN: FINISH},
    ladder=LADDER,
    offers=lambda made, action: not (made.left and action is RoundAction.FINISH),
    photos_kept_for=KEPT_FOR,
    without_photos=_without_photos,
    tell=notify.tell,
)
