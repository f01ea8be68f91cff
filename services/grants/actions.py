"""Grants of a person at this moment: homes by relation, places by appointment.

Read anew for every request, so that an end is effective on the next one: of a relation, of a
term, of the contract a firm's people work under, of a building's belonging to a grid.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.appointments import offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.firms import contracts
from services.grants.models import Holdings
from services.kernel import unions
from services.kernel.days import Day
from services.kernel.paths import covers
from services.kernel.permissions import FIRM_ROLES, HEADS, Grant, Permission, Role
from services.kernel.unions import Found, Part
from services.places import actions as places
from services.places import grids as places_grids
from services.residencies import actions as residencies
from services.residencies.models import ROLE_OF, Belonging

NOTHING: Final = frozenset[Permission]()
NO_DEBTS: Final = frozenset({Permission.VIEW_UNPAID})


class Parts(NamedTuple):
    """Queries for what a person holds, to be read with others."""

    homes: Part[Belonging]
    roles: Part[Appointment]


def parts(deps: Dependencies, person_id: str) -> Parts:
    """Return the queries for what a person holds today; then `holdings`."""
    return Parts(
        residencies.part_of_person(deps, person_id), offices.part_of_person(deps, person_id)
    )


async def grants_of(deps: Dependencies, person_id: str) -> tuple[Grant, ...]:
    """Return a person's roles of today with their places."""
    return (await holdings_of(deps, person_id)).grants


async def holdings_of(deps: Dependencies, person_id: str) -> Holdings:
    """Return what a person holds today."""
    asked = parts(deps, person_id)
    return await holdings(deps, asked, await unions.read(deps.db, asked))


async def holdings(deps: Dependencies, asked: Parts, found: Found) -> Holdings:
    """Return what somebody holds, of what their parts found.

    One query more for who holds an office that hangs on something else: a firm's on its
    contract, a head's on the grid, and on what the community lets heads see.
    """
    lived, roles = found.of(asked.homes), found.of(asked.roles)
    today = deps.today()
    homes = [row for row in lived if not row.is_over(today)]
    serving = contracts.part_serving(deps, [r.place for r in roles if r.role in FIRM_ROLES])
    grids = places_grids.part([r.place for r in roles if r.role is Role.GRID_HEAD])
    hiding = places.part_hiding_debts([r.place for r in roles if r.role in HEADS])
    around = await unions.read(deps.db, [serving, grids, hiding])
    in_force = offices.serving(roles, contracts.pairs(around.of(serving)))
    buildings = {grid.id: grid.buildings for grid in around.of(grids)}
    hidden = [row["_id"] for row in around.of(hiding)]
    own = [*_of_homes(lived, today)]
    held = [grant for role in in_force for grant in _of_role(role, buildings, hidden)]
    return Holdings(homes=homes, roles=in_force, buildings=buildings, grants=(*own, *held))


def _of_homes(lived: Sequence[Belonging], today: Day) -> Iterator[Grant]:
    """Yield the grants of homes, and of what was merged into them: its bills are theirs.

    Whoever left a home pays what they still owe of it, and does nothing else there.
    """
    for row in lived:
        is_over = row.is_over(today)
        role = Role.DEBTOR if is_over else ROLE_OF[row.relation]
        since = "" if is_over else row.from_day
        for place in (row.home, *row.merged):
            yield Grant(role, place, since, window=row.window(today))


def _of_role(
    role: Appointment, buildings: dict[str, list[str]], hiding: Sequence[str]
) -> Iterator[Grant]:
    """Yield the grants of a role; a grid's role grants its buildings of this moment.

    `hiding`: communities that hide from their heads which homes owe.
    """
    is_grid = role.role is Role.GRID_HEAD
    is_hidden = role.role in HEADS and any(covers(each, role.place) for each in hiding)
    for place in buildings.get(role.place, []) if is_grid else [role.place]:
        yield Grant(role.role, place, without=NO_DEBTS if is_hidden else NOTHING)
