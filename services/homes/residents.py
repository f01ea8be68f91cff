"""Who belongs to a home: shown, written down by staff, with another phone, ended."""

from typing import Final

from services.accounts import belonging, id_numbers, phones, residency_store
from services.accounts.models import OWNERS, Newcomer, Relation, Residency
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.homes import code_store, days, household
from services.homes.household import Household
from services.homes.models import AddResident, ChangePhone, ResidentView
from services.homes.views import mask_name
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Kind

MOST_SHOWN: Final = 200
P = Permission


class HomeHasOwner(errors.Conflict):
    """A home has one owner; others are co-owners, and a sale is a transfer."""

    code = "home_has_owner"


class AlreadyListed(errors.Conflict):
    """The register has this person already; `residency_id` in details."""

    code = "already_listed"


class ResidencyOver(errors.Conflict):
    code = "residency_over"


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
        rows = await residency_store.ever_of_home(deps.db, home, limit=MOST_SHOWN)
    else:
        rows = await residency_store.of_home(deps.db, home, day_of(deps.now()))
    return [view(deps, row, whole=owner) for row in rows]


def _hide(actor: Actor, home: str) -> None:
    """Refuse: who lives there knows of the home, and for everybody else there is none."""
    if actor.may(P.PAY_BILLS, home):
        raise errors.Forbidden("只有业主可以查看住户")
    raise errors.NotFound("没有找到这套房屋")


def view(deps: Dependencies, row: Residency, *, whole: bool) -> ResidentView:
    name = belonging.name_of(deps, row)
    return ResidentView(
        residency_id=row.id,
        relation=row.relation,
        name=name if whole else mask_name(name),
        phone_masked=belonging.phone_masked(deps, row),
        bound=row.person is not None,
        bound_by=row.bound_by,
        from_day=row.from_day,
        to_day=row.to_day,
        recorded_by_staff=bool(row.recorded_by),
    )


async def add(deps: Dependencies, actor: Actor, home: str, wish: AddResident) -> ResidentView:
    """Write down somebody the community knows; bound at once if their phone has a holder."""
    require_at(actor, P.DECIDE_HOMES, home)
    from_day, to_day = days.check_span(wish.from_day, wish.to_day, day_of(deps.now()))
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
        row = await belonging.move_in(deps, tx, newcomer)
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

    return view(deps, await deps.in_transaction(save), whole=False)


def _require_room(deps: Dependencies, rows: list[Residency], newcomer: Newcomer) -> None:
    """Raise for a second owner, and for somebody who is there already."""
    for row in rows:
        same = row.relation in OWNERS if newcomer.relation in OWNERS else False
        same = same or row.relation is newcomer.relation
        if same and belonging.name_of(deps, row) == newcomer.name:
            raise AlreadyListed("这位住户已登记", residency_id=row.id)
    owned = any(row.relation is Relation.OWNER for row in rows)
    if newcomer.relation is Relation.OWNER and owned:
        raise HomeHasOwner("这套房屋已有业主,变更业主请办理过户")


async def change_phone(
    deps: Dependencies, actor: Actor, residency_id: str, wish: ChangePhone
) -> ResidentView:
    """Write another phone, or none: who held the home by the old one loses it at once."""
    phone = phones.normalise(wish.phone) if wish.phone else None

    async def save(tx: Transaction) -> Residency:
        home, found = await access(deps, tx, actor, residency_id)
        if not actor.may(P.DECIDE_HOMES, found.home):
            raise errors.Forbidden("登记的电话由社区更改")
        before = found.person
        row = await belonging.give_phone(
            deps, tx, found, phone, actor=actor, because=wish.reason
        )
        household.require_not_own(actor, home, row)
        await code_store.revoke(deps.db, [row.id], tx)
        await audit.record(
            deps,
            tx,
            actor,
            Act.RESIDENT_CHANGED,
            place=row.home,
            subject=row.id,
            on_behalf_of=row.id,
            has_phone=phone is not None,
            lost_by=before if before != row.person else None,
            bound_to=row.person,
        )
        return row

    return view(deps, await deps.in_transaction(save), whole=False)


async def access(
    deps: Dependencies, tx: Transaction, actor: Actor, residency_id: str
) -> tuple[Household, Residency]:
    """Return a residency that is not over in its home, held, if the actor may know of it.

    That is their own, one of a home they own, or of a place whose residents they see. NotFound
    otherwise.
    """
    seen = await residency_store.find_residency(deps.db, residency_id, tx)
    if seen is None or not _knows(actor, seen):
        raise errors.NotFound("没有找到这位住户")
    home = await household.hold(deps, seen.home, tx)
    found = next((row for row in home.rows if row.id == residency_id), None)
    if found is None:
        raise ResidencyOver("这位住户的关系已经结束")
    return home, found


def _knows(actor: Actor, row: Residency) -> bool:
    mine = row.person == actor.person_id
    return mine or any(actor.may(p, row.home) for p in (P.MANAGE_HOME, P.VIEW_RESIDENTS))
