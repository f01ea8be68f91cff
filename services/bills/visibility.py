"""Visibility of bills: arrears belong to the home, paid bills to the relation of that time."""

from collections.abc import Mapping
from datetime import UTC, datetime

from services.bills.models import Bill
from services.bills.states import BillState
from services.kernel.days import start_of
from services.kernel.permissions import Actor, Permission

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def since(actor: Actor, permission: Permission) -> dict[str, datetime]:
    """Return home → the first instant of the relation that gives the actor `permission`."""
    days = actor.since(permission)
    return {home: start_of(day) if day else BEGINNING for home, day in days.items()}


def pays(actor: Actor, began: Mapping[str, datetime], bill: Bill) -> bool:
    """Tell whether somebody pays a bill: for a home of theirs, or a repair that they ordered.

    `began`: home → when their relation to it began.
    """
    if bill.debtor:
        return bill.debtor == actor.person_id
    return actor.may(Permission.PAY_BILLS, bill.home) and holds(began, bill)


def holds(began: Mapping[str, datetime], bill: Bill) -> bool:
    """Tell whether a bill is owed, or was settled since the relation to its home began."""
    match bill.state:
        case BillState.DRAFT:
            return False
        case BillState.OWING:
            return True
        case BillState.PAID | BillState.VOID:
            settled_at = bill.paid_at or bill.voided_at
            return settled_at is not None and settled_at >= began[bill.home]
