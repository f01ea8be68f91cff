"""Jobs of surveys: closed at the end, drawn for second entries, counted once, told in parts."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from services.audiences import actions as audiences
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document, digest_id
from services.kernel.errors import Conflict
from services.kernel.features import Lane
from services.kernel.permissions import Actor
from services.messaging.broadcasts.models import Part, Source
from services.surveys import actions, notify, openings, store
from services.surveys.answers import retention
from services.surveys.answers import store as answers
from services.surveys.models import Survey
from services.surveys.results import counts
from services.surveys.results import store as results
from services.surveys.second_entries import actions as second_entries
from services.surveys.second_entries import draws
from services.surveys.second_entries import store as entries
from services.surveys.second_entries.models import SecondEntry
from services.surveys.states import SurveyAction, SurveyState

T = TypeVar("T")
CLOCK: Final = Actor("system", "")  # who the audit names when nobody did it
AT_ONCE: Final = 1_000  # rows of one write, or papers of one read


async def close(deps: Dependencies, payload: Document) -> None:
    """Job: close a survey at its end. That of an end that was moved since does nothing."""
    found = await store.find(deps.db, payload["survey_id"])
    if found is None or found.closes_at > deps.now():
        return
    try:
        await openings.finish(deps, CLOCK, found)
    except Conflict:  # closed or withdrawn a moment ago, or extended: that end has its own job
        return


async def settle(deps: Dependencies, payload: Document) -> None:
    """Job: draw which paper answers are entered again, and count when there are none."""
    found = await store.find(deps.db, payload["survey_id"])
    if found is None or not _is_to_settle(found):
        return
    drawn = await _drawn(deps, found)
    for some in _some(drawn):
        await entries.put(deps.db, some)
    # The job that withdraws second entries may have come before these: read after they are
    # written, the survey is either closed still, or they are withdrawn here.
    now = await store.find(deps.db, found.id)
    if now is None or not _is_to_settle(now):
        await entries.withdraw(deps.db, found.id)
        return
    if drawn:
        await notify.entries_due(deps, found, len(drawn))
    await count(deps, payload)


def _is_to_settle(survey: Survey) -> bool:
    return survey.state is SurveyState.CLOSED and survey.counted_at is None


async def _drawn(deps: Dependencies, survey: Survey) -> list[SecondEntry]:
    """Return the second entries of a survey that is closed: the same however often drawn."""
    papers: dict[str, tuple[str, str]] = {}
    after = ""
    while rows := await answers.papers(deps.db, survey.id, after, AT_ONCE):
        papers |= {row.id: (row.home, row.entered_by) for row in rows}
        after = rows[-1].id
    return [
        SecondEntry(
            id=digest_id("survey_second_entry", each),
            survey=survey.id,
            answer=each,
            home=papers[each][0],
            first_by=papers[each][1],
            rank=draws.rank(survey.id, each),
            of=len(papers),
        )
        for each in draws.drawn(survey.id, [*papers])
    ]


async def count(deps: Dependencies, payload: Document) -> None:
    """Job: count a survey, once nothing is left to settle.

    Nothing of it changes any more by then, so a process that dies in between leaves rows that
    are written again as they were.
    """
    found = await store.find(deps.db, payload["survey_id"])
    if found is None or not _is_to_settle(found):
        return
    if await second_entries.count_open(deps, found.id):
        return
    leaves = await counts.by_leaf(deps, found)
    repeated = await counts.several(deps, found)
    for some in _some(counts.results(found, leaves, repeated)):
        await results.put(deps.db, some)

    async def save(tx: Transaction) -> None:
        await actions.move(deps, tx, found, SurveyAction.COUNT, counted_at=deps.now())
        await retention.promise(deps, tx, found.id)

    try:
        await deps.in_transaction(save)
    except Conflict:  # counted by another worker, or withdrawn, a moment ago
        return


def _some(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield rows, so many at once."""
    left = iter(rows)
    while some := [*islice(left, AT_ONCE)]:
        yield some


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next people of an audience; none of a survey that is not open any more."""
    return await _part(deps, key, SurveyState.OPEN, after, limit)


async def results_part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next people who are told of results; none of a survey that was withdrawn."""
    return await _part(deps, key, SurveyState.PUBLISHED, after, limit)


async def _part(
    deps: Dependencies, key: str, state: SurveyState, after: str, limit: int
) -> Part:
    found = await store.find(deps.db, key)
    if found is None or found.state is not state:
        return Part([], None)
    return await audiences.part(deps, found.audience, after, limit)


JOBS: Final[dict[str, jobs.Handler]] = {
    openings.CLOSE: close,
    openings.SETTLE: settle,
    second_entries.COUNT: count,
    second_entries.WITHDRAW: second_entries.withdraw,
    retention.UNLINK: retention.unlink,
}
LANES: Final = {
    openings.SETTLE: Lane.LONG,
    second_entries.COUNT: Lane.LONG,
    retention.UNLINK: Lane.LONG,
}
BROADCASTS: Final = {
    notify.SOURCE: Source(part=part),
    notify.RESULTS: Source(part=results_part),
}
