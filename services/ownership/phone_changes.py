"""Change of the phone that the register has of a resident."""

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.home_codes import store as home_codes_store
from services.homes import access, household
from services.homes import views as homes_views
from services.homes.actions import P
from services.homes.models import ResidentView
from services.kernel import errors, phones
from services.kernel.permissions import Actor
from services.ownership.models import ChangePhone
from services.residencies import actions as residencies
from services.residencies.models import Residency


async def change_phone(
    deps: Dependencies, actor: Actor, residency_id: str, wish: ChangePhone
) -> ResidentView:
    """Write another phone, or none: who held the home by the old one loses it at once."""
    phone = phones.normalise(wish.phone) if wish.phone else None

    async def save(tx: Transaction) -> Residency:
        home, found = await access.access(deps, tx, actor, residency_id)
        if not actor.may(P.DECIDE_HOMES, found.home):
            raise errors.Forbidden("登记的电话由社区更改")
        before = found.person
        row = await residencies.give_phone(
            deps, tx, found, phone, actor=actor, because=wish.reason
        )
        household.require_not_own(actor, home, row)
        await home_codes_store.revoke(deps.db, [row.id], tx)
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

    return homes_views.resident(deps, await deps.in_transaction(save), whole=False)
