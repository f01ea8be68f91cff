"""Work of heads that visits about notices count: doors at which a notice was delivered."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel.work import Worked, WorkFigure, WorkMeasure, WorkUnit
from services.notices.visits import store


async def count(deps: Dependencies, worked: Worked) -> dict[str, int | None]:
    """Count what a head delivered in one query."""
    return {"notices_delivered": await store.count_delivered(deps.db, worked)}


WORK: Final = WorkMeasure(
    figures={
        "notices_delivered": WorkFigure(
            label="上门告知",
            unit=WorkUnit.TIMES,
            meaning="times that the head told somebody at a door of a notice, or left it there",
        )
    },
    count=count,
)
