"""Actions of readers: they ask below a notice, and see what became of it.

No comments between neighbours: what somebody asked is seen by them and by those who work on the
notice, and by nobody else before staff publish it with an answer.
"""

from typing import Any, Final

from services.audit import actions as audit
from services.content_checks import actions as content_checks
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor
from services.notices import store as notices
from services.notices.models import Notice
from services.notices.questions import store, views
from services.notices.questions.models import (
    MOST_OF_ONE,
    QUESTION,
    AskQuestion,
    MyQuestion,
    NoticeQuestion,
    NoticeQuestions,
    QuestionGroup,
)
from services.notices.questions.states import QuestionState
from services.notices.readings import actions as readings
from services.notices.states import NoticeState

KIND: Final = "notice_question"  # of what is checked: Feature.checked


class TakesNoQuestions(errors.Conflict):
    """The notice was withdrawn: nothing is asked below it any more."""

    code = "notice_takes_no_questions"


class TooManyQuestions(errors.Conflict):
    """Somebody asked as much below one notice as one may; `most` in details."""

    code = "too_many_notice_questions"
    details_type = errors.Most


async def ask(
    deps: Dependencies, actor: Actor, notice_id: str, wish: AskQuestion
) -> MyQuestion:
    """Ask below a notice that the actor may read; the same again is the same question.

    Raises NotFound, TakesNoQuestions, TooManyQuestions.
    """
    found = await readings.access(deps, actor, notice_id)
    if found.state is not NoticeState.PUBLISHED:
        raise TakesNoQuestions("这条通知已经撤回,不能再提问")

    async def save(tx: Transaction) -> NoticeQuestion:
        asked = await store.of_author(deps.db, actor.person_id, found.id, tx=tx)
        before = _same(deps, asked, wish.question)
        made = before or await _write(deps, tx, actor, found, asked, wish.question)
        facts: dict[str, Any] = {"again": True} if before else {}
        act, place = Act.NOTICE_QUESTION_ASKED, found.place
        await audit.record(deps, tx, actor, act, place=place, subject=made.id, **facts)
        return made

    [shown] = await views.mine(deps, [await deps.in_transaction(save)])
    return shown


def _same(deps: Dependencies, asked: list[NoticeQuestion], text: str) -> NoticeQuestion | None:
    """Return what was asked in the same words before; what was refused may be asked again."""
    for each in asked:
        if each.state is not QuestionState.REFUSED and views.text_of(deps, each) == text:
            return each
    return None


async def _write(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    notice: Notice,
    asked: list[NoticeQuestion],
    text: str,
) -> NoticeQuestion:
    if len(asked) >= MOST_OF_ONE:
        message = f"在一条通知下最多提 {MOST_OF_ONE} 个问题,请直接联系社区"
        raise TooManyQuestions(message, most=MOST_OF_ONE)
    question_id = deps.new_id()
    made = NoticeQuestion(
        id=question_id,
        notice=notice.id,
        author=actor.person_id,
        number=len(asked) + 1,
        text_sealed=QUESTION.seal(deps.vault, question_id, text),
        asked_at=deps.now(),
    )
    await store.insert(deps.db, tx, made)
    await content_checks.submit(
        deps,
        tx,
        author=made.author,
        subject=f"{KIND}:{made.id}",
        place=notice.place,
        text=text,
    )
    return made


async def below(
    deps: Dependencies, actor: Actor, notice_id: str, query: ListQuery
) -> NoticeQuestions:
    """Return the questions below a notice: the actor's own, and those published.

    Who asked sees their own also after the notice was withdrawn, or after they moved out; the
    others of it they see while they may read it. Raises NotFound.
    """
    own = await store.of_author(deps.db, actor.person_id, notice_id)
    notice = next(iter(await notices.find_short(deps.db, [notice_id])), None)
    reads = notice is not None and await readings.may_read(deps, actor, notice)
    found = accessible(
        actor,
        notice,
        people=lambda _: [actor.person_id] if own or reads else [],
        missing=readings.MISSING,
    )
    page: Page[QuestionGroup] = Page([])
    if reads and found.state is NoticeState.PUBLISHED:
        page = await store.published(deps.db, found.id, query)
    return NoticeQuestions(
        mine=await views.mine(deps, own),
        items=await views.published(deps, page.items),
        next_cursor=page.next_cursor,
    )
