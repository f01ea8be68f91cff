"""Work of heads that visits count: doors knocked at, and people met."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel.work import Worked, WorkFigure, WorkMeasure, WorkUnit
from services.visits import store
from services.visits.models import VisitOutcome


async def count(deps: Dependencies, worked: Worked) -> dict[str, int | None]:
    """Count the visits of a head in one query."""
    found = await store.made_by(deps.db, worked)
    met = found.get(VisitOutcome.MET, 0)
    return {"visits_made": sum(found.values()), "visits_met": met}


WORK: Final = WorkMeasure(
    figures={
        "visits_made": WorkFigure(
            label="走访",
            unit=WorkUnit.TIMES,
            meaning="visits that the head made, whatever came of them",
        ),
        "visits_met": WorkFigure(
            label="走访见到住户",
            unit=WorkUnit.TIMES,
            meaning="those of them at which somebody was met",
        ),
    },
    count=count,
)
