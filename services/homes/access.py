"""Access to one resident of a home, held for a change."""

from services.dependencies import Dependencies, Transaction
from services.homes import household
from services.homes.actions import P
from services.homes.household import Household
from services.kernel import errors
from services.kernel.permissions import Actor
from services.residencies import actions as residencies
from services.residencies.models import Residency


class ResidencyOver(errors.Conflict):
    code = "residency_over"


async def access(
    deps: Dependencies, tx: Transaction, actor: Actor, residency_id: str
) -> tuple[Household, Residency]:
    """Return a residency that is not over in its home, held, if the actor may know of it.

    That is their own, one of a home they own, or of a place whose residents they see. NotFound
    otherwise.
    """
    seen = await residencies.find(deps.db, residency_id, tx)
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
