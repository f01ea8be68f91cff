"""Work of heads that surveys count: answers on paper that they entered."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel.work import Worked, WorkFigure, WorkMeasure, WorkUnit
from services.surveys.answers import store


async def count(deps: Dependencies, worked: Worked) -> dict[str, int | None]:
    """Count the papers that a head entered in one query."""
    return {"survey_papers": await store.count_entered(deps.db, worked)}


WORK: Final = WorkMeasure(
    figures={
        "survey_papers": WorkFigure(
            label="录入纸质意见",
            unit=WorkUnit.PAPERS,
            meaning="answers to surveys on paper that the head entered, and that still count",
        )
    },
    count=count,
)
