"""Households: who lives in a home at this moment, and whether a household is still the same.

What is noted of people goes with them. It bears the relations to the home that it is about;
once none of these holds any more, it is over, whoever moves in next.

The household of a home that is let is its tenants: what they say at their door is neither the
landlord's nor the next tenants'. The register does not know whether an owner lives elsewhere or
lets one room, so what is about one person stands as long as their own relation does.
"""

from collections.abc import Collection, Sequence

from msgspec import Struct

from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.people import actions as people
from services.places import actions as places
from services.places.models import Kind
from services.residencies import actions as residencies
from services.residencies.models import Relation, Residency


class Household(Struct, frozen=True):
    """People of a home today, without those who only pay for it. By their first day.

    `rows`: all of them, also the owners of a home that is let.
    """

    rows: tuple[Residency, ...]

    @property
    def together(self) -> tuple[Residency, ...]:
        """Those who live there together: of a home that is let, its tenants."""
        tenants = tuple(row for row in self.rows if row.relation is Relation.TENANT)
        return tenants or self.rows

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.together]

    @property
    def people(self) -> list[str]:
        return sorted({row.person for row in self.together if row.person})

    def people_of(self, residencies: Collection[str]) -> list[str]:
        """Return who is bound to some of these relations, of those that hold today."""
        return sorted({r.person for r in self.rows if r.person and r.id in residencies})

    def row(self, residency_id: str) -> Residency | None:
        return next((row for row in self.rows if row.id == residency_id), None)


async def of_home(deps: Dependencies, home: str) -> Household:
    return (await of_homes(deps, [home])).get(home, Household(()))


async def of_homes(deps: Dependencies, homes: Sequence[str]) -> dict[str, Household]:
    """Return home → its household, of those in which somebody lives: one query for all."""
    found: dict[str, list[Residency]] = {}
    for row in await residencies.of_homes(deps, homes):
        if row.relation is not Relation.PAYER:
            found.setdefault(row.home, []).append(row)
    return {
        home: Household(tuple(sorted(rows, key=lambda row: (row.from_day, row.id))))
        for home, rows in found.items()
    }


async def still_open(deps: Dependencies, tx: Transaction, bound: Sequence[str]) -> list[str]:
    """Lock accounts in the transaction that keeps something of theirs; return the open ones.

    Else a row would stay behind of whoever closes their account at the same moment.
    """
    return [each for each in bound if await people.hold(deps, tx, each) is not None]


async def require_home(deps: Dependencies, home: str) -> str:
    """Return the address of a home that stands. Raises NotFound."""
    found = next(iter(await places.find_many(deps, [home])), None)
    if found is None or found.kind is not Kind.HOME or found.retired_from is not None:
        raise errors.NotFound("没有找到这套房屋")
    return (await places.addresses(deps, [home]))[home]


def same(before: Collection[str], now: Household | None) -> bool:
    """Tell whether some of those who lived there before still do."""
    return now is not None and not frozenset(before).isdisjoint(now.ids)
