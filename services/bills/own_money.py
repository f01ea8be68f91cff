"""Money of one's own: a firm's people dispose of what their firm is owed, and no other payee.

Whoever holds the permission by a public office (community, administrator) is no payee and may.
"""

from collections.abc import Collection

from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.fees.payees import actions as payees
from services.firms import contracts
from services.firms.models import Contract
from services.kernel.days import last_day, plus_months
from services.kernel.interests import OtherPayee
from services.kernel.permissions import FIRM_ROLES, Actor, Permission
from services.places import actions as places


async def require(
    deps: Dependencies,
    actor: Actor,
    place: str,
    kinds: Collection[FeeKind],
    *,
    period: str,
    months: int,
    account: str = "",
) -> None:
    """Raise OtherPayee unless the actor may dispose of what these fees and months bring in.

    `account`: the merchant account of a bill that is there. A firm's grants hold only while its
    contract does (services/grants), and a compound has one firm at a time: so the actor's firm
    is the one whose contract holds today.
    """
    if not actor.roles(Permission.RUN_BILLS, place) <= frozenset(FIRM_ROLES):
        return
    compound = places.compound_of(place)
    contract = await contracts.holding(deps, compound)
    own = await payees.of_firm(deps, compound, contract.firm) if contract else []
    paid = [payee for payee in own if account in {"", payee.account}]
    charged = {kind for payee in paid for kind in payee.kinds}
    if contract is None or not (_covers(contract, period, months) and set(kinds) <= charged):
        raise OtherPayee("这笔钱不是由贵公司收取的,请联系社区办理")


def _covers(contract: Contract, period: str, months: int) -> bool:
    """Tell whether a contract holds on a day of these months."""
    first, last = f"{period}-01", last_day(plus_months(period, months - 1))
    return contract.from_day <= last and first <= contract.to_day
