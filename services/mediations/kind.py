"""Mediations as a kind of case: whose they are, who knows of them, who looks after them."""

from typing import Final

from mongo_indexes.mediations import COLLECTION
from services.cases import deadlines
from services.cases.kinds import Kind, Rung
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import month_of
from services.kernel.documents import Document
from services.kernel.interests import homes_of
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission, Role
from services.mediations import interests, notify, states
from services.mediations.models import KEPT_FOR, Circle, Mediation
from services.mediations.states import OPEN, TABLE, MediationAction, MediationState
from services.places import actions as places
from services.working_time.models import WORKING_DAY, Pace, Span

FOLLOW_UP: Final = "follow_up"
TALKS: Final = "talks"
CONFIRMATION: Final = "confirmation"
# Working days, of no law: who mediates is reminded before, and the member is told when passed.
TALKED_WITHIN: Final = 20
CONFIRMED_WITHIN: Final = 10
CLEAR: Final = "mediations.clear"


def quarter_of(month: str) -> str:
    """Return the quarter of a month: 2026-11 → 2026Q4."""
    return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"


def _span(days: int) -> Span:
    return Span(days * WORKING_DAY, Pace.WORKING)


async def _talk(deps: Dependencies, mediation: Mediation) -> Document:
    """Begin the time in which the talks should come to something."""
    spans = {TALKS: _span(TALKED_WITHIN)}
    return {"clocks": await deadlines.begin(deps, mediation.place, deps.now(), spans)}


async def _propose(deps: Dependencies, mediation: Mediation) -> Document:
    """Begin the time in which all should have answered, with each version anew."""
    spans = {CONFIRMATION: _span(CONFIRMED_WITHIN)}
    return {"clocks": await deadlines.begin(deps, mediation.place, deps.now(), spans)}


async def _agree(deps: Dependencies, mediation: Mediation) -> Document:
    """Put an agreement in force, and begin the time until it is looked after."""
    now = deps.now()
    spans = {FOLLOW_UP: _span(mediation.follow_up_days)}
    clocks = await deadlines.begin(deps, mediation.place, now, spans)
    return {"clocks": clocks, "agreed_at": now, "agreed_in": quarter_of(month_of(now))}


async def _end(deps: Dependencies, _mediation: Mediation) -> Document:
    return {"ended_at": deps.now()}


async def _keep(deps: Dependencies, mediation: Mediation) -> Document:
    kept = quarter_of(month_of(deps.now()))
    return {**await _end(deps, mediation), "kept_in": kept}


async def _vacate(_deps: Dependencies, _mediation: Mediation) -> Document:
    return {"holder": "", "appointment": ""}


async def _follow(deps: Dependencies, tx: Transaction, mediation: Mediation) -> None:
    """Promise to remove what was written when a mediation has ended long ago."""
    if mediation.ended_at is not None:
        due = mediation.ended_at + KEPT_FOR
        await jobs.enqueue(deps, tx, CLEAR, mediation.id, due_at=due, mediation_id=mediation.id)


def may(actor: Actor, permission: Permission, mediation: Mediation) -> bool:
    """Tell whether an office counts: to mediate, any of the community's places or above it."""
    if permission is not Permission.MEDIATE:
        return actor.may(permission, mediation.place)
    held = actor.places(permission)
    return any(covers(at, mediation.place) or covers(mediation.place, at) for at in held)


def mediates_in(actor: Actor) -> list[str]:
    """Return the communities in which somebody may mediate, or a place above them."""
    held = actor.places(Permission.MEDIATE)
    return sorted({places.community_of(at) for at in held})


def circle_of(actor: Actor, mediation: Mediation) -> Circle | None:
    """Return by what somebody knows of a mediation; None for everybody else.

    A party is one and nothing else, whatever office they hold.
    """
    if actor.person_id in mediation.people:
        return Circle.PARTY
    if interests.is_concerned(mediation, actor.person_id, homes_of(actor)):
        return None
    if mediation.holder == actor.person_id and may(actor, Permission.MEDIATE, mediation):
        return Circle.MEDIATOR
    if actor.may(Permission.ASSIGN_MEDIATOR, mediation.place):
        return Circle.MEMBER
    return None


MEDIATION: Final = Kind(
    name="mediation",
    label="调解",
    collection=COLLECTION,
    model=Mediation,
    table=TABLE,
    missing=interests.MISSING,
    moved_on=lambda mediation: states.moved_on(mediation.state),
    forbidden="这一步由别人办理",
    knows=lambda actor, mediation: circle_of(actor, mediation) is not None,
    barred=interests.barred,
    may=may,
    # A party is found by what else the audit says of them: that one names their home.
    veiled=lambda actor, mediation: actor.person_id in mediation.people,
    own=lambda mediation: mediation.people,
    held_by=Permission.MEDIATE,
    goals={
        MediationState.TALKS: TALKS,
        MediationState.PROPOSED: CONFIRMATION,
        MediationState.AGREED: FOLLOW_UP,
    },
    over=frozenset(MediationState) - frozenset(OPEN),
    ladder=(Rung("调解委员", (Role.MEDIATION_MEMBER,), 0.0),),
    writes={
        MediationAction.BEGIN: _talk,
        MediationAction.NOTE_BEGIN: _talk,
        MediationAction.REFUSE: _talk,
        MediationAction.NOTE_REFUSE: _talk,
        MediationAction.PROPOSE: _propose,
        MediationAction.AGREE: _agree,
        MediationAction.NOTE_AGREE: _agree,
        MediationAction.KEEP: _keep,
        MediationAction.VACATE: _vacate,
        **dict.fromkeys(
            (
                MediationAction.KEEP_PARTLY,
                MediationAction.BREAK,
                MediationAction.DECLINE,
                MediationAction.NOTE_DECLINE,
                MediationAction.LEAVE,
                MediationAction.NOTE_LEAVE,
                MediationAction.END,
                MediationAction.LAPSE,
                MediationAction.EXPIRE,
                MediationAction.CLOSE,
            ),
            _end,
        ),
    },
    follows=_follow,
    tell=notify.tell,
)
