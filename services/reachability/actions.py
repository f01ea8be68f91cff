"""Reachability of a place, counted when it is asked for: the grants left change with each push.

A home is reached by a template when somebody bound to it today has a grant that a message of
that template may spend; by the linked service account, when nobody has and somebody follows it.
Messages to those who work here are left out: they reach no home. Who only pays for a home is
told of payments alone, so for anything else they reach nobody.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import Struct

from services.dependencies import Dependencies
from services.followers import actions as followers
from services.kernel import errors
from services.kernel.permissions import Actor, Permission
from services.kernel.templates import Purpose, is_of_offices
from services.messaging import message_grants
from services.messaging.models import Channel
from services.people import actions as people
from services.places import actions as places
from services.places.models import Kind
from services.reachability.models import ReachabilityView, TemplateReach
from services.residencies import actions as residencies
from services.residencies.models import Relation
from services.statistics import actions as statistics
from services.statistics import hidden_homes, measures, small_groups
from services.statistics.hidden_homes import HOMES
from services.statistics.rates import rate

HOMES_AT_ONCE: Final = 1_000  # four queries for so many; two more with a service account
HOMES_AT_MOST: Final = (
    10_000  # a community has a few thousand; see docs/explanation/messages.md
)


class TooManyHomesDetails(Struct, frozen=True, kw_only=True):
    """Size of a place that is allowed.

    `limit`: Most homes of a place.
    """

    limit: int


class TooManyHomes(errors.TooLarge):
    code = "too_many_homes"
    details_type = TooManyHomesDetails


async def of_place(deps: Dependencies, actor: Actor, place: str) -> ReachabilityView:
    """Return how many homes of a place each template reaches.

    Raises NotFound elsewhere than in one's own places, AskItsBuildings, TooManyHomes.
    """
    await statistics.access(deps, actor, place, Permission.SEND_NOTICES)
    found = await measures.by_place(deps, [HOMES], [place], depth=place.count(".") + 1)
    homes = found[place]["homes"] if place in found else 0
    if await _is_withheld(deps, actor, place):
        return ReachabilityView(place=place, homes=homes, templates=None)
    if homes > HOMES_AT_MOST:
        raise TooManyHomes("这里房屋太多,请选小一点的范围", limit=HOMES_AT_MOST)
    return await _count(deps, place)


async def _is_withheld(deps: Dependencies, actor: Actor, place: str) -> bool:
    """Tell whether the figures would be about too few homes for who may not see the homes."""
    if actor.may(Permission.VIEW_RESIDENTS, place):
        return False
    if hidden_homes.is_one(place):
        return True
    root = hidden_homes.root_of(actor, Permission.SEND_NOTICES, place)
    hidden = await hidden_homes.withheld(deps, actor, [root], Permission.VIEW_RESIDENTS)
    return small_groups.is_withheld(place, hidden[root])


async def _count(deps: Dependencies, place: str) -> ReachabilityView:
    """Count home by home, in bounded memory: HOMES_AT_ONCE at a time."""
    reached: Counter[tuple[Channel, str]] = Counter()
    homes, after, is_last = 0, "", False
    while not is_last:
        part = await places.of_kind_under(
            deps, place, Kind.HOME, after=after, limit=HOMES_AT_ONCE
        )
        reached += await _reached(deps, [home.id for home in part])
        homes += len(part)
        is_last = len(part) < HOMES_AT_ONCE
        after = part[-1].id if part else after
    templates = [
        TemplateReach(
            template=key,
            title=template.title,
            purpose=template.purpose,
            homes=rate(reached[Channel.MINI_PROGRAM, key], homes),
            homes_by_service=rate(reached[Channel.SERVICE_ACCOUNT, key], homes),
        )
        for key, template in deps.features.templates.items()
        if not is_of_offices(template)
        and (key in deps.templates or followers.carries(deps, key))
    ]
    return ReachabilityView(place=place, homes=homes, templates=templates)


async def _reached(deps: Dependencies, homes: Sequence[str]) -> Counter[tuple[Channel, str]]:
    """Return channel and key of a template → how many of these homes it reaches so."""
    bound = [row for row in await residencies.ties_of(deps, homes) if row.person]
    openids = await people.openids(deps, sorted({row.person or "" for row in bound}))
    allowed = await message_grants.allowed(deps, openids)
    following = await followers.reachable(deps, list(openids))
    carried = {key for key in deps.features.templates if followers.carries(deps, key)}
    granted: dict[str, set[str]] = defaultdict(set)
    followed: dict[str, set[str]] = defaultdict(set)
    for row in bound:
        person = row.person or ""
        granted[row.home] |= _told(deps, row.relation, allowed.get(person, frozenset()))
        if person in following:
            followed[row.home] |= _told(deps, row.relation, carried)
    found = Counter((Channel.MINI_PROGRAM, key) for keys in granted.values() for key in keys)
    found.update(
        (Channel.SERVICE_ACCOUNT, key)
        for home, keys in followed.items()
        for key in keys - granted[home]
    )
    return found


def _told(deps: Dependencies, relation: Relation, keys: AbstractSet[str]) -> AbstractSet[str]:
    """Return those of some templates that somebody of this relation to a home is told by."""
    if relation is not Relation.PAYER:
        return keys
    known = deps.features.templates
    return {key for key in keys if known[key].purpose is Purpose.PAYMENT}
