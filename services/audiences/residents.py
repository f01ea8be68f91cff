"""Residents of homes: which homes an audience means, and who of them has signed in.

A home is meant when one who belongs to it today is, or when owners are meant and the register
names nobody at all for it: somebody owns it, and must be found. Retired homes are none.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from services.audiences.models import Audience, Lack
from services.dependencies import Dependencies
from services.messaging.broadcasts.models import Part, Recipients
from services.places import homes as place_homes
from services.places.models import StandingHome
from services.residencies import actions as residencies
from services.residencies.models import OWNERS, Relation, Residency, Tie

# Whose name stands for a home. A relative who pays from elsewhere is no resident.
FIRST_NAMED: Final = (Relation.OWNER, Relation.CO_OWNER, Relation.FAMILY, Relation.TENANT)


async def part(deps: Dependencies, audience: Audience, after: str, limit: int) -> Part:
    """Return those of the next homes that an audience means, by path.

    `audience`: frozen. `limit`: homes that are looked at, of which all or none may be meant.
    Five queries at most, each of as many homes.
    """
    page = await place_homes.page_under(deps, audience.places, after=after, limit=limit)
    homes = await _selected(deps, audience, page)
    ties: dict[str, list[Tie]] = {home: [] for home in homes}
    for tie in await residencies.ties_of(deps, homes) if homes else []:
        ties[tie.home].append(tie)
    found = [
        Recipients(home, people_of(meant))
        for home in homes
        if (meant := _meant(audience, ties[home])) is not None
    ]
    return Part(found, page[-1].id if len(page) == limit else None)


async def _selected(
    deps: Dependencies, audience: Audience, page: Sequence[StandingHome]
) -> list[str]:
    """Return the homes of a use that is meant, and that owe where that is asked for."""
    homes = [home.id for home in page if not audience.usages or home.usage in audience.usages]
    if audience.owing_since is None or not homes:
        return homes
    owing = deps.features.selections["owing_since"]
    owes = await owing(deps, homes, audience.owing_since)
    return [home for home in homes if home in owes]


def _meant(audience: Audience, ties: Sequence[Tie]) -> list[Tie] | None:
    """Return who of a home is meant; None when the home is not."""
    meant = [tie for tie in ties if tie.relation in audience.relations]
    meant = [tie for tie in meant if all(_lacks(tie, lack) for lack in audience.lacks)]
    unknown = not ties and Relation.OWNER in audience.relations
    return meant if meant or unknown else None


def _lacks(tie: Tie, lack: Lack) -> bool:
    match lack:
        case Lack.PHONE:
            return tie.phone_index is None
        case Lack.WECHAT:
            return tie.person is None


def people_of(ties: Iterable[Tie]) -> tuple[str, ...]:
    """Return the people who are bound, each once."""
    return tuple(sorted({tie.person for tie in ties if tie.person}))


async def at_homes(deps: Dependencies, homes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return home → who is bound to it today, of those to which somebody is."""
    found: dict[str, list[Tie]] = defaultdict(list)
    for tie in await residencies.ties_of(deps, homes):
        if tie.person:
            found[tie.home].append(tie)
    return {home: people_of(ties) for home, ties in found.items()}


async def household(deps: Dependencies, home: str) -> tuple[str, ...]:
    """Return who is bound to a home today and may see its own cases: not who only pays."""
    ties = await residencies.ties_of(deps, [home])
    return people_of(tie for tie in ties if tie.relation is not Relation.PAYER)


async def owners_at(deps: Dependencies, home: str) -> tuple[str, ...]:
    """Return who is bound to a home today as its owner."""
    ties = await residencies.ties_of(deps, [home])
    return people_of(tie for tie in ties if tie.relation in OWNERS)


async def first_named(deps: Dependencies, homes: Sequence[str]) -> dict[str, Residency]:
    """Return home → its owner in the register today, or else who lives there."""
    found = await residencies.of_homes(deps, homes)
    named = [resident for resident in found if resident.relation in FIRST_NAMED]
    named.sort(key=lambda resident: FIRST_NAMED.index(resident.relation), reverse=True)
    return {resident.home: resident for resident in named}


def owners_of(rows: Iterable[Residency]) -> list[str]:
    """Return the people bound as owners among those of a home."""
    return [row.person for row in rows if row.relation in OWNERS and row.person]
