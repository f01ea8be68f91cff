"""Personal data of feedback, and its erasure."""

from typing import Final

from mongo_indexes import feedback
from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.feedback import store
from services.feedback.kind import FEEDBACK
from services.feedback.models import DEPARTMENT, HOME, NAME, TEXT, FeedbackKind
from services.feedback.states import FeedbackAction, FeedbackState
from services.kernel import steps
from services.kernel.permissions import Actor
from services.kernel.personal_data import Fate, Holding
from services.photos import actions as photos

FEEDBACKS: Final = Holding(
    collection=feedback.COLLECTION,
    fate=Fate.BLANKED,
    title="反映的民情",
    person="person",
    shows={
        "number": "编号",
        "place": "地点",
        "kind": "类别",
        "text_sealed": "填写的内容",
        "anonymous": "是否匿名",
        "state": "状态",
        "created_at": "时间",
    },
    words={"kind": FeedbackKind, "state": FeedbackState},
    sealed={
        "text_sealed": TEXT,
        "name_sealed": NAME,
        "home_sealed": HOME,
        "department_sealed": DEPARTMENT,
    },
    law="民情办理过程须可追溯:保留步骤和时间,去掉本人填写的内容",
    revealed=True,
    staff=("filed_by", "holder", "solved_by", "about_people"),
)
HOLDINGS: Final = (FEEDBACKS,)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Withdraw what a person said and is open: nobody could be told or asked any more.

    In their name and as they do it themselves: nobody shall see that the account was closed.
    """
    for found in await store.open_of(deps.db, tx, person_id):
        author, action = Actor(person_id, ""), FeedbackAction.WITHDRAW
        await cases.advance(deps, tx, author, FEEDBACK, found, action)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase what a person said, with what was attached to it."""
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    for case in found:
        if case.photo_ids:
            await photos.discard(deps, tx, case.photo_ids, subject=case.id)
    await store.blank(deps.db, tx, [case.id for case in found])
    return len(found) == steps.AT_ONCE
