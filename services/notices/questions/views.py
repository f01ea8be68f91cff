"""Views of questions below notices, for who asked, all readers, and who works on the notice."""

from collections.abc import Mapping, Sequence

from services.dependencies import Dependencies
from services.kernel.personal_data import GONE
from services.kernel.views import show
from services.notices import store as notices
from services.notices.questions import store
from services.notices.questions.models import (
    ANSWER,
    PUBLISHED,
    QUESTION,
    MyQuestion,
    NoticeQuestion,
    PublishedQuestion,
    QuestionGroup,
    QuestionRow,
)
from services.notices.questions.states import QuestionState


async def about(deps: Dependencies, question_ids: Sequence[str]) -> dict[str, str]:
    """Return question → what it is about, for those who judge its words: two queries."""
    asked = await store.find_many(deps.db, question_ids)
    titles = await notices.titles(deps.db, sorted({each.notice for each in asked.values()}))
    return {
        key: f"通知“{titles[each.notice]}”下的提问"
        for key, each in asked.items()
        if each.notice in titles
    }


def text_of(deps: Dependencies, question: NoticeQuestion) -> str:
    return QUESTION.open(deps.vault, question.id, question.text_sealed)


def answer_of(deps: Dependencies, group: QuestionGroup | None) -> str | None:
    if group is None or not group.answer_sealed:
        return None
    return ANSWER.open(deps.vault, group.id, group.answer_sealed)


async def mine(deps: Dependencies, found: Sequence[NoticeQuestion]) -> list[MyQuestion]:
    """Show somebody their own questions: how far each is that passed, its group says."""
    groups = await store.find_groups(deps.db, [each.group for each in found if each.group])
    return [my_question(deps, each, groups.get(each.group)) for each in found]


def my_question(
    deps: Dependencies, question: NoticeQuestion, group: QuestionGroup | None = None
) -> MyQuestion:
    return show(
        question,
        MyQuestion,
        question_id=question.id,
        question=text_of(deps, question),
        state=group.state if group else question.state,
        answer=answer_of(deps, group),
        answered_at=group.answered_at if group else None,
    )


async def published(
    deps: Dependencies, found: Sequence[QuestionGroup]
) -> list[PublishedQuestion]:
    """Show what was published; whose own words were published takes them along."""
    words = await _wordings(deps, found)
    return [
        PublishedQuestion(
            question=words[each.id],
            answer=answer_of(deps, each) or GONE,
            answered_at=each.answered_at or each.created_at,
        )
        for each in found
    ]


async def groups(deps: Dependencies, found: Sequence[QuestionGroup]) -> list[QuestionRow]:
    """Show a row for all that ask the same: two queries, however many."""
    words = await _wordings(deps, found)
    first = await store.firsts(deps.db, [each.id for each in found]) if found else {}
    return [_row(deps, each, first.get(each.id), words, asked=each.asked) for each in found]


async def members(
    deps: Dependencies, group: QuestionGroup, found: Sequence[NoticeQuestion]
) -> list[QuestionRow]:
    """Show the questions of one group, one by one."""
    words = await _wordings(deps, [group])
    return [_row(deps, group, each, words, asked=None) for each in found]


def _row(
    deps: Dependencies,
    group: QuestionGroup,
    question: NoticeQuestion | None,
    words: Mapping[str, str],
    *,
    asked: int | None,
) -> QuestionRow:
    published = words.get(group.id)
    alone = question if asked is None else None
    return QuestionRow(
        question_id=question.id if question else None,
        group_id=group.id,
        asked=asked,
        question=text_of(deps, question) if question else published or GONE,
        state=group.state,
        asked_at=alone.asked_at if alone else group.created_at,
        published=published,
        answer=answer_of(deps, group),
        answered_at=group.answered_at,
    )


async def _wordings(deps: Dependencies, found: Sequence[QuestionGroup]) -> dict[str, str]:
    """Return group → the question as it stands under the notice, of those published."""
    shown = [each for each in found if each.state is QuestionState.PUBLISHED]
    ids = [each.worded_by for each in shown if each.worded_by]
    asked = await store.find_many(deps.db, ids) if ids else {}
    own = {key: text_of(deps, question) for key, question in asked.items()}
    return {
        each.id: own.get(each.worded_by, GONE)
        if each.worded_by
        else PUBLISHED.open(deps.vault, each.id, each.question_sealed)
        for each in shown
    }
