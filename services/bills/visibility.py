"""Visibility of bills: whoever owes a fee sees and pays it, and whoever lives with them.

What a home is charged is owed by who owned it then, also after they left; who came later sees
none of it without their consent (民法典 art. 944). Each grant says the days whose charges it
covers: services/grants.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from services.bills.models import Bill
from services.bills.states import BillState
from services.kernel.days import Day, start_of
from services.kernel.permissions import Actor, Permission, Window

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Claims(Struct, frozen=True):
    """Fees that somebody sees: of each home, those liable within some days.

    `since`: home → the first instant of their relation to it; what was settled before is not
    theirs to see.
    """

    windows: Mapping[str, tuple[Window, ...]]
    since: Mapping[str, datetime]

    def covers(self, home: str, day: Day) -> bool:
        """Tell whether the charges of a home are theirs that its owners of a day owe."""
        return any(window.has(day) for window in self.windows.get(home, ()))

    def has(self, bill: Bill) -> bool:
        """Tell whether a fee is theirs, and owed or settled since they came."""
        if not self.covers(bill.home, bill.liable_on):
            return False
        match bill.state:
            case BillState.DRAFT:
                return False
            case BillState.OWING:
                return True
            case BillState.PAID | BillState.VOID:
                settled_at = bill.paid_at or bill.voided_at
                return settled_at is not None and settled_at >= self.since[bill.home]


def claims(actor: Actor, permission: Permission) -> Claims:
    """Return the fees that `permission` lets the actor see."""
    days = actor.since(permission)
    since = {home: start_of(day) if day else BEGINNING for home, day in days.items()}
    return Claims(actor.windows(permission), since)


def pays(actor: Actor, claims: Claims, bill: Bill) -> bool:
    """Tell whether somebody pays a bill: a fee of theirs, or a repair that they ordered."""
    if bill.debtor:
        return bill.debtor == actor.person_id
    return claims.has(bill)
