"""Scope of bank statements: whose accounts somebody keeps.

A firm's people keep those that their own firm is paid into. A community keeps those of payees
that are no firm and stand nowhere else: the statement of an account shows all who pay into it.
"""

from collections.abc import Collection, Sequence

from services.bills import own_money
from services.dependencies import Dependencies
from services.fees.payees import actions as payees
from services.kernel.permissions import FIRM_ROLES, Actor, Permission


async def accounts(deps: Dependencies, actor: Actor) -> frozenset[str]:
    """Return the keys of the accounts that the actor keeps."""
    held = [grant for grant in actor.grants if grant.gives(Permission.KEEP_CASH)]
    firms = {grant.place for grant in held if grant.role in FIRM_ROLES}
    offices = {grant.place for grant in held if grant.role not in FIRM_ROLES}
    found = set(await payees.public_accounts(deps, sorted(offices)))
    for place in sorted(firms):
        own = await own_money.find(deps, actor, place, by=Permission.KEEP_CASH)
        found.update(own.accounts if own else ())
    return frozenset(found)


def narrowed(own: Collection[str], wanted: str | None) -> Sequence[str]:
    """Return the accounts of a list: those of the actor, or the one of them asked for."""
    if wanted is None:
        return sorted(own)
    return [wanted] if wanted in own else []
