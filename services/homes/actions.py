"""Residents of a home: the list, and people the community writes down."""

from msgspec import Struct

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.homes import household, terms, views
from services.homes.models import AddResident, ResidentView
from services.kernel import errors, id_numbers, phones
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Kind
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import (
    OWNERS,
    Newcomer,
    Relation,
    Residency,
    ResidentsQuery,
)


class HomeHasOwner(errors.Conflict):
    """A home has one owner; others are co-owners, and a sale is a transfer."""

    code = "home_has_owner"


class AlreadyListedDetails(Struct, frozen=True, kw_only=True):
    """Entry of the register that is there already.

    `residency_id`: Id of the existing relation of the person to the home.
    """

    residency_id: str


class AlreadyListed(errors.Conflict):
    """The register has this person already; `residency_id` in details."""

    code = "already_listed"
    details_type = AlreadyListedDetails


async def listing(
    deps: Dependencies, actor: Actor, home: str, query: ResidentsQuery
) -> Page[ResidentView]:
    """Residents of a home: whole names for its owners, masked ones for heads and staff.

    Those who belonged to it before are for the community only. Raises NotFound for who has
    nothing to do with the home, Forbidden for who lives there without owning it.
    """
    accessible(
        actor,
        home,
        Permission.MANAGE_HOME,
        Permission.VIEW_RESIDENTS,
        at=str,
        missing="没有找到这套房屋",
        known_by=[Permission.PAY_BILLS],
        forbidden="只有业主可以查看住户",
    )
    if query.past and not actor.may(Permission.DECIDE_HOMES, home):
        raise errors.Forbidden("以前的住户只有社区可以查看")
    if (await places.get(deps, home)).kind is not Kind.HOME:
        raise errors.NotFound("没有找到这套房屋")
    whole = actor.may(Permission.MANAGE_HOME, home)
    page = await residencies.page(deps, home, query)
    return page.map(lambda row: views.resident(deps, row, whole=whole))


async def add(deps: Dependencies, actor: Actor, home: str, wish: AddResident) -> ResidentView:
    """Resident the community knows of, written down; bound at once if their phone is proved.

    Raises HomeHasOwner, AlreadyListed, OwnHome, BadDays.
    """
    require_at(actor, Permission.DECIDE_HOMES, home)
    newcomer = _newcomer(deps, actor, home, wish)

    async def save(tx: Transaction) -> Residency:
        held = await household.hold(deps, tx, home)
        _require_room(deps, held.rows, newcomer)
        row = await residencies.move_in(deps, tx, newcomer)
        household.require_not_own(actor, held, row)
        await _note_added(deps, tx, actor, row)
        return row

    return views.resident(deps, await deps.in_transaction(save), whole=False)


async def _note_added(
    deps: Dependencies, tx: Transaction, actor: Actor, row: Residency
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        Act.RESIDENT_ADDED,
        place=row.home,
        subject=row.id,
        on_behalf_of=row.id,
        relation=row.relation,
        bound=row.person is not None,
    )


def _newcomer(deps: Dependencies, actor: Actor, home: str, wish: AddResident) -> Newcomer:
    from_day, to_day = terms.check_span(wish.from_day, wish.to_day, deps.today())
    return Newcomer(
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


def _require_room(deps: Dependencies, rows: list[Residency], newcomer: Newcomer) -> None:
    """Raise HomeHasOwner for a second owner, AlreadyListed for a person who is there."""
    for row in rows:
        same = row.relation in OWNERS if newcomer.relation in OWNERS else False
        same = same or row.relation is newcomer.relation
        if same and sealed.name_of(deps, row) == newcomer.name:
            raise AlreadyListed("这位住户已登记", residency_id=row.id)
    owned = any(row.relation is Relation.OWNER for row in rows)
    if newcomer.relation is Relation.OWNER and owned:
        raise HomeHasOwner("这套房屋已有业主,变更业主请办理过户")
