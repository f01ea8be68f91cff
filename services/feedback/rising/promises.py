"""Promises to count words: a job for each case that is filed, in its transaction.

Apart from the jobs themselves, which read cases: filing must not wait for places that many
others write to as well.
"""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.feedback.models import Feedback
from services.feedback.rising import texts
from services.jobs import actions as jobs

COUNT: Final = "feedback.count_words"


async def promise(deps: Dependencies, tx: Transaction, case: Feedback) -> None:
    """Promise to count the words of a case. The job holds its id and nothing of the text."""
    if texts.counts(case):
        await jobs.enqueue(deps, tx, COUNT, case.id, case_id=case.id)
