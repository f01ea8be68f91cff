"""Actions on mediators: the community's member asks one without interest, who ends it, too.

人民调解法 art. 19: the committee names a mediator. Who is a party, of a party's household, or
in the office that the dispute is about, is none: by the register of today, by account and by
phone, since a head may not have signed in at home.
"""

from collections.abc import Collection, Sequence
from typing import Final

from services.appointments import offices
from services.appointments import views as appointments
from services.appointments.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.kernel.paths import covers
from services.kernel.permissions import HEADS, Actor, Permission, Role
from services.mediations import interests, steps
from services.mediations.interests import MediationInterest
from services.mediations.mediators.models import (
    AssignMediator,
    CandidateView,
    EndMediation,
    FollowUpMediation,
)
from services.mediations.models import OUTCOME, Circle, Mediation
from services.mediations.parties import store as parties
from services.mediations.states import MediationAction
from services.mediations.views import Seen, one
from services.places import actions as places
from services.residencies import actions as residencies

BY_PLACE: Final = Keyset(Key("place"), Key())
MEDIATORS: Final = (*HEADS, Role.COMMUNITY_STAFF, Role.MEDIATION_MEMBER)


class NoMediator(errors.Conflict):
    """The appointment is none of a mediator of this community, or is not in force."""

    code = "mediation_no_mediator"


async def assign(
    deps: Dependencies, actor: Actor, mediation_id: str, wish: AssignMediator
) -> Seen:
    """Say as the community's mediation member who mediates from now on.

    Raises NotFound, Forbidden, NoMediator, MediationInterest, MediationMovedOn.
    """

    async def change(tx: Transaction, found: Mediation) -> Document:
        chosen = await offices.find(deps, wish.appointment_id)
        if chosen is None or not await _is_mediator(deps, found, chosen):
            raise NoMediator("请选本社区在任的三长、社区工作人员或调解委员")
        if not await _impartial(deps, found, [chosen], tx=tx):
            raise MediationInterest("这位与当事人有利害关系,请选别人")
        return {"holder": chosen.person, "appointment": chosen.id}

    found = await steps.take(deps, actor, mediation_id, MediationAction.ASSIGN, change)
    return await one(deps, actor, found)


async def _is_mediator(deps: Dependencies, found: Mediation, chosen: Appointment) -> bool:
    """Tell whether an appointment is in force today, and one of those who mediate here."""
    if not chosen.person or not mediates_at(chosen, found.place):
        return False
    held = await offices.roles_of(deps, chosen.person)
    return chosen.id in {each.id for each in held}


def mediates_at(office: Appointment, community: str) -> bool:
    """Tell whether an office is one of those that mediate in a community."""
    return office.role in MEDIATORS and covers(community, office.place)


async def _impartial(
    deps: Dependencies,
    found: Mediation,
    candidates: Sequence[Appointment],
    *,
    tx: Transaction | None = None,
) -> list[Appointment]:
    """Leave out who has an interest in a mediation: four queries however many."""
    rows = await parties.of(deps.db, found.id, tx=tx)
    more = await interests.homes_of_parties(deps, found)
    ties = await residencies.ties_of(deps, sorted({*found.homes, *more}))
    near = {tie.phone_index for tie in ties} | {row.phone_index for row in rows} - {""}
    people = sorted({each.person for each in candidates if each.person})
    homes = await residencies.homes_of(deps, people) if people else {}
    return [
        each
        for each in candidates
        if each.person
        and not _is_near(each, near)
        and not interests.is_concerned(
            found, each.person, homes.get(each.person, []), more=more
        )
    ]


def _is_near(candidate: Appointment, phones: Collection[str | None]) -> bool:
    return candidate.phone_index in phones


async def candidates(
    deps: Dependencies, actor: Actor, mediation_id: str, query: ListQuery
) -> Page[CandidateView]:
    """Who may be asked to mediate, by place; for the community's mediation member.

    Also for one who mediates it: they may hand it on. A page may hold fewer than it could:
    whoever has an interest is left out of it. Raises NotFound, Forbidden, MediationInterest,
    and InvalidInput for a cursor that is none of ours.
    """
    found, circle = await steps.look(deps, actor, mediation_id)
    if circle is Circle.PARTY or not actor.may(Permission.ASSIGN_MEDIATOR, found.place):
        raise errors.Forbidden("由社区调解委员指派")
    place, appointment = BY_PLACE.read(query.cursor) or ("", "")
    acting, following = await offices.acting_around(
        deps,
        [found.place],
        MEDIATORS,
        also=[],
        after=(place, appointment),
        limit=query.limit,
    )
    free = await _impartial(deps, found, acting)
    addresses = await places.addresses(deps, sorted({each.place for each in free}))
    views = [
        CandidateView(
            appointment_id=each.id,
            role=each.role,
            place=each.place,
            address=addresses.get(each.place, each.place),
            name=appointments.name_of(deps, each),
        )
        for each in free
    ]
    if following is None:
        return Page(views)
    return Page(views, BY_PLACE.write(dict(zip(("place", "_id"), following, strict=True))))


async def end(deps: Dependencies, actor: Actor, mediation_id: str, wish: EndMediation) -> Seen:
    """End it as the mediator without an agreement; the parties are told of the other ways.

    Raises NotFound, Forbidden, MediationInterest, MediationMovedOn.
    """

    async def change(_tx: Transaction, found: Mediation) -> Document:
        return {"reason": wish.reason, **_noted(deps, found, wish.note)}

    found = await steps.take(deps, actor, mediation_id, MediationAction.END, change)
    return await one(deps, actor, found)


async def follow_up(
    deps: Dependencies, actor: Actor, mediation_id: str, wish: FollowUpMediation
) -> Seen:
    """Write down as the mediator whether the agreement is kept. Raises as `end`.

    Before the day of the follow-up it is marked as early, and no figure counts it as kept.
    """

    async def change(_tx: Transaction, found: Mediation) -> Document:
        noted = _noted(deps, found, wish.note)
        if found.due_at is None or day_of(found.due_at) <= deps.today():
            return noted
        return {**noted, "early": True, "kept_in": ""}

    found = await steps.take(deps, actor, mediation_id, wish.outcome.action, change)
    return await one(deps, actor, found)


def _noted(deps: Dependencies, found: Mediation, note: str | None) -> Document:
    return {"outcome_sealed": OUTCOME.seal(deps.vault, found.id, note)} if note else {}
