"""Answers of staff: once for all that ask the same, to them alone or to all readers."""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.notices import publications
from services.notices.contents import checks
from services.notices.notify import quiet_of
from services.notices.questions import groups, notify, store
from services.notices.questions.models import (
    ANSWER,
    PUBLISHED,
    AnswerQuestion,
    NoticeQuestion,
    QuestionRow,
)
from services.notices.questions.states import TABLE, QuestionAction, moved_on
from services.notices.rules import actions as rules


class NotPublished(errors.InvalidInput):
    """A question is worded anew only where it is published."""

    code = "notice_question_not_published"


async def give(
    deps: Dependencies, actor: Actor, notice_id: str, question_id: str, wish: AnswerQuestion
) -> QuestionRow:
    """Answer a question and all that ask the same, once; a broadcast tells who asked.

    Raises NotFound, QuestionMovedOn, HtmlRefused, NotPublished.
    """
    notice = await publications.access(deps, actor, notice_id)
    if wish.question is not None and not wish.public:
        raise NotPublished("只有公开答复才能改写提问")
    checks.check_html(wish.answer, wish.question or "")
    action = QuestionAction.PUBLISH if wish.public else QuestionAction.ANSWER
    quiet = quiet_of(await rules.of(deps, notice.places))

    async def save(tx: Transaction) -> None:
        question = await groups.access(deps, tx, actor, notice.id, question_id)
        group = await groups.held(deps, tx, question)
        kept = _kept(deps, actor, question, wish)
        if not await store.answer(deps.db, tx, group.id, action, kept):
            raise moved_on(group.state)
        await broadcasts.start(deps, tx, notify.answered(notice, group.id, quiet))
        act, place, asked = TABLE.act(action), notice.place, group.asked
        await audit.record(deps, tx, actor, act, place=place, subject=question.id, asked=asked)

    await deps.in_transaction(save)
    return await groups.row(deps, question_id)


def _kept(
    deps: Dependencies, actor: Actor, question: NoticeQuestion, wish: AnswerQuestion
) -> Document:
    """Return what is kept of an answer. A resident's own words stay with the question."""
    group = question.group
    return {
        "answer_sealed": ANSWER.seal(deps.vault, group, wish.answer),
        "question_sealed": PUBLISHED.seal(deps.vault, group, wish.question)
        if wish.question
        else "",
        "worded_by": question.id if wish.public and not wish.question else "",
        "answered_by": actor.person_id,
        "answered_at": deps.now(),
    }
