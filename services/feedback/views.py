"""Views of feedback: who sees what of it, and access to one.

Whoever said it sees all of their own. Those with whom it lies, or lay, and the offices above
see what was said; who said it they see masked, and of what has no name not at all. A firm sees
a case while it lies with the firm, and then no more than how it came and went.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.cases import access as cases
from services.cases import history
from services.cases.parties import actions as parties
from services.cases.parties.models import PartyRow
from services.dependencies import Dependencies, Transaction
from services.feedback import rungs, store
from services.feedback.filings import holders
from services.feedback.filings.whereabouts import shown_place
from services.feedback.kind import (
    FEEDBACK,
    WITH_FIRM,
    by_office,
    has_words,
    knows,
    lies_with,
    oversees,
    serves,
)
from services.feedback.models import (
    DEPARTMENT,
    NAME,
    TEXT,
    Feedback,
    FeedbackView,
    Rung,
)
from services.feedback.states import FeedbackAction, FeedbackState
from services.kernel import masking
from services.kernel.access import accessible
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Role
from services.kernel.vault import Sealed
from services.kernel.views import show
from services.places import actions as places

PROGRESS: Final[Mapping[FeedbackState, str]] = {
    FeedbackState.WAITING: "{rung}已收到,等待办理",
    FeedbackState.TAKEN: "{holder}办理中",
    FeedbackState.NEEDS_INFO: "等反映人补充说明",
    FeedbackState.WITH_FIRM: "物业办理中",
    FeedbackState.WITH_DEPARTMENT: "有关部门办理中,{rung}跟进",
    FeedbackState.ANSWERED: "已办理,等反映人确认",
    FeedbackState.CONFIRMED: "已解决",
    FeedbackState.SETTLED: "登记人当场办结",
    FeedbackState.CLOSED: "七天没有反馈,已关闭",
    FeedbackState.THANKED: "已收到,谢谢您的表扬",
    FeedbackState.WITHDRAWN: "已撤回",
}
# What needs somebody on another rung, or in the firm.
BY_STAFF: Final = frozenset(
    {FeedbackAction.HAND_ON, FeedbackAction.HAND_BACK, FeedbackAction.TO_FIRM}
)


async def access(
    deps: Dependencies, actor: Actor, case_id: str, *, tx: Transaction | None = None
) -> Feedback:
    """Return feedback that somebody may know of. Raises NotFound."""
    return accessible(
        actor,
        await store.find(deps.db, case_id, tx=tx),
        people=lambda case: [actor.person_id] if knows(actor, case) else [],
        missing=FEEDBACK.missing,
    )


async def shown(
    deps: Dependencies, actor: Actor, found: Sequence[Feedback]
) -> list[FeedbackView]:
    """Views of feedback that somebody may know of: five queries at most, however many."""
    whole = [_place(actor, case) for case in found]
    addresses = await places.addresses(deps, whole)
    rows = await parties.of_cases(deps, actor, FEEDBACK, found)
    named = await holders.named(deps, actor, found)
    return [
        _shown(deps, actor, case, addresses, row=rows.get(case.id), holder=named[case.id])
        for case in found
    ]


async def one(deps: Dependencies, actor: Actor, found: Feedback) -> FeedbackView:
    """View of one; for a firm with which it lies no more, as it was when it left the firm."""
    if serves(actor, found) and not lies_with(actor, found):
        found = await _as_left(deps, actor, found)
    [view] = await shown(deps, actor, [found])
    if BY_STAFF.isdisjoint(view.steps):
        return view
    there = await rungs.staffed(deps, found)
    possible = {
        FeedbackAction.HAND_ON: rungs.above(found.rung, there) is not None,
        FeedbackAction.HAND_BACK: bool(found.came_from and there[rungs.ROLES[found.came_from]]),
        FeedbackAction.TO_FIRM: not found.straight and bool(there[Role.FIRM_MANAGER]),
    }
    view.steps = [step for step in view.steps if possible.get(step, True)]
    return view


async def _as_left(deps: Dependencies, actor: Actor, case: Feedback) -> Feedback:
    """Return a case as it was when it left the firm: whatever came later is not the firm's."""
    moves = await history.moves(deps, None, case.id)
    given = [number for number, row in enumerate(moves) if row.source in WITH_FIRM]
    if not given:  # it came to the firm by another step than being given out
        return case
    last = given[-1]
    before, left = moves[: last + 1], moves[last]
    gone: Document = {} if has_words(actor, case) else {"text_sealed": "", "photo_ids": []}
    return msgspec.structs.replace(
        case,
        **gone,
        state=FeedbackState(left.target or ""),
        rung=Rung(left.facts["rung"]),
        holder="",
        due_at=None,
        overdue=False,
        returned=sum(row.action == FeedbackAction.RETURN for row in before),
        reopened=sum(row.action == FeedbackAction.REOPEN for row in before),
    )


def _place(actor: Actor, case: Feedback) -> str:
    return case.place if FEEDBACK.is_own(actor, case) else shown_place(case)


def _shown(
    deps: Dependencies,
    actor: Actor,
    case: Feedback,
    addresses: Mapping[str, str],
    *,
    row: PartyRow | None,
    holder: str,
) -> FeedbackView:
    place, is_mine = _place(actor, case), FEEDBACK.is_own(actor, case)
    steps = cases.steps_of(actor, FEEDBACK, case, deps.now(), party=row)
    works = by_office(actor, case) and not serves(actor, case)
    readable = has_words(actor, case)
    return show(
        case,
        FeedbackView,
        feedback_id=case.id,
        place=place,
        address=addresses.get(place, place),
        progress=PROGRESS[case.state].format(rung=case.rung.label, holder=holder),
        text=_opened(deps, case, TEXT, case.text_sealed) if readable else "",
        photo_ids=case.photo_ids if readable else [],
        author_name_masked=_author(deps, case, is_mine=is_mine),
        found_in=(case.found_in or None) if works or is_mine else None,
        is_mine=is_mine,
        lies_with_me=lies_with(actor, case),
        is_held=bool(case.holder),
        is_held_by_me=case.holder == actor.person_id,
        department=(_opened(deps, case, DEPARTMENT, case.department_sealed) or None)
        if works and oversees(actor, case)
        else None,
        is_asked=cases.is_asked(FEEDBACK, case, row),
        may_reopen=FeedbackAction.REOPEN in steps,
        steps=steps,
    )


def _author(deps: Dependencies, case: Feedback, *, is_mine: bool) -> str | None:
    if case.anonymous and not is_mine:
        return None
    name = _opened(deps, case, NAME, case.name_sealed)
    return masking.name(name) if name else None


def _opened(deps: Dependencies, case: Feedback, field: Sealed, sealed: str) -> str:
    return field.open(deps.vault, case.id, sealed) if sealed else ""
