"""Retention of whose an answer is: for some time after the survey was counted, or withdrawn.

So long whoever answered finds in their app what they said, and what a head entered is counted
in the work of the month; then only results are looked at. What these follow from stays: what
was chosen, with which relation, at which of the places that the results tell.
"""

from datetime import timedelta
from typing import Final

import msgspec

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import day_of, start_of
from services.kernel.documents import Document, random_id
from services.surveys import store as surveys
from services.surveys.answers import store
from services.surveys.answers.models import SurveyAnswer
from services.surveys.models import DEPTHS, Survey
from services.surveys.second_entries import store as entries
from services.surveys.states import SurveyState
from services.surveys.texts import store as texts

# The text that people agree to says so (services/consents/policies).
LINKED_FOR: Final = timedelta(days=90)
UNLINK: Final = "surveys.unlink"
AT_ONCE: Final = 200


async def promise(deps: Dependencies, tx: Transaction, survey_id: str) -> None:
    """Promise that the answers of a survey, which is over now, will name nobody."""
    due_at = deps.now() + LINKED_FOR
    await jobs.enqueue(deps, tx, UNLINK, survey_id, due_at=due_at, survey_id=survey_id)


async def unlink(deps: Dependencies, payload: Document) -> Again | None:
    """Job: take from answers whose they are, some at a time; harmless to repeat."""
    survey = await surveys.find(deps.db, payload["survey_id"])
    if survey is None or not _is_over(survey):
        return None

    async def save(tx: Transaction) -> bool:
        rows = await store.linked(deps.db, tx, survey.id, limit=AT_ONCE)
        await store.rename(deps.db, tx, {row.id: _bare(survey, row) for row in rows})
        await texts.unlink(deps.db, tx, [row.id for row in rows])
        more = await entries.unlink(deps.db, tx, survey.id)
        return more or len(rows) == AT_ONCE

    return Again(deps.now()) if await deps.in_transaction(save) else None


def _is_over(survey: Survey) -> bool:
    return survey.counted_at is not None or survey.state is SurveyState.WITHDRAWN


def _bare(survey: Survey, row: SurveyAnswer) -> SurveyAnswer:
    """Return a row of which nobody can tell whose it was, nor from its instant or its id.

    The audit says who answered when; so all rows have the day on which the survey was over.
    """
    over = survey.closed_at or survey.withdrawn_at or row.answered_at
    depth = max(DEPTHS[survey.finest], survey.place.count(".") + 1)
    return msgspec.structs.replace(
        row,
        id=random_id(),
        linked=False,
        answerer="",
        keys=[],
        person="",
        home="",
        place=".".join(row.place.split(".")[:depth]),
        entered_by="",
        answered_at=start_of(day_of(over)),
    )
