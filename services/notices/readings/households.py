"""Households that answer a notice: which of somebody's homes do, and whose words they may read.

A home's answer stays with the home, its words with those who live there as they are said: the
next household, and a relative who only pays, are told at most that the home answered.
"""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Role
from services.notices.models import Notice
from services.notices.readings.models import Reading
from services.notices.states import OUT, NoticeState
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies.models import ROLE_OF, Residency


def asks_homes(notice: Notice) -> bool:
    """Tell whether homes answer: where residents are meant. Offices answer person by person."""
    return bool(notice.audience.relations)


def asks(notice: Notice, home: str) -> bool:
    """Tell whether a home lies where residents are asked."""
    is_out = notice.state in OUT and asks_homes(notice)
    return is_out and any(covers(place, home) for place in notice.audience.places)


async def asked(
    deps: Dependencies, actor: Actor, found: Sequence[Notice]
) -> dict[str, list[str]]:
    """Return notice → the actor's homes that answer it; one query at most."""
    mine = {each.id: own(actor, each) for each in found}
    narrow = {home for each in found if each.audience.usages for home in mine[each.id]}
    kept = await places.find_many(deps, sorted(narrow)) if narrow else []
    uses = {place.id: place.usage for place in kept}
    return {
        each.id: [
            home
            for home in mine[each.id]
            if not each.audience.usages or uses.get(home) in each.audience.usages
        ]
        for each in found
    }


def roles_of(notice: Notice) -> set[Role]:
    """Return in which roles people answer for a home; none where offices are asked."""
    return {ROLE_OF[relation] for relation in notice.audience.relations}


def own(actor: Actor, notice: Notice) -> list[str]:
    """Return the actor's homes that lie where the notice is for, by a relation it asks."""
    roles = roles_of(notice)
    held = {grant.place for grant in actor.grants if grant.role in roles}
    return sorted(home for home in held if asks(notice, home))


async def asking(deps: Dependencies, actor: Actor, found: Sequence[Notice]) -> set[str]:
    """Return which of the notices that somebody reads ask them.

    Where residents answer, a head who lives elsewhere reads the question and is not asked it.
    """
    open_now = [each for each in found if each.question and each.state is NoticeState.PUBLISHED]
    homes = await asked(deps, actor, open_now)
    return {each.id for each in open_now if homes[each.id] or not asks_homes(each)}


async def readable(
    deps: Dependencies, actor: Actor, notice: Notice, answered: Sequence[Reading]
) -> set[str]:
    """Return the homes whose answer the actor may read in words: one query however many.

    Whoever gave it belongs to the home still; of one that was entered, where nobody knows who
    said it, the actor belonged to the home on that day.
    """
    homes = [row.home for row in answered if row.home]
    if not homes:
        return set()
    roles = roles_of(notice)
    ties = [
        tie
        for tie in await residencies.of_homes(deps, homes)
        if tie.person and ROLE_OF[tie.relation] in roles
    ]
    return {row.home for row in answered if any(_shows(actor, tie, row) for tie in ties)}


def _shows(actor: Actor, tie: Residency, row: Reading) -> bool:
    if tie.home != row.home:
        return False
    if not row.entered_by:
        return tie.person == row.person
    day = day_of(row.answered_at) if row.answered_at else ""
    return tie.person == actor.person_id and tie.from_day <= day
