"""People of a home whom its heads and the community may ask to call."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.callables import CallCircle, Callee, CallKind
from services.kernel.permissions import HEADS, Actor, Permission
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import Residency

MISSING: Final = "没有找到这位住户"


async def find(deps: Dependencies, actor: Actor, residency_id: str) -> Callee:
    """Return who belongs to a home today, to its heads and staff. NotFound otherwise.

    The number is the one that the person proved; the register's for who has no account.
    """
    row = accessible(
        actor,
        await residencies.find(deps, residency_id),
        Permission.VIEW_RESIDENTS,
        at=lambda row: row.home,
        missing=MISSING,
    )
    if not _belongs(row, deps.today()):
        raise errors.NotFound(MISSING)
    roles = actor.roles(Permission.VIEW_RESIDENTS, row.home)
    circles = {CallCircle.HEADS if role in HEADS else CallCircle.STAFF for role in roles}
    return Callee(
        person=row.person,
        place=row.home,
        circles=frozenset(circles),
        roles=roles,
        phone="" if row.person else sealed.phone_of(deps, row) or "",
    )


def _belongs(row: Residency, today: str) -> bool:
    return row.from_day <= today and (row.to_day is None or today <= row.to_day)


CALLABLES: Final = {"home": CallKind(label="住户事务", find=find)}
