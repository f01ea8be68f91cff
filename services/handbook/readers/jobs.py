"""Jobs of readers of the handbook: each night counts what was opened and what helped."""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.handbook import store
from services.handbook.models import Article
from services.handbook.readers import store as readers
from services.handbook.states import ArticleState
from services.jobs import actions as jobs
from services.kernel.days import Day, day_of, plus_days
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule

COUNT: Final = "handbook.count"
AT_ONCE: Final = 100


async def count(deps: Dependencies, _payload: Document) -> None:
    """Job: count the days that are over, once each, and weigh what is to be reviewed.

    A version keeps the last day that is in its figures, so a night that was missed is counted
    by the next one, and one that runs twice changes nothing.
    """
    after, last = "", plus_days(deps.today(), -1)
    while found := await store.counted(deps.db, after, limit=AT_ONCE):
        await _count(deps, found, last)
        after = found[-1].id


async def _count(deps: Dependencies, found: list[Article], last: Day) -> None:
    ids = [version.id for version in found]
    first = plus_days(min(version.counted_to for version in found), 1)
    opens = await readers.count_opens(deps.db, ids, first, last) if first <= last else {}
    said = await readers.count_verdicts(deps.db, ids)
    for version in found:
        new = sum(n for day, n in opens.get(version.id, {}).items() if day > version.counted_to)
        changes: Document = {
            "counted_to": max(last, version.counted_to),
            "helped": said.get((version.id, True), 0),
            "unhelped": said.get((version.id, False), 0),
            "weight": _weight(deps, version, version.uses + new),
            "is_counted": _goes_on(version, last),
        }
        await store.settle(deps.db, version, changes, uses=new)


def _weight(deps: Dependencies, version: Article, uses: int) -> int:
    """Return what it weighs that a version is looked at again: its age × its use."""
    if version.reviewed_at is None:
        return 0
    return (deps.now() - version.reviewed_at).days * (uses + 1)


def _goes_on(version: Article, last: Day) -> bool:
    """Tell whether another night has to count: of what is retired, none after its last day.

    A day more: who had it open a moment before is counted by that day.
    """
    if version.state is ArticleState.PUBLISHED or version.retired_at is None:
        return True
    return last <= day_of(version.retired_at)


JOBS: Final[dict[str, jobs.Handler]] = {COUNT: count}
LANES: Final = {COUNT: Lane.LONG}
# 00:40 Beijing time: the day before is over everywhere.
SCHEDULES: Final = (Schedule(COUNT, timedelta(days=1), timedelta(hours=16, minutes=40)),)
