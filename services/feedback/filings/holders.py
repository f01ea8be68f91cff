"""Holders of feedback, as whoever said it reads them: the office, and the name where shown."""

from collections.abc import Sequence
from typing import Final

from services.appointments import offices
from services.dependencies import Dependencies
from services.feedback import rungs
from services.feedback.models import Feedback
from services.feedback.states import FeedbackState
from services.heads import actions as heads
from services.kernel.paths import ancestors
from services.kernel.permissions import HEADS, Actor
from services.places import grids

SHOWN_IN: Final = frozenset({FeedbackState.TAKEN})


async def named(deps: Dependencies, actor: Actor, found: Sequence[Feedback]) -> dict[str, str]:
    """Return case → who has it now: a head as the page of the heads shows them to the actor.

    Of others the office alone: who works in the community or a firm is not on that page. Three
    queries at most, and none where nobody has taken anything.
    """
    labels = {case.id: case.rung.label for case in found}
    held = [case for case in found if case.holder and case.state in SHOWN_IN]
    held = [case for case in held if rungs.ROLES[case.rung] in HEADS]
    if not held:
        return labels
    around = {above for case in held for above in ancestors(case.place)}
    over = await grids.grids_over(deps, [case.place for case in held])
    acting = await offices.acting_at(deps, sorted({*around, *over}), HEADS)
    by_office = {(one.person, one.role): one for one in acting}
    for case in held:
        head = by_office.get((case.holder, rungs.ROLES[case.rung]))
        if head is not None:
            labels[case.id] = heads.title_of(deps, actor, head, case.place)
    return labels
