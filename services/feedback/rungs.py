"""Rungs of the ladder of feedback: who stands on one today, and what comes of an arrival.

unit head → building head → grid head → community → subdistrict. A rung on which nobody acts is
stepped over, and so is whoever the case is about or who said it: with another holder of the
same office it may lie.

A rung that is stepped over for whoever said something without a name would tell who it was. So
what is said by somebody who acts in an office over its place goes straight to the community, as
others may wish it to; and who takes such an office later is not stepped over below the top: it
waits there, as with any head who does nothing, and climbs.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from services.audiences import holders
from services.cases import deadlines
from services.dependencies import Dependencies
from services.feedback.models import Feedback, FeedbackKind, Rung
from services.feedback.states import FeedbackState
from services.feedback.terms import actions as terms
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Role
from services.places.models import LADDER, Kind

GOAL: Final = "rung"  # name of the deadline
ROLES: Final[Mapping[Rung, Role]] = {rung: Role(rung.value) for rung in Rung}
ORDER: Final = tuple(Rung)
# Who may look who said something without a name.
OVERSEERS: Final = (Role.COMMUNITY_STAFF, Role.SUBDISTRICT_STAFF)
# The others, as the history notes them.
BELOW: Final = frozenset(str(rung) for rung in Rung if ROLES[rung] not in OVERSEERS)
# Where each office can be held, as an actor's grants have it: a grid's head its buildings.
SEATS: Final[Mapping[Role, tuple[Kind, ...]]] = {
    Role.UNIT_HEAD: (Kind.UNIT,),
    Role.BUILDING_HEAD: (Kind.BUILDING,),
    Role.GRID_HEAD: (Kind.BUILDING,),
    Role.COMMUNITY_STAFF: (Kind.COMMUNITY, Kind.COMPOUND),
    Role.SUBDISTRICT_STAFF: (Kind.SUBDISTRICT,),
    Role.FIRM_MANAGER: (Kind.COMPOUND,),
}
Staffed = Mapping[Role, set[str]]


class NoRungAbove(errors.Conflict):
    """Nobody acts on a rung above this one: it is to be solved here."""

    code = "feedback_no_rung_above"


class NoRungBelow(errors.Conflict):
    """It came from no rung, or nobody acts there any more."""

    code = "feedback_no_rung_below"


class NobodyThere(errors.Conflict):
    """No firm has it: there is none, the case is about them, or it is the community's alone."""

    code = "feedback_no_firm"


def desks(roles: Iterable[Role], place: str) -> list[str]:
    """Return offices over a place, each as "role:place": of a grid's head its building."""
    levels = dict(zip(LADDER, ancestors(place), strict=False))
    seats = [(role, kind) for role in roles for kind in SEATS[role]]
    return [f"{role}:{levels[kind]}" for role, kind in seats if kind in levels]


def desks_of(actor: Actor) -> list[str]:
    """Return the offices of somebody, as they stand in cases."""
    kept = {*ROLES.values(), Role.FIRM_MANAGER}
    return sorted({f"{one.role}:{one.place}" for one in actor.grants if one.role in kept})


def is_firm(desk: str) -> bool:
    """Tell whether an office as it stands in cases is that of a firm."""
    return desk.startswith(f"{Role.FIRM_MANAGER}:")


async def staffed(deps: Dependencies, case: Feedback) -> Staffed:
    """Return role → who acts in it for a case today, without those who may not have it."""
    return _without(case, await _acting(deps, case), await kept_people(deps, case))


async def _acting(deps: Dependencies, case: Feedback) -> Staffed:
    return await holders.by_role(deps, case.place, [*ROLES.values(), Role.FIRM_MANAGER])


def _without(case: Feedback, found: Staffed, kept: Collection[str]) -> Staffed:
    return {
        role: {each for each in people if each not in kept and _may_be_of(case, each, role)}
        for role, people in found.items()
    }


def is_kept_from(case: Feedback, person_id: str, held: Collection[str]) -> bool:
    """Tell whether a case is about somebody who holds some offices, by the day or by today.

    The one rule: `kept_people` are all of whom it is true. `held`: as it stands in cases.
    """
    if person_id in case.about_people:
        return True
    return not {*held}.isdisjoint(case.about_desks)


async def kept_people(deps: Dependencies, case: Feedback) -> set[str]:
    """Return everybody whom a case is about today, and so neither comes to nor is told to.

    Also who said it, once they hold that office: they are stepped over as any other of it.
    """
    if not case.about_desks:
        return {*case.about_people}
    role, _, lowest = max(case.about_desks, key=len).partition(":")
    held = await holders.by_role(deps, lowest, [Role(role)])
    return {*case.about_people, *held[Role(role)]}


def _may_be_of(case: Feedback, person_id: str, role: Role) -> bool:
    """Tell whether a case may come by an office to somebody, though they may have said it.

    Of what has no name the author's office counts as any other, but for the top, from where
    nothing climbs: they take no step in it (kind.lies_with).
    """
    is_hidden = case.anonymous and role is not Role.SUBDISTRICT_STAFF
    return is_hidden or person_id != case.person


def above(rung: Rung | None, there: Staffed) -> Rung | None:
    """Return the next rung above one on which somebody stands; None for none.

    `rung`: None for the first of all.
    """
    rest = ORDER[ORDER.index(rung) + 1 :] if rung else ORDER
    return next((each for each in rest if there[ROLES[each]]), None)


async def arrival(deps: Dependencies, case: Feedback, rung: Rung, there: Staffed) -> Document:
    """Return what is written when a case comes to a rung: whose it is, and until when."""
    role = ROLES[rung]
    written = await at_desk(deps, case, role)
    is_top = case.kind is FeedbackKind.PRAISE or above(rung, there) is None
    return {**written, "rung": rung, "is_top": is_top, "holder": "", "department_sealed": ""}


async def at_desk(
    deps: Dependencies, case: Feedback, role: Role, *, office: str = ""
) -> Document:
    """Return what is written when a case lies with an office from now on.

    `office`: whose terms count, where it is not that one.
    """
    own = desks([role], case.place)
    span = await terms.span(deps, case.place, office or role)
    clocks = await deadlines.begin(deps, case.place, deps.now(), {GOAL: span})
    return {"desks": own, "seen_at": sorted({*case.seen_at, *own}), "clocks": clocks}


async def upwards(deps: Dependencies, case: Feedback, *, anew: bool = False) -> Document:
    """Return what is written when a case goes one rung up; it stays where none is above.

    `anew`: whether its time begins again then.
    """
    there = await staffed(deps, case)
    rung = above(case.rung, there)
    if rung is not None:
        return {**await arrival(deps, case, rung, there), "came_from": case.rung}
    if anew:
        return await arrival(deps, case, case.rung, there)
    return {"is_top": True, "holder": ""}


async def once_more(deps: Dependencies, case: Feedback) -> Document:
    """Return what is written when a case comes to its rung again, or to the next one.

    From a firm, from a department, or after its end; to the next where nobody acts on it.
    """
    there = await staffed(deps, case)
    is_there = bool(there[ROLES[case.rung]])
    rung = case.rung if is_there else above(case.rung, there) or case.rung
    return await arrival(deps, case, rung, there)


async def first(deps: Dependencies, case: Feedback) -> Document:
    """Return what a new case begins with: at the lowest rung, or the community's by default.

    Above the heads what has no name and is of somebody who acts in an office over its place.
    """
    found = await _acting(deps, case)
    own = {role for role, people in found.items() if case.anonymous and case.person in people}
    there = _without(case, found, await kept_people(deps, case))
    straight = case.straight or bool(own)
    below = Rung.GRID_HEAD if straight else None
    below = Rung.COMMUNITY_STAFF if Role.COMMUNITY_STAFF in own else below
    rung = above(below, there) or Rung.COMMUNITY_STAFF
    case.seen_at = desks(OVERSEERS, case.place)
    begun: Document = {"first_rung": rung, "straight": straight}
    return {**await arrival(deps, case, rung, there), **begun}


async def people_of(deps: Dependencies, case: Feedback) -> set[str]:
    """Return people with whom a case lies today, but for who said it."""
    there = await staffed(deps, case)
    with_firm = case.state is FeedbackState.WITH_FIRM
    return there[Role.FIRM_MANAGER if with_firm else ROLES[case.rung]] - {case.person or ""}


def require(found: Rung | None, there: Staffed) -> Rung:
    """Return a rung to hand a case back to. Raises NoRungBelow."""
    if found is None or not there[ROLES[found]]:
        raise NoRungBelow("没有可以退回的一级,请在本级办理或交上一级")
    return found
