"""Creditors: for whose money somebody asks, and which firm is owed a bill.

The people of a firm ask for what their firm is owed, and for nothing else; the community for
all, as it helps every payee (plan art. 13).
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.bills import own_money
from services.dependencies import Dependencies
from services.fees.payees import actions as payees
from services.firms import contracts
from services.kernel.interests import OtherPayee
from services.kernel.permissions import FIRM_ROLES, Actor, Permission
from services.places import actions as places


class Creditor(Struct, frozen=True, kw_only=True):
    """For whose money somebody asks. `firm`: "" for all; `accounts`: None for all."""

    firm: str = ""
    accounts: tuple[str, ...] | None = None


async def of_actor(deps: Dependencies, actor: Actor, place: str) -> Creditor:
    """Return for whose money the actor asks at a place. Raises OtherPayee for none."""
    own = await own_money.find(deps, actor, place, by=Permission.SEND_DEMANDS)
    if own is None:
        return Creditor()
    if not own.payees:
        raise OtherPayee("贵公司在这里不收费,不能催缴,请联系社区")
    return Creditor(firm=own.payees[0].firm, accounts=tuple(own.accounts))


async def of_firm(deps: Dependencies, compound: str, firm: str) -> Creditor | None:
    """Return a firm as creditor in a compound; None while no contract of its holds there."""
    if not firm:
        return Creditor()
    today = await contracts.holding(deps, compound)
    own = await payees.of_firm(deps, compound, firm) if today and today.firm == firm else []
    if not own:
        return None
    return Creditor(firm=firm, accounts=tuple(sorted({payee.account for payee in own})))


async def firm_of(deps: Dependencies, actor: Actor, place: str, *needs: Permission) -> str:
    """Return the firm for which the actor acts at a place; "" for a public office."""
    held = {role for each in needs for role in actor.roles(each, place)}
    if not held <= {*FIRM_ROLES}:
        return ""
    today = await contracts.holding(deps, places.compound_of(place))
    return today.firm if today else ""


async def accounts_of_firms(
    deps: Dependencies, homes: Sequence[str]
) -> Mapping[tuple[str, str], str]:
    """Return (compound, account) → the firm that is paid into it around some homes."""
    found = await payees.around(deps, homes)
    return {
        (places.compound_of(home), payee.account): payee.firm
        for home in homes
        for payee in payees.at_home(found, home)
        if payee.firm
    }
