"""Access to one resident of a home, held for a change."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.homes import household
from services.homes.household import Household
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.residencies import actions as residencies
from services.residencies.models import Residency

KNOWN_BY: Final = (Permission.MANAGE_HOME, Permission.VIEW_RESIDENTS)


class ResidencyOver(errors.Conflict):
    """The relation to the home has ended."""

    code = "residency_over"


async def access(
    deps: Dependencies, tx: Transaction, actor: Actor, residency_id: str
) -> tuple[Household, Residency]:
    """Return a home, held, and one of its residents, if the actor may know of the resident.

    That is the actor's own relation, one to a home they own, or one at a place whose residents
    they see. Raises NotFound otherwise, ResidencyOver for a relation that has ended.
    """
    seen = await residencies.find(deps, residency_id, tx=tx)
    known = accessible(
        actor,
        seen,
        *KNOWN_BY,
        at=lambda row: row.home,
        people=lambda row: [row.person],
        missing="没有找到这位住户",
    )
    home = await household.hold(deps, tx, known.home)
    found = next((row for row in home.rows if row.id == residency_id), None)
    if found is None:
        raise ResidencyOver("这位住户的关系已经结束")
    return home, found
