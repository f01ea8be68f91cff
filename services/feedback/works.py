"""Steps of those with whom feedback lies: taken, solved, handed on or back or out, asked."""

from services.cases import actions as cases
from services.cases.actions import Change, Words
from services.dependencies import Dependencies, Transaction
from services.feedback import rungs, views
from services.feedback.filings import contents
from services.feedback.kind import FEEDBACK
from services.feedback.models import (
    DEPARTMENT,
    Feedback,
    FeedbackKind,
    FeedbackView,
    NoteFeedback,
    SayMore,
    ToDepartment,
)
from services.feedback.states import FeedbackAction
from services.feedback.terms import actions as terms
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Role


class OnlyThanks(errors.Conflict):
    """Praise is thanked for, and asks for nothing; all else is solved."""

    code = "feedback_only_thanks"


class HandedBackBefore(errors.Conflict):
    """A rung hands a case back once."""

    code = "feedback_handed_back_before"


async def step(
    deps: Dependencies,
    actor: Actor,
    case_id: str,
    action: FeedbackAction,
    *,
    change: Change | None = None,
    words: Words = cases.NOTHING,
) -> FeedbackView:
    """Take a step; return the case as whoever took it sees it then."""
    found = await cases.act(deps, actor, FEEDBACK, case_id, action, change=change, words=words)
    return await views.one(deps, actor, found)


def _held_by(actor: Actor) -> Change:
    async def change(_tx: Transaction, _found: Feedback) -> Document:
        return {"holder": actor.person_id}

    return change


async def take(deps: Dependencies, actor: Actor, case_id: str) -> FeedbackView:
    """Take what lies with one's office; of two at once, the second is told that it is taken."""
    return await step(deps, actor, case_id, FeedbackAction.TAKE, change=_held_by(actor))


async def solve(deps: Dependencies, actor: Actor, case_id: str, wish: SayMore) -> FeedbackView:
    """Say what was done; who said it is then asked whether it is solved.

    What the actor wrote down for somebody is settled by that: nobody is left who could say so.
    Raises OnlyThanks for praise, TooManyPhotos, FeedbackMovedOn.
    """

    async def change(tx: Transaction, found: Feedback) -> Document:
        if found.kind is FeedbackKind.PRAISE:
            raise OnlyThanks("表扬请直接致谢")
        await contents.require_room(deps, tx, found, wish.photo_ids)
        await contents.attach(deps, tx, actor, found, wish.photo_ids, owner="")
        who, now = actor.person_id, deps.now()
        done = {"holder": who, "solved_by": who, "solved_at": now}
        return {**done, "solved_rung": found.rung}

    seen = await views.access(deps, actor, case_id)
    is_own_note = seen.person is None and seen.filed_by == actor.person_id
    action = FeedbackAction.SETTLE if is_own_note else FeedbackAction.SOLVE
    words = Words(remark=wish.text, photo_ids=wish.photo_ids)
    return await step(deps, actor, case_id, action, change=change, words=words)


async def thank(deps: Dependencies, actor: Actor, case_id: str, text: str) -> FeedbackView:
    """Thank for praise. Raises OnlyThanks for anything else, FeedbackMovedOn."""

    async def change(_tx: Transaction, found: Feedback) -> Document:
        if found.kind is not FeedbackKind.PRAISE:
            raise OnlyThanks("只有表扬可以直接致谢,其他请写明办理结果")
        return {"holder": actor.person_id}

    words = Words(remark=text)
    return await step(deps, actor, case_id, FeedbackAction.THANK, change=change, words=words)


async def ask(deps: Dependencies, actor: Actor, case_id: str, text: str) -> FeedbackView:
    """Ask who said it for more; the deadline rests until they add something, or a week."""
    words, change = Words(remark=text), _held_by(actor)
    return await step(deps, actor, case_id, FeedbackAction.ASK, change=change, words=words)


async def hand_on(deps: Dependencies, actor: Actor, case_id: str, reason: str) -> FeedbackView:
    """Hand a case to the next rung, with a reason. Raises NoRungAbove, FeedbackMovedOn."""

    async def change(_tx: Transaction, found: Feedback) -> Document:
        there = await rungs.staffed(deps, found)
        rung = rungs.above(found.rung, there)
        if rung is None:
            raise rungs.NoRungAbove("上面没有可以接手的一级,请在本级办理")
        return {**await rungs.arrival(deps, found, rung, there), "came_from": found.rung}

    words = Words(remark=reason)
    return await step(deps, actor, case_id, FeedbackAction.HAND_ON, change=change, words=words)


async def hand_back(
    deps: Dependencies, actor: Actor, case_id: str, reason: str
) -> FeedbackView:
    """Hand a case back to the rung that it came from, once of each rung.

    Raises HandedBackBefore, NoRungBelow, FeedbackMovedOn.
    """

    async def change(_tx: Transaction, found: Feedback) -> Document:
        if found.rung in found.handed_back:
            raise HandedBackBefore("本级已经退回过一次,请办理或交上一级")
        there = await rungs.staffed(deps, found)
        rung = rungs.require(found.came_from, there)
        handed: Document = {"handed_back": [*found.handed_back, found.rung], "came_from": None}
        return {**await rungs.arrival(deps, found, rung, there), **handed}

    words = Words(remark=reason)
    action = FeedbackAction.HAND_BACK
    return await step(deps, actor, case_id, action, change=change, words=words)


async def to_firm(deps: Dependencies, actor: Actor, case_id: str, reason: str) -> FeedbackView:
    """Hand a case to the firm of its compound. Raises NobodyThere, FeedbackMovedOn."""

    async def change(_tx: Transaction, found: Feedback) -> Document:
        there = await rungs.staffed(deps, found)
        if found.straight or not there[Role.FIRM_MANAGER]:
            raise rungs.NobodyThere("这件事不能交物业,请在本级办理")
        return {**await rungs.at_desk(deps, found, Role.FIRM_MANAGER), "holder": ""}

    words = Words(remark=reason)
    return await step(deps, actor, case_id, FeedbackAction.TO_FIRM, change=change, words=words)


async def to_department(
    deps: Dependencies, actor: Actor, case_id: str, wish: ToDepartment
) -> FeedbackView:
    """Have a department handle a case, by the community, which says what came of it."""

    async def change(_tx: Transaction, found: Feedback) -> Document:
        role = rungs.ROLES[found.rung]
        lies = await rungs.at_desk(deps, found, role, office=terms.DEPARTMENT)
        sealed = DEPARTMENT.seal(deps.vault, found.id, wish.department)
        return {**lies, "holder": actor.person_id, "department_sealed": sealed}

    words = Words(remark=wish.reason)
    action = FeedbackAction.TO_DEPARTMENT
    return await step(deps, actor, case_id, action, change=change, words=words)


async def give_back(
    deps: Dependencies, actor: Actor, case_id: str, reason: str
) -> FeedbackView:
    """Hand a case back from the firm or a department to the rung that handed it out."""
    words = Words(remark=reason)
    return await step(deps, actor, case_id, FeedbackAction.BACK, words=words)


async def note(
    deps: Dependencies, actor: Actor, case_id: str, wish: NoteFeedback
) -> FeedbackView:
    """Write a remark, for who said it as well or for those who handle it."""
    words = Words(remark=wish.text, internal=wish.internal)
    return await step(deps, actor, case_id, FeedbackAction.REMARK, words=words)
