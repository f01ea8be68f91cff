"""Personal data of visits, and its erasure."""

from typing import Final

from mongo_indexes import visits
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding
from services.visits import jobs
from services.visits.cards import own as cards
from services.visits.models import MINUTES, VisitOutcome, VisitPurpose
from services.visits.promises import store as promises
from services.visits.states import VisitState

VISITS: Final = Holding(
    collection=visits.COLLECTION,
    fate=Fate.BLANKED,
    title="走访",
    person="people",
    # Not the minutes: they are the head's words, about the others of the home too.
    shows={
        "home": "房屋",
        "purpose": "目的",
        "outcome": "结果",
        "state": "状态",
        "day": "日期",
    },
    words={"purpose": VisitPurpose, "outcome": VisitOutcome, "state": VisitState},
    sealed={"minutes_sealed": MINUTES},
    law="走访是三长的履职记录:只保留某天到访过,去掉谈话内容和照片",
    staff=("planned_by", "made_by", "keeper"),
)
HOLDINGS: Final = (VISITS,)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Remove what household cards say of somebody, while it is known which homes were theirs.

    At once, and not as a step of what is cleared later: heads read it.
    """
    await cards.forget(deps, tx, person_id)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove what was noted when somebody's home was visited: that somebody was there stays.

    And what their household promised.
    """
    more = await promises.forget(deps.db, tx, person_id)
    return await jobs.blank(deps, tx, {"people": person_id}) or more
