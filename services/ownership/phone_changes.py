"""Change of the phone that the register has of a resident."""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.home_codes import actions as home_codes
from services.homes import access, household, views
from services.homes.models import ResidentView
from services.kernel import errors, phones
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Permission
from services.ownership.models import ChangePhone
from services.residencies import actions as residencies
from services.residencies.models import Residency


async def change_phone(
    deps: Dependencies, actor: Actor, residency_id: str, wish: ChangePhone
) -> ResidentView:
    """Write another phone of a resident, or none; who was bound by the old one is no more.

    Raises ResidencyOver, ResidencyMoved, OwnHome, InvalidPhone.
    """
    phone = phones.normalise(wish.phone) if wish.phone else None

    async def save(tx: Transaction) -> Residency:
        home, found = await access.access(deps, tx, actor, residency_id)
        if not actor.may(Permission.DECIDE_HOMES, found.home):
            raise errors.Forbidden("登记的电话由社区更改")
        before = found.person
        row = await residencies.give_phone(deps, tx, actor, found, phone, because=wish.reason)
        household.require_not_own(actor, home, row)
        await home_codes.revoke(deps, tx, [row.id])
        await _note(deps, tx, actor, row, before)
        return row

    return views.resident(deps, await deps.in_transaction(save), whole=False)


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, row: Residency, before: str | None
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        Act.RESIDENT_CHANGED,
        place=row.home,
        subject=row.id,
        on_behalf_of=row.id,
        has_phone=row.phone_index is not None,
        lost_by=before if before != row.person else None,
        bound_to=row.person,
    )
