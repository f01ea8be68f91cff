"""Homes that answer a notice: which of somebody's own do, and whose words they may read there.

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
from services.residencies import actions as residencies
from services.residencies.models import ROLE_OF, Residency


def roles_of(notice: Notice) -> set[Role]:
    """Return in which roles people answer for a home; none where offices are asked."""
    return {ROLE_OF[relation] for relation in notice.audience.relations}


def own(actor: Actor, notice: Notice) -> list[str]:
    """Return the actor's homes that lie where the notice is for, by a relation it asks."""
    roles, places = roles_of(notice), notice.audience.places
    return sorted(
        {
            grant.place
            for grant in actor.grants
            if grant.role in roles and any(covers(place, grant.place) for place in places)
        }
    )


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
    return {row.home for row in answered if any(_shows(tie, row, actor) for tie in ties)}


def _shows(tie: Residency, row: Reading, actor: Actor) -> bool:
    if tie.home != row.home:
        return False
    if not row.entered_by:
        return tie.person == row.person
    day = day_of(row.answered_at) if row.answered_at else ""
    return tie.person == actor.person_id and tie.from_day <= day
