"""Audiences: who is meant. The one answer for all who tell many people something.

Whoever writes an audience checks it; publishing freezes it, and from then on it is read part by
part, each of a bounded number of homes. What its words mean: docs/reference/audiences.md.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from services.audiences import holders, residents
from services.audiences.models import MOST_PLACES, Audience, Preview
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.paths import outermost, parent
from services.kernel.permissions import Actor, Permission, require_at
from services.messaging.broadcasts.models import AT_ONCE, Part, Recipients
from services.messaging.deliveries import actions as deliveries
from services.messaging.models import Channel
from services.people import actions as people_actions
from services.places import actions as places
from services.places import grids
from services.places.models import Kind, Place

# Where the offices begin in the order of an audience: behind every path of a home.
OFFICES: Final = "~"


class AudienceEmpty(errors.InvalidInput):
    """Neither residents by a relation nor holders of an office are meant."""

    code = "audience_empty"


class NotAnOffice(errors.InvalidInput):
    """Owners, family, tenants and payers are residents: they are meant by `relations`."""

    code = "audience_not_an_office"


class NoResidents(errors.InvalidInput):
    """`usages`, `owing_since` and `lacks` are of residents, and no relation is meant."""

    code = "audience_no_residents"


class TooManyPlaces(errors.InvalidInput):
    """The buildings of the grids and the other places are more than `most` in details."""

    code = "audience_too_many_places"
    details_type = errors.Most


class FilterNotYours(errors.Forbidden):
    """Debts, or who lacks what, may not be seen at a place: so nobody is chosen by them there.

    Whom an audience means, or that it means nobody, would tell of a single home.
    """

    code = "audience_filter_not_yours"
    details_type = errors.MissingPermission


async def check(
    deps: Dependencies, actor: Actor, audience: Audience, permission: Permission
) -> None:
    """Check that an audience means somebody, at places where the actor holds `permission`.

    A grid is theirs who hold it at all of its buildings. Raises AudienceEmpty, NotAnOffice,
    NoResidents, TooManyPlaces, FilterNotYours; NotFound for a place that is not theirs, or is a
    retired home.
    """
    _check_words(audience)
    wanted = set(audience.places)
    found = await places.find_many(deps, sorted(wanted))
    standing = [place for place in found if place.retired_from is None]
    if len(standing) < len(wanted):
        raise errors.NotFound(places.MISSING)
    buildings = await _buildings(deps, standing)
    for place in standing:
        for each in buildings.get(place.id) or [place.id]:
            require_at(actor, permission, each)
    require_filters(actor, _frozen(audience, buildings))


def require_filters(actor: Actor, audience: Audience) -> None:
    """Raise FilterNotYours unless the actor may see what a frozen audience is chosen by."""
    asked = (
        (audience.owing_since is not None, Permission.VIEW_UNPAID, "您没有查看欠费的权限"),
        (bool(audience.lacks), Permission.VIEW_RESIDENTS, "您没有查看住户的权限"),
    )
    for is_asked, needs, message in asked:
        if is_asked and not all(actor.may(needs, place) for place in audience.places):
            raise FilterNotYours(f"{message},不能按此筛选", needs=needs)


def _check_words(audience: Audience) -> None:
    if not audience.relations and not audience.roles:
        raise AudienceEmpty("请选择对象:住户,或者有职务的人")
    if not all(role.is_office for role in audience.roles):
        raise NotAnOffice("业主、家属、租户请在住户里选择")
    filtered = audience.usages or audience.lacks or audience.owing_since
    if filtered and not audience.relations:
        raise NoResidents("按房屋筛选时,请先选择要通知哪些住户")


async def _buildings(deps: Dependencies, found: Iterable[Place]) -> Mapping[str, list[str]]:
    """Return grid → its buildings, of the grids among some places."""
    paths = [place.id for place in found if place.kind is Kind.GRID]
    return await grids.buildings_of(deps, paths) if paths else {}


def _frozen(audience: Audience, buildings: Mapping[str, Sequence[str]]) -> Audience:
    """Put buildings in place of grids; a grid without any stays, and means no home."""
    spots = [spot for place in audience.places for spot in buildings.get(place) or [place]]
    kept = list(outermost(spots))
    if len(kept) > MOST_PLACES:
        raise TooManyPlaces("选的地方太多了,请分几次发", most=MOST_PLACES)
    return msgspec.structs.replace(audience, places=kept)


async def freeze(deps: Dependencies, audience: Audience) -> Audience:
    """Return the audience of this moment: grids become their buildings, places outermost.

    Raises TooManyPlaces, where grids have grown since it was checked.
    """
    return _frozen(audience, await grids.buildings_of(deps, audience.places))


async def part(deps: Dependencies, audience: Audience, after: str, limit: int) -> Part:
    """Return the next people of a frozen audience: homes by path, and then the offices.

    As it is today, whatever was returned before. `limit`: homes that are looked at, or offices;
    a part where none of them is meant is empty and not the last one.
    """
    if audience.relations and not after.startswith(OFFICES):
        found = await residents.part(deps, audience, after, limit)
        if found.after is None and audience.roles:
            return Part(found.recipients, OFFICES)
        return found
    if not audience.roles:
        return Part([], None)
    found = await holders.part(deps, audience, after.removeprefix(OFFICES), limit)
    return Part(found.recipients, found.after and OFFICES + found.after)


async def preview(
    deps: Dependencies, audience: Audience, template: str
) -> tuple[Preview, Mapping[str, int]]:
    """Count whom an audience means now, and how a message of a template would reach them.

    Return the homes that are meant by unit as well: whoever may not see the residents is shown
    no figure of a few homes.
    Memory grows with the ids of the people, because one who belongs to two homes is one.
    `template`: key of the message; nobody can be pushed what WeChat has no template for.
    """
    unbound, homes = 0, Counter[str]()
    by = Counter[Channel]()
    people = set[str]()
    async for recipients in _everybody(deps, await freeze(deps, audience)):
        met = [each for each in recipients if each.is_home]
        homes.update(parent(home.place) or "" for home in met)
        unbound += sum(not home.people for home in met)
        new = {person for each in recipients for person in each.people} - people
        known = await people_actions.find_many(deps, sorted(new))
        ways = await deliveries.ways(deps, known, template)
        by.update(way.channel for way in ways.values())
        people |= new
    found = Preview(
        homes=homes.total(),
        unbound_homes=unbound,
        people=len(people),
        pushable=by[Channel.MINI_PROGRAM],
        following=by[Channel.SERVICE_ACCOUNT],
        inbox_only=len(people) - by.total(),
    )
    return found, homes


async def _everybody(
    deps: Dependencies, audience: Audience
) -> AsyncIterator[Sequence[Recipients]]:
    """Yield the people of a frozen audience, part by part."""
    after: str | None = ""
    while after is not None:
        found = await part(deps, audience, after, AT_ONCE)
        yield found.recipients
        after = found.after
