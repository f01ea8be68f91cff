"""Groups of questions: what asks the same is found by likeness, and put right by staff."""

from operator import itemgetter
from typing import Any, Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor
from services.notices import publications
from services.notices.questions import store, views
from services.notices.questions.likeness import ALIKE, likeness, wording
from services.notices.questions.models import (
    GroupQuestion,
    NoticeQuestion,
    QuestionGroup,
    QuestionRow,
    QuestionsQuery,
)
from services.notices.questions.states import QuestionState, moved_on

MOST_COMPARED: Final = 200  # groups that a question is compared with, the most asked
MOST_MOVED: Final = 500  # questions that join another group in one transaction


class GroupTooLarge(errors.Conflict):
    """Too many ask it to be put elsewhere at once; `most` in details. It is answered apart."""

    code = "notice_question_group_too_large"
    details_type = errors.Most


async def join(deps: Dependencies, tx: Transaction, question: NoticeQuestion) -> str:
    """Count a question into the group of what asks the same, or a new one; return its id."""
    waiting = await store.open_groups(deps.db, tx, question.notice, MOST_COMPARED)
    first = await store.firsts(deps.db, waiting, tx=tx) if waiting else {}
    own = wording(views.text_of(deps, question))
    likest, group = max(
        (
            (likeness(own, wording(views.text_of(deps, first[each]))), each)
            for each in waiting
            if each in first
        ),
        key=itemgetter(0),  # of those equally alike, the most asked
        default=(0, ""),
    )
    if likest >= ALIKE and await store.count_in(deps.db, tx, group, 1):
        return group
    return await _begin(deps, tx, question.notice)


async def _begin(deps: Dependencies, tx: Transaction, notice: str) -> str:
    made = QuestionGroup(id=deps.new_id(), notice=notice, asked=1, created_at=deps.now())
    await store.insert_group(deps.db, tx, made)
    return made.id


async def listing(
    deps: Dependencies, actor: Actor, notice_id: str, query: QuestionsQuery
) -> Page[QuestionRow]:
    """Return what is asked below a notice that the actor works on. Raises NotFound."""
    notice = await publications.access(deps, actor, notice_id)
    if query.group is None:
        page = await store.page(deps.db, notice.id, query)
        return page.of(await views.groups(deps, page.items))
    asked = await store.member_page(deps.db, notice.id, query.group, query)
    group = await store.find_group(deps.db, query.group)
    if group is None or (query.state and query.state is not group.state):
        return Page([])
    return asked.of(await views.members(deps, group, asked.items))


async def put(
    deps: Dependencies, actor: Actor, notice_id: str, question_id: str, wish: GroupQuestion
) -> QuestionRow:
    """Put a question with others that ask the same, or alone, while they wait for an answer.

    Raises NotFound, QuestionMovedOn, GroupTooLarge.
    """
    notice = await publications.access(deps, actor, notice_id)

    async def save(tx: Transaction) -> None:
        question = await access(deps, tx, actor, notice.id, question_id)
        own = await held(deps, tx, question)
        if wish.same_as is None:
            moved = await _part(deps, tx, question, own)
        else:
            other = await access(deps, tx, actor, notice.id, wish.same_as)
            moved = await _merge(deps, tx, own, await held(deps, tx, other))
        facts: dict[str, Any] = {} if moved else {"again": True}
        act, place = Act.NOTICE_QUESTIONS_GROUPED, notice.place
        await audit.record(deps, tx, actor, act, place=place, subject=question_id, **facts)

    await deps.in_transaction(save)
    return await row(deps, question_id)


async def access(
    deps: Dependencies, tx: Transaction, actor: Actor, notice_id: str, question_id: str
) -> NoticeQuestion:
    """Return a question below a notice that the actor works on, once it passed.

    Raises NotFound also for one that is checked still: only its author sees that.
    """
    found = await store.find(deps.db, question_id, tx=tx)
    return accessible(
        actor,
        found,
        people=lambda each: (
            [actor.person_id] if each.notice == notice_id and each.group else []
        ),
        missing="没有找到这个提问",
    )


async def held(deps: Dependencies, tx: Transaction, question: NoticeQuestion) -> QuestionGroup:
    """Return the group of a question, which waits for an answer. Raises QuestionMovedOn."""
    found = await store.find_group(deps.db, question.group, tx=tx)
    if found is None or found.state is not QuestionState.PASSED:
        raise moved_on(found.state if found else question.state)
    return found


async def _part(
    deps: Dependencies, tx: Transaction, question: NoticeQuestion, own: QuestionGroup
) -> bool:
    """Put one question into a group of its own; False when it is alone already."""
    if own.asked == 1:
        return False
    if not await store.count_in(deps.db, tx, own.id, -1):
        raise moved_on(own.state)
    group = await _begin(deps, tx, question.notice)
    await store.regroup(deps.db, tx, {"_id": question.id, "group": own.id}, group)
    return True


async def _merge(
    deps: Dependencies, tx: Transaction, own: QuestionGroup, other: QuestionGroup
) -> bool:
    """Put all of one group into another; False when it is the same already."""
    if own.id == other.id:
        return False
    if own.asked > MOST_MOVED:
        message = "提问太多,不能一次归并,请分别答复"
        raise GroupTooLarge(message, most=MOST_MOVED)
    moved = await store.regroup(deps.db, tx, {"group": own.id}, other.id)
    is_whole = await store.remove_group(deps.db, tx, own.id, moved)
    if not is_whole or not await store.count_in(deps.db, tx, other.id, moved):
        raise moved_on(own.state)
    return True


async def row(deps: Dependencies, question_id: str) -> QuestionRow:
    """Show all that ask the same as a question, as it is now."""
    question = (await store.find_many(deps.db, [question_id]))[question_id]
    group = (await store.find_groups(deps.db, [question.group]))[question.group]
    [shown] = await views.groups(deps, [group])
    return shown


async def place_of(deps: Dependencies, actor: Actor, notice_id: str) -> str:
    """Return the place of a notice, for the audit of an export. Raises NotFound."""
    return (await publications.access(deps, actor, notice_id)).place
