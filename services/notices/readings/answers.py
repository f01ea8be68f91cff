"""Answers to notices: of a home where homes are asked, of a person where an office is.

A household has one answer, which any of its people may change until the question ends. A head
enters what somebody without a phone said; that never takes the place of an answer that the home
gave itself, and gives way to one.
"""

from services.audiences import actions as audiences
from services.audiences.readers import narrow
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.messaging.broadcasts import actions as broadcasts
from services.notices import notify, publications
from services.notices import store as notices
from services.notices.contents.models import AnswerForm, Question, YesNo
from services.notices.models import Notice
from services.notices.readings import actions, households, store, views
from services.notices.readings.models import (
    ANSWER,
    AnswerNotice,
    AnswersQuery,
    AnswerView,
    EnterAnswer,
    MyAnswer,
    Reading,
    reading_id,
)
from services.notices.states import OUT, NoticeState
from services.notices.unreached.doors import is_door, may_knock


class NoAnswerAsked(errors.Conflict):
    """The notice asks for no answer, asks others than this reader, or was withdrawn."""

    code = "no_answer_asked"


class AnswersOver(errors.Conflict):
    """The time to answer is over."""

    code = "answers_over"


class AnswerMisfit(errors.InvalidInput):
    """The answer is none that the question asks for."""

    code = "answer_misfit"


class AnswerHomeNeeded(errors.InvalidInput):
    """Several of the person's homes are asked, or none that was named is."""

    code = "answer_home_needed"


class AnsweredByHome(errors.Conflict):
    """The home answered itself; nobody enters another answer for it."""

    code = "answered_by_home"


async def give(
    deps: Dependencies, actor: Actor, notice_id: str, wish: AnswerNotice
) -> MyAnswer:
    """Answer a notice, or change the answer.

    Raises NotFound, NoAnswerAsked, AnswersOver, AnswerMisfit, AnswerHomeNeeded.
    """
    found = await actions.access_text(deps, actor, notice_id)
    question = _asked(deps, found)
    is_of_homes = households.asks_homes(found)
    home = await _home_of(deps, actor, found, wish.home) if is_of_homes else ""
    whose = home or actor.person_id
    row = _row(deps, found, whose, home, answer=_checked(question, wish.answer))
    row.person = actor.person_id

    async def save(tx: Transaction) -> None:
        await store.answer(deps.db, tx, whose, row)
        broadcast = notify.broadcast_of(found)
        await broadcasts.answered(deps, tx, broadcast, actor.person_id, home=home)
        place = home or found.place
        await audit.record(deps, tx, actor, Act.NOTICE_ANSWERED, place=place, subject=found.id)

    await deps.in_transaction(save)
    return views.my_answer(deps, row)


async def enter(
    deps: Dependencies, actor: Actor, home: str, notice_id: str, wish: EnterAnswer
) -> MyAnswer:
    """Enter what somebody of a home said who has no phone; marked with who entered it.

    Raises NotFound, NoAnswerAsked, AnswersOver, AnswerMisfit, AnsweredByHome, OwnHome.
    """
    require_at(actor, Permission.VIEW_RESIDENTS, home)
    found = await _about(deps, actor, notice_id, home)
    question = _asked(deps, found)
    row = _row(deps, found, home, home, answer=_checked(question, wish.answer))
    row.entered_by = actor.person_id

    async def save(tx: Transaction) -> None:
        before = await store.find(deps.db, tx, found.id, home)
        if before is not None and before.answered and not before.entered_by:
            raise AnsweredByHome("这户已经自己回复过了")
        await store.answer(deps.db, tx, home, row)
        broadcast = notify.broadcast_of(found)
        await broadcasts.answered_for_home(deps, tx, broadcast, home)
        act = Act.NOTICE_ANSWER_ENTERED
        await audit.record(deps, tx, actor, act, place=home, subject=found.id)

    await deps.in_transaction(save)
    return views.my_answer(deps, row)


async def _about(deps: Dependencies, actor: Actor, notice_id: str, home: str) -> Notice:
    """Return a notice that asks a home. Raises NotFound for any other."""
    found = next(iter(await notices.find_short(deps.db, [notice_id])), None)
    is_out = found is not None and found.state in OUT and households.asks_homes(found)
    asks = is_out and found is not None and await may_knock(deps, actor, found, home)
    return accessible(
        actor,
        found,
        people=lambda _: [actor.person_id] if asks else [],
        missing="没有找到这条通知",
    )


def _asked(deps: Dependencies, found: Notice) -> Question:
    if found.state is NoticeState.WITHDRAWN:
        raise NoAnswerAsked("这条通知已经撤回,不用回复了")
    if found.question is None or found.state is not NoticeState.PUBLISHED:
        raise NoAnswerAsked("这条通知不需要回复")
    if found.question.until <= deps.now():
        raise AnswersOver("回复时间已经结束")
    return found.question


def _checked(question: Question, answer: str) -> str:
    fits = {
        AnswerForm.YES_NO: answer in {*YesNo},
        AnswerForm.CHOICE: answer in question.options,
        AnswerForm.TEXT: True,
    }
    if not fits[question.form]:
        raise AnswerMisfit("请从给出的答案里选一个")
    return answer


async def _home_of(deps: Dependencies, actor: Actor, found: Notice, wanted: str | None) -> str:
    """Return the actor's home that answers: the one named, or the only one that is asked."""
    mine = (await households.asked(deps, actor, [found]))[found.id]
    if not mine or not await actions.may_read(deps, actor, found):
        raise NoAnswerAsked("这条通知由住户回复,您不需要回复")
    # Told for one home, e.g. one that owes, they are not asked for the others.
    if narrow(found.audience):
        mine = [each for each in mine if await is_door(deps, found, each)]
    if wanted is None and len(mine) == 1:
        return mine[0]
    if wanted not in mine or wanted is None:
        raise AnswerHomeNeeded("请选择代表哪套房屋回复")
    return wanted


def _row(deps: Dependencies, found: Notice, whose: str, home: str, *, answer: str) -> Reading:
    is_text = found.question is not None and found.question.form is AnswerForm.TEXT
    row_id = reading_id(found.id, whose)
    return Reading(
        id=row_id,
        notice=found.id,
        home=home,
        answered=True,
        answered_at=deps.now(),
        choice="" if is_text else answer,
        answer_sealed=ANSWER.seal(deps.vault, row_id, answer) if is_text else "",
    )


async def listing(
    deps: Dependencies, actor: Actor, notice_id: str, query: AnswersQuery
) -> Page[AnswerView]:
    """Return the answers to a notice, for its senders. Raises NotFound, FilterNotYours."""
    found = await publications.access(deps, actor, notice_id)
    audiences.require_filters(actor, await audiences.freeze(deps, found.audience))
    page = await store.answers(deps.db, found.id, query)
    is_yes_no = found.question is not None and found.question.form is AnswerForm.YES_NO
    return page.of(await views.answers(deps, page.items, is_yes_no=is_yes_no))


async def place_of(deps: Dependencies, actor: Actor, notice_id: str) -> str:
    """Return the place of a notice, for the audit of an export. Raises NotFound."""
    return (await publications.access(deps, actor, notice_id)).place
