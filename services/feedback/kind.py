"""Feedback as a kind of case: with whom it lies, from whom it is kept, how it climbs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from mongo_indexes.feedback import COLLECTION
from services.cases.kinds import Kind, Question
from services.cases.kinds import Rung as LadderRung
from services.cases.models import Event, Reading, Spell
from services.dependencies import Dependencies
from services.feedback import notify, rungs, states
from services.feedback.models import Feedback, FeedbackKind, Rung
from services.feedback.states import TABLE, UNDER_WAY, FeedbackAction, FeedbackState
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission

# As long as it may come again, and than most quarrels about what was done.
PHOTOS_KEPT_FOR: Final = timedelta(days=180)
GAVE_BACK: Final[Mapping[str | None, str]] = {
    FeedbackState.WITH_FIRM: "物业交回",
    FeedbackState.WITH_DEPARTMENT: "有关部门交回",
}
WITH_FIRM: Final = frozenset({str(FeedbackState.WITH_FIRM)})


def kept_from(actor: Actor, case: Feedback) -> bool:
    """Tell whether a case is about somebody, so that it is not there for them.

    Who said it reads it whatever office they take later.
    """
    if actor.person_id == case.person:
        return False
    return rungs.is_kept_from(case, actor.person_id, rungs.desks_of(actor))


def knows(actor: Actor, case: Feedback) -> bool:
    """Tell whether somebody may know of a case: its author, and where it lies or lay."""
    if kept_from(actor, case):
        return False
    return FEEDBACK.is_own(actor, case) or by_office(actor, case)


def by_office(actor: Actor, case: Feedback) -> bool:
    """Tell whether somebody may know of a case by an office."""
    return not kept_from(actor, case) and not {*rungs.desks_of(actor)}.isdisjoint(case.seen_at)


def lies_with(actor: Actor, case: Feedback) -> bool:
    """Tell whether a case lies with an office of somebody, whom it neither is of nor about."""
    is_theirs = not {*rungs.desks_of(actor)}.isdisjoint(case.desks)
    return is_theirs and not kept_from(actor, case) and actor.person_id != case.person


def serves(actor: Actor, case: Feedback) -> bool:
    """Tell whether somebody knows of a case by serving for its firm, and by nothing else."""
    desks = {*rungs.desks_of(actor)}.intersection(case.seen_at)
    is_firms = bool(desks) and all(rungs.is_firm(each) for each in desks)
    return is_firms and not FEEDBACK.is_own(actor, case)


def oversees(actor: Actor, case: Feedback) -> bool:
    """Tell whether somebody may know what those write who may look who said something."""
    return not case.anonymous or actor.may(Permission.OVERSEE_FEEDBACK, case.place)


def has_words(actor: Actor, case: Feedback) -> bool:
    """Tell whether somebody may read and see what whoever said something wrote and attached.

    Of what was said without a name, once it is over only they and the community may: when they
    close the account all that goes, and whoever had seen it before would know whose it was.
    """
    if not case.anonymous or case.state in states.OPEN or FEEDBACK.is_own(actor, case):
        return True
    return actor.may(Permission.OVERSEE_FEEDBACK, case.place)


def reading_of(actor: Actor, case: Feedback) -> Reading:
    """Return what somebody who knows of a case reads of its history: rows, words and pictures.

    A firm sees what is internal to the offices never, and nothing but its own part once the
    case lies with it no more.
    """
    rest = lies_with(actor, case)
    return Reading(
        reader=actor.person_id,
        internal=by_office(actor, case) and actor.person_id != case.person,
        remarks=has_words(actor, case),
        spell=Spell(states=WITH_FIRM, rest=rest) if serves(actor, case) else None,
        rungs=() if oversees(actor, case) else rungs.BELOW,
    )


def offers(case: Feedback, action: FeedbackAction) -> bool:
    """Tell whether a step works for a case: praise is thanked for, all else is solved."""
    if action is FeedbackAction.SETTLE:
        return False  # which one a solution is, the answer finds out
    if action in {FeedbackAction.THANK, FeedbackAction.SOLVE}:
        return (action is FeedbackAction.THANK) == (case.kind is FeedbackKind.PRAISE)
    if action is FeedbackAction.HAND_BACK:
        return case.came_from is not None and case.rung not in case.handed_back
    if action is FeedbackAction.HAND_ON:
        return case.rung is not rungs.ORDER[-1]
    return True


def _own(case: Feedback) -> Iterable[str | None]:
    return [case.person] if case.person else [case.filed_by]


async def _end(deps: Dependencies, _case: Feedback) -> Document:
    return {"ended_at": deps.now()}


async def _leave(deps: Dependencies, _case: Feedback) -> Document:
    return {"ended_at": deps.now(), "holder": ""}


async def _return(deps: Dependencies, case: Feedback) -> Document:
    return {**await rungs.upwards(deps, case, anew=True), "returned": case.returned + 1}


async def _reopen(deps: Dependencies, case: Feedback) -> Document:
    """Let it lie with the rung where it ended."""
    again: Document = {"reopened": case.reopened + 1, "ended_at": None}
    return {**await rungs.once_more(deps, case), **again}


async def _release(deps: Dependencies, case: Feedback) -> Document:
    """Fall to the others of the rung, with its deadline; go up where there are none."""
    there = await rungs.staffed(deps, case)
    if there[rungs.ROLES[case.rung]] or rungs.above(case.rung, there) is None:
        return {"holder": ""}
    return await rungs.upwards(deps, case)


async def _stays(deps: Dependencies, case: Feedback) -> Document | None:
    """Leave a case where it is, with whoever has taken it, where it cannot climb any more."""
    if rungs.above(case.rung, await rungs.staffed(deps, case)) is not None:
        return None
    return {"is_top": True, "rung_due": None}


async def _derived(_deps: Dependencies, case: Feedback, changes: Document) -> Document:
    """Let a case climb by itself at its deadline, unless it is at the top."""
    due_at = changes.get("due_at", case.due_at)
    return {"rung_due": None if changes.get("is_top", case.is_top) else due_at}


async def details(
    _deps: Dependencies, _case: Feedback, rows: Sequence[Event]
) -> dict[str, str]:
    """Return who handed a case back, of the rows in which somebody outside the ladder did."""
    back = [row for row in rows if row.action == FeedbackAction.BACK]
    return {row.id: GAVE_BACK[row.source] for row in back if row.source in GAVE_BACK}


FEEDBACK: Final = Kind(
    name="feedback",
    label="民情",
    collection=COLLECTION,
    model=Feedback,
    table=TABLE,
    missing="没有找到这条民情",
    moved_on=lambda case: states.moved_on(case.state),
    too_late=states.too_late,
    forbidden="这一步由别人办理",
    knows=knows,
    kept_from=kept_from,
    kept_people=rungs.kept_people,
    lies_with=lies_with,
    offers=offers,
    waits_for=rungs.people_of,
    veiled=lambda actor, case: case.anonymous and case.person == actor.person_id,
    own=_own,
    files_for=Permission.WRITE_FEEDBACK,
    tells_filer=True,
    held_by=Permission.HANDLE_FEEDBACK,
    goals=dict.fromkeys(UNDER_WAY, rungs.GOAL),
    paused=frozenset({FeedbackState.NEEDS_INFO}),
    over=frozenset(FeedbackState) - frozenset(states.OPEN),
    ladder=(LadderRung("办理单位", (), 0.0),),
    question=Question(
        FeedbackState.ANSWERED,
        FeedbackAction.CONFIRM,
        FeedbackAction.RETURN,
        FeedbackAction.LAPSE,
        spares=lambda case: str(case.solved_by),
    ),
    writes={
        FeedbackAction.WITHDRAW: _leave,
        FeedbackAction.SETTLE: _end,
        FeedbackAction.THANK: _end,
        FeedbackAction.CONFIRM: _end,
        FeedbackAction.LAPSE: _end,
        FeedbackAction.CLIMB: rungs.upwards,
        FeedbackAction.RETURN: _return,
        FeedbackAction.REOPEN: _reopen,
        FeedbackAction.BACK: rungs.once_more,
        FeedbackAction.RELEASE: _release,
    },
    derives=_derived,
    stays={FeedbackAction.CLIMB: _stays},
    photos_kept_for=PHOTOS_KEPT_FOR,
    details=details,
    noted=lambda case: {"rung": str(case.rung)},
    rung_labels={str(rung): rung.label for rung in Rung},
    tell=notify.tell,
)
