"""Work of heads that feedback counts: cases they handled, and cases they solved."""

from typing import Final

from services.cases import history
from services.dependencies import Dependencies
from services.feedback import store
from services.feedback.kind import FEEDBACK
from services.feedback.states import FeedbackAction
from services.kernel.work import Worked, WorkFigure, WorkMeasure, WorkUnit

A = FeedbackAction
HANDLED: Final = frozenset(
    {
        *(A.TAKE, A.SOLVE, A.SETTLE, A.THANK, A.ASK, A.HAND_ON, A.HAND_BACK),
        *(A.TO_FIRM, A.TO_DEPARTMENT, A.BACK),
    }
)


async def count(deps: Dependencies, worked: Worked) -> dict[str, int | None]:
    """Count cases in three queries: of the head's steps, those at the place, those solved."""
    cases = await history.cases_of(deps, FEEDBACK, worked.person, HANDLED, worked.span)
    return {
        "feedback_handled": await store.count_among(deps.db, cases, worked),
        "feedback_solved": await store.count_solved(deps.db, worked),
    }


WORK: Final = WorkMeasure(
    figures={
        "feedback_handled": WorkFigure(
            label="办理民情",
            unit=WorkUnit.CASES,
            meaning="cases of feedback that the head took, solved, thanked for, asked about, "
            "or handed on, back or out",
        ),
        "feedback_solved": WorkFigure(
            label="解决民情",
            unit=WorkUnit.CASES,
            meaning="cases that the head solved, and whoever said it confirmed in these days",
        ),
    },
    count=count,
)
