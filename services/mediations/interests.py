"""Interest in a mediation: who may neither mediate it nor see it by office.

A party, somebody of a party's household, and whoever in office it is about. Homes are those of
today: whoever moves in later is found at their next step.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import Day, day_of
from services.kernel.errors import Forbidden, NotFound
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor
from services.mediations import store
from services.mediations.models import Matter, Mediation, Near
from services.residencies import actions as residencies

MISSING: Final = "没有找到这件调解"


class MediationInterest(Forbidden):
    """Whoever is close to a party, or is one, does not mediate between them."""

    code = "mediation_interest"


def is_concerned(
    mediation: Mediation, person_id: str, own: Iterable[str], *, more: Iterable[str] = ()
) -> bool:
    """Tell whether somebody with some homes of their own has an interest.

    `more`: homes to which parties belong besides those they were named with.
    """
    if person_id in {*mediation.people, *mediation.excluded}:
        return True
    return not {*mediation.homes, *more}.isdisjoint(own)


def barred(actor: Actor, mediation: Mediation) -> Exception | None:
    """Return why somebody takes no step by office; to others than its mediator it is gone."""
    if not is_concerned(mediation, actor.person_id, homes_of(actor)):
        return None
    if actor.person_id in {*mediation.people, mediation.holder}:
        return refusal()
    return NotFound(MISSING)


def refusal() -> MediationInterest:
    return MediationInterest("您与这件事有利害关系,请由别的调解员办理")


async def homes_of_parties(deps: Dependencies, mediation: Mediation) -> set[str]:
    """Return every home to which a party with an account belongs today."""
    if not mediation.people:
        return set()
    found = await residencies.homes_of(deps, mediation.people)
    return {home for homes in found.values() for home in homes}


async def near(deps: Dependencies, actor: Actor) -> Near:
    """Return in whose disputes somebody has an interest: what their lists leave out."""
    homes = sorted(homes_of(actor))
    ties = await residencies.ties_of(deps, homes) if homes else []
    people = {actor.person_id, *(tie.person for tie in ties if tie.person)}
    return Near(actor.person_id, sorted(people), homes)


async def impartial(
    deps: Dependencies, mediation: Mediation, people: Iterable[str]
) -> list[str]:
    """Leave out who has an interest: to them there is no such mediation."""
    asked = sorted(people)
    homes = await residencies.homes_of(deps, asked) if asked else {}
    more = await homes_of_parties(deps, mediation)
    return [
        person
        for person in asked
        if not is_concerned(mediation, person, homes.get(person, []), more=more)
    ]


async def require_none(deps: Dependencies, actor: Actor, mediation: Mediation) -> None:
    """Raise MediationInterest, or NotFound for who does not know of it by mediating it."""
    more = await homes_of_parties(deps, mediation)
    if is_concerned(mediation, actor.person_id, homes_of(actor), more=more):
        raise refusal() if actor.person_id == mediation.holder else NotFound(MISSING)


async def in_dispute_about_service(deps: Dependencies, homes: Sequence[str]) -> set[str]:
    """Return those of some homes that are in a mediation about the property service.

    For who asks homes for fees: it stops meanwhile, and shows no more than that it does.
    """
    return await store.homes_with(deps.db, homes, [Matter.SERVICE])


async def spans_about_service(
    deps: Dependencies, homes: Sequence[str]
) -> list[tuple[str, Day, Day | None]]:
    """Return (home, first day, last day) of each mediation about the property service.

    The last day is that of the agreement, or of its end without one; None while it goes on. For
    who counts days for which a home owes something.
    """
    found = await store.with_homes(deps.db, homes, Matter.SERVICE)
    return [
        (home, day_of(each.created_at), day_of(end) if end else None)
        for each in found
        for end in [each.agreed_at or each.ended_at]
        for home in {*each.homes} & {*homes}
    ]
