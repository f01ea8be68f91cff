"""Residents of a home: the list, and people the community writes down."""

from typing import Final

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.homes import household, terms, views
from services.homes.models import AddResident, ResidentView
from services.kernel import errors, id_numbers, phones
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Kind
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import OWNERS, Newcomer, Relation, Residency

MOST_SHOWN: Final = 200
P = Permission


class HomeHasOwner(errors.Conflict):
    """A home has one owner; others are co-owners, and a sale is a transfer."""

    code = "home_has_owner"


class AlreadyListed(errors.Conflict):
    """The register has this person already; `residency_id` in details."""

    code = "already_listed"


async def listing(
    deps: Dependencies, actor: Actor, home: str, *, past: bool
) -> list[ResidentView]:
    """Who belongs to a home: whole names for its owners, masked ones for heads and staff.

    `past`: and who did, for the community only.
    """
    owner = actor.may(P.MANAGE_HOME, home)
    if not owner and not actor.may(P.VIEW_RESIDENTS, home):
        _hide(actor, home)
    if past and not actor.may(P.DECIDE_HOMES, home):
        raise errors.Forbidden("以前的住户只有社区可以查看")
    if (await places.get(deps, home)).kind is not Kind.HOME:
        raise errors.NotFound("没有找到这套房屋")
    if past:
        rows = await residencies.ever_of_home(deps.db, home, limit=MOST_SHOWN)
    else:
        rows = await residencies.of_home(deps.db, home, day_of(deps.now()))
    return [views.resident(deps, row, whole=owner) for row in rows]


def _hide(actor: Actor, home: str) -> None:
    """Refuse: who lives there knows of the home, and for everybody else there is none."""
    if actor.may(P.PAY_BILLS, home):
        raise errors.Forbidden("只有业主可以查看住户")
    raise errors.NotFound("没有找到这套房屋")


async def add(deps: Dependencies, actor: Actor, home: str, wish: AddResident) -> ResidentView:
    """Write down somebody the community knows; bound at once if their phone has a holder."""
    require_at(actor, P.DECIDE_HOMES, home)
    from_day, to_day = terms.check_span(wish.from_day, wish.to_day, day_of(deps.now()))
    newcomer = Newcomer(
        home=home,
        relation=wish.relation,
        name=wish.name,
        phone=phones.normalise(wish.phone) if wish.phone else None,
        id_number=id_numbers.normalise(wish.id_number) if wish.id_number else None,
        from_day=from_day,
        to_day=to_day,
        source=f"staff:{actor.person_id}",
        recorded_by=actor.person_id,
        because=wish.reason,
    )

    async def save(tx: Transaction) -> Residency:
        held = await household.hold(deps, home, tx)
        _require_room(deps, held.rows, newcomer)
        row = await residencies.move_in(deps, tx, newcomer)
        household.require_not_own(actor, held, row)
        await audit.record(
            deps,
            tx,
            actor,
            Act.RESIDENT_ADDED,
            place=home,
            subject=row.id,
            on_behalf_of=row.id,
            relation=row.relation,
            bound=row.person is not None,
        )
        return row

    return views.resident(deps, await deps.in_transaction(save), whole=False)


def _require_room(deps: Dependencies, rows: list[Residency], newcomer: Newcomer) -> None:
    """Raise for a second owner, and for somebody who is there already."""
    for row in rows:
        same = row.relation in OWNERS if newcomer.relation in OWNERS else False
        same = same or row.relation is newcomer.relation
        if same and sealed.name_of(deps, row) == newcomer.name:
            raise AlreadyListed("这位住户已登记", residency_id=row.id)
    owned = any(row.relation is Relation.OWNER for row in rows)
    if newcomer.relation is Relation.OWNER and owned:
        raise HomeHasOwner("这套房屋已有业主,变更业主请办理过户")
