"""Repairs as a kind of case: whose they are, which deadlines run, and what they climb."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mongo_indexes.repairs import COLLECTION
from services.cases import deadlines
from services.cases.kinds import Kind, Question, Rung
from services.cases.models import Clock
from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission, Role
from services.repairs import notify, states
from services.repairs.boards import keys
from services.repairs.dispatches import details
from services.repairs.figures import recounts
from services.repairs.models import Part, Repair, Wish
from services.repairs.quotes import debts
from services.repairs.states import OPEN, TABLE, UNDER_WAY, RepairAction, RepairState
from services.working_time.models import WORKING_DAY, Pace, Span

# Until somebody says that it will be done, and until it is done; both from the report on.
RESPONSE: Final = "response"
COMPLETION: Final = "completion"
# Until the community has decided an appeal. No law says how long: three working days.
APPEAL: Final = "appeal"
TO_DECIDE: Final = Span(3 * WORKING_DAY, Pace.WORKING)
COMMUNITY: Final = (Role.COMMUNITY_STAFF,)
SUBDISTRICT: Final = (Role.SUBDISTRICT_STAFF,)


async def for_wish(
    deps: Dependencies, place: str, clocks: dict[str, Clock], wish: Wish | None
) -> dict[str, Clock]:
    """Return deadlines by which the work is not due before somebody is there."""
    if wish is None:
        return clocks
    longer = await deadlines.reach(deps, place, clocks[COMPLETION], wish.ends)
    return {**clocks, COMPLETION: longer}


async def _fresh(deps: Dependencies, repair: Repair) -> Document:
    """Return what is written when it was not fixed: the deadline of its class, anew."""
    old = repair.clocks[COMPLETION]
    span = Span(old.total, old.pace)
    clocks = await deadlines.begin(deps, repair.place, deps.now(), {COMPLETION: span})
    clocks = await for_wish(deps, repair.place, clocks, repair.wish)
    return {"clocks": {**repair.clocks, **clocks}, "done": None}


async def _return(deps: Dependencies, repair: Repair) -> Document:
    return {**await _fresh(deps, repair), "returned": repair.returned + 1}


async def _reopen(deps: Dependencies, repair: Repair) -> Document:
    again: Document = {"reopened": repair.reopened + 1, "ended_at": None}
    nobody = {"holder": "", "outside_sealed": ""}
    return {**await _fresh(deps, repair), **again, **nobody}


async def _accept(deps: Dependencies, repair: Repair) -> Document:
    return {} if repair.accepted_at else {"accepted_at": deps.now()}


async def _overturn(deps: Dependencies, repair: Repair) -> Document:
    """Give those who do it their whole time: the refusal and the appeal used it up."""
    accepted = {**await _accept(deps, repair), "ended_at": None}
    return {**await _fresh(deps, repair), **accepted}


async def _appeal(deps: Dependencies, repair: Repair) -> Document:
    clocks = await deadlines.begin(deps, repair.place, deps.now(), {APPEAL: TO_DECIDE})
    return {"clocks": {**repair.clocks, **clocks}, "ended_at": None}


async def _end(deps: Dependencies, _repair: Repair) -> Document:
    return {"ended_at": deps.now(), **_NO_PAUSE}


async def _leave(deps: Dependencies, repair: Repair) -> Document:
    """End without work: nobody has it on hand any more."""
    return {**await _end(deps, repair), "holder": ""}


async def _start(_deps: Dependencies, repair: Repair) -> Document:
    return {"visits": repair.visits + 1}


async def _go_on(_deps: Dependencies, _repair: Repair) -> Document:
    return {**_NO_PAUSE}


async def _give_back(_deps: Dependencies, _repair: Repair) -> Document:
    return {"holder": "", "outside_sealed": "", **_NO_PAUSE}


async def _pass_back(_deps: Dependencies, repair: Repair) -> Document:
    """Leave the firm; whoever finished it stays named until everybody has answered."""
    left: Document = {"firm": "", "contract": ""}
    return {**left, "holder": "", **_NO_PAUSE} if repair.state in UNDER_WAY else left


async def _end_outage(deps: Dependencies, repair: Repair) -> Document:
    now = deps.now()
    accepted: Document = {"accepted_at": repair.accepted_at or now}
    return {"outage_asked": True, "done_at": now, **accepted, **_NO_PAUSE}


_NO_PAUSE: Final = {"paused_until": None, "pause_reason": None}
WRITES: Final = {
    RepairAction.ACCEPT: _accept,
    RepairAction.APPEAL: _appeal,
    RepairAction.OVERTURN: _overturn,
    RepairAction.UPHOLD: _end,
    RepairAction.REFUSE: _end,
    RepairAction.CANCEL: _leave,
    RepairAction.CONFIRM: _end,
    RepairAction.LAPSE: _end,
    RepairAction.MERGE: _leave,
    RepairAction.ASSIGN: _go_on,
    RepairAction.START: _start,
    RepairAction.RESUME: _go_on,
    RepairAction.WAKE: _go_on,
    RepairAction.GIVE_BACK: _give_back,
    RepairAction.PASS_BACK: _pass_back,
    RepairAction.RELEASE: _give_back,
    RepairAction.RETURN: _return,
    RepairAction.REOPEN: _reopen,
    RepairAction.END_OUTAGE: _end_outage,
}


async def _follow(deps: Dependencies, tx: Transaction, repair: Repair) -> None:
    await recounts.of_change(deps, tx, repair)
    await debts.tell(deps, tx, repair)


# Longer than it may be opened again, and than most quarrels about what was done.
PHOTOS_KEPT_FOR: Final = timedelta(days=180)


def _without_photos(repair: Repair) -> Document:
    done = repair.done and msgspec.structs.replace(repair.done, before=[], after=[])
    return {"photo_ids": [], "done": done}


def knows(actor: Actor, repair: Repair) -> bool:
    """Tell whether somebody may know of a repair: what all share is known to all there.

    Of one in a home, those know who belonged to it then: not the next household.
    """
    if REPAIR.is_own(actor, repair) or actor.may(Permission.WORK_ON_REPAIRS, repair.place):
        return True
    if repair.part is Part.HOME:
        return is_household(actor, repair.place, repair.created_at)
    return actor.may(Permission.FOLLOW_REPAIRS, repair.place) or lives_under(
        actor, repair.place
    )


def is_household(actor: Actor, home: str, at: datetime) -> bool:
    """Tell whether somebody belongs to a home, and did on the day of an instant."""
    since = actor.since(Permission.VIEW_HOME)
    return any(covers(held, home) and since[held] <= day_of(at) for held in since)


def lives_under(actor: Actor, place: str) -> bool:
    """Tell whether somebody belongs to a home at a place or under it."""
    homes = actor.places(Permission.VIEW_HOME)
    return any(home == place or home.startswith(f"{place}.") for home in homes)


def may_join(actor: Actor, repair: Repair) -> bool:
    """Tell whether somebody belongs to those whose repair it is as well."""
    shares = repair.part is Part.COMMON and lives_under(actor, repair.place)
    return shares or actor.may(Permission.VIEW_HOME, repair.place)


def own(repair: Repair) -> Iterable[str | None]:
    """Return whose repair it is: the reporter's, or whose who wrote it down for them."""
    return [repair.person] if repair.person else [repair.filed_by]


REPAIR: Final = Kind(
    name="repair",
    label="报修",
    collection=COLLECTION,
    model=Repair,
    table=TABLE,
    missing="没有找到这个报修",
    moved_on=lambda repair: states.moved_on(repair.state),
    too_late=states.too_late,
    forbidden="这一步由别人办理",
    knows=knows,
    own=own,
    files_for=Permission.REPORT_FOR_OTHERS,
    held_by=Permission.WORK_ON_REPAIRS,
    goals={
        RepairState.REPORTED: RESPONSE,
        RepairState.APPEALED: APPEAL,
        **dict.fromkeys(UNDER_WAY, COMPLETION),
    },
    paused=frozenset({RepairState.PAUSED}),
    over=frozenset(RepairState) - frozenset(OPEN),
    ladder=(
        Rung("物业调度", (Role.DISPATCHER,), 0.0),
        Rung("物业经理", (Role.FIRM_MANAGER,), 0.25),
        Rung("社区", COMMUNITY, 0.5),
        Rung("街道", SUBDISTRICT, 1.0),
    ),
    # Whoever refused does not decide, and is not told.
    ladders={APPEAL: (Rung("社区", COMMUNITY, 0.0), Rung("街道", SUBDISTRICT, 0.5))},
    question=Question(
        RepairState.DONE,
        RepairAction.CONFIRM,
        RepairAction.RETURN,
        RepairAction.LAPSE,
        spares=lambda repair: str(repair.holder),  # as long as it asks, who finished it
        stands_in=COMMUNITY,
    ),
    writes=WRITES,
    derives=keys.changed,
    # What others decide by is settled once it is accepted.
    frozen=dict.fromkeys(
        ("text", "text_sealed", "wish", "phone_sealed", "access_sealed"),
        frozenset(RepairState) - {RepairState.REPORTED},
    ),
    photos_kept_for=PHOTOS_KEPT_FOR,
    without_photos=_without_photos,
    follows=_follow,
    tell=notify.tell,
    details=details.of_events,
)
