"""Scope of reconciliation: whose merchant accounts somebody looks after.

Whoever runs the city's system looks after all; a firm's manager and cashier after those that
their own firm is paid into, and after no other payee's.
"""

from collections.abc import Collection, Sequence

from services.bills import own_money
from services.dependencies import Dependencies
from services.kernel.errors import Forbidden
from services.kernel.permissions import FIRM_ROLES, Actor, Permission


async def accounts(deps: Dependencies, actor: Actor) -> frozenset[str] | None:
    """Return the keys of the actor's accounts; None for all. Raises Forbidden for nobody's."""
    if any("." not in place for place in actor.places(Permission.RECONCILE)):
        return None
    held = [grant for grant in actor.grants if grant.gives(Permission.RECONCILE)]
    firms = {grant.place for grant in held if grant.role in FIRM_ROLES}
    if not firms:
        raise Forbidden("这项工作由市级管理员或收款单位办理", needs=Permission.RECONCILE)
    found: set[str] = set()
    for place in sorted(firms):
        own = await own_money.find(deps, actor, place, by=Permission.RECONCILE)
        found.update(own.accounts if own else ())
    return frozenset(found)


def narrowed(own: Collection[str] | None, wanted: str | None) -> Sequence[str] | None:
    """Return the accounts of a list: those of the actor, or the one of them asked for."""
    if wanted is None:
        return None if own is None else sorted(own)
    return [wanted] if own is None or wanted in own else []
