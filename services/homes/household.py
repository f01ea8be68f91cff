"""Household: the people of one home, held while something about them is decided.

Everything that changes who belongs to a home holds the home first: of two at once the second
starts again and sees what the first wrote. That is what makes "one owner", "used once" and
"decided once" true without a lock.
"""

from collections.abc import Sequence

from msgspec import Struct

from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.interests import require_apart
from services.kernel.permissions import Actor
from services.places import actions as places
from services.places.models import Kind, Place
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import OWNERS, ROLE_OF, Newcomer, Relation, Residency


class AlreadyBound(errors.Conflict):
    """The person belongs to this home already, in this way."""

    code = "already_bound"


class Household(Struct, kw_only=True):
    """A home and its people. `rows`: of today and later; `today`: the day in Beijing."""

    place: Place
    rows: list[Residency]
    today: str

    @property
    def owners(self) -> list[Residency]:
        return [row for row in self.rows if row.relation in OWNERS]

    def row_of(self, person: str, residency_id: str | None) -> Residency | None:
        """Return this residency if it is the person's and has not ended; None otherwise."""
        mine = [row for row in self.rows if row.person == person]
        return next((row for row in mine if row.id == residency_id), None)

    def owner_row(self, person: str) -> Residency | None:
        """Return the row by which a person owns the home today; None for no owner."""
        mine = [row for row in self.owners if row.person == person]
        return next((row for row in mine if row.from_day <= self.today), None)

    def current_of(self, person: str | None) -> list[Residency]:
        """Return the residencies by which a person belongs here today."""
        return [
            row
            for row in self.rows
            if person is not None and row.person == person and row.from_day <= self.today
        ]


async def hold(deps: Dependencies, tx: Transaction, home: str) -> Household:
    """Hold a home in a transaction and read its people.

    Raises NotFound for no home, and for one that is retired.
    """
    place = await places.hold(deps, tx, home)
    if place is None or place.kind is not Kind.HOME or place.retired_from is not None:
        raise errors.NotFound("没有找到这套房屋")
    rows = await residencies.of_home(deps, home, tx=tx)
    return Household(place=place, rows=rows, today=deps.today())


def require_not_own(actor: Actor, home: Household, *written: Residency) -> None:
    """Raise OwnHome if the actor belongs to the home, or would by the rows just `written`."""
    rows = (*home.rows, *written)
    own = {row.home for row in rows if row.person == actor.person_id}
    require_apart(own, [row.home for row in rows])


def same_role(one: Relation, other: Relation) -> bool:
    """Tell whether two relations give the same rights: an owner's and a co-owner's do."""
    return ROLE_OF[one] is ROLE_OF[other]


def require_new(home: Household, person: str | None, relation: Relation) -> None:
    """Raise AlreadyBound for a person who owns the home or has this relation to it."""
    for row in home.current_of(person):
        if same_role(row.relation, relation) or row.relation in OWNERS:
            raise AlreadyBound("您已绑定这套房屋")


def registered_as(
    deps: Dependencies,
    rows: Sequence[Residency],
    *,
    name: str,
    relation: Relation,
    id_number: str | None,
) -> Residency | None:
    """Return the unbound row by which the register means a person; None if there is none.

    The row has the same identity number, or the same name where one of the numbers is missing.
    """
    for row in rows:
        if row.person is not None or not same_role(row.relation, relation):
            continue
        both = id_number is not None and row.id_number_index is not None
        if both and id_number is not None:
            if sealed.has_id_number(deps, row, id_number):
                return row
        elif sealed.name_of(deps, row) == name:
            return row
    return None


async def let_in(
    deps: Dependencies, tx: Transaction, home: Household, newcomer: Newcomer
) -> Residency:
    """Bind a newcomer to the row by which the register means them, or write a new row."""
    row = registered_as(
        deps,
        home.rows,
        name=newcomer.name,
        relation=newcomer.relation,
        id_number=newcomer.id_number,
    )
    if row is None:
        return await residencies.move_in(deps, tx, newcomer)
    if newcomer.person is None or newcomer.way is None:
        return row
    return await residencies.bind(
        deps, tx, row, newcomer.person, way=newcomer.way, to_day=newcomer.to_day
    )
