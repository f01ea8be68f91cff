"""Tenancy: whether a tenant owes the fees of a home by their contract.

A tenant may agree with the owner to pay, who owes the fees with them then (物业管理条例 art.
41). The community writes it down from the lease: nobody makes somebody else owe something.
"""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.homes import access, household
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Permission
from services.ownership.models import TenantPays
from services.residencies import actions as residencies
from services.residencies.models import Relation


class NoTenant(errors.Conflict):
    """Only a tenant owes fees by contract; an owner does without."""

    code = "no_tenant"


async def set_pays(
    deps: Dependencies, actor: Actor, residency_id: str, wish: TenantPays
) -> None:
    """Write whether a tenant owes the fees of their tenancy, and why.

    Raises NotFound, Forbidden, ResidencyOver, NoTenant, OwnHome, ResidencyMoved.
    """

    async def save(tx: Transaction) -> None:
        home, found = await access.access(deps, tx, actor, residency_id)
        if not actor.may(Permission.DECIDE_HOMES, found.home):
            raise errors.Forbidden("租约约定由社区登记")
        household.require_not_own(actor, home)
        if found.relation is not Relation.TENANT:
            raise NoTenant("只有租户可以按合同承担费用")
        await residencies.set_pays(deps, tx, actor, found, pays=wish.pays, because=wish.reason)
        about = {"place": found.home, "subject": found.id}
        await audit.record(deps, tx, actor, Act.TENANT_PAYS_SET, **about, pays=wish.pays)

    await deps.in_transaction(save)
