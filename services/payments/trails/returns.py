"""Returns of prepaid money, in the trail of a payment that had put money there."""

from collections.abc import Sequence
from datetime import datetime

from services.bills import visibility
from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission
from services.payments.models import Line
from services.payments.prepayment_returns import actions as prepayment_returns
from services.payments.prepayment_returns.models import PrepaymentReturn


async def of_payment(
    deps: Dependencies,
    actor: Actor,
    account: str,
    lines: Sequence[Line],
    *,
    since: datetime | None,
) -> list[PrepaymentReturn]:
    """Return what was asked back of the prepaid money that a payment went into, since it came.

    Who paid and left the household since is not told of what became of its money later.
    """
    ids = [line.bill_id for line in lines if line.prepaid]
    if not ids or since is None:
        return []
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    found = await prepayment_returns.of_prepayments(deps, account, ids)
    return [
        each
        for each in found
        if each.asked_at >= since
        and (
            actor.may(Permission.VIEW_DEBTORS, each.home)
            or claims.covers(each.home, day_of(each.asked_at))
        )
    ]
