"""Views of notices for readers, and of answers for those who asked."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.labels import label_of
from services.kernel.permissions import Actor
from services.kernel.personal_data import GONE
from services.kernel.views import show
from services.notices import views as notices
from services.notices.contents.models import QuestionView, YesNo
from services.notices.models import Notice
from services.notices.readings import households, store
from services.notices.readings.models import (
    ANSWER,
    ANSWERED,
    AnswerView,
    MyAnswer,
    MyNotice,
    MyNoticeView,
    Reading,
)
from services.notices.states import NoticeState, edition
from services.places import actions as places


def row(notice: Notice, reading: Reading | None, *, asks_me: bool) -> MyNotice:
    """Show a notice in a reader's list."""
    return show(notice, MyNotice, asks_me=asks_me, **_read(notice, reading))


def _read(notice: Notice, reading: Reading | None) -> dict[str, object]:
    """Return what a list and a single view say of a notice, and of what was read of it."""
    read = reading.version if reading else 0
    is_out = notice.state is NoticeState.PUBLISHED
    shown = edition(notice.version, notice.state)
    return {
        "notice_id": notice.id,
        "because": notice.corrected_because if is_out else notice.withdrawn_because,
        "answers_until": notice.question.until if is_out and notice.question else None,
        "is_read": read >= shown,
        "is_changed": 0 < read < shown,
    }


async def view(
    deps: Dependencies, actor: Actor, notice: Notice, text: str, *, asks_me: bool
) -> MyNoticeView:
    """Show a notice to a reader; of one that was withdrawn the reason alone."""
    asked = households.own(actor, notice)
    rows = await store.of(deps.db, [notice.id], [actor.person_id, *asked])
    own = next(
        (each for each in rows if each.person == actor.person_id and not each.home), None
    )
    answered = [each for each in rows if each.answered]
    words = await households.readable(deps, actor, notice, answered)
    is_out = notice.state is NoticeState.PUBLISHED
    return show(
        notice,
        MyNoticeView,
        **_read(notice, own),
        asks_me=asks_me,
        text=text,
        question=notice.question and show(notice.question, QuestionView),
        attachments=await notices.attachments(deps, notice.attachments if is_out else []),
        answers=[
            my_answer(deps, each, in_words=not each.home or each.home in words)
            for each in answered
        ],
    )


def my_answer(deps: Dependencies, reading: Reading, *, in_words: bool = True) -> MyAnswer:
    """Show the answer of a person or home. `in_words`: or only that there is one."""
    return MyAnswer(
        home=reading.home or None,
        answer=answer_of(deps, reading) if in_words else ANSWERED,
        answered_at=reading.answered_at or deps.now(),
        entered=bool(reading.entered_by),
    )


def answer_of(deps: Dependencies, reading: Reading) -> str:
    """Return what was answered; of who left, that there was an answer."""
    if reading.answer_sealed:
        return ANSWER.open(deps.vault, reading.id, reading.answer_sealed)
    return reading.choice or GONE


async def answers(
    deps: Dependencies, found: Sequence[Reading], *, is_yes_no: bool
) -> list[AnswerView]:
    """Show answers with the addresses of the homes: one query however many.

    Only where yes or no is asked these words have a label: an option may be written so.
    """
    answering = [reading.home for reading in found if reading.home]
    addresses = await places.addresses(deps, answering) if answering else {}
    return [
        AnswerView(
            home=reading.home or None,
            address=addresses.get(reading.home, ""),
            person_id=None if reading.home else reading.person,
            answer=said,
            answer_label=label_of(YesNo, said) if is_yes_no else said,
            entered=bool(reading.entered_by),
            answered_at=reading.answered_at or deps.now(),
        )
        for reading in found
        for said in [answer_of(deps, reading)]
    ]
