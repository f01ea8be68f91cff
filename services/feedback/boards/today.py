"""Entries of feedback on the list of what a head has to do: what lies with their office.

Not what somebody else of the office has taken, nor what is theirs or about them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.feedback import store
from services.feedback.boards import actions
from services.feedback.filings.whereabouts import shown_place
from services.feedback.models import Feedback, FeedbackKind
from services.kernel.permissions import Actor, Permission
from services.kernel.today import MOST_COUNTED, Entry, Part, TodayKind
from services.kernel.waits import of_each

# What is to be done with each kind: praise asks for nothing but thanks.
DO: Final[Mapping[FeedbackKind, str]] = {
    FeedbackKind.COMPLAINT: "办理投诉",
    FeedbackKind.SUGGESTION: "办理建议",
    FeedbackKind.HELP_REQUEST: "办理求助",
    FeedbackKind.OBSERVATION: "处理监督意见",
    FeedbackKind.PRAISE: "回复表扬",
}
SOLVING: Final = ("takeFeedback", "solveFeedback", "handFeedbackOn")
THANKING: Final = ("takeFeedback", "thankForFeedback", "handFeedbackOn")


async def read(deps: Dependencies, actor: Actor, part: Part) -> list[Entry]:
    """Return what waits for the actor, in one query."""
    sight = actions.sight(deps, actor, [])
    found = await store.waiting(deps.db, sight, part)
    return [_entry(case) for case in found]


def _entry(case: Feedback) -> Entry:
    return Entry(
        key=case.id,
        place=shown_place(case),
        subject=case.id,
        title=f"{DO[case.kind]}{case.number}",
        due_at=case.due_at,
        operations=THANKING if case.kind is FeedbackKind.PRAISE else SOLVING,
    )


async def count(deps: Dependencies, actor: Actor, places: Sequence[str]) -> dict[str, int]:
    """Return place → how much is in hand there and below, without what it is about."""
    sight = actions.sight(deps, actor, [])

    async def one(place: str) -> int:
        return await store.count_under(deps.db, sight, place, limit=MOST_COUNTED)

    return await of_each(places, one)


TODAY: Final = (
    TodayKind(
        name="feedback.waiting",
        label="待办民情",
        weight=20,
        needs=Permission.HANDLE_FEEDBACK,
        read=read,
        count=count,
        operations=SOLVING,
    ),
)
